"""The window at the sizes of a classroom, in both languages: no text is cut, nothing lies outside, nothing overlaps."""

import os
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QScrollArea,
    QTabBar,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.ui.window import MainWindow
from tests.patience import PATIENCE
from tests.ui.driving import IRIS, Open, train

SIZES = [(1280, 720), (1366, 768), (1920, 1080)]
SLACK = 2
"""Pixels by which a font's own rounding may miss."""


def place_in_window(widget: QWidget, window: MainWindow) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def seen(window: MainWindow) -> list[QWidget]:
    return [one for one in window.findChildren(QWidget) if one.isVisible() and one.window() is window]


def is_scrolled(widget: QWidget) -> bool:
    """Whether it lies in an area that scrolls: what is cut there can be reached."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QAbstractScrollArea):
            return True
        around = around.parentWidget()
    return False


def cut_texts(window: MainWindow) -> list[str]:
    found = []
    for widget in seen(window):
        if isinstance(widget, QLabel) and widget.text() and not widget.pixmap().width():
            if widget.textFormat().name == "RichText":
                document = QTextDocument()
                document.setDefaultFont(widget.font())
                document.setHtml(widget.text())
                needed = round(document.idealWidth())
                is_cut = needed > widget.width() + SLACK
            elif widget.wordWrap():
                is_cut = widget.heightForWidth(widget.width()) > widget.height() + SLACK
            else:
                lines = widget.text().split("\n")
                needed = max(widget.fontMetrics().horizontalAdvance(line) for line in lines)
                is_cut = needed > widget.contentsRect().width() + SLACK
            if is_cut:
                found.append(f"{widget.objectName()}: {widget.text()[:60]}")
        elif isinstance(widget, QAbstractButton) and widget.text() and widget.sizeHint().width() > widget.width() + 8:
            found.append(f"{widget.objectName()}: {widget.text()[:60]}")
        elif isinstance(widget, QTabBar) and widget.count():
            tabs = widget.parentWidget()
            last = widget.tabRect(widget.count() - 1).right()
            if tabs is not None and last > tabs.width() + SLACK:
                found.append(f"tabs: {widget.tabText(widget.count() - 1)}")
    return found


def outside(window: MainWindow) -> list[str]:
    """Widgets that stick out of what they are in."""
    found = []
    for widget in seen(window):
        parent = widget.parentWidget()
        if parent is None or is_scrolled(widget) or isinstance(parent, QScrollArea):
            continue
        if not parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(widget.geometry()):
            found.append(f"{type(widget).__name__} {widget.objectName()} in {type(parent).__name__}")
    return found


def overlapping(window: MainWindow) -> list[str]:
    """Pairs of texts that lie on each other."""
    texts = [
        one for one in seen(window) if isinstance(one, QLabel | QAbstractButton) and one.text() and not is_scrolled(one)
    ]
    return [
        f"{first.text()[:30]} / {second.text()[:30]}"
        for first, second in combinations(texts, 2)
        if place_in_window(first, window).adjusted(1, 1, -1, -1).intersects(place_in_window(second, window))
        and not first.isAncestorOf(second)
    ]


CIRCLE = IRIS.with_name("circle.nnstudio")  # with the names of its classes in the legend


def faults(window: MainWindow) -> list[str]:
    return [*cut_texts(window), *outside(window), *overlapping(window)]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("example", [IRIS, CIRCLE], ids=lambda path: path.stem)
def test_nothing_is_cut_outside_or_on_each_other(example: Path, language: str, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(example)
    window.use_language(language)
    qtbot.waitUntil(lambda: window.loader.dataset is not None, timeout=30_000)
    for state in ("before", "after"):
        if state == "after":
            train(window, qtbot)
            window.messages.hide()
        for size, place in product(SIZES, range(window.tabs.count())):
            window.resize(*size)
            window.tabs.setCurrentIndex(place)
            qtbot.wait(50)
            for _turn in range(200):  # until what is drawn on a thread has come, and found its place
                if not faults(window):
                    break
                qtbot.wait(50)
            assert faults(window) == [], f"{state}, {size}, tab {place}"
    assert all(not bar.isHidden() for bar in window.findChildren(QToolBar))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("size", [(1024, 600), *SIZES])
def test_the_first_steps_cover_no_layer(
    size: tuple[int, int], language: str, open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNSTUDIO_LANG", language)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.setStyleSheet("")  # as when the program starts, and not when its views are made again
    window = open_window()
    window.resize(*size)
    qtbot.wait(50)
    assert not cut_texts(window)
    steps = place_in_window(window.first_steps, window)
    assert window.first_steps.isVisible()
    for item in window.canvas.network.layers.values():
        box = window.canvas.mapFromScene(item.mapRectToScene(item.box)).boundingRect()
        shown = QRect(window.canvas.viewport().mapTo(window, box.topLeft()), box.size())
        assert not steps.intersects(shown)
    window.canvas.adding.append("dense")
    assert window.first_steps.isHidden() and window.canvas.viewportMargins().bottom() == 0


def test_the_first_steps_make_way_where_a_plot_leaves_the_canvas_too_low(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.resize(1280, 720)
    assert window.first_steps.isVisible()
    window.store.edit("xor", edits.set_data(window.project, source="toy:xor"))
    qtbot.waitUntil(window.plots.isVisible)
    qtbot.waitUntil(window.first_steps.isHidden)
    assert window.canvas.viewportMargins().bottom() == 0
    window.store.undo()
    qtbot.waitUntil(window.first_steps.isVisible)


@pytest.mark.parametrize("language", ["en", "es"])
def test_at_every_size_of_text_no_form_is_wider_than_its_panel(language: str, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS, (1280, 720))
    window.use_language(language)
    shift_control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    sizes = []
    for key, presses in ((Qt.Key.Key_Plus, 8), (Qt.Key.Key_Minus, 1)):
        for _press in range(presses):
            # Another window's worth of views: where the pointer's focus is, is found anew.
            focus = window.canvas if len(sizes) % 2 else window.palette_panel.search
            focus.setFocus()
            QTest.keyClick(focus, key, shift_control)
            sizes.append(window.preferences.text_size)
            qtbot.wait(20)
            for panel in (window.training_panel, window.data_panel):
                window.tabs.setCurrentWidget(panel)
                qtbot.wait(20)
                assert panel.widget().width() <= panel.viewport().width(), (panel.objectName(), sizes)
    assert sizes == [1, 2, 3, 4, 5, 6, 7, 8, 7] and not window.palette_panel.search.text()


FOUR_K = """
import sys
from pathlib import Path
from nnstudio import paths
from PySide6.QtWidgets import QApplication
folder = Path(sys.argv[1])
paths.settings_file, paths.recovery_folder, paths.log_folder = (lambda one=one: folder / one for one in "srl")
from nnstudio.project import edits
from nnstudio.ui.app import create_window
from tests.ui.test_layout import CIRCLE, faults
application = QApplication([])
window = create_window(CIRCLE)
window.use_language(sys.argv[2])
window.resize(1920, 1080)
turn = lambda: [application.processEvents() for _time in range(50)]
while window.loader.dataset is None:
    turn()
