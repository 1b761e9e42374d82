"""A thousand layers on the canvas, drawn as neurons, beside plain items in a plain QGraphicsScene, in one run.

python3 packaging/develop.py bench canvas [--rounds N]
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QRectF, QTimer
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QApplication, QGraphicsPathItem, QGraphicsRectItem, QGraphicsScene, QGraphicsView

from nnstudio.project import edits
from nnstudio.project.arrange import arranged
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.shapes import infer
from nnstudio.ui.canvas.gestures import MoveParts
from nnstudio.ui.canvas.items import HEIGHT, WIDTH
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.store import Store
from tests.bench import tables

RESULTS = Path(__file__).parent / "results" / "canvas.md"
LAYERS = 1000
SIZE = (1400, 900)
FRAMES = 60


def main(rounds: int = 3) -> int:
    app = QApplication.instance() or QApplication(sys.argv)
    project = large_project()
    found: dict[str, list[float]] = {}

    def note(name: str, milliseconds: float) -> None:
        found.setdefault(name, []).append(milliseconds)

    for _round in range(rounds):
        began = time.perf_counter()
        store = Store(project)
        canvas = Canvas(store)
        canvas.network.show_as_neurons(True)
        canvas.resize(*SIZE)
        canvas.show()
        canvas.zoom_fit()
        app.processEvents()
        canvas.viewport().repaint()
        note("open and first paint", 1000 * (time.perf_counter() - began))
        plain = plain_view(project)
        for name, view in (("ours", canvas), ("plain", plain)):
            for what, change in (("pan", pan(view)), ("drag", drag(view))):
                note(f"{what}, {name}, 95th percentile", frame_time(view, change))
        note(
            "infer all shapes after an edit", timed(lambda: infer(edits.set_parameter(project, "dense_1", "units", 17)))
        )
        pasted, _ids = edits.paste(project, project.network, (0.0, 900.0))
        store.edit("Paste", pasted)
        app.processEvents()
        note("undo of a paste of 1,000 layers", timed(partial(undo, store, canvas)))
        for view in (canvas, plain):
            view.close()
            view.deleteLater()
        wait()
    tables.keep(RESULTS, table(found, rounds))
    return 0


ASKED = {
    "open and first paint": "at most 1000",
    "pan, ours, 95th percentile": "at most 16",
    "drag, ours, 95th percentile": "at most 16",
    "infer all shapes after an edit": "at most 30",
    "undo of a paste of 1,000 layers": "at most 300",
}


def table(found: dict[str, list[float]], rounds: int) -> list[str]:
    lines = [
        f"# {LAYERS:,} layers on the canvas",
        "",
        f"Milliseconds, medians of {rounds}, {SIZE[0]} × {SIZE[1]}, the whole network in view, CPU raster. "
        "`python3 packaging/develop.py bench canvas`.",
        "",
        *tables.medians(found, ASKED),
    ]
    for what in ("pan", "drag"):
        ours, plain = (statistics.median(found[f"{what}, {name}, 95th percentile"]) for name in ("ours", "plain"))
        lines.append(f"| {what}, ours as a share of plain items | {ours / plain:.2f} | | |")
    return lines


def large_project() -> Project:
    """A chain of dense layers and functions, laid out in rows."""
    facts = DataFacts(100, (64,), "class", ("a", "b", "c"), 100, 0, 0)
    project, previous = edits.add_layer(edits.set_facts(Project(), Project().data, facts), "input")
    for number in range(LAYERS - 2):
        project, id = edits.add_layer(project, ("dense", "relu")[number % 2])
        project = edits.add_link(project, previous, id)
        previous = id
    project, id = edits.add_layer(project, "output")
    return arranged(edits.add_link(project, previous, id))


def plain_view(project: Project) -> QGraphicsView:
    """The same boxes and curves as Qt's own items."""
    scene = QGraphicsScene()
    boxes = {}
    for layer in project.network.layers:
        boxes[layer.id] = scene.addRect(QRectF(0, 0, WIDTH, HEIGHT))
        boxes[layer.id].setPos(*layer.position)
        text = scene.addSimpleText(layer.id)
        text.setPos(layer.position[0] + 40, layer.position[1] + 8)
    for link in project.network.links:
        start, end = (boxes[id].pos() for id in (link.source, link.target))
        path = QPainterPath(start)
        path.cubicTo(start, end, end)
        scene.addItem(QGraphicsPathItem(path))
    view = QGraphicsView(scene)
    scene.setParent(view)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
    view.resize(*SIZE)
    view.show()
    view.fitInView(scene.itemsBoundingRect())
    QApplication.processEvents()
    return view


def pan(view: QGraphicsView) -> Callable[[int], None]:
    bar = view.horizontalScrollBar()
    start = bar.value()
    return lambda number: bar.setValue(start + number % 7 - 3)


def drag(view: QGraphicsView) -> Callable[[int], None]:
    """Move one box as a hand would."""
    if isinstance(view, Canvas):
        item = view.network.layers["dense_100"]
        item.setSelected(True)
        gesture = MoveParts(view, view.selection, item.pos())
        place = item.pos()
        return lambda number: gesture.update(place + type(place)(number, number))
    box = next(item for item in view.scene().items() if isinstance(item, QGraphicsRectItem))
    return lambda number: box.moveBy(1, 1)


def frame_time(view: QGraphicsView, change: Callable[[int], None]) -> float:
    """Milliseconds to change and paint, at the 95th percentile."""
    view.viewport().repaint()
    times = []
    for number in range(FRAMES):
        began = time.perf_counter()
        change(number)
        view.viewport().repaint()
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)[int(0.95 * FRAMES)]


def undo(store: Store, canvas: Canvas) -> None:
    store.undo()
    canvas.viewport().repaint()


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def wait() -> None:
    loop = QEventLoop()
    QTimer.singleShot(50, loop.quit)
    loop.exec()
