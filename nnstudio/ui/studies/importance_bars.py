"""How much each variable of a study matters, as bars with their ranges; or in words why that is not told."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.project.study_variables import variable_text
from nnstudio.text import Count, percent
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Importance, Outcomes

FEWEST_TRIALS = 30
"""As many as studies/importance.py asks for: fewer say nothing of the kind."""
NAME_SHARE, NUMBER_ROOM = 0.42, 96
MOST_BARS = 5


class ImportanceBars(QWidget):
    """A row for each variable, the most important first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("studyImportance")
        self.setAccessibleName(_("Importance of the variables"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.rows: tuple[tuple[str, float, float, float], ...] = ()
        self.words = ""

    def show_importances(self, outcomes: "Outcomes", found: "Sequence[Importance] | None") -> None:
        """Show these; None while they are computed."""
        network = outcomes.study.network
        self.rows = tuple((variable_text(network, one.key), one.share, one.low, one.high) for one in found or ())
        self.setToolTip(
            "" if not self.rows else _("By PED-ANOVA; the line is the range over resamples of the settings")
        )
        self.say("" if self.rows else why_not(outcomes, is_asked=found is None))

    def say(self, words: str) -> None:
        """Say why there are no bars."""
        self.words = words
        self.setAccessibleDescription(self.sentence())
        self.updateGeometry()
        self.update()

    def sentence(self) -> str:
        """What is to be seen, in words."""
        if not self.rows:
            return self.words
        return _("Importance: {rows}").format(rows="; ".join(f"{name} {bar_text(*bar)}" for name, *bar in self.rows))

    def sizeHint(self) -> QSize:
        line = self._line()
        return QSize(340, round(line * (1 + max(2, min(MOST_BARS, len(self.rows))))))

    def minimumSizeHint(self) -> QSize:
        return QSize(220, self.sizeHint().height())

    def _line(self) -> float:
        return 1.25 * self.fontMetrics().height()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, line = theme.colors(), self._line()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors.faint_text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), line), flags, _("Importance"))
        painter.setPen(QColor(colors.text))
        if not self.rows:
            below = QRectF(0, line, self.width(), self.height() - line)
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self.words)
        for number, (name, *bar) in enumerate(self.rows[:MOST_BARS]):
            self._draw_row(painter, QRectF(0, (number + 1) * line, self.width(), line), name, *bar)
        painter.end()

    def _draw_row(self, painter: QPainter, row: QRectF, name: str, share: float, low: float, high: float) -> None:
        colors = theme.colors()
        painter.setPen(QColor(colors.text))
        named = QRectF(row.left(), row.top(), NAME_SHARE * row.width() - 6, row.height())
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(named.width()))
        painter.drawText(named, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        words = bar_text(share, low, high)
        told = painter.fontMetrics().horizontalAdvance(words) + 6
        room = QRectF(named.right() + 6, row.top(), max(20.0, row.right() - named.right() - 6 - told), row.height())
        bar = QRectF(room.left(), row.center().y() - row.height() * 0.25, share * room.width(), row.height() * 0.5)
        painter.fillRect(bar, QColor(colors.training))
        painter.setPen(QPen(QColor(colors.text), projector.line(1.5)))
        first, last = room.left() + low * room.width(), room.left() + high * room.width()
        middle = row.center().y()
        painter.drawLine(QPointF(first, middle), QPointF(last, middle))
        for end in (first, last):
            painter.drawLine(QPointF(end, middle - 3), QPointF(end, middle + 3))
        beside = QRectF(row.right() - told, row.top(), told, row.height())
        painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)


def bar_text(share: float, low: float, high: float) -> str:
    """A share with its range."""
    return f"{percent(share, 0)} ({100 * low:.0f}–{100 * high:.0f})"


def why_not(outcomes: "Outcomes", is_asked: bool) -> str:
    """Why there are no bars, in words."""
    count = len(outcomes.runs)
    if len(outcomes.columns) < 2:
        return _("One variable alone has all the importance there is.")
    if count < FEWEST_TRIALS:
        return _("Shown from {fewest} trials on, there are {count}: fewer are mostly chance.").format(
            fewest=Count(FEWEST_TRIALS), count=Count(count)
        )
    return _("Being computed …") if is_asked else _("No variable takes several values yet.")
