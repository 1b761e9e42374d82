"""Time in the window: timeline, flag, carrying on past the stop, earlier runs, rates changed on the way."""

import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.cli.main import main
from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.model import Project, Run
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.early_stopping import EarlyStopping
from nnstudio.training.inference import measure, restore
from nnstudio.training.session import Trained
from nnstudio.training.session import train as train_events
from nnstudio.ui.background import view_jobs
from nnstudio.ui.plots.boundary_plot import class_mix
from nnstudio.ui.training.status_text import patience_left, patience_text
from tests.ui.driving import IRIS, Open, retype, run_cells, train

OVERFITTING = paths.examples() / "overfitting.nnstudio"


def same_weights(left: bytes, right: bytes) -> bool:
    found, asked = safetensors.torch.load(left), safetensors.torch.load(right)
    return found.keys() == asked.keys() and all(torch.equal(found[name], asked[name]) for name in asked)


def run_stopped_at(project: Project, epoch: int) -> Run:
    """The same training, stopped after this epoch, with the weights it then had."""
    project = edits.set_training(project, epochs=epoch, restore_best=False, patience=0)
    for event in train_events(project, load(project.data), Control(), Curves(), spare_cores=1):
        if isinstance(event, Trained):
            return event.run
    raise AssertionError("no run")


