"""Notes and frames on the canvas, by real mouse and keyboard events."""

import json
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.project.archive import open_project
from nnstudio.project.arrange import arranged, insert_after
from nnstudio.project.frames import add_around, held
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.ui.window import MainWindow
from tests.ui.driving import CONTROL, IRIS, Hands, Open, free_point, palette_point

FACTS = DataFacts(100, (4,), "class", ("a", "b", "c"), 60, 20, 20)

LEFT = Qt.MouseButton.LeftButton


def writing(window: MainWindow) -> QPlainTextEdit:
    return next(one for one in window.canvas.findChildren(QPlainTextEdit, "inPlaceText") if one.isVisible())


def title_field(window: MainWindow) -> QLineEdit:
    return next(one for one in window.canvas.findChildren(QLineEdit, "inPlaceField") if one.isVisible())


def corner(window: MainWindow, id: str) -> QPoint:
    item = window.canvas.network.annotations[id]
    return window.canvas.mapFromScene(item.pos() + item.box.bottomRight() - QPointF(5, 5))


def title_point(window: MainWindow, id: str) -> QPoint:
    item = window.canvas.network.annotations[id]
    return window.canvas.mapFromScene(item.pos() + QPointF(40, 12))


def framed(window: MainWindow, ids: list[str], title: str = "Hidden") -> str:
    """A frame around layers, made by keyboard."""
    window.canvas.network.select(ids)
    window.actions_by_name["actionFrame"].trigger()
    QTest.keyClicks(title_field(window), title)
    QTest.keyClick(title_field(window), Qt.Key.Key_Return)
    return window.project.network.frames[-1].id


def test_a_note_is_written_and_undone_as_one_step(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    before = window.project
    window.actions_by_name["actionNote"].trigger()
    field = writing(window)
    QTest.keyClicks(field, "Why <b>tanh</b>?")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "See slide 3")
    QTest.keyClick(field, Qt.Key.Key_Return, CONTROL)
    (note,) = window.project.network.notes
    assert note.text == "Why <b>tanh</b>?\nSee slide 3"
    assert window.canvas.network.annotations[note.id].box.height() > 40
    window.actions_by_name["actionUndo"].trigger()
    assert window.project == before


def test_a_note_is_written_anew_by_a_double_click_and_esc_leaves_it(open_window: Open) -> None:
    window = open_window(IRIS)
    window.actions_by_name["actionNote"].trigger()
    QTest.keyClicks(writing(window), "first")
    window.canvas.setFocus()  # leaving takes it over
    (note,) = window.project.network.notes
    assert note.text == "first"
    item = window.canvas.network.annotations[note.id]
    middle = window.canvas.mapFromScene(item.pos() + item.box.center())
    QTest.mouseDClick(window.canvas.viewport(), LEFT, pos=middle)
    QTest.keyClicks(writing(window), " and second")
    QTest.keyClick(writing(window), Qt.Key.Key_Escape)
    assert window.project.network.notes == (note,)


