"""Ctrl-C, and the end of a program from outside, while it trains: what was learnt is kept."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals by which a program is ended from outside; Windows has not all of them."""


@contextmanager
def interrupts(stop: Callable[[], None], signals: Sequence[signal.Signals]) -> Iterator[list[int]]:
    """Have these signals call `stop` instead of ending the program; a second one ends it. What is yielded holds the
    number of the signal that came. Signals belong to the main thread alone."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    before = {number: signal.getsignal(number) for number in signals}

    def give_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def first(number: int, frame: object) -> None:
        came.append(number)
        stop()
        give_back()

    for number in signals:
        signal.signal(number, first)
    try:
        yield came
    finally:
        give_back()