def test_the_flag_is_where_train_json_says(
    open_window: Open, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    window = open_window(OVERFITTING)
    train(window, qtbot)
    assert main(["train", str(OVERFITTING), "--out", str(tmp_path / "out.nnstudio"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert window.plots.plot("loss").flag.value() == said["best_epoch"]
    line = window.plots.plot("loss").lines["validation"]
    assert line.values[said["best_epoch"] - 1] == min(said["history"]["validation_loss"])


def test_patience_is_told_right_at_every_epoch(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(OVERFITTING)
    window.store.edit("", edits.set_training(window.project, patience=7, epochs=300))
    bar = window.findChild(QProgressBar, "patienceBar")
    own, seen = EarlyStopping(7), 0
    window.actions_by_name["actionStepEpoch"].trigger()
    while True:
        qtbot.waitUntil(
            lambda seen=seen: window.trainer.curves.epochs > seen or not window.trainer.is_active, timeout=20_000
        )
        qtbot.waitUntil(lambda: window.trainer.state.value in ("paused", "ready"), timeout=20_000)
        if window.trainer.curves.epochs == seen:
            break
        seen += 1
        own.update(seen, float(window.trainer.curves.validation_loss.values[seen - 1]))
        assert patience_text(window.trainer).startswith(f"{own.epochs_without_improvement} of 7 epochs")
        assert f"Lowest validation loss in epoch {own.best_epoch}." in patience_text(window.trainer)
        window.plots.show_text()
        assert bar is not None and bar.isVisible() and bar.maximum() == 7
        assert bar.value() == 7 - own.epochs_without_improvement == patience_left(window.trainer)[0]
        if not window.trainer.is_active:
            break
        window.actions_by_name["actionStepEpoch"].trigger()
    assert own.out_of_patience and window.project.runs[-1].epochs_run == seen


def test_carried_on_past_the_stop_it_is_the_same_run_and_the_flag_stays(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(OVERFITTING)
    window.store.edit("", edits.set_training(window.project, patience=10, epochs=150))
    assert not window.actions_by_name["actionCarryOn"].isEnabled()
    train(window, qtbot)
    first = window.project.runs[-1]
    assert first.stop_reason == "patience" and first.epochs_run < 150
    assert any(first.epochs_run == one.value() for one in window.plots.plot("loss").ends)
    window.actions_by_name["actionCarryOn"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=60_000)
    assert len(window.project.runs) == 1
    run = window.project.runs[0]
    assert run.id == first.id and run.epochs_run == 150
    assert run.history.validation_loss[: first.epochs_run] == first.history.validation_loss
    assert window.plots.plot("loss").flag.value() == run.best_epoch == first.best_epoch
    assert window.plots.words.text().startswith("Lowest validation loss in epoch")
    whole = run_stopped_at(window.project, 150)
    assert run.history.validation_loss == whole.history.validation_loss


def test_the_timeline_shows_what_a_run_stopped_there_would(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(OVERFITTING)
    window.actions_by_name["actionConfusion"].trigger()
    window.store.edit("", edits.set_training(window.project, epochs=40))
    train(window, qtbot)
    slider, plane, confusion = window.plots.time.slider, window.plots.plane, window.plots.plot("confusion")
    assert slider.isVisible() and slider.maximum() == 40
    for epoch in (0, 3, 17):
        slider.setValue(epoch)
        qtbot.waitUntil(lambda epoch=epoch: window.trainer.shown_epoch == epoch, timeout=5_000)
        if epoch == 0:
            continue
        stopped = run_stopped_at(window.project, epoch)
        (answers,) = view_jobs.answers_of(stopped, plane.plane.grid(stopped.preparation, stopped.parameters))  # type: ignore[union-attr]
        colors = class_mix(answers).reshape(plane.image.image.shape)
        qtbot.waitUntil(lambda colors=colors: np.array_equal(plane.image.image, colors), timeout=10_000)
        expected = measure(restore(stopped), load(stopped.data).validation).confusion
        assert expected is not None
        counts = sorted(str(count) for row in expected for count in row if count)
        qtbot.waitUntil(lambda counts=counts: sorted(confusion.numbers.texts.values()) == counts, timeout=10_000)
        assert "after epoch" in window.findChild(QLabel, "statusTraining").text()
        assert window.plots.plot("loss").shown_epoch.value() == epoch
        # The weights on the canvas are those of that epoch too.
        asked = safetensors.torch.load(stopped.weights)["dense_3.bias"].numpy()
        qtbot.waitUntil(
            lambda asked=asked: np.array_equal(window.canvas.network.weights["dense_3"].biases, asked), timeout=10_000
        )
    window.plots.time.now.click()
    assert window.trainer.shown_epoch is None and window.trainer.shown_run is window.trainer.last_run


def test_a_click_at_the_flag_loads_those_weights_and_can_be_undone(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(OVERFITTING)
    window.store.edit("", edits.set_training(window.project, epochs=60, restore_best=False))
    train(window, qtbot)
    run = window.project.runs[-1]
    assert run.weights_epoch == 60 and run.best_epoch is not None and run.best_epoch < 60
    plot = window.plots.plot("loss")
    qtbot.wait(200)  # the axes are fitted when they are painted
    place = plot.plotItem.vb.mapViewToScene(plot.dot.pos()).toPoint()
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.mapFromScene(place))
    qtbot.waitUntil(lambda: window.project.runs[-1].weights_epoch == run.best_epoch, timeout=5_000)
    timeline = window.trainer.timeline
    assert timeline is not None
    assert same_weights(window.project.runs[-1].weights, timeline.weights(run.best_epoch))
    assert same_weights(window.project.runs[-1].weights, run_stopped_at(window.project, run.best_epoch).weights)
    assert f"Run 1 has the weights of epoch {run.best_epoch} now." in window.messages.label.text()
    window.actions_by_name["actionUndo"].trigger()
    assert window.project.runs[-1].weights_epoch == 60 and window.trainer.last_run is window.project.runs[-1]


def test_going_on_from_an_epoch_makes_a_new_run_that_says_so(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=20, patience=0))
    train(window, qtbot)
    window.plots.time.slider.setValue(8)
    qtbot.waitUntil(lambda: window.trainer.shown_epoch == 8, timeout=5_000)
    window.plots.time.go_on.trigger()
    qtbot.waitUntil(lambda: len(window.project.runs) == 2 and not window.trainer.is_active, timeout=30_000)
    run = window.project.runs[-1]
    assert (run.origin, run.origin_epoch) == ("run-1", 8)
    assert "from epoch 8 of run 1" in run_cells(window, "changed")[0]


def test_the_timeline_plays(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=6, patience=0))
    train(window, qtbot)
    moments: list[int | None] = []
    window.trainer.changed.connect(lambda: moments.append(window.trainer.shown_epoch))
    window.plots.time.play.click()
    qtbot.waitUntil(lambda: not window.plots.time.play.isChecked(), timeout=10_000)
    qtbot.waitUntil(lambda: window.trainer.shown_epoch is None, timeout=5_000)
    assert [one for one in moments if one is not None] == sorted(one for one in moments if one is not None)
    assert len(set(moments)) >= 3


def test_a_rate_changed_while_training_acts_and_is_marked(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > 2, timeout=20_000)
    retype(window.training_panel.form.fields["learning_rate"], "0.02")
    qtbot.waitUntil(lambda: len(window.trainer.curves.events) == 1, timeout=10_000)
    assert "learning rate 0.01 → 0.02" in window.messages.label.text()
    qtbot.waitUntil(lambda: any("0.02" in one.toolTip() for one in window.plots.plot("loss").ends), timeout=5_000)
    retype(window.training_panel.form.fields["epochs"], "50")
    qtbot.waitUntil(lambda: "goes on with the network, data and settings it began with" in window.messages.label.text())
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)
    (mark,) = window.project.runs[-1].events
    assert (mark.what, mark.before, mark.after) == ("learning_rate", 0.01, 0.02)


def test_earlier_runs_are_faint_lines_named_by_what_changed(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    for rate in ("0.01", "0.1", "0.03"):
        retype(window.training_panel.form.fields["learning_rate"], rate)
        window.store.edit("", edits.set_training(window.project, epochs=6, patience=0))
        train(window, qtbot)
    plot = window.plots.plot("loss")
    assert [one.words for one in plot.earlier] == ["run 1", "run 2: learning rate 0.01 → 0.1"]
    assert run_cells(window, "changed") == ["learning rate 0.1 → 0.03", "learning rate 0.01 → 0.1", ""]
    # Hidden by its tick, shown again by it.
    table = window.runs_panel.table
    model = window.runs_panel.model
    tick = model.index(1, model.place_of("number"))
    model.setData(tick, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert [one.id for one in plot.earlier] == ["run-1"]
    model.setData(tick, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    # A click at a line shows that run.
    plot.earlier_clicked.emit("run-1")
    assert window.trainer.last_run is window.project.runs[0]
    assert [one.id for one in plot.earlier] == ["run-2", "run-3"]
    # Its settings can be taken again, and a run deleted; both can be undone.
    table.selectRow(1)
    buttons = {one.text(): one for one in window.runs_panel.findChildren(QPushButton)}
    buttons["Restore settings"].click()
    assert window.project.training.learning_rate == 0.1
    buttons["Delete"].click()
    assert [run.id for run in window.project.runs] == ["run-1", "run-3"]
    assert window.trainer.is_blank  # it was the one shown
    for _number in range(2):
        window.actions_by_name["actionUndo"].trigger()
    assert len(window.project.runs) == 3 and window.project.training.learning_rate == 0.03


def test_a_diverged_run_names_its_layer_and_offers_a_tenth_of_the_rate(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(paths.examples() / "diabetes.nnstudio")
    window.store.edit("", edits.set_training(window.project, optimizer="sgd", learning_rate=9.0, patience=0))
    train(window, qtbot)
    run = window.project.runs[-1]
    assert run.stop_reason == "diverged" and "That began in “" in run.message
    assert window.messages.label.text() == run.message
    qtbot.waitUntil(lambda: bool(window.messages.buttons), timeout=5_000)
    (offer,) = window.messages.buttons
    assert "with learning rate 0.9" in offer.text()
    offer.click()
    assert window.project.training.learning_rate == pytest.approx(0.9)
    qtbot.waitUntil(lambda: window.trainer.is_active or len(window.project.runs) == 2, timeout=10_000)
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=60_000)
    assert window.project.runs[-1].origin == "run-1"


def test_the_legend_hides_lines_and_the_axis_can_be_logarithmic(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=12, patience=0))
    train(window, qtbot)
    plot, legend = window.plots.plot("loss"), window.plots.legend
    assert plot.curves["training"].isVisible()
    legend.linkActivated.emit("training")
    assert not plot.curves["training"].isVisible() and not window.plots.plot("accuracy").curves["training"].isVisible()
    assert "training" not in plot.table().splitlines()[0] and "validation" in plot.table().splitlines()[0]
    legend.linkActivated.emit("training")
    assert plot.curves["training"].isVisible()
    window.actions_by_name["actionLogLoss"].trigger()
    shown = plot.curves["validation"].getData()[1]
    np.testing.assert_allclose(shown, np.log10(window.trainer.curves.validation_loss.values), rtol=1e-6)
    assert plot.dot.pos().y() == pytest.approx(np.log10(window.trainer.curves.validation_loss.values.min()))
    window.actions_by_name["actionIterations"].trigger()
    assert plot.getAxis("bottom").scale == window.trainer.batches and plot.getAxis("bottom").labelText == "Iteration"
    for suffix in (".svg", ".png", ".pdf"):
        plot.save_picture(tmp_path / f"plot{suffix}")
        assert (tmp_path / f"plot{suffix}").stat().st_size > 1000
    rows = plot.table().splitlines()
    assert rows[0] == "epoch,batch,training,validation"
    last = rows[-1].split(",")
    assert float(last[0]) == 12 and float(last[3]) == window.trainer.curves.validation_loss.values[-1]


def test_the_pointer_reads_all_lines(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=9, patience=0))
    train(window, qtbot)
    plot = window.plots.plot("loss")
    qtbot.wait(200)  # the axes are fitted when they are painted
    values = window.trainer.curves
    place = plot.plotItem.vb.mapViewToScene(QPointF(5, 0))
    middle = plot.plotItem.vb.sceneBoundingRect().center()
    place.setY(middle.y())
    plot.readout._moved(place)
    words = plot.readout.text.toPlainText()
    assert "epoch 5" in words and f"{values.validation_loss.values[4]:.4g}" in words
    assert f"{values.train_loss.values[4]:.4g}" in words


def test_a_run_that_was_deleted_comes_back_whole_though_another_was_trained_meanwhile(
    open_window: Open, qtbot: QtBot
) -> None:
    window = open_window(IRIS)
    for epochs in (3, 5):
        window.store.edit("", edits.set_training(window.project, epochs=epochs, patience=0))
        train(window, qtbot)
    second = window.project.runs[-1]
    window.store.edit("Delete", edits.remove_run(window.project, second.id))
    train(window, qtbot)
    assert window.project.runs[-1].id == "run-3"
    window.actions_by_name["actionUndo"].trigger()
    assert [run.id for run in window.project.runs] == ["run-1", "run-2", "run-3"]
    assert window.project.runs[1] == second


def test_a_rate_in_use_is_told_from_that_of_the_settings_when_a_run_is_carried_on(
    open_window: Open, qtbot: QtBot
) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=300, patience=0, learning_rate=0.01))
    train(window, qtbot)
    window.store.edit("", edits.set_training(window.project, learning_rate=0.05))
    window.trainer.set_pace(50)  # it must still be under way when the rate is changed
    window.actions_by_name["actionCarryOn"].trigger()
    qtbot.waitUntil(lambda: window.trainer.state.value == "running", timeout=10_000)
    window.store.edit("", edits.set_training(window.project, learning_rate=0.02))
    qtbot.waitUntil(lambda: len(window.trainer.curves.events) == 1, timeout=10_000)
    assert "learning rate 0.01 → 0.02" in window.messages.label.text()
    mark = window.trainer.curves.events[0]
    assert (mark.before, mark.after) == (0.01, 0.02)


def test_without_a_best_epoch_nothing_is_shaded(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=6, patience=0))
    train(window, qtbot)
    plot = window.plots.plot("loss")
    plot.show_flag(2, 0.5, 6)
    assert plot.shade.isVisible() and plot.flag.isVisible()
    plot.show_flag(0, 0.0, 6)
    plot.show_flag(0, 0.0, 7)
    assert not plot.shade.isVisible() and not plot.flag.isVisible()


def test_back_to_now_shows_the_weights_of_now_in_a_pause(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(OVERFITTING)
    window.actions_by_name["actionConfusion"].trigger()
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > 20, timeout=20_000)
    window.actions_by_name["actionPause"].trigger()
    plane, network = window.plots.plane, window.canvas.network
    newest = window.trainer.probes.newest
    qtbot.waitUntil(lambda: "weights" in newest and plane.image.image is not None, timeout=10_000)
    qtbot.wait(1_000)  # until what was under way is drawn
    shown, biases = plane.image.image.copy(), network.weights["dense_3"].biases.copy()
    window.plots.time.slider.setValue(1)
    qtbot.waitUntil(lambda: not np.array_equal(plane.image.image, shown), timeout=10_000)
    qtbot.waitUntil(lambda: not np.array_equal(network.weights["dense_3"].biases, biases), timeout=10_000)
    window.plots.time.now.click()
    assert window.plots.time.slider.value() == window.plots.time.slider.maximum()
    qtbot.waitUntil(lambda: np.array_equal(plane.image.image, shown), timeout=10_000)
    qtbot.waitUntil(lambda: np.array_equal(network.weights["dense_3"].biases, biases), timeout=10_000)


def test_the_last_epoch_can_be_looked_at_though_the_best_weights_came_back(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(OVERFITTING)
    window.store.edit("", edits.set_training(window.project, epochs=60, patience=0, restore_best=True))
    train(window, qtbot)
    run, time = window.project.runs[-1], window.plots.time
    assert run.weights_epoch == run.best_epoch and run.best_epoch is not None and run.best_epoch < 60
    assert time.epoch == run.best_epoch and not time.now.isEnabled()
    time.slider.setValue(time.slider.maximum())
    qtbot.waitUntil(lambda: window.trainer.shown_epoch == 60, timeout=5_000)
    time.load.trigger()
    assert window.project.runs[-1].weights_epoch == 60
    assert window.trainer.timeline is not None
    assert same_weights(window.project.runs[-1].weights, window.trainer.timeline.weights(60))


def test_a_run_that_cannot_be_carried_on_says_why(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=2, patience=0))
    train(window, qtbot)
    (run,) = window.project.runs
    window.trainer.kept.clear()  # as after the project was opened, out of a file of an earlier format
    window.store.amend(lambda project: edits.add_run(project, replace(run, checkpoint=b"")))
    window.runs_panel.carry_on_asked.emit(window.project.runs[0])
    assert "cannot be carried on" in window.messages.label.text()
    assert not window.trainer.is_active
