"""What the canvas draws beside layers and links: notes, and frames around what belongs together."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.project.model import Frame, Note
from nnstudio.project.sizes import LETTERS, NOTE_HEIGHT, TITLE_HEIGHT, note_letters
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme


@dataclass(frozen=True)
class RemarkType:
    """What a note or a frame is called, its icon, and what it is for."""

    label: str
    icon: str
    help: str


ANNOTATIONS = {
    "note": RemarkType(
        mark("Note"), "mdi6.note-text-outline", mark("Plain text on the canvas: a question, a remark, what to look at.")
    ),
    "frame": RemarkType(
        mark("Frame"), "mdi6.border-all-variant", mark("A titled box; what lies inside moves with it.")
    ),
}

PADDING = 8.0
GRIP = 14.0
BORDER_REACH = 6.0
CORNER = 6.0
WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


class AnnotationItem(QGraphicsItem):
    """What notes and frames have in common: a box with a text and a grip at its lower right corner."""

    def __init__(self, id: str) -> None:
        super().__init__()
        self.id = id
        self.text = ""
        self.box = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)

    def take_size(self, box: QRectF) -> None:
        if box != self.box:
            self.prepareGeometryChange()
            self.box = box

    def grip_at(self, point: QPointF) -> bool:
        """Whether the scene point is on the corner by which it is resized."""
        corner = self.box.bottomRight()
        return QRectF(corner - QPointF(GRIP, GRIP), QSizeF(GRIP, GRIP)).contains(self.mapFromScene(point))

    def is_grasped_at(self, point: QPointF) -> bool:
        """Whether a press at the scene point takes it up."""
        return self.shape().contains(self.mapFromScene(point))

    def text_place(self) -> QRectF:
        """Where its text stands and is written."""
        return self.box

    def shown_text(self) -> str:
        """Its text, or what stands there while it has none."""
        return self.text

    def boundingRect(self) -> QRectF:
        return self.box.adjusted(-3, -3, 3, 3)

    def paint_grip(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(theme.colors().faint_text), 1.2))
        corner = self.box.bottomRight() - QPointF(3, 3)
        for reach in (4.0, 8.0):
            painter.drawLine(corner - QPointF(reach, 0), corner - QPointF(0, reach))


class NoteItem(AnnotationItem):
    """A note: plain text on a sheet, as high as the text needs."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.id)
        self.setZValue(2)  # above the layers
        self.show_note(note)

    def show_note(self, note: Note) -> None:
        """Take over what is to be seen."""
        if (note.text, note.width) != (self.text, self.box.width()):
            self.text = note.text
            self.take_size(QRectF(0, 0, note.width, max(NOTE_HEIGHT, self._text_height(note.width) + 2 * PADDING)))
        self.setPos(*note.position)
        self.update()

    def _text_height(self, width: float) -> float:
        room = QRectF(0, 0, width - 2 * PADDING, 1e6)
        metrics = QFontMetricsF(written_font(note_letters(width)))
        return metrics.boundingRect(room, int(WRAPPED), self.shown_text()).height()

    def shown_text(self) -> str:
        return self.text or _("Double-click to write here.")

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.box)
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        colors = theme.colors()
        selected = self.isSelected()
        painter.setPen(QPen(QColor(colors.selection if selected else colors.border), 2.5 if selected else 1))
        painter.setBrush(QColor(colors.note))
        painter.drawRect(self.box)
        painter.setFont(written_font(note_letters(self.box.width()), painter.worldTransform().m11()))
        painter.setPen(QColor(colors.text if self.text else colors.faint_text))
        inside = self.box.adjusted(PADDING, PADDING, -PADDING, -PADDING)
        painter.drawText(inside, int(WRAPPED), self.shown_text())
        if selected:
            self.paint_grip(painter)


class FrameItem(AnnotationItem):
    """A titled box behind the layers, taken up by its title or its border; what lies inside stays within reach."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame.id)
        self.show_frame(frame)

    def show_frame(self, frame: Frame) -> None:
        """Take over what is to be seen; a smaller frame lies above a larger one."""
        self.text = frame.title
        self.take_size(QRectF(0, 0, *frame.size))
        self.setZValue(-1 - frame.size[0] * frame.size[1] * 1e-9)
        self.setPos(*frame.position)
        self.update()

    def is_grasped_at(self, point: QPointF) -> bool:
        return super().is_grasped_at(point) or (self.isSelected() and self.grip_at(point))

    def shown_text(self) -> str:
        return self.text or _("Frame")

    def text_place(self) -> QRectF:
        return QRectF(0, 0, self.box.width(), TITLE_HEIGHT)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        path.addRect(self.box.adjusted(-2, -2, 2, 2))
        inside = self.box.adjusted(BORDER_REACH, TITLE_HEIGHT, -BORDER_REACH, -BORDER_REACH)
        path.addRect(inside)
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        colors = theme.colors()
        selected = self.isSelected()
        ground = QColor(colors.faint_text)
        ground.setAlpha(20)
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(colors.selection if selected else colors.border), 2.5 if selected else 1.2))
        painter.drawRoundedRect(self.box, CORNER, CORNER)
        font = written_font(zoom=painter.worldTransform().m11())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colors.text if self.text else colors.faint_text))
        place = self.text_place().adjusted(10, 0, -10, 0)
        title = QFontMetricsF(font).elidedText(self.shown_text(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), title)
        if selected:
            self.paint_grip(painter)


def written_font(letters: float = LETTERS, zoom: float = 1.0) -> QFont:
    """The font of what is written on the canvas, its height in units of the canvas; at a zoom for a class to read."""
    font = QFont()
    font.setPixelSize(projector.letters(letters, zoom))
    return font