def test_a_frame_moves_what_it_holds(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    id = framed(window, ["dense_1", "tanh_1"])
    assert window.project.network.frames[0].title == "Hidden"
    before = {layer.id: layer.position for layer in window.project.network.layers}
    start = title_point(window, id)
    hand(window).drag(start, start + QPoint(60, 40))
    moved = {layer.id for layer in window.project.network.layers if layer.position != before[layer.id]}
    assert moved == {"dense_1", "tanh_1"}
    assert window.store.undo_label == "Move"
    window.actions_by_name["actionUndo"].trigger()
    assert {layer.id: layer.position for layer in window.project.network.layers} == before


def test_inside_a_frame_the_hand_reaches_what_lies_there(open_window: Open, hand: Hands) -> None:
    """The frame's ground is no part of it: an area can be drawn there, and a frame is not selected by it."""
    window = open_window(IRIS)
    id = framed(window, ["dense_1", "tanh_1"])
    item = window.canvas.network.annotations[id]
    start = window.canvas.mapFromScene(item.pos() + QPointF(12, 32))
    end = window.canvas.mapFromScene(item.pos() + item.box.bottomRight() - QPointF(12, 12))
    hand(window).drag(start, end)
    assert window.canvas.network.selected_parts() == ["dense_1", "tanh_1"]


def test_notes_and_frames_change_their_size_by_the_corner(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    id = framed(window, ["dense_1"])
    before = window.project.network.frames[0].size
    hand(window).drag(corner(window, id), corner(window, id) + QPoint(50, 30))
    after = window.project.network.frames[0].size
    assert after[0] > before[0] and after[1] > before[1] and window.store.undo_label == "Resize"
    hand(window).drag(corner(window, id), QPoint(0, 0))
    assert min(window.project.network.frames[0].size) >= 48  # still large enough to be taken up


def test_a_frame_is_copied_with_what_it_holds_and_deleted_without(open_window: Open) -> None:
    window = open_window(IRIS)
    id = framed(window, ["dense_1", "tanh_1"], "Block")
    window.canvas.network.select([id])
    window.actions_by_name["actionCopy"].trigger()
    text = json.loads(QGuiApplication.clipboard().text())
    assert [layer["id"] for layer in text["nnstudio"]["layers"]] == ["dense_1", "tanh_1"]
    window.actions_by_name["actionPaste"].trigger()
    assert [frame.title for frame in window.project.network.frames] == ["Block", "Block"]
    assert set(window.canvas.network.selected_parts()) == {"frame_2", "dense_3", "tanh_2"}
    layers = len(window.project.network.layers)
    window.canvas.network.select([id])
    window.actions_by_name["actionDelete"].trigger()
    assert [frame.id for frame in window.project.network.frames] == ["frame_2"]
    assert len(window.project.network.layers) == layers


def test_frames_follow_their_layers_when_they_are_arranged(open_window: Open) -> None:
    window = open_window(IRIS)
    id = framed(window, ["dense_1", "tanh_1"])
    window.canvas.network.select(["dense_1", "tanh_1"])
    for _time in range(40):
        QTest.keyClick(window.canvas, Qt.Key.Key_Down, CONTROL)
    window.actions_by_name["actionArrange"].trigger()
    frame = window.canvas.network.annotations[id]
    for layer in ("dense_1", "tanh_1"):
        item = window.canvas.network.layers[layer]
        assert frame.box.translated(frame.pos()).contains(item.box.translated(item.pos()))


def test_a_note_is_no_part_of_what_is_computed(open_window: Open) -> None:
    window = open_window(IRIS)
    window.actions_by_name["actionStepBatch"].trigger()
    told: list[str] = []
    window.store.told.connect(told.append)
    window.canvas.adding.drop("note", free_point(window))
    QTest.keyClicks(writing(window), "hello")
    QTest.keyClick(writing(window), Qt.Key.Key_Return, CONTROL)
    QApplication.processEvents()
    assert window.project.network.notes[0].text == "hello"
    assert told == []


def test_esc_takes_a_new_note_or_frame_back(open_window: Open) -> None:
    window = open_window(IRIS)
    before = window.project
    for name, field in (("actionNote", writing), ("actionFrame", title_field)):
        window.actions_by_name[name].trigger()
        assert window.project != before
        QTest.keyClick(field(window), Qt.Key.Key_Escape)
        assert window.project == before


def test_a_note_on_a_layer_gets_the_click_and_a_new_one_finds_free_space(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    mouse, scene = hand(window), window.canvas.network
    window.actions_by_name["actionNote"].trigger()
    QTest.keyClicks(writing(window), "x")
    window.canvas.setFocus()
    (note,) = scene.annotations.values()
    assert not any(note.collidesWithItem(item) for item in scene.layers.values())
    mouse.drag(window.canvas.mapFromScene(note.pos() + note.box.center()), mouse.middle("dense_2"))
    mouse.click(mouse.middle("dense_2"))
    assert scene.selected_parts() == [note.id]
    QTest.mouseDClick(mouse.viewport, LEFT, pos=mouse.middle("dense_2"))
    assert writing(window).toPlainText() == "x"


# --- found by a second reading --------------------------------------------------------------------------------------


def test_a_copied_frame_holds_its_copies_alone(open_window: Open) -> None:
    window = open_window(IRIS)
    id = framed(window, ["dense_1", "tanh_1"])
    window.canvas.network.select([id])
    window.actions_by_name["actionDuplicate"].trigger()
    assert set(held(window.project.network, "frame_2")) == {"dense_3", "tanh_2"}
    assert set(held(window.project.network, id)) == {"dense_1", "tanh_1"}
    window.canvas.network.select([id])
    window.actions_by_name["actionCopy"].trigger()
    window.actions_by_name["actionPaste"].trigger()
    window.actions_by_name["actionCut"].trigger()
    assert window.project.network.has("dense_1")


def test_what_is_being_written_is_saved(open_window: Open, tmp_path: Path, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.mark_saved(window.project, tmp_path / "a.nnstudio")
    window.actions_by_name["actionNote"].trigger()
    QTest.keyClicks(writing(window), "kept")
    window.actions_by_name["actionSave"].trigger()
    qtbot.waitUntil(lambda: (tmp_path / "a.nnstudio").exists(), timeout=10_000)
    assert open_project(tmp_path / "a.nnstudio").network.notes[0].text == "kept"
    window.canvas.editing.write_text("note_1")
    QTest.keyClicks(writing(window), " too")
    window.use_language("es")
    assert window.project.network.notes[0].text == "kept too"
    window.use_language("en")


def test_what_is_being_written_is_not_written_into_another_project(open_window: Open) -> None:
    window = open_window(IRIS)
    window.canvas.editing.edit_value("dense_1")
    QTest.keyClicks(title_field(window), "99")
    window.documents.open_example("circle")
    assert not any(one.isVisible() for one in window.canvas.findChildren(QLineEdit, "inPlaceField"))
    window.canvas.setFocus()
    assert window.project.network.layer("dense_1").parameters["units"] == 4


def test_a_nudged_frame_does_not_gather_what_it_passes(open_window: Open) -> None:
    window = open_window(IRIS)
    id = framed(window, ["dense_1"])
    before = {layer.id: layer.position for layer in window.project.network.layers}
    window.canvas.network.select([id])
    for _time in range(40):
        QTest.keyClick(window.canvas, Qt.Key.Key_Right, CONTROL)
    moved = {layer.id for layer in window.project.network.layers if layer.position != before[layer.id]}
    assert moved == {"dense_1"}
    window.actions_by_name["actionUndo"].trigger()
    assert {layer.id: layer.position for layer in window.project.network.layers} == before


def test_a_note_dragged_from_the_palette_is_written_at_once(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    viewport = window.palette_panel.list.viewport()
    end = viewport.mapFromGlobal(window.canvas.viewport().mapToGlobal(free_point(window)))
    hand(window).drag(palette_point(window, "note"), end, viewport)
    QTest.keyClicks(writing(window), "hello")
    window.canvas.setFocus()
    assert window.project.network.notes[0].text == "hello"


def test_a_title_out_of_view_is_written_in_view(open_window: Open) -> None:
    window = open_window(IRIS)
    id = framed(window, [layer.id for layer in window.project.network.layers])
    window.canvas.zoom_by(3)
    window.canvas.editing.write_text(id)
    assert window.canvas.rect().contains(title_field(window).geometry())


def test_all_of_the_grip_that_is_seen_can_be_grasped(open_window: Open, hand: Hands) -> None:
    window = open_window(IRIS)
    id = framed(window, ["dense_1"])
    window.canvas.network.select([id])
    item = window.canvas.network.annotations[id]
    before = window.project.network.frames[0].size
    point = window.canvas.mapFromScene(item.pos() + item.box.bottomRight() - QPointF(11, 11))
    hand(window).drag(point, point + QPoint(40, 20))
    assert window.project.network.frames[0].size > before


def test_frames_go_with_what_they_hold_and_take_in_nothing_else() -> None:
    project = with_stack(Project(), "dense:8,tanh,dense:3", FACTS)
    project, frame = add_around(project, "", ["dense_2"])
    project, _new = insert_after(project, "dense_1", "relu")
    assert held(project.network, frame) == ["dense_2"]
    project, frame = add_around(project, "", ["dense_1", "tanh_1"])
    note_place = (project.network.layer("dense_1").position[0], project.network.layer("dense_1").position[1] + 70)
    project, note = edits.add_note(project, "x", note_place)
    moved = edits.move(project, {id: (x, y + 900) for id, (x, y) in places_of(project, [frame, note]).items()})
    moved = edits.move(moved, {id: (x, y + 900) for id, (x, y) in places_of(project, ["dense_1", "tanh_1"]).items()})
    assert {"dense_1", "tanh_1"} <= set(held(arranged(moved).network, frame))
    assert "output_1" not in held(arranged(moved).network, frame)


def places_of(project: Project, ids: list[str]) -> dict[str, tuple[float, float]]:
    parts = (*project.network.layers, *project.network.annotations)
    return {part.id: part.position for part in parts if part.id in ids}


def test_a_command_finds_what_is_being_written_taken_over(open_window: Open) -> None:
    window = open_window(IRIS)
    window.actions_by_name["actionNote"].trigger()
    QTest.keyClicks(writing(window), "twice")
    window.actions_by_name["actionDuplicate"].trigger()
    assert [note.text for note in window.project.network.notes] == ["twice", "twice"]
