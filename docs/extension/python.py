"""What Python programs call, from the docstrings: a directive of autodoc for each name."""

import inspect
from pydoc import locate


def described(*names: str) -> str:
    """Functions and classes by their full names."""
    lines = [line for name in names for line in directive(name)]
    return "```{eval-rst}\n" + "\n".join(lines) + "\n```\n"


def directive(name: str) -> list[str]:
    found = locate(name)
    if not inspect.isclass(found):
        return [f".. autofunction:: {name}", ""]
    has_fields = hasattr(found, "__match_args__")  # as frozen values have; others are not made by whoever calls
    return [f".. autoclass:: {name}{'' if has_fields else '()'}", "   :members:", ""]
