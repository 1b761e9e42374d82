"""What is put into the report is an edit like any other, is kept in the project file, and is refused where it is no
picture."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from nnstudio.project import sheet_edits
from nnstudio.project.archive import open_project, save, to_bytes
from nnstudio.project.container import DamagedError
from nnstudio.project.model import Project
from nnstudio.project.sheet import PROJECT, Sheet, SheetItem
from nnstudio.project.sheet_rows import parted, row_ids
from nnstudio.project.undo import UndoHistory
from nnstudio.text import UserError
from tests.unit.project.test_archive import trained


def picture(width: int = 2, height: int = 1) -> bytes:
    """A PNG that is grey all over."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    return sheet_edits.PNG + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    return trained(make_project())


def with_three(project: Project) -> Project:
    for name in ("one", "two", "three"):
        project = sheet_edits.put_on(project, name, "plotLoss", picture(), project.runs[0], 1)
    return project


def test_items_are_put_on_moved_commented_and_deleted(project: Project) -> None:
    project = with_three(project)
    assert [item.id for item in project.sheet.items] == ["item-1", "item-2", "item-3"]
    moved = sheet_edits.move_item(project, "item-3", 0)
    assert [item.title for item in moved.sheet.items] == ["three", "one", "two"]
    commented = sheet_edits.change_item(moved, "item-1", comment="why")
    assert commented.sheet.item("item-1").comment == "why"
    left = sheet_edits.remove_item(commented, "item-3")
    assert [item.title for item in left.sheet.items] == ["one", "two"]
    assert sheet_edits.set_sheet(left, names="Ana").sheet.names == "Ana"


