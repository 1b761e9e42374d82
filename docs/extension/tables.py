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
    heads = [_("Setting"), _("Values"), _("What it does")]
    return table(heads, (cells(one, prefix) for one in parameters))


def cells(parameter: Parameter, prefix: str) -> tuple[str, str, str]:
    name = f"{code(prefix + parameter.name)}<br>{plain(_(parameter.label))}"
    default = _("default: {value}").format(value=code(shown(parameter.default)) or plain(_("nothing")))
    return name, f"{values(parameter)}<br>{default}", plain(_(parameter.help))


def values(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        return ", ".join(code(choice) for choice in parameter.choices)
    return plain(parameter.allowed())


def shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return shown_number(value) if isinstance(value, int | float) else str(value)
