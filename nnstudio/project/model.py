"""The project as one frozen value: network, data choice, training plan and runs. Nothing here does anything."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Role, Shape, Value
from nnstudio.project.preparation import Preparation, Task, shape_of
from nnstudio.project.sheet import Sheet
from nnstudio.project.study import Halving, Measure, Method, Trial, Variable
from nnstudio.project.test_seal import Opening

Position = tuple[float, float]
Size = tuple[float, float]


class Layer(Struct, frozen=True, forbid_unknown_fields=True):
    """One layer on the canvas. `id` is also its name in PyTorch code; `name` is what the user calls it, or ""."""

    id: str
    type: str
    name: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    position: Position = (0.0, 0.0)

    @property
    def role(self) -> Role:
        """What it does in the network; UserError for an unknown type."""
        return layer_type(self.type).role


class Link(Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """A connection from the output of one layer to the input of another; both by id."""

    source: str
    target: str


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """Plain text on the canvas; as high as its text needs at this width."""

    id: str
    text: str = ""
    position: Position = (0.0, 0.0)
    width: float = 180.0


class Frame(Struct, frozen=True, forbid_unknown_fields=True):
    """A titled box on the canvas; it holds what lies inside it (frames.py)."""

    id: str
    title: str = ""
    position: Position = (0.0, 0.0)
    size: Size = (240.0, 140.0)


class Network(Struct, frozen=True, forbid_unknown_fields=True):
    """Layers and links, and the notes and frames drawn beside them; no two of them share an id.

    A layer that joins takes its inputs in the order of the links.
    """

    layers: tuple[Layer, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[Note, ...] = ()
    frames: tuple[Frame, ...] = ()

    def layer(self, id: str) -> Layer:
        """The layer of this id; KeyError when there is none."""
        for layer in self.layers:
            if layer.id == id:
                return layer
        raise KeyError(id)

    def has(self, id: str) -> bool:
        return any(layer.id == id for layer in self.layers)

    @property
    def annotations(self) -> "tuple[Note | Frame, ...]":
        """What is drawn beside the layers and is not computed."""
        return (*self.notes, *self.frames)


class DataChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """Which data, and how it is divided and prepared; the meaning of each is in settings.py."""

    source: str = "builtin:digits"
    target: str = ""
    test_source: str = ""
    validation: float = 0.2
    test: float = 0.2
    split: str = "random"
    task: str = "auto"
    stratify: bool = True
    standardize: bool = True
    seed: int = 0
    image: str = ""
    fit: str = "crop"
    text: str = "auto"
    text_unit: str = "words"
    ngrams: int = 1
    vocabulary: int = 5000
    min_count: int = 1
    lower_case: bool = True
    length: int = 0
    repeats: str = "auto"
    augment_shift: int = 0
    augment_mirror: bool = False
    augment_noise: float = 0.0
    encoding: str = "auto"
    sheet: str = ""
    skip: int | str = "auto"
    skip_end: int | str = "auto"
    header: str = "auto"
    units_row: str = "auto"
    separator: str = "auto"
    quote: str = "auto"
    decimal: str = "auto"
    thousands: str = "auto"
    missing: str = ""
    sample_fraction: float = 1.0
    kinds: str = ""
    inputs: str = ""
    ignore: str = ""
    id: str = ""
    weight: str = ""
    group: str = ""
    time: str = ""
    derived: str = ""
    points: str = ""
    class_weights: str = "none"
    scale_on: str = "training"


class TrainingPlan(Struct, frozen=True, forbid_unknown_fields=True):
    """How to train; the meaning and range of each field is in settings.py."""

    loss: str = "auto"
    label_smoothing: float = 0.0
    optimizer: str = "adam"
    learning_rate: float = 0.001
    schedule: str = "constant"
    schedule_factor: float = 0.1
    schedule_epochs: int = 10
    clip_norm: float = 0.0
    momentum: float = 0.9
    weight_decay: float = 0.0
    l1: float = 0.0
    l1_rule: str = "subgradient"
    batch_size: int = 32
    epochs: int = 100
    shuffle: str = "each_epoch"
    last_batch: str = "smaller"
    initialization: str = "default"
    initialization_scale: float = 0.5
    bias_initialization: float = 0.0
    patience: int = 10
    monitor: str = "validation_loss"
    min_delta: float = 0.0
    restore_best: bool = True
    seed: int = 0
    device: str = "auto"
    precision: str = "float32"


ColumnKind = Literal["number", "category", "text", "date", "picture"]
ColumnRole = Literal["input", "target", "ignored", "id", "leak", "weight", "group", "time", "row_names"]


class ColumnFacts(Struct, frozen=True, forbid_unknown_fields=True):
    """One column as it was found: what it holds, what it is for, and how many of its cells are missing.

    `is_guess` says that nobody chose the role: a click changes it. `reason` is why, in words.
    """

    name: str
    kind: ColumnKind
    role: ColumnRole
    missing: int = 0
    is_guess: bool = True
    reason: str = ""


class ReadingFact(Struct, frozen=True, forbid_unknown_fields=True):
    """How one thing about a file was read: the option of data_settings.py, its value, whether that was guessed, and
    why."""

    option: str
    value: str
    is_guess: bool = True
    reason: str = ""


class DataFacts(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of the data once it was read: enough to infer shapes and find problems without reading it again."""

    rows: int
    sample_shape: tuple[int, ...]
    task: Task
    classes: tuple[str, ...]
    train: int
    validation: int
    test: int
    notes: tuple[str, ...] = ()
    sha256: str = ""
    """That of the files the data was read from, "" for data that is built in or generated."""
    rows_sha256: str = ""
    """That of the rows, as far as a network sees them."""
    vocabulary: int = 0
    is_sparse: bool = False
    target: str = ""
    columns: tuple[ColumnFacts, ...] = ()
    """The first ones, of very many."""
    reading: tuple[ReadingFact, ...] = ()
    class_rows: tuple[int, ...] = ()
    """How many training rows each class has."""
    baseline: float = 0.0
    """What is right, or what R² is, of the validation part where always the same is answered; NaN where there is
    none."""

    @property
    def shape(self) -> Shape:
        """The shape of a sample, which says what it is."""
        return shape_of(self.sample_shape, self.vocabulary, self.is_sparse)

    @property
    def outputs(self) -> int:
        """How many values the network should give: one a class, or one."""
        return max(1, len(self.classes))


