"""What Python programs call, from the docstrings: a directive of autodoc for each name."""

import inspect
from pydoc import locate


def described(*names: str) -> str:
    """Functions and classes by their full names."""
    lines = [line for name in names for line in directive(name)]
    return "```{eval-rst}\n" + "\n".join(lines) + "\n```\n"


def directive(name: str) -> list[str]:
    if not inspect.isclass(locate(name)):
        return [f".. autofunction:: {name}", ""]
    return [f".. autoclass:: {name}()", "   :members:", ""]
