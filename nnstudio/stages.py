"""Which part of the work it was that failed: noted on the error, and told beside it."""

from types import TracebackType

from nnstudio.text import mark
from nnstudio.text import translate as _

READING = mark("reading the data")
DIVIDING = mark("dividing the data")
PREPARING = mark("preparing the data")
BUILDING = mark("building the network")
FORWARD = mark("computing the forward pass")
BACKWARD = mark("computing the backward pass")
BATCH = mark("computing a batch")
VALIDATING = mark("measuring on the validation data")
NOTING = mark("noting the curve")
KEEPING = mark("keeping the run")


class Stage(str):
    """A note on an error (`BaseException.__notes__`) that says what was being done."""

    __slots__ = ()


class stage:
    """Have an error that passes know what was being done; the innermost stage counts."""

    def __init__(self, doing: str) -> None:
        self.doing = doing

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if error is not None:
            error.add_note(Stage(self.doing))


def stage_of(error: BaseException) -> str:
    """What was being done when an error was raised, in words; "" where that is not known."""
    notes = [note for note in getattr(error, "__notes__", []) if isinstance(note, Stage)]
    return _(notes[0]) if notes else ""
