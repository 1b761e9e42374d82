"""The lab for new rows, by real mouse and keys: a file of them with remarks, saved; a row that is typed; refusals."""

from pathlib import Path

import polars
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.ui.labs.predict_lab import PredictLab
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open, opened_lab, train

LEFT = Qt.MouseButton.LeftButton
BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
HEAD = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)"


@pytest.fixture
def lab(open_window: Open, qtbot: QtBot) -> PredictLab:
    """Opened by its keys on a trained network."""
    window = open_window(IRIS)
    train(window, qtbot)
    QTest.keyClick(window, Qt.Key.Key_P, BOTH)
    return opened_lab(window, "actionPredictLab", PredictLab, qtbot)


def choose_file(lab: PredictLab, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(path), ""))
    QTest.mouseClick(lab.file_button, LEFT)


def cells(lab: PredictLab, name: str) -> list[str]:
    place = lab.model.names.index(name)
    return [lab.model.index(row, place).data() for row in range(lab.model.rowCount())]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """One row as those of training, one far off, one with a gap; and a column that nobody asked for."""
    path = tmp_path / "rows.csv"
    path.write_text(f"note,{HEAD}\nusual,5.1,3.5,1.4,0.2\nodd,51,3.5,1.4,0.2\ngap,,3.0,5.5,2.1\n")
    return path


def test_a_file_is_answered_with_remarks_and_saved(
    lab: PredictLab, rows: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not lab.save_button.isEnabled() and lab.view.isHidden() and "Choose a file" in lab.said.text()
    choose_file(lab, rows, monkeypatch)
    assert lab.said.text() == "Reading the rows …"
    qtbot.waitUntil(lambda: lab.model.rowCount() == 3)
    assert lab.view.isVisible() and lab.said.text().startswith("3 rows answered. 2 rows have a remark.")
    assert cells(lab, "note") == ["usual", "odd", "gap"] and cells(lab, "prediction")[0] == "setosa"
    remarks = cells(lab, "remark")
    assert remarks[0] == "" and "above all of training" in remarks[1] and "missing" in remarks[2]
    target = tmp_path / "answers.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(target), ""))
    QTest.mouseClick(lab.save_button, LEFT)
    qtbot.waitUntil(lambda: lab.said.text() == f"Saved as {target}.")
    table = polars.read_csv(target)
    assert table.height == 3 and table["prediction"][0] == "setosa" and table["note"].to_list() == cells(lab, "note")


def test_a_refused_file_leaves_no_answers_of_another(
    lab: PredictLab, rows: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_file(lab, rows, monkeypatch)
    qtbot.waitUntil(lambda: lab.model.rowCount() == 3)
    choose_file(lab, tmp_path / "gone.csv", monkeypatch)
    qtbot.waitUntil(lambda: lab.model.rowCount() == 0)
    assert "gone.csv" in lab.said.text() and lab.view.isHidden() and not lab.save_button.isEnabled()
    assert lab.file_button.isVisible() and lab.row_area.isVisible()
    choose_file(lab, rows, monkeypatch)
    qtbot.waitUntil(lambda: lab.model.rowCount() == 3)
    assert lab.view.isVisible()


def test_a_row_is_typed_and_answered_while_it_is_typed(lab: PredictLab, qtbot: QtBot) -> None:
    for name, text in zip(HEAD.split(","), ("5.1", "3.5", "1.4", "0.2"), strict=True):
        QTest.mouseClick(lab.fields[name], LEFT)
        QTest.keyClicks(lab.fields[name], text)
    qtbot.waitUntil(lambda: "Prediction: setosa" in lab.answer.text() and "missing" not in lab.answer.text())
    assert "p(setosa) = " in lab.answer.text()
    field = lab.fields["petal width (cm)"]
    field.selectAll()
    QTest.keyClicks(field, "99")
    qtbot.waitUntil(lambda: "above all of training" in lab.answer.text())
    field.selectAll()
    QTest.keyClicks(field, "wide")
    qtbot.waitUntil(lambda: "no number" in lab.answer.text())
    assert lab.row_area.isVisible()
    for one in lab.fields.values():
        one.selectAll()
        QTest.keyClick(one, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: lab.answer.text() == "")


def test_a_word_that_training_never_saw_is_remarked(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "trees.csv"
    lines = [f"{row % 7},{('oak', 'elm')[row % 2]},{'ny'[row % 5 > 1]}" for row in range(60)]
    path.write_text("\n".join(["height,kind,felled", *lines]) + "\n")
    window = trained_on(open_window, path, qtbot)
    QTest.keyClick(window, Qt.Key.Key_P, BOTH)
    lab = opened_lab(window, "actionPredictLab", PredictLab, qtbot)
    qtbot.waitUntil(lambda: "kind" in lab.fields)
    assert lab.fields["kind"].placeholderText() == "elm, oak"
    QTest.mouseClick(lab.fields["kind"], LEFT)
    QTest.keyClicks(lab.fields["kind"], "palm")
    qtbot.waitUntil(lambda: "“palm” was never seen in training" in lab.answer.text())


def trained_on(open_window: Open, path: Path, qtbot: QtBot) -> MainWindow:
    """A window with the network of the example, mended for a file and trained on it."""
    window = open_window(IRIS)
    window.data_panel.choose_source(str(path))
    qtbot.waitUntil(lambda: not window.loader.is_loading and window.project.facts is not None)
    window.store.edit("Mend", next(iter(window.store.repairs.values())).project)
    train(window, qtbot)
    return window


def test_every_widget_of_the_lab_has_a_name(
    lab: PredictLab, rows: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_file(lab, rows, monkeypatch)
    qtbot.waitUntil(lambda: lab.model.rowCount() == 3)
    nameless = [
        widget
        for kind in (QAbstractButton, QAbstractScrollArea, QLineEdit)
        for widget in lab.findChildren(kind)
        if widget.isVisible()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []
