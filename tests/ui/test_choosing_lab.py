"""The lab that chooses by the test part on purpose: its switch by mouse and keys, and what it says of the lie."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.cli.main import main
from nnstudio.project import edits
from nnstudio.ui.labs.choosing_lab import ChoosingLab
from nnstudio.ui.look import theme
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open, opened_lab

LEFT = Qt.MouseButton.LeftButton
OpenLab = Callable[[MainWindow], ChoosingLab]


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A problem that nobody solves without errors, soon learnt."""
    path = tmp_path_factory.mktemp("noisy") / "x.nnstudio"
    source = "toy:circle?noise=0.3&samples=200"
    assert main(["new", str(path), "--data", source, "--layers", "dense:6,tanh,dense:out", "--set",
                 "training.epochs=5", "--set", "training.learning_rate=0.03"]) == 0  # fmt: skip
    return path


@pytest.fixture
def open_lab(qtbot: QtBot) -> OpenLab:
    def open_it(window: MainWindow) -> ChoosingLab:
        QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        lab = opened_lab(window, "actionChoosingLab", ChoosingLab, qtbot)
        qtbot.waitUntil(lab.content.isVisible)
        return lab

    return open_it


def train_candidates(lab: ChoosingLab, qtbot: QtBot) -> None:
    """By the button, which has the keys when the lab is opened."""
    assert lab.focusWidget() is lab.compute
    QTest.keyClick(lab.compute, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: lab.choices is not None and lab.compute.text() != "Cancel")


def corner(lab: ChoosingLab) -> QColor:
    """The colour most to be seen in the frame at the left."""
    image = lab.grab().toImage()
    found = [image.pixelColor(3, row).name() for row in range(0, image.height(), 3)]
    return QColor(max(found, key=found.count))


