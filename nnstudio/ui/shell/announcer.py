"""Has assistive tools say what the eye sees happen: training begins, ends, and messages come."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from nnstudio.text import translate as _
from nnstudio.ui.store import Store
from nnstudio.ui.training.shown_training import State
from nnstudio.ui.training.status_text import status
from nnstudio.ui.training.trainer import Trainer


class Announcer(QObject):
    """Announces through the window, without taking the focus from where it is."""

    def __init__(self, window: QWidget, store: Store, trainer: Trainer) -> None:
        super().__init__(window)
        self.window = window
        self.trainer = trainer
        self._state = trainer.state
        trainer.changed.connect(self._follow)
        store.told.connect(self.say)

    def say(self, words: str) -> None:
        """Have it said once whatever is being said is over."""
        if QAccessible.isActive() and words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.window, words))

    def _follow(self) -> None:
        before, self._state = self._state, self.trainer.state
        if self._state is before:
            return
        if self._state is State.RUNNING and before in (State.READY, State.PREPARING):
            self.say(_("Training has begun."))
        elif self._state is State.PAUSED or (self._state is State.READY and before is not State.READY):
            self.say(status(self.trainer))
