"""The head of a table: over each column its name, what it holds and is for, and how its cells are distributed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from nnstudio.project.model import ColumnFacts
from nnstudio.text import Count, mark, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.data.table_model import TableModel, shown
from nnstudio.ui.look import theme
from nnstudio.ui.look.tooltips import plain_tooltip

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Sketch

KINDS = {
    "number": mark("number"),
    "category": mark("category"),
    "text": mark("texts"),
    "date": mark("date"),
    "picture": mark("picture"),
}
ROLES = {
    "input": mark("input"),
    "target": mark("target"),
    "ignored": mark("left out"),
    "id": mark("id"),
    "leak": mark("leak"),
    "weight": mark("weight"),
    "group": mark("group"),
    "time": mark("time"),
    "row_names": mark("row names"),
}
MADE = mark("made")
BARS_HEIGHT, AIR = 26, 6
NARROWEST, WIDEST = 132, 240
ARROW = 14
LONGEST_WORD = 60
PULL = 4
"""Pixels from an edge at which a press changes the width."""


class ColumnHead(QHeaderView):
    """`chosen(place, where)` comes when a column's head is clicked, or its key pressed: a menu belongs there."""

    chosen = Signal(int, QPoint)

    def __init__(self, model: TableModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.table_model = model
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(NARROWEST)
        self.setDefaultSectionSize(NARROWEST)
        self.setMouseTracking(True)
        self._pressed: int | None = None
        self._hovered = -1
        self.sorted_by = ""
        self.is_descending = False

    def line(self) -> int:
        return self.fontMetrics().height()

    def width_for(self, name: str) -> int:
        """How wide a column should be for its name."""
        font = self.font()
        font.setBold(True)
        room = self.fontMetrics().horizontalAdvance(name) * 11 // 10 + 2 * AIR + 18
        return max(NARROWEST, min(WIDEST, room))

    def _draw(self, painter: QPainter, rect: QRect, place: int) -> None:
        colors = theme.colors()
        name = self.table_model.names[place]
        fact = self.table_model.facts.get(name)
        is_used = self.table_model.is_used(name)
        color = role_color(fact)
        painter.fillRect(rect, QColor(colors.background if place == self._hovered else colors.surface))
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width() - 1, 3), QColor(color))
        inside = rect.adjusted(AIR, 6, -AIR - 1, -3)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colors.text if is_used else colors.faint_text))
        arrow = (" ↓" if self.is_descending else " ↑") if name == self.sorted_by else ""
        top = QRect(inside.left(), inside.top(), inside.width(), self.line())
        room = top.width() - painter.fontMetrics().horizontalAdvance(arrow)
        text = painter.fontMetrics().elidedText(name.replace("\n", " "), Qt.TextElideMode.ElideRight, room) + arrow
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(QColor(color if fact and fact.role != "input" else colors.faint_text))
        second = top.translated(0, self.line() + 1)
        words = painter.fontMetrics().elidedText(content(fact), Qt.TextElideMode.ElideRight, second.width() - ARROW)
        painter.drawText(second, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        draw_arrow(painter, QPointF(second.right() - ARROW / 3, second.center().y()))
        bars = QRect(inside.left(), second.bottom() + 4, inside.width(), BARS_HEIGHT)
        sketch = self.table_model.sketches.get(name)
        if sketch is not None:
            draw_bars(painter, bars, sketch, color if is_used else colors.border)
        painter.setPen(QPen(QColor(colors.grid), 1))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _tip(self, place: int) -> str:
        """What there is no room for in a column's head."""
        name = self.table_model.names[place]
        fact, sketch = self.table_model.facts.get(name), self.table_model.sketches.get(name)
        lines = [name, content(fact)]
        if fact is not None and fact.reason:
            lines.append(fact.reason)
        if sketch is not None and sketch.first is not None:
            lines.append(words_of(sketch))
        if sketch is not None and sketch.missing:
            lines.append(_("missing: {share:.1%}").format(share=sketch.missing))
        return plain_tooltip(lines)

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.viewport().update()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            place = self.logicalIndexAt(event.pos())
            QToolTip.showText(event.globalPos(), self._tip(place) if place >= 0 else "", self)
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.logicalIndexAt(event.position().toPoint()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        rest = self.viewport().rect()
        rest.setLeft(max(0, self.length() - self.offset()))
        QPainter(self.viewport()).fillRect(rest, QColor(theme.colors().surface))  # in the place of Fusion's grey

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 2 * self.line() + BARS_HEIGHT + 18)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        painter.save()
        self._draw(painter, rect, logicalIndex)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        place = self.logicalIndexAt(event.position().toPoint())
        at = event.position().x() - self.sectionViewportPosition(place)
        near_edge = at < PULL or at > self.sectionSize(place) - PULL
        if event.button() == Qt.MouseButton.LeftButton and place >= 0 and not near_edge:
            self._pressed = place
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = self.logicalIndexAt(event.position().toPoint())
        if self._pressed is not None and place == self._pressed:
            self.ask_at(place)
        self._pressed = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.logicalIndexAt(event.pos())
        if place >= 0:
            self.ask_at(place)

    def ask_at(self, place: int) -> None:
        """Have the menu of a column opened below its head."""
        left = max(0, self.sectionViewportPosition(place))
        self.chosen.emit(place, self.mapToGlobal(QPoint(left, self.height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


def draw_arrow(painter: QPainter, middle: QPointF) -> None:
    """That a click opens something."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.colors().faint_text), 1.4))
    painter.drawPolyline(QPolygonF([middle + QPointF(-3.5, -2), middle + QPointF(0, 1.5), middle + QPointF(3.5, -2)]))
    painter.restore()


def words_of(sketch: "Sketch") -> str:
    """What the bars of a column reach over."""
    if sketch.are_words:
        different = translate_count("{count} different word", "{count} different words", sketch.different)
        most = _("the most frequent: “{word}”").format(word=shown(sketch.first)[:LONGEST_WORD])
        return f"{different.format(count=Count(sketch.different))}, {most}"
    return f"{shown(sketch.first)} – {shown(sketch.last)}"


def role_color(fact: ColumnFacts | None) -> str:
    """What shows at a glance what a column is for."""
    colors = theme.colors()
    if fact is None:
        return colors.success
    known = {"target": colors.validation, "input": colors.training, "leak": colors.problem}
    return known.get(fact.role, colors.faint_text)


def content(fact: ColumnFacts | None) -> str:
    """What a column holds and is for."""
    if fact is None:
        return _(MADE)
    words = f"{_(KINDS[fact.kind])} · {_(ROLES[fact.role])}"
    return words + (" ?" if fact.is_guess and fact.role not in ("input", "target") else "")


def draw_bars(painter: QPainter, room: QRect, sketch: "Sketch", color: str) -> None:
    """The distribution of a column; on the right, in the colour of problems, the share that is missing."""
    colors = theme.colors()
    width = room.width() / max(1, len(sketch.heights))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.mixed(color, colors.surface, 0.35)))
    for place, height in enumerate(sketch.heights):
        tall = max(1.0 if height else 0.0, height * room.height())
        painter.drawRect(QRectF(room.left() + place * width, room.bottom() - tall, max(1.0, width - 1), tall))
    if sketch.missing:
        painter.setBrush(QColor(colors.problem))
        tall = max(2.0, sketch.missing * room.height())
        painter.drawRect(QRectF(room.right() - 3, room.bottom() - tall, 3, tall))
