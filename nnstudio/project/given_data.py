"""Data that was given from Python's memory and lies in no file: a project keeps it inside, under a name of its own."""

import hashlib
from pathlib import Path, PureWindowsPath
from typing import Literal

from nnstudio.project.model import DataFile, Project

FRAME: Literal["frame"] = "frame"
ARRAYS: Literal["arrays"] = "arrays"
ID_LETTERS = 12


def given_file(kind: Literal["frame", "arrays"], ending: str, content: bytes) -> DataFile:
    """Content as a file that is nowhere on the disk, as if in the current folder. It is called by its content, so that
    no other is taken for it."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = Path(f"{kind}-{sha256[:ID_LETTERS]}{ending}").absolute()
    return DataFile(str(path), sha256, len(content), content)


def is_given(file: DataFile) -> bool:
    """Whether a file of data is of this kind."""
    kind, _dash, id = PureWindowsPath(file.source).stem.partition("-")
    return kind in (FRAME, ARRAYS) and id == file.sha256[:ID_LETTERS]


def named_beside(project: Project, folder: Path) -> dict[str, str]:
    """What the given data of a project is called once the project lies in a folder: as if it lay beside it, so that the
    file does not tell in which folder it was begun."""
    return {file.source: str(folder / PureWindowsPath(file.source).name) for file in project.files if is_given(file)}
