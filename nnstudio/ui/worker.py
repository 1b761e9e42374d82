"""The only module that starts a thread, and the window's only door to torch and the data libraries.

A `Task` runs a generator on a thread of its own. What it yields waits in a queue that the main thread empties 30 times
a second, so no Qt object is ever touched from another thread and nothing is sent per batch.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.project import edits
from nnstudio.project.archive import is_path
from nnstudio.project.files import is_there
from nnstudio.project.model import DataChoice, DataFile, Project, Run
from nnstudio.stages import stage_of
from nnstudio.text import Mistake
from nnstudio.text import translate as _
from nnstudio.training.control import LEARNING_RATE, Change, Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.stopping import EarlyStopping

if TYPE_CHECKING:
    from nnstudio.data.dataset import Dataset
    from nnstudio.data.plane import Plane
    from nnstudio.training.course import Progress
    from nnstudio.training.kept_run import Beginning, Record
    from nnstudio.training.probes import Probes, Weights
    from nnstudio.training.standing import Standing
    from nnstudio.training.timeline import Timeline

INTERVAL = 33
"""Milliseconds between two looks at what a thread has done."""

SPARE_CORES = 1
"""What stays free to draw while a network trains."""

log = logging.getLogger(__name__)

__all__ = [
    "LEARNING_RATE",
    "Change",
    "ColumnsRead",
    "Control",
    "Curves",
    "DataReady",
    "EarlyStopping",
    "Mode",
    "Prepared",
    "RunFinished",
    "SmallerBatch",
    "Start",
    "Task",
    "Watched",
]


@dataclass(frozen=True)
class End:
    """The thread is through; `error` is what a person reads when it failed."""

    error: str = ""


class Task(QObject):
    """A generator on a thread. Its signals come on the main thread: each value, then either `failed` or `done`."""

    arrived = Signal(object)
    failed = Signal(str)
    done = Signal()

    def __init__(self, generator: Callable[[], Iterator[Any]], parent: QObject) -> None:
        super().__init__(parent)
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._thread = threading.Thread(target=run, args=(generator, self._queue), name="nnstudio-task", daemon=True)
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.deliver)

    def start(self) -> "Task":
        self._thread.start()
        self._timer.start()
        return self

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def deliver(self) -> None:
        """Hand over everything that has arrived."""
        while self.is_running:
            try:
                value = self._queue.get_nowait()
            except Empty:
                return
            if isinstance(value, End):
                self._timer.stop()
                self._thread.join()
                if value.error:
                    self.failed.emit(value.error)
                else:
                    self.done.emit()
                self.deleteLater()
            else:
                self.arrived.emit(value)

    def join(self, seconds: float) -> bool:
        """Wait for the thread and deliver its last words; False when it did not end in time."""
        self._thread.join(seconds)
        self.deliver()
        return not self._thread.is_alive()


def run(generator: Callable[[], Iterator[Any]], queue: "SimpleQueue[Any]") -> None:
    """The body of a task's thread: whatever happens, an `End` is the last thing in the queue."""
    try:
        for value in generator():
            queue.put(value)
        queue.put(End())
    except Mistake as mistake:
        queue.put(End(str(mistake)))
    except BaseException as error:  # one that ended the thread without a word would leave the window waiting
        log.exception("A task failed")
        queue.put(End(failure_words(error)))


def failure_words(error: BaseException) -> str:
    """What is told of an error that nobody foresaw."""
    doing = stage_of(error)
    if isinstance(error, MemoryError):
        words = _("There is not enough memory for this. Take less data or a smaller network.")
        return words + " " + _("It ran out while {doing}.").format(doing=doing) if doing else words
    named = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if doing:
        words = _("Something went wrong inside nnstudio while {doing} ({error}).").format(doing=doing, error=named)
    else:
        words = _("Something went wrong inside nnstudio ({error}).").format(error=named)
    return words + " " + _("Your project is unharmed; please report this.")


