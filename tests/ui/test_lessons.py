"""Lessons in the window by real mouse and keys: asked first, trained, explained; left without a loss."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.lessons.progress import Phase
from nnstudio.project.archive import open_project, save
from nnstudio.ui.lessons import player
from nnstudio.ui.lessons.panel import LessonRow
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open, retype

LEFT = Qt.MouseButton.LeftButton


def words(text: str) -> dict[str, str]:
    return {"en": text, "es": text}


def step(id: str, **parts: Any) -> dict[str, Any]:
    return {"id": id, "title": words(id), "text": words("What do you think?"), **parts}


CIRCLE = {"example": "circle", "settings": {"training.epochs": "6", "training.patience": "0"}}
FINISHED = [{"type": "run_finished"}]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody watches the runs here."""
    monkeypatch.setattr(player, "SECONDS_TO_WATCH", 0.1)


@pytest.fixture
def begin(tmp_path: Path, open_window: Open, qtbot: QtBot) -> Any:
    """A window in which a lesson of these steps has begun."""

    def made(*steps: dict[str, Any]) -> MainWindow:
        path = tmp_path / "try.lesson.json"
        path.write_text(json.dumps({"format": 1, "title": words("Try"), "steps": steps}))
        window = open_window()
        window.lessons.open(path)
        qtbot.waitUntil(lambda: window.project.facts is not None and not window.loader.is_loading)
        return window

    return made


def button(window: MainWindow, name: str) -> QAbstractButton:
    found = window.lessons.panel.area.widget().findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def press(window: MainWindow, name: str) -> None:
    QTest.mouseClick(button(window, name), LEFT)


def onward(window: MainWindow) -> QPushButton:
    return window.lessons.panel.onward


def texts(window: MainWindow) -> str:
    return "\n".join(label.text() for label in window.lessons.panel.area.widget().findChildren(QLabel))


def train(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "lessonTrain")
    qtbot.waitUntil(lambda: window.lessons.player.phase is Phase.REVEAL, timeout=60_000)


def test_a_choice_is_kept_before_the_run_and_not_judged(begin: Any, qtbot: QtBot, tmp_path: Path) -> None:
    options = [{"id": "up", "text": words("It rises")}, {"id": "down", "text": words("It falls")}]
    asked = step(
        "one",
        start=CIRCLE,
        ask={"type": "choice", "options": options, "answer": "down", "again": True},
        goal=FINISHED,
        reveal=words("You said {prediction}: it ended at {last_validation_loss}."),
    )
    window = begin(asked)
    named = window.actions_by_name
    assert not named["actionTrain"].isEnabled() and not button(window, "lessonPredict").isEnabled()
    press(window, "answer_up")
    press(window, "lessonPredict")
    assert "You said: It rises. Talk to your neighbour" in texts(window)
    press(window, "answer_down")
    press(window, "lessonPredict")
    assert "You said: It falls. See how it is." in texts(window)
    first, second = window.project.predictions
    assert (first.choice, first.attempt, second.choice, second.attempt) == ("up", 1, "down", 2)
    assert first.made <= second.made and first.made.endswith("+00:00") and not second.run
    assert named["actionTrain"].isEnabled()
    train(window, qtbot)
    run = window.project.runs[0]
    assert f"You said It falls: it ended at {run.history.validation_loss[-1]:.4g}." in texts(window)
    assert window.project.predictions[1].run == run.id
    save(window.project, tmp_path / "kept.nnstudio")
    assert open_project(tmp_path / "kept.nnstudio").predictions == window.project.predictions


