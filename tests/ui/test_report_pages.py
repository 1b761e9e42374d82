"""On paper nothing is parted that belongs together, and tables keep to the page."""

import pytest
from PySide6.QtGui import QPageSize, QTextDocument
from pytestqt.qtbot import QtBot

from nnstudio.ui.background.sheet_jobs import Facts, Figure, Listed, Section, SheetPage, Table, WholeSheet, Words
from nnstudio.ui.sheet import pages, pdf
from nnstudio.ui.sheet.pages import Mark, blocks_of, tables
from tests.unit.project.test_sheet import picture

Laid = list[list[float]]


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> Laid:
    """The shares of the columns of each table that was laid out, once all is where it belongs."""
    found: Laid = []

    def seen(document: QTextDocument, room: float) -> None:
        pages.keep_together(document, room)
        check(document, room)
        for table in tables(document.rootFrame()):
            found.append([one.rawValue() for one in table.format().columnWidthConstraints()])

    monkeypatch.setattr(pdf, "keep_together", seen)
    return found


def check(document: QTextDocument, room: float) -> None:
    layout = document.documentLayout()
    for table in tables(document.rootFrame()):
        for row in range(table.rows()):
            rects = [layout.blockBoundingRect(block) for block in blocks_of(table, row)]
            top, bottom = min(rect.top() for rect in rects), max(rect.bottom() for rect in rects)
            assert int(top // room) == int((bottom - 1) // room), (row, top / room, bottom / room)
    block = document.begin()
    while block.isValid():
        following = block.next()
        if block.blockFormat().property(Mark.KEEP) and following.isValid():
            at, below = (layout.blockBoundingRect(one) for one in (block, following))
            assert int(at.top() // room) == int((below.bottom() - 1) // room), block.text()
        block = following


def whole(*sections: Section) -> WholeSheet:
    return WholeSheet(SheetPage("Title", "Ana", "now", sections), b"the project", "a.nnstudio", "")


@pytest.mark.parametrize("paper", [QPageSize.PageSizeId.A4, QPageSize.PageSizeId.Letter])
@pytest.mark.parametrize("before", range(0, 60, 7))
def test_rows_headings_and_comments_are_not_parted_wherever_a_page_ends(
    laid: Laid, qtbot: QtBot, paper: QPageSize.PageSizeId, before: int
) -> None:
    rows = tuple((str(number), "word " * (number * 7 % 31), "0.1234") for number in range(40))
    sections = [
        Section("Words", (Words("\n".join(["line"] * before)),)),
        Section("Runs", (Table(("No.", "Changed", "Loss"), rows, frozenset({0, 2}), "Table"), Words("end")), "said"),
        Section("Pictures", (Figure(picture(700, 500), "A", "alt", "note", "said of it\nand more"),) * 3),
        Section("Data", (Facts((("name", "value"),) * 20), Listed(("one", "two")))),
    ]
    content = pdf.pdf_of(whole(*sections), paper)
    assert content.startswith(b"%PDF-") and len(laid) == 2, "the table and the facts"


def test_a_table_is_as_wide_as_the_page_whatever_stands_in_it(laid: Laid, qtbot: QtBot) -> None:
    rows = (("x" * 300, "y" * 40, "1"), ("a b " * 200, "", "2"))
    pdf.pdf_of(whole(Section("Long", (Table(("First", "Second", "Number"), rows, frozenset({2})),))))
    (widths,) = laid
    assert sum(widths) == pytest.approx(100) and min(widths) > 3


def test_the_project_is_attached_where_it_goes_with_the_report(qtbot: QtBot) -> None:
    sheet = whole(Section("Words", (Words("a"),)))
    assert b"/EmbeddedFile" in pdf.pdf_of(sheet)
    without = WholeSheet(sheet.page, b"", sheet.name, "")
    assert b"/EmbeddedFile" not in pdf.pdf_of(without)