# --- what is run on threads -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DataReady:
    """Data was read, divided and prepared."""

    choice: DataChoice
    dataset: "Dataset"


@dataclass(frozen=True)
class Watched:
    """What the window sees of one network while it is trained."""

    progress: "Progress"
    probes: "Probes"
    parameters: int
    timeline: "Timeline"
    record: "Record"


@dataclass(frozen=True)
class Prepared:
    """The networks are built on their device; the first step comes next."""

    device: str
    watched: tuple[Watched, ...]
    remark: str


@dataclass(frozen=True)
class RunFinished:
    """The training of the project at this place has ended; `standing` is where it could go on."""

    run: Run
    variant: int
    standing: "Standing | None"


@dataclass(frozen=True)
class Start:
    """One network to be trained: its project, where its curves go, and what it goes on from.

    `measures_training` asks for a full pass over the training samples after every epoch. What it goes on from is either
    `weights` (a safetensors file) that a run had after an epoch, or, with `resumes`, where the run stood: `standing`,
    and without that what its file holds.
    """

    project: Project
    curves: Curves
    measures_training: bool = False
    run: Run | None = None
    weights: bytes = b""
    epoch: int = 0
    resumes: bool = False
    standing: "Standing | None" = None
    timeline: "Timeline | None" = None


@dataclass(frozen=True)
class SmallerBatch:
    """There was not enough memory for the batch of this project; one of this size should fit."""

    project: Project
    message: str
    batch_size: int


@dataclass(frozen=True)
class ColumnsRead:
    """The columns of data that cannot be used as it is chosen: another of them may be a target that can."""

    choice: DataChoice
    names: tuple[str, ...]


@dataclass(frozen=True)
class FileMissing:
    """A file that the chosen data should come from is not where it was; perhaps a copy of it is used."""

    choice: DataChoice
    source: str


def load_data(choice: DataChoice, kept: Sequence[DataFile]) -> Iterator[DataReady | ColumnsRead | FileMissing]:
    """Read and prepare the chosen data, from the copies kept in the project where files are gone."""
    from nnstudio.data.dataset import load
    from nnstudio.data.reader import Reader
    from nnstudio.data.sources import read_source

    for source in (choice.source, choice.test_source):
        if is_path(source) and not is_there(Path(source)):
            yield FileMissing(choice, source)
            break
    try:
        yield DataReady(choice, load(choice, kept))
    except Mistake:
        yield ColumnsRead(choice, tuple(read_source(choice.source, reader=Reader(kept)).columns.columns))
        raise


def train(
    starts: Sequence[Start], dataset: "Dataset | None", control: Control
) -> Iterator[DataReady | ColumnsRead | FileMissing | Prepared | RunFinished | SmallerBatch]:
    """Train projects side by side on the data of the first; it is read first when it is not at hand."""
    from nnstudio.training.memory import OutOfMemory
    from nnstudio.training.session import Ready, Trained, train_together

    data = starts[0].project.data
    if dataset is None:
        for found in load_data(data, starts[0].project.files):
            if isinstance(found, DataReady):
                dataset = found.dataset
            yield found
    assert dataset is not None
    facts = dataset.facts
    projects = [edits.set_facts(start.project, data, facts) for start in starts]
    begun = [beginning_of(start) for start in starts]
    curves = [start.curves for start in starts]
    records: list[Record] = []
    ended: set[int] = set()
    try:
        for event in train_together(projects, dataset, control, curves, SPARE_CORES, beginnings=begun):
            match event:
                case Ready():
                    records = list(event.records)
                    watched = tuple(watch(*one, len(starts)) for one in zip(event.records, starts, strict=True))
                    yield Prepared(event.device, watched, event.remark)
                case Trained():
                    ended.add(event.variant)
                    yield RunFinished(event.run, event.variant, records[event.variant].course.standing)
    except OutOfMemory as shortage:
        if not shortage.batch_size:
            raise
        yield SmallerBatch(projects[0], str(shortage), shortage.batch_size)
    except Exception as error:
        for variant, record in enumerate(records):
            if variant not in ended:
                yield from failed_run(record, variant, error)
        raise


