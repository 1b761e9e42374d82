"""What can be in a report, a row each: the standing sections in their order, the pictures below theirs."""

from nnstudio.project.model import Project
from nnstudio.project.sheet import SECTIONS, Sheet


def row_ids(sheet: Sheet) -> tuple[str, ...]:
    """The keys of the sections and the ids of the pictures, in the order of the report."""
    pictures = tuple(item.id for item in sheet.items)
    rows: tuple[str, ...] = ()
    for key in sheet.sections:
        rows += (key, *pictures) if key == "items" else (key,)
    return rows


def parted(rows: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The order of the sections and that of the pictures, from rows that were moved about."""
    return tuple(row for row in rows if row in SECTIONS), tuple(row for row in rows if row not in SECTIONS)


def is_empty(project: Project, key: str) -> bool:
    """Whether a section has nothing to tell yet, so that it is not written."""
    if key in project.sheet.comments:
        return False
    has_test = project.facts is not None and project.facts.test > 0
    told = {
        "predictions": project.predictions,
        "items": project.sheet.items,
        "words": project.sheet.words.strip(),
        "runs": project.runs,
        "curves": project.runs,
        "openings": project.openings or has_test,
        "network": project.network.layers,
        "formula": project.network.links,
    }
    return not told.get(key, True)