def test_the_switch_turns_what_is_chosen_by_and_a_red_frame_says_so(
    noisy: Path, open_window: Open, open_lab: OpenLab, qtbot: QtBot
) -> None:
    window = open_window(noisy)
    before = window.project
    lab = open_lab(window)
    train_candidates(lab, qtbot)
    assert lab.choices is not None and lab.choices.test.shape[0] == 20
    choices, problem = lab.choices, QColor(theme.colors().problem)
    assert not lab.lying.isChecked() and corner(lab) != problem and "as it should be" in lab.banner.text()
    chosen = int(choices.chosen["validation"][0])
    assert f"candidate {chosen + 1} of 20 says" in lab.words.text() and "off by" in lab.words.text()
    dots = lab.candidates.dots.getData()[0].copy()
    assert dots == pytest.approx(100 * choices.validation[:, 0])
    QTest.mouseClick(lab.lying, LEFT, pos=QPoint(10, lab.lying.height() // 2))
    assert lab.lying.isChecked() and lab.banner.text().endswith("it lies on purpose")
    assert corner(lab) == problem
    qtbot.waitUntil(lambda: lab.candidates.turned == 1.0)
    assert lab.candidates.dots.getData()[0] == pytest.approx(100 * choices.test[:, 0])
    best = int(choices.test[:, 0].argmax())
    said, truth = 100 * choices.test[best, 0], 100 * choices.fresh[best, 0]
    assert lab.candidates.told.getData()[1][0] == pytest.approx(said)
    assert lab.candidates.ring.getData()[1][0] == pytest.approx(truth)
    assert f"candidate {best + 1} of 20 says {said:.1f}" in lab.words.text() and f"{truth:.1f}" in lab.words.text()
    assert lab.candidates.accessibleDescription() == lab.words.text()
    assert lab.lies.accessibleDescription() == lab.average.text()
    # Back by a key, and the picture goes with it.
    lab.lying.setFocus()
    QTest.keyClick(lab.lying, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: lab.candidates.turned == 0.0)
    assert lab.candidates.dots.getData()[0] == pytest.approx(dots) and corner(lab) != problem
    assert lab.choices is choices  # nothing was computed for that
    # The project is what it was: no run, no opening.
    assert window.project == before and not before.openings
    lab.close()


def test_the_averages_are_those_of_all_divisions(
    noisy: Path, open_window: Open, open_lab: OpenLab, qtbot: QtBot
) -> None:
    lab = open_lab(open_window(noisy))
    train_candidates(lab, qtbot)
    assert lab.choices is not None
    lies, honest = 100 * lab.choices.lies("test"), 100 * lab.choices.lies("validation")
    assert lies.mean() > 1 and f"too high by {lies.mean():.1f} points on average" in lab.average.text()
    assert f"too high in {np.mean(lies > 0):.0%}"[:-1] in lab.average.text()
    assert lab.lies.words["test"].toPlainText() == f"{lies.mean():+.1f}"
    assert float(lab.lies.words["validation"].toPlainText()) == pytest.approx(honest.mean(), abs=0.051)
    first = lab.words.text()
    QTest.keyClick(lab.anew, Qt.Key.Key_Space)
    assert lab.division == 1 and lab.words.text() != first
    assert lab.lies.here["test"].getData()[0][0] == pytest.approx(lies[1], abs=3)
    lab.close()


def test_other_sizes_divide_anew_and_more_candidates_are_trained(
    noisy: Path, open_window: Open, open_lab: OpenLab, qtbot: QtBot
) -> None:
    lab = open_lab(open_window(noisy))
    train_candidates(lab, qtbot)
    answers = lab.answers
    lab.size_of_parts.setFocus()
    QTest.keyClick(lab.size_of_parts, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: lab.choices is not None and lab.choices.rows == 100)
    assert lab.answers is answers  # divided, and nothing trained
    QTest.keyClick(lab.count, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: lab.choices is not None and len(lab.choices.test) == 5)
    assert lab.answers is answers
    QTest.keyClick(lab.count, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: lab.choices is not None and len(lab.choices.test) == 50)
    assert lab.answers is not None and len(lab.answers) == 50
    lab.close()


def test_too_few_rows_are_said_and_a_smaller_size_mends_it(open_window: Open, open_lab: OpenLab, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=3))
    lab = open_lab(window)
    QTest.keyClick(lab.compute, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "need 150" in lab.candidates.notice.text())
    assert lab.content.isVisible() and lab.choices is None and not lab.words.text()
    QTest.keyClick(lab.size_of_parts, Qt.Key.Key_Home)
    QTest.keyClick(lab.compute, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: lab.choices is not None)
    assert not lab.candidates.notice.text() and "fresh rows" in lab.words.text()
    lab.close()


def test_a_training_is_cancelled_and_another_network_begins_anew(
    noisy: Path, open_window: Open, open_lab: OpenLab, qtbot: QtBot
) -> None:
    window = open_window(noisy)
    lab = open_lab(window)
    lab.count.setCurrentIndex(2)
    QTest.keyClick(lab.compute, Qt.Key.Key_Space)
    assert lab.compute.text() == "Cancel" and lab.progress.isVisible()
    QTest.keyClick(lab.compute, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: lab.compute.text() != "Cancel")
    assert lab.choices is None and not lab.progress.isVisible()
    lab.count.setCurrentIndex(0)
    train_candidates(lab, qtbot)
    moved = edits.move(window.project, {window.project.network.layers[0].id: (40.0, 300.0)})
    window.store.edit("", moved)
    lab.look()
    assert lab.choices is not None  # where a layer lies changes nothing
    window.store.edit("", edits.set_training(window.project, learning_rate=0.1))
    lab.look()
    assert lab.choices is None and "has changed" in lab.candidates.notice.text()
    lab.close()


def test_where_nobody_errs_there_is_nothing_to_lie_about(open_window: Open, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(open_window(paths.examples() / "circle.nnstudio"))
    lab.lying.setChecked(True)
    train_candidates(lab, qtbot)
    assert "make no mistake at all" in lab.average.text()
    lab.close()


def test_everything_to_press_has_a_name_and_says_that_the_test_set_stays_sealed(
    open_window: Open, open_lab: OpenLab
) -> None:
    lab = open_lab(open_window(IRIS))
    for widget in (lab.count, lab.size_of_parts, lab.compute, lab.lying, lab.anew, lab.progress, lab.candidates):
        assert widget.accessibleName()
    assert any("sealed and unopened" in label.text() for label in lab.findChildren(QLabel))
    lab.close()
