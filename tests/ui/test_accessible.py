"""What an assistive tool finds on the canvas: every layer, link, note and frame, with a name of its own."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication

from nnstudio.project import edits
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open


@pytest.fixture(autouse=True)
def active() -> Iterator[None]:
    """As if a screen reader were there."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def parts_of(window: MainWindow) -> dict[str, QAccessibleInterface]:
    face = QAccessible.queryAccessibleInterface(window.canvas)
    found = [face.child(number) for number in range(face.childCount())]
    return {child.text(QAccessible.Text.Name): child for child in found if child and child.object() is None}


def test_layers_links_notes_and_frames_have_names_and_places(open_window: Open) -> None:
    window = open_window(IRIS)
    project, _id = edits.add_note(window.project, "Look here", (0.0, 300.0))
    window.store.edit("", edits.add_frame(project, "Hidden", (100.0, 300.0), (90.0, 90.0))[0])
    parts = parts_of(window)
    layers = ["Input 1", "Dense 1", "Tanh 1", "Dense 2", "Softmax 1", "Output 1"]
    links = [f"Link from “{a}” to “{b}”" for a, b in pairwise(layers)]
    assert sorted(parts) == sorted([*layers, *links, "Note: Look here", "Frame: Hidden"])
    words = parts["Dense 1"].text(QAccessible.Text.Description)
    assert words == "→ 8; 40 parameters; from Input 1; to Tanh 1"
    seen = window.canvas.mapFromScene(window.canvas.network.layers["dense_1"].pos())
    assert parts["Dense 1"].rect().contains(window.canvas.viewport().mapToGlobal(seen))


def test_what_is_selected_is_told_and_what_is_gone_is_invalid(open_window: Open) -> None:
    window = open_window(IRIS)
    parts = parts_of(window)
    window.canvas.setFocus()
    window.canvas.network.select(["tanh_1"])
    QApplication.processEvents()
    assert parts["Tanh 1"].state().selected and not parts["Dense 1"].state().selected
    face = QAccessible.queryAccessibleInterface(window.canvas)
    assert face.focusChild().text(QAccessible.Text.Name) == "Tanh 1"
    assert face.child(face.indexOfChild(parts["Tanh 1"])) is parts["Tanh 1"]
    window.actions_by_name["actionDelete"].trigger()
    assert not parts["Tanh 1"].isValid() and "Tanh 1" not in parts_of(window)
    window.actions_by_name["actionUndo"].trigger()
    assert parts["Tanh 1"].isValid()


def test_every_widget_that_takes_the_focus_has_a_name(open_window: Open) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QComboBox, QLineEdit

    window = open_window(IRIS)
    window.canvas.network.select(["dense_1"])
    nameless = [
        widget
        for kind in (QAbstractButton, QAbstractScrollArea, QComboBox, QLineEdit)
        for widget in window.findChildren(kind)
        if widget.isVisible()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []
