"""What the welcome page adds to a start: how long it keeps the window, and when its lessons and pictures are there.

python3 packaging/develop.py bench welcome [--rounds N]
"""

import sys
import time
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from nnstudio.ui.app import create_window
from nnstudio.ui.window import MainWindow
from tests.bench import tables
from tests.bench.window import Pulse, wait, wait_for

RESULTS = Path(__file__).parent / "results" / "welcome.md"
LESSONS = 14
ASKED = {"made and painted, ms": "at most 100", "late at worst while pictures come, ms": "at most 33"}


def one_round(window: MainWindow, pulse: Pulse) -> dict[str, float]:
    """The page, from being asked for to its last picture."""
    began = time.perf_counter()
    window.welcome.show()
    made = time.perf_counter()
    QApplication.processEvents()
    painted = time.perf_counter()
    page = window.welcome.page
    assert page is not None
    pulse.begin()

    def is_whole() -> bool:
        pictures = [card.picture for some in page.examples.values() for card in some]
        return page.lessons.count() == LESSONS and not any(one.isNull() for one in pictures)

    wait_for(is_whole)
    whole = time.perf_counter()
    wait(0.2)
    late = max(pulse.late)
    window.welcome.close()
    wait(0.1)
    return {
        "made, ms": 1000 * (made - began),
        "made and painted, ms": 1000 * (painted - began),
        "with all lessons and pictures, ms": 1000 * (whole - began),
        "late at worst while pictures come, ms": late,
    }


def main(rounds: int = 9) -> int:
    _app = QApplication.instance() or QApplication(sys.argv)
    began = time.perf_counter()
    window = create_window()
    QApplication.processEvents()
    shown = 1000 * (time.perf_counter() - began)
    pulse = Pulse()
    first = one_round(window, pulse)
    wait_for(lambda: window.loader.dataset is not None and "torch" in sys.modules)
    wait(4)  # torch is loaded on a thread once the window stands
    found = [one_round(window, pulse) for _round in range(rounds)]
    lines = [
        "# The welcome page",
        "",
        f"The window without it is made and painted in {shown:.0f} ms; the page over it for the first time in "
        f"{first['made and painted, ms']:.0f} ms, all of it after {first['with all lessons and pictures, ms']:.0f} ms. "
        f"Then medians and ranges of {rounds} times, {QGuiApplication.platformName()}, 1280 × 760. "
        "`python3 packaging/develop.py bench welcome`.",
        "",
    ]
    tables.keep(RESULTS, [*lines, *tables.medians({name: [one[name] for one in found] for name in found[0]}, ASKED)])
    window.close()
    window.deleteLater()
    wait(0.2)
    return 0
