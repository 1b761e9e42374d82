"""The lab of the threshold, by mouse and keys, on a network that tells malignant from benign."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.cli.main import main
from nnstudio.project import edits
from nnstudio.ui.labs.threshold_lab import NOTHING, ThresholdLab
from nnstudio.ui.labs.threshold_plots import ticks
from nnstudio.ui.labs.threshold_rows import MOST, score_text
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import move
from tests.ui.driving import IRIS, Open, opened_lab, train

LEFT = Qt.MouseButton.LeftButton
OpenLab = Callable[[Path], ThresholdLab]


def made(folder: Path, data: str, layers: str, *options: str) -> Path:
    """A project file with a run."""
    path = folder / "x.nnstudio"
    assert main(["new", str(path), "--data", data, "--layers", layers, *options]) == 0
    assert main(["train", str(path), "--epochs", "8"]) == 0
    return path


@pytest.fixture(scope="module")
def cancer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("cancer"), "builtin:breast_cancer", "dense:6,tanh,dense:out")


@pytest.fixture
def open_lab(open_window: Open, qtbot: QtBot) -> OpenLab:
    """The lab by its keys, with an answer."""

    def open_it(path: Path) -> ThresholdLab:
        lab = opened(open_window(path), qtbot)
        qtbot.waitUntil(lambda: lab.found is not None)
        return lab

    return open_it


def opened(window: MainWindow, qtbot: QtBot) -> ThresholdLab:
    QTest.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    return opened_lab(window, "actionThresholdLab", ThresholdLab, qtbot)


def counts_of(lab: ThresholdLab) -> list[int]:
    """Of the table: true positives, false negatives, false positives, true negatives."""
    cells = [lab.confusion.item(place // 2, place % 2) for place in range(4)]
    return [int(cell.text().split("\n")[0].replace("\u00a0", "")) for cell in cells if cell is not None]


def number(lab: ThresholdLab, name: str) -> float:
    return float(lab.numbers[name].number.text().rstrip("\u202f%")) / 100


def agrees(lab: ThresholdLab) -> bool:
    """Whether everything that is shown belongs to the threshold."""
    assert lab.found is not None
    found, missed, alarmed, passed = counts_of(lab)
    scores = lab.found.positive_scores, lab.found.negative_scores
    expected = [int((one >= lab.threshold).sum()) for one in scores]
    assert [found, alarmed] == expected and [missed, passed] == [
        len(one) - count for one, count in zip(scores, expected, strict=True)
    ]
    assert number(lab, "accuracy") == pytest.approx((found + passed) / len(np.concatenate(scores)), abs=6e-4)
    assert lab.missed.rows.rowCount() == min(MOST, missed) and lab.alarmed.rows.rowCount() == min(MOST, alarmed)
    assert f"{missed} missed" in lab.missed_title.text() and f"{alarmed} false alarm" in lab.alarmed_title.text()
    words = [item.toPlainText() for item in lab.histogram.words]
    assert [str(count) in text for count, text in zip((missed, found, passed, alarmed), words, strict=True)] == [
        True
    ] * 4
    assert lab.histogram.line.value() == pytest.approx(lab.threshold)
    across, up = (float(one[0]) for one in lab.roc.point.getData())
    assert (across, up) == (alarmed / (alarmed + passed), found / (found + missed))
    at_recall, precision = lab.precise.point.getData()
    if found + alarmed:
        assert (at_recall[0], precision[0]) == (found / (found + missed), found / (found + alarmed))
        assert number(lab, "precision") == pytest.approx(precision[0], abs=6e-4)
    else:
        assert len(precision) == 0 and lab.numbers["precision"].number.text() == NOTHING
    return True


def test_numbers_lists_and_curves_are_those_of_the_threshold(cancer: Path, open_lab: OpenLab) -> None:
    lab = open_lab(cancer)
    assert lab.threshold == 0.5 and lab.positive.currentText() == "malignant" and agrees(lab)
    assert "always “benign”" in lab.numbers["baseline"].caption.text() and number(lab, "baseline") == 0.623
    assert "area" in lab.roc.plotItem.titleLabel.text and "average precision" in lab.precise.plotItem.titleLabel.text
    assert [lab.part.itemText(place) for place in range(lab.part.count())] == ["Validation", "Training"]
    lab.close()


def test_the_slider_is_moved_by_keys_and_everything_follows_at_once(cancer: Path, open_lab: OpenLab) -> None:
    lab = open_lab(cancer)
    assert lab.focusWidget() is lab.slider
    QTest.keyClick(lab.slider, Qt.Key.Key_Right)
    assert lab.threshold == pytest.approx(0.501) and agrees(lab)
    QTest.keyClick(lab.slider, Qt.Key.Key_PageUp)
    assert lab.threshold == pytest.approx(0.551) and agrees(lab)
    for _time in range(5):
        QTest.keyClick(lab.slider, Qt.Key.Key_PageUp)
        assert agrees(lab)
    QTest.keyClick(lab.slider, Qt.Key.Key_End)
    assert lab.threshold == 1.0 and agrees(lab) and counts_of(lab)[0] == 0
    QTest.keyClick(lab.slider, Qt.Key.Key_Home)
    assert lab.threshold == 0.0 and agrees(lab) and counts_of(lab)[1] == 0 and number(lab, "recall") == 1
    QTest.mouseClick(lab.back, LEFT)
    assert lab.threshold == 0.5 and lab.slider.value() == 500 and agrees(lab)
    lab.close()


def place_of(lab: ThresholdLab, threshold: float) -> QPoint:
    """Where a threshold lies on the histogram, in the middle of its height."""
    box = lab.histogram.plotItem.vb
    low, high = box.viewRange()[1]
    return lab.histogram.mapFromScene(box.mapViewToScene(QPointF(threshold, low + 0.6 * (high - low))))


def test_the_line_is_dragged_and_a_place_is_clicked(cancer: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(cancer)
    viewport = lab.histogram.viewport()
    qtbot.waitUntil(lambda: lab.histogram.plotItem.vb.width() > 200)
    start, end = place_of(lab, 0.5), place_of(lab, 0.2)
    QTest.mousePress(viewport, LEFT, pos=start)
    for step in range(1, 7):
        move(viewport, start + (end - start) * step / 6)
        assert agrees(lab)
    QTest.mouseRelease(viewport, LEFT, pos=end)
    assert lab.threshold == pytest.approx(0.2, abs=0.02)
    assert lab.slider.value() == pytest.approx(200, abs=20)
    QTest.mouseClick(viewport, LEFT, pos=place_of(lab, 0.8))
    assert lab.threshold == pytest.approx(0.8, abs=0.02) and agrees(lab)
    lab.close()


def test_a_wished_precision_is_set_by_the_button_and_by_enter(cancer: Path, open_lab: OpenLab) -> None:
    lab = open_lab(cancer)
    assert lab.found is not None
    QTest.mouseClick(lab.reach, LEFT)
    at_99 = lab.threshold
    assert at_99 == lab.found.threshold_of_precision(0.99) and number(lab, "precision") >= 0.99 and agrees(lab)
    assert "Set to" in lab.reached.text()
    lab.wish.setFocus()
    lab.wish.selectAll()
    QTest.keyClicks(lab.wish, "60")
    QTest.keyClick(lab.wish, Qt.Key.Key_Return)
    assert lab.threshold == lab.found.threshold_of_precision(0.6) != at_99 and lab.isVisible() and agrees(lab)
    QTest.keyClick(lab.slider, Qt.Key.Key_Left)
    assert not lab.reached.text()
    lab.close()


def test_the_other_class_and_the_other_part_are_chosen_by_keys(cancer: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(cancer)
    assert lab.found is not None
    positives = lab.found.positives
    lab.positive.setFocus()
    QTest.keyClick(lab.positive, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: lab.found is not None and lab.found.negatives == positives)
    assert agrees(lab) and "benign" in lab.confusion.horizontalHeaderItem(0).text()  # type: ignore[union-attr]
    lab.slider.setFocus()
    QTest.keyClick(lab.slider, Qt.Key.Key_PageUp)
    lab.part.setFocus()
    QTest.keyClick(lab.part, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: lab.found is not None and lab.found.positives > 200)
    assert lab.threshold == pytest.approx(0.55) and agrees(lab)  # stays where it was
    QTest.keyClick(lab.slider, Qt.Key.Key_End)
    missed = counts_of(lab)[1]
    assert missed > MOST == lab.missed.rows.rowCount() and lab.missed_title.text() == f"{missed} missed, the worst 200"
    lab.close()


def test_the_rows_are_listed_with_their_scores_and_columns(cancer: Path, open_lab: OpenLab) -> None:
    lab = open_lab(cancer)
    QTest.keyClick(lab.slider, Qt.Key.Key_End)
    rows, dataset = lab.missed.rows, lab.dataset
    assert dataset is not None and rows.titles[:3] == ["Row", "p(malignant)", "mean radius"] and len(rows.titles) == 12
    scores = [float(rows.index(row, 1).data()) for row in range(rows.rowCount())]
    assert scores == sorted(scores)  # the worst first
    row = int(rows.index(0, 0).data()) - 1
    assert row in dataset.validation.rows and dataset.preparation.classes[dataset.validation.all_targets[row]] == (
        "malignant"
    )
    column = dataset.preparation.columns[0]
    radius = float(dataset.validation.all_inputs[row, 0]) * column.scale + column.mean
    assert rows.index(0, 2).data() == f"{radius:.4g}"
    QTest.keyClick(lab.slider, Qt.Key.Key_Home)
    assert rows.rowCount() == 0
    lab.close()


def turn_wheel(widget: QWidget) -> None:
    point = QPointF(widget.rect().center())
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(point, QPointF(widget.mapToGlobal(point.toPoint())), QPoint(), QPoint(0, 120), *none, False)
    QApplication.sendEvent(widget, event)


def test_a_wheel_changes_nothing(cancer: Path, open_lab: OpenLab) -> None:
    lab = open_lab(cancer)
    plots = lab.histogram, lab.roc, lab.precise
    before = [plot.plotItem.vb.viewRange() for plot in plots]
    for widget in (lab.slider, lab.part, lab.positive, lab.wish):
        widget.setFocus()
        turn_wheel(widget)
    for plot in plots:
        turn_wheel(plot.viewport())
    assert (lab.threshold, lab.slider.value(), lab.wish.value()) == (0.5, 500, 99)
    assert (lab.part.currentIndex(), lab.positive.currentText()) == (0, "malignant")
    assert [plot.plotItem.vb.viewRange() for plot in plots] == before
    lab.close()


def test_everything_has_a_name_and_is_reached_by_the_keyboard(cancer: Path, open_lab: OpenLab) -> None:
    lab = open_lab(cancer)
    controls = {lab.part, lab.positive, lab.wish, lab.reach, lab.slider, lab.back}
    controls |= {lab.confusion, lab.missed, lab.alarmed}
    reached: set[Any] = set()
    for _time in range(30):
        reached.add(lab.focusWidget())
        QTest.keyClick(lab.focusWidget(), Qt.Key.Key_Tab)
    assert controls <= reached
    assert all(widget.accessibleName() for widget in reached)
    assert all(widget.accessibleName() for widget in (lab.histogram, lab.roc, lab.precise))
    assert "recall" in lab.roc.accessibleDescription() and "missed" in lab.histogram.accessibleDescription()
    assert lab.numbers["recall"].number.accessibleName() == f"Recall: {lab.numbers['recall'].number.text()}"
    assert all(label.textFormat() != Qt.TextFormat.RichText for label in lab.findChildren(QLabel))
    lab.close()


def test_another_run_is_followed_and_the_threshold_stays(cancer: Path, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(cancer)
    lab = opened(window, qtbot)
    qtbot.waitUntil(lambda: lab.found is not None)
    QTest.keyClick(lab.slider, Qt.Key.Key_PageUp)
    before, run = lab.found, lab.run_shown
    window.store.edit("", edits.set_training(window.project, epochs=2, seed=5))
    train(window, qtbot)
    qtbot.waitUntil(lambda: lab.found is not before and lab.run_shown is not run)
    assert lab.threshold == pytest.approx(0.55) and agrees(lab)
    lab.close()


def test_outputs_that_are_no_probabilities_are_divided_at_0(tmp_path: Path, open_lab: OpenLab) -> None:
    path = made(tmp_path, "builtin:breast_cancer", "dense:4,tanh,dense:1", "--set", "training.loss=mse")
    lab = open_lab(path)
    assert lab.threshold == 0 and lab.back.text() == "Back to 0" and "score ≥ 0" in lab.value.text() and agrees(lab)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_End):
        QTest.keyClick(lab.slider, key)
        assert agrees(lab)
    assert lab.threshold > 0 and lab.missed.rows.titles[1] == "score"
    lab.close()


def test_a_part_without_one_of_the_classes_is_shown_with_dashes(tmp_path: Path, open_lab: OpenLab) -> None:
    table = tmp_path / "rare.csv"
    rows = [f"{n % 7},{n % 5},{'rare' if n == 3 else 'usual'}" for n in range(40)]
    table.write_text("\n".join(["x,y,kind", *rows]), encoding="utf-8")
    lab = open_lab(made(tmp_path, str(table), "dense:3,tanh,dense:out", "--set", "data.stratify=false"))
    assert lab.found is not None
    if lab.found.positives and lab.found.negatives:
        pytest.fail("the split has the rare row among the validation samples")
    assert lab.roc.notice.text() and len(lab.roc.point.getData()[0]) == 0
    assert lab.numbers["recall"].number.text() == NOTHING
    QTest.mouseClick(lab.reach, LEFT)
    assert "No threshold" in lab.reached.text()
    lab.close()


def test_pictures_are_listed_as_pictures(tmp_path: Path, open_lab: OpenLab) -> None:
    generator = np.random.default_rng(0)
    bright = generator.random(60) < 0.4
    pixels = generator.random((60, 36)) + bright[:, None]
    table = tmp_path / "pictures.csv"
    rows = [",".join([*(f"{one:.3f}" for one in row), str(label)]) for row, label in zip(pixels, bright, strict=True)]
    table.write_text("\n".join([",".join([*(f"p{n}" for n in range(36)), "is_bright"]), *rows]), encoding="utf-8")
    lab = open_lab(made(tmp_path, str(table), "dense:3,tanh,dense:out"))
    QTest.keyClick(lab.slider, Qt.Key.Key_End)
    rows_listed = lab.missed.rows
    assert rows_listed.rowCount() > 0 and rows_listed.columnCount() == 2  # no pixels beside the picture
    icon = rows_listed.index(0, 0).data(Qt.ItemDataRole.DecorationRole)
    assert not icon.isNull() and rows_listed.index(0, 1).data(Qt.ItemDataRole.DecorationRole) is None
    lab.close()


def test_more_classes_are_said_to_have_no_threshold(open_window: Open, qtbot: QtBot) -> None:
    lab = opened(open_window(IRIS), qtbot)
    qtbot.waitUntil(lambda: "3 classes" in lab.message.text() and lab.message.isVisible())
    lab.close()


@pytest.mark.parametrize(
    ("score", "text"),
    [(0.5, "0.5"), (0.12345, "0.1235"), (0.99998, "0.99998"), (1.0, "1"), (1 - 1e-16, "1"), (-1.5, "-1.5")],
)
def test_a_score_near_one_is_told_from_it(score: float, text: str) -> None:
    assert score_text(score) == text


def test_the_heights_of_bars_are_named_by_their_counts() -> None:
    assert ticks(3) == [(-np.log1p(3), "3"), (0.0, "0"), (np.log1p(3), "3")]
    assert [text for _place, text in ticks(1234)] == ["10", "100", "1\u00a0000", "0", "10", "100", "1\u00a0000"]
