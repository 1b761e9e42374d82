"""What a change of the project changed, and what caused it: by this a view skips what is not its own."""

from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from nnstudio.project.model import Layer, Network, Project


class Part(Enum):
    """The parts of a window's project that views ask about."""

    STRUCTURE = auto()
    """Which layers there are, what they are called and set to, and how they are linked."""
    LAYOUT = auto()
    """Where layers stand, and the notes and frames beside them."""
    DATA = auto()
    TRAINING = auto()
    FACTS = auto()
    """What was found out about the data."""
    RUNS = auto()
    STUDIES = auto()
    """Which studies are defined; their trials are runs."""
    SHEET = auto()
    """What is in the report."""
    OPENINGS = auto()
    """How often the test set was opened, and whether it is sealed."""
    PROBLEMS = auto()
    """What keeps the project from training."""
    HISTORY = auto()
    """What can be undone and redone."""
    FILE = auto()
    """The file that the project is in, and whether it holds what is here."""


class Cause(Enum):
    """What made a change."""

    EDIT = auto()
    UNDO = auto()
    """Undo, redo, or a step chosen in the history."""
    FACT = auto()
    """Something that became known and is no edit: a run that has ended, what data holds."""
    OPENED = auto()
    SAVED = auto()


@dataclass(frozen=True)
class Change:
    """The project before and after, and the cause; `problems` says whether other problems were found."""

    before: Project
    after: Project
    cause: Cause
    problems: bool = False

    def touches(self, *parts: Part) -> bool:
        """Whether any of these parts is another now."""
        return not self.parts.isdisjoint(parts)

    @cached_property
    def parts(self) -> frozenset[Part]:
        """Every part that differs."""
        before, after = self.before, self.after
        found = network_parts(before.network, after.network)
        for part, name in (
            (Part.DATA, "data"),
            (Part.TRAINING, "training"),
            (Part.FACTS, "facts"),
            (Part.RUNS, "runs"),
            (Part.STUDIES, "studies"),
            (Part.SHEET, "sheet"),
            (Part.OPENINGS, "openings"),
        ):
            # What an edit leaves alone is the very same value, so this costs nothing where it matters.
            old, new = getattr(before, name), getattr(after, name)
            if old is not new and old != new:
                found.add(part)
        if self.problems:
            found.add(Part.PROBLEMS)
        if self.cause in (Cause.OPENED, Cause.SAVED):
            found.add(Part.FILE)
        if self.cause in (Cause.EDIT, Cause.UNDO, Cause.OPENED):
            found.add(Part.HISTORY)
        return frozenset(found)


def network_parts(before: Network, after: Network) -> set[Part]:
    """What of a drawing differs: what it computes and says, or merely where it stands."""
    found: set[Part] = set()
    if before is after:
        return found
    if before.links != after.links or not same_layers(before.layers, after.layers):
        found.add(Part.STRUCTURE)
    if [one.position for one in before.layers] != [one.position for one in after.layers]:
        found.add(Part.LAYOUT)
    if before.annotations != after.annotations:
        found.add(Part.LAYOUT)
    return found


def same_layers(before: tuple[Layer, ...], after: tuple[Layer, ...]) -> bool:
    """Whether layers are the same but for where they stand."""
    return len(before) == len(after) and all(
        one is other
        or (one.id, one.type, one.name, one.parameters) == (other.id, other.type, other.name, other.parameters)
        for one, other in zip(before, after, strict=True)
    )
