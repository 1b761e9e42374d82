"""A project trained: from the frozen project and its data to the finished run, for window and command line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec
import safetensors
import safetensors.torch
import torch
from torch import Tensor

from nnstudio.data.dataset import Dataset, Samples
from nnstudio.layers.spec import Shape
from nnstudio.project.edits import set_training
from nnstudio.project.model import Preparation, Project, Run, Task
from nnstudio.project.names import shown_name
from nnstudio.project.shapes import all_problems, infer_network
from nnstudio.project.weights import remark_on
from nnstudio.stages import BUILDING, KEEPING, stage, stage_of
from nnstudio.text import Mistake
from nnstudio.text import translate as _
from nnstudio.training import memory
from nnstudio.training.checkpoint import Standing
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.divergence import explain, layer_of_divergence
from nnstudio.training.engine import devices
from nnstudio.training.engine.batched import dropout_shapes, learners
from nnstudio.training.engine.build import BuiltNetwork, build, initialize
from nnstudio.training.engine.distributed import ALONE, Team
from nnstudio.training.engine.losses import chosen_loss, code_targets
from nnstudio.training.engine.metrics import PreparedSamples
from nnstudio.training.engine.step import Step
from nnstudio.training.loop import Event as LoopEvent
from nnstudio.training.loop import Finished, Loop
from nnstudio.training.run_record import Beginning, Record, circumstances_of
from nnstudio.training.training_state import Course


@dataclass(frozen=True)
class Ready:
    """Everything is built; the first step comes next. There is a course for each project, and a record of it."""

    device: str
    courses: tuple[Course, ...]
    records: tuple[Record, ...]
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
    team: Team = ALONE,
    beginning: Beginning | None = None,
) -> Iterator[Event]:
    """Train a project on its data: `Ready`, then an event an epoch, then the finished run.

    `spare_cores` are left to whoever shows the training; `team` are the processes it is shared with. Mistake, before
    anything is trained, when the project has a problem.
    """
    yield from train_together([project], dataset, control, [curves], spare_cores, team, [beginning])


def train_together(
    projects: Sequence[Project],
    dataset: Dataset,
    control: Control,
    curves: Sequence[Curves],
    spare_cores: int = 0,
    team: Team = ALONE,
    beginnings: Sequence[Beginning | None] = (),
) -> Iterator[Event]:
    """Train variants of a project side by side on the same data, each as it would be trained alone.

    Variants of one structure (they may differ in seed, dropout rates, optimizer and its settings, initialisation,
    patience) take their steps together as one stack; others take turns with them, an epoch each. `beginnings` has an
    entry a project, or none at all; the curves of a run that goes on are those it has so far.
    """
    for project in projects:
        problems = all_problems(project)
        if problems:
            raise Mistake(problems[0].message)
    try:
        with devices.tiny_numbers_are_zero():
            begun = beginnings or [None] * len(projects)
            yield from trained(projects, dataset, control, curves, spare_cores, team, begun)
    except (RuntimeError, MemoryError) as error:
        if not memory.is_shortage(error):
            raise
        words = _("There is not enough memory for this. Take a smaller batch or fewer units.")
        if doing := stage_of(error):
            words += " " + _("It ran out while {doing}.").format(doing=doing)
        raise Mistake(words) from None


def trained(
    projects: Sequence[Project],
    dataset: Dataset,
    control: Control,
    curves: Sequence[Curves],
    spare_cores: int,
    team: Team,
    beginnings: Sequence[Beginning | None],
) -> Iterator[Event]:
    """`train_together` for projects without problems."""
    with stage(BUILDING):
        networks = [made_network(*one, dataset.preparation) for one in zip(projects, beginnings, strict=True)]
    groups = groups_of(projects, dataset.preparation, beginnings)
    work = max(
        3 * networks[group[0]].parameter_count() * projects[group[0]].training.batch_size * len(group)
        for group in groups
    )
    resumed = next((begun for begun in beginnings if begun and begun.standing), None)
    # A run goes on where it was: its generators are those of that device.
    name = projects[0].training.device
    if resumed and resumed.standing and name == resumed.run.training.device:
        name = resumed.standing.device
    device, remark = devices.choose(name, work)
    with devices.threads(work, spare_cores, resumed.run.threads if resumed else 0):
        memory.foresee(projects[0], dataset.preparation.sample_shape, len(dataset.train), len(projects), device)

        # What does not fit beside the training stays where it is, and is streamed.
        home = device if memory.has_room(device, dataset.train.all_inputs.nbytes) else torch.device("cpu")
        samples = placed(dataset.train, dataset.preparation.task, home)

        def made_loops(projects: Sequence[Project]) -> list[Loop]:
            standings = [begun.standing if begun else None for begun in beginnings]
            given = zip(range(len(projects)), projects, networks, curves, standings, strict=True)
            entries = [Entry(*one) for one in given]
            return [
                made_loop([entries[one] for one in group], dataset, samples, device, control, team) for group in groups
            ]

        with stage(BUILDING):
            loops = loops_that_fit(projects, dataset.train, made_loops, device)
        courses = sorted((course for loop in loops for course in loop.courses), key=lambda course: course.variant)
        engines = {course.variant: loop.engine for loop in loops for course in loop.courses}
        records = tuple(
            Record(project, begun, dataset, course, circumstances_of(device, engines[course.variant], dataset))
            for project, begun, course in zip(projects, beginnings, courses, strict=True)
        )
        for record in records:
            record.mark_differences()
        yield Ready(str(device), tuple(courses), records, remark)
        for event in in_turns(loops):
            variant = event.course.variant
            if isinstance(event, Finished):
                project, begun = projects[variant], beginnings[variant]
                message = ""
                if event.reason == "diverged":
                    layer = layer_of(project, begun, dataset, samples, event.course)
                    message = explain(event.course, event.weights_epoch, layer)
                with stage(KEEPING):
                    run = records[variant].run(event, message)
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
    """One of the networks that are trained together; `variant` is the place of its project, `standing` where it goes on
    from."""

    variant: int
    project: Project
    network: BuiltNetwork
    curves: Curves
    standing: Standing | None


def groups_of(
    projects: Sequence[Project], preparation: Preparation, beginnings: Sequence[Beginning | None] = ()
) -> list[list[int]]:
    """The places of the projects whose networks can be stacked, group by group."""
    groups: dict[bytes, list[int]] = {}
    for place, (project, begun) in enumerate(zip(projects, beginnings or [None] * len(projects), strict=True)):
        layers = [(one.id, one.type, {} if one.type == "dropout" else one.parameters) for one in project.network.layers]
        plan = project.training
        # One batch serves a stack, so those that go on must stand at the same one.
        at = (begun.standing.epoch, begun.standing.batch) if begun and begun.standing else (0, 0)
        structure = layers, project.network.links, loss_of(project, preparation), plan.batch_size, plan.precision, at
        groups.setdefault(msgspec.json.encode(structure), []).append(place)
    return list(groups.values())


def made_network(project: Project, beginning: Beginning | None, preparation: Preparation) -> BuiltNetwork:
    """The network of a project with the first weights its seed gives, or those it begins with. Mistake where they do
    not fit."""
    torch.manual_seed(project.training.seed)
    network = build(project.network, preparation.sample_shape, loss_of(project, preparation)[0])
    initialize(network, project.training)
    if beginning and beginning.weights:
        if remark := remark_on(msgspec.structs.replace(beginning.run, weights=beginning.weights)):
            raise Mistake(remark)
        try:
            network.trained.load_state_dict(safetensors.torch.load(beginning.weights))
        except (RuntimeError, safetensors.SafetensorError):
            words = _("The weights of {run} do not fit the network as it is drawn now. Restore its settings first.")
            raise Mistake(words.format(run=beginning.run.id)) from None
    return network


def made_loop(
    entries: Sequence[Entry],
    dataset: Dataset,
    samples: PreparedSamples,
    device: torch.device,
    control: Control,
    team: Team,
) -> Loop:
    """The loop that trains networks of one structure on the samples of a data set."""
    loss, outputs = loss_of(entries[0].project, dataset.preparation)
    plans = [entry.project.training for entry in entries]
    for entry in entries:
        entry.network.drawn.to(device)
    train = coded(samples, loss, dataset.preparation.task, outputs)
    validation = replace(train, rows=torch.from_numpy(dataset.validation.rows).to(train.inputs.device))
    shapes = dropout_shapes(entries[0].network, train.inputs)
    check_parts(entries[0].network, len(train), plans[0].batch_size, team)
    turned = any(entry.standing.turned for entry in entries if entry.standing)
    networks = learners([entry.network for entry in entries], plans, loss, turned)
    step = Step(networks, plans, train, shapes, team=team)
    courses = [
        Course(entry.variant, entry.network, plan, weights, train, entry.curves, team)
        for entry, plan, weights in zip(entries, plans, step.weights, strict=True)
    ]
    loop = Loop(step, courses, validation, control)
    for place, entry in enumerate(entries):
        if entry.standing:
            loop.go_on(place, entry.standing)
    return loop


def layer_of(
    project: Project, beginning: Beginning | None, dataset: Dataset, samples: PreparedSamples, course: Course
) -> str:
    """What the layer is called in which a training that diverged became unsound; "" where that is not found."""
    if course.team.size > 1:
        return ""
    network = made_network(project, beginning, dataset.preparation)
    entry = Entry(0, project, network, Curves(), course.standing)
    loop = made_loop([entry], dataset, samples, course.weights.values.device, Control(), ALONE)
    loop.step.change(0, course.learning_rate)
    found = layer_of_divergence(loop, course)
    return shown_name(project.network.layer(found)) if project.network.has(found) else ""


def check_parts(network: BuiltNetwork, rows: int, batch_size: int, team: Team) -> None:
    """Mistake when a process of a team would have one sample alone where batch norm needs two."""
    is_normalised = any(isinstance(module, torch.nn.BatchNorm1d) for module in network.trained.modules())
    for size in (min(batch_size, rows), rows % batch_size):
        if is_normalised and team.size > 1 and 0 < size < 2 * team.size:
            raise Mistake(
                _(
                    "Batch norm needs at least 2 samples for each of the {processes} processes in every batch; one of "
                    "the batches has {size}. Choose another batch size or fewer processes."
                ).format(processes=team.size, size=size)
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
    outputs = output_count(project, preparation.sample_shape)
    return chosen_loss(project.training.loss, preparation.task, outputs), outputs


def output_count(project: Project, sample_shape: Shape) -> int:
    shapes = infer_network(project.network, sample_shape).shapes
    return next(shapes[layer.id][0] for layer in project.network.layers if layer.type == "output")


def placed(samples: Samples, task: Task, device: torch.device) -> PreparedSamples:
    """Samples on the device, with their targets as they are in the data."""
    inputs, targets, rows = (
        torch.from_numpy(one).to(device) for one in (samples.all_inputs, samples.all_targets, samples.rows)
    )
    return PreparedSamples(inputs, targets, targets if task == "class" else None, rows)


def coded(samples: PreparedSamples, loss: str, task: Task, outputs: int) -> PreparedSamples:
    """The same samples with their targets coded for a loss; Mistake for a class that has no output."""
    if samples.classes is not None and len(samples.classes):
        check_classes(samples.classes, max(2, outputs))
    return replace(samples, targets=code_targets(samples.targets, loss, task, outputs))


def check_classes(numbers: Tensor, classes: int) -> None:
    """Prove that every class number is one of so many: out of range it would end the process on a GPU."""
    lowest, highest = (int(bound) for bound in numbers.aminmax())
    if lowest < 0 or highest >= classes:
        raise Mistake(
            _("The data has a class number {number}, and the network tells {classes} classes apart.").format(
                number=highest if lowest >= 0 else lowest, classes=classes
            )
        )