class EpochMetrics(Struct, frozen=True, forbid_unknown_fields=True):
    """The curve of a run, one entry an epoch. Accuracies are empty for a value, the balanced one for several targets
    too, validation where no rows validate.

    `train_loss` is the mean over the training rows, each before the step of its batch and with dropout;
    `train_loss_full_pass` that at the epoch's end with dropout off: empty where nobody looked, NaN in epochs that were
    left out.
    """

    epoch: tuple[int, ...] = ()
    train_loss: tuple[float, ...] = ()
    validation_loss: tuple[float, ...] = ()
    train_accuracy: tuple[float, ...] = ()
    validation_accuracy: tuple[float, ...] = ()
    validation_balanced_accuracy: tuple[float, ...] = ()
    train_loss_full_pass: tuple[float, ...] = ()


class RunEvent(Struct, frozen=True, forbid_unknown_fields=True):
    """What happened in the middle of a run, at this many epochs (a fraction within one).

    `what` is "learning_rate", or the id of a dropout layer, which went from `before` to `after`; or "patience", where
    early stopping would have ended a run that was carried on; or begins with `RESUMED`.
    """

    epoch: float
    what: str
    before: float = 0.0
    after: float = 0.0


RESUMED = "resumed:"
"""What a mark begins with where a run went on in a way that cannot give the bits of one that never stopped; then comes
what was other than before: data, device, machine, version or backend."""

StopReason = Literal["patience", "epochs", "user", "diverged", "interrupted", "failed", "pruned"]
"""Interrupted is what nobody ended: the program, or the machine, did. Failed is what an error inside ended, pruned what
a study gave up, since others were better."""


