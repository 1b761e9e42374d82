"""What each command of the window does, and what each switch turns on or off, by the command's name."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from nnstudio.ui.labs.opened import LABS
from nnstudio.ui.shortcuts import show_shortcuts

if TYPE_CHECKING:
    from nnstudio.ui.window import MainWindow


VIEW_SWITCHES = (
    "actionDropout",
    "actionPlane",
    "actionGradients",
    "actionConfusion",
    "actionLargeViews",
    "actionLogLoss",
    "actionIterations",
)
"""The switches of the views of learning, in the order of their menu."""


def functions(window: "MainWindow") -> dict[str, Callable[[], object]]:
    """The function of each command, by the command's name; what is being written on the canvas is taken over first."""

    def after_writing(function: Callable[[], object]) -> None:
        window.canvas.finish_writing()
        function()

    return {name: partial(after_writing, function) for name, function in plain_functions(window).items()}


def plain_functions(window: "MainWindow") -> dict[str, Callable[[], object]]:
    return {
        "actionNew": window.new,
        "actionOpen": window.open,
        "actionSave": window.documents.save,
        "actionSaveAs": window.documents.save_as,
        "actionExport": window.documents.export,
        "actionPutAside": lambda: window.rescue.show_put_aside(),
        "actionSavePicture": lambda: window.documents.save_picture(window.canvas.save_picture),
        "actionQuit": window.close,
        "actionUndo": window.store.undo,
        "actionRedo": window.store.redo,
        "actionCut": lambda: window.canvas.selection.cut(),
        "actionCopy": lambda: window.canvas.selection.copy(),
        "actionPaste": lambda: window.canvas.selection.paste(),
        "actionDuplicate": lambda: window.canvas.selection.duplicate(),
        "actionRename": lambda: window.canvas.changing.rename_selected(),
        "actionLink": lambda: window.canvas.adding.link_selected(),
        "actionDelete": lambda: window.canvas.selection.delete(),
        "actionNote": lambda: window.canvas.adding.add_remark("note"),
        "actionFrame": lambda: window.canvas.adding.add_remark("frame"),
        "actionFind": lambda: window.canvas.find_layer(),
        "actionSelectAll": lambda: window.canvas.select_all(),
        "actionArrange": lambda: window.canvas.arrange(),
        "actionZoomIn": lambda: window.canvas.zoom_in(),
        "actionZoomOut": lambda: window.canvas.zoom_out(),
        "actionZoomSelection": lambda: window.canvas.zoom_selection(),
        "actionZoomFit": lambda: window.canvas.zoom_fit(),
        "actionTrain": window.trainer.train,
        "actionPause": window.trainer.pause,
        "actionStop": window.trainer.stop,
        "actionStepBatch": window.trainer.step_batch,
        "actionStepEpoch": window.trainer.step_epoch,
        "actionReset": window.trainer.reset,
        "actionCarryOn": window.trainer.carry_on,
        "actionSameStart": window.trainer.train_again,
        "actionNewSeed": window.trainer.train_new_seed,
        "actionTenSeeds": window.trainer.train_seeds,
        **{name: partial(window.labs.show, name) for name in LABS},
        "actionShortcuts": lambda: show_shortcuts(window, window.actions_by_name),
    }


def switches(window: "MainWindow") -> dict[str, Callable[[bool], object]]:
    """What each switch turns on or off, by its command's name."""
    return {
        "actionNeurons": lambda on: window.live_weights.show_neurons(on),
        "actionMiniMap": lambda on: window.canvas.minimap.set_on(on),
        "actionGrid": lambda on: setattr(window.canvas, "snaps", on),
        "actionLargeViews": lambda on: window.drawing.setVisible(not on),
        "actionLogLoss": lambda on: window.plots.curves.set_log(on),
        "actionIterations": lambda on: window.plots.count_iterations(on),
        "actionDropout": lambda on: window.plots.show_view(window.plots.dropout, on),
        "actionPlane": lambda on: window.plots.boundary.set_on(on),
        "actionGradients": lambda on: window.plots.show_view(window.plots.gradients, on),
        "actionConfusion": lambda on: window.plots.show_view(window.plots.confusion, on),
        "actionFormula": lambda on: window.formula_bar.set_on(on),
    }
