"""Which channels each filter of a convolution sees, as a grid of dots to click: filters across, channels down."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.look import theme

STEP, DOT = 15, 4.5
"""Pixels from dot to dot, and the radius of a dot."""
EDGE = 20
"""Pixels for the numbers above and on the left."""
MOST_CHANNELS, MOST_FILTERS = 32, 64


class ConnectionsGrid(QWidget):
    """`edited(rows)` comes with a changed table, a tuple of channels for each filter. No filter loses its last one."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("connections")
        self.setAccessibleName(_("Connections"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip(_("Filters across, channels down: a click or the space bar connects and disconnects."))
        self.rows: list[tuple[int, ...]] = []
        self.channels = 0
        self.place = (0, 0)
        """The filter and the channel that the keys act on."""

    def show_table(self, rows: list[tuple[int, ...]], filters: int, channels: int) -> bool:
        """Show a table, where there is none one of all connections; whether it is small enough to be shown."""
        fits = 1 < channels <= MOST_CHANNELS and filters <= MOST_FILTERS and (not rows or len(rows) == filters)
        self.setVisible(fits)
        if not fits:
            return False
        whole = tuple(range(channels))
        self.rows = list(rows) or [whole] * filters
        self.channels = channels
        self.place = min(self.place[0], filters - 1), min(self.place[1], channels - 1)
        seen = sum(len(row) for row in self.rows)
        self.setAccessibleDescription(
            _("{seen} of {all} kernels between {channels} channels and {filters} filters").format(
                seen=seen, all=filters * channels, channels=channels, filters=filters
            )
        )
        self.updateGeometry()
        self.update()
        return True

    def _step(self) -> float:
        """From dot to dot across: less where there are many filters."""
        return min(STEP, (self.width() - EDGE) / max(1, len(self.rows)))

    def _center(self, filter: int, channel: int) -> QPointF:
        return QPointF(EDGE + (filter + 0.5) * self._step(), EDGE + (channel + 0.5) * STEP)

    def _toggle(self, filter: int, channel: int) -> None:
        row = set(self.rows[filter]) ^ {channel}
        if row:
            self.edited.emit([*self.rows[:filter], tuple(sorted(row)), *self.rows[filter + 1 :]])

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(EDGE + STEP * len(self.rows), EDGE + STEP * self.channels + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors()
        color = QColor(colors.categories["image"])
        radius = min(DOT, self._step() / 2 - 1)
        font = painter.font()
        font.setPixelSize(10)
        painter.setFont(font)
        for filter, row in enumerate(self.rows):
            self._write(painter, str(filter), QRectF(self._center(filter, 0).x() - 12, 0, 24, EDGE - 4), filter)
            for channel in range(self.channels):
                painter.setPen(QPen(color if channel in row else QColor(colors.grid), 1.2))
                painter.setBrush(color if channel in row else Qt.BrushStyle.NoBrush)
                painter.drawEllipse(self._center(filter, channel), radius, radius)
        for channel in range(self.channels):
            self._write(painter, str(channel), QRectF(0, self._center(0, channel).y() - 8, EDGE - 5, 16), 0)
        if self.hasFocus() and self.rows:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.selection), 2))
            painter.drawEllipse(self._center(*self.place), radius + 2.5, radius + 2.5)

    def _write(self, painter: QPainter, text: str, place: QRectF, number: int) -> None:
        """A number at the edge, where there is room for it."""
        if self._step() < 11 and number % 2:
            return
        painter.setPen(QColor(theme.colors().faint_text))
        painter.drawText(
            place, Qt.AlignmentFlag.AlignRight if place.left() == 0 else Qt.AlignmentFlag.AlignHCenter, text
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        filter, channel = int((point.x() - EDGE) // self._step()), int((point.y() - EDGE) // STEP)
        if 0 <= filter < len(self.rows) and 0 <= channel < self.channels:
            self.place = filter, channel
            self._toggle(filter, channel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step = steps.get(Qt.Key(event.key()))
        if step and self.rows:
            filter = min(max(self.place[0] + step[0], 0), len(self.rows) - 1)
            self.place = filter, min(max(self.place[1] + step[1], 0), self.channels - 1)
            self.update()
        elif event.key() == Qt.Key.Key_Space and self.rows:
            self._toggle(*self.place)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
