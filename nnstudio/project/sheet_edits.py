"""Pure edits of the report, and what one in a file must be."""

import re
import struct
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from nnstudio.project.model import Project, Run
from nnstudio.project.sheet import PROJECT, SECTIONS, Sheet, SheetItem
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

MOST_ITEMS = 60
LONGEST_TITLE = 120
LONGEST_NAMES = 300
LONGEST_COMMENT = 4_000
LONGEST_WORDS = 10_000
LONGEST_VIEW = 80
LONGEST_ALT = 2_000
MOST_PIXELS = 4_096
"""A picture is as wide and as high at most: what reads one takes memory for all of it."""
MOST_PICTURE = 2**23
"""Bytes."""
ITEM_ID = re.compile(r"item-[1-9][0-9]{0,8}")
PNG = b"\x89PNG\r\n\x1a\n"


def put_on(
    project: Project, title: str, view: str, picture: bytes, run: Run | None, epoch: int | None, alt: str = ""
) -> Project:
    """The project with one more item at the end of its report. UserError where there is no room for it."""
    items = project.sheet.items
    if len(items) >= MOST_ITEMS:
        raise UserError(
            _("The report holds {count} pictures, which is all it can. Delete one of them first.").format(
                count=MOST_ITEMS
            )
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
        alt=alt[:LONGEST_ALT],
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
    return with_items(include(project, id, True), tuple(item for item in project.sheet.items if item.id != id))


def move_item(project: Project, id: str, place: int) -> Project:
    """The project with an item at another place among all, counted from 0; the nearest end beyond them."""
    item = project.sheet.item(id)
    rest = [one for one in project.sheet.items if one.id != id]
    rest.insert(max(0, place), item)
    return with_items(project, tuple(rest))


def set_sheet(project: Project, **changes: str) -> Project:
    """The project with other names or words in its report. UserError for what is too long."""
    return checked(replace(project, sheet=replace(project.sheet, **changes)))


def comment_section(project: Project, key: str, comment: str) -> Project:
    """The project with another comment on a standing section, "" for none. UserError for one that is too long."""
    comments = {**project.sheet.comments, key: comment}
    if not comment:
        del comments[key]
    return checked(replace(project, sheet=replace(project.sheet, comments=comments)))


def move_section(project: Project, key: str, place: int) -> Project:
    """The project with a standing section at another place, counted from 0; the nearest end beyond them."""
    order = [one for one in project.sheet.sections if one != key]
    order.insert(max(0, place), key)
    return with_order(project, tuple(order))


def with_order(project: Project, order: tuple[str, ...]) -> Project:
    """The project with its standing sections in this order, which names them all."""
    return checked(replace(project, sheet=replace(project.sheet, order=() if order == tuple(SECTIONS) else order)))


def include(project: Project, key: str, on: bool) -> Project:
    """The project with a section, an item or itself written in the report, or left out of it."""
    left_out = tuple(one for one in project.sheet.left_out if one != key)
    return replace(project, sheet=replace(project.sheet, left_out=left_out if on else (*left_out, key)))


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
    """UserError for a report with more than can be shown, or with items that cannot be told apart."""
    check_text(sheet.names, _("names"), LONGEST_NAMES)
    check_text(sheet.words, _("what you found out"), LONGEST_WORDS)
    if len(sheet.items) > MOST_ITEMS:
        raise UserError(
            _("The report holds {count} pictures; the limit is {limit}.").format(
                count=Count(len(sheet.items)), limit=MOST_ITEMS
            )
        )
    seen: set[str] = set()
    for item in sheet.items:
        if not ITEM_ID.fullmatch(item.id) or item.id in seen:
            raise UserError(
                _("A picture of the report bears the id “{id}”, which cannot be used.").format(id=item.id[:40])
            )
        seen.add(item.id)
        check_text(item.title, _("title"), LONGEST_TITLE)
        check_text(item.comment, _("comment"), LONGEST_COMMENT)
        for text in (item.view, item.run, item.run_created, item.made):
            check_text(text, "view, run, made", LONGEST_VIEW)
        check_text(item.alt, "alt", LONGEST_ALT)
    check_sections(sheet, seen)


def check_sections(sheet: Sheet, items: set[str]) -> None:
    """UserError for an order, a comment or a choice of sections that there are not. `items` are the ids of all."""
    named = {*sheet.order, *sheet.comments}
    for key in [*(named - set(SECTIONS)), *(set(sheet.left_out) - set(SECTIONS) - items - {PROJECT})]:
        raise UserError(_("The report names a section “{name}”, which there is not.").format(name=key[:40]))
    for keys in (sheet.order, sheet.left_out):
        if len(set(keys)) < len(keys):
            raise UserError(_("The report names a section twice."))
    for comment in sheet.comments.values():
        check_text(comment, _("comment"), LONGEST_COMMENT)


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
