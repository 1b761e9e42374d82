"""Each layer as it stands on the canvas, and the curve of each activation."""

from PySide6.QtCore import QSize

from docs.extension.layers import curve_of, example
from docs.scenes.registry import Target, scene
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
