"""What presenter mode asks of a lesson that is given in front of a class. Nothing here knows what a lesson is."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Told:
    """What the teacher is told of the step at hand; `predictions` is None where none are asked for."""

    step: str
    notes: str = ""
    next_step: str = ""
    predictions: int | None = None


class Talk(Protocol):
    """A lesson under way: Space goes on, ← goes back, and the notes window shows what is told."""

    def go_on(self) -> object:
        """To the next step, or what stands in its place: a prediction's run, what is revealed."""

    def go_back(self) -> object:
        """To the step before."""

    def told(self) -> Told:
        """The step at hand; asked for twice a second while the notes window is open."""
