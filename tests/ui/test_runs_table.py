"""The table of runs under keys and pointer: filter, order, stars, notes, several runs at once, and what arrives
meanwhile."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.project import edits, run_edits
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import Project, Run
from nnstudio.project.test_seal import Opening
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.training.status_text import status
from nnstudio.ui.window import MainWindow
from tests.many_runs import with_runs
from tests.ui.driving import CONTROL, Open, click_run, opened_lab, run_cells, run_point

Key = Qt.Key


@pytest.fixture
def window(open_window: Open, tmp_path: Path) -> MainWindow:
    """A window with 60 runs in two studies, its table in front and its headings away."""
    path = tmp_path / "runs.nnstudio"
    save(with_runs(60), path)
    window: MainWindow = open_window(path)
    window.tabs.setCurrentWidget(window.runs_panel)
    window.runs_panel._group()
    return window


def numbers(window: MainWindow) -> list[int]:
    return [int(cell) for cell in run_cells(window, "number")]


def write(window: MainWindow, text: str) -> None:
    """Type into the filter."""
    window.runs_panel.filter.setFocus()
    QTest.keyClicks(window.runs_panel.filter, text)


def click_title(window: MainWindow, key: str) -> None:
    table = window.runs_panel.table
    header = table.horizontalHeader()
    place = window.runs_panel.model.place_of(key)
    table.scrollTo(window.runs_panel.model.index(0, place))
    middle = header.sectionViewportPosition(place) + min(20, header.sectionSize(place) // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle, header.height() // 2))


def undo(window: MainWindow) -> None:
    window.actions_by_name["actionUndo"].trigger()


def note_field(window: MainWindow) -> QLineEdit:
    fields = [one for one in window.runs_panel.table.findChildren(QLineEdit, "runNote") if one.isVisible()]
    assert len(fields) == 1
    return fields[0]


def test_what_is_typed_filters_and_a_wrong_comparison_says_so(window: MainWindow) -> None:
    panel = window.runs_panel
    assert numbers(window) == list(range(60, 0, -1))
    write(window, "sgd learning_rate>0.01")
    assert set(run_cells(window, "optimizer")) == {"SGD"} and set(run_cells(window, "learning_rate")) == {"0.03", "0.1"}
    assert panel.said.text() == f"{len(numbers(window))} of 60 runs"
    before = numbers(window)
    write(window, " acuracy>1")
    assert "Is “accuracy” meant?" in panel.said.text() and numbers(window) == before
    QTest.keyClick(panel.filter, Key.Key_Escape)
    assert panel.filter.text() == "" and len(numbers(window)) == 60 and panel.said.isHidden()


def test_a_click_at_a_title_sorts_by_numbers_turns_round_and_ends(window: MainWindow) -> None:
    losses = {facts.run.id: facts.loss for facts in window.runs_panel.model.table.rows}

    def shown() -> list[float]:
        return [losses[run.id] for run in window.runs_panel.model.runs()]  # type: ignore[misc]

    click_title(window, "loss")
    assert shown() == sorted(shown()) and window.runs_panel.table.horizontalHeader().isSortIndicatorShown()
    click_title(window, "loss")
    assert shown() == sorted(shown(), reverse=True)
    click_title(window, "loss")
    assert numbers(window) == list(range(60, 0, -1))


def test_a_click_or_a_key_puts_a_star_on_and_undo_takes_it_off(window: MainWindow) -> None:
    table = window.runs_panel.table
    place = run_point(window, 0, "is_starred")
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.project.runs[-1].is_starred and run_cells(window, "is_starred")[0] == "★"
    assert window.runs_panel.selected == []
    undo(window)
    assert not window.project.runs[-1].is_starred and run_cells(window, "is_starred")[0] == "☆"
    click_run(window, 0)
    click_run(window, 1, modifier=CONTROL)
    QTest.keyClick(table, Key.Key_S)
    assert [run.is_starred for run in window.project.runs[-2:]] == [True, True]
    undo(window)
    assert not any(run.is_starred for run in window.project.runs[-2:])


@pytest.mark.parametrize("way", ["F2", "double click"])
def test_a_note_is_written_in_its_cell_as_one_step(window: MainWindow, qtbot: QtBot, way: str) -> None:
    table = window.runs_panel.table
    click_run(window, 0)
    if way == "F2":
        QTest.keyClick(table, Key.Key_F2)
    else:
        place = run_point(window, 0, "note")
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    field = note_field(window)
    QTest.keyClicks(field, "overfits early")
    assert window.project.runs[-1].note == "overfits early"  # in the project before the field is left
    shown = window.trainer.last_run
    QTest.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: not table.is_writing)
    assert run_cells(window, "note")[0] == "overfits early"
    assert window.trainer.last_run is shown  # no view asks for its weights again
    assert window.store.edit_labels == ["Note on run 60"]
    undo(window)
    assert window.project.runs[-1].note == ""


def test_escape_takes_back_what_was_typed(window: MainWindow, qtbot: QtBot) -> None:
    window.store.amend(lambda project: run_edits.write_note(project, "run-60", "as before"))
    click_run(window, 0)
    QTest.keyClick(window.runs_panel.table, Key.Key_F2)
    QTest.keyClicks(note_field(window), " and more")
    QTest.keyClick(note_field(window), Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.runs_panel.table.is_writing)
    assert window.project.runs[-1].note == "as before"


def test_several_runs_are_drawn_over_each_other_and_two_are_compared(window: MainWindow) -> None:
    panel, plot = window.runs_panel, window.plots.plot("loss")
    faint = [one.id for one in plot.earlier]
    click_run(window, 4)
    assert window.trainer.last_run is window.project.runs[-5] and panel.comparison.isHidden()
    click_run(window, 0, modifier=CONTROL)
    assert window.trainer.last_run is window.project.runs[-5]
    assert [(one.id, one.place) for one in plot.earlier] == [("run-60", 0)]
    assert (
        "2 of 2 selected runs" in window.plots.comparison.text() and "selected&nbsp;runs" in window.plots.legend.text()
    )
    found = [panel.comparison.item(row, 0).text() for row in range(panel.comparison.rowCount())]
    assert {"Seed", "Loss", "Accuracy"} <= set(found) and not panel.comparison.isHidden()
    assert panel.comparison.horizontalHeaderItem(1).text() == "run 60"
    click_run(window, 9, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert len(panel.selected) == 10 and len(plot.earlier) == 9 and panel.comparison.isHidden()
    QTest.keyClick(panel.table, Key.Key_A, CONTROL)
    assert len(panel.selected) == 60 and len(plot.earlier) == 30
    assert "31 of 60 selected runs" in window.plots.comparison.text()
    click_run(window, 0)
    assert [one.place for one in plot.earlier] == [None] * 12 and "selected" not in window.plots.comparison.text()
    assert len(faint) == 12


def test_deleting_takes_the_selected_runs_and_not_what_is_on_the_canvas(window: MainWindow) -> None:
    window.canvas.network.select(["tanh_1"])
    window.tabs.setCurrentWidget(window.runs_panel)
    click_run(window, 1)
    click_run(window, 2, modifier=CONTROL)
    QTest.keyClick(window.runs_panel.table, Key.Key_Delete)
    assert numbers(window)[:3] == [60, 57, 56] and window.project.network.has("tanh_1")
    undo(window)
    assert numbers(window) == list(range(60, 0, -1))


def test_what_arrives_leaves_selection_place_and_the_note_alone(window: MainWindow, qtbot: QtBot) -> None:
    table = window.runs_panel.table

    def arrive(first: int, last: int) -> None:
        more = tuple(replace(window.project.runs[0], id=f"run-{number}") for number in range(first, last + 1))
        window.store.amend(lambda project: replace(project, runs=(*project.runs, *more)))

    click_run(window, 30)
    selected = [run.id for run in window.runs_panel.selected]
    seen = table.rowAt(0)
    top, beyond = window.runs_panel.model.run_at(seen), table.rowViewportPosition(seen)
    assert top is not None and seen > 0
    arrive(61, 105)
    assert len(numbers(window)) == 105 and [run.id for run in window.runs_panel.selected] == selected
    assert window.runs_panel.model.run_at(table.rowAt(0)) == top and table.rowViewportPosition(table.rowAt(0)) == beyond
    # While a note is written nothing moves; what came is there afterwards.
    QTest.keyClick(table, Key.Key_F2)
    field = note_field(window)
    QTest.keyClicks(field, "half a")
    arrive(106, 106)
    arrive(107, 110)
    assert note_field(window) is field and field.hasFocus()
    QTest.keyClicks(field, " note")
    QTest.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: len(numbers(window)) == 110)
    assert next(run.note for run in window.project.runs if run.id == selected[0]) == "half a note"


def test_what_arrives_is_seen_at_once_at_the_top(window: MainWindow) -> None:
    more = replace(window.project.runs[0], id="run-61")
    window.store.amend(lambda project: edits.add_run(project, more))
    table = window.runs_panel.table
    assert window.runs_panel.model.run_at(table.rowAt(0)) is window.project.runs[-1]


def test_a_heading_folds_its_study_by_click_and_key(window: MainWindow) -> None:
    panel = window.runs_panel
    panel._group()
    model, table = panel.model, panel.table
    headings = model.headings()
    assert len(headings) == 3 and model.place_of("study") < 0
    rows = model.rowCount()
    place = table.visualRect(model.index(headings[0], 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert model.headings()[1] == 1 and model.rowCount() < rows
    table.setFocus()
    table.setCurrentIndex(model.index(0, 0))
    QTest.keyClick(table, Key.Key_Right)
    assert model.rowCount() == rows
    QTest.keyClick(table, Key.Key_Left)
    assert model.rowCount() < rows


def test_a_run_that_is_selected_already_can_be_shown_again(window: MainWindow) -> None:
    click_run(window, 3)
    window.trainer.show(window.project.runs[0])
    click_run(window, 3)
    assert window.trainer.last_run is window.project.runs[-4]


def test_a_run_without_weights_is_looked_at_and_no_view_or_lab_fails(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.runs_panel
    before = panel.weight.text()
    click_run(window, 0)
    panel.commands.fill(panel.more_menu)
    forget = next(one for one in panel.more_menu.actions() if "Forget" in one.text())
    assert "frees" in forget.text()
    forget.trigger()
    assert not window.project.runs[-1].weights and "smaller" in window.messages.label.text()
    qtbot.waitUntil(lambda: panel.weight.text() != before)
    assert "kept without its weights" in panel.details.text() and "kept without its weights" in status(window.trainer)
    assert window.trainer.timeline is None and not window.trainer.can_carry_on()
    window.actions_by_name["actionConfusion"].setChecked(True)
    for name in ("actionLayersLab", "actionErrorsLab", "actionTryLab"):
        window.actions_by_name[name].trigger()
        lab = opened_lab(window, name, Lab, qtbot)
        qtbot.waitUntil(lambda lab=lab: "kept without its weights" in lab.message.text())
        lab.close()
    panel.carry_on_asked.emit(window.project.runs[-1])
    assert "cannot be carried on" in window.messages.label.text()
    undo(window)
    assert window.project.runs[-1].weights and window.trainer.last_run is window.project.runs[-1]


def test_columns_are_chosen_and_remembered(window: MainWindow, open_window: Open) -> None:
    panel = window.runs_panel
    assert panel.model.place_of("seed") >= 0 and panel.model.place_of("seconds") < 0
    panel.columns_menu.aboutToShow.emit()
    entries = {one.text(): one for one in panel.columns_menu.actions()}
    entries["Seed"].trigger()
    entries["Seconds"].trigger()
    assert panel.model.place_of("seed") < 0 and panel.model.place_of("seconds") >= 0
    again: MainWindow = open_window(window.store.path)
    assert again.runs_panel.model.place_of("seed") < 0


def test_a_view_can_ask_for_some_runs_alone(window: MainWindow) -> None:
    panel = window.runs_panel
    panel.show_only(frozenset({"run-3", "run-4", "run-5"}))
    assert numbers(window) == [5, 4, 3] and panel.said.text() == "3 of 60 runs"
    write(window, "No.>3")
    assert numbers(window) == [5, 4]
    panel.show_only(None)
    assert len(numbers(window)) == 57


def test_a_run_begun_after_an_opening_bears_a_sign(window: MainWindow) -> None:
    opening = Opening("opening-1", "2026-12-31T10:00:00+00:00", run="run-1")

    def opened(project: Project) -> Project:
        late = replace(project.runs[-1], created="2027-01-01T00:00:00+00:00")
        return replace(edits.add_run(project, late), openings=(opening,))

    window.store.amend(opened)
    assert [cell[-1] for cell in run_cells(window, "number")[:2]] == ["†", "9"]
    assert "2026-12-31 10:00" in window.runs_panel.same.text()


def test_the_rows_shown_are_saved_as_a_table(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(window, "learning_rate=0.1")
    out = tmp_path / "table"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given, **more: (str(out), ""))
    window.runs_panel._export()
    qtbot.waitUntil(lambda: (tmp_path / "table.csv").exists() and "Saved" in window.messages.label.text())
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert len(lines) == 1 + len(numbers(window)) and "learning_rate" in lines[0]


def test_the_table_goes_into_a_window_of_its_own_and_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.runs_panel
    click_run(window, 3)
    QTest.mouseClick(panel.wide, Qt.MouseButton.LeftButton)
    room = panel.room
    assert room is not None and panel.table.window() is room and panel.selected == [window.project.runs[-4]]
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    panel.filter.setFocus()
    QTest.keyClicks(panel.filter, "sgd")
    QTest.keyClick(panel.filter, Key.Key_Escape)
    assert panel.filter.text() == "" and panel.room is room
    room.close()
    assert panel.room is None and panel.table.window() is window and panel.table.isVisible()
    # Another language makes all panels anew, and leaves no window behind.
    QTest.mouseClick(panel.wide, Qt.MouseButton.LeftButton)
    window.use_language("es")
    assert window.runs_panel.room is None and window.runs_panel.table.window() is window
    QApplication.processEvents()


def test_notes_and_stars_stay_with_a_run_that_goes_on(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "one.nnstudio"
    save(run_edits.write_note(run_edits.star_runs(with_runs(1), ["run-1"], True), "run-1", "mine"), path)
    window: MainWindow = open_window(path)
    window.actions_by_name["actionCarryOn"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active and len(window.project.runs[0].history.epoch) > 4)
    run: Run = window.project.runs[0]
    assert (run.note, run.is_starred) == ("mine", True)
    save(window.project, path)
    assert open_project(path).runs[0].note == "mine"


def test_a_file_whose_runs_have_no_weights_opens_and_says_so(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "light.nnstudio"
    project = with_runs(3)
    save(run_edits.forget_weights(project, [run.id for run in project.runs]), path)
    window: MainWindow = open_window(path)
    window.actions_by_name["actionConfusion"].setChecked(True)
    assert "kept without its weights" in status(window.trainer)
    assert window.plots.plot("loss").lines["validation"].values[0] == window.project.runs[-1].history.validation_loss[0]
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: len(window.project.runs) == 4 and not window.trainer.is_active)
    assert window.project.runs[-1].weights
