"""Icons drawn from a font: the Material Design Icons that qtawesome brings. Its code is not imported: that would load
a dozen fonts and every class of Qt before the window is there."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from nnstudio.project.files import files_in

PREFIX, FILES = "mdi6.", "materialdesignicons6-webfont"
SHARE = 0.875
"""Of the height of an icon, what its letter takes: a glyph of this font stands a little apart from its box."""


def font_icon(name: str, color: str, disabled: str) -> QIcon:
    """The icon of a name like "mdi6.play" in a colour, and in another where it cannot be used; KeyError without one."""
    return QIcon(FontIcon(chr(int(codes()[name.removeprefix(PREFIX)], 16)), QColor(color), QColor(disabled)))


class FontIcon(QIconEngine):
    """Draws one character of the font, as large as is asked."""

    def __init__(self, character: str, color: QColor, disabled: QColor) -> None:
        super().__init__()
        self._given = character, color, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        character, color, disabled = self._given
        font = QFont(family())
        font.setPixelSize(max(1, round(SHARE * rect.height())))
        painter.save()
        painter.setPen(disabled if mode is QIcon.Mode.Disabled else color)
        painter.setFont(font)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made


@cache
def codes() -> dict[str, str]:
    """The code of each icon's character in hexadecimal digits, by its name."""
    read: dict[str, str] = json.loads(file_of("-charmap-*.json").read_text(encoding="utf-8"))
    return read


@cache
def family() -> str:
    """The font's name, once Qt has it."""
    number = QFontDatabase.addApplicationFont(str(file_of("-[0-9]*.ttf")))
    return QFontDatabase.applicationFontFamilies(number)[0]


def file_of(ending: str) -> Path:
    """A file of the font; the version in its name is another with each release."""
    package = find_spec("qtawesome")
    assert package is not None
    assert package.submodule_search_locations is not None
    (found,) = files_in(Path(package.submodule_search_locations[0], "fonts"), FILES + ending)
    return found
