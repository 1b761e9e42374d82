"""Presenter mode of a window: begins and ends it, and does what its keys ask for."""

from collections.abc import Callable
from functools import partial

import shiboken6
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QLabel, QMainWindow, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.labs.opened import Labs
from nnstudio.ui.lessons.told import Talk
from nnstudio.ui.look import fonts, projector, theme
from nnstudio.ui.presenting.caption import Caption, keys_text
from nnstudio.ui.presenting.notes_window import NotesWindow
from nnstudio.ui.presenting.places import Places, Stage, places_of, put_back, show_part
from nnstudio.ui.presenting.screens import KeptPicture, other_screen
from nnstudio.ui.presenting.showing import Showing
from nnstudio.ui.presenting.tools import BLACK, FROZEN, WHITE, Tools
from nnstudio.ui.shell.bindings import Functions
from nnstudio.ui.shell.preferences import Preferences
from nnstudio.ui.shell.presenting_commands import END_TOOL, LESSON_COMMANDS, SHOW_COMMANDS, TOOL_COMMANDS

DRAWING = 0.56
"""The network's share of the middle of the window."""


class Presenter(QObject):
    """`compose` makes all views of the window anew, in the looks in use, and has `follow` be told of them."""

    def __init__(
        self, window: QMainWindow, preferences: Preferences, labs: Labs, compose: Callable[[], object]
    ) -> None:
        super().__init__(window)
        self.window = window
        self.preferences = preferences
        self.labs = labs
        self.compose = compose
        self.stage: Stage | None = None
        self.talk: Talk | None = None
        self.caption = Caption(window)
        self.tools = Tools(self, self.windows, self.caption.tell)
        self.showing = Showing(labs, self.caption.tell)
        self.tools.changed.connect(self._enable)
        self.notes: NotesWindow | None = None
        self.kept: KeptPicture | None = None
        self._shown_sign: QLabel | None = None
        self._since = QElapsedTimer()
        self._before: Places | None = None
        self._returning: Places | None = None
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)
        window.installEventFilter(self)

    @property
    def is_on(self) -> bool:
        """Whether the window is in presenter mode."""
        return self._before is not None

    def windows(self) -> list[QWidget]:
        """The windows a class may see, the main one first."""
        return [self.window, *(lab for lab in self.labs.open.values() if lab.isVisible())]

    def functions(self) -> Functions:
        """What each command of the mode does."""
        tools = self.tools
        return {
            "actionPresent": self.toggle,
            "actionPresentNext": lambda: self.talk and self.talk.go_on(),
            "actionPresentBack": lambda: self.talk and self.talk.go_back(),
            "actionSpotlight": tools.toggle_spotlight,
            "actionPen": tools.toggle_pen,
            "actionPenUndo": tools.undo_stroke,
            "actionPenClear": tools.clear_drawing,
            "actionMagnify": tools.toggle_magnifier,
            "actionFreeze": self.toggle_freeze,
            "actionBlackScreen": partial(tools.toggle_blank, BLACK),
            "actionWhiteScreen": partial(tools.toggle_blank, WHITE),
            "actionNotesWindow": self.toggle_notes,
            "actionEndTool": self.end_tool,
            **{one.name: partial(self.showing.show, one.name) for one in SHOW_COMMANDS},
        }

    def drive(self, talk: Talk | None) -> None:
        """Have Space and ← drive a lesson, and the notes window show what it tells; None when none is given."""
        self.talk = talk
        self._enable()
        if self.notes is not None:
            self.notes.look()

    # --- beginning and ending ---------------------------------------------------------------------------------------

    def toggle(self) -> None:
        if self.is_on:
            self.end()
        else:
            self.begin()

    def begin(self) -> None:
        """Everything large and clear, the whole screen, and no panels that a lecture does not need."""
        assert self.stage is not None
        self._before, self._returning = places_of(self.window, self.stage, self.labs), None
        self._since.start()
        self.showing.begin()
        projector.begin(self.window.screen().geometry().height())
        self._use_looks()
        self.window.showFullScreen()
        self.stage.arrangement.share_middle(DRAWING)
        self.stage.canvas.zoom_fit()
        if other_screen(self.window) is not None:
            self.toggle_notes()
        self.caption.tell(_("Presenter mode"), keys_text(self.stage.actions["actionPresent"]))

    def end(self) -> None:
        """Everything where it was and as it looked."""
        before, self._before = self._before, None
        if before is None:
            return
        if self.kept is not None:
            self.toggle_freeze()
        if self.notes is not None:
            self.notes.close()
        self.tools.end()
        self.caption.leave()
        self._hide_sign()
        self.window.setWindowState(before.state)
        self.window.setGeometry(before.geometry)
        projector.end()
        self._use_looks()
        assert self.stage is not None
        put_back(before, self.stage, self.labs)
        self._returning = before  # some systems give the window its size only later

    def _use_looks(self) -> None:
        theme.use_scheme(self.preferences.scheme)
        fonts.use_text_size(self.preferences.text_size)
        self.compose()

    def follow(self, stage: Stage) -> None:
        """There are other views in the window."""
        self.stage = stage
        self.showing.follow(stage, self.is_on)
        self._enable()
        if not self.is_on:
            return
        stage.arrangement.show_sides(palette=False, settings=self.showing.with_settings)
        for label in self.window.statusBar().findChildren(QLabel):
            label.setVisible(label.objectName() == "statusTraining")  # how it ended is long enough
        self._show_sign()
        for action in stage.actions.values():
            action.triggered.connect(partial(self._after, action))
        self.tools.raise_all()
        self.caption.raise_()

    def _show_sign(self) -> None:
        """Tell that the mode is on, and how it is ended: beside the menus, or below where the system has them."""
        self._hide_sign()
        self._shown_sign = self._sign()
        if self.window.menuBar().isNativeMenuBar():
            self.window.statusBar().addPermanentWidget(self._shown_sign)
        else:
            self.window.menuBar().setCornerWidget(self._shown_sign)
        self._shown_sign.show()

    def _hide_sign(self) -> None:
        if self._shown_sign is not None and shiboken6.isValid(self._shown_sign):
            self._shown_sign.hide()
            self._shown_sign.setParent(None)
            self._shown_sign.deleteLater()
        self._shown_sign = None

    def _sign(self) -> QLabel:
        assert self.stage is not None
        key = keys_text(self.stage.actions["actionPresent"])
        sign = QLabel(_("Presenting – {key} ends it").format(key=key), textFormat=Qt.TextFormat.PlainText)
        sign.setObjectName("presentingSign")
        colors = theme.colors()
        sign.setStyleSheet(
            f"#presentingSign {{ background: {colors.selection}; color: {theme.on_accent()}; border-radius: 4px; "
            "padding: 2px 12px; }"
        )
        return sign

    def _enable(self) -> None:
        """Which keys are heard: none of them outside the mode."""
        if self.stage is None:
            return
        for command in (*TOOL_COMMANDS, *SHOW_COMMANDS):
            self.stage.actions[command.name].setEnabled(self.is_on)
        for command in LESSON_COMMANDS:
            self.stage.actions[command.name].setEnabled(self.is_on and self.talk is not None)
        self.stage.actions[END_TOOL.name].setEnabled(self.is_on and (self.tools.is_on or self.kept is not None))

    def _after(self, action: object, _checked: bool = False) -> None:
        """A command was given: say which, and cover what it may have opened."""
        if not self.is_on or not shiboken6.isValid(action):
            return
        if not self.caption.is_answer():
            self.caption.show_action(action)  # type: ignore[arg-type]
        self.tools.cover_new()

    # --- what its keys do -------------------------------------------------------------------------------------------

    def toggle_notes(self) -> None:
        """Open the notes window, on the screen that the class does not see where there is one; or close it."""
        if self.notes is not None:
            self.notes.close()
            return
        self.notes = NotesWindow(self.window, lambda: self.talk, self._since)
        self.notes.closed.connect(self._notes_closed)
        other = other_screen(self.window)
        if other is not None:
            self.notes.setGeometry(other.availableGeometry().adjusted(40, 60, -40, -60))
        self.notes.show()

    def _notes_closed(self) -> None:
        self.notes = None

    def toggle_freeze(self) -> None:
        """Keep the picture that the class sees. With a second screen the window goes there, to be prepared; with one,
        the picture lies over the window, which goes on under it and hears the keys."""
        other = other_screen(self.window)
        if self.kept is not None:
            self.kept.give_back()
            self.kept = None
        elif other is not None and not self.tools.blanks:
            self.kept = KeptPicture(self.window, other)
        else:
            self.tools.toggle_blank(FROZEN)
        self._enable()

    def end_tool(self) -> None:
        if self.kept is not None:
            self.toggle_freeze()
        else:
            self.tools.end_one()

    # --- following the window ---------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """The window has another size, or is on another screen: letters grow with it; or it is back where it was."""
        if self.is_on:
            height = max(self.window.height(), self.window.screen().geometry().height())
            if self.kept is None and projector.letters_for(height) != projector.least_letters():
                projector.begin(height)
                self._use_looks()
        elif self._returning is not None and self.window.size() == self._returning.geometry.size():
            places, self._returning = self._returning, None
            if self.stage is not None:
                self.stage.arrangement.restore(places.dividers)
                show_part(places, self.stage.canvas)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ScreenChangeInternal):
            self._fitting.start()
        return False
