"""The next click on the window chooses the thing that a step rings; Esc chooses none."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QTabBar, QToolBar, QWidget

from nnstudio.lessons import names
from nnstudio.ui.canvas.items import LayerItem
from nnstudio.ui.canvas.view import Canvas

PRESSED = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
TAKEN = (*PRESSED, QEvent.Type.MouseButtonRelease, QEvent.Type.ContextMenu)


class Pointing(QObject):
    """`chosen(name)` comes with the click, `ended` when it is over in any way, `moved` when the pointer is over another
    thing. Tabs can be clicked as always, to bring what is wanted to the front."""

    chosen = Signal(str)
    ended = Signal()
    moved = Signal()

    def __init__(self, window: QWidget, canvas: Canvas, aside: QWidget, commands: Callable[[QWidget], str]) -> None:
        super().__init__(window)
        self.window_, self.canvas, self.aside, self.commands = window, canvas, aside, commands
        self.is_on = False
        self.under = ""
        """The name of the thing under the pointer, "" for none."""
        self._takes_release = False

    def begin(self) -> None:
        """From now on a click chooses."""
        if not self.is_on:
            self.is_on, self.under = True, ""
            QApplication.setOverrideCursor(QCursor(Qt.CursorShape.CrossCursor))
            application = QApplication.instance()
            assert application is not None
            application.installEventFilter(self)

    def end(self) -> None:
        if self.is_on:
            self.is_on, self.under = False, ""
            QApplication.restoreOverrideCursor()
            application = QApplication.instance()
            assert application is not None
            application.removeEventFilter(self)
            self.ended.emit()

    # --- what is where ----------------------------------------------------------------------------------------------

    def name_at(self, place: QPoint) -> str:
        """The name of what is at a point of the screen, "" for what a lesson cannot name."""
        widget = QApplication.widgetAt(place)
        if widget is None or widget.window() is not self.window_:
            widget = self.window_.childAt(self.window_.mapFromGlobal(place))
        if widget is None or self.aside is widget or self.aside.isAncestorOf(widget):
            return ""
        if widget is self.canvas.viewport():
            for item in self.canvas.items(self.canvas.viewport().mapFromGlobal(place)):
                while item is not None and not isinstance(item, LayerItem):
                    item = item.parentItem()
                if isinstance(item, LayerItem):
                    return names.LAYER + item.id
        return self.name_of(widget)

    def name_of(self, widget: QWidget) -> str:
        """The name of a widget, or of the nearest around it that has one."""
        inside: QWidget | None = widget
        while inside is not None and inside is not self.window_:
            buddy = inside.buddy() if isinstance(inside, QLabel) else None
            for one in (inside, buddy):
                if isinstance(one, QWidget) and one.objectName() in (*names.ANCHORS, *names.FIELDS):
                    return one.objectName()
            around = inside.parentWidget()
            if isinstance(around, QToolBar) and (name := self.commands(inside)):
                return name
            inside = around
        return ""

    def place_of(self, widget: QWidget) -> QRect:
        return QRect(widget.mapTo(self.window_, QPoint(0, 0)), widget.size())

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.end()
            return True
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        if not isinstance(watched, QWidget) or watched.window() is not self.window_:
            return False
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._look(event.globalPosition().toPoint())
            return False
        if kind not in TAKEN or self._is_free(watched):
            return False
        if kind in PRESSED and isinstance(event, QMouseEvent):
            name = self.name_at(event.globalPosition().toPoint())
            self.under = name
        elif kind == QEvent.Type.MouseButtonRelease and self.under:
            name = self.under
            self.end()
            self.chosen.emit(name)
        return True

    def _is_free(self, widget: QWidget) -> bool:
        """Whether clicks reach it as always: tabs, and the panel of the lesson itself."""
        return isinstance(widget, QTabBar) or widget is self.aside or self.aside.isAncestorOf(widget)

    def _look(self, place: QPoint) -> None:
        name = self.name_at(place)
        if name != self.under:
            self.under = name
            self.moved.emit()
