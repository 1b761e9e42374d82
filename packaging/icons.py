"""Draws the program's icon in the sizes and kinds that the systems ask for, from the one drawing in resources/icons."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).resolve().parent.parent / "resources" / "icons" / "nnstudio.svg"
SIZES = 16, 22, 24, 32, 48, 64, 128, 256, 512
"""What the hicolor theme has folders for."""
WINDOWS_SIZES = [(size, size) for size in (16, 24, 32, 48, 64, 128, 256)]


def draw_icons(folder: Path) -> None:
    """hicolor/SIZExSIZE/apps/nnstudio.png and the scalable one for Linux, nnstudio.ico for Windows, .icns for macOS."""
    application = QGuiApplication.instance() or QGuiApplication(["icons"])
    for size in SIZES:
        path = folder / "hicolor" / f"{size}x{size}" / "apps" / "nnstudio.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn(size).save(str(path))
    scalable = folder / "hicolor" / "scalable" / "apps" / DRAWING.name
    scalable.parent.mkdir(parents=True, exist_ok=True)
    scalable.write_bytes(DRAWING.read_bytes())
    with Image.open(path) as largest:
        largest.save(folder / "nnstudio.ico", sizes=WINDOWS_SIZES)
        largest.save(folder / "nnstudio.icns")
    del application


def drawn(size: int) -> QImage:
    """The icon, size × size pixels, on nothing."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    return image


if __name__ == "__main__":
    draw_icons(Path(sys.argv[1]))
