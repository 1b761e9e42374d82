"""What the commands of the canvas, of training and of the labs do, and what the switches turn on or off, by name."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from nnstudio.ui.canvas.formula_bar import FormulaBar
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.labs.opened import LABS, Labs
from nnstudio.ui.live.live_weights import LiveWeights
from nnstudio.ui.live.opened import VIEWS
from nnstudio.ui.live.panel import Plots
from nnstudio.ui.training.trainer import Trainer

Functions = dict[str, Callable[[], object]]
Switches = dict[str, Callable[[bool], object]]

VIEW_SWITCHES = (
    *(view.switch.command for view in VIEWS.values() if view.switch is not None),
    "actionLargeViews",
    "actionLogLoss",
    "actionIterations",
)
"""The switches of the views of learning, in the order of their menu."""


def canvas_functions(canvas: Canvas) -> Functions:
    """What is done with what is drawn."""
    return {
        "actionCut": canvas.selection.cut,
        "actionCopy": canvas.selection.copy,
        "actionPaste": canvas.selection.paste,
        "actionDuplicate": canvas.selection.duplicate,
        "actionRename": canvas.editing.rename_selected,
        "actionLink": canvas.adding.link_selected,
        "actionDelete": canvas.selection.delete,
        "actionNote": partial(canvas.adding.add_annotation, "note"),
        "actionFrame": partial(canvas.adding.add_annotation, "frame"),
        "actionFind": canvas.find_layer,
        "actionSelectAll": canvas.select_all,
        "actionArrange": canvas.arrange,
        "actionZoomIn": canvas.zoom_in,
        "actionZoomOut": canvas.zoom_out,
        "actionZoomSelection": canvas.zoom_selection,
        "actionZoomFit": canvas.zoom_fit,
    }


def training_functions(trainer: Trainer, labs: Labs) -> Functions:
    """What is done with a training, and the labs that look inside."""
    return {
        "actionTrain": trainer.train,
        "actionPause": trainer.pause,
        "actionStop": trainer.stop,
        "actionStepBatch": trainer.step_batch,
        "actionStepEpoch": trainer.step_epoch,
        "actionReset": trainer.reset,
        "actionCarryOn": trainer.carry_on,
        "actionSameStart": trainer.train_again,
        "actionNewSeed": trainer.train_new_seed,
        "actionTenSeeds": trainer.train_seeds,
        **{name: partial(labs.show, name) for name in LABS},
    }


def after_writing(canvas: Canvas, functions: Functions) -> Functions:
    """The same functions, each of which takes over first what is being written on the canvas."""

    def act(function: Callable[[], object]) -> None:
        canvas.finish_writing()
        function()

    return {name: partial(act, function) for name, function in functions.items()}


def switches(
    canvas: Canvas, live_weights: LiveWeights, formula_bar: FormulaBar, plots: Plots, drawing: QWidget
) -> Switches:
    """What each switch turns on or off. `drawing` is what gives its room to large views."""
    return {
        "actionNeurons": live_weights.show_neurons,
        "actionMiniMap": canvas.minimap.set_on,
        "actionGrid": lambda on: setattr(canvas, "snaps", on),
        "actionLargeViews": lambda on: drawing.setVisible(not on),
        "actionLogLoss": plots.set_log,
        "actionIterations": plots.count_iterations,
        "actionFormula": formula_bar.set_on,
        **{view.switch.command: partial(plots.show_view, name) for name, view in VIEWS.items() if view.switch},
    }
