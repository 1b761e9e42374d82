"""The plane of two inputs: what the network answers everywhere on it, and the points it learns and is measured by."""

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QMenu, QToolButton

from nnstudio.project.made_inputs import two_sources
from nnstudio.project.preparation import Preparation
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.fonts import heading_size
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.plots.legend import plane_legend
from nnstudio.ui.plots.plot import Plot

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Dataset, Plane

SHAPES = ("o", "s", "t1", "d", "star", "p", "+", "x")
LARGE, SMALL, MANY = 8, 6, 60
"""The size of points, in pixels, where they are few and where they are many."""

MOST_COLUMNS = 60
"""As many columns are offered as axes."""

STRENGTH = 0.62
"""How much of a class's colour stands where the network is sure of it; points must stay visible on it."""


class BoundaryPlot(Plot):
    """Training points are filled and validation points hollow; each class has a colour and a shape of its own."""

    axes_chosen = Signal()
    plane_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_square = True
        self.dataset: Dataset | None = None
        self.axes: tuple[int, int] | None = None
        """The columns that are chosen, by number; None for the data's own two, or the principal components of more."""
        self._first_axes = (0, 1)
        self.setObjectName("plotBoundary")
        self.setAccessibleName(_("Decision boundary"))
        self.plane: Plane | None = None
        self._answers: NDArray[np.floating[Any]] | None = None
        """What the network answers on the grid: shares (g · g, classes), or values (g · g,) in the target's units."""
        self.image = pyqtgraph.ImageItem(axisOrder="row-major")
        self.addItem(self.image)
        self.points: list[pyqtgraph.ScatterPlotItem] = []
        self.lit = pyqtgraph.ScatterPlotItem(size=14, brush=None)
        self.lit.setZValue(10)
        self.addItem(self.lit)
        self.chooser = QToolButton(self, autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.chooser.setText(_("Axes"))
        self.chooser.setAccessibleName(_("Axes of the plane"))
        self.chooser.setToolTip(_("Choose the two columns that the plane goes through"))
        self.chooser.move(2, 2)
        self.chooser.hide()
        self.hideButtons()
        self.apply_theme()

    def show_plane(self, plane: "Plane | None") -> None:
        """Show the points of another data set, and no answers yet."""
        self.plane = plane
        self.plane_changed.emit()
        for item in self.points:
            self.removeItem(item)
        self.points = []
        self.hide_answers()
        self.light_up(())
        if plane is None:
            return
        self._write_names()
        self.setRange(xRange=(plane.lowest[0], plane.highest[0]), yRange=(plane.lowest[1], plane.highest[1]), padding=0)
        for points, targets, filled in (
            (plane.validation, plane.validation_targets, False),
            (plane.training, plane.training_targets, True),
        ):
            self._add_points(points, targets, filled)

    def _write_names(self) -> None:
        """What the plane shows, in the room there is: a title that is too long would push the plot out of sight."""
        if self.plane is None:
            return
        metrics, color = self.fontMetrics(), theme.colors().faint_text

        def fitting(words: str, room: int) -> str:
            # pyqtgraph takes it for HTML.
            return escape(metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(40, room)))

        room = self.width() - (2 * self.chooser.width() if self.chooser.isVisibleTo(self) else 20)
        self.plotItem.setTitle(fitting(self.plane.remark, room) or None, color=color, size=heading_size(8))
        for axis, side, space in ((0, "bottom", self.width() - 60), (1, "left", self.height() - 70)):
            self.getAxis(side).setLabel(fitting(self.plane.names[axis], space), color=color)
        self.setToolTip(plain_tooltip([self.plane.remark]) if self.plane.remark else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "chooser"):  # pyqtgraph sets a size before there is anything to name
            self._write_names()

    def key(self) -> str:
        classes = self.plane.classes if self.plane else ()
        return plane_legend(classes) if classes else ""

    def offer_axes(self, dataset: "Dataset | None") -> None:
        """Offer the columns of other data; its principal components at first."""
        self.dataset, self.axes = dataset, None
        columns = [] if dataset is None else dataset.preparation.columns
        names = {number: one.name for number, one in enumerate(columns) if one.kind == "number"}
        first, second, *_others = [*names, 0, 0]
        self._first_axes = first, second
        menu = QMenu(self.chooser)
        menu.addAction(self._first_plane()).triggered.connect(partial(self._choose, None, None))
        for axis, words in ((0, _("&Across")), (1, _("&Up"))):
            part = menu.addMenu(words)
            for number, name in list(names.items())[:MOST_COLUMNS]:
                part.addAction(name.replace("&", "&&")).triggered.connect(partial(self._choose, axis, number))
        old = self.chooser.menu()
        self.chooser.setMenu(menu)
        if old is not None:
            old.deleteLater()
        self.chooser.setVisible(len(names) > 2)
        self._write_names()

    def _first_plane(self) -> str:
        """What the plane is called that is shown when nothing is chosen."""
        sources = two_sources(self.dataset.preparation) if self.dataset is not None else None
        if sources is None:
            return _("&Principal components")
        first, second = (name.replace("&", "&&") for name in sources)
        return _("&Plane of {first} and {second}").format(first=first, second=second)

    def _choose(self, axis: int | None, number: int | None, _checked: bool = False) -> None:
        if axis is None or number is None:
            self.axes = None
        else:
            before = self.axes or self._first_axes
            other = before[1 - axis]
            if other == number:
                other = before[axis]  # what was here goes there
            self.axes = (number, other) if axis == 0 else (other, number)
        self.axes_chosen.emit()

    def light_up(self, rows: Sequence[int] | NDArray[np.integer[Any]]) -> None:
        """Put a ring around the points of these rows of the data."""
        if self.plane is None or not len(rows):
            if len(self.lit.data):
                self.lit.setData([], [])
            return
        places = self.plane.training[np.isin(self.plane.training_rows, rows)]
        self.lit.setPen(pyqtgraph.mkPen(theme.colors().text, width=projector.line(2)))
        self.lit.setData(places[:, 0], places[:, 1])

    def _add_points(self, points: NDArray[np.float64], targets: NDArray[np.float64], filled: bool) -> None:
        assert self.plane is not None
        surface = theme.colors().surface
        if self.plane.classes:
            groups = [
                (points[targets == number], class_color(number), SHAPES[number % len(SHAPES)])
                for number in range(len(self.plane.classes))
            ]
            for places, color, shape in groups:
                brush, pen = (color, surface) if filled else (surface, color)
                self._scatter(places, pen=pyqtgraph.mkPen(pen, width=1.2), brush=pyqtgraph.mkBrush(brush), symbol=shape)
            return
        colored = [QColor(*(int(part) for part in color)) for color in value_colors(targets, *self._range(), 1.0)]
        pens = [pyqtgraph.mkPen(surface if filled else color, width=1.2) for color in colored]
        brushes = [pyqtgraph.mkBrush(color if filled else surface) for color in colored]
        self._scatter(points, pen=pens, brush=brushes, symbol="o")

    def _scatter(self, places: NDArray[np.float64], **looks: object) -> None:
        size = projector.mark(SMALL if len(places) > MANY else LARGE)
        item = pyqtgraph.ScatterPlotItem(pos=places, size=size, **looks)
        item.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.points.append(item)
        self.addItem(item)

    def sentence(self) -> str:
        """How many points there are, and how much of the plane the network gives each class, or which values."""
        if self.plane is None:
            return _("nothing is drawn yet")
        across, up = self.plane.names
        words = _("{training} training and {validation} validation points over {across} and {up}").format(
            training=len(self.plane.training), validation=len(self.plane.validation), across=across, up=up
        )
        if self._answers is None or not self.image.isVisible():
            return words
        if not self.plane.classes:
            low, high = float(self._answers.min()), float(self._answers.max())
            return words + "; " + _("the network answers {low:.4g} to {high:.4g}").format(low=low, high=high)
        counts = np.bincount(self._answers.argmax(axis=1), minlength=len(self.plane.classes))
        shares = [
            f"{name} {share:.0%}"
            for name, share in zip(self.plane.classes, counts / counts.sum(), strict=True)
            if share
        ]
        return words + "; " + _("the network gives of the plane: {shares}").format(shares=", ".join(shares))

    def hide_answers(self, *_reason: str) -> None:
        """Show the points alone."""
        self._answers = None
        self.image.hide()

    def show_answers(self, answers: NDArray[np.float32], preparation: Preparation) -> None:
        """Colour the plane by what a network answers on its grid: shares (g · g, classes) or values (g · g, 1)."""
        if self.plane is None or not np.isfinite(answers).all():
            return
        side = round(len(answers) ** 0.5)
        if self.plane.classes:
            self._answers = answers
            colored = class_mix(answers)
        else:
            self._answers = answers[:, 0] * preparation.target_scale + preparation.target_mean
            colored = value_colors(self._answers, *self._range(), STRENGTH)
        self.image.show()
        self.image.setImage(colored.reshape(side, side, 3), levels=(0, 255))
        # The grid's outer places lie on the border of the plane, in the middle of their pixels.
        width, height = (self.plane.highest - self.plane.lowest) * side / (side - 1)
        left, low = self.plane.lowest - np.array([width, height]) / side / 2
        self.image.setRect(QRectF(left, low, width, height))

    def _range(self) -> tuple[float, float]:
        assert self.plane is not None
        targets = self.plane.training_targets
        return float(targets.min()), float(targets.max())


