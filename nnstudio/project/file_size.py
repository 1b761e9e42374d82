"""How large a project's file will be, from the lengths of what goes into it: nothing is packed for that."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from nnstudio.project.archive import KINDS_OF_MEMBERS, MOST_PAST, lightened
from nnstudio.project.container import MOST_BYTES, MOST_JSON_BYTES, MOST_MEMBERS
from nnstudio.project.model import DataChoice, EpochMetrics, Network, Project, Run
from nnstudio.project.shared_values import NOTHING
from nnstudio.text import shown_bytes
from nnstudio.text import translate as _

SAMPLED = 12
"""Runs whose descriptions and curves are measured, and stand for all others."""
INDENTED = 1.2
"""How much longer a description is in lines than in one."""
A_NUMBER = 17
"""Letters of a number in a curve, about."""
A_MEMBER = 272
"""Bytes of the archive for each member, in its list and in that of project.json, about."""


@dataclass(frozen=True)
class FileSize:
    """Bytes, about: of the whole file, and what of them are weights (those kept to go on or back from are `past`)."""

    whole: int
    weights: int
    past: int
    description: int
    members: int

    @property
    def is_too_large(self) -> bool:
        return self.whole > MOST_BYTES or self.description > MOST_JSON_BYTES or self.members > MOST_MEMBERS


def file_size(project: Project) -> FileSize:
    """How large the file of a project will be."""
    runs = project.runs
    past = sum(len(run.checkpoint) + len(run.snapshots) for run in runs)
    weights = sum(len(run.weights) for run in runs) + past
    members = sum(1 + sum(1 for kind in KINDS_OF_MEMBERS if getattr(run, kind)) for run in runs)
    beside = [len(file.content) for file in project.files] + [len(item.picture) for item in project.sheet.items]
    members += sum(1 for size in beside if size)
    curves = A_NUMBER * sum(numbers_of(run.history) for run in runs)
    description = len(msgspec.json.encode(replace(project, runs=(), files=(), sheet=replace(project.sheet, items=()))))
    description = round(INDENTED * (description + described(runs))) + members * A_MEMBER // 2
    rest = sum(len(run.validation) for run in runs) + sum(beside) + curves + members * A_MEMBER // 2
    return FileSize(weights + rest + description, weights, past, description, members)


def described(runs: Sequence[Run]) -> int:
    """The bytes of the descriptions of runs, by some of them; what they share is written once."""
    if not runs:
        return 0
    some = runs[:: max(1, len(runs) // SAMPLED)]
    emptied = dict.fromkeys(KINDS_OF_MEMBERS, b"")
    bare = [
        replace(run, network=Network(), data=DataChoice(), preparation=NOTHING, history=EpochMetrics(), **emptied)
        for run in some
    ]
    stand_ins = len(msgspec.json.encode((Network(), DataChoice(), NOTHING)))
    shared = {id(part): part for run in some for part in (run.network, run.data, run.preparation)}
    once = sum(len(msgspec.json.encode(part)) for part in shared.values())
    return round((len(msgspec.json.encode(bare)) / len(some) - stand_ins) * len(runs)) + once


def numbers_of(history: EpochMetrics) -> int:
    """How many numbers a curve has."""
    return sum(len(getattr(history, name)) for name in EpochMetrics.__struct_fields__)


def size_text(project: Project) -> tuple[str, bool]:
    """How large the file will be, in words, and whether something of it will be left out or it cannot be saved."""
    size = file_size(project)
    words = _("Project file: about {size}").format(size=shown_bytes(size.whole))
    if size.weights:
        words = _("Project file: about {size}, {weights} of it weights of runs").format(
            size=shown_bytes(size.whole), weights=shown_bytes(size.weights)
        )
    if size.past > MOST_PAST:
        words += ". " + lightened(project)[1]
        size = without_the_rest(size)
    if size.is_too_large:
        return words + ". " + _("That is more than a file can hold: forget weights of runs, or delete some."), True
    return words, size.past > MOST_PAST


def without_the_rest(size: FileSize) -> FileSize:
    """The size without what will be left out."""
    over = size.past - MOST_PAST
    return FileSize(size.whole - over, size.weights - over, size.past, size.description, size.members)
