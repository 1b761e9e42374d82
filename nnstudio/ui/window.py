"""The main window: composes the views and connects them. The only module that knows them all."""

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project import edits
from nnstudio.project.model import Project
from nnstudio.text import LANGUAGES, Mistake, mark
from nnstudio.text import translate as _
from nnstudio.ui import actions, clipboard, theme, worker
from nnstudio.ui.actions import Actions
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.data_loader import DataLoader
from nnstudio.ui.data_panel import DataPanel
from nnstudio.ui.documents import EXAMPLES, Documents, ask
from nnstudio.ui.inspector.panel import Inspector
from nnstudio.ui.language import apply_language
from nnstudio.ui.message_bar import MessageBar
from nnstudio.ui.palette import Palette
from nnstudio.ui.plots.panel import Plots
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.problems import Problems
from nnstudio.ui.runs_panel import RunsPanel
from nnstudio.ui.store import Store
from nnstudio.ui.trainer import State, Trainer
from nnstudio.ui.training_panel import TrainingPanel
from nnstudio.ui.worker import INTERVAL, Task

SCHEMES = {"system": mark("Like the system"), "light": mark("Light"), "dark": mark("Dark")}
SIZE = (1280, 760)
WARM_UP_AFTER = 700
TRAINING_ACTIONS = ("actionTrain", "actionPause", "actionStop", "actionStepBatch", "actionStepEpoch", "actionReset")


