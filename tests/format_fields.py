"""The fields of everything that a project file describes, frozen for each format.

python -m tests.format_fields    write down those of the format in use, once FORMAT has risen (or is not released yet)
"""

import json
import typing
from pathlib import Path

import msgspec

from nnstudio.project.archive import ProjectFile
from nnstudio.project.older_formats import FORMAT

FROZEN = Path(__file__).with_suffix(".json")


def fields() -> dict[str, dict[str, str]]:
    """The type of each field of each struct that can stand in a description."""
    found: dict[str, dict[str, str]] = {}
    waiting: list[object] = [ProjectFile]
    while waiting:
        one = waiting.pop()
        waiting.extend(typing.get_args(one))
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and one.__name__ not in found:
            hints = typing.get_type_hints(one)
            names = msgspec.structs.fields(one)
            found[one.__name__] = {field.encode_name: shown(hints[field.name]) for field in names}
            waiting.extend(hints.values())
    return dict(sorted(found.items()))


def shown(hint: object) -> str:
    """A type without the modules that its parts come from."""
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__name__
    shown = str(hint)
    for module in ("model", "archive", "sheet"):
        shown = shown.replace(f"nnstudio.project.{module}.", "")
    return shown


def frozen() -> dict[str, dict[str, dict[str, str]]]:
    """By format."""
    found: dict[str, dict[str, dict[str, str]]] = json.loads(FROZEN.read_text())
    return found


if __name__ == "__main__":
    known = frozen() if FROZEN.exists() else {}
    FROZEN.write_text(json.dumps({**known, str(FORMAT): fields()}, indent=1) + "\n")
