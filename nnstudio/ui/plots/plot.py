"""What all plots have in common: plain axes in our colours, a menu of our own, pictures for print."""

from collections.abc import Mapping
from pathlib import Path

import pyqtgraph
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGraphicsItem, QLabel, QMenu

from nnstudio.project.files import check_target, write_whole
from nnstudio.text import translate as _
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.fonts import heading_size
from nnstudio.ui.look.picture import Draw, form_of
from nnstudio.ui.plots.accessible import describe
from nnstudio.ui.plots.axis import OVER, Axis
from nnstudio.ui.plots.view_box import DataViewBox

ABOVE = 7
"""Pixels above the axes: half the height of the number that may stand at their upper end."""


class Plot(pyqtgraph.PlotWidget):  # type: ignore[misc]
    """A plot with a menu to save it. `picture_asked(plot)` and `numbers_asked(plot)` come when that is chosen,
    `sheet_asked(plot)` when it is to be put into the report, `came_or_went` when it is shown or hidden."""

    came_or_went = Signal()
    is_square = False
    """Whether it is as high as wide in its cell."""
    picture_asked = Signal(object)
    numbers_asked = Signal(object)
    sheet_asked = Signal(object)

    def __init__(self, axes: Mapping[str, Axis] | None = None) -> None:
        """With these axes in place of the usual ones, by their sides."""
        describe(Plot, words_of)
        axes = {side: Axis(side) for side in ("bottom", "left")} | dict(axes or {})
        super().__init__(viewBox=DataViewBox(enableMenu=False), enableMenu=False, axisItems=axes)
        # pyqtgraph makes the plot's menu all the same, and without a parent it would outlive the plot.
        menu = self.getPlotItem().ctrlMenu
        menu.setParent(self, menu.windowFlags())
        self.plotItem.layout.setContentsMargins(1, ABOVE, OVER, 1)
        for side in ("bottom", "left"):
            self.getAxis(side).enableAutoSIPrefix(False)
            self.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.notice = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.notice.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.notice.hide()

    @property
    def view_name(self) -> str:
        """What the plot is called in the report; one that shows no single run has a colon in it."""
        return str(self.objectName())

    def say(self, words: str) -> None:
        """Say in the middle of the plot why there is nothing to see; "" when there is."""
        if words != self.notice.text():
            self.notice.setText(words)
            self.notice.setVisible(bool(words))
            self._place_notice()

    def _place_notice(self) -> None:
        self.notice.setGeometry(self.rect().adjusted(56, 6, -12, -40))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "notice"):  # pyqtgraph sets a size before there is one
            self._place_notice()

    def key(self) -> str:
        """What the lines and colours are, as rich text for a saved picture; "" where the axes say it all."""
        return ""

    def apply_theme(self) -> None:
        """Take the colours of light or dark."""
        colors = theme.colors()
        self.setBackground(colors.surface)
        for side in ("bottom", "left"):
            axis = self.getAxis(side)
            axis.setPen(pyqtgraph.mkPen(colors.border, width=projector.line(1)))
            axis.setTextPen(colors.faint_text)
            # Major ticks alone: lines at all of them would cost two thirds of every frame.
            axis.setStyle(maxTickLevel=0)

    def table(self) -> str:
        """The numbers that are drawn, as CSV; "" where a plot has none of its own."""
        return ""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came_or_went.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.came_or_went.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction(_("Show &everything"), self.enableAutoRange)
        menu.addAction(_("Save &picture …"), self._ask_picture)
        if self.table():
            menu.addAction(_("Save &numbers …"), self._ask_numbers)
        menu.addAction(_("Put into the &report"), self._ask_sheet)
        menu.exec(event.globalPos())
        menu.deleteLater()

    def _ask_picture(self) -> None:
        self.picture_asked.emit(self)

    def _ask_numbers(self) -> None:
        self.numbers_asked.emit(self)

    def _ask_sheet(self) -> None:
        self.sheet_asked.emit(self)

    def save_picture(self, path: Path) -> None:
        """Write the plot as SVG, PDF or PNG, in the light colours. UserError when it cannot be written."""
        check_target(path)
        write_whole(path, self.picture(form_of(path)))

    def picture(self, draw: Draw) -> bytes:
        """The plot in the light colours, as a picture in the form that `draw` gives it."""
        title = self.plotItem.titleLabel.text if self.plotItem.titleLabel.isVisible() else None
        try:
            with theme.light():
                self.apply_theme()
                self.redraw()
                if self.key():
                    self._put_above(self.key())
                return draw(self.scene(), QRectF(self.viewport().rect()))
        finally:
            self.plotItem.titleLabel.setText("")  # a title that is hidden takes its width all the same
            self.plotItem.setTitle(title)
            self.apply_theme()
            self.redraw()

    def _put_above(self, text: str) -> None:
        """Write rich text of any number of lines above the plot, in place of a title."""
        label, room = self.plotItem.titleLabel, self.plotItem.getViewBox().width()
        label.item.setTextWidth(-1)
        self.plotItem.setTitle(text, size=heading_size(9), color=theme.colors().text)
        if label.item.boundingRect().width() > room:  # else the plot would be as wide as its title from now on
            label.item.setTextWidth(room)
            label.updateMin()
        height = label.item.boundingRect().height()
        label.setMaximumHeight(height)
        self.plotItem.layout.setRowFixedHeight(0, height)
        self.plotItem.layout.activate()

    def sentence(self) -> str:
        """What is to be seen, in words, for whoever cannot see it; plain text."""
        return self.accessibleDescription() or _("{up} over {across}").format(
            up=self.getAxis("left").labelText or _("values"), across=self.getAxis("bottom").labelText or _("values")
        )

    def redraw(self) -> None:
        """Draw again what takes its colours when it is drawn."""


def words_of(plot: Plot) -> str:
    """What is to be read of a plot: why there is nothing to see, or what there is."""
    return plot.notice.text() or plot.sentence()
