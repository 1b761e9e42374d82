"""The whole way in the window, with real mouse and keyboard events."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.project.archive import open_project
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import Link
from nnstudio.text import UserError
from nnstudio.ui.app import create_window
from nnstudio.ui.training.shown_training import State
from nnstudio.ui.training.status_text import status
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import Hand, types
from tests.ui.driving import IRIS, Open, click_run, field, palette_point, retype, run_cells, train


class Shown(QObject):
    """Notes the windows that are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return super().eventFilter(watched, event)


def test_no_part_is_shown_before_it_has_its_place(open_window: Open, qapp: QApplication) -> None:
    """It would flash up as a window of its own."""
    shown = Shown()
    qapp.installEventFilter(shown)
    open_window().use_language("es")  # makes every part anew
    assert shown.windows == ["MainWindow"]


def test_the_names_that_others_rely_on_are_there(window: MainWindow) -> None:
    for name in (
        "New",
        "Open",
        "Save",
        "SaveAs",
        "Undo",
        "Redo",
        "Cut",
        "Copy",
        "Paste",
        "Delete",
        "SelectAll",
        "Arrange",
        "ZoomIn",
        "ZoomOut",
        "ZoomFit",
        "Train",
        "Pause",
        "Stop",
        "StepBatch",
        "StepEpoch",
        "Reset",
        "Present",
        "Shortcuts",
        "Export",
        "Quit",
    ):
        assert window.findChild(QAction, f"action{name}") is not None, name
    for name in (
        "palette",
        "inspector",
        "trainingPanel",
        "dataPanel",
        "plots",
        "problems",
        "runs",
        "plotLoss",
        "plotAccuracy",
    ):
        assert window.findChild(QWidget, name) is not None, name
    assert window.findChild(QGraphicsView, "canvas") is not None
    assert window.findChild(QLabel, "statusTraining").text().startswith("Not ready")
    assert window.findChild(QLabel, "statusDevice") is not None


def offered_below(window: MainWindow) -> QPushButton:
    """The button below the first problem."""
    found = window.problems.itemWidget(window.problems.item(0))
    assert isinstance(found, QPushButton)
    return found


def test_the_button_below_a_problem_says_what_it_does_to_the_network_as_it_is_now(window: MainWindow) -> None:
    window.canvas.adding.append("dense")
    said = window.problems.item(0).text()
    assert offered_below(window).text() == "Set 10 units"
    window.canvas.adding.append("relu")
    assert window.problems.item(0).text() == said
    assert offered_below(window).text() == "Insert a dense layer of 10 units"
    offered_below(window).click()
    assert window.store.problems == ()


def test_what_is_typed_on_the_canvas_leaves_no_problem_selected(window: MainWindow) -> None:
    window.canvas.adding.append("dense")
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    field = window.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "5 values" in window.problems.item(0).text()
    assert window.focusWidget() is window.canvas and not window.problems.selectedItems()