class Run(Struct, frozen=True, forbid_unknown_fields=True):
    """One training: what was trained on what, how it went, and the weights it gave (bytes of a safetensors file).

    `checkpoint` is where it stood, so that it can go on (training/checkpoint_file.py), `snapshots` the weights of
    earlier epochs (snapshots.py); b"" where they are not known.

    `best_epoch` is None without a validation part; `weights_epoch` is the epoch whose weights are kept, 0 before the
    first was complete. `backend` says which way of running a step was taken, `threads` on how
    many threads of the CPU, `torch` and `machine` with which version on what: the same numbers come bit for bit only
    from the same. `data_sha256` is that of the data's files, `rows` how many there were and `rows_sha256` what was in
    them. A run that went on from another's weights names that run as `origin`, and the epoch they were of. A companion
    was trained beside another run to be compared with it.

    `trial` is what it is in a study, None for a run that was trained by itself. `validation` is how each row of the
    validation part came out with these weights (training/validation_rows.py), kept for trials alone. `openings` are
    those of the test set for this run, so that they go where the run goes. `note` and `is_starred` are a person's. A
    run may be kept without its weights.
    """

    id: str
    created: str
    network: Network
    data: DataChoice
    training: TrainingPlan
    preparation: Preparation
    stop_reason: StopReason
    epochs_run: int
    best_epoch: int | None
    weights_epoch: int
    device: str
    parameters: int
    seconds: float
    samples_per_second: float
    message: str = ""
    backend: str = ""
    threads: int = 0
    events: tuple[RunEvent, ...] = ()
    origin: str = ""
    origin_epoch: int = 0
    is_companion: bool = False
    torch: str = ""
    machine: str = ""
    data_sha256: str = ""
    rows: int = 0
    rows_sha256: str = ""
    history: EpochMetrics = EpochMetrics()
    weights: bytes = b""
    checkpoint: bytes = b""
    snapshots: bytes = b""
    validation: bytes = b""
    trial: Trial | None = None
    openings: tuple[Opening, ...] = ()
    note: str = ""
    is_starred: bool = False


class DataFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that data was read from: its path as a source names it, what it was then, and all of it where it is small,
    so that the project can be handed to a class."""

    source: str
    sha256: str
    size: int
    content: bytes = b""


class Prediction(Struct, frozen=True, forbid_unknown_fields=True):
    """What was answered to the question of a lesson's step before the run, and when (UTC). `attempt` is 2 for a second
    answer; `run` is the run that it was held against. A curve is (epoch, loss) pairs."""

    lesson: str
    step: str
    made: str
    attempt: int = 1
    choice: str = ""
    number: float | None = None
    order: tuple[str, ...] = ()
    curve: tuple[tuple[float, float], ...] = ()
    run: str = ""


class Study(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings × seeds; its trials are runs, which name it. What does not vary is `network`, `data` and `training`, as
    they were when it was defined.

    `settings` is how many settings are tried (all points of a grid), each from `seeds` first weights; `seed` is where
    the choice of settings by chance begins. `url` is where it is shared with other machines, without the password; ""
    where it is in the project alone.
    """

    id: str
    created: str
    network: Network
    data: DataChoice
    training: TrainingPlan
    variables: tuple[Variable, ...]
    name: str = ""
    method: Method = "grid"
    settings: int = 0
    seeds: int = 1
    seed: int = 0
    measure: Measure = "validation_loss"
    halving: Halving | None = None
    keeps_weights: bool = True
    url: str = ""


class Project(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a project file holds."""

    network: Network = Network()
    data: DataChoice = DataChoice()
    training: TrainingPlan = TrainingPlan()
    facts: DataFacts | None = None
    runs: tuple[Run, ...] = ()
    files: tuple[DataFile, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    sheet: Sheet = Sheet()
    studies: tuple[Study, ...] = ()
    openings: tuple[Opening, ...] = ()
