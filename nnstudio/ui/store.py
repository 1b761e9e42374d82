"""Holds the current project, applies edits, and tells the views what was before and what is now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from nnstudio.project import edits
from nnstudio.project.endings import mendable_problems, warnings
from nnstudio.project.mistakes import shape_repairs
from nnstudio.project.model import Project, Run
from nnstudio.project.openings import with_openings_of
from nnstudio.project.repairs import Repair
from nnstudio.project.shapes import Inference, Problem, all_problems, infer
from nnstudio.project.studies import free_study_id, numbered_trials
from nnstudio.project.undo import UndoHistory
from nnstudio.ui.changes import Cause, Change


@dataclass(frozen=True)
class Document:
    """What a user works on: a project with its history, what of it is in its file, and where that is."""

    history: UndoHistory
    saved: Project
    path: Path | None
    name: str
    refused: frozenset[str]

    @property
    def project(self) -> Project:
        return self.history.present

    @property
    def is_modified(self) -> bool:
        """Whether there is something to save; what was merely found out about the data does not count."""
        return self.project is not self.saved and without_facts(self.project) != without_facts(self.saved)


class Store(QObject):
    """The one place where the window's project changes.

    `changed(change)` comes after every change and says what it changed and why, `replaced` when another project was
    opened, `told(message)` when something must be said to the user.
    """

    changed = Signal(object)
    told = Signal(str)
    replaced = Signal()

    def __init__(self, project: Project, path: Path | None = None, refused: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self._history = UndoHistory(project)
        self._saved = project
        self._aside: Document | None = None
        self.path = path
        self.name = ""
        self.refused = refused
        """Files outside its folder that the project names and may not read: nobody has chosen or allowed them here."""
        self.generation = 0
        """How many other projects were put in place; what belongs to an earlier one comes too late."""
        self.data_problem = ""
        self.inference = Inference()
        self.problems: tuple[Problem, ...] = ()
        self._found: tuple[Problem, ...] = ()
        self._inferred: tuple[object, ...] = ()
        """What shapes and problems were last found for."""
        self.warnings: tuple[Problem, ...] = ()
        """What does not keep the network from training, but from learning well."""
        self._find_problems()

    @property
    def project(self) -> Project:
        return self._history.present

    def free_run_id(self) -> str:
        """An id that no run bears, not one that was deleted either: undo may bring it back."""
        return edits.free_run_id(*self._history.projects)

    def free_study_id(self) -> str:
        """Likewise the id of a new study."""
        return free_study_id(*self._history.projects)

    def numbered_trials(self, runs: Iterable[Run]) -> list[Run]:
        """Trials with the ids that they have here, or that are free."""
        return numbered_trials([self.project, *self._history.projects], runs)

    @property
    def repairs(self) -> dict[Problem, Repair]:
        """What mends those problems and warnings that one change mends: the project as it is now, with that change."""
        mendable = (
            shape_repairs(self.project, self.inference),
            mendable_problems(self.project, self.inference),
            warnings(self.project, self.inference),
        )
        return {one.problem: one.repair for some in mendable for one in some}

    @property
    def undo_label(self) -> str:
        return self._history.undo_label

    @property
    def redo_label(self) -> str:
        return self._history.redo_label

    @property
    def is_modified(self) -> bool:
        """Whether there is something to save; what was merely found out about the data does not count."""
        return self._document.is_modified

    @property
    def _document(self) -> Document:
        return Document(self._history, self._saved, self.path, self.name, self.refused)

    @property
    def kept(self) -> Document:
        """What the user works on, also while something else is looked at."""
        return self._aside or self._document

    @property
    def edit_labels(self) -> list[str]:
        """The names of all edits since the project was opened."""
        return self._history.labels

    @property
    def place(self) -> int:
        """How many of them are in force."""
        return self._history.place

    def go_to(self, place: int) -> None:
        """Undo or redo to where so many edits are in force."""
        before = self.project
        self._history.go_to(place)
        self._tell(before, Cause.UNDO)

    def edit(self, label: str, project: Project, merge: str = "") -> None:
        """Make an edit; edits with one `merge` key in a row become one undoable step. None takes an opening of the test
        set away."""
        project = with_openings_of(project, self.project)
        if project == self.project:
            return
        before = self.project
        self._history.push(label, project, merge)
        self._tell(before, Cause.EDIT)

    def seal(self) -> None:
        """The next edit is a step of its own."""
        self._history.seal()

    def undo(self) -> None:
        before = self.project
        self._history.undo()
        self._tell(before, Cause.UNDO)

    def redo(self) -> None:
        before = self.project
        self._history.redo()
        self._tell(before, Cause.UNDO)

    def amend(self, change: Callable[[Project], Project], is_in_file: bool = False) -> None:
        """Write a fact that is no edit into the present and all of history; into what is saved too, where the file has
        it already."""
        before = self.project
        self._history.amend(change)
        if is_in_file:
            self._saved = self.project if self._saved is before else change(self._saved)
        self._tell(before, Cause.FACT)

    def amend_past(self, change: Callable[[Project], Project]) -> None:
        """Write what has become a fact into the present and all before it, and not into what can be redone."""
        before = self.project
        self._history.amend_past(change)
        self._tell(before, Cause.FACT)

    def replace(
        self,
        project: Project,
        path: Path | None,
        is_saved: bool = True,
        refused: frozenset[str] = frozenset(),
        name: str = "",
    ) -> None:
        """Begin anew with another project, which is in its file or not; `name` is what it is called without one."""
        before = self.project
        self.generation += 1
        self._history = UndoHistory(project)
        self._saved = project if is_saved else Project()
        self.path = path
        self.name = name
        self.refused = refused
        self.data_problem = ""
        self._tell(before, Cause.OPENED)
        self.replaced.emit()

    def set_aside(self) -> None:
        """Keep what is here, with its history, until it is brought back: something else is looked at meanwhile."""
        self._aside = self._document

    def bring_back(self) -> None:
        """Put what was set aside in its place again, as it was."""
        if self._aside is None:
            return
        before, kept, self._aside = self.project, self._aside, None
        self.generation += 1
        self._history, self._saved = kept.history, kept.saved
        self.path, self.name, self.refused = kept.path, kept.name, kept.refused
        self.data_problem = ""
        self._tell(before, Cause.OPENED)
        self.replaced.emit()

    def allow(self, sources: Iterable[str]) -> None:
        """The user has chosen these files."""
        self.refused -= set(sources)

    def mark_saved(self, project: Project, path: Path) -> None:
        """What is now in the file."""
        self._saved = project
        self.path = path
        self._tell(self.project, Cause.SAVED)

    def set_data_problem(self, message: str) -> None:
        """What keeps the data from being read, "" when it can be."""
        if message != self.data_problem:
            self.data_problem = message
            self._tell(self.project, Cause.FACT)

    def _tell(self, before: Project, cause: Cause) -> None:
        found = self.problems, self.warnings
        if cause is not Cause.SAVED:
            self._find_problems()
        self.changed.emit(Change(before, self.project, cause, found != (self.problems, self.warnings)))

    def _find_problems(self) -> None:
        """Shapes anew where something that they depend on is another; of a digit in the learning rate nothing is."""
        project = self.project
        plan = project.training
        known = project.network, project.facts, project.data, plan.loss, plan.batch_size, plan.last_batch, plan.monitor
        if not same(known, self._inferred):
            self._inferred = known
            found = infer(project)
            if found != self.inference:  # what is the same stays the same value, by which views skip it
                self.inference = found
            self._found = all_problems(project, self.inference)
            self.warnings = tuple(one.problem for one in warnings(project, self.inference))
        unread = (Problem("data", self.data_problem),) if self.data_problem else ()
        problems = (*unread, *self._found)
        if problems != self.problems:
            self.problems = problems


def same(values: tuple[object, ...], others: tuple[object, ...]) -> bool:
    """Whether all are equal; what is the very same value is not compared."""
    return len(values) == len(others) and all(
        one is other or one == other for one, other in zip(values, others, strict=True)
    )


def without_facts(project: Project) -> Project:
    """The project without what was merely found out about its data."""
    return replace(project, facts=None, files=())
