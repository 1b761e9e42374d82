"""Tables of parameters and arguments in Markdown, in which texts of the program stand as they are."""

import re
from collections.abc import Iterable, Sequence

from nnstudio.layers.spec import Parameter, Value, shown_number
from nnstudio.text import translate as _

SIGNS = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def plain(text: str) -> str:
    """A text as Markdown that shows just this text, in one line."""
    return SIGNS.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """A name or an option as it is typed."""
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def parameter_table(parameters: Sequence[Parameter], prefix: str = "") -> str:
    """What can be set, by which name, to what, and what it is when nobody sets it."""
    heads = [_("Name"), _("Setting"), _("Values"), _("Default"), ""]
    return table(
        heads,
        (
            (code(prefix + one.name), plain(_(one.label)), values(one), code(shown(one.default)), plain(_(one.help)))
            for one in parameters
        ),
    )


def values(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        return ", ".join(code(choice) for choice in parameter.choices)
    return plain(parameter.allowed())


def shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return shown_number(value) if isinstance(value, int | float) else str(value)
