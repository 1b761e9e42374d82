"""What the window waits for: work on files, the end of a training; with a bar and Cancel once that takes a moment."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from nnstudio.project.progress import FileProgress
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.background.task import INTERVAL, SHOWN_AFTER, Task

Work = Callable[[FileProgress], Iterator[Any]]


class ForegroundTask(QObject):
    """Does one piece of work at a time and waits for it, while the window is drawn.

    Until the bar is shown, keys and clicks wait; then the bar takes them, so that nothing is begun in between.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window_ = window
        self.dialog: ProgressDialog | None = None
        self._value: Any = None
        self._error = ""
        self._loop: QEventLoop | None = None

    @property
    def is_busy(self) -> bool:
        return self._loop is not None

    def do(self, words: str, work: Work, can_cancel: bool = True) -> Any:
        """What the work gives last. UserError with its words when it fails, and when other work is under way.

        Cancel makes it fail as well: whatever it was about to replace stays as it was.
        """
        if self._loop is not None:
            raise UserError(_("Another file is being read or written. Wait for it, or cancel it first."))
        progress = FileProgress()
        self._value, self._error, self._loop = None, "", QEventLoop()
        task = Task(partial(work, progress), self)
        task.arrived.connect(self._arrived)
        task.failed.connect(self._failed)
        task.done.connect(self._loop.quit)
        task.start()
        self._wait(task, ProgressDialog(words, progress, can_cancel, self.window_))
        if self._error:
            raise UserError(self._error)
        return self._value

    def await_end(self, words: str, task: Task) -> bool:
        """Wait for a task that was asked to end; False where it is cancelled to wait, and the task goes on ending."""
        if task.has_ended or self._loop is not None:
            return task.has_ended
        self._loop = QEventLoop()
        task.ended.connect(self._loop.quit)
        dialog = ProgressDialog(words, None, True, self.window_)
        dialog.cancelled.connect(self._loop.quit)
        self._wait(task, dialog)
        return task.has_ended

    def _wait(self, task: Task, dialog: "ProgressDialog") -> None:
        """Let the window be drawn until the loop is left; with the bar in front of it once that takes a moment."""
        assert self._loop is not None
        self.dialog = dialog
        timer = QTimer(self, interval=SHOWN_AFTER, singleShot=True)
        timer.timeout.connect(self._loop.quit)
        timer.start()
        self._loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        timer.stop()
        timer.deleteLater()
        if task.is_running:
            dialog.begin()
            self._loop.exec()
        dialog.end()
        self.dialog, self._loop = None, None

    def _arrived(self, value: Any) -> None:
        self._value = value

    def _failed(self, message: str) -> None:
        self._error = message
        assert self._loop is not None
        self._loop.quit()


class ProgressDialog(QDialog):
    """How far it is, in front of the window until it is over; Cancel asks for the end and waits for it.

    `cancelled` comes with Cancel. Without a progress nobody knows how far it is, and the bar says just that.
    """

    cancelled = Signal()

    def __init__(self, words: str, progress: FileProgress | None, can_cancel: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("fileProgress")
        self.setWindowTitle("nnstudio")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.progress = progress
        self.label = QLabel(words, textFormat=Qt.TextFormat.PlainText)
        self.bar = QProgressBar(minimum=0, maximum=100 if progress else 0, textVisible=progress is not None)
        self.bar.setAccessibleName(words)
        buttons = QDialogButtonBox()
        self.cancelling = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.cancelling.setVisible(can_cancel)
        self.cancelling.clicked.connect(self.cancel)
        layout = QVBoxLayout(self)
        layout.addWidget(self.label)
        layout.addWidget(self.bar)
        layout.addWidget(buttons)
        self.setMinimumWidth(320)
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self._show)

    def begin(self) -> None:
        self._timer.start()
        self._show()
        self.open()

    def end(self) -> None:
        self._timer.stop()
        self.hide()
        self.deleteLater()

    def cancel(self) -> None:
        if self.progress:
            self.progress.cancel()
        self.cancelled.emit()
        self.cancelling.setEnabled(False)
        self.label.setText(_("Cancelling …"))

    def reject(self) -> None:
        """Escape, or the corner of the window: the same as Cancel, where there is one."""
        if self.cancelling.isVisible() and self.cancelling.isEnabled():
            self.cancel()

    def _show(self) -> None:
        if self.progress:
            self.bar.setValue(min(99, int(100 * self.progress.share)))
