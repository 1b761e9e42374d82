"""The program's own font, the same on every system, and how large text is."""

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication

from nnstudio import paths
from nnstudio.project.files import files_in
from nnstudio.ui.look import projector

FAMILY = "Inter"
USUAL = 10.0
"""Points of plain text at its usual size."""
SMALLEST, LARGEST = -2, 8
"""By how many steps of a point text can be made smaller or larger."""


def load_fonts() -> None:
    """Make the font that travels with the program known to Qt; where it is missing the system's is used."""
    for file in files_in(paths.resources() / "fonts", "*.otf"):
        QFontDatabase.addApplicationFont(str(file))


def use_text_size(steps: int) -> None:
    """Write everything larger or smaller than usual by so many points; for a class never smaller than it can read."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    font = QFont(FAMILY)
    points = USUAL + within(steps)
    least = projector.least_letters()
    if least:
        dots = QGuiApplication.primaryScreen().logicalDotsPerInchY()
        points = max(least * 72 / dots * max(points, USUAL) / USUAL, points)
    font.setPointSizeF(points)
    application.setFont(font)


def within(steps: int) -> int:
    return min(LARGEST, max(SMALLEST, steps))


def sized(font: QFont, share: float, bold: bool = False) -> QFont:
    """The font larger or smaller: three sizes of type are used, 0.88 for what is beside, 1 and 1.15 for headings."""
    made = QFont(font)
    if projector.least_letters():
        share = max(share, 1.0)
    made.setPointSizeF(font.pointSizeF() * share)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def fixed() -> QFont:
    """The system's font of letters that are all as wide; for a class as large as all else."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if projector.least_letters():
        made.setPointSizeF(max(made.pointSizeF(), QApplication.font().pointSizeF()))
    return made


def heading_size(points: int) -> str:
    """The size of a plot's heading as pyqtgraph takes it; never smaller than all else is for a class."""
    least = QApplication.font().pointSizeF() if projector.least_letters() else 0.0
    return f"{max(float(points), least):g}pt"
