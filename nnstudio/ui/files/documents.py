"""Opening and saving from the window, and the questions that belong to them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QDeadlineTimer, QEventLoop, QIODevice, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QGraphicsView, QMessageBox, QWidget

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.project.archive import SUFFIX, open_project
from nnstudio.project.container import backup_of
from nnstudio.project.files import is_there, remove_leftovers, write_whole
from nnstudio.project.history import HISTORY, history
from nnstudio.project.model import Project
from nnstudio.project.openings import with_openings
from nnstudio.project.outside_data import askable, remember
from nnstudio.text import UserError, shown_path
from nnstudio.text import translate as _
from nnstudio.ui.background.task import Task
from nnstudio.ui.files import file_jobs
from nnstudio.ui.files.progress_dialog import ForegroundTask
from nnstudio.ui.files.system_recents import add_to_system
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.shell.dialogs import ask, question, warn
from nnstudio.ui.shell.menus import EXAMPLES
from nnstudio.ui.shell.preferences import Preferences
from nnstudio.ui.store import Store
from nnstudio.ui.training.trainer import Trainer

THUMBNAIL_WIDTH = 320
MOST_LINES = 12
AWAITED = 2_000
"""Milliseconds that a saving waits for data that is being read."""


def starting_project() -> Project:
    """What a new window shows: an input linked to an output."""
    project, first = edits.add_layer(Project(), "input", (0.0, 0.0))
    project, last = edits.add_layer(project, "output", (3 * edits.COLUMN_WIDTH, 0.0))
    return edits.add_link(project, first, last)


class Documents:
    """The window's project file."""

    def __init__(self, window: QWidget, store: Store, trainer: Trainer, preferences: Preferences) -> None:
        self.window = window
        self.store = store
        self.trainer = trainer
        self.preferences = preferences
        self.busy = ForegroundTask(window)
        self.before_leaving: Callable[[], object] = lambda: None
        """Puts in place what the user works on, where something else is looked at."""
        self.tells_system = False
        """Whether the system's own list of recent files gets what is opened and saved."""
        self._known = signature(store.path)
        """What the project's file was when it was last opened or saved here."""

    def new(self) -> None:
        if self.may_leave():
            self.store.replace(starting_project(), None)

    def ask_open(self) -> None:
        """Ask for a project file and open it."""
        if not self.may_leave():
            return
        start = str(self.store.path.parent if self.store.path else self._folder())
        name, _filter = QFileDialog.getOpenFileName(self.window, _("Open a project"), start, self._pattern())
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a project file; a file that cannot be opened leaves everything as it was."""
        opened = self.read(path)
        if opened is None:
            return
        self._known = signature(path)
        self.store.replace(opened.project, path, refused=opened.refused)
        self.remember(path)
        remove_leftovers(path.resolve())
        if opened.left_out:
            warn(self.window, _("Not everything was opened"), in_lines(opened.left_out))
        self.ask_about_data()

    def remember(self, path: Path) -> None:
        """Put a file first among the recent ones."""
        self.preferences.remember(path)
        if self.tells_system and not is_example(path):
            Task(partial(add_to_system, path), self.window).start()

    def ask_about_data(self) -> None:
        """Ask whether data outside its folder may be read, where the project that was opened needs it."""
        sources = askable(self.store.project, self.store.refused)
        if not sources or self.store.path is None:
            return
        words = _(
            "“{project}” wants to read data outside its own folder, which nobody chose on this computer:\n\n{files}\n\n"
            "What is read may be stored in the project when it is saved. Let it be read only if you know it, and if "
            "whoever gets the project may have it."
        ).format(project=self.store.path.name, files="\n".join(shown_path(source) for source in sources))
        answers = _("&Read it"), _("Do &not read it")
        question(self.window, _("Read this data?"), words, answers, partial(self._allow_data, sources))

    def _allow_data(self, sources: list[str]) -> None:
        self.store.allow(sources)
        if self.store.path is not None:
            remember(self.store.project, self.store.path, self.store.refused)
        self.trainer.loader.forget()

    def read(self, path: Path, is_kept: bool = False) -> file_jobs.Opened | None:
        """What is in a project file, or in work that was kept; that it cannot be opened is said."""
        try:
            opened: file_jobs.Opened = self.busy.do(
                _("Opening {file} …").format(file=path.name), partial(file_jobs.open_file, path, is_kept=is_kept)
            )
        except UserError as mistake:
            warn(self.window, _("The project was not opened"), str(mistake))
            return None
        return opened if self.trainer.is_idle() else None

    def open_if_left(self, path: Path) -> None:
        if self.may_leave():
            self.open(path)

    def open_example(self, name: str) -> None:
        """Open a copy of an example: saving asks for a place of its own."""
        if not self.may_leave():
            return
        try:
            if name in HISTORY:
                self.store.replace(history(name), None, name=_(HISTORY[name].title))
                return
            example = open_project(paths.examples() / f"{name}{SUFFIX}")
            self.store.replace(example, None, name=_(EXAMPLES[name]))
        except UserError as mistake:
            warn(self.window, _("The example was not opened"), str(mistake))

    def save(self) -> bool:
        """Save to the project's file, which is asked for when there is none; True when it is saved."""
        if self.store.path is None or is_example(self.store.path):
            return self.save_as()
        return self._may_replace(self.store.path) and self._write(self.store.path)

    def save_as(self) -> bool:
        """Ask for a name and save there; True when it is saved."""
        start = str(self.store.path or self._folder() / ((self.store.name or _("network")) + SUFFIX))
        name, _filter = QFileDialog.getSaveFileName(self.window, _("Save the project"), start, self._pattern())
        if not name:
            return False
        path = self.with_suffix(Path(name), SUFFIX)
        return path is not None and self._write(path)

    def _folder(self) -> Path:
        """Where a file is looked for at first: beside the last project that was opened or saved."""
        recent = self.preferences.recent_files
        return recent[0].parent if recent else paths.home()

    def save_picture(self, write: Callable[[Path], None]) -> None:
        """Ask for a name and have a picture written there, in the form its ending says."""
        kinds = {
            _("Drawing (*.svg)"): ".svg",
            _("Page (*.pdf)"): ".pdf",
            _("Image (*.png)"): ".png",
        }
        self._save_as_one_of(kinds, _("Save a picture"), write, _("The picture was not saved"))

    def save_plot(self, plot: Plot) -> None:
        """Likewise a picture of a plot."""
        self.save_picture(plot.save_picture)

    def save_numbers(self, plot: Plot) -> None:
        """Ask for a name and write the numbers of a plot there."""
        table = plot.table()

        def write(path: Path) -> None:
            write_whole(path, table.encode())

        kinds = {_("Table (*.csv)"): ".csv"}
        self._save_as_one_of(kinds, _("Save the numbers"), write, _("The numbers were not saved"))

    def save_runs(self, table: Callable[[], str]) -> None:
        """Ask for a name and have the table of runs made and written there, on a thread."""
        kind = _("Table (*.csv)")
        start = str(paths.home() / _("runs"))
        name, _chosen = QFileDialog.getSaveFileName(self.window, _("Save the table of runs"), start, kind)
        path = self.with_suffix(Path(name), ".csv") if name else None
        if path is None:
            return
        task = Task(partial(file_jobs.write_text, table, path), self.window)
        task.arrived.connect(lambda file: self.store.told.emit(_("Saved as {file}").format(file=file)))
        task.failed.connect(lambda message: warn(self.window, _("The table was not saved"), message))
        task.start()

    def _save_as_one_of(self, kinds: dict[str, str], title: str, write: Callable[[Path], None], refused: str) -> None:
        start = str(paths.home() / _("network"))
        name, chosen = QFileDialog.getSaveFileName(self.window, title, start, ";;".join(kinds))
        if not name:
            return
        named = Path(name)
        path = named if named.suffix.lower() in kinds.values() else self.with_suffix(named, kinds[chosen])
        if path is None:
            return
        try:
            write(path)
        except UserError as mistake:
            warn(self.window, refused, str(mistake))
            return
        self.store.told.emit(_("Saved as {file}").format(file=path))

    def with_suffix(self, path: Path, suffix: str) -> Path | None:
        """The path with its ending. The dialog has asked about the name as typed; about another one we ask."""
        if path.suffix == suffix:
            return path
        path = path.with_name(path.name + suffix)
        if not is_there(path):
            return path
        buttons = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel
        question = _("“{file}” exists already. Replace it?").format(file=path.name)
        answer = ask(self.window, _("Replace the file?"), question, buttons)
        return path if answer == QMessageBox.StandardButton.Yes else None

    def may_leave(self) -> bool:
        """Whether the project may be left: saved, nothing to save, or the user does not want it saved."""
        if self.busy.is_busy:
            self.store.told.emit(_("Another file is being read or written. Wait for it, or cancel it first."))
            return False
        self.before_leaving()
        if not self.store.is_modified:
            return True
        answer = ask(
            self.window,
            _("Save the changes?"),
            _("The project has changes that are not in a file yet. They are lost if you do not save them."),
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
        )
        if answer == QMessageBox.StandardButton.Save:
            return self.save()
        return answer == QMessageBox.StandardButton.Discard

    def _may_replace(self, path: Path) -> bool:
        """Whether the file is still what it was here; when another has written it since, the user decides."""
        now = signature(path)
        if now is None or now == self._known:
            return True
        question = _(
            "“{file}” has been changed on the disk since it was opened here, perhaps by another window. Replace it "
            "with what is in this window? What stands there now is kept as “{backup}”."
        ).format(file=path.name, backup=backup_of(path).name)
        buttons = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel
        if ask(self.window, _("Replace the file?"), question, buttons) != QMessageBox.StandardButton.Yes:
            return False
        return self._take_over_openings(path)

    def _take_over_openings(self, path: Path) -> bool:
        """What is replaced may know of openings of the test set that were made outside this window: they stay. Whether
        it could be read."""
        reads = partial(file_jobs.read_openings, path)
        try:
            found = self.busy.do(_("Reading {file} …").format(file=path.name), reads, can_cancel=False)
        except UserError as mistake:
            warn(self.window, _("The project was not saved"), str(mistake))
            return False
        self.store.amend(lambda project: with_openings(project, found))
        return True

    def _write(self, path: Path) -> bool:
        self.await_data()
        project, generation = self.store.project, self.store.generation
        trainings = self.trainer.under_way()
        content = project, trainings, path, self.thumbnail(), self.store.refused
        try:
            words = _("Saving {file} …").format(file=path.name)
            remark: str = self.busy.do(words, partial(file_jobs.save_file, *content))
        except UserError as mistake:
            warn(self.window, _("The project was not saved"), str(mistake))
            return False
        self.remember(path)
        if self.store.generation != generation:
            return True  # another project is here by now
        self._known = signature(path)
        self.store.mark_saved(project, path)
        said = _("Saved as {file}")
        if trainings:
            said = _("Saved as {file}, with the training under way up to its last complete epoch")
        self.store.told.emit(". ".join(one for one in (said.format(file=path), remark) if one))
        return True

    def own_file(self) -> Path | None:
        """The file that the project is in; None where there is none, or it is an example, which stays as it is."""
        path = self.store.path
        return path if path is not None and is_there(path) and not is_example(path) else None

    def is_of(self, path: Path) -> bool:
        """Whether this file is the project's, under whatever name."""
        try:
            return self.store.path is not None and self.store.path.samefile(path)
        except OSError:
            return False

    def is_as_known(self) -> bool:
        """Whether the project's file is still what it was when it was last opened or written here."""
        return signature(self.store.path) == self._known

    def know_file(self) -> None:
        """The project's file was just written by this window."""
        self._known = signature(self.store.path)

    def await_data(self) -> None:
        """Wait a little for data that is being read: a file of it goes into the project."""
        loader = self.trainer.loader
        if loader.is_loading and not self.busy.is_busy:
            loop, end = QEventLoop(), QDeadlineTimer(AWAITED)
            loader.changed.connect(loop.quit)
            QTimer.singleShot(AWAITED, loop, loop.quit)
            while loader.is_loading and not end.hasExpired():
                loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    def thumbnail(self) -> bytes:
        """A picture of the canvas."""
        canvas = self.window.findChild(QGraphicsView, "canvas")
        assert canvas is not None
        picture = canvas.grab().scaledToWidth(THUMBNAIL_WIDTH, Qt.TransformationMode.SmoothTransformation)
        content = QByteArray()
        buffer = QBuffer(content)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture.save(buffer, "PNG")
        return bytes(content.data())

    def _pattern(self) -> str:
        return _("nnstudio projects") + f" (*{SUFFIX})"


def is_example(path: Path) -> bool:
    """Whether a file is one of those that come with the program."""
    return paths.examples() in path.resolve().parents


def in_lines(messages: Sequence[str]) -> str:
    """Messages as lines of one text that fits a box."""
    more = [_("… and {count} more").format(count=len(messages) - MOST_LINES)] if len(messages) > MOST_LINES else []
    return "\n".join([*messages[:MOST_LINES], *more])


def signature(path: Path | None) -> tuple[int, int] | None:
    """What tells one state of a file from another; None where there is none."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found else None
