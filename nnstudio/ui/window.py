"""The main window: composes the views and connects them. The only module that knows them all."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow

from nnstudio.project.model import Project
from nnstudio.text import translate as _
from nnstudio.ui.arrangement import Arrangement, Parts, place_window
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import INTERVAL, Task
from nnstudio.ui.canvas.accessible import tell_selection
from nnstudio.ui.canvas.formula_bar import FormulaBar
from nnstudio.ui.canvas.palette import Palette
from nnstudio.ui.canvas.problems import Problems, Totals
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.data.panel import DataPanel
from nnstudio.ui.files.autosave import Autosave
from nnstudio.ui.files.commands import file_functions
from nnstudio.ui.files.documents import Documents
from nnstudio.ui.files.drops import FileDrops
from nnstudio.ui.files.leaving import may_end_training
from nnstudio.ui.files.playground_links import PlaygroundLinks
from nnstudio.ui.inspector.code_panel import CodePanel
from nnstudio.ui.inspector.history_panel import HistoryPanel
from nnstudio.ui.inspector.panel import Inspector
from nnstudio.ui.labs.opened import Labs
from nnstudio.ui.lessons.room import Lessons
from nnstudio.ui.live.live_canvas import LiveCanvas
from nnstudio.ui.live.live_weights import LiveWeights
from nnstudio.ui.live.map_stacks import MapStacks
from nnstudio.ui.live.panel import Plots
from nnstudio.ui.live.unit_maps import UnitMaps
from nnstudio.ui.look import fonts, theme
from nnstudio.ui.look.style import use_style
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.presenting.places import Stage
from nnstudio.ui.presenting.presenter import Presenter
from nnstudio.ui.sheet.desk import SheetDesk
from nnstudio.ui.shell.actions import Actions
from nnstudio.ui.shell.announcer import Announcer
from nnstudio.ui.shell.bindings import (
    VIEW_SWITCHES,
    Functions,
    after_writing,
    canvas_functions,
    switches,
    training_functions,
)
from nnstudio.ui.shell.dialogs import ask
from nnstudio.ui.shell.enabled import enable
from nnstudio.ui.shell.first_steps import FirstSteps
from nnstudio.ui.shell.language import apply_language
from nnstudio.ui.shell.menus import MenuCallbacks, canvas_menu, fill_menu_bar
from nnstudio.ui.shell.message_bar import MessageBar
from nnstudio.ui.shell.preferences import Preferences
from nnstudio.ui.shell.shortcuts import show_shortcuts
from nnstudio.ui.shell.status_bar import fill_status_bar
from nnstudio.ui.shell.suggestions import Suggestions
from nnstudio.ui.shell.text_keys import TextKeys
from nnstudio.ui.shell.train_bar import TrainBar, replace_bar
from nnstudio.ui.store import Store
from nnstudio.ui.studies.desk import StudyDesk
from nnstudio.ui.test_set.desk import TestSetDesk
from nnstudio.ui.training.comparison_picker import ComparisonPicker
from nnstudio.ui.training.iteration_counter import IterationCounter
from nnstudio.ui.training.panel import TrainingPanel
from nnstudio.ui.training.runs_panel import RunsPanel
from nnstudio.ui.training.speed_slider import SpeedSlider
from nnstudio.ui.training.status_text import drawing, status
from nnstudio.ui.training.trainer import Trainer
from nnstudio.ui.welcome.room import Welcome

WARM_UP_AFTER = 700


class MainWindow(QMainWindow):
    """The window of one project."""

    def __init__(self, store: Store, preferences: Preferences) -> None:
        super().__init__()
        self.store = store
        self.preferences = preferences
        self.loader = DataLoader(store)
        self.trainer = Trainer(store, self.loader)
        self.documents = Documents(self, store, self.trainer, preferences)
        self.autosave = Autosave(store, self.trainer, self.documents, self)
        self.labs = Labs(self, self.trainer)
        self.studies = StudyDesk(self, self.trainer, partial(ask, self), lambda panel: self.tabs.bring(panel))
        presenter = self.presenter = Presenter(self, preferences, self.labs, self.compose)
        given = presenter.drive, lambda: presenter.is_on, partial(ask, self)
        self.lessons = Lessons(self, store, self.trainer, self.may_leave, *given)
        self.playground = PlaygroundLinks(self, self.documents, self.may_turn, self.lessons.begin)
        self.documents.before_leaving = self.lessons.recorder.end_preview
        self.drops = FileDrops(self, self.documents, self.open_file, self.use_data)
        self.welcome = Welcome(self, store, preferences, self.menu_callbacks(), (self.new, self.open), self.lessons)
        store.replaced.connect(self.hide_message)  # before what is suggested for the project that was opened
        self.suggestions = Suggestions(self, store, self.trainer)
        self.actions_by_name: Actions
        self.canvas: Canvas
        self.data_panel: DataPanel
        self._looks: theme.Colors | None = None
        self.setMinimumSize(640, 360)
        place_window(self, preferences)
        self.setWindowIcon(theme.window_icon())
        self._clock = QTimer(self, interval=8 * INTERVAL)
        self._clock.timeout.connect(self.show_status)
        store.changed.connect(self.project_changed)
        # Methods: a function that holds the window would be kept by the store, which the window holds.
        store.told.connect(self.tell)
        self.trainer.changed.connect(self.training_changed)
        self.studies.runner.changed.connect(self.training_changed)
        self.studies.brushed.connect(lambda ids: self.runs_panel.show_only(ids))
        self.studies.picture_asked.connect(self.documents.save_plot)
        self.studies.numbers_asked.connect(self.documents.save_numbers)
        self.studies.sheet_asked.connect(lambda plot: self.sheet.put_plot(plot))
        self.suggestions.made.connect(self.make_offer)
        self.announcer = Announcer(self, store, self.trainer)
        self.compose()
        # A child, so that it goes with the window.
        self.installEventFilter(TextKeys(self, self.change_text_size))
        self._warming = QTimer(self, singleShot=True, interval=WARM_UP_AFTER)
        self._warming.timeout.connect(self.warm_up)

    @property
    def project(self) -> Project:
        """The current project."""
        return self.store.project

    def trains(self) -> bool:
        """Whether a training is under way."""
        return self.trainer.is_active

    # --- composing --------------------------------------------------------------------------------------------------

    def compose(self) -> None:
        """Make every view, in the language and colours in use; called again when one of them changes."""
        if self._looks:
            self.canvas.finish_writing()
        selected, labs = self.release_views() if self._looks else [], self.labs.close()
        in_room = self._looks is not None and self.data_panel.close_room()
        self._looks = theme.colors()
        self.actions_by_name = Actions(self, self.preferences)
        self.canvas = Canvas(self.store)
        self.live_weights = LiveWeights(self.trainer, self.canvas)
        self.inspector = Inspector(self.store, self.canvas.network)
        self.first_steps = FirstSteps(
            self.canvas, self.open_example, self.show_data, partial(self.lessons.show_panel, True)
        )
        self.formula_bar = FormulaBar(self.store, self.canvas.network)
        self.problems = Problems(self.store)
        self.totals = Totals(self.store)
        self.plots = Plots(self.trainer, self.loader)
        self.unit_maps = UnitMaps(self.trainer, self.canvas, self.plots.plane)
        feeds = self.live_weights.look, self.unit_maps.look, MapStacks(self.trainer, self.canvas).look
        LiveCanvas(self.canvas, feeds, self.plots.turns)
        self.data_panel = DataPanel(self.store, self.loader)
        self.runs_panel = RunsPanel(self.store, self.preferences)
        self.history_panel = HistoryPanel(self.store)
        self.code_panel = CodePanel(self.store, self.canvas.network)
        self.iteration_counter = IterationCounter(self.store, self.trainer)
        self.comparison_picker = ComparisonPicker(self.store, self.trainer)
        self.training_panel = TrainingPanel(self.store, self.iteration_counter)
        self.studies.compose(self.training_panel.form, self.inspector, self.data_panel.form)
        self.palette_panel = Palette(self.canvas)
        self.lessons.compose(self.plots, self.canvas, self.actions_by_name)
        self.arrangement = Arrangement(self.parts(), self.preferences, self.setCentralWidget)
        self.messages = MessageBar(self.arrangement.drawing, self.problems)
        self.tabs = self.arrangement.tabs
        self.training_label, self.device_label = fill_status_bar(self.statusBar(), self.totals)
        beside = self.palette_panel, self.totals  # in their places: what is shown before would be a window of its own
        self.lessons.arrange(self.tabs, *beside, self.arrangement.make_room, self.show_actions)
        fill_menu_bar(self.menuBar(), self.actions_by_name, self.preferences, self.menu_callbacks())
        replace_bar(self, TrainBar(self.actions_by_name, self.comparison_picker, SpeedSlider(self.trainer)))
        use_style()  # once all is in its place: a widget that gets another parent is given its style anew
        self.arrangement.fit()
        self.first_steps.fit()
        self.canvas.offered.connect(self.messages.tell)
        self.canvas.menu_asked.connect(self.show_canvas_menu)
        self.canvas.network.selectionChanged.connect(self.show_actions)
        self.canvas.network.selectionChanged.connect(self.follow_selection)
        self.problems.chosen.connect(self.go_to)
        self.trainer.started.connect(self.messages.overtaken)
        self.runs_panel.chosen.connect(self.trainer.show)
        self.runs_panel.compared.connect(self.plots.compare_runs)
        self.runs_panel.hidden_changed.connect(self.plots.hide_runs)
        self.runs_panel.export_asked.connect(self.documents.save_runs)
        self.runs_panel.carry_on_asked.connect(self.trainer.carry_on_with)
        self.plots.batch_shown.connect(self.plots.plane.light_up)
        self.plots.batch_shown.connect(self.data_panel.light_up)
        self.trainer.tried.connect(self.canvas.network.show_activations)
        self.plots.offer_views([self.actions_by_name[name] for name in VIEW_SWITCHES])
        for plot in self.plots.grid.findChildren(Plot):
            plot.picture_asked.connect(self.documents.save_plot)
            plot.numbers_asked.connect(self.documents.save_numbers)
        self.sheet = SheetDesk(self, self.labs, self.canvas, self.plots, self.make_offer)
        self.sheet.views.ways_back["study"] = self.studies.show_view
        self.test_set = TestSetDesk(self, self.trainer, self.documents, self.autosave)
        self.data_panel.test_set.asked.connect(self.test_set.open)
        self.training_changed()
        self.show_title()
        self.canvas.network.select(selected)
        self.actions_by_name.bind(
            after_writing(self.canvas, self.functions()),
            switches(self.canvas, self.live_weights, self.formula_bar, self.plots, self.arrangement.drawing),
        )
        for name in labs:
            self.labs.show(name)
        if in_room:
            self.data_panel.open_room()
        self.welcome.compose(self.actions_by_name)
        self.presenter.follow(Stage(self.actions_by_name, self.canvas, self.plots, self.arrangement))

    def release_views(self) -> list[str]:
        """Let go of the views there are, before new ones take their places; returns the ids of what is selected."""
        selected = self.canvas.network.selected_parts()
        self.canvas.release()
        self.runs_panel.close_room()
        for action in self.actions_by_name.values():
            self.removeAction(action)
            action.setObjectName("")  # it lives on until the event loop runs, and must not be found any more
            action.deleteLater()
        return selected

    def parts(self) -> Parts:
        """What is arranged in the middle of the window."""
        tabs = {
            "training": (_("Settings"), self.training_panel),
            "layer": (_("Layer"), self.inspector),
            "data": (_("Data"), self.data_panel),
            "runs": (_("Runs"), self.runs_panel),
            "studies": (_("Studies"), self.studies.panel),
            "history": (_("History"), self.history_panel),
            "code": (_("Code"), self.code_panel),
        }
        return Parts(
            self.lessons.panel, self.palette_panel, self.canvas, self.formula_bar, self.problems, self.plots, tabs
        )

    def functions(self) -> Functions:
        """What each command does, by its name."""
        return {
            "actionNew": self.new,
            "actionOpen": self.open,
            "actionSavePicture": lambda: self.documents.save_picture(self.canvas.save_picture),
            "actionQuit": self.close,
            "actionUndo": self.store.undo,
            "actionRedo": self.store.redo,
            **self.presenter.functions(),
            **canvas_functions(self.canvas),
            **file_functions(self.documents, self.autosave, self.playground, self.canvas.selection.paste),
            **training_functions(self.trainer, self.labs),
            **self.lessons.functions(),
            **self.sheet.functions(),
            **self.studies.functions(),
            **self.test_set.functions(),
            "actionTextLarger": lambda: self.change_text_size(1),
            "actionTextSmaller": lambda: self.change_text_size(-1),
            "actionTextUsual": lambda: self.change_text_size(-self.preferences.text_size),
            "actionDataRoom": self.data_panel.open_room,
            **self.welcome.functions(),
            "actionShortcuts": lambda: show_shortcuts(self, self.actions_by_name),
        }

    def menu_callbacks(self) -> MenuCallbacks:
        given = self.open_file, self.open_example, self.use_scheme, self.use_language
        return MenuCallbacks(*given, lambda: self.welcome.forget_files())

    # --- what each command does -------------------------------------------------------------------------------------

    def new(self) -> None:
        if self.may_turn():
            self.documents.new()

    def open(self) -> None:
        if self.may_turn():
            self.documents.ask_open()

    def open_file(self, path: Path) -> None:
        if self.may_turn():
            self.documents.open_if_left(path)

    def open_example(self, name: str) -> None:
        if self.may_turn():
            self.documents.open_example(name)

    def show_canvas_menu(self, place: QPoint) -> None:
        """What can be done with what is selected, at a point of the screen."""
        canvas_menu(self.canvas, self.actions_by_name, place).popup(place)

    def go_to(self, where: str) -> None:
        """Show the place of a problem."""
        if where in self.canvas.network.layers:
            self.canvas.network.select([where])
            self.canvas.ensureVisible(self.canvas.network.layers[where], 60, 60)
            self.tabs.bring(self.inspector)
        elif where == "data":
            self.tabs.bring(self.data_panel)
        elif where == "training":
            self.tabs.bring(self.training_panel)
            self.training_panel.form.fields["loss"].setFocus()

    def use_data(self, path: Path) -> None:
        """Train on a table that was dropped here."""
        self.tabs.bring(self.data_panel)
        self.data_panel.choose_source(str(path))

    def show_data(self) -> None:
        """Bring the choice of data to the front."""
        self.tabs.bring(self.data_panel)
        self.data_panel.source.setFocus()

    def use_scheme(self, name: str) -> None:
        self.preferences.scheme = name
        theme.use_scheme(name)

    def change_text_size(self, steps: int) -> None:
        """Write everything larger or smaller; drawings grow with it."""
        size = fonts.within(self.preferences.text_size + steps)
        if size != self.preferences.text_size:
            self.preferences.text_size = size
            fonts.use_text_size(size)
            self.compose()

    def use_language(self, code: str) -> None:
        """Switch the whole window to another language."""
        self.preferences.language = code
        apply_language(code)
        self.compose()
        self.loader.forget()

    def follow_theme(self) -> None:
        """Between light and dark, icons, plots and the colours of labels change: composing reaches all of them."""
        if self.isVisible() and self._looks is not theme.colors():  # a closed window makes no new views
            self.compose()

    def warm_up(self) -> None:
        """Read the data, and load torch, while the user looks at the window."""
        self.loader.load()
        Task(view_jobs.warm, self).start()

    def tell(self, message: str) -> None:
        self.messages.tell(message)

    def make_offer(self, message: str, suggestions: list[tuple[str, Callable[[], object]]]) -> None:
        if self.lessons.player.is_playing:
            return  # a lesson says itself what comes next
        self.messages.tell(message, suggestions)
        self.announcer.say(message)

    def hide_message(self) -> None:
        self.messages.hide()

    # --- following what happens -------------------------------------------------------------------------------------

    def project_changed(self, change: Change) -> None:
        if change.touches(Part.STRUCTURE, Part.LAYOUT, Part.TRAINING, Part.DATA):
            self.messages.overtaken()
        self.show_title()
        self.show_actions()

    def follow_selection(self) -> None:
        tell_selection(self.canvas)
        if self.canvas.network.selected_layers() and self.tabs.currentWidget() is not self.code_panel:
            self.tabs.setCurrentWidget(self.inspector)

    def training_changed(self) -> None:
        """A new state: which commands can be given, and what the status bar says."""
        if self.trainer.is_active:
            self._clock.start()
        else:
            self._clock.stop()
        self.show_status()
        self.show_actions()

    def show_status(self) -> None:
        self.training_label.setText(self.studies.runner.status() or status(self.trainer))
        self.training_label.setToolTip(drawing(self.plots.turns.pictures))
        self.iteration_counter.show_place()
        self.device_label.setText(self.trainer.device.upper())

    def show_actions(self) -> None:
        """Enable what can be done now, and what a lesson allows."""
        self.lessons.unbar(self.actions_by_name)
        enable(self.actions_by_name, self.store, self.trainer, self.canvas)
        self.studies.enable(self.actions_by_name)
        self.lessons.restrict(self.actions_by_name)

    def show_title(self) -> None:
        name = self.store.path.name if self.store.path else self.store.name or _("New project")
        self.setWindowTitle(f"{name}[*] – nnstudio")
        self.setWindowModified(self.store.is_modified)

    def may_leave(self) -> bool:
        """Whether the window may turn to another project, and what is here is saved or given up."""
        return self.may_turn() and self.documents.may_leave()

    def may_turn(self) -> bool:
        """Whether the window may turn to another project; what was being written belongs to this one."""
        self.canvas.finish_writing()
        return self.leave_training()

    def leave_training(self) -> bool:
        """Whether the window may turn to something else: what is trained is asked about and stopped cleanly."""
        busy = self.documents.busy
        return may_end_training(self, self.trainer, busy) and self.studies.leave(busy.await_end)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_leave() or not self.lessons.making.may_leave():
            event.ignore()
            return
        self.presenter.end()  # its place is kept, and not that of the mode
        self.preferences.keep_layout("window", self.saveGeometry())
        self.arrangement.keep(self.preferences)
        self._clock.stop()
        self.lessons.close()
        self.labs.close()
        self.canvas.release()
        event.accept()  # what is still being computed ends by itself, and nobody hears it any more

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():  # shown for the first time, not come back from being an icon
            self._warming.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.lessons.leave():
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self.follow_theme)
