"""The data room by real mouse and keys: every click shows at once, can be taken back, and leaves one where one was."""

from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.cli.main import main
from nnstudio.project import edits
from nnstudio.ui.data.room import DataRoom
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open

LEFT = Qt.MouseButton.LeftButton
ROWS = 60


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Decimal commas between semicolons; the height counts down."""
    path = tmp_path / "trees.csv"
    rows = [f"{ROWS - row};{row % 7},5;{('oak', 'elm', 'ash')[row % 3]};{'ny'[row % 2]}" for row in range(ROWS)]
    path.write_text("\n".join(["height;width;kind;felled", *rows]) + "\n", encoding="utf-8")
    return path


def room_of(window: MainWindow, source: Path, qtbot: QtBot) -> DataRoom:
    """The room, opened by its keys, with a file read."""
    window.data_panel.choose_source(str(source))
    qtbot.waitUntil(lambda: is_read(window))
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    room = window.data_panel.room
    assert room is not None
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    return room


def is_read(window: MainWindow) -> bool:
    return not window.loader.is_loading and (window.project.facts is not None or bool(window.store.data_problem))


def role(room: DataRoom, name: str) -> str:
    return room.model.facts[name].role


def head_point(room: DataRoom, name: str) -> QPoint:
    """The middle of a column's head."""
    place = room.model.names.index(name)
    return QPoint(room.head.sectionViewportPosition(place) + room.head.sectionSize(place) // 2, 20)


def opened_menu() -> QMenu | None:
    found = QApplication.activePopupWidget()
    return found if isinstance(found, QMenu) else None


def click_head(room: DataRoom, name: str, qtbot: QtBot) -> QMenu:
    QTest.mouseClick(room.head.viewport(), LEFT, pos=head_point(room, name))
    qtbot.waitUntil(lambda: opened_menu() is not None)
    menu = opened_menu()
    assert menu is not None
    return menu


def undo_here(room: DataRoom, qtbot: QtBot) -> None:
    """Ctrl+Z in the room, once the menu has given the keys back."""
    qtbot.waitUntil(lambda: opened_menu() is None)
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    QTest.keyClick(room.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def take(menu: QMenu, *texts: str) -> None:
    """Click through a menu, the entries by their texts."""
    kept = []  # PySide6 6.8 takes a menu away with the action that was asked for it
    for text in texts:
        action = next(one for one in menu.actions() if one.text() == text)
        kept.append(action)
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
        inside = action.menu()
        if isinstance(inside, QMenu):
            menu = inside
            while not menu.isVisible():  # it opens after a moment
                QApplication.processEvents()


def choose(box: QWidget, value: str) -> None:
    """Choose an entry of a list by the keyboard."""
    assert isinstance(box, QComboBox)
    box.setFocus()
    while box.currentData() != value:
        before = box.currentIndex()
        QTest.keyClick(box, Qt.Key.Key_Down if box.findData(value) > before else Qt.Key.Key_Up)
        assert box.currentIndex() != before


def column(room: DataRoom, name: str) -> list[str]:
    """The cells of a column as they are in sight, from the first."""
    place = room.model.names.index(name)
    return [room.model.index(row, place).data() for row in range(room.model.rowCount())]


# --- how it is read -------------------------------------------------------------------------------------------------


def test_the_separator_is_overruled_and_given_back(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    box = room.reading.fields["separator"]
    assert isinstance(box, QComboBox) and "semicolon" in box.currentText()
    assert room.reading.reasons["separator"].text() == "It cuts most lines into 4 cells."
    assert column(room, "width")[:2] == ["0.5", "1.5"]
    choose(box, "|")
    qtbot.waitUntil(lambda: is_read(window) and room.model.names != ["height", "width", "kind", "felled"])
    assert window.project.data.separator == "|" and window.store.undo_label == "Read the data otherwise"
    choose(box, "auto")
    qtbot.waitUntil(lambda: is_read(window) and room.model.names == ["height", "width", "kind", "felled"])
    assert not window.store.data_problem and "semicolon" in box.currentText()


def test_what_has_no_effect_on_the_rows_is_not_offered(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    assert room.reading.fields["separator"].isVisible() and not room.reading.fields["sheet"].isVisible()
    window.data_panel.choose_source("builtin:iris")
    qtbot.waitUntil(lambda: is_read(window) and room.reading.nothing.isVisible())
    assert not any(field.isVisible() for field in room.reading.fields.values())


def test_the_wheel_over_the_forms_changes_no_setting(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    before = window.project.data
    for field in room.reading.fields.values():
        field.setFocus()
        middle = QPointF(field.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(field.mapToGlobal(middle)),
            QPoint(),
            QPoint(0, -240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, event)
    assert window.project.data == before


def test_a_table_that_does_not_fit_is_sampled_by_one_click(
    open_window: Open, qtbot: QtBot, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: real._replace(available=2000))
    window = open_window()
    room = room_of(window, table, qtbot)
    assert "A random sample of its rows fits: set data.sample_fraction=0." in room.message.text()
    assert not window.data_panel.sample.isHidden() and room.sample.isVisible()
    assert room.sample.text().startswith("Take a random ") and room.sample.text().endswith(" % of the rows")
    QTest.mouseClick(room.sample, LEFT)
    qtbot.waitUntil(lambda: is_read(window) and not window.store.data_problem)
    fraction = window.project.data.sample_fraction
    assert 0 < fraction < 1 and 0 < room.model.rowCount() < ROWS and not room.sample.isVisible()
    assert f"{room.model.rowCount()} of {ROWS}" in room.outcome.notes.text()
    field = room.reading.fields["sample_fraction"]
    assert isinstance(field, QLineEdit) and field.text() == str(fraction)
    undo_here(room, qtbot)
    qtbot.waitUntil(lambda: is_read(window) and bool(window.store.data_problem))
    assert room.sample.isVisible() and field.text() == ""


def test_the_share_of_the_rows_is_typed_and_emptied(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    field = room.reading.fields["sample_fraction"]
    assert isinstance(field, QLineEdit) and field.isVisible()
    field.setFocus()
    QTest.keyClicks(field, "2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "Share of the rows must be a number above 0 and at most 1" in room.told.text()
    field.selectAll()
    QTest.keyClicks(field, "0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_read(window) and room.model.rowCount() < ROWS)
    assert window.project.data.sample_fraction == 0.5
    field.clear()
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_read(window) and room.model.rowCount() == ROWS)
    assert window.project.data.sample_fraction == 1


# --- the columns ----------------------------------------------------------------------------------------------------


def test_a_column_is_left_out_at_once_and_comes_back_by_undo(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    take(click_head(room, "height", qtbot), "left out")
    assert role(room, "height") == "ignored" and window.project.data.ignore == "height"  # before it is read again
    qtbot.waitUntil(lambda: is_read(window))
    assert role(room, "height") == "ignored" and "3 inputs" not in room.outcome.head.text()
    undo_here(room, qtbot)
    assert role(room, "height") == "input" and window.project.data.ignore == ""
    qtbot.waitUntil(lambda: is_read(window))
    assert role(room, "height") == "input"
    window.findChild(QAction, "actionRedo").trigger()
    assert role(room, "height") == "ignored"
    qtbot.waitUntil(lambda: is_read(window))


def test_another_target_is_chosen_in_the_menu_of_its_head(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    assert role(room, "felled") == "target"
    take(click_head(room, "kind", qtbot), "target")
    assert role(room, "kind") == "target" and role(room, "felled") == "input"
    qtbot.waitUntil(lambda: is_read(window))
    assert window.project.facts is not None and window.project.facts.classes == ("ash", "elm", "oak")
    assert "“kind”" in room.outcome.head.text() and len(room.outcome.classes.rows) == 3


def test_the_menu_of_a_column_opens_by_the_keyboard(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    assert room.view.hasFocus()
    room.view.setCurrentIndex(room.model.index(3, 1))
    for key, modifier in (
        (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
    ):
        QTest.keyClick(room.view, key, modifier)
        menu = opened_menu()
        assert menu is not None
        QTest.keyClick(menu, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: opened_menu() is None)
        assert room.isVisible()
    QTest.keyClick(room.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    menu = opened_menu()
    assert menu is not None
    while menu.activeAction() is None or menu.activeAction().text() != "left out":
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert role(room, "width") == "ignored" and role(room, "height") == "input"
    qtbot.waitUntil(lambda: is_read(window))


def test_one_stays_where_one_looked_when_a_column_changes(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    rows = [",".join(str((row * place) % 11) for place in range(1, 31)) + f",{'ab'[row % 2]}" for row in range(200)]
    path.write_text("\n".join([",".join([*(f"c{place}" for place in range(1, 31)), "kind"]), *rows]) + "\n")
    window = open_window()
    room = room_of(window, path, qtbot)
    room.head.resizeSection(20, 177)
    across, down = room.view.horizontalScrollBar(), room.view.verticalScrollBar()
    across.setValue(2600)
    down.setValue(1500)
    room.view.setAutoScroll(False)
    room.view.setCurrentIndex(room.model.index(70, 20))
    take(click_head(room, "c21", qtbot), "left out")
    qtbot.waitUntil(lambda: is_read(window))
    assert (across.value(), down.value(), room.head.sectionSize(20)) == (2600, 1500, 177)
    current = room.view.currentIndex()
    assert (current.row(), current.column()) == (70, 20)


def test_a_derived_input_is_made_and_removed_again(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    take(click_head(room, "height", qtbot), "Make an input of it", "x²")
    assert window.project.data.derived == "square(height)" and room.outcome.derived.isVisibleTo(room)
    qtbot.waitUntil(lambda: is_read(window) and "height²" in room.model.names)
    assert column(room, "height²")[0] == str(ROWS**2)
    away = room.outcome.derived.findChild(QPushButton)
    assert away is not None and away.accessibleName() == "Remove square(height)"
    QTest.mouseClick(away, LEFT)
    assert window.project.data.derived == "" and room.outcome.derived.isHidden()
    qtbot.waitUntil(lambda: is_read(window) and "height²" not in room.model.names)
    undo_here(room, qtbot)
    qtbot.waitUntil(lambda: is_read(window) and "height²" in room.model.names)
    room.view.horizontalScrollBar().setValue(10_000)
    take(click_head(room, "height²", qtbot), "Remove square(height)")
    qtbot.waitUntil(lambda: is_read(window) and "height²" not in room.model.names)


def test_the_table_is_shown_when_the_data_is_refused(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "same.csv"
    path.write_text("\n".join(["x,colour,same", *(f"{row % 9},{'rg'[row % 2]},a" for row in range(50))]) + "\n")
    window = open_window()
    room = room_of(window, path, qtbot)
    assert window.store.data_problem and room.outcome.notes.text() == window.store.data_problem
    assert room.view.isVisible() and room.model.rowCount() == 50 and not room.message.isVisible()
    take(click_head(room, "colour", qtbot), "target")
    qtbot.waitUntil(lambda: is_read(window) and not window.store.data_problem)
    assert window.project.facts is not None and window.project.facts.target == "colour"
    assert room.outcome.parts.rows[0][1] > 0


def test_another_file_takes_the_place_of_the_table_at_once(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    window.data_panel.choose_source("builtin:iris")
    assert room.model.rowCount() == 0 and room.message.text() == "Reading the data …" and room.message.isVisible()
    qtbot.waitUntil(lambda: is_read(window))
    assert room.model.rowCount() == 150 and not room.message.isVisible()


def test_what_was_chosen_for_one_file_does_not_keep_another_from_being_read(
    open_window: Open, qtbot: QtBot, table: Path
) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    take(click_head(room, "height", qtbot), "left out")
    choose(room.reading.fields["separator"], ";")
    window.data_panel.choose_source("builtin:iris")
    qtbot.waitUntil(lambda: is_read(window))
    assert not window.store.data_problem and window.project.data.ignore == window.project.data.target == ""
    window.store.undo()
    qtbot.waitUntil(lambda: is_read(window))
    assert window.project.data.ignore == "height" and window.project.data.separator == ";"


def test_columns_can_be_chosen_where_a_name_in_the_choice_is_none(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    window.store.edit("Other", edits.set_data(window.project, ignore="nothing"))
    qtbot.waitUntil(lambda: is_read(window) and bool(window.store.data_problem))
    assert role(room, "height") == "input" and role(room, "felled") == "target"
    assert "nothing" in room.outcome.notes.text() and room.view.isVisible()


def test_a_training_goes_on_while_a_column_is_left_out(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(paths.examples() / "iris.nnstudio")
    window.findChild(QAction, "actionTrain").trigger()
    qtbot.waitUntil(lambda: window.trainer.is_active)
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    room = window.data_panel.room
    assert room is not None
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    qtbot.waitUntil(lambda: "sepal width (cm)" in room.model.names)  # the training may still be reading it
    take(click_head(room, "sepal width (cm)", qtbot), "left out")
    assert role(room, "sepal width (cm)") == "ignored"
    qtbot.waitUntil(lambda: is_read(window) and not window.trainer.is_active)
    assert window.project.facts is not None and window.project.facts.sample_shape == (3,)
    assert len(window.project.runs) == 1


# --- searched and sorted --------------------------------------------------------------------------------------------


def test_rows_are_searched_and_sorted(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    take(click_head(room, "height", qtbot), "Sort: smallest first")
    qtbot.waitUntil(lambda: column(room, "height")[:3] == ["1", "2", "3"])
    QTest.mouseClick(room.search, LEFT)
    QTest.keyClicks(room.search, "oak")
    qtbot.waitUntil(lambda: room.model.rowCount() == ROWS // 3)
    assert set(column(room, "kind")) == {"oak"} and room.found.text().startswith("20 rows found in")
    heights = [int(cell) for cell in column(room, "height")]
    assert heights == sorted(heights)
    take(click_head(room, "kind", qtbot), "id")  # what is found stays found when something else changes
    qtbot.waitUntil(lambda: is_read(window))
    assert room.model.rowCount() == ROWS // 3
    room.search.setFocus()
    QTest.keyClick(room.search, Qt.Key.Key_Escape)
    assert room.isVisible() and room.search.text() == ""
    qtbot.waitUntil(lambda: room.model.rowCount() == ROWS)
    take(click_head(room, "height", qtbot), "As in the file")
    assert column(room, "height")[:2] == [str(ROWS), str(ROWS - 1)]


# --- where data comes from ------------------------------------------------------------------------------------------


def test_a_table_is_pasted_and_what_is_none_is_refused(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "pasted_folder", lambda: tmp_path / "pasted")
    window = open_window()
    window.show_data()
    rows = [f"{row}\t{row % 5}\t{'ab'[row % 2]}" for row in range(40)]
    QGuiApplication.clipboard().setText("\n".join(["first\tsecond\tlabel", *rows]))
    QTest.mouseClick(window.data_panel.paste_button, LEFT)
    qtbot.waitUntil(lambda: window.project.facts is not None and window.project.facts.rows == 40)
    assert window.project.facts is not None and window.project.facts.target == "label"
    told: list[str] = []
    window.store.told.connect(told.append)
    QGuiApplication.clipboard().setText("hello")
    QTest.mouseClick(window.data_panel.paste_button, LEFT)
    assert len(told) == 1 and "no table on the clipboard" in told[0]


def test_a_test_file_is_chosen_and_given_back(
    open_window: Open, qtbot: QtBot, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "test.csv"
    other.write_text("\n".join(table.read_text().splitlines()[:13]) + "\n")
    window = open_window()
    window.show_data()
    window.data_panel.choose_source(str(table))
    qtbot.waitUntil(lambda: is_read(window))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(other), ""))
    button = window.data_panel.test_button
    QTest.mouseClick(button, LEFT)
    assert button.text() == "Without test file"
    qtbot.waitUntil(lambda: is_read(window))
    assert window.project.facts is not None and window.project.facts.test == 12
    QTest.mouseClick(button, LEFT)
    assert button.text() == "Test file …"
    qtbot.waitUntil(lambda: is_read(window))
    assert window.project.facts.rows == ROWS


# --- the window -----------------------------------------------------------------------------------------------------


def test_what_is_told_is_told_in_the_room_too(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    window.store.told.emit("Not so.")
    assert room.told.isVisible() and room.told.text() == "Not so."
    take(click_head(room, "height", qtbot), "left out")
    assert not room.told.isVisible()
    qtbot.waitUntil(lambda: is_read(window))


def test_every_widget_of_the_room_has_a_name(open_window: Open, qtbot: QtBot, table: Path) -> None:
    room = room_of(open_window(), table, qtbot)
    nameless = [
        widget
        for kind in (QAbstractButton, QAbstractScrollArea, QComboBox, QLineEdit)
        for widget in room.findChildren(kind)
        if widget.isVisible()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []


def test_the_room_fits_every_size_and_opens_again(open_window: Open, qtbot: QtBot, table: Path) -> None:
    window = open_window()
    room = room_of(window, table, qtbot)
    for size in ((1280, 660), (760, 420), (1900, 1000)):
        room.resize(*size)
        QApplication.processEvents()
        assert room.view.width() > 150 and room.width() <= max(size[0], room.minimumSizeHint().width())
    QTest.keyClick(room, Qt.Key.Key_Escape)
    assert window.data_panel.room is None
    again = window.data_panel.open_room()
    assert again.model.rowCount() == ROWS


def test_the_wrong_way_of_scaling_is_framed_and_what_it_is_worth_is_told(
    open_window: Open, table: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    project = tmp_path / "wrong.nnstudio"
    wrong = ["--set", "data.scale_on=all_rows"]
    assert main(["new", str(project), "--data", str(table), "--layers", "dense:4,relu,dense:out", *wrong]) == 0
    window = open_window(project)
    room = window.data_panel.open_room()
    qtbot.waitUntil(lambda: "the wrong way" in room.outcome.warning.text(), timeout=10_000)
    assert room.outcome.warning.isVisible()
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: "points better" in room.outcome.warning.text(), timeout=60_000)
