"""The rows that are missed or falsely alarmed at a threshold: a list that is written only where it is looked at."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHeaderView, QTableView

from nnstudio.project.preparation import Preparation
from nnstudio.text import translate as _
from nnstudio.ui.labs.errors_lab import grey_image, icon_of
from nnstudio.ui.labs.sample_cells import WIDEST, cells_of, sentence_tooltip, unscaled

if TYPE_CHECKING:
    from nnstudio.ui.labs.sample_cells import Texts

MOST = 200
"""As many rows are listed at most: those that are farthest from being right."""
MOST_COLUMNS = 10
FITTED = 20
"""By so many rows the width of a column is found."""
AIR = 22
MESSAGE = 2
"""The column in which a text stands where it is all there is of a sample: it takes the room there is."""
PICTURE = 40
"""Pixels of a picture's side in its row."""

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


@dataclass(frozen=True)
class Ranked:
    """The samples of one class, those first that are farthest from being right: their rows (n,) as the data counts
    them, their scores (n,), and the inputs and texts of all samples by row."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float64]
    all_inputs: NDArray[np.float32]
    preparation: Preparation
    picture_size: tuple[int, int] | None
    texts: "Texts"


class WrongRows(QAbstractTableModel):
    """The first so many of the ranked samples: another threshold only adds or takes away at the end."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.ranked: Ranked | None = None
        self.titles: list[str] = []
        self._count = 0
        self._known: dict[int, list[str]] = {}

    def show_ranked(self, ranked: Ranked, score_title: str) -> None:
        """Other samples, of which none is listed yet."""
        self.beginResetModel()
        columns = [] if ranked.picture_size else [one.name for one in ranked.preparation.columns[:MOST_COLUMNS]]
        self.ranked, self._count = ranked, 0
        self.titles = [_("Row"), score_title, *columns]
        self._known = {}
        self.endResetModel()

    def show_first(self, count: int) -> None:
        """List so many, as far as there is room in a list that is read."""
        count = min(count, MOST)
        if count > self._count:
            self.beginInsertRows(NOWHERE, self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(NOWHERE, count, self._count - 1)
            self._count = count
            self.endRemoveRows()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells(index.row())[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return sentence_tooltip(self._cells(index.row())[index.column()])
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self._picture(index.row())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        is_title = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self.titles[section] if is_title and section < len(self.titles) else None

    def texts(self, column: int) -> list[str]:
        """What may stand in a column: its title, and the first of the samples, listed or not."""
        ranked = 0 if self.ranked is None else len(self.ranked.rows)
        return [self.titles[column], *(self._cells(row)[column] for row in range(min(FITTED, ranked)))]

    def _cells(self, place: int) -> list[str]:
        if place not in self._known:
            self._known[place] = self._written(place)
        return self._known[place]

    def _written(self, place: int) -> list[str]:
        assert self.ranked is not None
        ranked, row = self.ranked, int(self.ranked.rows[place])
        cells = cells_of(ranked.preparation, ranked.all_inputs[row], len(self.titles) - 2, ranked.texts, row)
        return [str(row + 1), score_text(float(ranked.scores[place])), *cells]

    def _picture(self, place: int) -> QIcon | None:
        ranked = self.ranked
        if ranked is None or ranked.picture_size is None:
            return None
        values = unscaled(ranked.preparation, ranked.all_inputs[int(ranked.rows[place])])
        return icon_of(grey_image(values.reshape(ranked.picture_size)))


class WrongTable(QTableView):
    """The list as a table; columns are as wide as their texts, whatever is listed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.rows = WrongRows(self)
        self.setModel(self.rows)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.setMinimumHeight(70)

    def show_ranked(self, ranked: Ranked, score_title: str) -> None:
        self.rows.show_ranked(ranked, score_title)
        metrics = self.fontMetrics()
        picture = 0 if ranked.picture_size is None else PICTURE
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.verticalHeader().setDefaultSectionSize(max(metrics.height() + 6, picture + 4))
        for column in range(self.rows.columnCount()):
            width = max(metrics.horizontalAdvance(text) for text in self.rows.texts(column)) + AIR
            self.setColumnWidth(column, min(WIDEST, width) if column else width + picture)
            is_message = column == MESSAGE and [one.kind for one in ranked.preparation.columns] == ["text"]
            mode = QHeaderView.ResizeMode.Stretch if is_message else QHeaderView.ResizeMode.Interactive
            self.horizontalHeader().setSectionResizeMode(column, mode)


def score_text(score: float) -> str:
    """A score to four digits; one near 1 to as many as tell it from 1."""
    near = 1 - score
    if 0 < near < 5e-4:
        return f"{score:.{min(15, 2 - round(math.log10(near)))}f}".rstrip("0").rstrip(".")
    return f"{score:.4g}"
