"""What a report says, with the project that goes with it: gathered on a thread."""

from dataclasses import dataclass
from pathlib import Path

from nnstudio.handing_in import html_page
from nnstudio.handing_in.attached import attached_bytes
from nnstudio.handing_in.content import sheet_page
from nnstudio.handing_in.outcomes import shipped_lessons
from nnstudio.handing_in.parts import Facts, Figure, Listed, Section, SheetPage, Table, Words
from nnstudio.project.archive import SUFFIX
from nnstudio.project.model import Project

__all__ = [
    "Facts",
    "Figure",
    "Listed",
    "Section",
    "SheetPage",
    "Table",
    "WholeSheet",
    "Words",
    "html_of",
    "whole_sheet",
]


@dataclass(frozen=True)
class WholeSheet:
    """A report, the project file that goes with it (b"" for none) and its name, and what is to be said of that."""

    page: SheetPage
    attached: bytes
    name: str
    remark: str


def whole_sheet(project: Project, title: str, drawing: bytes, folder: Path) -> WholeSheet:
    """All of a report that is to lie in a folder. UserError for a project that is too large to go with it."""
    attached, remark = attached_bytes(project, folder)
    return WholeSheet(sheet_page(project, title, drawing, shipped_lessons()), attached, title + SUFFIX, remark)


def html_of(sheet: WholeSheet) -> bytes:
    return html_page.html_of(sheet.page, sheet.attached, sheet.name, sheet.remark)
