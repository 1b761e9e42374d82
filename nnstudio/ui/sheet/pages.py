"""What stays together where a text is broken into pages: a heading and what it heads, a picture and what is said of it,
a row of a table. Qt breaks between any two lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextFormat, QTextFrame, QTextTable

RESOLUTION = 300
SCREEN = 96
"""Dots an inch."""
MOST_BREAKS = 400


def millimetres(length: float) -> float:
    """A length in the units of the pages."""
    return length / 25.4 * RESOLUTION


def spaced(length: float) -> float:
    """Millimetres in what Qt takes the margins and lines of a text for: dots of a screen, which it scales itself."""
    return length / 25.4 * SCREEN


class Mark(IntEnum):
    """What is kept with a paragraph beyond what Qt knows."""

    KEEP = QTextFormat.Property.UserProperty.value + 2
    """That it stays on the page of what follows."""
    SAID = QTextFormat.Property.UserProperty.value + 3
    """That a person said it, so that it is marked."""


def keep_together(document: QTextDocument, room: float) -> None:
    """Break a text so that nothing is parted that belongs together; `room` is the height of a page in its units."""
    seen: set[tuple[int, int]] = set()
    for _time in range(MOST_BREAKS):
        parted = next((one for one in parted_rows(document, room) if one.key not in seen), None)
        if parted is not None:
            seen.add(parted.key)
            mend(document, parted)
        elif not broke_before(document, room):
            return


def broke_before(document: QTextDocument, room: float) -> bool:
    """Break before the first paragraph that is parted from what it stays with; whether there was one."""
    layout = document.documentLayout()
    current = document.begin()
    while current.isValid():
        following = current.next()
        if following.isValid() and current.blockFormat().property(Mark.KEEP):
            at, below = layout.blockBoundingRect(current), layout.blockBoundingRect(following)
            is_parted = int(at.top() // room) != int((below.bottom() - 1) // room)
            if is_parted and below.height() < room and break_before(current):
                return True
        current = following
    return False


def break_before(block: QTextBlock) -> bool:
    """Begin a page with a paragraph and those that stay with it; whether that is new."""
    while (before := block.previous()).isValid() and before.blockFormat().property(Mark.KEEP):
        block = before
    how = block.blockFormat()
    always = QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore
    if how.pageBreakPolicy() == always or not block.previous().isValid():
        return False
    how.setPageBreakPolicy(always)
    QTextCursor(block).setBlockFormat(how)
    return True


# --- rows of tables -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartedRow:
    """A row that lies on two pages, and how much of it is on the first; row 0 where Qt itself has moved the head to the
    next page, and a line stays behind."""

    table: QTextTable
    row: int
    left: float

    @property
    def key(self) -> tuple[int, int]:
        return self.table.firstPosition(), self.row


def parted_rows(document: QTextDocument, room: float) -> Iterator[PartedRow]:
    """The rows that lie on two pages though they are low."""
    layout = document.documentLayout()
    for table in tables(document.rootFrame()):
        top = layout.frameBoundingRect(table).top()
        if int(top // room) != int(layout.blockBoundingRect(next(blocks_of(table, 0))).top() // room):
            yield PartedRow(table, 0, 0.0)
        for row in range(1, table.rows()):
            rects = [layout.blockBoundingRect(block) for block in blocks_of(table, row)]
            top, bottom = min(rect.top() for rect in rects), max(rect.bottom() for rect in rects)
            if int(top // room) != int((bottom - 1) // room) and bottom - top < room / 2:
                yield PartedRow(table, row, room - top % room)


def mend(document: QTextDocument, parted: PartedRow) -> None:
    """Have a row begin on the next page: the one before it reaches to the foot of this one. A table of which hardly a
    row is here goes there as a whole."""
    table = parted.table
    if parted.row <= 2 and break_before(document.findBlock(table.firstPosition() - 1)):
        return
    if parted.row > 1:
        for column in range(table.columns()):
            cell = table.cellAt(parted.row - 1, column)
            how = cell.format().toTableCellFormat()
            how.setBottomPadding(how.bottomPadding() + parted.left / RESOLUTION * SCREEN + 1)
            cell.setFormat(how)


def tables(frame: QTextFrame) -> Iterator[QTextTable]:
    for child in frame.childFrames():
        if isinstance(child, QTextTable):
            yield child


def blocks_of(table: QTextTable, row: int) -> Iterator[QTextBlock]:
    for column in range(table.columns()):
        cell = table.cellAt(row, column)
        block, last = cell.firstCursorPosition().block(), cell.lastCursorPosition().block()
        yield block
        if last != block:
            yield last
