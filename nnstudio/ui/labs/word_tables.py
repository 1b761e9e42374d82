"""Tables of words with numbers, of which one is chosen and may be opened; how effects are written and shaded."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from nnstudio.text import shown_path
from nnstudio.ui.look import theme

DEEPEST = 0.42
"""The share of its colour that the strongest effect has: text on it is still read."""
LEAST_SCALE = 0.01
"""The effect that has the full colour is never smaller: a network that is sure whatever is left out has pale words."""
BENT = 0.7
"""Colours deepen first quickly, then slowly, so that weak effects are told from none."""
FAINTEST = 0.0005
"""An effect that is smaller rounds to no tenth of a point."""
AIR = 18


@dataclass(frozen=True)
class WordRow:
    """A word with the numbers beside it, the colour behind the last of them, and whether it is struck out."""

    word: str
    numbers: tuple[str, ...]
    shade: str = ""
    is_struck: bool = False
    tip: str = ""


class WordTable(QTableWidget):
    """`chosen(word)` comes with the word of another row, `opened(word)` with a double-click or Enter."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, name: str, titles: Sequence[str]) -> None:
        super().__init__(0, len(titles))
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(titles))
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, title in enumerate(titles[1:], 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, self.fontMetrics().horizontalAdvance(title) + AIR)
        for column in range(len(titles)):
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item = self.horizontalHeaderItem(column)
            assert item is not None
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(90)
        self.words: tuple[str, ...] = ()
        self.currentCellChanged.connect(self._changed)
        self.cellActivated.connect(self._activated)

    def show_rows(self, rows: Sequence[WordRow]) -> None:
        """Other rows; the word that was chosen stays so where it is still there."""
        before = self.current_word()
        with QSignalBlocker(self):
            self.setRowCount(len(rows))
            self.words = tuple(row.word for row in rows)
            for place, row in enumerate(rows):
                self._write(place, row)
            self.choose(before)

    def _write(self, place: int, row: WordRow) -> None:
        for column, text in enumerate((shown_path(row.word), *row.numbers)):
            item = QTableWidgetItem(text)
            item.setToolTip(row.tip)
            if column:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            elif row.is_struck:
                font = self.font()
                font.setStrikeOut(True)
                item.setFont(font)
            if row.shade and column == len(row.numbers):
                item.setBackground(QColor(row.shade))
                item.setForeground(QColor(theme.colors().text))
            self.setItem(place, column, item)

    def current_word(self) -> str:
        """The word that is chosen, "" for none."""
        row = self.currentRow()
        return self.words[row] if 0 <= row < len(self.words) else ""

    def choose(self, word: str) -> None:
        """Choose the row of a word, and none where it has none; nobody is told."""
        with QSignalBlocker(self):
            if word and word in self.words:
                self.setCurrentCell(self.words.index(word), 0)
            else:
                self.setCurrentCell(-1, -1)
                self.clearSelection()

    def _changed(self, row: int, _column: int, before: int, _before: int) -> None:
        if row != before and 0 <= row < len(self.words):
            self.chosen.emit(self.words[row])

    def _activated(self, row: int, _column: int) -> None:
        self.opened.emit(self.words[row])


def points(effect: float) -> str:
    """A change of a probability in hundredths, with its sign; what rounds to nothing has none."""
    if effect == 0:
        return "0"
    if abs(effect) < FAINTEST:
        return "≈ 0"
    return f"{100 * effect:+.1f}".replace("-", "−")


def scale_of(effects: Sequence[float]) -> float:
    """The effect that has the full colour."""
    return max([LEAST_SCALE, *(abs(effect) for effect in effects)])


def shade(effect: float, scale: float) -> str:
    """The colour behind a word: as deep as its effect is strong, "" where it has none."""
    colors = theme.colors()
    share = min(1.0, abs(effect) / scale)
    if abs(effect) < FAINTEST:
        return ""
    return theme.mixed(colors.surface, colors.positive if effect > 0 else colors.negative, DEEPEST * share**BENT)