def failed_run(record: "Record", variant: int, error: Exception) -> Iterator[RunFinished]:
    """What a training had learnt before it failed, where an epoch was complete."""
    with suppress(Exception):  # it may be just this that fails
        run = record.so_far()
        if run is not None:
            words = str(error) if isinstance(error, Mistake) else failure_words(error)
            run = replace(run, stop_reason="failed", message=words)
            yield RunFinished(run, variant, record.course.standing)


def beginning_of(start: Start) -> "Beginning | None":
    """What a start means; the curves of a run out of a file get the losses of its batches."""
    from nnstudio.training.kept_run import Beginning
    from nnstudio.training.state_file import read_state

    if start.run is None:
        return None
    standing = start.standing
    if start.resumes and standing is None:
        standing, losses = read_state(start.run)
        start.curves.batch_loss.extend(losses)
    return Beginning(start.run, start.weights, start.epoch, standing)


def watch(record: "Record", start: Start, together: int) -> Watched:
    """Have a course keep its timeline, the one it has or a new one with its share of the memory."""
    from nnstudio.training.timeline import MOST_BYTES, timeline_of

    course, timeline = record.course, start.timeline
    if timeline is None:
        layout = course.weights.layout(course.network)
        timeline = timeline_of(layout, start.run if start.resumes else None, MOST_BYTES // together)
    course.keep_timeline(timeline)
    course.probes.measures_training = start.measures_training
    return Watched(course.progress, course.probes, course.network.parameter_count(), timeline, record)


def plane_of(dataset: "Dataset", axes: tuple[int, int] | None) -> Iterator["Plane | None"]:
    """The points of the data on a plane; None for samples of a single number."""
    from nnstudio.data.plane import plane_of as find

    yield find(dataset, axes)


def weights_of(run: Run) -> Iterator[dict[str, "Weights"]]:
    """What the dense layers of a run have learnt."""
    from nnstudio.training.probes import weights_of as read
    from nnstudio.training.trained import restore

    yield read(restore(run).network)


def confusion_of(run: Run, dataset: "Dataset") -> Iterator[list[list[int]] | None]:
    """Which class of the validation samples a run takes for which; None for a value or without such samples."""
    from nnstudio.training.trained import measure, restore

    yield measure(restore(run), dataset.validation).confusion if len(dataset.validation) else None


def answers_of(run: Run, inputs: "NDArray[np.float32]") -> Iterator["NDArray[np.float32]"]:
    """What the network of a run says to some inputs: a probability a class, or the value as its loss compares it."""
    from nnstudio.training.probes import answers
    from nnstudio.training.trained import restore

    trained = restore(run)
    yield answers(trained.network, trained.loss, run.preparation.task == "class", inputs)


def warm() -> Iterator[None]:
    """Load torch while the user is looking at the window, so that Train answers at once."""
    import_module("nnstudio.training.session")
    import_module("nnstudio.training.scripted").warm_up()
    yield None


def export(run: Run, kind: str, out: Path) -> Iterator[list[Path]]:
    """Write a run for use outside nnstudio."""
    from nnstudio.export.files import export as write

    yield write(run, kind, out)


def formulas(pieces: Sequence[str], color: str, size: float) -> Iterator[tuple[str, bytes]]:
    """Pieces of LaTeX, each with its drawing as SVG, in which the baseline is at 0."""
    import ziamath

    # Qt draws SVG 1.2 Tiny, without the <use> elements of SVG 2.
    ziamath.config.svg2 = False  # type: ignore[attr-defined]
    for latex in pieces:
        yield latex, ziamath.Latex(latex, size=size, color=color).svg().encode()  # type: ignore[attr-defined]
