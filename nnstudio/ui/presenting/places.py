"""Where everything in a window was before presenter mode began, and how it is put back there."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QPoint, QRect, Qt
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QWidget

from nnstudio.ui.arrangement import Arrangement
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.labs.opened import Labs
from nnstudio.ui.live.panel import Plots
from nnstudio.ui.shell.actions import Actions

Range = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Stage:
    """The views of a window as they are now; all are made anew when its looks change."""

    actions: Actions
    canvas: Canvas
    plots: Plots
    arrangement: Arrangement


@dataclass(frozen=True)
class Places:
    """The window and its dividers, the part of the network that is seen, the ranges of the plots, the labs."""

    state: Qt.WindowState
    geometry: QRect
    dividers: Mapping[str, QByteArray]
    tab: int
    fits: bool
    zoom: QTransform
    corner: QPoint
    hidden_lines: frozenset[str]
    ranges: Mapping[str, Range]
    labs: Mapping[str, QRect]


def places_of(window: QWidget, stage: Stage, labs: Labs) -> Places:
    """Where everything is now."""
    canvas, plots = stage.canvas, stage.plots
    boxes = {view.plot.objectName(): view.plot.plotItem.vb for view in plots.curve_views}
    zoomed = {name: box for name, box in boxes.items() if not all(box.state["autoRange"])}
    ranges = {name: tuple(tuple(side) for side in box.viewRange()) for name, box in zoomed.items()}
    return Places(
        window.windowState(),
        window.geometry(),
        stage.arrangement.states(),
        stage.arrangement.tabs.currentIndex(),
        canvas.fits,
        canvas.transform(),
        QPoint(canvas.horizontalScrollBar().value(), canvas.verticalScrollBar().value()),
        plots.legend.hidden,
        ranges,  # type: ignore[arg-type]
        {name: lab.geometry() for name, lab in labs.open.items()},
    )


def put_back(places: Places, stage: Stage, labs: Labs) -> None:
    """Put the views that there are now where those before them were; the window has its former size again."""
    stage.arrangement.restore(places.dividers)
    stage.arrangement.tabs.setCurrentIndex(places.tab)
    stage.plots.legend.hide_kinds(places.hidden_lines)
    for view in stage.plots.curve_views:
        if view.plot.objectName() in places.ranges:
            across, up = places.ranges[view.plot.objectName()]
            view.plot.setRange(xRange=across, yRange=up, padding=0)
    for name, place in places.labs.items():
        if name in labs.open:
            labs.open[name].setGeometry(place)
    show_part(places, stage.canvas)


def show_part(places: Places, canvas: Canvas) -> None:
    """Show the part of the network that was seen."""
    if places.fits:
        return
    canvas.fits = False
    canvas.setTransform(places.zoom)
    canvas.horizontalScrollBar().setValue(places.corner.x())
    canvas.verticalScrollBar().setValue(places.corner.y())
    canvas.show_items()
