"""The labs, opened from the menu as a user does, on real runs."""

from collections.abc import Callable, Iterator
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.ui.labs.bars import Bars
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.layers_lab import activation_text
from nnstudio.ui.labs.opened import LABS
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open, train

CIRCLE = paths.examples() / "circle.nnstudio"
DIGITS = paths.examples() / "digits.nnstudio"


@pytest.fixture
def open_lab(qtbot: QtBot) -> Callable[[MainWindow, str], Lab]:
    def open_it(window: MainWindow, name: str) -> Lab:
        window.actions_by_name[name].trigger()
        lab = window.labs.open[name]
        qtbot.waitUntil(lambda: lab.run_shown is not None or lab.message.isVisible(), timeout=20_000)
        return lab

    return open_it


@pytest.mark.parametrize("name", list(LABS))
def test_each_lab_opens_before_any_training_and_closes(
    window: MainWindow, qtbot: QtBot, name: str, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window.actions_by_name[name].trigger()
    lab = window.labs.open[name]
    qtbot.waitUntil(lambda: lab.isVisible(), timeout=5_000)
    qtbot.wait(300)
    window.actions_by_name[name].trigger()
    assert window.labs.open == {name: lab}  # at most one
    assert lab.content.isVisible() != lab.message.isVisible()
    lab.close()
    qtbot.waitUntil(lambda: not window.labs.open, timeout=5_000)


def test_the_chain_rule_goes_forward_and_back(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=5, patience=0))
    train(window, qtbot)
    lab = open_lab(window, "actionChainLab")
    qtbot.waitUntil(lambda: lab.steps.count() > 0, timeout=10_000)  # type: ignore[attr-defined]
    titles = [lab.steps.item(row).text() for row in range(lab.steps.count())]  # type: ignore[attr-defined]
    assert titles[0].startswith("→") and titles[-1].startswith("←") and any("loss" in one for one in titles)
    assert "Checked" in lab.check.text()  # type: ignore[attr-defined]
    for row in range(lab.steps.count()):  # type: ignore[attr-defined]
        QTest.keyClick(lab.steps, Qt.Key.Key_Down)  # type: ignore[attr-defined]
        assert lab.formula.text() and lab.table.rowCount() > 0, row  # type: ignore[attr-defined]
    before = lab.walk  # type: ignore[attr-defined]
    lab.picker.number.setValue(7)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: lab.walk is not before, timeout=10_000)  # type: ignore[attr-defined]
    lab.close()


