"""A table in a zip archive: found by its name, unpacked into memory within limits, and read as if it were a file."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from nnstudio.data.joined import TEXTS, ending_of, joined_as, listed
from nnstudio.data.packed import members_of
from nnstudio.data.reader import Reader
from nnstudio.data.spreadsheets import ENDINGS as SPREADSHEETS
from nnstudio.text import UserError
from nnstudio.text import translate as _

TABLES = (*TEXTS, ".arff", *SPREADSHEETS, ".parquet", ".npy", ".npz")
MOST_FOLDERS = 1
"""So deep may a table lie."""
WORDS_ONLY = (".txt", ".data")
"""Endings that descriptions have as well as tables."""
NOT_TABLES = ("readme", "license", "licence", "copying", "changelog")


def read_zip(path: Path, reader: Reader) -> Path:
    """Have the table in an archive read: under which path the reader has it then. Several tables with the same columns
    are read as one. UserError for none, for several that are not alike, and for what members_of refuses."""
    opened = reader.open(path)
    members = members_of(opened, path, reader.read[-1].size, is_table)
    chosen = without_descriptions(list(members))
    if not chosen:
        raise UserError(
            _("“{file}” holds no table. Tables end in {known}.").format(file=path.name, known=", ".join(TABLES))
        )
    # By their own names, and by their folders where two bear one; a path only for the reader, not for any disk.
    names = {name: base_name(name) for name in chosen}
    if len(set(names.values())) < len(names):
        names = {name: f"{place} {base_name(name)}" for place, name in enumerate(chosen, 1)}
    for name, shown in names.items():
        reader.unpacked[path / shown] = members[name]
    if len(chosen) == 1:
        (shown,) = names.values()
        reader.notes.append(_("The table “{name}” in “{file}” was read.").format(name=shown, file=path.name))
        return path / shown
    if len({ending_of(name) for name in chosen}) > 1 or ending_of(chosen[0]) not in (*TEXTS, ".parquet"):
        raise UserError(
            _("“{file}” holds several tables: {names}. Unpack it, and choose one of them.").format(
                file=path.name, names=listed(list(names.values()))
            )
        )
    return joined_as(path, {shown: path / shown for shown in sorted(names.values())}, reader)


def parts_of(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts


def base_name(name: str) -> str:
    """The last part of a member's name, whichever system wrote it."""
    return parts_of(name)[-1]


def is_table(name: str) -> bool:
    """Whether a member is a table by its name; what systems put into archives beside them is not."""
    parts = parts_of(name)
    return (
        0 < len(parts) <= 1 + MOST_FOLDERS
        and ending_of(name) in TABLES
        and "__MACOSX" not in parts
        and not parts[-1].startswith(".")
    )


def without_descriptions(names: Sequence[str]) -> list[str]:
    """The tables without texts that only describe them."""
    found = [name for name in names if not base_name(name).lower().startswith(NOT_TABLES)]
    sure = [name for name in found if ending_of(name) not in WORDS_ONLY]
    return sure or found
