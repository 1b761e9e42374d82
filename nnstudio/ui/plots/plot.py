"""What all plots have in common: no menu of pyqtgraph's, plain axes in our colours, and nothing left behind."""

import pyqtgraph

from nnstudio.ui import theme


class Plot(pyqtgraph.PlotWidget):
    """A plot without a menu."""

    def __init__(self, **parts: object) -> None:
        super().__init__(enableMenu=False, **parts)
        # pyqtgraph makes the plot's menu all the same, and without a parent it would outlive the plot.
        menu = self.getPlotItem().ctrlMenu
        menu.setParent(self, menu.windowFlags())
        for side in ("bottom", "left"):
            self.getAxis(side).enableAutoSIPrefix(False)

    def apply_theme(self) -> None:
        """Take the colours of light or dark."""
        colors = theme.colors()
        self.setBackground(colors.surface)
        for side in ("bottom", "left"):
            axis = self.getAxis(side)
            axis.setPen(colors.border)
            axis.setTextPen(colors.faint_text)
            # Major ticks alone: lines at all of them would cost two thirds of every frame.
            axis.setStyle(maxTickLevel=0)
