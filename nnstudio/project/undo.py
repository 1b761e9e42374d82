"""Undo and redo: a list of projects with the names of the edits between them."""

from collections.abc import Callable
from dataclasses import dataclass

from nnstudio.project.model import Project


@dataclass(frozen=True)
class Step:
    """One undoable step: the name of the edit and the project after it."""

    label: str
    project: Project
    merge: str


class UndoHistory:
    """The projects a user went through and the place where they stand.

    Edits with the same non-empty `merge` key that follow each other become one step: typing, dragging.
    """

    def __init__(self, project: Project) -> None:
        self._steps = [Step("", project, "")]
        self._place = 0

    @property
    def present(self) -> Project:
        return self._steps[self._place].project

    @property
    def undo_label(self) -> str:
        """The name of the edit that undo takes back, "" when there is none."""
        return self._steps[self._place].label

    @property
    def projects(self) -> list[Project]:
        """Every project of the history, those that were undone among them."""
        return [step.project for step in self._steps]

    @property
    def redo_label(self) -> str:
        """The name of the edit that redo brings back, "" when there is none."""
        return self._steps[self._place + 1].label if self._place + 1 < len(self._steps) else ""

    @property
    def labels(self) -> list[str]:
        """The names of all edits, those that were undone among them."""
        return [step.label for step in self._steps[1:]]

    @property
    def place(self) -> int:
        """How many of the edits are in force."""
        return self._place

    def go_to(self, place: int) -> Project:
        """Go to where so many edits are in force; to the nearest end beyond them."""
        self.seal()
        self._place = min(max(0, place), len(self._steps) - 1)
        self.seal()
        return self.present

    def push(self, label: str, project: Project, merge: str = "") -> None:
        """Make an edit the present; what could be redone is gone."""
        last = self._steps[self._place]
        merges = bool(merge) and merge == last.merge
        self._steps[self._place + (0 if merges else 1) :] = [Step(label, project, merge)]
        self._place = len(self._steps) - 1

    def seal(self) -> None:
        """End a run of merging edits: the next edit is a step of its own."""
        last = self._steps[self._place]
        self._steps[self._place] = Step(last.label, last.project, "")

    def undo(self) -> Project:
        """Go back one step; stays where it is at the first."""
        return self.go_to(self._place - 1)

    def redo(self) -> Project:
        """Go forward one step; stays where it is at the last."""
        return self.go_to(self._place + 1)

    def amend(self, change: Callable[[Project], Project]) -> None:
        """Write a fact that is no edit (a finished run, what the data holds) into every step, so undo keeps it."""
        self._steps = [Step(step.label, change(step.project), step.merge) for step in self._steps]

    def amend_past(self, change: Callable[[Project], Project]) -> None:
        """Write what has become a fact into the present and every step before it: undo does not take it back."""
        place = self._place + 1
        past = [Step(step.label, change(step.project), step.merge) for step in self._steps[:place]]
        self._steps = past + self._steps[place:]