def test_a_section_is_commented_moved_and_left_out(project: Project, tmp_path: Path) -> None:
    project = sheet_edits.comment_section(with_three(project), "runs", "why")
    project = sheet_edits.move_section(project, "runs", 0)
    for key in ("formula", "item-2", PROJECT):
        project = sheet_edits.include(project, key, False)
    assert row_ids(project.sheet)[:6] == ("runs", "predictions", "items", "item-1", "item-2", "item-3")
    assert parted(list(row_ids(project.sheet))) == (project.sheet.sections, ("item-1", "item-2", "item-3"))
    save(project, tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio") == project
    assert sheet_edits.remove_item(project, "item-2").sheet.left_out == ("formula", PROJECT), "nothing is left behind"
    again = sheet_edits.comment_section(sheet_edits.include(project, "formula", True), "runs", "")
    assert again.sheet.left_out == ("item-2", PROJECT) and not again.sheet.comments
    assert sheet_edits.move_section(project, "runs", 3).sheet.order == (), "as at first"


def test_every_edit_of_the_sheet_is_undone(project: Project) -> None:
    history = UndoHistory(project)
    put = with_three(project)
    history.push("put", put)
    history.push("comment", sheet_edits.change_item(put, "item-2", comment="a"), "sheet item-2 comment")
    history.push("comment", sheet_edits.change_item(put, "item-2", comment="ab"), "sheet item-2 comment")
    history.push("delete", sheet_edits.remove_item(history.present, "item-2"))
    assert history.undo().sheet.item("item-2").comment == "ab"
    assert history.undo() == put
    assert history.undo() == project
    assert history.redo() == put


def test_a_run_that_bears_the_id_of_one_that_is_gone_is_not_taken_for_it(project: Project) -> None:
    project = sheet_edits.put_on(project, "one", "canvas", picture(), project.runs[0], None)
    (item,) = project.sheet.items
    assert sheet_edits.run_of(project, item) is project.runs[0]
    other = replace(project, runs=(replace(project.runs[0], created="2026-02-02T00:00:00+00:00"),))
    assert sheet_edits.run_of(other, item) is None


def test_the_sheet_comes_back_from_the_file(project: Project, tmp_path: Path) -> None:
    project = sheet_edits.set_sheet(with_three(project), names="Ana, José", words="It\nfalls.")
    save(project, tmp_path / "a.nnstudio")
    assert open_project(tmp_path / "a.nnstudio") == project
    assert to_bytes(project, tmp_path).count(b"sheet/item-1.png") >= 2


def test_a_damaged_picture_is_left_out_and_told_of(project: Project, tmp_path: Path) -> None:
    project = with_three(project)
    path = tmp_path / "a.nnstudio"
    content = bytearray(to_bytes(project, tmp_path))
    place = content.index(b"IDAT")
    content[place + 6] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(DamagedError, match="The picture of “one” in the report"):
        open_project(path)
    told: list[str] = []
    opened = open_project(path, told.append)
    assert len(told) == 1 and [bool(item.picture) for item in opened.sheet.items] == [False, True, True]


def rewritten(project: Project, folder: Path, sheet: dict[str, object], members: dict[str, bytes]) -> Path:
    """A project file with another sheet in its description, and all checksums right."""
    import hashlib

    import msgspec

    given = zipfile.ZipFile(io.BytesIO(to_bytes(project, folder)))
    parts = {name: given.read(name) for name in given.namelist()} | members
    told = json.loads(parts["project.json"])
    told["project"]["sheet"] |= sheet
    told["sha256"] = hashlib.sha256(msgspec.json.encode([told["project"], told["shared"]])).hexdigest()
    told["members"] = {
        name: {"size": len(part), "sha256": hashlib.sha256(part).hexdigest()}
        for name, part in parts.items()
        if name != "project.json"
    }
    parts["project.json"] = json.dumps(told).encode()
    path = folder / "stranger.nnstudio"
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return path


def test_a_strangers_sheet_holds_no_more_than_can_be_shown(project: Project, tmp_path: Path) -> None:
    item = {"id": "item-1", "title": "a"}
    refused: list[tuple[dict[str, object], dict[str, bytes]]] = [
        ({"names": "x" * 100_000}, {}),
        ({"words": "x" * 100_000}, {}),
        ({"items": [item, item]}, {}),
        ({"items": [{"id": "../evil", "title": "a"}]}, {}),
        ({"items": [{**item, "comment": "x" * 100_000}]}, {}),
        ({"items": [{"id": f"item-{n}", "title": "a"} for n in range(1, 100)]}, {}),
        ({"items": [{**item, "unknown": 1}]}, {}),
        ({"items": [{**item, "alt": "x" * 100_000}]}, {}),
        ({"comments": {"runs": "x" * 100_000}}, {}),
        ({"comments": {"evil": "a"}}, {}),
        ({"order": ["runs", "runs"]}, {}),
        ({"order": ["evil"]}, {}),
        ({"left_out": ["item-7"]}, {}),
        ({"left_out": ["runs", "runs"]}, {}),
        ({"items": [item]}, {"sheet/item-1.png": b"<svg onload=alert(1)>" + bytes(40)}),
        ({"items": [item]}, {"sheet/item-1.png": picture()[:16] + struct.pack(">II", 10**6, 10**6) + bytes(40)}),
        ({"items": [item]}, {"sheet/../../evil.png": picture()}),
    ]
    for sheet, members in refused:
        with pytest.raises(UserError):
            open_project(rewritten(project, tmp_path, sheet, members))
    inline = rewritten(project, tmp_path, {"items": [{**item, "picture": "aGVsbG8="}]}, {})
    assert open_project(inline).sheet == Sheet(items=(SheetItem("item-1", "a"),))


def test_what_is_no_picture_or_too_much_is_not_put_on(project: Project) -> None:
    with pytest.raises(UserError, match="none that can be shown"):
        sheet_edits.put_on(project, "a", "canvas", b"GIF89a", None, None)
    full = Sheet(items=tuple(SheetItem(f"item-{n}", "a") for n in range(1, sheet_edits.MOST_ITEMS + 1)))
    with pytest.raises(UserError, match="which is all it can"):
        sheet_edits.put_on(replace(project, sheet=full), "a", "canvas", picture(), None, None)
    with pytest.raises(UserError, match="the limit is"):
        sheet_edits.set_sheet(project, names="x" * 400)
