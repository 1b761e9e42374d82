"""The tools of a projector over the windows of the program: one of each, which its key turns on and off."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.presenting.cover import Blank, Cover, Magnifier, Spotlight
from nnstudio.ui.presenting.pen import Drawing

Kind = TypeVar("Kind", bound=Cover)

BLACK, WHITE, FROZEN = "#000000", "#ffffff", ""


class Tools(QObject):
    """`windows` gives all windows of the program that a class may see, the main one first; `say` tells what a key found
    nothing to do for. `changed` comes when a tool is taken up or ended."""

    changed = Signal()

    def __init__(self, parent: QObject, windows: Callable[[], Sequence[QWidget]], say: Callable[[str], object]) -> None:
        super().__init__(parent)
        self.windows = windows
        self.say = say
        self.blanks: list[Blank] = []
        self._spotlight: Spotlight | None = None
        self._magnifier: Magnifier | None = None
        self._drawing: Drawing | None = None

    # A lab that is closed takes with it what lies over it.

    @property
    def spotlight(self) -> Spotlight | None:
        return self._spotlight if shiboken6.isValid(self._spotlight) else None

    @property
    def magnifier(self) -> Magnifier | None:
        return self._magnifier if shiboken6.isValid(self._magnifier) else None

    @property
    def drawing(self) -> Drawing | None:
        return self._drawing if shiboken6.isValid(self._drawing) else None

    @property
    def pen_is_out(self) -> bool:
        return self.drawing is not None and self.drawing.is_out

    @property
    def is_on(self) -> bool:
        """Whether there is a tool to end."""
        return bool(self.blanks or self.magnifier or self.spotlight or self.pen_is_out)

    def front(self) -> QWidget:
        """The window that has the keys, or the main one."""
        windows, active = self.windows(), QApplication.activeWindow()
        return active if active in windows and active is not None else windows[0]

    # --- what each key does -----------------------------------------------------------------------------------------

    def toggle_spotlight(self) -> None:
        self._spotlight = self._toggled(self.spotlight, Spotlight)
        self.changed.emit()

    def toggle_magnifier(self) -> None:
        self._magnifier = self._toggled(self.magnifier, Magnifier)
        if self._magnifier is not None:
            self._magnifier.clicked.connect(self.toggle_magnifier)
        self.changed.emit()

    def _toggled(self, cover: Kind | None, kind: Callable[[QWidget], Kind]) -> Kind | None:
        if cover is None:
            return kind(self.front())
        cover.remove()
        return None

    def toggle_pen(self) -> None:
        """Take the pen out, or put it away; what was drawn stays."""
        front = self.front()
        if self.drawing is not None and self.drawing.covered is not front and not self.pen_is_out:
            self._remove_drawing()  # it would be drawn on another window than the one in front
        if self.drawing is None:
            self._drawing = Drawing(front)
        drawing = self.drawing
        assert drawing is not None
        drawing.take_out(not drawing.is_out)
        self._drop_empty()
        self.changed.emit()

    def undo_stroke(self) -> None:
        if self.drawing is None or not self.drawing.undo():
            self.say(_("There is no stroke to take back: P takes the pen out."))
        self._drop_empty()

    def clear_drawing(self) -> None:
        drawing = self.drawing
        if drawing is None or not drawing.strokes:
            self.say(_("Nothing is drawn: P takes the pen out."))
        else:
            drawing.strokes.clear()
            drawing.update()
        self._drop_empty()

    def _drop_empty(self) -> None:
        """A drawing without a stroke costs time in every frame, and shows nothing."""
        if self.drawing is not None and not self.drawing.strokes and not self.drawing.is_out:
            self._remove_drawing()

    def _remove_drawing(self) -> None:
        if self.drawing is not None:
            self.drawing.remove()
        self._drawing = None

    def toggle_blank(self, color: str) -> None:
        """Show nothing in black or white, or with FROZEN what is seen now; or all again."""
        shown = self.blanks[0].color.name() if self.blanks and self.blanks[0].picture is None else FROZEN
        is_on = bool(self.blanks) and shown == color
        self._remove_blanks()
        if not is_on:
            self.cover_all(color)
        self.changed.emit()

    def cover_all(self, color: str) -> None:
        """Cover the windows there are, and those that were opened since."""
        for window in self.windows():
            if all(blank.covered is not window for blank in self.blanks):
                picture = window.grab() if color == FROZEN else None
                self.blanks.append(Blank(window, color or WHITE, picture))

    def cover_new(self) -> None:
        """Cover what was opened since, where there is nothing to be seen."""
        self.blanks = [blank for blank in self.blanks if shiboken6.isValid(blank)]
        if self.blanks:
            self.cover_all(WHITE if self.blanks[0].picture is not None else self.blanks[0].color.name())

    def _remove_blanks(self) -> None:
        for blank in self.blanks:
            if shiboken6.isValid(blank):
                blank.remove()
        self.blanks = []

    # --- all of them ------------------------------------------------------------------------------------------------

    def end_one(self) -> None:
        """End the tool that lies on top."""
        if self.blanks:
            self._remove_blanks()
        elif self.magnifier is not None:
            self.toggle_magnifier()
        elif self.pen_is_out:
            self.toggle_pen()
        elif self.spotlight is not None:
            self.toggle_spotlight()
        self.changed.emit()

    def end(self) -> None:
        """End all of them, and drop what was drawn."""
        self._remove_blanks()
        for cover in (self.magnifier, self.spotlight, self.drawing):
            if cover is not None:
                cover.remove()
        self._magnifier = self._spotlight = self._drawing = None
        self.changed.emit()

    def raise_all(self) -> None:
        """Lie on top again, after views were made anew."""
        for cover in (self.drawing, self.spotlight, self.magnifier, *self.blanks):
            if cover is not None and shiboken6.isValid(cover):
                cover.raise_()
