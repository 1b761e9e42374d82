"""Editing in the window by mouse and keyboard: palette, canvas, fields, zoom, and names for screen readers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QTableWidget
from pytestqt.qtbot import QtBot

from nnstudio.project.model import Link
from nnstudio.ui.training.status_text import status
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import Hand, types
from tests.ui.driving import IRIS, Open, field, palette_point, retype, train


def test_a_field_refuses_what_cannot_be_and_keeps_the_old_value(open_window: Open) -> None:
    window = open_window(IRIS)
    form = window.training_panel.form
    rate = form.fields["learning_rate"]
    for text in ("0", "nan", "abc", "-1", "11"):
        retype(rate, text)
        assert "Learning rate must be" in form.refusal.text()
        QTest.keyClick(rate, Qt.Key.Key_Return)
        assert window.project.training.learning_rate == 0.01
        assert rate.text() == "0.01" and form.refusal.isHidden()
    retype(rate, "0,05")
    assert window.project.training.learning_rate == 0.05
    window.canvas.network.select(["dense_1"])
    QTest.keyClick(field(window, "units"), Qt.Key.Key_Up)
    assert window.project.network.layer("dense_1").parameters["units"] == 9


def test_double_click_in_the_palette_builds_a_chain(window: MainWindow) -> None:
    for type in ("dense", "relu"):
        shown = window.palette_panel.list.viewport()
        point = palette_point(window, type)
        QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=point)
        QTest.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=point)
    links = set(window.project.network.links)
    assert links == {Link("input_1", "dense_1"), Link("dense_1", "relu_1"), Link("relu_1", "output_1")}


def test_the_search_finds_and_enter_appends(window: MainWindow) -> None:
    retype(window.palette_panel.search, "soft")
    shown = window.palette_panel.list
    assert [shown.item(row).text() for row in range(shown.count())] == ["Activations", "Softplus", "Softmax"]
    QTest.keyClick(window.palette_panel.search, Qt.Key.Key_Return)
    assert "softplus" in types(window.project)


def test_delete_copy_paste_and_select_all_by_keyboard(open_window: Open, hand: Callable[[MainWindow], Hand]) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    mouse.click(mouse.middle("tanh_1"))
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(window, Qt.Key.Key_C, control)
    QTest.keyClick(window, Qt.Key.Key_V, control)
    assert types(window.project).count("tanh") == 2
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert types(window.project).count("tanh") == 1
    QTest.keyClick(window, Qt.Key.Key_A, control)
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert window.project.network.layers == ()
    assert "no input layer" in window.problems.item(0).text()


def test_a_link_can_be_selected_and_deleted(open_window: Open, hand: Callable[[MainWindow], Hand]) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    between = (mouse.port("input_1", "output") + mouse.port("dense_1", "input")) / 2
    mouse.click(between)
    assert window.canvas.network.selected_links() == [Link("input_1", "dense_1")]
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert Link("input_1", "dense_1") not in window.project.network.links


def test_an_unfit_link_says_why(open_window: Open, hand: Callable[[MainWindow], Hand]) -> None:
    window = open_window(IRIS)
    mouse = hand(window)
    before = window.project
    mouse.drag(mouse.port("softmax_1", "output"), mouse.middle("dense_1"))
    assert window.project == before and "loop" in window.messages.label.text()


def test_escape_cancels_what_the_hand_has_begun(open_window: Open, hand: Callable[[MainWindow], Hand]) -> None:
    from tests.ui.conftest import move

    window = open_window(IRIS)
    mouse = hand(window)
    before, start = window.project, mouse.middle("dense_1")
    QTest.mousePress(mouse.viewport, Qt.MouseButton.LeftButton, pos=start)
    move(mouse.viewport, start + QPoint(40, 60))
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(mouse.viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 60))
    assert window.project == before
    assert mouse.middle("dense_1") == start


def test_zoom_stays_in_its_bounds_and_fit_shows_everything(open_window: Open) -> None:
    window = open_window(IRIS)
    for _step in range(40):
        window.findChild(QAction, "actionZoomIn").trigger()
    assert window.canvas.zoom == pytest.approx(4.0)
    for _step in range(60):
        window.findChild(QAction, "actionZoomOut").trigger()
    assert window.canvas.zoom == pytest.approx(0.1)
    window.findChild(QAction, "actionZoomFit").trigger()
    seen = window.canvas.mapToScene(window.canvas.viewport().rect()).boundingRect()
    assert seen.contains(window.canvas.network.network_rect())


def test_the_list_of_shortcuts_names_every_command(window: MainWindow) -> None:
    window.findChild(QAction, "actionShortcuts").trigger()
    dialog = window.findChild(QDialog, "shortcuts")
    table = dialog.findChild(QTableWidget)
    names = {table.item(row, 0).text() for row in range(table.rowCount())}
    assert {"Train", "Save", "One batch", "Fit"} <= names
    dialog.close()


def test_every_widget_one_can_use_has_a_name_for_screen_readers(open_window: Open) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox

    window = open_window(IRIS)
    window.canvas.network.select(["dense_1"])
    for kind in (QAbstractButton, QComboBox, QLineEdit, QAbstractItemView):
        for widget in window.findChildren(kind):
            inside_qt = widget.objectName().startswith("qt_") or widget.__class__.__name__ == "QTableCornerButton"
            internal = inside_qt or isinstance(widget.parent(), QComboBox | QLineEdit) or not widget.isVisible()
            if internal or type(widget.parent()).__name__ in ("QTabBar", "QComboBoxPrivateContainer", "QMenuBar"):
                continue
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert (
                widget.accessibleName()
                or text
                or widget.metaObject().className()
                in ("QTableCornerButton", "QToolBarExtension", "QHeaderView", "QComboBoxListView")
            ), widget


def test_opening_another_project_shows_it_whole_and_forgets_the_last(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    retype(window.training_panel.form.fields["epochs"], "3")
    train(window, qtbot)
    window.store.mark_saved(window.project, Path("unused.nnstudio"))
    window.documents.open_example("digits")
    assert window.trainer.curves.epochs == 0 and "Ended" not in status(window.trainer)
    seen = window.canvas.mapToScene(window.canvas.viewport().rect()).boundingRect()
    assert seen.contains(window.canvas.network.network_rect())


def test_each_choice_is_a_step_of_its_own_and_undo_lands_on_a_sealed_one(open_window: Open) -> None:
    from PySide6.QtWidgets import QComboBox

    window = open_window(IRIS)
    choice = window.training_panel.form.fields["optimizer"]
    assert isinstance(choice, QComboBox)
    for name in ("sgd", "rmsprop"):
        choice.setCurrentIndex(choice.findData(name))
        choice.activated.emit(choice.currentIndex())
    window.store.undo()
    assert window.project.training.optimizer == "sgd"


def test_one_field_changes_all_selected_layers(open_window: Open) -> None:
    window = open_window(IRIS)
    window.canvas.network.select(["dense_1", "dense_2"])
    card = window.inspector.several
    assert card is not None and "differ in: Units" in card.words.text()
    retype(card.form.fields["units"], "7")
    assert [window.project.network.layer(id).parameters["units"] for id in ("dense_1", "dense_2")] == [7, 7]
    assert "differ" not in card.words.text()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [window.project.network.layer(id).parameters["units"] for id in ("dense_1", "dense_2")] == [8, 3]
    window.canvas.network.select(["dense_1", "tanh_1"])
    assert "no setting in common" in window.inspector.several.words.text()
    window.canvas.network.select(["dense_1"])
    assert window.inspector.card is not None and window.inspector.several is None


def test_the_history_lists_every_edit_and_a_click_goes_there(open_window: Open) -> None:
    window = open_window(IRIS)
    start = window.project
    window.canvas.network.select(["tanh_1"])
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    retype(window.training_panel.form.fields["epochs"], "7")
    history = window.history_panel
    assert [history.item(row).text() for row in range(history.count())] == ["Start", "Delete", "Change Epochs"]
    assert history.currentRow() == 2
    window.tabs.setCurrentWidget(history)
    for row, layers, epochs in ((0, 6, start.training.epochs), (2, 5, 7), (1, 5, start.training.epochs)):
        QTest.mouseClick(
            history.viewport(), Qt.MouseButton.LeftButton, pos=history.visualItemRect(history.item(row)).center()
        )
        assert len(window.project.network.layers) == layers and window.project.training.epochs == epochs
    assert history.count() == 3 and window.actions_by_name["actionRedo"].isEnabled()


def test_zoom_to_the_selection(open_window: Open) -> None:
    window = open_window(IRIS)
    before = window.canvas.zoom
    window.canvas.network.select(["dense_1"])
    window.actions_by_name["actionZoomSelection"].trigger()
    seen = window.canvas.mapToScene(window.canvas.viewport().rect()).boundingRect()
    assert window.canvas.zoom > before and seen.contains(window.canvas.network.parts_rect(["dense_1"]))


def test_the_code_is_that_of_the_network_and_lights_with_the_selection(open_window: Open) -> None:
    import torch
    from torch import nn

    window = open_window(IRIS)
    panel = window.code_panel
    window.tabs.setCurrentWidget(panel)
    made: dict[str, object] = {}
    exec(panel.text.toPlainText(), made)  # noqa: S102 - our own code, which is what is tested
    network = made["Network"]()  # type: ignore[operator]
    assert isinstance(network, nn.Module)
    assert network(torch.zeros(5, 4)).shape == (5, 3)
    assert sum(one.numel() for one in network.parameters()) == window.store.inference.total_parameters
    window.canvas.network.select(["dense_1"])
    assert window.tabs.currentWidget() is panel
    lit = [one.cursor.block().text().strip() for one in panel.text.extraSelections()]
    assert lit == ["self.dense_1 = nn.Linear(in_features=4, out_features=8)", "x = self.dense_1(x)"]
    cursor = panel.text.document().find("self.tanh_1(")
    panel.text.setTextCursor(cursor)
    assert window.canvas.network.selected_layers() == ["tanh_1"]
    QTest.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert "class Network(nn.Module):" in QApplication.clipboard().text()
    window.canvas.editing.step_number("dense_1", 1)
    assert "out_features=9" in panel.text.toPlainText()
    window.canvas.network.select(["tanh_1"])
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert panel.text.toPlainText() == "" and not panel.copy_button.isEnabled()
    assert "no problems" in panel.hint.text()
