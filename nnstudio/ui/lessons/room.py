"""Lessons in one window: the player, its panel, what is ringed, shown and allowed; made anew with every composing."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QTabWidget, QToolBar, QToolButton, QWidget

from nnstudio import paths
from nnstudio.lessons import names
from nnstudio.lessons.lesson_file import SUFFIX
from nnstudio.lessons.model import LayerCount, LayerThere, Lesson, Number, ViewOpen
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.lessons.making import MAKING_WIDTH, Ask, Making
from nnstudio.ui.lessons.panel import WIDTH, LessonPanel
from nnstudio.ui.lessons.player import LessonPlayer
from nnstudio.ui.lessons.plot_answers import PlotAnswer
from nnstudio.ui.lessons.pointing import Pointing
from nnstudio.ui.lessons.recorder import Recorder
from nnstudio.ui.lessons.ring import Ring
from nnstudio.ui.lessons.talk import LessonTalk
from nnstudio.ui.lessons.told import Talk
from nnstudio.ui.live.panel import Plots
from nnstudio.ui.look import theme
from nnstudio.ui.store import Store
from nnstudio.ui.training.trainer import Trainer


class Lessons:
    """The lessons of a window. `may_leave()` asks whether what is open may be left, `ask` a question with buttons."""

    def __init__(
        self,
        window: QWidget,
        store: Store,
        trainer: Trainer,
        may_leave: Callable[[], bool],
        drive: Callable[[Talk | None], object],
        is_presenting: Callable[[], bool],
        ask: Ask,
    ) -> None:
        self.window = window
        self.store = store
        self.may_leave = may_leave
        self.player = LessonPlayer(store, trainer, self.in_sight)
        self.recorder = Recorder(store, trainer, self.player, self.in_sight)
        self.making = Making(window, self.recorder, ask, self.show_panel)
        self.is_open = False
        self.panel: LessonPanel
        self.ring: Ring | None = None
        self._actions: Mapping[str, QAction] = {}
        self._barred: set[str] = set()
        self._place = -1
        self.talk = LessonTalk(self.player)
        self.drive, self.is_presenting = drive, is_presenting
        self.player.changed.connect(self.follow)
        self.player.given.connect(self.give)
        self.recorder.changed.connect(self.follow)
        self.recorder.amended.connect(self.follow_ring)

    # --- composing --------------------------------------------------------------------------------------------------

    def compose(self, plots: Plots, canvas: Canvas, actions: Mapping[str, QAction]) -> None:
        """Make the panel, in the language and colours in use."""
        self._actions, self.canvas, self.plots = actions, canvas, plots
        if self.ring is not None:
            self.ring.point(False)
            self.ring.deleteLater()
        self.ring = Ring(self.window, self.ringed)
        self.panel = LessonPanel(self.player, self.recorder, PlotAnswer(plots), self.called)
        self.panel.setVisible(self.is_open)  # before it is arranged: what is hidden takes no width
        self.panel.chosen.connect(self.open)
        self.panel.file_asked.connect(self.ask_open)
        self.panel.new_asked.connect(self.making.new)
        self.panel.edit_asked.connect(self.making.ask_edit)
        self.making.compose(self.panel, Pointing(self.window, canvas, self.panel, self.command_of))
        self.making.pointing.moved.connect(self.follow_ring)
        self.making.pointing.ended.connect(self.follow_ring)
        for name in names.COMMANDS:
            actions[name].triggered.connect(lambda _checked=False, name=name: self.command_done(name))

    def arrange(
        self,
        tabs: QTabWidget,
        palette: QWidget,
        totals: QWidget,
        make_room: Callable[[int], object],
        show_actions: Callable[[], object],
    ) -> None:
        """Take the place in the window: the pages of settings, the layers to add, the totals of the network, what
        gives room, and who enables commands."""
        self.tabs, self.palette, self.totals = tabs, palette, totals
        self.make_room, self.show_actions = make_room, show_actions
        self.show_panel(self.is_open)

    def functions(self) -> dict[str, Callable[[], object]]:
        """What each command of lessons does, by its name."""
        return {
            "actionLessons": lambda: self.show_panel(not self.is_open),
            "actionLessonFile": self.ask_open,
            "actionNextStep": self.player.go_on,
            "actionStepBack": self.player.go_back,
            "actionRestartStep": self.player.restart_step,
            "actionLeaveLesson": self.player.leave,
            **self.making.functions(),
        }

    def command_done(self, name: str) -> None:
        """A command of the window was given."""
        self.player.command_done(name)
        self.recorder.command_done(name)

    def show_panel(self, on: bool) -> None:
        """Show the list of lessons, or the one under way; or put it away."""
        self.is_open = on
        self.panel.setVisible(on)
        self.follow()
        if on:
            self.panel.setFocus()
            self.panel.page.focus_first()

    def close(self) -> None:
        """The window closes: nothing is looked at any more."""
        self.player.end()
        self.recorder.stop()
        self.making.pointing.end()
        if self.ring is not None:
            self.ring.point(False)

    def leave(self) -> bool:
        """Leave the lesson; whether there was one."""
        was_playing = self.player.is_playing
        self.player.leave()
        return was_playing

    def ask_open(self) -> None:
        """Ask for a lesson's file and begin it."""
        words = _("Lessons") + f" (*{SUFFIX})"
        name, _filter = QFileDialog.getOpenFileName(self.window, _("Open a lesson"), str(paths.home()), words)
        if name:
            self.open(Path(name))

    def begin(self, id: str, lesson: Lesson) -> None:
        """Begin a lesson on what is open."""
        self.player.begin(id, lesson)
        self.show_panel(True)

    def open(self, path: Path) -> None:
        """Begin a lesson, when what is open may be left."""
        if self.recorder.is_recording:
            self.store.told.emit(_("A step is being recorded. End it first: “That was it”, or Cancel."))
            return
        if not self.may_leave():
            return
        try:
            self.player.open(path)
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            return
        self.show_panel(True)

    # --- what is shown and allowed ----------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show what the step shows, ring what it points at."""
        playing = self.player.is_playing
        makes = self.recorder.is_open and not playing
        width = MAKING_WIDTH if makes else WIDTH  # of letters of the usual size
        self.make_room(round(width * theme.text_scale()) if self.is_open else 0)
        shown = self.player.step.show if playing else ()
        draws = playing and any(isinstance(one, LayerThere | LayerCount) for one in self.player.step.goal)
        asks = playing and self.player.step.ask is not None  # a question wants the room
        writes = makes and self.is_open and not self.recorder.is_recording
        wanted = "palette" in shown or draws or not (shown or asks or writes)
        self.palette.setVisible(wanted and not self.is_presenting())
        self.show_pages(shown)
        place = self.player.progress.place if self.player.progress else -1
        if place != self._place and playing:
            self.select_pointed()
        self._place = place
        self.totals.setVisible(not self._asks_for_totals())
        self.follow_ring()
        self.drive(self.talk if playing else None)
        self.show_actions()

    def give(self, name: str) -> None:
        """Give a command, open a lab, or bring a page of the settings to the front."""
        command = names.LABS.get(name, name)
        if command in self._actions:
            self._actions[command].trigger()
            return
        for place in range(self.tabs.count()):
            page = self.tabs.widget(place)
            if page is not None and page.objectName() == name:
                self.tabs.setCurrentIndex(place)

    def follow_ring(self) -> None:
        """Ring what the step points at, or what would be chosen."""
        if self.ring is not None:
            self.ring.point(bool(self.point()))

    def point(self) -> str:
        """The name of what is ringed now: by the step that is played or made, or under the pointer that chooses."""
        if self.player.is_playing:
            return self.player.step.point
        return self.making.point() if self.is_open else ""

    def _asks_for_totals(self) -> bool:
        """Whether the number in the status bar is just what is asked."""
        ask = self.player.step.ask if self.player.asks else None
        return isinstance(ask, Number) and ask.measure == "parameters"

    def select_pointed(self) -> None:
        """Select the layer that is pointed at, where the step is about what the inspector says of it."""
        step, layer = self.player.step, self.player.pointed_layer()
        about = "inspector" in step.show or any(
            isinstance(one, ViewOpen) and one.view == "inspector" for one in step.goal
        )
        if about and layer in self.canvas.network.layers:
            self.canvas.network.select([layer])

    def show_pages(self, shown: tuple[str, ...]) -> None:
        """Of the settings, the pages that the step shows; all where it names none."""
        tabs = self.tabs
        asked = [name for name in shown if name in names.SETTINGS_PANELS]
        if not self.is_presenting():  # which has its own way of giving room
            tabs.setVisible(not shown or bool(asked))
            self.plots.put_away(bool(shown) and not any(name == "plots" or name in names.PLOTS for name in shown))
        pages = [page for place in range(tabs.count()) if (page := tabs.widget(place)) is not None]
        for place, page in enumerate(pages):
            tabs.setTabVisible(place, not asked or page.objectName() in asked)
        if self.player.is_playing and self.player.step.point.startswith("field_"):
            field = tabs.findChild(QWidget, self.player.step.point)
            for page in (one for one in pages if field is not None and one.isAncestorOf(field)):
                tabs.setCurrentWidget(page)

    def unbar(self, actions: Mapping[str, QAction]) -> None:
        """Give back what a step did not allow, before it is found anew what can be done."""
        for name in self._barred:
            actions[name].setEnabled(True)
        self._barred.clear()

    def restrict(self, actions: Mapping[str, QAction]) -> None:
        """Switch off what the step does not allow: while it asks, all that trains; a preview is not saved."""
        self.making.show_action(actions["actionRecordStep"])
        for name in ("actionSave", "actionSaveAs"):
            actions[name].setEnabled(not self.player.is_preview)
        if not self.player.is_playing:
            return
        allowed = self.player.step.allow
        for name in names.COMMANDS:
            waits = self.player.asks and name in names.TRAINING_COMMANDS
            if waits or (allowed and name not in allowed):
                self._barred.add(name)
                actions[name].setEnabled(False)

    def called(self, name: str) -> str:
        """What a command or a thing of the window is called on screen."""
        action = self._actions.get(names.LABS.get(name, name))
        if action is not None:
            return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix(" …")
        widget = self.window.findChild(QWidget, name)
        return widget.accessibleName() or name if widget is not None else name

    # --- where things are -------------------------------------------------------------------------------------------

    def in_sight(self) -> frozenset[str]:
        """The things of the window that are in sight, by their names."""
        found = (self.window.findChild(QWidget, name) for name in names.VIEWS)
        return frozenset(one.objectName() for one in found if one is not None and one.isVisible())

    def ringed(self) -> QRect:
        """Where the thing is that the step points at, in the window; empty where it is not in sight."""
        point = self.point()
        if point.startswith(names.LAYER):
            item = self.canvas.network.layers.get(point.removeprefix(names.LAYER))
            if item is None:
                return QRect()
            polygon = self.canvas.mapFromScene(item.sceneBoundingRect())
            rect = polygon.boundingRect().intersected(self.canvas.viewport().rect())
            return QRect(self.canvas.viewport().mapTo(self.window, rect.topLeft()), rect.size())
        widget = self.pointed_widget(point) if point else None
        if widget is None or not widget.isVisible():
            return QRect()
        return QRect(widget.mapTo(self.window, QPoint(0, 0)), widget.size())

    def pointed_widget(self, name: str) -> QWidget | None:
        """The widget of a name: a command's is its button in the tool bar."""
        if name in self._actions:
            bar = self.window.findChild(QToolBar, "toolBar", Qt.FindChildOption.FindDirectChildrenOnly)
            return bar.widgetForAction(self._actions[name]) if bar is not None else None
        return self.window.findChild(QWidget, name)

    def command_of(self, button: QWidget) -> str:
        """The command of a button in the tool bar that a lesson may name, "" for none."""
        action = button.defaultAction() if isinstance(button, QToolButton) else None
        name = action.objectName() if action is not None else ""
        return name if name in names.COMMANDS else ""
