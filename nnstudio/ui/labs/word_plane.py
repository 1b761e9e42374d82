"""The plane of an embedding: frequent words as points, of which as many are named as can be read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QResizeEvent

from nnstudio.text import Count, percent, shown_path
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.plots.confusion import shortened
from nnstudio.ui.plots.plot import Plot

if TYPE_CHECKING:
    from nnstudio.ui.background.results import WordVectors

MOST_NAMES = 60
LONGEST_NAME = 18
BESIDE = 4.0
"""Pixels from the middle of a point to the room of its name."""
SIDES = (
    ((1, 0), (0.0, 0.5)),
    ((-1, 0), (1.0, 0.5)),
    ((0, 1), (0.5, 1.0)),
    ((0, -1), (0.5, 0.0)),
)
"""Where a name may be: right of its point, left, above and below, each with the place of the name that lies there."""
NEAR = 14.0
"""Pixels from a point within which a click means it."""


class WordPlane(Plot):
    """`picked(place)` comes with the place of a word that is clicked; it and its neighbours are named first."""

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plotWords")
        self.setAccessibleName(_("Words on the plane of the embedding"))
        self.hideButtons()
        self.setMinimumSize(260, 220)
        self.vectors: WordVectors | None = None
        self.chosen: int | None = None
        self.near: tuple[int, ...] = ()
        self.points = pyqtgraph.ScatterPlotItem(size=6, symbol="o")
        self.nearest = pyqtgraph.ScatterPlotItem(size=9, symbol="o")
        self.own = pyqtgraph.ScatterPlotItem(size=13, symbol="d")
        for item in (self.points, self.nearest, self.own):
            self.addItem(item)
        self.names = [pyqtgraph.TextItem(anchor=(0, 0.5)) for _number in range(MOST_NAMES)]
        for name in self.names:
            name.setVisible(False)
            self.addItem(name, ignoreBounds=True)
        self.named: dict[int, int] = {}
        """The places of the words whose names are shown, with the sides of their points on which they are."""
        self.scene().sigMouseClicked.connect(self._clicked)
        self.plotItem.vb.sigRangeChanged.connect(self._name)
        self.apply_theme()

    def apply_theme(self) -> None:
        super().apply_theme()
        colors = theme.colors()
        self.points.setBrush(pyqtgraph.mkBrush(colors.batch))
        self.nearest.setBrush(pyqtgraph.mkBrush(colors.training))
        self.own.setBrush(pyqtgraph.mkBrush(colors.validation))
        for item in (self.points, self.nearest, self.own):
            item.setPen(pyqtgraph.mkPen(colors.surface, width=1))

    def show_vectors(self, vectors: "WordVectors") -> None:
        """Show other vectors."""
        self.vectors = vectors
        self.points.setData(pos=vectors.plane[vectors.frequent])
        colors = theme.colors()
        for number, (side, share) in enumerate(zip(("bottom", "left"), vectors.explained, strict=True), 1):
            text = _("component {number} ({share} of the spread)").format(number=number, share=percent(float(share)))
            self.getAxis(side).setLabel(text, color=colors.faint_text)
        words = _("the {count} most frequent words, those near the chosen one in another colour")
        self.setAccessibleDescription(words.format(count=Count(len(vectors.frequent))))

    def show_chosen(self, place: int | None, near: Sequence[int]) -> None:
        """Mark a word and its neighbours."""
        self.chosen, self.near = place, tuple(near)
        plane = np.empty((0, 2)) if self.vectors is None else self.vectors.plane
        self.own.setData(pos=plane[[] if place is None else [place]])
        self.nearest.setData(pos=plane[list(self.near)])
        self._name()

    # --- names ------------------------------------------------------------------------------------------------------

    def _name(self, *_changed: object) -> None:
        """Name the chosen word, its neighbours on whichever side there is room, and of the frequent words those for
        whose names there is room."""
        if self.vectors is None:
            return
        first = [*([] if self.chosen is None else [self.chosen]), *self.near]
        others = [int(place) for place in self.vectors.frequent if int(place) not in set(first)]
        self.named, taken = {}, list[QRectF]()
        for place in [*first, *others]:
            sides = range(len(SIDES) if place in first else 1)
            rooms = ((side, self._room_of(place, side)) for side in sides)
            side, room = next(((side, room) for side, room in rooms if self._is_free(room, taken)), (None, QRectF()))
            if side is not None and len(self.named) < MOST_NAMES:
                self.named[place] = side
                taken.append(room)
        self._write()

    def _is_free(self, room: QRectF, taken: Sequence[QRectF]) -> bool:
        return self.plotItem.vb.sceneBoundingRect().contains(room) and not any(one.intersects(room) for one in taken)

    def _write(self) -> None:
        assert self.vectors is not None
        colors = theme.colors()
        across, up = self.plotItem.vb.viewPixelSize()
        for item in self.names[len(self.named) :]:
            item.setVisible(False)
        for item, (place, side) in zip(self.names, self.named.items(), strict=False):
            is_special = place == self.chosen or place in self.near
            item.setText(self._shown(place), colors.text if is_special else colors.faint_text)
            x, y = self.vectors.plane[place]
            (right, above), anchor = SIDES[side]
            item.setAnchor(anchor)
            item.setPos(x + right * BESIDE * across, y + above * BESIDE * up)
            item.setVisible(True)

    def _shown(self, place: int) -> str:
        assert self.vectors is not None
        return shortened(shown_path(self.vectors.words[place]), LONGEST_NAME)

    def _pixel(self, place: int) -> QPointF:
        """Where a word lies in the widget."""
        assert self.vectors is not None
        across, up = self.vectors.plane[place]
        point: QPointF = self.plotItem.vb.mapViewToScene(QPointF(float(across), float(up)))
        return point

    def _room_of(self, place: int, side: int) -> QRectF:
        """What a name on one side of its point takes."""
        metrics, point = self.fontMetrics(), self._pixel(place)
        width, height = metrics.horizontalAdvance(self._shown(place)) + 8, metrics.height()
        (right, above), (left, top) = SIDES[side]
        corner = point + QPointF(right * BESIDE - left * width, -above * BESIDE - top * height)
        return QRectF(corner.x(), corner.y(), width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "named"):  # pyqtgraph sets a size before there is one
            self._name()

    # --- the mouse --------------------------------------------------------------------------------------------------

    def _clicked(self, event: object) -> None:
        where = event.scenePos()  # type: ignore[attr-defined]
        if self.vectors is None or event.button() != Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            return
        places = [*map(int, self.vectors.frequent), *self.near]
        at = [self._pixel(place) for place in places]
        distances = np.hypot(*np.array([(one.x() - where.x(), one.y() - where.y()) for one in at]).T)
        named = next((one for one, side in self.named.items() if self._room_of(one, side).contains(where)), None)
        nearest = int(distances.argmin())
        if distances[nearest] <= NEAR:
            self.picked.emit(places[nearest])
        elif named is not None:
            self.picked.emit(named)