def class_color(number: int) -> QColor:
    """The colour of a class; those of a few are told apart by the colour-blind too (Okabe and Ito 2008)."""
    colors = theme.class_colors()
    return QColor(colors[number % len(colors)])


def class_mix(probabilities: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The colours (n, 3) of probabilities (n, classes): none where all are alike, a class's own where it is certain."""
    classes = probabilities.shape[1]
    palette = np.array([theme.rgb(class_color(number)) for number in range(classes)], dtype=np.float32)
    surface = np.array(theme.rgb(theme.colors().surface), dtype=np.float32)
    certainty = ((probabilities.max(axis=1, keepdims=True) - 1 / classes) / (1 - 1 / classes)).clip(0, 1)
    mixed = surface + (probabilities @ palette - surface) * STRENGTH * certainty
    return np.asarray(mixed.clip(0, 255), dtype=np.uint8)


def value_colors(values: NDArray[Any], lowest: float, highest: float, strength: float) -> NDArray[np.uint8]:
    """The colours (n, 3) of values: the second class's at the highest, the first's at the lowest, none between."""
    surface = np.array(theme.rgb(theme.colors().surface), dtype=np.float32)
    low, high = (np.array(theme.rgb(class_color(number)), dtype=np.float32) for number in (0, 1))
    middle, half = (lowest + highest) / 2, max((highest - lowest) / 2, 1e-12)
    place = ((values - middle) / half).clip(-1, 1)[:, None]
    mixed = surface + (np.where(place < 0, low, high) - surface) * np.abs(place) * strength
    return np.asarray(mixed.clip(0, 255), dtype=np.uint8)
