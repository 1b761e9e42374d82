"""The program's own font, the same on every system, and how large text is."""

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from nnstudio import paths
from nnstudio.project.files import files_in

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
    """Write everything larger or smaller than usual by so many points."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    font = QFont(FAMILY)
    font.setPointSizeF(USUAL + within(steps))
    application.setFont(font)


def within(steps: int) -> int:
    return min(LARGEST, max(SMALLEST, steps))


def sized(font: QFont, share: float, bold: bool = False) -> QFont:
    """The font larger or smaller: three sizes of type are used, 0.88 for what is beside, 1 and 1.15 for headings."""
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * share)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made
