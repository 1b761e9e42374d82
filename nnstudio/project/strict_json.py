"""JSON from a stranger's file: not too deep, no name twice, and every number one that can be computed with."""

import json
import math
import re
from pathlib import Path
from typing import Any

import msgspec

from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

DEEPEST = 64
DEEPER = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
STRING_OR_BRACKET = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{\]}]', re.DOTALL)


def strictly_read(content: bytes, path: Path) -> dict[str, Any]:
    """The object that a description holds; UserError for anything else."""
    depth = 0
    for found in STRING_OR_BRACKET.finditer(content):  # one by one, so that a window beside this thread goes on
        depth += DEEPER.get(content[found.start()], 0)
        if depth > DEEPEST:
            raise UserError(
                _("The description in “{file}” is not valid: it is nested too deeply (limit {limit}).").format(
                    file=path.name, limit=DEEPEST
                )
            )
    try:
        read = json.loads(
            content.decode(),
            object_pairs_hook=each_once,
            parse_constant=check_finite,
            parse_float=finite,
            parse_int=short,
        )
        check_letters(read)
    except UnicodeDecodeError:
        raise UserError(
            _("The description in “{file}” is not valid: {reason}").format(
                file=path.name, reason=_("it is not written in UTF-8")
            )
        ) from None
    except (ValueError, RecursionError) as error:
        raise UserError(
            _("The description in “{file}” is not valid: {reason}").format(file=path.name, reason=error)
        ) from None
    if not isinstance(read, dict):
        raise UserError(_("The description in “{file}” is not valid: {reason}").format(file=path.name, reason="{}"))
    return read


def check_letters(found: object) -> None:
    """ValueError for half of a letter, which JSON can spell (\\ud800) and nothing can write."""
    try:
        msgspec.json.encode(found)
    except UnicodeEncodeError:
        raise ValueError(_("a text in it holds half of a letter")) from None


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise ValueError(
            _("“{name}” stands there twice").format(name=next(n for n in names if names.count(n) > 1)[:80])
        )
    return found


def check_finite(text: str) -> float:
    raise ValueError(_("{text} is not a number").format(text=text))


def finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(_("{text} is out of range").format(text=text[:40]))
    return value


def short(text: str) -> int:
    if len(text) > 20:
        raise ValueError(_("{text} is out of range").format(text=text[:40] + "…"))
    return int(text)


# --- what msgspec says, in words ------------------------------------------------------------------------------------

WRONG = re.compile(r"Expected `(?P<asked>.+?)`, got `(?P<found>\w+)`(?: - at `(?P<place>.+)`)?")
MISSING = re.compile(r"Object missing required field `(?P<name>.+?)`")
UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.+?)`")
KINDS = {
    "int": mark("a whole number"),
    "float": mark("a number"),
    "str": mark("text"),
    "bool": mark("true or false"),
    "array": mark("a list"),
    "object": mark("an object"),
    "null": mark("nothing"),
}


def type_text(error: Exception) -> str:
    """What is wrong with the types of a description, for people: the name, what it must be, and what was found."""
    said = str(error)
    if wrong := WRONG.fullmatch(said):
        name = (wrong["place"] or "$").removeprefix("$.").removeprefix("project.")
        asked = _(" or ").join(_(KINDS.get(kind, kind)) for kind in wrong["asked"].split(" | "))
        found = _(KINDS.get(wrong["found"], wrong["found"]))
        return _("“{name}” must be {asked}; found {found}.").format(name=name, asked=asked, found=found)
    if missing := MISSING.match(said):
        return _("“{name}” is missing.").format(name=missing["name"])
    if unknown := UNKNOWN.match(said):
        return _("“{name}” is not known.").format(name=unknown["name"][:80])
    return said[:200]
