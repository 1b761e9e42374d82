"""The only module that starts a thread, and the window's only door to torch and the data libraries.

A `Task` runs a generator on a thread of its own. What it yields waits in a queue that the main thread empties 30 times
a second, so no Qt object is ever touched from another thread and nothing is sent per batch.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nnstudio.project import edits
from nnstudio.project.archive import is_path
from nnstudio.project.files import is_there
from nnstudio.project.model import ColumnFacts, DataChoice, DataFile, Project, ReadingFact, Run
from nnstudio.project.progress import FileProgress
from nnstudio.text import UserError
from nnstudio.training.control import LEARNING_RATE, Change, Control, Mode, Stopped
from nnstudio.training.curves import Curves
from nnstudio.training.early_stopping import EarlyStopping, monitored
from nnstudio.ui.background.task import failure_text

if TYPE_CHECKING:
    import polars

    from nnstudio.data.dataset import Dataset
    from nnstudio.data.reader import Reader
    from nnstudio.training.checkpoint import Checkpoint
    from nnstudio.training.probes import Probes
    from nnstudio.training.run_record import InitialState, RunRecorder
    from nnstudio.training.timeline import Timeline
    from nnstudio.training.training_state import Progress


SPARE_CORES = 1
"""What stays free to draw while a network trains."""


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
    "SampleFits",
    "SmallerBatch",
    "TrainingRequest",
    "Watched",
    "monitored",
]


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
    recorder: "RunRecorder"


@dataclass(frozen=True)
class Prepared:
    """The networks are built on their device; the first step comes next."""

    device: str
    watched: tuple[Watched, ...]
    remark: str


@dataclass(frozen=True)
class UnderWay:
    """A training that has not ended: what makes a run of it, and the id that the run has."""

    recorder: "RunRecorder"
    id: str


@dataclass(frozen=True)
class RunFinished:
    """The training of the project at this place has ended; `checkpoint` is where it could go on."""

    run: Run
    variant: int
    checkpoint: "Checkpoint | None"


@dataclass(frozen=True)
class TrainingRequest:
    """One network to be trained: its project, where its curves go, and what it goes on from.

    `measures_training` asks for a full pass over the training samples after every epoch. What it goes on from is either
    `weights` (a safetensors file) that a run had after an epoch, or, with `resumes`, where the run stood: `checkpoint`,
    and without that what its file holds.
    """

    project: Project
    curves: Curves
    measures_training: bool = False
    run: Run | None = None
    weights: bytes = b""
    epoch: int = 0
    resumes: bool = False
    checkpoint: "Checkpoint | None" = None
    timeline: "Timeline | None" = None


@dataclass(frozen=True)
class SmallerBatch:
    """There was not enough memory for the batch of this project; one of this size should fit."""

    project: Project
    message: str
    batch_size: int


@dataclass(frozen=True)
class ColumnsRead:
    """Data that was read and cannot be used as it is chosen: another of its columns may be a target that can, and what
    was guessed of it can be overruled. `table` is None for pictures."""

    choice: DataChoice
    names: tuple[str, ...]
    table: "polars.DataFrame | None" = None
    facts: tuple[ColumnFacts, ...] = ()
    reading: tuple[ReadingFact, ...] = ()


@dataclass(frozen=True)
class FileMissing:
    """A file that the chosen data should come from is not where it was; perhaps a copy of it is used."""

    choice: DataChoice
    source: str


@dataclass(frozen=True)
class SampleFits:
    """There is not enough memory for the chosen data; a sample of this fraction of its rows should fit."""

    choice: DataChoice
    fraction: float


def load_data(
    choice: DataChoice, kept: Sequence[DataFile], refused: frozenset[str], progress: FileProgress
) -> Iterator[DataReady | ColumnsRead | FileMissing | SampleFits]:
    """Read and prepare the chosen data, from the copies kept in the project where files are gone or refused."""
    from nnstudio.data.dataset import load
    from nnstudio.data.joined import is_pattern
    from nnstudio.data.reader import Reader
    from nnstudio.data.room import TooLarge

    for source in (choice.source, choice.test_source):
        if is_path(source) and (source in refused or not (is_there(Path(source)) or is_pattern(source))):
            yield FileMissing(choice, source)
            break
    try:
        yield DataReady(choice, load(choice, kept, refused, progress))
    except TooLarge as large:
        yield SampleFits(choice, large.fraction)
        raise
    except UserError:
        if not progress.is_cancelled:
            yield columns_read(choice, Reader(kept, refused, progress))
        raise


def columns_read(choice: DataChoice, reader: "Reader") -> ColumnsRead:
    """What can be shown of data that cannot be used as it is chosen. UserError for what cannot be read at all."""
    from nnstudio.data.columns import ArrayColumns, table_of
    from nnstudio.data.reading import asked_of
    from nnstudio.data.roles import with_roles
    from nnstudio.data.sources import read_source

    raw = read_source(choice.source, reader=reader, asked=asked_of(choice), points=choice.points)
    names = tuple(raw.columns.columns)
    if isinstance(raw.columns, ArrayColumns):
        return ColumnsRead(choice, names)
    with suppress(UserError):
        raw = with_roles(raw, choice, proposes=True)
        return ColumnsRead(choice, names, table_of(raw.columns), raw.facts, raw.reading)
    return ColumnsRead(choice, names, table_of(raw.columns), reading=raw.reading)


class ReadToTrain(FileProgress):
    """What hears how far the data of a training is read, and ends that where the training was stopped."""

    def __init__(self, control: Control) -> None:
        super().__init__()
        self.control = control

    def reached(self, share: float) -> None:
        super().reached(share)
        self.control.go_on()


def train(
    starts: Sequence[TrainingRequest], dataset: "Dataset | None", control: Control, refused: frozenset[str]
) -> Iterator[DataReady | ColumnsRead | FileMissing | SampleFits | Prepared | RunFinished | SmallerBatch]:
    """Train projects side by side on the data of the first; it is read first when it is not at hand."""
    from nnstudio.training.memory import OutOfMemory
    from nnstudio.training.session import Ready, Trained, train_together

    data = starts[0].project.data
    if dataset is None:
        try:
            for found in load_data(data, starts[0].project.files, refused, ReadToTrain(control)):
                if isinstance(found, DataReady):
                    dataset = found.dataset
                yield found
        except Stopped:
            return
    assert dataset is not None
    facts = dataset.facts
    projects = [edits.set_facts(start.project, data, facts) for start in starts]
    begun = [initial_state_of(start) for start in starts]
    curves = [start.curves for start in starts]
    recorders: list[RunRecorder] = []
    ended: set[int] = set()
    try:
        for event in train_together(projects, dataset, control, curves, SPARE_CORES, initial_states=begun):
            match event:
                case Ready():
                    recorders = list(event.recorders)
                    watched = tuple(watch(*one, len(starts)) for one in zip(event.recorders, starts, strict=True))
                    yield Prepared(event.device, watched, event.remark)
                case Trained():
                    ended.add(event.variant)
                    yield RunFinished(event.run, event.variant, recorders[event.variant].training_state.checkpoint)
    except OutOfMemory as shortage:
        if not shortage.batch_size:
            raise
        yield SmallerBatch(projects[0], str(shortage), shortage.batch_size)
    except Exception as error:
        for variant, recorder in enumerate(recorders):
            if variant not in ended:
                yield from failed_run(recorder, variant, error)
        raise


def failed_run(recorder: "RunRecorder", variant: int, error: Exception) -> Iterator[RunFinished]:
    """What a training had learnt before it failed, where an epoch was complete."""
    with suppress(Exception):  # it may be just this that fails
        run = recorder.so_far()
        if run is not None:
            words = str(error) if isinstance(error, UserError) else failure_text(error)
            run = replace(run, stop_reason="failed", message=words)
            yield RunFinished(run, variant, recorder.training_state.checkpoint)


def initial_state_of(start: TrainingRequest) -> "InitialState | None":
    """What a start means; the curves of a run out of a file get the losses of its batches."""
    from nnstudio.training.checkpoint_file import read_checkpoint
    from nnstudio.training.run_record import InitialState

    if start.run is None:
        return None
    checkpoint = start.checkpoint
    if start.resumes and checkpoint is None:
        checkpoint, losses = read_checkpoint(start.run)
        start.curves.batch_loss.extend(losses)
    return InitialState(start.run, start.weights, start.epoch, checkpoint)


def watch(recorder: "RunRecorder", start: TrainingRequest, together: int) -> Watched:
    """Have a training keep its timeline, the one it has or a new one with its share of the memory."""
    from nnstudio.training.timeline import MOST_BYTES, timeline_of

    training_state, timeline = recorder.training_state, start.timeline
    if timeline is None:
        layout = training_state.weights.layout(training_state.network)
        timeline = timeline_of(layout, start.run if start.resumes else None, MOST_BYTES // together)
    training_state.keep_timeline(timeline)
    training_state.probes.measures_training = start.measures_training
    return Watched(training_state.progress, training_state.probes, training_state.network.learnt, timeline, recorder)
