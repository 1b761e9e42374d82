"""When the welcome page is there: at a start without a file, and by the menu; it gives way to whatever is begun."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QWidget

from nnstudio.ui.changes import Cause, Change
from nnstudio.ui.lessons.room import Lessons
from nnstudio.ui.shell.actions import COMMANDS
from nnstudio.ui.shell.bindings import Functions
from nnstudio.ui.shell.command import EDIT, INSIDE, LESSON, PRESENTING, TRAINING
from nnstudio.ui.shell.menus import MenuCallbacks
from nnstudio.ui.shell.preferences import Preferences
from nnstudio.ui.store import Store
from nnstudio.ui.welcome.page import Ways, WelcomePage

AT_START, ASKED = "welcomeAtStart", "languageAsked"
LEAVING = (EDIT, TRAINING, INSIDE, LESSON, PRESENTING)
"""The menus whose commands are about what lies below the page."""


class Welcome(QObject):
    """The welcome page of a window; `begin` are what its menu does for New and for Open."""

    def __init__(
        self,
        window: QMainWindow,
        store: Store,
        preferences: Preferences,
        menu: MenuCallbacks,
        begin: tuple[Callable[[], object], Callable[[], object]],
        lessons: Lessons,
    ) -> None:
        super().__init__(window)
        self.window = window
        self.preferences = preferences
        self.menu, self.begin, self.lessons = menu, begin, lessons
        self.page: WelcomePage | None = None
        self._asks_language = False
        store.replaced.connect(self.close)
        store.changed.connect(self.follow)

    def functions(self) -> Functions:
        """What the commands do that tell of the program."""
        return {"actionWelcome": self.show, "actionAbout": self.show_about}

    def show_about(self) -> None:
        from nnstudio.ui.shell.about import show_about

        show_about(self.window)

    def compose(self, actions: Mapping[str, QAction]) -> None:
        """The window has made its views anew: so is the page, if it is there."""
        for command in COMMANDS:
            if command.menu in LEAVING:
                actions[command.name].triggered.connect(self.close)
        if self.page is not None:
            self._make(self.page.topics.currentIndex())

    def show_at_start(self) -> None:
        """Show the page if it is wanted, the very first time with the question for the language."""
        if not self.preferences.is_on(AT_START, True):
            return
        self._asks_language = not self.preferences.language and not self.preferences.is_on(ASKED, False)
        self.preferences.set_on(ASKED, True)
        self.show()

    def show(self) -> None:
        """Show the page over whatever is open, which stays as it is."""
        self._make(self.page.topics.currentIndex() if self.page is not None else 0)

    def close(self) -> None:
        """Give way to what lies below."""
        if self.page is None:
            return
        canvas, now = self.window.findChild(QWidget, "canvas"), self.window.focusWidget()
        if canvas is not None and (now is None or self.page.isAncestorOf(now)):
            canvas.setFocus()
        self._take_away()
        self._asks_language = False

    def follow(self, change: Change) -> None:
        """An edit is seen: by a table that was dropped, or a link that was pasted."""
        if change.cause is Cause.EDIT:
            self.close()

    def use_language(self, code: str) -> None:
        self._asks_language = False
        self.menu.use_language(code)  # which makes the page anew

    def forget_files(self) -> None:
        self.preferences.forget_files()
        if self.page is not None:
            self.show()

    def open_lesson(self, path: Path) -> None:
        self.close()
        self.lessons.open(path)

    def show_lessons(self) -> None:
        self.close()
        self.lessons.show_panel(True)

    def _make(self, topic: int) -> None:
        self._take_away()
        ways = Ways(
            *self.begin,
            self.menu.open_file,
            self.menu.open_example,
            self.open_lesson,
            self.show_lessons,
            self.use_language,
            partial(self.preferences.set_on, AT_START),
        )
        at_start = self.preferences.is_on(AT_START, True)
        given = self.preferences.remembered_files, at_start, self._asks_language, topic
        self.page = WelcomePage(self.window, ways, *given)
        self.page.left.connect(self.close)
        self.window.installEventFilter(self)
        self.window.menuBar().installEventFilter(self)
        self._place()
        self.page.show()
        self.page.raise_()
        self.page.take_keys()

    def _take_away(self) -> None:
        if self.page is not None:
            self.window.removeEventFilter(self)
            self.window.menuBar().removeEventFilter(self)
            self.page.hide()
            self.page.deleteLater()
            self.page = None

    def _place(self) -> None:
        """Lie over all but the menus."""
        if self.page is not None:
            menus = self.window.menuBar()
            top = menus.height() if menus.isVisible() and not menus.isNativeMenuBar() else 0
            self.page.setGeometry(QRect(0, top, self.window.width(), self.window.height() - top))

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return super().eventFilter(watched, event)
