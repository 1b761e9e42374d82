"""How long the whole window takes to open a very large network, and to answer a hand at a large one.

python3 packaging/develop.py bench answers [--rounds N]
"""

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.project import edits
from nnstudio.project.archive import save
from nnstudio.project.model import DataFacts, Layer, Link, Network, Project
from nnstudio.ui.app import create_window
from nnstudio.ui.window import MainWindow
from tests.bench import tables
from tests.bench.window import Pulse, wait, wait_for

RESULTS = Path(__file__).parent / "results" / "answers.md"
OPENED = 10_000
HANDLED = 1_000
SIZE = (1366, 768)
LOADED = 10.0
"""Seconds in which a window that was just shown has loaded torch."""


class Painted(QObject):
    """Notes when a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def main(rounds: int = 3) -> int:
    _app = QApplication.instance() or QApplication(sys.argv)
    window = create_window()
    window.resize(*SIZE)
    window.show()
    wait(LOADED)
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.nnstudio", Path(folder) / "large.nnstudio"
        save(chain(HANDLED), small)
        save(chain(OPENED), large)
        for _round in range(rounds):
            for name, milliseconds in opening(window, large).items():
                found.setdefault(name, []).append(milliseconds)
            opening(window, small)
            wait(1.0)
            for name, milliseconds in answers(window).items():
                found.setdefault(name, []).append(milliseconds)
    tables.keep(RESULTS, table(found, rounds))
    window.store.replace(Project(), None)
    window.close()
    return 0


OPENING = f"open a file of {OPENED:,} layers, until all of it is painted"
ASKED = {
    OPENING: "at most 1000",
    "press on a port, handled": "at most 30",
    "digit in the learning rate, handled": "at most 30",
    "Ctrl+D on a layer, handled": "at most 30",
}


def table(found: dict[str, list[float]], rounds: int) -> list[str]:
    return [
        "# The window's answers at large networks",
        "",
        f"Milliseconds, medians of {rounds}, {SIZE[0]} × {SIZE[1]}, CPU raster. The first two rows "
        f"at {OPENED:,} layers, the rest at {HANDLED:,}, drawn as neurons and seen large. "
        "`python3 packaging/develop.py bench answers`.",
        "",
        *tables.medians(found, ASKED),
    ]


def chain(layers: int) -> Project:
    """A chain of dense layers and functions, laid out in rows."""
    kinds = ("dense", "relu")
    start = Project()
    for kind in kinds:
        start, _id = edits.add_layer(start, kind)
    parameters = {layer.type: layer.parameters for layer in start.network.layers}
    inner = [
        Layer(f"{kinds[number % 2]}_{number // 2 + 1}", kinds[number % 2], "", parameters[kinds[number % 2]])
        for number in range(layers - 2)
    ]
    drawn = [Layer("input_1", "input"), *inner, Layer("output_1", "output")]
    placed = tuple(
        replace(layer, position=(200.0 * (number % 100), 120.0 * (number // 100))) for number, layer in enumerate(drawn)
    )
    links = tuple(Link(one.id, other.id) for one, other in itertools.pairwise(placed))
    facts = DataFacts(1797, (64,), "class", tuple("0123456789"), 1150, 288, 359)
    return Project(Network(placed, links), facts=facts)


def opening(window: MainWindow, path: Path) -> dict[str, float]:
    """From the choice of the file until its layers are painted."""
    pulse, painted = Pulse(), Painted(window.canvas.viewport())
    wait(0.2)
    pulse.begin()
    began, generation = time.perf_counter(), window.store.generation
    window.documents.open(path)
    painted.count = 0
    wait_for(lambda: window.store.generation > generation and painted.count > 0)
    whole = 1000 * (time.perf_counter() - began)
    wait(1.0)
    return {OPENING: whole, "the longest that the window stood still meanwhile": max(pulse.late)}


def answers(window: MainWindow) -> dict[str, float]:
    """The middle of some presses and keys each, with one layer in the middle of the network seen large."""
    canvas = window.canvas
    canvas.show_layer("dense_240")
    canvas.zoom_selection()
    wait(0.3)
    found: dict[str, list[float]] = {}

    def note(name: str, act: Callable[[], object]) -> None:
        handled, painted = timed(window, act)
        found.setdefault(f"{name}, handled", []).append(handled)
        found.setdefault(f"{name}, with the whole canvas painted", []).append(painted)

    item = canvas.network.layers["dense_240"]
    port = canvas.mapFromScene(item.output_point())
    field = window.training_panel.form.fields["learning_rate"]
    for _time in range(7):
        note("press on a port", lambda: QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=port))
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        field.setFocus()
        note("digit in the learning rate", lambda: QTest.keyClick(field, Qt.Key.Key_1))
        canvas.setFocus()
        canvas.network.select(["dense_240"])
        note(
            "Ctrl+D on a layer",
            lambda: QTest.keyClick(canvas, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier),
        )
        window.store.undo()
        wait(0.2)
    return {name: statistics.median(times) for name, times in found.items()}


def timed(window: MainWindow, act: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds that an event takes until it is dealt with, and until the canvas shows it."""
    QApplication.processEvents()
    began = time.perf_counter()
    act()
    handled = time.perf_counter()
    window.canvas.viewport().update()
    QApplication.processEvents()
    return 1000 * (handled - began), 1000 * (time.perf_counter() - began)
