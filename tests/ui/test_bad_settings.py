"""Settings that cannot be are marked while they are typed, told when the field is left, and never taken."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.ui.store import without_facts
from nnstudio.ui.window import MainWindow
from tests.bad_settings import LAYERS, SETTINGS, told
from tests.ui.driving import IRIS, Open, field, retype, train


def leave(window: MainWindow, typed: QLineEdit, text: str) -> str:
    """Type a text and leave the field; what the window says."""
    retype(typed, text)
    if not text:
        QTest.keyClick(typed, "\b")
    window.canvas.setFocus()
    return window.messages.label.text()


def test_a_setting_is_told_and_not_taken(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    project = window.project
    panels: dict[str, QWidget] = {"training": window.training_panel, "data": window.data_panel}
    for key, text, words in SETTINGS:
        panel, name = key.split(".")
        window.tabs.setCurrentWidget(panels[panel])
        typed = panels[panel].findChild(QLineEdit, f"field_{name}")
        assert typed is not None
        before = typed.text()
        assert leave(window, typed, text) == told(text, words), (key, text)
        assert typed.text() == before and without_facts(window.project) == without_facts(project), (key, text)


def test_a_layer_is_told_and_not_taken(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    changed, dropout = edits.add_layer(window.project, "dropout")
    window.store.edit("dropout", changed)
    for type, parameter, text, words in LAYERS:
        window.canvas.network.select([dropout if type == "dropout" else "dense_1"])
        typed = field(window, parameter)
        before = typed.text()
        assert leave(window, typed, text) == told(text, words), (type, text)
        assert field(window, parameter).text() == before and without_facts(window.project) == without_facts(changed), (
            type,
            text,
        )


def test_a_batch_of_one_for_batch_norm_is_told_before_training(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    project, norm = edits.add_layer(window.project, "batch_norm")
    link = next(one for one in project.network.links if one.source == "dense_1")
    project = edits.set_training(edits.insert_on_link(project, norm, link), batch_size=89)
    window.store.edit("batch norm", project)
    window.actions_by_name["actionTrain"].trigger()
    assert not window.trainer.is_active
    assert "“Batch norm 1” needs at least 2 samples in every batch" in window.messages.label.text()


def test_a_data_file_that_vanishes_while_training_disturbs_nothing(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    """It is held in memory; and it comes with the project, so that it is there the next time too."""
    data, window = tmp_path / "a.csv", open_window(IRIS)
    data.write_text("x,y,side\n" + "".join(f"{n % 7},{n % 5},{n % 3}\n" for n in range(90)))
    window.data_panel.choose_source(str(data))
    qtbot.waitUntil(lambda: window.project.facts is not None, timeout=20_000)
    window.store.edit("plan", edits.set_training(window.project, epochs=40, patience=0))
    window.trainer.step_epoch()
    qtbot.waitUntil(lambda: window.trainer.state.value == "paused", timeout=20_000)
    data.unlink()
    train(window, qtbot)
    assert window.project.runs[-1].epochs_run == 40
    window.loader.forget()
    qtbot.waitUntil(lambda: bool(window.loader.missing) and window.loader.dataset is not None, timeout=20_000)
    assert "the copy kept in the project is used" in window.data_panel.notes.text()


@pytest.mark.parametrize("text", ["nan", "0"])
def test_a_field_is_marked_while_it_is_typed(text: str, open_window: Open) -> None:
    window = open_window(IRIS)
    window.tabs.setCurrentWidget(window.training_panel)
    typed = window.training_panel.findChild(QLineEdit, "field_learning_rate")
    assert typed is not None
    retype(typed, text)
    assert "border" in typed.styleSheet()
    window.canvas.setFocus()
    assert not typed.styleSheet()


@pytest.mark.parametrize("text", ["64", "6x", ""])
def test_escape_in_a_field_puts_its_value_back(open_window: Open, text: str) -> None:
    window = open_window(IRIS)
    window.canvas.network.select(["dense_1"])
    typed = field(window, "units")
    before = typed.text()
    retype(typed, text)
    if not text:
        QTest.keyClick(typed, Qt.Key.Key_Delete)
    QTest.keyClick(typed, Qt.Key.Key_Escape)
    assert typed.text() == before
    assert window.project.network.layer("dense_1").parameters["units"] == int(before)
    window.canvas.setFocus()
    assert typed.text() == before
