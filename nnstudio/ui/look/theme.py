"""Colours and icons, for light and dark; both follow the palette that Qt has taken from the system."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from nnstudio import paths
from nnstudio.ui.look.icon_font import font_icon


@dataclass(frozen=True)
class Colors:
    """The colours of canvas and plots. Training, validation and the categories are told apart by the colour-blind too
    (Okabe and Ito 2008); each also has an icon, a dash or a marker of its own."""

    background: str
    surface: str
    border: str
    text: str
    faint_text: str
    grid: str
    note: str
    selection: str
    problem: str
    success: str
    training: str
    validation: str
    full_pass: str
    batch: str
    flag: str
    positive: str
    negative: str
    categories: dict[str, str]


USUAL_TEXT = 16
"""The pixels of text up to which drawings have their plain size."""

CATEGORIES = {
    "structure": "#6b7280",
    "dense": "#0072b2",
    "image": "#9b3d8f",
    "sequence": "#7a5c1e",
    "activation": "#b8650a",
    "regularization": "#007a5a",
}
DARK_CATEGORIES = {
    "structure": "#9ca3af",
    "dense": "#56b4e9",
    "image": "#d78bd0",
    "sequence": "#d9c07a",
    "activation": "#e69f00",
    "regularization": "#2fc79a",
}

LIGHT_CLASSES = ("#d9730d", "#0072b2", "#00875f", "#b3478f", "#8a6d00", "#3f9bd8", "#7a4a2b", "#5b5f66")
DARK_CLASSES = ("#ff9f4a", "#56b4e9", "#2fc79a", "#e07fc0", "#e5d24a", "#8fd0f5", "#c79a7a", "#a8b0bb")

LIGHT = Colors(
    background="#f6f7f9",
    surface="#ffffff",
    border="#b6bcc6",
    text="#1b1f24",
    faint_text="#59616d",
    grid="#dde1e7",
    note="#fff6d5",
    selection="#0b62c4",
    problem="#c02424",
    success="#1a7f4b",
    training="#0072b2",
    validation="#c24d00",
    full_pass="#8a3fa0",
    batch="#9aa3b0",
    flag="#1a7f4b",
    positive="#0877bd",
    negative="#e07b10",
    categories=CATEGORIES,
)
DARK = Colors(
    background="#1d2025",
    surface="#2a2e35",
    border="#4d5460",
    text="#e8eaed",
    faint_text="#a8b0bb",
    grid="#31363e",
    note="#3b3726",
    selection="#6cb0ff",
    problem="#ff7b72",
    success="#4cc98a",
    training="#56b4e9",
    validation="#ff9f4a",
    full_pass="#d79bea",
    batch="#6d7683",
    flag="#4cc98a",
    positive="#56b4e9",
    negative="#ff9f4a",
    categories=DARK_CATEGORIES,
)
PROJECTED = Colors(
    background="#ffffff",
    surface="#ffffff",
    border="#4a4f57",
    text="#000000",
    faint_text="#2b2f36",
    grid="#d5d9df",
    note="#fff3b8",
    selection="#0042a6",
    problem="#a30000",
    success="#00592c",
    training="#00509e",
    validation="#a83400",
    full_pass="#6d1482",
    batch="#414852",
    flag="#00592c",
    positive="#005c9e",
    negative="#b04a00",
    categories={
        "structure": "#4b5260",
        "dense": "#00509e",
        "image": "#7d2374",
        "sequence": "#5c4310",
        "activation": "#8a4700",
        "regularization": "#005c44",
    },
)
"""For a class to read from the back, in a room that is not dark: all that is written stands out 4.5 to 1 and more."""
PROJECTED_CLASSES = ("#a84800", "#00509e", "#005c3d", "#8a1f6c", "#6a5200", "#1a6aa8", "#5c3517", "#3f444c")

_printing = _projected = False
_known = 0, False
"""The key of the palette that was last looked at, and whether it is dark."""


@contextmanager
def light() -> Iterator[None]:
    """The light colours whatever the palette: for pictures that are printed."""
    global _printing
    _printing = True
    try:
        yield
    finally:
        _printing = False


def is_printing() -> bool:
    """Whether a picture for print is drawn, in which there is nothing to press."""
    return _printing


def project(on: bool) -> None:
    """Take the colours for a projector whatever is chosen, or no longer."""
    global _projected
    _projected = on


def is_projected() -> bool:
    """Whether what is drawn is drawn for a projector; a picture for print never is."""
    return _projected and not _printing


def is_dark() -> bool:
    """Whether the palette in use is dark."""
    global _known
    if _printing or _projected:
        return False
    palette = QGuiApplication.palette()
    if palette.cacheKey() != _known[0]:  # a picture of the canvas asks a hundred times
        _known = palette.cacheKey(), palette.color(QPalette.ColorRole.Window).lightness() < 128
    return _known[1]


def colors() -> Colors:
    if is_projected():
        return PROJECTED
    return DARK if is_dark() else LIGHT


def text_scale() -> float:
    """How much larger than usual the system's text is: what is drawn grows with it."""
    return max(1.0, QFontInfo(QApplication.font()).pixelSize() / USUAL_TEXT)


