"""The cores of this machine, which everything that computes with torch here shares by turns.

A training computes with a number of threads that decides its last bits, so no other may take threads from it; and
threads of one computation wait for each other, so two that want the same cores hold each other up. Each piece of work
(a block of steps, a row of a landscape) therefore takes the cores it needs, and waits in line where there are too few.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from nnstudio.training.engine.devices import usable_cores


class Lease:
    """So many cores; whoever came first is served first."""

    def __init__(self, cores: int) -> None:
        self.cores = cores
        self._free = cores
        self._line: deque[object] = deque()
        self._changed = threading.Condition(threading.Lock())

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._line)

    @contextmanager
    def held(self, threads: int) -> Iterator[None]:
        """Hold a core for each thread, or all there are. One thread must not take it twice."""
        wanted = min(threads, self.cores)
        with self._changed:
            if self._line or self._free < wanted:
                place = object()
                self._line.append(place)
                while self._line[0] is not place or self._free < wanted:
                    self._changed.wait()
                self._line.popleft()
                self._changed.notify_all()  # there may be enough for the next as well
            self._free -= wanted
        try:
            yield
        finally:
            with self._changed:
                self._free += wanted
                if self._line:
                    self._changed.notify_all()


CORES = Lease(usable_cores())
"""Those of this process."""


@contextmanager
def one_core() -> Iterator[None]:
    """Compute with one thread, beside whatever else computes."""
    before = torch.get_num_threads()
    with CORES.held(1):
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)