window.store.edit("", edits.set_training(window.project, epochs=20))
window.actions_by_name["actionTrain"].trigger()
left = 200
while window.trainer.is_active or faults(window):
    turn()
    left -= not window.trainer.is_active
    if left == 0:
        break
window.messages.hide()
picture = window.grab()
picture.save(str(folder / "window.png"))
print(picture.width(), picture.height(), faults(window))
import os
os._exit(0)
"""


@pytest.mark.parametrize("language", ["en", "es"])
def test_on_a_4k_screen_at_200_percent(language: str, tmp_path: Path) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", FOUR_K, str(tmp_path), language]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=environment, cwd=root)
    assert done.stdout.strip() == "3840 2160 []", done.stdout + done.stderr


def test_a_long_problem_is_read_whole_however_narrow_the_window_is(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.use_language("es")
    name = "una capa con un nombre largo que alguien le dio " * 2
    project = edits.rename(window.project, "dense_1", name.strip())
    cut = [link for link in project.network.links if link.target == "dense_1"]
    window.store.edit("", edits.remove(project, links=cut))
    problems = window.problems
    (item,) = [problems.item(row) for row in range(problems.count()) if name[:20] in problems.item(row).text()]
    heights = set()
    for width in (1600, 1280, 1000, 800):
        window.resize(width, 720)
        qtbot.wait(50)
        row = problems.visualItemRect(item)
        text = problems.fontMetrics().boundingRect(
            QRect(0, 0, row.width() - 40, 1000), int(Qt.TextFlag.TextWordWrap), item.text()
        )
        assert row.height() >= text.height() and problems.viewport().rect().contains(row)
        heights.add(row.height())
    assert len(heights) > 1


def test_the_button_below_a_problem_is_whole_when_a_panel_makes_the_canvas_narrower(
    open_window: Open, qtbot: QtBot
) -> None:
    window = open_window()
    window.use_language("es")
    window.resize(1286, 690)
    qtbot.waitUntil(lambda: "10 clases" in window.problems.item(0).text())
    for is_open in (True, False, True):
        window.lessons.show_panel(is_open)
        qtbot.wait(50)
        row = window.problems.visualItemRect(window.problems.item(0))
        assert window.problems.viewport().rect().contains(row)


def test_settings_whose_form_has_grown_since_the_start_are_as_wide_as_it(open_window: Open) -> None:
    window = open_window(IRIS)
    window.data_panel.file_button.setMinimumWidth(400)  # as words of another font or project would have it
    window.tabs.setCurrentWidget(window.data_panel)
    QApplication.processEvents()
    assert window.data_panel.widget().width() <= window.data_panel.viewport().width()
