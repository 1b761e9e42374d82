"""Which commands can be given now, by what is selected, drawn and trained."""

from nnstudio.text import translate as _
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.shell.actions import Actions
from nnstudio.ui.store import Store
from nnstudio.ui.training.shown_training import State
from nnstudio.ui.training.trainer import Trainer

START_ACTIONS = ("actionSameStart", "actionNewSeed", "actionTenSeeds")


def enable(named: Actions, store: Store, trainer: Trainer, canvas: Canvas) -> None:
    """Enable what can be done now; undo and redo say what they would do."""
    for name, word, label in (
        ("actionUndo", _("&Undo"), store.undo_label),
        ("actionRedo", _("&Redo"), store.redo_label),
    ):
        what = label.replace("&", "&&")  # in a name it is no shortcut
        named[name].setText(f"{word} {what}".strip())
        named[name].setEnabled(bool(label))
    enable_training(named, trainer)
    selected = canvas.network.selected_parts()
    for name in ("actionCut", "actionCopy", "actionDuplicate", "actionZoomSelection"):
        named[name].setEnabled(bool(selected))
    named["actionRename"].setEnabled(len(selected) == 1)
    layers = canvas.network.selected_layers()
    named["actionLink"].setEnabled(len(layers) == 1 and canvas.network.layers[layers[0]].has_output)
    named["actionDelete"].setEnabled(bool(selected) or bool(canvas.network.selected_links()))


def enable_training(named: Actions, trainer: Trainer) -> None:
    """The commands of training, by its state."""
    state, active = trainer.state, trainer.is_active
    stopping = state is State.STOPPING
    named["actionTrain"].setEnabled(state in (State.READY, State.PAUSED))
    named["actionTrain"].setText(_("Go &on") if state is State.PAUSED else _("&Train"))
    named["actionPause"].setEnabled(state in (State.PREPARING, State.RUNNING))
    named["actionStop"].setEnabled(active and not stopping)
    for name in ("actionStepBatch", "actionStepEpoch"):
        named[name].setEnabled(state in (State.READY, State.PAUSED))
    for name in START_ACTIONS:
        named[name].setEnabled(state is State.READY)
    named["actionCarryOn"].setEnabled(trainer.can_carry_on())
    named["actionReset"].setEnabled(not stopping and (active or trainer.curves.epochs > 0 or bool(trainer.failure)))
