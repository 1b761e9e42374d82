"""What the tutorial shows, and the pages about drawing, watching, teaching and handing in."""

import os
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QInputMethodEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from docs.scenes.registry import Target, scene
from docs.stage import Stage, is_idle
from nnstudio import paths
from nnstudio.ui.labs.try_lab import TryLab
from nnstudio.ui.window import MainWindow

LOW = 1280, 620
"""A window for the canvas alone."""
LEFT = Qt.MouseButton.LeftButton


@scene
def welcome(stage: Stage, target: Target) -> None:
    """The welcome page while nothing was opened yet, and the lab of a trained network on a figure that is drawn."""
    window = stage.open()
    QSettings(str(paths.settings_file()), QSettings.Format.IniFormat).remove("recent")
    stage.do(window, "actionWelcome")
    stage.rest(1000)  # pictures and lessons come from a thread
    stage.grab(window, target("welcome"))
    window = stage.open("digits")
    stage.train(window)
    lab = stage.lab(window, "actionTryLab", (900, 540))
    assert isinstance(lab, TryLab)
    stage.click(lab.clear)
    pad = lab.picture
    middle = pad.rect().center()
    drag(pad, QPoint(middle.x() - 16, 18), QPoint(middle.x() - 16, pad.height() - 18))
    stage.grab(lab, target("try_it"))


@scene
def overfitting(stage: Stage, target: Target) -> None:
    """The same network trained without dropout, with it, and both in step."""
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
    window.comparison_picker.show_choices()
    window.comparison_picker.setCurrentIndex(1)
    window.comparison_picker.activated.emit(1)
    stage.train(window)
    stage.grab(window.plots, target("twin"))


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """The button pressed, moved and let go, in steps."""
    QTest.mousePress(widget, LEFT, pos=start)
    for step in range(1, 9):
        place = QPointF(start + (end - start) * step / 8)
        none = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, QPointF(widget.mapToGlobal(place)), Qt.MouseButton.NoButton, LEFT, none
        )
        QApplication.sendEvent(widget, event)
    QTest.mouseRelease(widget, LEFT, pos=end)


@scene
def own_network(stage: Stage, target: Target) -> None:
    """A network of one's own: what is wrong with it and what mends it, and how it is after training."""
    window = stage.open()
    window.show_data()
    window.data_panel.choose_source("toy:xor")
    stage.wait(lambda: window.project.facts is not None)
    for type in ("dense", "relu", "dense"):
        window.canvas.adding.append(type)
    stage.grab(window, target("own_network_problem"))
    stage.click(mending_button(window))
    stage.train(window)
    stage.rest(500)  # what is suggested after a training comes a moment later
    stage.grab(window, target("own_network"))


def mending_button(window: MainWindow) -> QWidget:
    """The button below the first problem."""
    return window.problems.itemWidget(window.problems.item(0))


@scene
def drawing(stage: Stage, target: Target) -> None:
    """A layer that does not fit and what would mend it; a note and a frame."""
    window = stage.open()
    window.resize(1280, 460)
    window.canvas.adding.append("conv")
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
    stage.do(window, "actionTenSeeds")
    stage.wait(partial(is_idle, window))
    stage.grab(window.plots, target("ten_seeds"))


@scene
def teaching(stage: Stage, target: Target) -> None:
    """A lesson beside the network, and the same in presenter mode; a report with a picture in it."""
    window = stage.open()
    window.lessons.open(next(paths.lessons().glob("12-*.lesson.json")))
    stage.wait(lambda: window.project.facts is not None)
    stage.grab(window, target("lesson"))
    stage.do(window, "actionPresent")
    stage.rest(800)
    stage.grab(window, target("presenting"))
    stage.do(window, "actionPresent")
    window = stage.open("iris")
    stage.train(window)
    window.sheet.put_plot(window.plots.views["loss"].plot)
    dialog = window.sheet.open()
    dialog.resize(960, 620)
    stage.grab(dialog, target("report"))
    dialog.close()