def test_curves_are_put_in_order_and_all_are_trained(begin: Any, qtbot: QtBot) -> None:
    curves = [
        {"id": id, "text": words(f"rate {rate}"), "settings": {"training.learning_rate": rate}}
        for id, rate in (("small", "0.0003"), ("good", "0.1"), ("large", "0.03"))
    ]
    asked = step(
        "one",
        start=CIRCLE,
        ask={"type": "order", "curves": curves, "measure": "last_validation_loss"},
        goal=[{"type": "run_finished", "count": 3}],
        reveal=words("{last_validation_loss.good} {last_validation_loss.small}"),
    )
    window = begin(asked)
    shown = window.lessons.panel.findChild(QListWidget, "orderAnswer")
    assert shown is not None
    QTest.mouseClick(shown.viewport(), LEFT, pos=shown.visualItemRect(shown.item(1)).center())
    up = next(one for one in window.lessons.panel.findChildren(QPushButton) if one.text() == "Up")
    QTest.mouseClick(up, LEFT)
    press(window, "lessonPredict")
    assert window.project.predictions[0].order == ("good", "small", "large")
    assert "You said: B < A < C." in texts(window)
    train(window, qtbot)
    assert len(window.project.runs) == 3 and set(window.plots.plot("loss").lines) == {"curve_a", "curve_b", "curve_c"}
    ends = {run.training.learning_rate: run.history.validation_loss[-1] for run in window.project.runs}
    assert f"{ends[0.1]:.4g} {ends[0.0003]:.4g}" in texts(window)
    assert "A: rate 0.0003" in window.plots.comparison.text()


def test_the_star_is_dragged_and_stays_beside_what_came(begin: Any, qtbot: QtBot) -> None:
    window = begin(step("one", start=CIRCLE, ask={"type": "star"}, goal=FINISHED, reveal=words("{best_epoch}")))
    answers = window.lessons.panel.answers
    plot = answers.plot
    qtbot.waitUntil(plot.isVisible)
    view = plot.viewport()
    box = plot.plotItem.vb

    def at(epoch: float) -> QPoint:
        return plot.mapFromScene(box.mapViewToScene(box.viewRect().center().__class__(epoch, 0.3)))

    QTest.mousePress(view, LEFT, pos=at(2))
    QTest.mouseMove(view, at(3))
    QTest.mouseMove(view, at(4))
    QTest.mouseRelease(view, LEFT, pos=at(4))
    assert answers.star.value() == 4
    press(window, "lessonPredict")
    assert window.project.predictions[0].number == 4 and "You said: 4." in texts(window)
    train(window, qtbot)
    assert answers.star.isVisible() and answers.star.value() == 4 and answers.star.label.toPlainText() == "you: 4"
    low, high = box.viewRange()[0]
    assert low <= 4 <= high


def test_a_curve_is_sketched_and_stays(begin: Any, qtbot: QtBot) -> None:
    window = begin(step("one", start=CIRCLE, ask={"type": "sketch"}, goal=FINISHED, reveal=words("See.")))
    answers = window.lessons.panel.answers
    plot = answers.plot
    qtbot.waitUntil(plot.isVisible)
    view, box = plot.viewport(), plot.plotItem.vb
    point = type(box.viewRect().center())

    def at(epoch: float, loss: float) -> QPoint:
        return plot.mapFromScene(box.mapViewToScene(point(epoch, loss)))

    QTest.mousePress(view, LEFT, pos=at(1, 0.8))
    for epoch in range(2, 7):
        QTest.mouseMove(view, at(epoch, 0.8 - 0.1 * epoch))
    QTest.mouseRelease(view, LEFT, pos=at(6, 0.2))
    press(window, "lessonPredict")
    curve = window.project.predictions[0].curve
    assert (
        len(curve) == 6 and curve[0][1] == pytest.approx(0.8, abs=0.05) and curve[-1][1] == pytest.approx(0.2, abs=0.05)
    )
    train(window, qtbot)
    assert answers.curve.isVisible() and list(answers.curve.getData()[0]) == [epoch for epoch, _loss in curve]


