"""The list of a lesson's steps in the recorder, and the sign that one is recorded."""

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListWidget, QWidget

from nnstudio.lessons import recording as making
from nnstudio.text import translate as _
from nnstudio.ui.lessons.recorder import Recorder

MOST_ROWS = 8


class StepList(QListWidget):
    """The steps: dragged into another order, opened by a double-click or Enter, deleted by Del."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder
        self.setObjectName("lessonSteps")
        self.setAccessibleName(_("Steps"))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemDoubleClicked.connect(lambda _item: recorder.show_step(self.currentRow()))
        self.currentRowChanged.connect(self._chosen)
        self.model().rowsMoved.connect(self._moved)

    def fit(self) -> None:
        """As high as its rows, up to a number of them."""
        height = sum(self.sizeHintForRow(row) for row in range(min(MOST_ROWS, self.count())))
        self.setFixedHeight(height + 2 * self.frameWidth() + 8)

    def _chosen(self, row: int) -> None:
        if row >= 0:
            self.recorder.place = row

    def _moved(self, _parent: QModelIndex, start: int, _end: int, _to: QModelIndex, row: int) -> None:
        to = row - 1 if row > start else row
        self.recorder.place = to
        self.recorder.edit(
            _("move step {number}").format(number=start + 1), making.moved(self.recorder.recording, start, to)
        )
        QTimer.singleShot(0, self.recorder, self.recorder.show_steps)  # numbered anew, when the drag is over

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.recorder.show_step(self.currentRow())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.recorder.delete(self.currentRow())
        else:
            super().keyPressEvent(event)


class RecordingSign(QLabel):
    """Says over the upper edge of the window that a step is recorded; it takes no clicks."""

    def __init__(self, window: QWidget, recorder: Recorder) -> None:
        super().__init__(window)
        self.setObjectName("recordingSign")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setStyleSheet(
            "background: #b3261e; color: white; border-radius: 9px; padding: 2px 12px; font-weight: 600;"
        )
        self.recorder = recorder
        recorder.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Be seen while a step is recorded."""
        self.setVisible(self.recorder.is_recording)
        if self.recorder.is_recording:
            self.setText(_("● Recording step {number}").format(number=self.recorder.number))
            self.adjustSize()
            window = self.parentWidget()
            if window is not None:
                self.move(window.width() - self.width() - 10, 3)
            self.raise_()