def test_the_whole_way_drawn_by_hand(
    open_window: Open, hand: Callable[[MainWindow], Hand], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    start = window.project
    mouse = hand(window)

    # Drag a dense layer from the palette to the middle of the canvas.
    shown = window.palette_panel.list.viewport()
    begin = palette_point(window, "dense")
    target = shown.mapFromGlobal(mouse.viewport.mapToGlobal(QPoint(mouse.viewport.width() // 2, 60)))
    mouse.drag(begin, target, shown)
    assert types(window.project) == ["input", "output", "dense"]
    assert "leads nowhere" in window.problems.item(0).text() or "loose" in window.problems.item(0).text()

    # Link it by mouse, port to port and port to box; the output swaps its old link for the new one.
    mouse.drag(mouse.port("input_1", "output"), mouse.port("dense_1", "input"))
    mouse.drag(mouse.port("dense_1", "output"), mouse.middle("output_1"))
    assert set(window.project.network.links) == {Link("input_1", "dense_1"), Link("dense_1", "output_1")}

    # Edit the units in the inspector; shapes and problems follow while typing.
    mouse.click(mouse.middle("dense_1"))
    retype(field(window, "units"), "7")
    assert window.store.inference.shapes["dense_1"] == (7,)
    assert "7 values" in window.problems.item(0).text()
    retype(field(window, "units"), "10")
    assert window.store.problems == () and "ready to train" in window.problems.item(0).text()

    # Move a layer, then take everything back to the start and bring it again.
    place = window.project.network.layer("dense_1").position
    mouse.drag(mouse.middle("dense_1"), mouse.middle("dense_1") + QPoint(30, 40))
    assert window.project.network.layer("dense_1").position != place
    drawn = window.project
    for _step in range(10):
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.project.network == start.network
    assert not window.findChild(QAction, "actionUndo").isEnabled()
    while window.findChild(QAction, "actionRedo").isEnabled():
        window.findChild(QAction, "actionRedo").trigger()
    assert window.project.network == drawn.network

    # Train, stop, save, open again.
    retype(window.training_panel.form.fields["epochs"], "100000")
    retype(window.training_panel.form.fields["patience"], "0")
    window.findChild(QAction, "actionTrain").trigger()
    qtbot.waitUntil(lambda: window.trainer.curves.epochs >= 3 and window.trainer.state is State.RUNNING, timeout=60_000)
    assert "Training: epoch" in status(window.trainer)
    window.findChild(QAction, "actionStop").trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=10_000)
    assert "stopped by hand" in window.findChild(QLabel, "statusTraining").text()
    assert window.findChild(QLabel, "statusDevice").text() == "CPU"
    run = window.project.runs[0]
    assert run.stop_reason == "user" and run.best_epoch == run.weights_epoch

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: (str(tmp_path / "mine"), ""))
    window.findChild(QAction, "actionSave").trigger()
    assert not window.isWindowModified()
    assert open_project(tmp_path / "mine.nnstudio") == window.project
    again = open_window(tmp_path / "mine.nnstudio")
    assert again.project.network == window.project.network and again.project.runs == window.project.runs


def test_a_warning_about_the_last_layers_is_mended_by_its_button(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    facts = window.project.facts
    assert facts is not None
    empty = edits.remove(window.project, ids=[layer.id for layer in window.project.network.layers])
    window.store.edit("Layers", with_stack(empty, "dense:3,softmax,relu", facts))
    assert "ready to train" in window.problems.item(0).text() and "“Softmax" in window.problems.item(1).text()
    (button,) = window.problems.findChildren(QPushButton)
    assert window.problems.visualItemRect(window.problems.item(1)).contains(
        button.mapTo(window.problems.viewport(), button.rect().center())
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.problems.count() == 1 and sorted(types(window.project)) == ["dense", "input", "output", "softmax"]
    assert window.store.undo_label.startswith("Remove ")


def test_undo_does_not_untrain(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    retype(window.training_panel.form.fields["epochs"], "3")
    train(window, qtbot)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.project.training.epochs == 100 and len(window.project.runs) == 1


def test_early_stopping_is_seen_to_bite(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(paths.examples() / "digits.nnstudio", (1500, 800))  # with room for the words at the flag
    train(window, qtbot)
    run = window.project.runs[-1]
    assert run.stop_reason == "patience"
    plot = window.plots.plot("loss")
    assert plot.flag.isVisible() and plot.flag.value() == run.best_epoch
    assert plot.shade.isVisible() and plot.shade.span == (run.best_epoch, run.epochs_run)
    assert f"epoch {run.best_epoch}" in plot.flag.label.format
    assert window.plots.words.text().startswith("10 of 10 epochs without improvement")
    shown = plot.curves["validation"].getOriginalDataset()[1]
    assert tuple(shown) == run.history.validation_loss
    assert f"weights of epoch {run.best_epoch} are loaded" in window.findChild(QLabel, "statusTraining").text()


def test_one_batch_one_epoch_pause_and_reset(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    trainer, curves = window.trainer, lambda: window.trainer.curves
    window.findChild(QAction, "actionStepBatch").trigger()
    qtbot.waitUntil(lambda: trainer.state is State.PAUSED, timeout=30_000)
    assert len(curves().batch_loss) == 1
    assert "Paused: epoch 1 of 100, batch 1 of 9" in window.findChild(QLabel, "statusTraining").text()
    window.findChild(QAction, "actionStepEpoch").trigger()
    qtbot.waitUntil(lambda: curves().epochs == 1 and trainer.state is State.PAUSED, timeout=10_000)
    window.findChild(QAction, "actionTrain").trigger()
    qtbot.waitUntil(lambda: curves().epochs > 2, timeout=10_000)
    window.findChild(QAction, "actionPause").trigger()
    assert trainer.state is State.PAUSED
    window.findChild(QAction, "actionReset").trigger()
    qtbot.waitUntil(lambda: trainer.state is State.READY, timeout=10_000)
    assert curves().epochs == 0 and window.findChild(QLabel, "statusTraining").text() == "Ready to train"
    assert len(window.project.runs) == 1


def test_train_on_a_broken_network_says_what_is_wrong(window: MainWindow) -> None:
    window.findChild(QAction, "actionTrain").trigger()
    assert "Training cannot start" in window.messages.label.text() and window.messages.isVisible()
    assert "10 classes" in window.messages.label.text()
    assert "Not ready to train" in window.findChild(QLabel, "statusTraining").text()


def test_other_data_is_read_and_shown(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(IRIS)
    panel = window.data_panel
    panel.choose_source("builtin:wine")
    qtbot.waitUntil(lambda: window.project.facts is not None and window.project.facts.rows == 178, timeout=10_000)
    assert "178 rows of 13 inputs" in panel.notes.text() and "Split with seed 0" in panel.notes.text()
    assert panel.preview.columnCount() == 14
    (tmp_path / "broken.csv").write_text("a,b\n")
    panel.choose_source(str(tmp_path / "broken.csv"))
    qtbot.waitUntil(lambda: "no rows" in panel.notes.text(), timeout=10_000)
    assert "no rows" in window.problems.item(0).text()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "178 rows" in panel.notes.text(), timeout=10_000)


def test_an_earlier_run_can_be_looked_at(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    for epochs in ("3", "5"):
        retype(window.training_panel.form.fields["epochs"], epochs)
        train(window, qtbot)
    assert run_cells(window, "epochs_run") == ["5", "3"]
    click_run(window, 1)
    assert window.trainer.curves.epochs == 3
    assert "Ended after epoch 3 of 3" in window.findChild(QLabel, "statusTraining").text()


def test_closing_while_training_asks_and_stops_cleanly(
    open_window: Open, qtbot: QtBot, answer_question: Callable[..., list[str]]
) -> None:
    window = open_window(IRIS)
    retype(window.training_panel.form.fields["epochs"], "100000")
    retype(window.training_panel.form.fields["patience"], "0")
    window.findChild(QAction, "actionTrain").trigger()
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > 0, timeout=30_000)
    asked = answer_question(QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert "being trained" in asked[0] and window.trainer.is_active
    answer_question(QMessageBox.StandardButton.Yes)
    window.trainer.ended.connect(lambda run: answer_question(QMessageBox.StandardButton.Discard))
    assert window.close()
    assert not window.trainer.is_active and window.project.runs[0].stop_reason == "user"


def test_unsaved_changes_are_asked_about(open_window: Open, answer_question: Callable[..., list[str]]) -> None:
    window = open_window(IRIS)
    retype(window.training_panel.form.fields["epochs"], "7")
    assert window.isWindowModified()
    asked = answer_question(QMessageBox.StandardButton.Cancel)
    assert not window.close() and "not in a file yet" in asked[0]
    answer_question(QMessageBox.StandardButton.Discard)
    assert window.close()


def test_a_file_that_cannot_be_opened_changes_nothing(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(IRIS)
    before = window.project
    (tmp_path / "<b>bad<b>.nnstudio").write_text("hello")
    window.documents.open(tmp_path / "<b>bad<b>.nnstudio")
    box = window.findChild(QMessageBox)
    assert "<b>bad<b>" in box.text() and box.textFormat() == Qt.TextFormat.PlainText
    box.close()
    assert window.project == before
    with pytest.raises(UserError, match="does not exist"):
        create_window(tmp_path / "none.nnstudio")


def test_a_failed_save_keeps_the_window_unsaved(open_window: Open, tmp_path: Path) -> None:
    window = open_window(IRIS)
    retype(window.training_panel.form.fields["epochs"], "7")
    assert not window.documents._write(tmp_path / "none" / "a.nnstudio")
    box = window.findChild(QMessageBox)
    assert "does not exist" in box.text()
    box.close()
    assert window.isWindowModified()


def test_the_window_can_change_its_language_and_colours_while_training(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    retype(window.training_panel.form.fields["epochs"], "100000")
    retype(window.training_panel.form.fields["patience"], "0")
    window.findChild(QAction, "actionTrain").trigger()
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > 1, timeout=30_000)
    window.use_scheme("dark")
    window.use_language("es")
    assert window.findChild(QAction, "actionSave").text() == "&Guardar"
    qtbot.wait(100)
    seen = window.trainer.curves.epochs
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > seen, timeout=10_000)
    window.findChild(QAction, "actionStop").trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=10_000)
    window.use_scheme("light")
    window.use_language("en")
    window.use_scheme("system")
    assert (
        len(window.findChildren(QAction, "actionSave")) == 1
        or qtbot.waitUntil(lambda: len(window.findChildren(QAction, "actionSave")) == 1, timeout=2000) is None
    )


def test_a_project_that_comes_back_to_known_data_is_told_what_is_known(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    for value in ("0.3", "0.2"):
        retype(window.data_panel.form.fields["validation"], value)
    qtbot.waitUntil(lambda: window.project.facts is not None, timeout=10_000)
    window.documents.open_example("digits")
    qtbot.waitUntil(lambda: window.project.facts is not None and not window.loader.is_loading, timeout=10_000)
    window.store.mark_saved(window.project, Path("unused.nnstudio"))
    window.documents.new()
    qtbot.waitUntil(lambda: window.project.facts is not None, timeout=10_000)


def test_the_status_says_when_a_result_is_of_another_network(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    retype(window.training_panel.form.fields["epochs"], "3")
    train(window, qtbot)
    assert "changed since" not in status(window.trainer)
    window.canvas.network.select(["dense_1"])
    retype(field(window, "units"), "5")
    assert "changed since" in window.findChild(QLabel, "statusTraining").text()


def test_a_bad_target_can_be_exchanged_for_another_column(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    rows = "".join(f"{n % 2},word{n % 1100}\n" for n in range(1200))
    (tmp_path / "a.csv").write_text("kind,id\n" + rows)
    window = open_window(IRIS)
    window.data_panel.choose_source(str(tmp_path / "a.csv"))
    qtbot.waitUntil(lambda: "Choose another target" in window.data_panel.notes.text(), timeout=10_000)
    target = window.data_panel.target
    assert [target.itemData(row) for row in range(target.count())] == ["kind", "id"]


def test_plots_go_on_after_the_language_changes_while_training(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    retype(window.training_panel.form.fields["epochs"], "5000")
    retype(window.training_panel.form.fields["patience"], "0")
    window.findChild(QAction, "actionTrain").trigger()
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > 1, timeout=30_000)
    window.use_language("es")
    before = len(window.plots.plot("loss").curves["training"].getOriginalDataset()[0])
    qtbot.waitUntil(
        lambda: len(window.plots.plot("loss").curves["training"].getOriginalDataset()[0]) > before, timeout=10_000
    )
    window.use_language("en")


def test_a_batch_that_fits_is_offered_and_taken_on_yes(
    open_window: Open, answer_question: Callable[..., list[str]], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(paths.examples() / "digits.nnstudio")
    window.store.edit("Change Batch size", edits.set_training(window.project, batch_size=1000, epochs=2))
    monkeypatch.setattr("nnstudio.training.memory.free", lambda device: 3_000_000)
    for button, runs in ((QMessageBox.StandardButton.No, 0), (QMessageBox.StandardButton.Yes, 1)):
        asked = answer_question(button)
        window.actions_by_name["actionTrain"].trigger()
        qtbot.waitUntil(lambda asked=asked: bool(asked), timeout=20_000)
        qtbot.waitUntil(lambda runs=runs: len(window.project.runs) == runs, timeout=20_000)
        assert "A batch of 125 should fit." in asked[0]
    assert window.project.training.batch_size == 125
    assert "float32" in window.findChild(QLabel, "runDetails").text()


def test_early_stopping_may_follow_the_accuracy(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS, (1500, 800))
    plan = edits.set_training(window.project, monitor="validation_accuracy", patience=4, min_delta=0.01)
    window.store.edit("plan", plan)
    train(window, qtbot)
    run = window.project.runs[-1]
    accuracies = run.history.validation_accuracy
    assert run.stop_reason == "patience" and run.best_epoch == 1 + accuracies.index(max(accuracies))
    assert window.plots.words.text() == (
        f"4 of 4 epochs without improvement. Highest validation accuracy in epoch {run.best_epoch}."
    )
    for name in ("loss", "accuracy"):
        assert window.plots.plot(name).flag.value() == run.best_epoch
    assert "lowest" not in window.plots.plot("loss").flag.label.format
    assert not window.plots.plot("loss").band.isVisible()
    assert "without a higher validation accuracy" in window.findChild(QLabel, "statusTraining").text()
