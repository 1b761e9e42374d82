"""What goes wrong inside the program, written down and shown: errors in slots and threads, Qt's words, crashes."""

import faulthandler
import sys
import threading
import traceback
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from nnstudio.project.files import files_in, put_in_place
from nnstudio.project.running import is_gone, this_program
from nnstudio.text import translate as _
from nnstudio.ui.look.fitting import resize_on_screen

MOST_BYTES = 2**20
"""Of a longer log the end is shown."""
MOST_KEPT = 5
"""As many logs of crashes are kept."""


class CrashLog(QObject):
    """The log of this program while it runs. `happened(words)` comes with an error that nobody caught.

    It is removed at a proper end; one that is left behind by a process that is gone is that of a crash.
    """

    happened = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.file = folder / f"{this_program()}.log"

    def begin(self) -> None:
        """Write down from now on whatever nobody catches, and the stack of every thread at a crash."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._log = self.file.open("w", encoding="utf-8", buffering=1)
        faulthandler.enable(self._log)
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        qInstallMessageHandler(self._told_by_qt)

    def end(self) -> None:
        """The program ends as it should."""
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
        faulthandler.disable()
        self._log.close()
        with suppress(OSError):
            self.file.unlink()

    def crashes(self) -> list[str]:
        """What programs that are gone have left; each is told once, and kept as a file."""
        found = []
        for log in files_in(self.folder, "[0-9]*.log"):
            with suppress(OSError):
                if log == self.file or not is_gone(log.stem, log.stat().st_mtime):
                    continue
                content = log.read_bytes()[-MOST_BYTES:].decode("utf-8", "replace").strip()
                if content:
                    found.append(content)
                    put_in_place(log, self.folder / f"crash-{datetime.now():%Y%m%d-%H%M%S}-{log.stem}.log")
                else:  # killed, and not crashed
                    log.unlink()
        for old in files_in(self.folder, "crash-*.log")[:-MOST_KEPT]:
            with suppress(OSError):
                old.unlink()
        return found

    def _write(self, words: str) -> None:
        with suppress(OSError, ValueError):
            self._log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {words}\n")

    def _uncaught(self, kind: type[BaseException], error: BaseException, stack: TracebackType | None) -> None:
        words = "".join(traceback.format_exception(kind, error, stack))
        sys.stderr.write(words)
        self._write(words)
        self.happened.emit(words)

    def _uncaught_in_thread(self, given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            self._uncaught(given.exc_type, given.exc_value, given.exc_traceback)

    def _told_by_qt(self, kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is QtMsgType.QtDebugMsg:
            return
        self._write(f"Qt: {message}")
        sys.stderr.write(message + "\n")


class CrashDialog(QDialog):
    """A report that can be copied; nothing is sent anywhere. `words` say what happened."""

    def __init__(self, words: str, report: str, folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("crashDialog")
        self.setWindowTitle(_("Something went wrong inside nnstudio"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        where = _("Nothing is sent anywhere. If you report it, copy the text below; logs are in {folder}.")
        label = QLabel(f"{words} {where.format(folder=folder)}", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.report = QPlainTextEdit(report, readOnly=True)
        self.report.setAccessibleName(_("Report"))
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copied = buttons.addButton(_("&Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copied.clicked.connect(self._copy)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(label)
        layout.addWidget(self.report, 1)
        layout.addWidget(buttons)
        resize_on_screen(self, 720, 420)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.report.toPlainText())


class CrashReports(QObject):
    """Shows errors as they happen, one dialog at a time, and the crash of an earlier program at the start."""

    def __init__(self, log: CrashLog, window: QWidget) -> None:
        super().__init__(window)
        self.log = log
        self.window = window
        self.dialog: CrashDialog | None = None
        # Queued: an error may come from any thread, and in the middle of a painting.
        log.happened.connect(self._show_error, Qt.ConnectionType.QueuedConnection)

    def show_crashes(self) -> None:
        """Tell of what an earlier program has left."""
        found = self.log.crashes()
        if found:
            self._show(_("nnstudio ended unexpectedly the last time."), "\n\n".join(found))

    def _show_error(self, report: str) -> None:
        if self.dialog is not None:
            self.dialog.report.appendPlainText("\n" + report)
        else:
            self._show(_("A command ended with an error; the program goes on, and your work is as it was."), report)

    def _show(self, words: str, report: str) -> None:
        self.dialog = CrashDialog(words, report, self.log.folder, self.window)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self, _result: int) -> None:
        self.dialog = None