def test_arrow_keys_go_through_the_steps_as_soon_as_the_chain_rule_is_open(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    lab = open_lab(open_window(IRIS), "actionChainLab")
    qtbot.waitUntil(lambda: lab.steps.count() > 0, timeout=10_000)  # type: ignore[attr-defined]
    lab.activateWindow()
    qtbot.waitUntil(lambda: lab.focusWidget() is not None)
    sample = lab.picker.number.value()  # type: ignore[attr-defined]
    for _time in range(2):
        QTest.keyClick(lab.focusWidget(), Qt.Key.Key_Down)
    QTest.keyClick(lab.focusWidget(), Qt.Key.Key_Up)
    assert lab.steps.currentRow() == 1  # type: ignore[attr-defined]
    assert lab.picker.number.value() == sample  # type: ignore[attr-defined]
    lab.close()


def test_an_answer_that_is_overtaken_is_shown_until_the_newer_one_comes(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    lab = open_lab(open_window(CIRCLE), "actionHiddenSpaceLab")
    qtbot.waitUntil(lambda: bool(lab.points), timeout=10_000)  # type: ignore[attr-defined]
    shown: list[str] = []
    older_is_seen = Event()

    def newer() -> Iterator[str]:
        older_is_seen.wait(20)
        yield "newer"

    lab.ask(lambda: iter(["older"]), shown.append)
    lab.ask(newer, shown.append)
    qtbot.waitUntil(lambda: shown == ["older"])
    older_is_seen.set()
    qtbot.waitUntil(lambda: shown == ["older", "newer"])
    lab.ask(lambda: iter(["of what a sentence replaced"]), shown.append)
    lab.say("Nothing to show.")
    qtbot.wait(200)
    assert shown == ["older", "newer"] and lab.message.isVisible()
    lab.close()


def test_a_network_too_wide_is_said_in_the_lab(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    lab = open_lab(open_window(DIGITS), "actionChainLab")
    qtbot.waitUntil(lambda: "up to 16 can be read" in lab.message.text(), timeout=10_000)
    lab.close()


def test_logits_are_dragged_and_the_rest_follows(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window = open_window(IRIS)
    lab = open_lab(window, "actionSoftmaxLab")
    bars: Bars = lab.logits  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(bars.values) == 3, timeout=10_000)
    begun = bars.values.copy()
    slot = bars._slot(1)
    start = QPointF(slot.center().x(), bars._height_of(0.0)).toPoint()
    end = QPointF(slot.center().x(), bars._height_of(5.0)).toPoint()
    QTest.mousePress(bars, Qt.MouseButton.LeftButton, pos=start)
    from tests.ui.conftest import move

    move(bars, end)
    QTest.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=end)
    assert bars.values[1] == pytest.approx(5.0, abs=0.2)
    shares = np.exp(bars.values) / np.exp(bars.values).sum()
    np.testing.assert_allclose(lab.probabilities.values, shares, rtol=1e-9)  # type: ignore[attr-defined]
    true = np.eye(3)[lab.picker.true_class()]  # type: ignore[attr-defined]
    np.testing.assert_allclose(lab.gradient.values, shares - true, atol=1e-12)  # type: ignore[attr-defined]
    assert f"{-np.log(shares[true.argmax()]):.4g}" in lab.loss.text()  # type: ignore[attr-defined]
    QTest.keyClick(bars, Qt.Key.Key_Up)
    lab.back.click()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: np.allclose(bars.values, begun), timeout=5_000)
    lab.close()


def test_layers_follow_a_training(open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]) -> None:
    window = open_window(IRIS)
    lab = open_lab(window, "actionLayersLab")
    qtbot.waitUntil(lambda: "before the first step" in lab.epoch.text(), timeout=10_000)  # type: ignore[attr-defined]
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: "after epoch" in lab.epoch.text(), timeout=20_000)  # type: ignore[attr-defined]
    first = lab.epoch.text()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: lab.epoch.text() != first, timeout=20_000)  # type: ignore[attr-defined]
    assert any("saturated" in one.text() for one in lab.words.values())  # type: ignore[attr-defined]
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)
    lab.close()


def test_mistakes_of_digits_are_pictures(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window = open_window(DIGITS)
    window.store.edit("", edits.set_training(window.project, epochs=2))
    train(window, qtbot)
    lab = open_lab(window, "actionErrorsLab")
    qtbot.waitUntil(lambda: lab.pictures.count() == 24, timeout=20_000)  # type: ignore[attr-defined]
    assert "→" in lab.pictures.item(0).text() and "row" in lab.pictures.item(0).toolTip()  # type: ignore[attr-defined]
    assert lab.units.count() == 32 and "wrong" in lab.tabs.tabText(0)  # type: ignore[attr-defined]
    lab.close()


def test_masks_spread_and_evaluation_mode_switches_none_off(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window = open_window(DIGITS)
    window.store.edit("", edits.set_training(window.project, epochs=2))
    train(window, qtbot)
    lab = open_lab(window, "actionMasksLab")
    table = lab.table  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: table.rowCount() == 6, timeout=20_000)
    assert "○" in table.item(0, 0).text() and "200 masks" in lab.words.text()  # type: ignore[attr-defined]
    lab.evaluation.click()  # type: ignore[attr-defined]
    assert table.rowCount() == 1 and "○" not in table.item(0, 0).text()
    lab.close()


def test_the_first_weights_fade_or_saturate(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window = open_window(IRIS)
    window.actions_by_name["actionInitializationLab"].trigger()
    lab = window.labs.open["actionInitializationLab"]
    qtbot.waitUntil(lambda: bool(lab.rows), timeout=20_000)  # type: ignore[attr-defined]
    plan = window.project.training
    lab.slider.setValue(lab.slider.maximum())  # type: ignore[attr-defined]
    first = next(iter(lab.rows.values()))[0]  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "saturated" in first.text() and "0%" not in first.text().split("\n")[1][:2], timeout=10_000)
    assert window.project.training is plan
    lab.slider.setValue(0)  # type: ignore[attr-defined]
    lab.runs.click()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: lab._training is None and len(lab.lines) == 4, timeout=30_000)  # type: ignore[attr-defined]
    assert all(len(line.getData()[0]) == 15 for line in lab.lines)  # type: ignore[attr-defined]
    lab.close()


