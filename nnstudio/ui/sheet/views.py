"""Which view a command of the report is about, its picture, and the way back to it."""

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QCursor, QImage
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from nnstudio.project.names import shown_name
from nnstudio.project.sheet import CANVAS
from nnstudio.text import translate as _
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.opened import LABS, Labs
from nnstudio.ui.live.opened import VIEWS
from nnstudio.ui.live.panel import Plots
from nnstudio.ui.look.collected import Collectable, Looked
from nnstudio.ui.look.picture import as_png, opened
from nnstudio.ui.plots.plot import Plot, words_of

MOST = 1600
"""Pixels that a picture has across or down at most: sharp enough in print, and a report of twenty stays small."""

WIDE, SQUARE = QSize(620, 340), QSize(420, 460)
"""What a plot takes of a page, in dots of a screen."""


class SheetViews:
    """The canvas, the plots and the labs of a window."""

    def __init__(self, window: QMainWindow, labs: Labs, canvas: Canvas, plots: Plots) -> None:
        self.window = window
        self.labs = labs
        self.canvas = canvas
        self.plots = plots
        self.ways_back: dict[str, Callable[[str], str]] = {}
        """What brings views of other kinds to the front, by what their names begin with before the colon; it gives
        what is to be said where one is not there any more."""

    def looked_at(self) -> Looked:
        """What is under the pointer or has the keys, and can be put into the report; a lab as a whole while its window
        is active. Where nothing can, the loss or the canvas."""
        active, under = QApplication.activeWindow(), QApplication.widgetAt(QCursor.pos())
        within = [under, active.focusWidget() if active is not None else None]
        if isinstance(active, Lab):
            within = [one for one in within if one is not None and one.window() is active]
        for widget in (*within, active, self.window.focusWidget()):
            if (looked := self._of(widget)) is not None:
                return looked
        loss = self.plots.plot("loss")
        return self.of_plot(loss) if loss.isVisible() else self.of_canvas()

    def _of(self, widget: QWidget | None) -> Looked | None:
        """The nearest thing around a widget of our windows that can be put into the report."""
        around = list(upwards(widget))
        if not around or around[-1] is not self.window:
            return None
        for one in around:
            if isinstance(one, Collectable):
                return one.for_report()
            if isinstance(one, Lab):
                return self.of_lab(one)
            if isinstance(one, Plot) and not isinstance(one.window(), Lab):  # those in a lab are parts of it
                return self.of_plot(one)
            if one is self.canvas:
                return self.of_canvas()
        return None

    def of_plot(self, plot: Plot) -> Looked:
        """The plot as large as is good on paper, whatever room it has in the window; nothing is painted meanwhile."""
        size = plot.size()
        plot.resize(SQUARE if plot.is_square else WIDE)
        try:
            picture = plot.picture(lambda scene, area: as_png(scene, area, MOST))
        finally:
            plot.resize(size)
        return Looked(plot.view_name, plot.accessibleName() or _("Plot"), picture, words_of(plot))

    def of_canvas(self) -> Looked:
        picture = self.canvas.picture(lambda scene, area: as_png(scene, area, MOST))
        return Looked(
            CANVAS, _("Network"), picture, ", ".join(map(shown_name, self.canvas.store.project.network.layers))
        )

    def of_lab(self, lab: Lab) -> Looked:
        name = next((name for name, one in self.labs.open.items() if one is lab), "")
        words = " ".join(one for one in (lab.introduction.text(), lab.message.text()) if one)
        return Looked(name, lab.windowTitle(), grabbed(lab), words)

    def show(self, view: str) -> str:
        """Bring a view to the front; what is to be said where it is not there (any more)."""
        if (back := self.ways_back.get(view.partition(":")[0])) is not None:
            return back(view)
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


def upwards(widget: QWidget | None) -> Iterator[QWidget]:
    """A widget, what it is in, and so on up to a window that belongs to no other."""
    while widget is not None:
        yield widget
        widget = widget.parentWidget()


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
