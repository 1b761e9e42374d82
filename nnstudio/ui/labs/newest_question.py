"""One question at a time to a thread: of those that come meanwhile only the newest is asked."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from nnstudio.ui.background.task import Task

GoOn = Callable[[], bool]
Question = Callable[[GoOn], Iterator[Any]]
"""Asked with what tells whether its answer is still wanted."""


class Wanted:
    """Whether an answer is still wanted, told from one thread to another."""

    def __init__(self) -> None:
        self.is_wanted = True

    def __call__(self) -> bool:
        return self.is_wanted


class NewestQuestion(QObject):
    """Where a network learns, each look at it brings another question: the one that is being answered is answered to
    its end, and what has come between it and the newest is passed over."""

    def __init__(self, parent: QObject, show: Callable[[Any], None], fail: Callable[[str], None]) -> None:
        super().__init__(parent)
        self.show, self.fail = show, fail
        self._wanted: Wanted | None = None
        self._next: Question | None = None

    def ask(self, question: Question) -> None:
        self._next = question
        if self._wanted is None:
            self._begin()

    def forget(self) -> None:
        """No answer is wanted any more."""
        self._next = None
        if self._wanted is not None:
            self._wanted.is_wanted = False

    def _begin(self) -> None:
        question, self._next = self._next, None
        if question is None:
            return
        wanted = self._wanted = Wanted()
        task = Task(partial(question, wanted), self)
        task.arrived.connect(self._arrived)
        task.failed.connect(self._failed)
        task.ended.connect(self._ended)
        task.start()

    def _arrived(self, answer: Any) -> None:
        if self._wanted is not None and self._wanted.is_wanted:
            self.show(answer)

    def _failed(self, message: str) -> None:
        if self._wanted is not None and self._wanted.is_wanted:
            self.fail(message)

    def _ended(self) -> None:
        self._wanted = None
        self._begin()
