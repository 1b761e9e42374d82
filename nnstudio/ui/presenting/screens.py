"""The screens: which one the class does not see, and a picture kept on the projector while the window is elsewhere."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPixmap, QScreen
from PySide6.QtWidgets import QWidget


def other_screen(window: QWidget) -> QScreen | None:
    """A screen that the window is not on; None where there is one, or both show the same."""
    own = window.screen()
    others = [one for one in QGuiApplication.screens() if not one.geometry().intersects(own.geometry())]
    return others[0] if others else None


class KeptPicture(QWidget):
    """What the class saw, over all of its screen, while the window itself is on the other one to be prepared."""

    def __init__(self, window: QWidget, other: QScreen) -> None:
        super().__init__(window, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("keptPicture")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.live, self.place, self.shown_on = window, QRect(window.geometry()), window.screen()
        self.picture: QPixmap = window.grab()
        self.setGeometry(window.screen().geometry())
        self.showFullScreen()
        window.showNormal()
        move_to(window, other)
        window.setGeometry(other.availableGeometry())

    def give_back(self) -> None:
        """The class sees the window again."""
        move_to(self.live, self.shown_on)
        self.live.setGeometry(self.place)
        self.live.showFullScreen()
        self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).drawPixmap(self.rect(), self.picture)


def move_to(window: QWidget, screen: QScreen) -> None:
    """Have a window be on a screen before it takes its place there: what fills the screen fills the right one."""
    handle = window.windowHandle()
    if handle is not None:
        handle.setScreen(screen)
