"""Makes the film of the README: ten seconds of the real window learning a spiral, as an animated WebP.

    python -m docs.film [FILE]

Each frame is the window as it was at that moment; the pointer alone is drawn in, which belongs to no window.
"""

import io
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from PIL import Image
from PySide6.QtCore import QBuffer, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPixmap, QPolygon
from PySide6.QtWidgets import QApplication, QSlider, QWidget

from docs.grab import keep_apart
from docs.stage import Stage
from nnstudio.cli.main import main as nnstudio
from nnstudio.ui.window import MainWindow

FILM = Path(__file__).resolve().parent / "readme" / "film.webp"
SIZE = 1180, 720
SHOWN = 944
"""Pixels of a frame's width in the film."""
STEP = 80
"""Milliseconds from frame to frame."""
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
EDGE = 9
"""From the end of a slider to the middle of its handle there."""
PACE = 1000
"""Steps of training a second: so that one can watch."""
POINTER = QPolygon([QPoint(*place) for place in ((0, 0), (0, 19), (4, 15), (8, 22), (11, 21), (8, 14), (14, 14))])
NETWORK = "dense:8,tanh,dense:8,tanh,dense:out,softmax"
SPIRAL = ("--data", "toy:spiral?samples=400&noise=0.05", "--layers", NETWORK)
SETTINGS = ("training.epochs=220", "training.learning_rate=0.03", "training.patience=0")


@dataclass
class Film:
    """Frames of a window, and where the pointer is in it."""

    stage: Stage
    window: MainWindow
    pointer: QPoint
    frames: list[Image.Image] = field(default_factory=list)
    began: float = field(default_factory=perf_counter)
    times: list[float] = field(default_factory=list)

    def shoot(self, milliseconds: int) -> None:
        """Let the window live for so long, and keep a frame at every step."""
        end = perf_counter() + milliseconds / 1000
        while perf_counter() < end:
            next_frame = self.began + len(self.frames) * STEP / 1000
            self.stage.rest(max(1, round(1000 * (next_frame - perf_counter()))))
            self.times.append(perf_counter() - self.began)
            self.frames.append(as_image(with_pointer(self.window.grab(), self.pointer)))

    def move(self, widget: QWidget, place: QPoint, milliseconds: int, button: Qt.MouseButton = NONE) -> None:
        """The pointer goes to a place in a widget, holding a button or none."""
        start, end = self.pointer, widget.mapTo(self.window, place)
        steps = max(1, milliseconds // STEP)
        for step in range(1, steps + 1):
            share = step / steps
            share = share * share * (3 - 2 * share)  # as a hand does: off gently, and gently to rest
            self.pointer = start + (end - start) * share
            send(widget, QEvent.Type.MouseMove, widget.mapFrom(self.window, self.pointer), button)
            self.shoot(STEP)

    def press(self, widget: QWidget) -> None:
        send(widget, QEvent.Type.MouseButtonPress, widget.mapFrom(self.window, self.pointer), LEFT)

    def release(self, widget: QWidget) -> None:
        send(widget, QEvent.Type.MouseButtonRelease, widget.mapFrom(self.window, self.pointer), LEFT)

    def write(self, path: Path) -> None:
        """All frames, each for as long as it was there."""
        ends = [*self.times[1:], self.times[-1] + 1.0]
        lengths = [round(1000 * (end - time)) for time, end in zip(self.times, ends, strict=True)]
        first, *rest = self.frames
        path.parent.mkdir(exist_ok=True)
        first.save(path, save_all=True, append_images=rest, duration=lengths, loop=0, quality=72, method=4)


def main(path: Path) -> int:
    with TemporaryDirectory() as home:
        keep_apart(Path(home), "en")
        project = Path(home) / "spiral.nnstudio"
        sets = [word for setting in SETTINGS for word in ("--set", setting)]
        nnstudio(["new", str(project), *SPIRAL, *sets])
        with Stage(SIZE) as stage:
            window = stage.open(project)
            stage.rest(3000)  # until formula and plane have been drawn: the film begins with a whole window
            window.trainer.set_pace(PACE)
            film = Film(stage, window, QPoint(SIZE[0] // 2, SIZE[1] // 2))
            play(film)
            film.write(path)
    return 0


def play(film: Film) -> None:
    """Train, watch, and go back in time."""
    train = film.window.findChild(QWidget, "trainButton")
    time = film.window.findChild(QSlider, "timelineSlider")
    assert train is not None and time is not None
    film.shoot(500)
    film.move(train, train.rect().center(), 900)
    film.press(train)
    film.shoot(STEP)
    film.release(train)
    while film.window.trainer.is_active:
        film.shoot(STEP)
    film.shoot(400)
    end, middle = time.width() - EDGE, time.height() // 2
    film.move(time, QPoint(end, middle), 700)
    film.press(time)
    film.move(time, QPoint(end // 12, middle), 1300, LEFT)
    film.move(time, QPoint(end, middle), 1300, LEFT)
    film.release(time)
    film.shoot(300)


def send(widget: QWidget, kind: QEvent.Type, place: QPoint, button: Qt.MouseButton) -> None:
    """An event of the mouse, to the widget that is at that place."""
    held = NONE if kind == QEvent.Type.MouseButtonRelease else button
    changed = NONE if kind == QEvent.Type.MouseMove else button
    at = QPointF(widget.mapToGlobal(place))
    QApplication.sendEvent(widget, QMouseEvent(kind, QPointF(place), at, changed, held, Qt.KeyboardModifier.NoModifier))


def with_pointer(picture: QPixmap, place: QPoint) -> QPixmap:
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor("#ffffff"))
    painter.setBrush(QColor("#111111"))
    painter.translate(place)
    painter.drawPolygon(POINTER)
    painter.end()
    return picture


def as_image(picture: QPixmap) -> Image.Image:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.scaledToWidth(SHOWN, Qt.TransformationMode.SmoothTransformation).save(buffer, "BMP")
    return Image.open(io.BytesIO(buffer.data().data())).convert("RGB")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILM))
