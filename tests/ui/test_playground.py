"""Playground links in the window: the dialog that answers at once, pasting on the canvas, a link on the clipboard."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.ui.files.playground_links import PlaygroundDialog
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open, train

LINK = "https://playground.tensorflow.org/#dataset=xor&seed=0.5&networkShape=3&xTimesY=true&noise=25&batchSize=20"
OPEN = QDialogButtonBox.StandardButton.Open


def copied(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def asked(window: MainWindow) -> PlaygroundDialog:
    window.findChild(QAction, "actionOpenPlayground").trigger()
    dialog = window.findChild(PlaygroundDialog)
    assert dialog is not None
    return dialog


def warnings_of(window: MainWindow) -> list[QMessageBox]:
    return [one for one in window.findChildren(QMessageBox) if one.isVisible()]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Callable[[QMessageBox.StandardButton], list[str]]:
    """Answers every question about unsaved changes, and keeps their titles."""

    def answer(button: QMessageBox.StandardButton) -> list[str]:
        titles: list[str] = []

        def ask(_parent: object, title: str, *_rest: object) -> QMessageBox.StandardButton:
            titles.append(title)
            return button

        monkeypatch.setattr("nnstudio.ui.files.documents.ask", ask)
        return titles

    return answer


def test_a_link_is_typed_answered_at_once_and_opened(open_window: Open, qtbot: QtBot) -> None:
    copied("")
    window = open_window()
    dialog = asked(window)
    assert dialog.answer.text() == "" and not dialog.buttons.button(OPEN).isEnabled()
    QTest.keyClicks(dialog.field, "dataset=xor&seed=0.5&noise=x")
    assert "“x” is no number" in dialog.answer.text() and not dialog.buttons.button(OPEN).isEnabled()
    QTest.keyClick(dialog.field, Qt.Key.Key_Backspace)
    assert "is no number" not in dialog.answer.text() and "seed 0.5" in dialog.answer.text()
    QTest.keyClicks(dialog.field, "25")
    assert "250 points to train and 250 to validate, noise 25 %" in dialog.answer.text()
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.project.data.source.startswith("toy:xor"))
    assert not window.store.is_modified and not window.store.undo_label
    assert "validation part" in window.messages.label.text()
    qtbot.waitUntil(lambda: window.project.facts is not None and not window.store.problems)
    train(edited(window, epochs=3), qtbot)
    assert window.project.runs[-1].epochs_run == 3


def edited(window: MainWindow, **plan: object) -> MainWindow:
    window.store.edit("Change", edits.set_training(window.project, **plan))
    return window


def test_a_link_on_the_clipboard_is_there_and_escape_changes_nothing(open_window: Open) -> None:
    copied(LINK)
    window = open_window()
    before = window.project
    dialog = asked(window)
    assert dialog.field.text() == LINK and dialog.buttons.button(OPEN).isEnabled()
    assert "x1, x2, x1 × x2" in dialog.answer.text() and "3 – 3 – 1, Tanh" in dialog.answer.text()
    QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert window.project == before


def test_a_link_is_pasted_on_the_canvas(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    copied(LINK)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.project.data.derived == "product(x1;x2)")
    assert [layer.type for layer in window.project.network.layers] == [
        "input", "dense", "tanh", "dense", "tanh", "output"
    ]  # fmt: skip
    qtbot.waitUntil(lambda: window.project.facts is not None)
    # All inputs are made from two columns: their plane is shown.
    qtbot.waitUntil(lambda: window.plots.plane.plane is not None)
    assert window.plots.plane.plane.names == ("x1", "x2")
    assert not window.plots.plane.isHidden()


def test_what_is_no_link_is_pasted_as_ever(open_window: Open) -> None:
    window = open_window()
    layers = len(window.project.network.layers)
    copied("x = 1")
    window.findChild(QAction, "actionPaste").trigger()
    assert "no layers to paste" in window.messages.label.text()
    window.findChild(QAction, "actionSelectAll").trigger()
    window.findChild(QAction, "actionCopy").trigger()
    window.findChild(QAction, "actionPaste").trigger()
    assert len(window.project.network.layers) == 2 * layers


def test_a_bad_link_that_is_pasted_is_said(open_window: Open) -> None:
    window = open_window()
    before = window.project
    copied(LINK.replace("noise=25", "noise=<b>much</b>"))
    window.findChild(QAction, "actionPaste").trigger()
    (box,) = warnings_of(window)
    assert "noise=<b>much</b>" in box.text() and box.textFormat() == Qt.TextFormat.PlainText
    box.close()
    assert window.project == before


def test_unsaved_work_is_asked_for_first(
    open_window: Open, answered: Callable[[QMessageBox.StandardButton], list[str]], qtbot: QtBot
) -> None:
    window = edited(open_window(), epochs=7)
    before = window.project
    copied(LINK)
    titles = answered(QMessageBox.StandardButton.Cancel)
    window.findChild(QAction, "actionPaste").trigger()
    assert titles == ["Save the changes?"] and window.project == before
    answered(QMessageBox.StandardButton.Discard)
    window.findChild(QAction, "actionPaste").trigger()
    qtbot.waitUntil(lambda: window.project.data.source.startswith("toy:xor"))


def test_the_project_is_copied_as_a_link_and_what_it_cannot_say_is_said(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    copied(LINK)
    window.findChild(QAction, "actionPaste").trigger()
    qtbot.waitUntil(lambda: window.project.facts is not None)
    window.findChild(QAction, "actionCopyPlayground").trigger()
    address = QGuiApplication.clipboard().text()
    assert set(address.split("#")[1].split("&")) == set(LINK.split("#")[1].split("&"))
    assert "says all of what is learnt" in window.messages.label.text()
    edited(window, optimizer="adam")
    window.findChild(QAction, "actionCopyPlayground").trigger()
    assert "optimizer Adam → SGD" in window.messages.label.text()


def test_other_data_has_no_link(open_window: Open) -> None:
    window = open_window()
    copied("before")
    window.findChild(QAction, "actionCopyPlayground").trigger()
    (box,) = warnings_of(window)
    assert box.windowTitle() == "There is no link for this project" or box.text()
    box.close()
    assert QGuiApplication.clipboard().text() == "before"


def test_a_toy_turns_to_playgrounds_generator_and_back(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    panel = window.data_panel
    window.tabs.setCurrentWidget(panel)
    panel.choose_source("toy:circle")
    first, second = panel.toy_forms["numpy"], panel.toy_forms["playground"]
    assert first.isVisible() and not second.isVisible()
    generator = first.fields["generator"]
    generator.activated.emit(generator.findData("playground"))
    assert window.project.data.source == "toy:circle?generator=playground"
    assert second.isVisible() and not first.isVisible()
    seed = second.fields["seed"]
    seed.setFocus()
    seed.selectAll()
    QTest.keyClicks(seed, "a,b")
    assert window.project.data.source == "toy:circle?seed=a%2Cb&generator=playground"
    window.findChild(QAction, "actionUndo").trigger()
    assert window.project.data.source == "toy:circle?generator=playground"
    back = second.fields["generator"]
    back.activated.emit(back.findData("numpy"))
    assert window.project.data.source == "toy:circle"
    panel.choose_source("toy:moons")
    assert not first.fields["generator"].isVisible()


def test_what_a_link_hides_is_put_away_until_it_is_left(open_window: Open, qtbot: QtBot) -> None:
    hidden = "&".join(f"{name}_hide=true" for name in ("stepButton", "dataset", "noise", "percTrainData"))
    copied(f"https://playground.tensorflow.org/#dataset=circle&seed=0.5&{hidden}")
    window = open_window()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.project.data.source.startswith("toy:circle"))
    named, tabs = window.actions_by_name, window.tabs
    data = tabs.indexOf(window.data_panel)
    qtbot.waitUntil(lambda: not tabs.isTabVisible(data))
    qtbot.waitUntil(lambda: window.project.facts is not None and not window.loader.is_loading)
    assert tabs.isTabVisible(tabs.indexOf(window.training_panel))
    assert named["actionTrain"].isEnabled() and not named["actionStepEpoch"].isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert tabs.isTabVisible(data) and named["actionStepEpoch"].isEnabled()
    assert window.project.data.source.startswith("toy:circle")
