"""What the pictures of the documentation show, each played on the real window. `docs.grab` plays them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize

from docs.extension.layers import curve_of
from docs.stage import Stage
from nnstudio.layers.catalogue import CATALOGUE
from nnstudio.project import edits
from nnstudio.project.model import Project
from nnstudio.ui.canvas.picture import picture_of
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.inspector.panel import FunctionPlot
from nnstudio.ui.look.picture import form_of
from nnstudio.ui.store import Store

CURVE_SIZE = QSize(380, 190)

Target = Callable[[str], Path]
Scene = Callable[[Stage, Target], None]

SCENES: dict[str, Scene] = {}
"""By the name of the picture, or of the first of them."""


def scene(play: Scene) -> Scene:
    """Registers a scene under its name."""
    SCENES[play.__name__] = play
    return play


@scene
def circle(stage: Stage, target: Target) -> None:
    """The window: TensorFlow Playground's circle after training."""
    window = stage.open("circle")
    stage.train(window)
    stage.grab(window, target("circle"))


@scene
def early_stopping(stage: Stage, target: Target) -> None:
    """The plots of a training that early stopping has ended."""
    window = stage.open("digits")
    stage.train(window)
    stage.grab(window, target("digits"))
    stage.grab(window.plots, target("early_stopping"))


@scene
def layers(stage: Stage, target: Target) -> None:
    """Each layer as it stands on the canvas, and the curve of each activation, for the page of layers."""
    for declared in CATALOGUE:
        project, _id = edits.add_layer(Project(), declared.type)
        path = target(f"layers/{declared.type}")
        path.write_bytes(picture_of(NetworkScene(Store(project)), form_of(path)))
        if curve := curve_of(declared):
            plot = FunctionPlot()
            plot.resize(CURVE_SIZE)
            plot.show_curve(curve)
            stage.grab(plot, target(f"layers/{declared.type}_curve"))
