"""The formula of a network as a drawing (SVG) for print. Its letters are outlines: no font is needed."""

import xml.etree.ElementTree as Tree
from collections.abc import Sequence

from nnstudio.project.formula_layout import GAP, placed
from nnstudio.project.network_formula import Line

WIDTH = 680.0
SIZE = 16.0
ROW = 28.0
ABOVE, BELOW = 20.0, 12.0
"""Dots of a screen from the upper edge to the first baseline, and from the last to the lower edge."""
COLOR = "#1b1f24"
NAMESPACE = "http://www.w3.org/2000/svg"


def formula_svg(lines: Sequence[Line]) -> bytes:
    """The lines below each other, as wide as a page takes."""
    import ziamath  # 0.4 s

    pieces = {
        part.latex: ziamath.Latex(part.latex, size=SIZE, color=COLOR)  # type: ignore[attr-defined]
        for line in lines
        for part in line
    }

    def width_of(latex: str) -> float:
        return float(pieces[latex].getsize()[0])

    found, rows = placed(lines, width_of, WIDTH)
    width = max((one.x + width_of(one.part.latex) for one in found), default=0.0) + GAP
    height = ABOVE + ROW * (rows - 1) + BELOW
    # Outlines in place, without the <use> elements of SVG 2, which Qt does not draw.
    ziamath.config.svg2 = False  # type: ignore[attr-defined]
    size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    # On a PDF Qt draws lines around outlines that have none, unless they are 0 wide.
    drawing = Tree.Element("svg", {"xmlns": NAMESPACE, **size, "stroke": "none", "stroke-width": "0"})
    for one in found:
        pieces[one.part.latex].drawon(drawing, one.x, ABOVE + ROW * one.row)
    return Tree.tostring(drawing)
