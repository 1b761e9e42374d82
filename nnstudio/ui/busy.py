"""Work on files that may take long: on a thread, with a bar and Cancel once it takes more than a moment."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QProgressDialog, QWidget

from nnstudio.project.progress import FileProgress
from nnstudio.text import Mistake
from nnstudio.text import translate as _
from nnstudio.ui.worker import INTERVAL, Task

SHOWN_AFTER = 400
"""Milliseconds until the bar is shown; what is done by then needs none."""

Work = Callable[[FileProgress], Iterator[Any]]


class Busy(QObject):
    """Does one piece of work at a time and waits for it, while the window is drawn and answers."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window_ = window
        self.dialog: QProgressDialog | None = None
        self._value: Any = None
        self._error = ""
        self._loop: QEventLoop | None = None

    @property
    def is_busy(self) -> bool:
        return self._loop is not None

    def do(self, words: str, work: Work) -> Any:
        """What the work gives last. Mistake with its words when it fails, and when other work is under way.

        Cancel makes it fail as well: whatever it was about to replace stays as it was.
        """
        if self._loop is not None:
            raise Mistake(_("Another file is being read or written. Wait for it, or cancel it first."))
        progress = FileProgress()
        self._value, self._error, self._loop = None, "", QEventLoop()
        task = Task(partial(work, progress), self)
        task.arrived.connect(self._arrived)
        task.failed.connect(self._failed)
        task.done.connect(self._loop.quit)
        self.dialog = QProgressDialog(words, _("Cancel"), 0, 100, self.window_)
        self.dialog.setObjectName("fileProgress")
        self.dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.dialog.setMinimumDuration(SHOWN_AFTER)
        self.dialog.setAutoReset(False)
        self.dialog.canceled.connect(progress.cancel)
        timer = QTimer(self.dialog, interval=INTERVAL)
        timer.timeout.connect(partial(self._show, progress))
        timer.start()
        task.start()
        self._loop.exec()
        timer.stop()
        self.dialog.reset()
        self.dialog.deleteLater()
        self.dialog, self._loop = None, None
        if self._error:
            raise Mistake(self._error)
        return self._value

    def _show(self, progress: FileProgress) -> None:
        if self.dialog is not None and not progress.is_cancelled:
            self.dialog.setValue(min(99, int(100 * progress.share)))

    def _arrived(self, value: Any) -> None:
        self._value = value

    def _failed(self, message: str) -> None:
        self._error = message
        assert self._loop is not None
        self._loop.quit()
