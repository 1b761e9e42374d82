"""What stands below a table and is no row of it: footnotes and totals."""

from collections.abc import Sequence

from nnstudio.data.layout import NUMBER, Layout, cut

LAST_WORDS = frozenset(
    ("total", "totals", "totales", "grand total", "sum", "suma", "summe", "gesamt", "mean", "average", "media")
)
"""What the first cell of a line says that sums up the others."""


def footer_lines(tail: str, layout: Layout) -> int:
    """How many lines at the end of a table are footnotes: of fewer cells than it has columns, behind an empty line or
    all of one cell."""
    lines = tail.rstrip("\n").split("\n")
    if layout.width < 2:
        return 0
    counted = 0
    for place in range(len(lines) - 1, 0, -1):
        line = lines[place]
        if not line.strip():
            counted += 1
            continue
        if layout.quote and line.count(layout.quote) % 2:
            break  # of a cell that is opened or closed here
        cells = cut([(0, line)], layout.separator, layout.quote)[0][1] if line else []
        known = [cell for cell in cells if cell.strip()]
        if known and known[0].strip().rstrip(":").lower() in LAST_WORDS and known[0] is cells[0] and not counted:
            counted += 1
            continue
        if len(cells) >= layout.width and len(known) != 1:
            break
        if len(known) == 1 and not NUMBER.fullmatch(known[0].strip()):
            counted += 1
            continue
        if len(cells) < layout.width and after_empty_line(lines, place):
            counted += 1
            continue
        break
    while counted and not lines[-counted].strip():
        counted -= 1  # empty lines before the first footnote are no footnotes
    return counted


def after_empty_line(lines: Sequence[str], place: int) -> bool:
    """Whether an empty line is shortly above; the first one was cut off, and is none."""
    return any(not one.strip() for one in lines[max(1, place - 6) : place])
