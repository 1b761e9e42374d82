"""What the teacher alone sees, on the other screen: notes, the next step, a clock, how many predictions there are."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, Qt, QTime, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui.lessons.told import Talk
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import sized

LOOK = 500
"""Milliseconds between two looks at the clock and at the lesson."""


class NotesWindow(QWidget):
    """Shows what `talk()` tells, None while no lesson is given. `closed` comes when it is closed by hand too."""

    closed = Signal()

    def __init__(self, window: QWidget, talk: Callable[[], Talk | None], since: QElapsedTimer) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self.setObjectName("notesWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Notes – nnstudio"))
        self.talk = talk
        self.since = since
        self.step = plain_label(1.3, bold=True)
        self.notes = QPlainTextEdit(readOnly=True)
        self.notes.setAccessibleName(_("Notes of this step"))
        self.notes.setFont(sized(self.notes.font(), 1.2))
        self.next_step, self.predictions = plain_label(), plain_label()
        self.clock, self.elapsed = plain_label(2.0, bold=True), plain_label(2.0, bold=True)
        foot = QGridLayout()
        for row, (name, label) in enumerate(((_("Next"), self.next_step), (_("Predictions"), self.predictions))):
            foot.addWidget(QLabel(name), row, 0, Qt.AlignmentFlag.AlignTop)
            foot.addWidget(label, row, 1)
        foot.addWidget(self.clock, 0, 2, 2, 1)
        foot.addWidget(self.elapsed, 0, 3, 2, 1)
        self.clock.setToolTip(_("The time of day"))
        self.elapsed.setToolTip(_("Since presenter mode began"))
        foot.setColumnStretch(1, 1)
        foot.setHorizontalSpacing(18)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addWidget(self.step)
        layout.addWidget(self.notes, 1)
        layout.addLayout(foot)
        resize_on_screen(self, 760, 480)
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Show the time, and the step at hand."""
        self.clock.setText(QTime.currentTime().toString("HH:mm"))
        self.elapsed.setText(minutes(self.since.elapsed() // 1000))
        talk = self.talk()
        told = talk.told() if talk is not None else None
        self.step.setText(told.step if told else _("No lesson is given"))
        notes = told.notes if told else _("While a lesson is given, the notes of its step stand here.")
        if notes != self.notes.toPlainText():  # else it would scroll back while it is read
            self.notes.setPlainText(notes)
        self.next_step.setText((told.next_step if told else "") or "–")
        count = told.predictions if told else None
        self.predictions.setText("–" if count is None else str(Count(count)))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        self.closed.emit()
        super().closeEvent(event)


def minutes(seconds: int) -> str:
    """So many seconds as minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"


def plain_label(share: float = 1.0, bold: bool = False) -> QLabel:
    label = QLabel(wordWrap=share == 1.0, textFormat=Qt.TextFormat.PlainText)
    label.setFont(sized(label.font(), share, bold))
    return label
