"""How the tests read a file's columns: in one place, whatever the reader is called with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from nnstudio.data.columns import table_of
from nnstudio.data.reader import Reader
from nnstudio.data.reading import asked_of
from nnstudio.data.sources import read_source
from nnstudio.project.model import DataChoice


def choice_of(path: Path, settings: Mapping[str, Any]) -> DataChoice:
    return replace(DataChoice(source=str(path)), **settings)


def read_columns(path: Path, settings: Mapping[str, Any]) -> dict[str, list[object]]:
    """The cells of each column as they were read, None where one is missing, before rows without a target go."""
    choice = choice_of(path, settings)
    asked = asked_of(choice)
    table = table_of(read_source(choice.source, reader=Reader(), asked=asked).columns)
    return {name: table[name].to_list() for name in table.columns}
