"""How many pictures a second the table of the data room gives while the wheel turns, for tables of four shapes.

python3 packaging/develop.py bench scrolling [--rounds N]

The window is a real one on an X server and the wheel is turned by xdotool, so it needs both:
xvfb-run -s "-screen 0 1366x768x24" python3 packaging/develop.py bench scrolling
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.ui.app import create_window
from nnstudio.ui.data.room import DataRoom
from nnstudio.ui.window import MainWindow
from tests.bench import tables
from tests.bench.reading import SHAPES, write_numbers, write_texts
from tests.bench.window import Pulse, wait, wait_for

RESULTS = Path(__file__).parent / "results" / "scrolling.md"
NOTCHES, APART = 240, 10
"""How often the wheel is turned by a notch, and the milliseconds between: faster than a hand, and than the screen."""
FEWEST = 40
"""Notches that there must be room for: a table that ends sooner tells nothing."""
DOWN, UP, LEFT, RIGHT = 5, 4, 6, 7
"""What X calls the ways of the wheel."""
ASKED = 30
READ = 120.0


class Paints(QObject):
    """When a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.times: list[float] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times.append(time.perf_counter())
        return False


def main(rounds: int = 3) -> int:
    if shutil.which("xdotool") is None:
        print("xdotool turns the wheel; it is not installed here.")
        return 2
    application = QApplication(sys.argv[:1])
    if QGuiApplication.platformName() != "xcb":
        print("An X server is needed; see the head of this file.")
        return 2
    found, asked = dict[str, list[float]](), dict[str, str]()
    with tempfile.TemporaryDirectory() as place:
        for name, path in files(Path(place)).items():
            window = create_window(None)
            room = room_of(window, path)
            for way, button, back in (("down", DOWN, UP), ("across", RIGHT, LEFT)):
                bar = room.view.verticalScrollBar() if way == "down" else room.view.horizontalScrollBar()
                notches = min(NOTCHES, bar.maximum() // (QApplication.wheelScrollLines() * bar.singleStep()))
                if notches < FEWEST:
                    continue
                what = f"{name}, {way}"
                for _round in range(rounds):
                    for quantity, value in turned(room, button, notches).items():
                        found.setdefault(f"{what}: {quantity}", []).append(value)
                    turned(room, back, notches)
                asked[f"{what}: pictures a second"] = f"at least {ASKED}"
            room.close()
            window.store.mark_saved(window.project, Path("unused.nnstudio"))
            window.close()
            window.deleteLater()
            path.unlink()
            application.processEvents()
    lines = [
        "# Tables scrolled",
        "",
        f"The wheel is turned up to {NOTCHES} times, a notch every {APART} ms, over the data room's table in a real",
        "window; what is painted of it is counted. The longest gap is the time between two pictures.",
        f"Medians of {rounds} rounds, `python3 packaging/develop.py bench scrolling`.",
        "",
        *tables.medians(found, asked),
    ]
    tables.keep(RESULTS, lines)
    return 0


def files(folder: Path) -> dict[str, Path]:
    found = {name: write_numbers(folder, *shape) for name, shape in SHAPES.items()}
    return {**found, "5,574 texts": write_texts(folder, 5574)}


def room_of(window: MainWindow, path: Path) -> DataRoom:
    """The data room with a file read, and all of what is drawn small in sight drawn."""
    window.show()
    window.data_panel.choose_source(str(path))
    room = window.data_panel.open_room()
    wait_for(lambda: room.model.rowCount() > 0 and not window.loader.is_loading, READ)
    assert room.model.rowCount() > 0, window.store.data_problem
    wait(2.0)
    return room


def turned(room: DataRoom, button: int, notches: int) -> dict[str, float]:
    """What so many notches of the wheel over the middle of the table come to."""
    viewport = room.view.viewport()
    middle = viewport.mapToGlobal(QPoint(viewport.width() // 2, viewport.height() // 2))
    room.raise_()
    room.activateWindow()
    subprocess.run(["xdotool", "mousemove", str(middle.x()), str(middle.y())], check=True)
    wait(0.3)
    bars = room.view.verticalScrollBar(), room.view.horizontalScrollBar()
    before = sum(bar.value() for bar in bars)
    paints, pulse = Paints(viewport), Pulse()
    began = time.perf_counter()
    turning = subprocess.Popen(["xdotool", "click", "--repeat", str(notches), "--delay", str(APART), str(button)])
    wait_for(lambda: turning.poll() is not None)
    seconds = time.perf_counter() - began
    shown = list(paints.times)
    wait(0.2)
    viewport.removeEventFilter(paints)
    assert sum(bar.value() for bar in bars) != before, "The wheel did not reach the table."
    gaps = [1000 * (b - a) for a, b in zip([began, *shown], [*shown, began + seconds], strict=True)]
    return {
        "pictures a second": len(shown) / seconds,
        "longest gap, ms": max(gaps),
        "late at worst, ms": max(pulse.late),
    }
