"""What a project and its runs have in common from Python: the one frozen value, and the file it belongs to."""

from dataclasses import dataclass
from pathlib import Path

from nnstudio.data.reader import Reader
from nnstudio.project.model import Project


@dataclass
class State:
    """The project as it stands now. `path` is its file, None before it was saved; `refused` are files of data that it
    may not read: outside its folder, and not chosen on this computer."""

    value: Project
    path: Path | None = None
    refused: frozenset[str] = frozenset()

    def reader(self) -> Reader:
        """What reads the data of the project, and the copies kept in it."""
        return Reader(self.value.files, self.refused)