def test_the_landscape_is_computed_with_progress_and_can_be_cancelled(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=20, patience=0))
    lab = open_lab(window, "actionLandscapeLab")
    qtbot.waitUntil(lambda: "no path" in lab.message.text(), timeout=10_000)
    train(window, qtbot)
    qtbot.waitUntil(lambda: lab.content.isVisible(), timeout=10_000)
    lab.compute.click()  # type: ignore[attr-defined]
    assert lab.compute.text() == "Cancel"  # type: ignore[attr-defined]
    lab.compute.click()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: lab.compute.text() == "Compute", timeout=10_000)  # type: ignore[attr-defined]
    lab.compute.click()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: lab.compute.text() == "Compute", timeout=30_000)  # type: ignore[attr-defined]
    assert "of the path's movement" in lab.words.text()  # type: ignore[attr-defined]
    assert len(lab.drawn) > 2  # type: ignore[attr-defined]
    lab.close()


def test_the_bent_space_of_the_playground(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window = open_window(CIRCLE)
    lab = open_lab(window, "actionHiddenSpaceLab")
    qtbot.waitUntil(lambda: bool(lab.points), timeout=10_000)  # type: ignore[attr-defined]
    assert lab.layers.count() >= 1 and len(lab.grid_lines.getData()[0]) > 100  # type: ignore[attr-defined]
    lab.close()


def test_a_neuron_shows_its_map_when_the_pointer_rests_on_it(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(CIRCLE)
    window.store.edit("", edits.set_training(window.project, epochs=5, patience=0))
    train(window, qtbot)
    scene = window.canvas.network
    layer = next(one for one in scene.layers.values() if one.declared.type == "tanh" and one.units)
    point = layer.neuron_places()[0]
    scene.neuron_text(point)  # asks for it
    qtbot.waitUntil(lambda: "data:image/png" in scene.neuron_text(point), timeout=10_000)


def test_other_language_opens_the_labs_again(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_name["actionSoftmaxLab"].trigger()
    window.use_language("es")
    qtbot.waitUntil(lambda: "actionSoftmaxLab" in window.labs.open, timeout=5_000)
    window.labs.open["actionSoftmaxLab"].close()


def test_a_run_of_other_data_is_not_shown_on_this_data(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=2, patience=0))
    train(window, qtbot)
    lab = open_lab(window, "actionLayersLab")
    qtbot.waitUntil(lambda: lab.content.isVisible(), timeout=10_000)
    window.store.edit("", edits.set_data(window.project, standardize=False))  # of the same shape
    qtbot.waitUntil(lambda: "trained on other data" in lab.message.text() and lab.message.isVisible(), timeout=10_000)
    lab.close()


def test_without_validation_samples_only_training_samples_can_be_picked(
    open_window: Open, qtbot: QtBot, open_lab: Callable[[MainWindow, str], Lab]
) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_data(window.project, validation=0.0))
    window.store.edit("", edits.set_training(window.project, epochs=2, patience=0))
    train(window, qtbot)
    lab = open_lab(window, "actionSoftmaxLab")
    part = lab.picker.part  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: part.currentText() == "Training", timeout=10_000)
    QTest.keyClick(part, Qt.Key.Key_Up)
    assert part.currentText() == "Training" and lab.picker.truth.text()  # type: ignore[attr-defined]
    lab.close()


def test_layers_whose_values_are_no_numbers_are_said_to_be() -> None:
    assert "no numbers" in activation_text(float("nan"), float("nan"), 5)
    assert "38% saturated" in activation_text(0.38, 0.2, 5)


def test_a_number_at_a_bar_is_as_exact_as_there_is_room_for(qtbot: QtBot) -> None:
    bars = Bars("probabilities", 0.0, 1.0, are_shares=True)
    qtbot.addWidget(bars)
    width = bars.fontMetrics().horizontalAdvance
    assert bars.number_text(0.986, 200) == "98.6\u202f%"
    assert bars.number_text(0.986, width("99\u202f%")) == "99\u202f%"
    assert bars.number_text(0.986, 5) == "" and bars.number_text(0.002, width("0.2\u202f%") - 1) == ""
    logits = Bars("z", -5.0, 5.0)
    qtbot.addWidget(logits)
    assert logits.number_text(-1.234, 200) == "−1.23" and logits.number_text(-1.234, width("−1.2")) == "−1.2"
