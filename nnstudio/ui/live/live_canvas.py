"""Paints the canvas anew when what a network has learnt is shown on it: once for weights, masks and maps together."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.live.paint_now import paint_now
from nnstudio.ui.live.redraw_schedule import RedrawSchedule


class LiveCanvas(QObject):
    """Looks whether one of its feeds had something new; each puts it on the canvas itself."""

    def __init__(self, canvas: Canvas, feeds: Sequence[Callable[[], bool]], turns: RedrawSchedule) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.feeds = feeds
        turns.add(self.draw)

    def draw(self) -> bool:
        """Show the newest there is, at once; whether there was anything new."""
        if not self.canvas.isVisible():
            return False
        had_something = [feed() for feed in self.feeds]
        if any(had_something):
            paint_now(self.canvas)
        return any(had_something)
