"""A project trained: from the frozen project and its data to the finished run, for window and command line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec
import safetensors
import safetensors.torch
import torch
from torch import Tensor

from nnstudio.data.dataset import Dataset, Samples
from nnstudio.data.double import exact_inputs, exact_targets
from nnstudio.layers.spec import Shape, shown_shape
from nnstudio.project.edits import set_training
from nnstudio.project.endings import chosen_loss
from nnstudio.project.model import Project, Run
from nnstudio.project.names import shown_name
from nnstudio.project.preparation import Preparation, Task
from nnstudio.project.shapes import all_problems, infer_network, measuring
from nnstudio.project.weights import remark_on
from nnstudio.stages import BUILDING, KEEPING, stage, stage_of
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _
from nnstudio.training import memory
from nnstudio.training.augmentation import Augmentation, augments
from nnstudio.training.checkpoint import Checkpoint
from nnstudio.training.control import Control, Stopped
from nnstudio.training.curves import Curves
from nnstudio.training.divergence import explain, layer_of_divergence
from nnstudio.training.engine import devices
from nnstudio.training.engine.batched import dropout_shapes, networks_of
from nnstudio.training.engine.build import BuiltNetwork, always, build, initialize, seeded
from nnstudio.training.engine.distributed import SINGLE_PROCESS, ProcessGroup
from nnstudio.training.engine.losses import WEIGHTED, code_targets, label_code, with_weights
from nnstudio.training.engine.metrics import PreparedSamples
from nnstudio.training.engine.step import Step
from nnstudio.training.loop import Event as LoopEvent
from nnstudio.training.loop import Finished, Loop
from nnstudio.training.run_record import InitialState, RunRecorder, circumstances_of
from nnstudio.training.training_state import TrainingState


@dataclass(frozen=True)
class Ready:
    """Everything is built; the first step comes next. There is a training for each project, and a record of it."""

    device: str
    training_states: tuple[TrainingState, ...]
    recorders: tuple[RunRecorder, ...]
    remark: str


@dataclass(frozen=True)
class EpochDone:
    """An epoch is complete and its numbers are in the curves. `variant` is the place of its project."""

    epoch: int
    variant: int


@dataclass(frozen=True)
class Trained:
    """A training has ended and this is the run to keep. `variant` is the place of its project."""

    run: Run
    variant: int


Event = Ready | EpochDone | Trained


def train(
    project: Project,
    dataset: Dataset,
    control: Control,
    curves: Curves,
    spare_cores: int = 0,
    group: ProcessGroup = SINGLE_PROCESS,
    initial_state: InitialState | None = None,
) -> Iterator[Event]:
    """Train a project on its data: `Ready`, then an event an epoch, then the finished run.

    `spare_cores` are left to whoever shows the training; `group` are the processes it is shared with. UserError, before
    anything is trained, when the project has a problem.
    """
    yield from train_together([project], dataset, control, [curves], spare_cores, group, [initial_state])


def train_together(
    projects: Sequence[Project],
    dataset: Dataset,
    control: Control,
    curves: Sequence[Curves],
    spare_cores: int = 0,
    group: ProcessGroup = SINGLE_PROCESS,
    initial_states: Sequence[InitialState | None] = (),
) -> Iterator[Event]:
    """Train variants of a project side by side on the same data, each as it would be trained alone.

    Variants of one structure (they may differ in seed, dropout rates, optimizer and its settings, initialisation,
    patience) take their steps together as one stack; others take turns with them, an epoch each. `initial_states` has
    an entry a project, or none at all; the curves of a run that goes on are those it has so far.
    """
    for project in projects:
        problems = all_problems(project)
        if problems:
            raise UserError(problems[0].message)
    try:
        with devices.tiny_numbers_are_zero():
            begun = initial_states or [None] * len(projects)
            yield from trained(projects, dataset, control, curves, spare_cores, group, begun)
    except Stopped:
        return  # nothing was learnt yet
    except (RuntimeError, MemoryError) as error:
        if not memory.is_shortage(error):
            raise
        words = _("There is not enough memory for this. Take a smaller batch or fewer units.")
        if doing := stage_of(error):
            words += " " + _("It ran out while {doing}.").format(doing=doing)
        raise UserError(words) from None


def trained(
    projects: Sequence[Project],
    dataset: Dataset,
    control: Control,
    curves: Sequence[Curves],
    spare_cores: int,
    group: ProcessGroup,
    initial_states: Sequence[InitialState | None],
) -> Iterator[Event]:
    """`train_together` for projects without problems."""
    with stage(BUILDING):
        networks = [
            made_network(*one, dataset.preparation, control.go_on) for one in zip(projects, initial_states, strict=True)
        ]
    groups = groups_of(projects, dataset.preparation, initial_states)
    work = max(
        3 * networks[places[0]].parameter_count() * projects[places[0]].training.batch_size * len(places)
        for places in groups
    )
    resumed = next((begun for begun in initial_states if begun and begun.checkpoint), None)
    # A run goes on where it was: its generators are those of that device.
    name = projects[0].training.device
    if resumed and resumed.checkpoint and name == resumed.run.training.device:
        name = resumed.checkpoint.device
    is_double = any(project.training.precision == "float64" for project in projects)
    device, remark = devices.choose(name, work, is_double)
    with devices.threads(work, spare_cores, resumed.run.threads if resumed else 0):
        memory.foresee(projects[0], dataset.preparation.shape, len(dataset.train), len(projects), device)

        # What does not fit beside the training stays where it is, and is streamed.
        home = device if memory.has_room(device, dataset.train.all_inputs.nbytes) else torch.device("cpu")
        samples = placed(dataset.train, dataset.preparation.task, home)

        def made_loops(projects: Sequence[Project]) -> list[Loop]:
            standings = [begun.checkpoint if begun else None for begun in initial_states]
            given = zip(range(len(projects)), projects, networks, curves, standings, strict=True)
            entries = [Entry(*one) for one in given]
            made = []
            for places in groups:
                control.go_on()
                made.append(made_loop([entries[one] for one in places], dataset, samples, device, control, group))
            return made

        with stage(BUILDING):
            loops = loops_that_fit(projects, dataset.train, made_loops, device)
        control.go_on()
        training_states = sorted(
            (training_state for loop in loops for training_state in loop.training_states),
            key=lambda training_state: training_state.variant,
        )
        engines = {training_state.variant: loop.backend for loop in loops for training_state in loop.training_states}
        recorders = tuple(
            RunRecorder(
                project,
                begun,
                dataset,
                training_state,
                circumstances_of(device, engines[training_state.variant], dataset),
            )
            for project, begun, training_state in zip(projects, initial_states, training_states, strict=True)
        )
        for recorder in recorders:
            recorder.mark_differences()
        yield Ready(str(device), tuple(training_states), recorders, remark)
        for event in in_turns(loops):
            variant = event.training_state.variant
            if isinstance(event, Finished):
                project, begun = projects[variant], initial_states[variant]
                message = ""
                if event.reason == "diverged":
                    layer = layer_of(project, begun, dataset, samples, event.training_state)
                    message = explain(event.training_state, event.weights_epoch, layer)
                with stage(KEEPING):
                    run = recorders[variant].run(event, message)
                yield Trained(run, variant)
            else:
                yield EpochDone(event.epoch, variant)


def loops_that_fit(
    projects: Sequence[Project],
    samples: Samples,
    made_loops: Callable[[Sequence[Project]], list[Loop]],
    device: torch.device,
) -> list[Loop]:
    """The loops for these projects; OutOfMemory with a batch that was tried and fits where theirs do not."""
    try:
        return made_loops(projects)
    except (RuntimeError, MemoryError) as error:
        if not memory.is_shortage(error):
            raise
        asked, there, doing = memory.asked_for(error), memory.free(device), stage_of(error)
    # Behind the handler, whose error keeps alive what was made so far.

    def fits(size: int) -> bool:
        try:
            made_loops([set_training(project, batch_size=size) for project in projects])
        except (RuntimeError, MemoryError) as error:
            if not memory.is_shortage(error):
                raise
            return False
        return True

    raise memory.shortage(projects[0], len(samples), asked, there, fits, doing)


@dataclass(frozen=True)
class Entry:
    """One of the networks that are trained together; `variant` is the place of its project, `checkpoint` where it goes
    on from."""

    variant: int
    project: Project
    network: BuiltNetwork
    curves: Curves
    checkpoint: Checkpoint | None


def groups_of(
    projects: Sequence[Project], preparation: Preparation, initial_states: Sequence[InitialState | None] = ()
) -> list[list[int]]:
    """The places of the projects whose networks can be stacked, group by group."""
    groups: dict[bytes, list[int]] = {}
    for place, (project, begun) in enumerate(zip(projects, initial_states or [None] * len(projects), strict=True)):
        layers = [(one.id, one.type, {} if one.role == "dropout" else one.parameters) for one in project.network.layers]
        plan = project.training
        # One batch serves a stack, so those that go on must stand at the same one.
        at = (begun.checkpoint.epoch, begun.checkpoint.batch) if begun and begun.checkpoint else (0, 0)
        loss = loss_of(project, preparation), plan.label_smoothing
        structure = layers, project.network.links, loss, plan.batch_size, plan.precision, at
        groups.setdefault(msgspec.json.encode(structure), []).append(place)
    return list(groups.values())


def made_network(
    project: Project, initial_state: InitialState | None, preparation: Preparation, go_on: Callable[[], None] = always
) -> BuiltNetwork:
    """The network of a project with the first weights its seed gives, or those it begins with. UserError where they do
    not fit; `go_on` is called between its layers, and may raise."""
    with seeded(project.training.seed):
        network = build(project.network, preparation.shape, loss_of(project, preparation)[0], go_on, preparation.task)
        initialize(network, project.training, go_on, project.data.source)
    if initial_state and initial_state.weights:
        if remark := remark_on(msgspec.structs.replace(initial_state.run, weights=initial_state.weights)):
            raise UserError(remark)
        try:
            network.trained.load_state_dict(safetensors.torch.load(initial_state.weights))
        except (RuntimeError, safetensors.SafetensorError):
            words = _("The weights of {run} do not fit the network as it is drawn now. Restore its settings first.")
            raise UserError(words.format(run=initial_state.run.id)) from None
    return network


def made_loop(
    entries: Sequence[Entry],
    dataset: Dataset,
    samples: PreparedSamples,
    device: torch.device,
    control: Control,
    group: ProcessGroup,
) -> Loop:
    """The loop that trains networks of one structure on the samples of a data set."""
    loss, outputs = loss_of(entries[0].project, dataset.preparation)
    plans = [entry.project.training for entry in entries]
    for entry in entries:
        entry.network.drawn.to(device)
    lowest = entries[0].network.lowest
    if plans[0].precision == "float64":
        samples = in_double(samples, dataset)
    train = coded(samples, loss, dataset.preparation.task, outputs, plans[0].label_smoothing, lowest)
    if train.weights is not None:
        train, loss = replace(train, targets=with_weights(train.targets, train.weights)), WEIGHTED + loss
    choice = entries[0].project.data
    augmentation = Augmentation(train, choice) if augments(choice, dataset.preparation.sample_shape) else None
    train = augmentation.samples if augmentation else train
    validation = replace(train, rows=torch.from_numpy(dataset.validation.rows).to(train.inputs.device))
    check_weights(validation)
    shapes = dropout_shapes(entries[0].network, train.inputs)
    shapes_of = infer_network(entries[0].project.network, dataset.preparation.shape).shapes
    is_measuring = bool(measuring(entries[0].project.network, shapes_of))
    check_parts(is_measuring, len(train), plans[0].batch_size, group)
    transposed = any(entry.checkpoint.transposed for entry in entries if entry.checkpoint)
    networks = networks_of([entry.network for entry in entries], plans, loss, transposed)
    step = Step(networks, plans, train, shapes, group=group)
    training_states = [
        TrainingState(entry.variant, entry.network, plan, weights, train, entry.curves, group)
        for entry, plan, weights in zip(entries, plans, step.weights, strict=True)
    ]
    loop = Loop(step, training_states, validation, control, augmentation)
    for place, entry in enumerate(entries):
        if entry.checkpoint:
            loop.go_on(place, entry.checkpoint)
    return loop


def layer_of(
    project: Project,
    initial_state: InitialState | None,
    dataset: Dataset,
    samples: PreparedSamples,
    training_state: TrainingState,
) -> str:
    """What the layer is called in which a training that diverged became unsound; "" where that is not found."""
    if training_state.group.size > 1 or training_state.cannot_be_validated:
        return ""
    network = made_network(project, initial_state, dataset.preparation)
    entry = Entry(0, project, network, Curves(), training_state.checkpoint)
    loop = made_loop([entry], dataset, samples, training_state.weights.values.device, Control(), SINGLE_PROCESS)
    loop.step.change(0, training_state.learning_rate)
    found = layer_of_divergence(loop, training_state)
    return shown_name(project.network.layer(found)) if project.network.has(found) else ""


def check_parts(is_measuring: bool, rows: int, batch_size: int, group: ProcessGroup) -> None:
    """UserError when a process of a group would have one sample alone where a layer that measures it needs two."""
    for size in (min(batch_size, rows), rows % batch_size):
        if is_measuring and group.size > 1 and 0 < size < 2 * group.size:
            raise UserError(
                _(
                    "Batch norm needs at least 2 samples for each of the {processes} processes in every batch; one of "
                    "the batches has {size}. Choose another batch size or fewer processes."
                ).format(processes=group.size, size=size)
            )


def in_turns(loops: Sequence[Loop]) -> Iterator[LoopEvent]:
    """The events of several loops, an epoch of each in turn."""
    going = [loop.epochs() for loop in loops]
    while going:
        for epochs in list(going):
            events = next(epochs, None)
            if events is None:
                going.remove(epochs)
            else:
                yield from events


def loss_of(project: Project, preparation: Preparation) -> tuple[str, int]:
    """The loss the plan means, and how many outputs the network has."""
    outputs = output_count(project, preparation.shape)
    return chosen_loss(project.training.loss, preparation.task, outputs), outputs


def output_count(project: Project, sample_shape: Shape) -> int:
    """How many values the network gives. UserError for one that takes no such samples: other data is being read."""
    shapes = infer_network(project.network, sample_shape).shapes
    outputs = [layer.id for layer in project.network.layers if layer.role == "output" and layer.id in shapes]
    if not outputs:
        raise UserError(
            _("The network does not take samples of this data ({shape}).").format(shape=shown_shape(sample_shape))
        )
    return shapes[outputs[0]][0]


def placed(samples: Samples, task: Task, device: torch.device) -> PreparedSamples:
    """Samples on the device, with their targets as they are in the data."""
    inputs, targets, rows = (
        torch.from_numpy(one).to(device) for one in (samples.all_inputs, samples.all_targets, samples.rows)
    )
    classes = targets if task == "class" else label_code(targets) if task == "labels" else None
    weights = None if samples.all_weights is None else torch.from_numpy(samples.all_weights).to(device)
    return PreparedSamples(inputs, targets, classes, rows, weights)


def in_double(samples: PreparedSamples, dataset: Dataset) -> PreparedSamples:
    """The same samples in float64, with all digits that the data has."""
    home = samples.inputs.device
    inputs, targets = (torch.from_numpy(one).to(home) for one in (exact_inputs(dataset), exact_targets(dataset)))
    weights = None if samples.weights is None else samples.weights.double()
    return replace(samples, inputs=inputs, targets=targets, weights=weights)


def coded(
    samples: PreparedSamples,
    loss: str,
    task: Task,
    outputs: int,
    label_smoothing: float = 0.0,
    lowest: float | None = None,
) -> PreparedSamples:
    """The same samples with their targets coded for a loss; UserError for a class that has no output."""
    if task == "class" and samples.classes is not None and len(samples.classes):
        check_classes(samples.classes, max(2, outputs))
    targets = code_targets(samples.targets, loss, task, outputs, label_smoothing, lowest)
    # A loss asks for one kind of numbers.
    if targets.is_floating_point() and samples.inputs.dtype == torch.float64:
        targets = targets.double()
    return replace(samples, targets=targets)


def check_weights(samples: PreparedSamples) -> None:
    """UserError for samples of which none counts: they have no loss."""
    if samples.mean_weight == 0:
        words = _(
            "The weights of all {count} rows of one part are 0, so that it has no loss. Divide the data otherwise."
        )
        raise UserError(words.format(count=Count(len(samples))))


def check_classes(numbers: Tensor, classes: int) -> None:
    """Prove that every class number is one of so many: out of range it would end the process on a GPU."""
    lowest, highest = (int(bound) for bound in numbers.aminmax())
    if lowest < 0 or highest >= classes:
        raise UserError(
            _("The data has a class number {number}, and the network tells {classes} classes apart.").format(
                number=highest if lowest >= 0 else lowest, classes=classes
            )
        )
