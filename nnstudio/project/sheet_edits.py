"""Pure edits of the lab sheet, and what a sheet in a file must be."""

import re
import struct
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from nnstudio.project.model import Project, Run
from nnstudio.project.sheet import Sheet, SheetItem
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

MOST_ITEMS = 60
LONGEST_TITLE = 120
LONGEST_NAMES = 300
LONGEST_COMMENT = 4_000
LONGEST_WORDS = 10_000
LONGEST_VIEW = 80
MOST_PIXELS = 4_096
"""A picture is as wide and as high at most: what reads one takes memory for all of it."""
MOST_PICTURE = 2**23
"""Bytes."""
ITEM_ID = re.compile(r"item-[1-9][0-9]{0,8}")
PNG = b"\x89PNG\r\n\x1a\n"


def put_on(project: Project, title: str, view: str, picture: bytes, run: Run | None, epoch: int | None) -> Project:
    """The project with one more item at the end of its sheet. UserError where there is no room for it."""
    items = project.sheet.items
    if len(items) >= MOST_ITEMS:
        raise UserError(
            _("The sheet holds {count} items, which is all it can. Delete one of them first.").format(count=MOST_ITEMS)
        )
    check_picture(picture, title)
    item = SheetItem(
        free_item_id(project.sheet),
        title[:LONGEST_TITLE],
        view,
        run.id if run else "",
        run.created if run else "",
        epoch,
        datetime.now(UTC).isoformat(timespec="seconds"),
        picture=picture,
    )
    return with_items(project, (*items, item))


def free_item_id(sheet: Sheet) -> str:
    """One more than the highest there is."""
    return f"item-{max((int(item.id.removeprefix('item-')) for item in sheet.items), default=0) + 1}"


def change_item(project: Project, id: str, **changes: Any) -> Project:
    """The project with another title or comment of an item. UserError for one that is too long."""
    items = tuple(replace(item, **changes) if item.id == id else item for item in project.sheet.items)
    return checked(with_items(project, items))


def remove_item(project: Project, id: str) -> Project:
    return with_items(project, tuple(item for item in project.sheet.items if item.id != id))


def move_item(project: Project, id: str, place: int) -> Project:
    """The project with an item at another place of its sheet, counted from 0; the nearest end beyond them."""
    item = project.sheet.item(id)
    rest = [one for one in project.sheet.items if one.id != id]
    rest.insert(max(0, place), item)
    return with_items(project, tuple(rest))


def set_sheet(project: Project, **changes: str) -> Project:
    """The project with other names or words on its sheet. UserError for what is too long."""
    return checked(replace(project, sheet=replace(project.sheet, **changes)))


def with_items(project: Project, items: tuple[SheetItem, ...]) -> Project:
    return replace(project, sheet=replace(project.sheet, items=items))


def run_of(project: Project, item: SheetItem) -> Run | None:
    """The run that an item shows; None where it shows none, and where it is gone."""
    found = [run for run in project.runs if run.id == item.run]
    return next((run for run in found if item.run_created in ("", run.created)), None)


# --- what a sheet must be -------------------------------------------------------------------------------------------


def checked(project: Project) -> Project:
    check_sheet(project.sheet)
    return project


def check_sheet(sheet: Sheet) -> None:
    """UserError for a sheet with more than can be shown, or with items that cannot be told apart."""
    check_text(sheet.names, _("names"), LONGEST_NAMES)
    check_text(sheet.words, _("what you found out"), LONGEST_WORDS)
    if len(sheet.items) > MOST_ITEMS:
        raise UserError(
            _("The sheet holds {count} items; the limit is {limit}.").format(
                count=Count(len(sheet.items)), limit=MOST_ITEMS
            )
        )
    seen: set[str] = set()
    for item in sheet.items:
        if not ITEM_ID.fullmatch(item.id) or item.id in seen:
            raise UserError(
                _("An item of the sheet bears the id “{id}”, which cannot be used.").format(id=item.id[:40])
            )
        seen.add(item.id)
        check_text(item.title, _("title"), LONGEST_TITLE)
        check_text(item.comment, _("comment"), LONGEST_COMMENT)
        for text in (item.view, item.run, item.run_created, item.made):
            check_text(text, "view, run, made", LONGEST_VIEW)


def check_text(text: str, name: str, longest: int) -> None:
    if len(text) > longest:
        raise UserError(
            _("“{name}” has {count} characters; the limit is {limit}.").format(
                name=name, count=Count(len(text)), limit=Count(longest)
            )
        )


def check_picture(picture: bytes, title: str) -> None:
    """UserError unless the bytes begin as a PNG of a size that can be shown."""
    if len(picture) > MOST_PICTURE or not picture.startswith(PNG) or picture[12:16] != b"IHDR" or len(picture) < 24:
        raise UserError(_("The picture of “{title}” is none that can be shown.").format(title=title[:40]))
    width, height = struct.unpack(">II", picture[16:24])
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise UserError(_("The picture of “{title}” is none that can be shown.").format(title=title[:40]))
