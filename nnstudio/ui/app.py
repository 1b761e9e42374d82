"""Puts the program together: checks what it stands on, makes the application, opens the window."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import PySide6
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from nnstudio import paths
from nnstudio.project.archive import open_project
from nnstudio.project.outside_data import refused_sources
from nnstudio.qt_libraries import has_display, install_command, missing_packages
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.background.garbage import MainThreadCollector
from nnstudio.ui.background.task import await_threads
from nnstudio.ui.canvas import accessible
from nnstudio.ui.files.documents import in_lines, starting_project
from nnstudio.ui.files.first_window import FirstWindow
from nnstudio.ui.look import fonts, theme
from nnstudio.ui.shell.crash_log import CrashLog, CrashReports
from nnstudio.ui.shell.dialogs import warn
from nnstudio.ui.shell.language import apply_language
from nnstudio.ui.shell.preferences import Preferences
from nnstudio.ui.store import Store
from nnstudio.ui.window import MainWindow

# 6.12.0 loses a reference to None at every call that returns nothing; on CPython 3.11, where None can die, the program
# aborts after some 5,000 calls. From 3.12 on None is immortal.
FIRST_UNSOUND = (6, 12)
FIRST_IMMORTAL = (3, 12)

LONGEST_END = 10.0
"""Seconds that the end of the program waits for what is still being computed or written."""

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals by which a program is ended from outside; Windows has not all of them."""


class Application(QApplication):
    """The application. What the system hands over, as macOS does on a double-click, waits for the window."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._take: Callable[[Path], object] | None = None
        self._waiting: list[Path] = []

    def give_files_to(self, take: Callable[[Path], object]) -> None:
        """Have `take` get each file that the system hands over; those that came before once events are heard."""
        self._take = take
        for file in self._waiting:
            QTimer.singleShot(0, self, partial(take, file))
        self._waiting.clear()

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return super().event(event)
        if self._take is None:
            self._waiting.append(Path(event.file()))
        else:
            self._take(Path(event.file()))
        return True


def run(project: Path | None, first: FirstWindow | None = None) -> int:
    """Open the window and stay until it is closed; the exit status. With `first`, later starts turn to this window."""
    check_display()
    check_binding(PySide6.__version_info__[:2], sys.version_info[:2])
    application = Application(["nnstudio"])
    application.setApplicationName("nnstudio")
    # What Wayland and X take the window's icon and its place in the dock by.
    application.setDesktopFileName("nnstudio")
    log = CrashLog(paths.log_folder(), application)
    try:
        log.begin()
        application.aboutToQuit.connect(log.end)
    except OSError as error:  # no log is no reason not to work
        sys.stderr.write(f"nnstudio: {error}\n")
    window = create_window(project)
    window.documents.tells_system = True
    if project is None:
        window.welcome.show_at_start()
    else:
        window.documents.remember(project)
    application.give_files_to(window.drops.hand_over)
    if first is not None:
        first.listen(window.drops.open_for_start, window.drops.is_busy)
        application.aboutToQuit.connect(first.close)
    # The session ends, as when the user logs out of Windows: what comes next may be a question, or the end.
    application.commitDataRequest.connect(window.autosave.keep_at_once)
    reports = CrashReports(log, window)
    QTimer.singleShot(0, reports, reports.show_crashes)
    # Python handles Ctrl-C only while Python code runs: a timer gives it the chance.
    for number in ENDING:
        signal.signal(number, lambda number, frame: end(window, first))
    awake = QTimer(interval=200)
    awake.timeout.connect(lambda: None)
    awake.start()
    status = application.exec()
    window.canvas.release()  # whoever ended the program from outside has closed no window
    # No window is there any more that could stand still. What torch computes must not meet the interpreter's end.
    if not await_threads(LONGEST_END):
        os._exit(status)
    window.autosave.drop_at_end()
    return status


def say_why_not(message: str) -> None:
    """Show in a box, and wait, why the program ends, where there is no console to say it on."""
    application = QApplication.instance() or Application(["nnstudio"])
    box = QMessageBox(QMessageBox.Icon.Critical, "nnstudio", message)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.exec()
    del application


def end(window: MainWindow, first: FirstWindow | None) -> None:
    """The system or the terminal ends the program: nothing can be asked, so what is unsaved is kept safe and offered at
    the next start."""
    if first is not None:
        first.close()
    window.studies.runner.stop()
    window.studies.runner.take_trials()
    window.autosave.keep_and_end()


def create_window(project: str | Path | None = None) -> MainWindow:
    """The shown main window on a project file, or on a new project; UserError when the file cannot be opened."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    collector = MainThreadCollector()
    preferences = Preferences()
    apply_language(preferences.language)
    application.setStyle("Fusion")
    fonts.load_fonts()
    fonts.use_text_size(preferences.text_size)
    if preferences.scheme != "system":
        theme.use_scheme(preferences.scheme)
    left_out: list[str] = []
    if project is None:
        store = Store(starting_project())
    else:
        path = Path(project)
        opened = open_project(path, left_out.append)
        store = Store(opened, path, refused_sources(opened, path))
        preferences.remember(path)
    accessible.install()
    window = MainWindow(store, preferences)
    collector.setParent(window)
    collector.is_busy = window.trains
    application.aboutToQuit.connect(window.autosave.drop)
    window.show()
    QTimer.singleShot(0, window.autosave, window.autosave.offer)
    if left_out:
        warn(window, _("Not everything was opened"), in_lines(left_out))
    window.documents.ask_about_data()
    return window


def check_display() -> None:
    """UserError, before Qt would abort, when no window can open here or a library it needs is missing."""
    if not has_display():
        raise UserError(_("There is no display here, so the window cannot open. Without one: nnstudio train PROJECT"))
    packages = missing_packages()
    if packages and os.environ.get("QT_QPA_PLATFORM") != "offscreen":
        raise UserError(
            _("Qt needs libraries that are missing here. Type this, as root: {command}").format(
                command=" ".join(install_command(packages))
            )
        )


def check_binding(binding: tuple[int, ...], python: tuple[int, ...]) -> None:
    """UserError for a PySide6 that would abort on this Python."""
    if binding >= FIRST_UNSOUND and python < FIRST_IMMORTAL:
        raise UserError(
            _('PySide6 {found} aborts on Python {python}. Type this: pip install "PySide6-Essentials<6.12"').format(
                found=".".join(map(str, binding)), python=".".join(map(str, python))
            )
        )
