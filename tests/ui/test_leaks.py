"""The check for what tests leave behind finds it and names its line; a closed window leaves nothing."""

import inspect
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPropertyAnimation, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from nnstudio.project import edits
from nnstudio.ui.app import create_window
from tests.leaks import Before, settle
from tests.patience import PATIENCE
from tests.ui.driving import IRIS


def here() -> str:
    """The line that calls this."""
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return f"tests/ui/test_leaks.py:{frame.f_back.f_lineno}"


def a_thread() -> tuple[str, Callable[[], object]]:
    over = threading.Event()
    thread = threading.Thread(target=over.wait, daemon=True)
    thread.start(); line = here()  # fmt: skip  # noqa: E702

    def end() -> None:
        over.set()
        thread.join()

    return line, end


def a_timer() -> tuple[str, Callable[[], object]]:
    timer = QTimer(); line = here()  # fmt: skip  # noqa: E702
    timer.start(10_000)
    return line, timer.stop


def an_animation() -> tuple[str, Callable[[], object]]:
    animation = QPropertyAnimation(QLabel(), b"geometry"); line = here()  # fmt: skip  # noqa: E702
    animation.setDuration(10_000)
    animation.start()
    return line, animation.stop


def a_window() -> tuple[str, Callable[[], object]]:
    widget = QWidget(); line = here()  # fmt: skip  # noqa: E702
    return line, widget.deleteLater


@pytest.mark.parametrize("leave", [a_thread, a_timer, an_animation, a_window])
def test_what_is_left_is_found_and_its_line_named(leave: Callable[[], tuple[str, Callable[[], object]]]) -> None:
    before = Before()
    line, end = leave()
    left = before.left(0.1)
    assert any(one.endswith(f"begun at {line}") for one in left), left
    end()
    assert before.left() == []


def test_a_closed_window_and_its_scene_are_collected() -> None:
    references = used_and_closed()
    settle()
    settle()
    assert [type(one).__name__ for reference in references if (one := reference()) is not None] == []


def used_and_closed() -> list["weakref.ref[object]"]:
    """References to the parts of a window that was trained in, edited, and shown in two languages."""
    window = create_window(IRIS)
    wait_for(lambda: window.project.facts is not None)
    window.store.edit("", edits.set_training(window.project, epochs=3))
    window.actions_by_name["actionTrain"].trigger()
    wait_for(lambda: not window.trainer.is_active)
    window.canvas.network.select(["dense_1"])
    window.canvas.adding.add_annotation("frame")
    made = [weakref.ref(window.canvas), weakref.ref(window.canvas.network), weakref.ref(window.plots)]
    window.use_language("es")  # the views are made anew
    window.use_language("en")
    window.store.mark_saved(window.project, Path("unused.nnstudio"))
    parts = (window, window.store, window.trainer, window.canvas, window.canvas.network, window.plots)
    made += [weakref.ref(part) for part in parts]
    window.close()
    window.deleteLater()
    return made


def wait_for(true: Callable[[], bool]) -> None:
    """Unlike qtbot's, this keeps no reference to what it waits for."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        QTest.qWait(20)
