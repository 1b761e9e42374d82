"""Which view a command of the lab sheet is about, its picture, and the way back to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QCursor, QImage
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from nnstudio.project.sheet import CANVAS
from nnstudio.text import translate as _
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.opened import LABS, Labs
from nnstudio.ui.live.opened import VIEWS
from nnstudio.ui.live.panel import Plots
from nnstudio.ui.look.picture import as_png, opened
from nnstudio.ui.plots.plot import Plot

MOST = 1600
"""Pixels that a picture has across or down at most: sharp enough in print, and a sheet of twenty stays small."""

WIDE, SQUARE = QSize(620, 340), QSize(420, 460)
"""What a plot takes of a sheet, in dots of a screen."""


@dataclass(frozen=True)
class Looked:
    """A view that is looked at: its name as an item keeps it, what it is called, and its picture as PNG."""

    view: str
    title: str
    picture: bytes


class SheetViews:
    """The canvas, the plots and the labs of a window."""

    def __init__(self, window: QMainWindow, labs: Labs, canvas: Canvas, plots: Plots) -> None:
        self.window = window
        self.labs = labs
        self.canvas = canvas
        self.plots = plots

    def looked_at(self) -> Looked:
        """The lab whose window is active; else the plot or the canvas under the pointer, or that has the keys."""
        lab = QApplication.activeWindow()
        if isinstance(lab, Lab):
            return self.of_lab(lab)
        for widget in (QApplication.widgetAt(QCursor.pos()), self.window.focusWidget()):
            inside = widget
            while inside is not None and inside.window() is self.window:
                if isinstance(inside, Plot):
                    return self.of_plot(inside)
                if inside is self.canvas:
                    return self.of_canvas()
                inside = inside.parentWidget()
        loss = self.plots.plot("loss")
        return self.of_plot(loss) if loss.isVisible() else self.of_canvas()

    def of_plot(self, plot: Plot) -> Looked:
        """The plot as large as is good on paper, whatever room it has in the window; nothing is painted meanwhile."""
        size = plot.size()
        plot.resize(SQUARE if plot.is_square else WIDE)
        try:
            picture = plot.picture(lambda scene, area: as_png(scene, area, MOST))
        finally:
            plot.resize(size)
        return Looked(plot.objectName(), plot.accessibleName() or _("Plot"), picture)

    def of_canvas(self) -> Looked:
        return Looked(CANVAS, _("Network"), self.canvas.picture(lambda scene, area: as_png(scene, area, MOST)))

    def of_lab(self, lab: Lab) -> Looked:
        name = next((name for name, one in self.labs.open.items() if one is lab), "")
        return Looked(name, lab.windowTitle(), grabbed(lab))

    def show(self, view: str) -> str:
        """Bring a view to the front; what is to be said where it is not there (any more)."""
        if view in LABS:
            self.labs.show(view)
            return ""
        self.window.raise_()
        self.window.activateWindow()
        if view == CANVAS:
            switch_off(self.window, "actionLargeViews")
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            return ""
        plots: Mapping[str, str] = {one.plot.objectName(): name for name, one in self.plots.views.items()}
        if view not in plots:
            return _("There is no view “{name}” in this version.").format(name=view[:40])
        switch = VIEWS[plots[view]].switch
        action = self.window.findChild(QAction, switch.command) if switch else None
        if action is not None:
            action.setChecked(True)
        plot = self.plots.plot(plots[view])
        plot.setFocus(Qt.FocusReason.OtherFocusReason)
        return (
            "" if plot.isVisible() else _("There is nothing to see in “{name}” now.").format(name=plot.accessibleName())
        )


def switch_off(window: QMainWindow, name: str) -> None:
    action = window.findChild(QAction, name)
    if action is not None:
        action.setChecked(False)


def grabbed(widget: QWidget) -> bytes:
    """A widget as it is on the screen, as PNG."""
    image: QImage = widget.grab().toImage()
    if max(image.width(), image.height()) > MOST:
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(QSize(MOST, MOST), Qt.AspectRatioMode.KeepAspectRatio, smooth)
    buffer = opened()
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
