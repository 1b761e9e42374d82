"""What is asked of networks beside a training computes on one core, piece by piece, and waits in line for it."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")


def on_one_core(job: Callable[Given, Iterator[Found]]) -> Callable[Given, Iterator[Found]]:
    """A job that holds its core from one thing it finds to the next."""

    @wraps(job)
    def pieces(*given: Given.args, **named: Given.kwargs) -> Iterator[Found]:
        from nnstudio.training.engine.lease import one_core

        work = job(*given, **named)
        while True:
            try:
                with one_core():
                    found = next(work)
            except StopIteration:
                return
            yield found

    return pieces
