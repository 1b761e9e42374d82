"""What the pictures of the documentation show, each played on the real window. `docs.grab` plays them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize

from docs.extension.layers import curve_of, example
from docs.stage import Stage
from nnstudio.layers.catalogue import CATALOGUE
from nnstudio.layers.spec import LayerType, Tokens
from nnstudio.project import edits
from nnstudio.project.model import DataChoice, DataFacts, Project
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.inspector.panel import FunctionPlot
from nnstudio.ui.look.picture import as_png
from nnstudio.ui.store import Store

CURVE_SIZE = QSize(380, 190)
EDGE = 4.0

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
def twin(stage: Stage, target: Target) -> None:
    """A network with dropout, and the same one without it trained in step."""
    window = stage.open("overfitting")
    window.canvas.network.select(["relu_1"])
    stage.double_click_layer(window, "dropout")
    stage.choose(window.comparison_picker, "dropout")
    stage.do(window, "actionDropout")
    stage.train(window)
    stage.grab(window, target("twin"))


@scene
def chain(stage: Stage, target: Target) -> None:
    """The chain rule of one sample, factor by factor."""
    window = stage.open("iris")
    stage.train(window)
    lab = stage.lab(window, "actionChainLab", (1000, 560))
    stage.rest(1500)  # it computes on a thread
    stage.grab(lab, target("chain"))


@scene
def layers(stage: Stage, target: Target) -> None:
    """Each layer as it stands on the canvas, and the curve of each activation, for the page of layers."""
    stage.open()  # language, fonts and colours are the window's
    for declared in CATALOGUE:
        project, id = at_work(declared)
        scene = NetworkScene(Store(project))
        around = scene.parts_rect([id]).adjusted(-EDGE, -EDGE, EDGE, EDGE)
        target(f"layers/{declared.type}").write_bytes(as_png(scene, around))
        if curve := curve_of(declared):
            plot = FunctionPlot()
            plot.resize(CURVE_SIZE)
            plot.show_curve(curve)
            stage.grab(plot, target(f"layers/{declared.type}_curve"))


def at_work(declared: LayerType) -> tuple[Project, str]:
    """A project in which a layer stands between others, with values that it takes, and its id."""
    shape = (2,) if declared.role == "output" else (*example(declared), (64,))[0]
    words = shape.vocabulary if isinstance(shape, Tokens) else 0
    facts = DataFacts(100, tuple(shape), "class", ("0", "1"), 60, 20, 20, vocabulary=words)
    project = edits.set_facts(Project(), DataChoice(), facts)
    project, id = edits.add_layer(project, declared.type)
    if declared.role != "input":
        project, start = edits.add_layer(project, "input", (-3 * edits.COLUMN_WIDTH, 0.0))
        project = edits.add_link(project, start, id)
    if declared.inputs[0] > 1:
        project, second = edits.add_layer(project, "relu", (-1.5 * edits.COLUMN_WIDTH, 0.0))
        project = edits.add_link(edits.add_link(project, start, second), second, id)
    if declared.role != "output":
        project, end = edits.add_layer(project, "output", (3 * edits.COLUMN_WIDTH, 0.0))
        project = edits.add_link(project, id, end)
    return project, id
