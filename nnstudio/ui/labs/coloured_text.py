"""A text with its words coloured by what they do, and the legend of the colours."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTextEdit, QWidget

from nnstudio.text import shown_path
from nnstudio.text import translate as _
from nnstudio.ui.labs.word_tables import points, shade
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.tooltips import plain_tooltip

MOST_SHOWN = 20_000
"""Letters of a text that are shown at most."""

STEPS = 8
"""Of the ramp of colours, from nothing to each end."""


@dataclass(frozen=True)
class ColouredWord:
    """A word where it stands in a text, from one character up to another, with its effect."""

    word: str
    start: int
    end: int
    effect: float
    is_known: bool


class ColouredText(QTextEdit):
    """To read, with a caret for the keyboard. `pointed(word)` comes when the caret is set into a word.

    The text is inserted with formats of characters and never as markup: it comes from outside.
    """

    pointed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFont(sized(self.font(), 1.15))
        self.setMinimumHeight(90)
        self.places: list[tuple[int, int, str]] = []
        """From where to where each word stands as Qt counts, which takes some signs for two."""
        self._chosen = ""
        self.cursorPositionChanged.connect(self._moved)

    def show_text(self, text: str, words: Sequence[ColouredWord], scale: float, read_until: int) -> None:
        """Show a text with its words, in the order in which they stand; what is behind `read_until` is faint."""
        text = text[:MOST_SHOWN]
        held = self.textCursor().position()
        with QSignalBlocker(self):
            self.clear()
            cursor, begin = QTextCursor(self.document()), 0
            self.places = []
            for word in words:
                if word.end > len(text):
                    break
                cursor.insertText(text[begin : word.start], plain(begin >= read_until))
                start = cursor.position()
                cursor.insertText(text[word.start : word.end], format_of(word, scale, word.start >= read_until))
                self.places.append((start, cursor.position(), word.word))
                begin = word.end
            cursor.insertText(text[begin:], plain(begin >= read_until))
            cursor.setPosition(min(held, cursor.position()))
            self.setTextCursor(cursor)
        self.choose(self._chosen)

    def choose(self, word: str) -> None:
        """Underline a word wherever it stands."""
        self._chosen = word
        marks = []
        for start, end, name in self.places:
            if name == word:
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(self.document())
                mark.cursor.setPosition(start)
                mark.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
                mark.format.setUnderlineColor(QColor(theme.colors().text))
                marks.append(mark)
        self.setExtraSelections(marks)

    def word_at(self, position: int) -> str:
        """The word in which a place lies, "" for none."""
        return next((word for start, end, word in self.places if start <= position < end), "")

    def _moved(self) -> None:
        word = self.word_at(self.textCursor().position())
        if word and word != self._chosen:
            self.pointed.emit(word)


def plain(is_beyond: bool = False) -> QTextCharFormat:
    """How what is no word is written."""
    made = QTextCharFormat()
    colors = theme.colors()
    made.setForeground(QColor(colors.faint_text if is_beyond else colors.text))
    return made


def format_of(word: ColouredWord, scale: float, is_beyond: bool) -> QTextCharFormat:
    """How a word is written."""
    made = plain(is_beyond)
    made.setFontStrikeOut(not word.is_known)
    if not is_beyond and (color := shade(word.effect, scale)):
        made.setBackground(QColor(color))
    made.setToolTip(plain_tooltip([word_tip(word.word, word.effect, word.is_known)]))
    return made


def word_tip(word: str, effect: float, is_known: bool) -> str:
    """What is told of a word at the pointer."""
    text = _("“{word}”: {points} points").format(word=shown_path(word), points=points(effect))
    return text if is_known else text + " · " + _("not in the vocabulary")


class Ramp(QWidget):
    """The colours from the strongest effect against to the strongest for."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("Colours of the effects"))

    def sizeHint(self) -> QSize:
        return QSize(150, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5)
        colors = theme.colors()
        ramp = QLinearGradient(QPointF(area.left(), 0), QPointF(area.right(), 0))
        for step in range(-STEPS, STEPS + 1):
            ramp.setColorAt((step / STEPS + 1) / 2, QColor(shade(step / STEPS, 1) or colors.surface))
        painter = QPainter(self)
        painter.setBrush(ramp)
        painter.setPen(QColor(colors.border))
        painter.drawRect(area)
        painter.end()


class EffectLegend(QWidget):
    """What the colours of words mean, and how strong the deepest are."""

    def __init__(self) -> None:
        super().__init__()
        self.against, self.speaks_for = label(), label()
        self.unknown = label(_("unknown word"))
        font = self.unknown.font()
        font.setStrikeOut(True)
        self.unknown.setFont(font)
        self.unknown.setToolTip(_("It is not in the vocabulary, which was found in the training part."))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.against, Ramp(), self.speaks_for):
            layout.addWidget(widget)
        layout.addSpacing(18)
        layout.addWidget(self.unknown)
        layout.addStretch(1)

    def show_scale(self, name: str, scale: float) -> None:
        """The class that is spoken for, and the effect that has the full colour."""
        self.against.setText(_("against “{name}” {points}").format(name=name, points=points(-scale)))
        self.speaks_for.setText(_("{points} for “{name}”").format(name=name, points=points(scale)))


def label(text: str = "") -> QLabel:
    """Plain text, whatever signs are in it."""
    return QLabel(text, textFormat=Qt.TextFormat.PlainText)
