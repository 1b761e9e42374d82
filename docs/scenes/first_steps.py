"""What the tutorial shows, and the pages about drawing, watching, teaching and handing in."""

import os

from PySide6.QtCore import QPoint
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from docs.scenes.registry import Target, scene
from docs.stage import Stage
from nnstudio import paths
from nnstudio.ui.window import MainWindow

LOW = 1280, 620
"""A window for the canvas alone."""


@scene
def welcome(stage: Stage, target: Target) -> None:
    """The welcome page while nothing was opened yet."""
    window = stage.open()
    stage.do(window, "actionWelcome")
    stage.grab(window, target("welcome"))


@scene
def overfitting(stage: Stage, target: Target) -> None:
    """A network that overfits, and the same with dropout."""
    window = stage.open("overfitting")
    stage.train(window)
    stage.grab(window.plots, target("overfitting"))
    layers = window.canvas.network.layers
    middle = (layers["relu_1"].output_point() + layers["dense_2"].input_point()) / 2
    window.canvas.adding.drop("dropout", window.canvas.mapFromScene(middle))
    stage.do(window, "actionZoomFit")
    stage.grab(window.arrangement.drawing, target("dropout_dropped"))
    stage.train(window)
    window.tabs.bring(window.runs_panel)
    stage.grab(window, target("runs"))


@scene
def own_network(stage: Stage, target: Target) -> None:
    """A network of one's own: what is wrong with it and what mends it, and how it is after training."""
    window = stage.open()
    window.show_data()
    window.data_panel.choose_source("toy:xor")
    stage.wait(lambda: window.project.facts is not None)
    for type in ("dense", "relu", "dense"):
        stage.double_click_layer(window, type)
    stage.grab(window, target("own_network_problem"))
    stage.click(mending_button(window))
    stage.train(window)
    stage.grab(window, target("own_network"))


def mending_button(window: MainWindow) -> QWidget:
    """The button below the first problem."""
    return window.problems.itemWidget(window.problems.item(0))


@scene
def drawing(stage: Stage, target: Target) -> None:
    """A layer that does not fit and what would mend it; a note and a frame."""
    window = stage.open()
    window.resize(1280, 460)
    stage.double_click_layer(window, "conv")
    stage.do(window, "actionZoomFit")
    stage.grab(window.arrangement.drawing, target("repair"))
    window = stage.open("iris")
    window.resize(*LOW)
    layers = [layer.id for layer in window.project.network.layers]
    window.canvas.network.select(layers[1:3])
    stage.do(window, "actionFrame")
    write(window, {"en": "Hidden layer", "es": "Capa oculta"})
    window.canvas.network.clearSelection()
    window.canvas.adding.drop("note", window.canvas.viewport().rect().bottomRight() - QPoint(150, 60))
    write(window, {"en": "What do eight units do here?", "es": "¿Qué hacen aquí ocho unidades?"})
    window.canvas.finish_writing()
    stage.do(window, "actionZoomFit")
    stage.grab(window.arrangement.drawing, target("notes_and_frames"))


def write(window: MainWindow, words: dict[str, str]) -> None:
    """Type into what is being written on the canvas."""
    field = QApplication.focusWidget()
    assert field is not None
    typed = QInputMethodEvent()  # as keyboards with accents send it
    typed.setCommitString(words[os.environ["NNSTUDIO_LANG"]])
    QApplication.sendEvent(field, typed)
    window.canvas.finish_writing()


@scene
def seeds(stage: Stage, target: Target) -> None:
    """The same network from ten starts at once."""
    window = stage.open("circle")
    stage.train(window, command="actionTenSeeds")
    stage.grab(window.plots, target("ten_seeds"))


@scene
def teaching(stage: Stage, target: Target) -> None:
    """A lesson beside the network, and the same in presenter mode."""
    window = stage.open()
    window.lessons.open(next(paths.lessons().glob("12-*.lesson.json")))
    stage.wait(lambda: window.project.facts is not None)
    stage.grab(window, target("lesson"))
    stage.do(window, "actionPresent")
    stage.grab(window, target("presenting"))
    stage.do(window, "actionPresent")
