"""Has a training under way follow the learning rate and the dropout rates of the project."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from nnstudio.project import edits, variants
from nnstudio.project.model import Project
from nnstudio.text import translate as _
from nnstudio.ui.background.training_jobs import LEARNING_RATE, Change, Control
from nnstudio.ui.changes import Change as ProjectChange
from nnstudio.ui.changes import Part
from nnstudio.ui.store import Store

REST = 500
"""Milliseconds after which a rate that is being typed is taken for meant."""


class LiveRates(QObject):
    """Hands new rates to a training from its next batch on, and says so; other changes wait for the next training."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._in_use: Project | None = None
        self._control = Control()
        self._touched: set[str] = set()
        """The rates that were edited and not handed over yet."""
        self._timer = QTimer(self, singleShot=True, interval=REST)
        self._timer.timeout.connect(self._hand_over)
        store.changed.connect(self._project_changed)

    def begin(self, project: Project, control: Control) -> None:
        """A training has begun with the rates of this project, which need not be those of the store."""
        self._in_use, self._control, self._touched = project, control, set()

    def correct(self, project: Project) -> None:
        """The training stands where it has these rates; what was edited since it began is still to be handed over."""
        if self._in_use is not None:
            self._in_use = project

    def end(self) -> None:
        self._in_use = None
        self._timer.stop()

    def _project_changed(self, changed: ProjectChange) -> None:
        if self._in_use is not None and changed.touches(Part.STRUCTURE, Part.TRAINING, Part.DATA):
            self._touched |= {change.what for change in rate_changes(changed.before, changed.after)}
            self._timer.start()

    def _hand_over(self) -> None:
        before, after = self._in_use, self.store.project
        if before is None:
            return
        changes = [change for change in rate_changes(before, after) if change.what in self._touched]
        self._touched = set()
        self._in_use = with_rates(before, changes)
        self._control.changes.extend(changes)
        if changes:
            words = variants.changed_since(before, self._in_use)
            self.store.told.emit(_("From the next batch on: {changes}.").format(changes=words))
        elif differs(before, after):
            self.store.told.emit(
                _(
                    "The training under way goes on with the network, data and settings it began with. Only the "
                    "learning rate and dropout rates can be changed on the way."
                )
            )


def differs(before: Project, after: Project) -> bool:
    """Whether two projects are trained differently."""
    same = variants.computed(before.network) == variants.computed(after.network)
    return not same or before.training != after.training or before.data != after.data


def rate_changes(before: Project, after: Project) -> list[Change]:
    """The rates that differ and can be changed on the way: the learning rate, and those of dropout layers in both."""
    rates = [(LEARNING_RATE, before.training.learning_rate, after.training.learning_rate)]
    for layer in after.network.layers:
        if layer.role == "dropout" and before.network.has(layer.id):
            old = before.network.layer(layer.id).parameters["rate"]
            rates.append((layer.id, float(old), float(layer.parameters["rate"])))
    return [Change(*one) for one in rates if one[1] != one[2]]


def with_rates(project: Project, changes: Sequence[Change]) -> Project:
    """The project with these rates."""
    for change in changes:
        if change.what == LEARNING_RATE:
            project = edits.set_training(project, learning_rate=change.after)
        else:
            project = edits.set_parameter(project, change.what, "rate", change.after)
    return project