def on_accent() -> str:
    """The colour of what stands on the accent colour."""
    return DARK.background if is_dark() else LIGHT.surface


def mixed(color: str, other: str, share: float) -> str:
    """A colour with a share (0 to 1) of another."""
    first, second = rgb(color), rgb(other)
    return QColor(*(round(one + (two - one) * share) for one, two in zip(first, second, strict=True))).name()


def clearer_on(ground: str, *inks: str) -> str:
    """The ink that stands out most from a ground."""
    return max(inks, key=lambda ink: contrast(ground, ink))


def contrast(first: str | QColor, second: str | QColor) -> float:
    """How much two colours differ in brightness, 1 to 21, as WCAG 2 counts it."""
    light, dark = sorted((brightness(first), brightness(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def brightness(color: str | QColor) -> float:
    """The relative luminance of a colour, 0 to 1."""
    parts = [part / 255 for part in rgb(color)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgb(color: str | QColor) -> tuple[int, int, int]:
    """Red, green and blue of a colour, 0 to 255."""
    found = QColor(color)
    return found.red(), found.green(), found.blue()


def class_colors() -> tuple[str, ...]:
    """The colours of classes, in their order: orange and blue first, as in TensorFlow Playground."""
    if is_projected():
        return PROJECTED_CLASSES
    return DARK_CLASSES if is_dark() else LIGHT_CLASSES


def use_scheme(name: str) -> None:
    """Switch to "light" or "dark", or with "system" follow the system.

    Where the platform cannot switch (some Linux desktops) the palette is set by hand.
    """
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    name = "light" if _projected else name
    QApplication.setPalette(QPalette())
    QGuiApplication.styleHints().setColorScheme(schemes.get(name, Qt.ColorScheme.Unknown))
    if _projected:
        QApplication.setPalette(palette_of(PROJECTED))
    elif name in schemes and is_dark() != (name == "dark"):
        QApplication.setPalette(palette_of(DARK if name == "dark" else LIGHT))


def palette_of(colors: Colors) -> QPalette:
    """A whole palette in the colours of light or dark."""
    palette = QPalette(QColor(colors.surface), QColor(colors.background))
    roles = QPalette.ColorRole
    for role, color in (
        (roles.Base, colors.surface),
        (roles.AlternateBase, colors.background),
        (roles.WindowText, colors.text),
        (roles.Text, colors.text),
        (roles.ButtonText, colors.text),
        (roles.BrightText, colors.problem),
        (roles.ToolTipBase, colors.surface),
        (roles.ToolTipText, colors.text),
        (roles.PlaceholderText, colors.faint_text),
        (roles.Highlight, colors.selection),
        (roles.HighlightedText, colors.background),
        (roles.Link, colors.selection),
    ):
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.batch))
    return palette


def icon(name: str) -> QIcon:
    """A named icon in the colour of the text."""
    return drawn_icon(name, colors().text, colors().border)


@cache
def drawn_icon(name: str, color: str, disabled: str) -> QIcon:
    return font_icon(name, color, disabled)


def window_icon() -> QIcon:
    """The program's own icon, as its menu entry has it."""
    return QIcon(str(paths.icon()))