class MainWindow(QMainWindow):
    """The window of one project."""

    def __init__(self, store: Store, preferences: Preferences) -> None:
        super().__init__()
        self.store = store
        self.preferences = preferences
        self.loader = DataLoader(store)
        self.trainer = Trainer(store, self.loader)
        self.documents = Documents(self, store, preferences)
        self.actions_by_name: dict[str, QAction] = {}
        self.canvas: Canvas | None = None
        self._looks: theme.Colors | None = None
        self.resize(*SIZE)
        self.setMinimumSize(900, 560)
        self.setWindowIcon(theme.drawn_icon("mdi6.graph-outline", "#0072b2", "#0072b2"))
        self._clock = QTimer(self, interval=3 * INTERVAL)
        self._clock.timeout.connect(self.show_status)
        store.changed.connect(self.project_changed)
        store.told.connect(lambda message: self.messages.tell(message))
        self.trainer.changed.connect(self.training_changed)
        self.compose()
        QTimer.singleShot(WARM_UP_AFTER, self, self.warm_up)

    @property
    def project(self) -> Project:
        """The current project."""
        return self.store.project

    # --- composing --------------------------------------------------------------------------------------------------

    def compose(self) -> None:
        """Make every view, in the language and colours in use; called again when one of them changes."""
        self._looks = theme.colors()
        for action in self.actions_by_name.values():
            self.removeAction(action)
            action.deleteLater()
        selected = self.canvas.network.selected_layers() if self.canvas else []
        if self.canvas:
            self.canvas.release()
        self.actions_by_name = Actions(self, self.functions())
        self.canvas = Canvas(self.store)
        self.inspector = Inspector(self.store, self.canvas.network)
        self.messages = MessageBar()
        self.problems = Problems(self.store)
        self.plots = Plots(self.trainer)
        self.data_panel = DataPanel(self.store, self.loader)
        self.runs_panel = RunsPanel(self.store)
        self.training_panel = TrainingPanel(self.store, [self.actions_by_name[name] for name in TRAINING_ACTIONS])
        self.setCentralWidget(self.arrange_panels())
        self.make_menus()
        self.make_toolbar()
        self.make_status_bar()
        self.canvas.hinted.connect(lambda hint: self.messages.tell(hint) if hint else None)
        self.canvas.network.selectionChanged.connect(self.show_actions)
        self.canvas.network.selectionChanged.connect(self.follow_selection)
        self.problems.chosen.connect(self.go_to)
        self.runs_panel.chosen.connect(self.trainer.show)
        self.training_changed()
        self.show_title()
        self.canvas.network.select(selected)

    def arrange_panels(self) -> QWidget:
        """Palette on the left, canvas over plots in the middle, settings on the right."""
        drawing = QWidget()
        drawing_layout = QVBoxLayout(drawing)
        drawing_layout.setContentsMargins(0, 0, 0, 0)
        drawing_layout.setSpacing(4)
        for widget, stretch in ((self.messages, 0), (self.canvas, 1), (self.problems, 0)):
            drawing_layout.addWidget(widget, stretch)
        middle = splitter(Qt.Orientation.Vertical, [drawing, self.plots], [400, 270])
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.inspector, _("Layer"))
        self.tabs.addTab(self.data_panel, _("Data"))
        self.tabs.addTab(self.runs_panel, _("Runs"))
        right = splitter(Qt.Orientation.Vertical, [self.tabs, self.training_panel], [360, 300])
        right.setMinimumWidth(300)
        self.palette_panel = Palette(self.canvas)
        self.palette_panel.setMinimumWidth(150)
        whole = splitter(Qt.Orientation.Horizontal, [self.palette_panel, middle, right], [190, 760, 330])
        whole.setStretchFactor(0, 0)
        whole.setStretchFactor(1, 1)
        whole.setStretchFactor(2, 0)
        return whole

    def make_menus(self) -> None:
        bar = self.menuBar()
        bar.clear()
        for name in (actions.FILE, actions.EDIT, actions.VIEW, actions.TRAINING, actions.HELP):
            menu = bar.addMenu(_(name))
            for action in self.actions_by_name.of_menu(name):
                if action.objectName() == "actionSave":
                    self.add_file_menus(menu)
                if action.objectName() in ("actionQuit", "actionCut", "actionZoomIn", "actionStepBatch"):
                    menu.addSeparator()
                menu.addAction(action)
            if name == actions.VIEW:
                self.add_choice(menu, _("Appearance"), SCHEMES, self.preferences.scheme, self.use_scheme)
                chosen = self.preferences.language
                languages = {"": mark("Like the system"), **LANGUAGES}
                self.add_choice(menu, _("Language"), languages, chosen, self.use_language)

    def add_file_menus(self, menu: QMenu) -> None:
        """Recent files, filled when the menu opens, and the examples."""
        recent = menu.addMenu(_("Open &recent"))
        recent.aboutToShow.connect(lambda: self.fill_recent(recent))
        examples = menu.addMenu(_("E&xamples"))
        for name, title in EXAMPLES.items():
            examples.addAction(_(title), lambda name=name: self.documents.open_example(name))
        menu.addSeparator()

    def fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self.preferences.recent_files:
            menu.addAction(str(path).replace("&", "&&"), lambda path=path: self.documents.open_if_left(path))
        if menu.isEmpty():
            menu.addAction(_("No files yet")).setEnabled(False)

    def add_choice(self, menu: QMenu, title: str, choices: dict[str, str], chosen: str, use) -> None:  # type: ignore[no-untyped-def]
        """A sub-menu of which one entry is ticked."""
        submenu = menu.addMenu(title)
        group = QActionGroup(submenu)
        for key, name in choices.items():
            action = submenu.addAction(_(name), lambda key=key: use(key))
            action.setCheckable(True)
            action.setChecked(key == chosen)
            group.addAction(action)

    def make_toolbar(self) -> None:
        for old in self.findChildren(QToolBar):
            self.removeToolBar(old)
            old.deleteLater()
        bar = QToolBar(_("Tools"))
        bar.setObjectName("toolBar")
        bar.setMovable(False)
        groups = (
            ("actionTrain", "actionPause", "actionStop", "actionStepBatch", "actionStepEpoch", "actionReset"),
            ("actionNew", "actionOpen", "actionSave"),
            ("actionUndo", "actionRedo", "actionDelete"),
            ("actionZoomIn", "actionZoomOut", "actionZoomFit", "actionArrange"),
        )
        for group in groups:
            for name in group:
                bar.addAction(self.actions_by_name[name])
                bar.widgetForAction(self.actions_by_name[name]).setAccessibleName(
                    self.actions_by_name[name].text().replace("&", "")
                )
            bar.addSeparator()
        train = bar.widgetForAction(self.actions_by_name["actionTrain"])
        train.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)  # type: ignore[attr-defined]
        self.addToolBar(bar)

    def make_status_bar(self) -> None:
        status = self.statusBar()
        for old in status.findChildren(QLabel):
            status.removeWidget(old)
            old.deleteLater()
        self.training_label = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.training_label.setObjectName("statusTraining")
        self.device_label = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.device_label.setObjectName("statusDevice")
        status.addWidget(self.training_label, 1)
        status.addPermanentWidget(self.device_label)

    # --- what each command does -------------------------------------------------------------------------------------

    def functions(self):  # type: ignore[no-untyped-def]
        """The function of each command, by the command's name."""
        return {
            "actionNew": lambda: self.leave_training() and self.documents.new(),
            "actionOpen": lambda: self.leave_training() and self.documents.ask_open(),
            "actionSave": lambda: self.documents.save(),
            "actionSaveAs": lambda: self.documents.save_as(),
            "actionExport": lambda: self.documents.export(),
            "actionQuit": self.close,
            "actionUndo": self.store.undo,
            "actionRedo": self.store.redo,
            "actionCut": self.cut,
            "actionCopy": self.copy,
            "actionPaste": self.paste,
            "actionDelete": lambda: self.canvas.delete_selected(),
            "actionSelectAll": lambda: self.canvas.select_all(),
            "actionArrange": lambda: self.canvas.arrange(),
            "actionZoomIn": lambda: self.canvas.zoom_in(),
            "actionZoomOut": lambda: self.canvas.zoom_out(),
            "actionZoomFit": lambda: self.canvas.zoom_fit(),
            "actionTrain": self.trainer.train,
            "actionPause": self.trainer.pause,
            "actionStop": self.trainer.stop,
            "actionStepBatch": self.trainer.step_batch,
            "actionStepEpoch": self.trainer.step_epoch,
            "actionReset": self.trainer.reset,
            "actionShortcuts": self.show_shortcuts,
        }

    def copy(self) -> None:
        selected = self.canvas.network.selected_layers()
        if selected:
            clipboard.copy(self.project.network, selected)
            self.messages.tell(_("Copied: {count} layers.").format(count=len(selected)))

    def cut(self) -> None:
        selected = self.canvas.network.selected_layers()
        if selected:
            clipboard.copy(self.project.network, selected)
            self.store.edit(_("Cut"), edits.remove(self.project, selected))

    def paste(self) -> None:
        try:
            project, ids = clipboard.paste(self.project)
        except Mistake as mistake:
            self.messages.tell(str(mistake))
            return
        self.store.edit(_("Paste"), project)
        self.canvas.network.select(ids)

    def go_to(self, where: str) -> None:
        """Show the place of a problem."""
        if where in self.canvas.network.layers:
            self.canvas.network.select([where])
            self.canvas.ensureVisible(self.canvas.network.layers[where], 60, 60)
            self.tabs.setCurrentWidget(self.inspector)
        elif where == "data":
            self.tabs.setCurrentWidget(self.data_panel)
        elif where == "training":
            self.training_panel.form.fields["loss"].setFocus()

    def show_shortcuts(self) -> None:
        """List every command with its keys."""
        dialog = QDialog(self)
        dialog.setWindowTitle(_("Shortcuts"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        table = QTableWidget(len(actions.COMMANDS), 3)
        table.setHorizontalHeaderLabels([_("Command"), _("Keys"), _("What it does")])
        table.verticalHeader().hide()
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        for row, command in enumerate(actions.COMMANDS):
            action = self.actions_by_name[command.name]
            keys = ", ".join(one.toString(QKeySequence.SequenceFormat.NativeText) for one in action.shortcuts())
            for column, text in enumerate((action.text().replace("&", ""), keys, _(command.help))):
                table.setItem(row, column, QTableWidgetItem(text))
        table.resizeColumnsToContents()
        table.horizontalHeader().setStretchLastSection(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        layout = QVBoxLayout(dialog)
        layout.addWidget(table)
        layout.addWidget(buttons)
        dialog.resize(680, 520)
        dialog.open()

    def use_scheme(self, name: str) -> None:
        self.preferences.scheme = name
        theme.use_scheme(name)

    def use_language(self, code: str) -> None:
        """Switch the whole window to another language."""
        self.preferences.language = code
        apply_language(code)
        self.compose()
        self.loader.forget()

    def follow_theme(self) -> None:
        """Between light and dark, icons, plots and the colours of labels change: composing is the way to all of them."""
        if self._looks is not theme.colors():
            self.compose()

    def warm_up(self) -> None:
        """Read the data, and load torch, while the user looks at the window."""
        self.loader.load()
        Task(worker.warm, self).start()

    # --- following what happens -------------------------------------------------------------------------------------

    def project_changed(self, before: Project, after: Project) -> None:
        self.show_title()
        self.show_actions()
        if before.runs != after.runs and not self.trainer.is_active and not after.runs:
            self.trainer.reset()

    def follow_selection(self) -> None:
        if self.canvas.network.selected_layers():
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
        self.training_label.setText(self.trainer.status())
        self.device_label.setText(self.trainer.device.upper())

    def show_actions(self) -> None:
        """Enable what can be done now; undo and redo say what they would do."""
        named = self.actions_by_name
        for name, word, label in (
            ("actionUndo", _("&Undo"), self.store.undo_label),
            ("actionRedo", _("&Redo"), self.store.redo_label),
        ):
            named[name].setText(f"{word} {label}".strip().replace("&&", "&"))
            named[name].setEnabled(bool(label))
        state = self.trainer.state
        active = self.trainer.is_active
        stopping = state is State.STOPPING
        named["actionTrain"].setEnabled(state in (State.READY, State.PAUSED))
        named["actionTrain"].setText(_("Go &on") if state is State.PAUSED else _("&Train"))
        named["actionPause"].setEnabled(state in (State.PREPARING, State.RUNNING))
        named["actionStop"].setEnabled(active and not stopping)
        for name in ("actionStepBatch", "actionStepEpoch"):
            named[name].setEnabled(state in (State.READY, State.PAUSED))
        named["actionReset"].setEnabled(
            not stopping and (active or self.trainer.curves.epochs > 0 or bool(self.trainer.failure))
        )
        selected = bool(self.canvas.network.selected_layers())
        for name in ("actionCut", "actionCopy"):
            named[name].setEnabled(selected)
        named["actionDelete"].setEnabled(selected or bool(self.canvas.network.selected_links()))

    def show_title(self) -> None:
        name = self.store.path.name if self.store.path else _("New project")
        self.setWindowTitle(f"{name}[*] – nnstudio")
        self.setWindowModified(self.store.is_modified)

    def leave_training(self) -> bool:
        """Whether the window may turn to something else: training is asked about and stopped cleanly."""
        if not self.trainer.is_active:
            return True
        answer = ask(
            self,
            _("Stop training?"),
            _("The network is being trained. What it has learnt so far is kept as a run if you stop now."),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
        )
        if answer != QMessageBox.StandardButton.Yes:
            return False
        self.trainer.stop()
        return self.trainer.wait()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.leave_training() or not self.documents.may_leave():
            event.ignore()
            return
        self._clock.stop()
        self.canvas.release()
        for task in self.findChildren(Task) + self.loader.findChildren(Task) + self.trainer.findChildren(Task):
            task.join(10.0)
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self.follow_theme)


def splitter(orientation: Qt.Orientation, widgets: list[QWidget], sizes: list[int]) -> QSplitter:
    """Widgets beside or over each other, with a border that can be dragged."""
    made = QSplitter(orientation, childrenCollapsible=False)
    for widget in widgets:
        made.addWidget(widget)
    made.setSizes(sizes)
    return made