def test_no_step_traps_and_f4_takes_it_back_to_its_start(begin: Any, qtbot: QtBot) -> None:
    window = begin(
        step("one", start=CIRCLE, goal=[{"type": "setting_is", "setting": "training.batch_size", "value": "7"}]),
        step("two", ask={"type": "number", "lowest": 0, "highest": 50, "measure": "parameters"}),
    )
    playing = window.lessons.player
    assert onward(window).text() == "Go on anyway"
    retype(window.training_panel.form.fields["batch_size"], "7")
    QTest.keyClick(window.training_panel.form.fields["batch_size"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: onward(window).text() == "Next")
    QTest.keyClick(window, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: window.project.training.batch_size == 10)
    window.findChild(QAction, "actionUndo").trigger()
    assert window.project.training.batch_size == 7
    QTest.keyClick(window, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: onward(window).text() == "Go on anyway")
    QTest.mouseClick(onward(window), LEFT)
    assert playing.step.id == "two" and playing.asks and not window.totals.isVisible()
    QTest.mouseClick(onward(window), LEFT)
    assert not playing.asks and window.totals.isVisible() and not window.project.predictions
    assert not playing.trains, "the drawing tells how many parameters there are"
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert playing.step.id == "one" and not playing.is_met


def test_a_warning_is_put_right_by_a_click(begin: Any, qtbot: QtBot) -> None:
    large = {"type": "setting_at_least", "setting": "training.learning_rate", "value": 2}
    warn = {"when": [large], "text": words("A very large rate."), "repair": {"training.learning_rate": "0.1"}}
    window = begin(step("one", start=CIRCLE, warn=[warn]))
    retype(window.training_panel.form.fields["learning_rate"], "3")
    QTest.keyClick(window.training_panel.form.fields["learning_rate"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "A very large rate." in texts(window))
    press(window, "lessonPutRight")
    assert window.project.training.learning_rate == 0.1
    qtbot.waitUntil(lambda: "A very large rate." not in texts(window))


def test_escape_leaves_the_lesson_and_keeps_the_work(begin: Any, qtbot: QtBot) -> None:
    window = begin(
        step(
            "one",
            start=CIRCLE,
            show=["plots", "canvas", "trainingPanel"],
            allow=["actionTrain"],
            point="field_learning_rate",
        )
    )
    named, tabs = window.actions_by_name, window.tabs
    ring = window.findChild(QWidget, "lessonRing")
    qtbot.waitUntil(ring.isVisible)
    field = window.training_panel.form.fields["learning_rate"]
    middle = field.mapTo(window, field.rect().center())
    assert ring.geometry().contains(middle)
    assert [tabs.isTabVisible(place) for place in range(tabs.count())].count(True) == 1
    assert not window.palette_panel.isVisible()
    assert not named["actionTenSeeds"].isEnabled() and not named["actionChainLab"].isEnabled()
    window.store.edit("width", window.project)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.lessons.player.is_playing and window.project.training.epochs == 6
    assert window.palette_panel.isVisible() and not ring.isVisible()
    assert named["actionTenSeeds"].isEnabled() and named["actionChainLab"].isEnabled()
    assert all(tabs.isTabVisible(place) for place in range(tabs.count()))
    assert "Lesson" in window.lessons.panel.accessibleName() and "Lessons" in texts(window)


def test_a_lesson_goes_on_in_another_language(begin: Any, qtbot: QtBot) -> None:
    window = begin(step("one", start=CIRCLE, title={"en": "Before", "es": "Antes"}), step("two"))
    assert "Before" in texts(window)
    window.use_language("es")
    assert "Antes" in texts(window)
    qtbot.waitUntil(window.lessons.panel.isVisible)
    window.use_language("en")
    qtbot.waitUntil(window.lessons.panel.isVisible)
    QTest.mouseClick(onward(window), LEFT)
    assert window.lessons.player.step.id == "two"


def test_the_list_opens_by_its_key_and_a_click_begins(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    QTest.keyClick(window, Qt.Key.Key_F3)
    panel = window.lessons.panel
    qtbot.waitUntil(panel.isVisible)
    rows = panel.findChildren(LessonRow)
    assert rows
    QTest.mouseClick(rows[0], LEFT)
    qtbot.waitUntil(lambda: window.lessons.player.is_playing)
    assert window.store.path is None
    QTest.keyClick(window, Qt.Key.Key_Escape)
    QTest.keyClick(window, Qt.Key.Key_F3)
    assert not panel.isVisible()


def test_a_file_that_is_no_lesson_is_said_and_changes_nothing(open_window: Open, tmp_path: Path) -> None:
    window = open_window()
    before = window.project
    bad = tmp_path / "bad.lesson.json"
    for content in ("{", '{"format": 9, "title": {}, "steps": []}', '{"format": 1, "title": {"en": "x"}, "steps": []}'):
        bad.write_text(content)
        window.lessons.open(bad)
        assert window.project is before and not window.lessons.player.is_playing
        assert "bad.lesson.json" in window.messages.label.text()
