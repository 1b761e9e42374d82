"""A project trained: from the frozen project and its data to the finished run, for window and command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import safetensors.torch
import torch

from nnstudio.data.dataset import Dataset, Samples
from nnstudio.layers.spec import Shape
from nnstudio.project.edits import free_run_id
from nnstudio.project.model import Preparation, Project, Run, Task
from nnstudio.project.shapes import all_problems, infer_network
from nnstudio.text import Mistake
from nnstudio.text import translate as _
from nnstudio.training import devices
from nnstudio.training.build import BuiltNetwork, build, initialize
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.loop import EpochDone, Finished, Loop
from nnstudio.training.losses import chosen_loss, code_targets
from nnstudio.training.measures import PreparedSamples


@dataclass(frozen=True)
class Ready:
    """Everything is built; the first step comes next."""

    device: str
    parameters: int
    loop: Loop
    remark: str


@dataclass(frozen=True)
class Trained:
    """Training has ended and this is the run to keep."""

    run: Run


def train(
    project: Project, dataset: Dataset, control: Control, curves: Curves, spare_cores: int = 0
) -> Iterator[Ready | EpochDone | Trained]:
    """Train a project on its data: `Ready`, then an event an epoch, then the finished run.

    `spare_cores` are left to whoever shows the training. Mistake, before anything is trained, when the project has a
    problem.
    """
    problems = all_problems(project)
    if problems:
        raise Mistake(problems[0].message)
    with memory_in_words():
        yield from trained(project, dataset, control, curves, spare_cores)


def trained(
    project: Project, dataset: Dataset, control: Control, curves: Curves, spare_cores: int
) -> Iterator[Ready | EpochDone | Trained]:
    """`train` for a project without problems."""
    plan = project.training
    preparation = dataset.preparation
    loss, outputs = loss_of(project, preparation)
    torch.manual_seed(plan.seed)
    network = build(project.network, preparation.sample_shape, loss)
    initialize(network, plan)
    work = 3 * network.parameter_count() * plan.batch_size
    device, remark = devices.choose(plan.device, work)
    with devices.threads(work, spare_cores):
        network.drawn.to(device)
        prepared = [
            prepare(samples, loss, preparation.task, outputs, device) for samples in (dataset.train, dataset.validation)
        ]
        loop = Loop(network, loss, plan, prepared[0], prepared[1], curves, control)
        yield Ready(str(device), network.parameter_count(), loop, remark)
        for event in loop.events():
            if isinstance(event, Finished):
                yield Trained(finished_run(project, preparation, network, loop, event, str(device)))
            else:
                yield event


@contextmanager
def memory_in_words() -> Iterator[None]:
    """torch says in three ways that memory is full; say it in one, as a Mistake."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        is_memory = isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate" in str(error)
        if not is_memory:
            raise
        raise Mistake(_("There is not enough memory for this. Take a smaller batch or fewer units.")) from None


def loss_of(project: Project, preparation: Preparation) -> tuple[str, int]:
    """The loss the plan means, and how many outputs the network has."""
    outputs = output_count(project, preparation.sample_shape)
    return chosen_loss(project.training.loss, preparation.task, outputs), outputs


def output_count(project: Project, sample_shape: Shape) -> int:
    shapes = infer_network(project.network, sample_shape).shapes
    return next(shapes[layer.id][0] for layer in project.network.layers if layer.type == "output")


def prepare(samples: Samples, loss: str, task: Task, outputs: int, device: torch.device) -> PreparedSamples:
    """Samples on the device with their targets coded for the loss."""
    inputs = torch.from_numpy(np.ascontiguousarray(samples.inputs)).to(device)
    targets = torch.from_numpy(samples.targets).to(device)
    classes = targets if task == "class" else None
    return PreparedSamples(inputs, code_targets(targets, loss, task, outputs), classes)


def finished_run(
    project: Project, preparation: Preparation, network: BuiltNetwork, loop: Loop, finished: Finished, device: str
) -> Run:
    """What is kept of a training."""
    weights = {name: value.cpu().contiguous() for name, value in network.trained.state_dict().items()}
    return Run(
        id=free_run_id(project),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        network=project.network,
        data=project.data,
        training=project.training,
        preparation=preparation,
        stop_reason=finished.reason,
        epochs_run=loop.curves.epochs,
        best_epoch=loop.stopping.best_epoch or None,
        weights_epoch=finished.weights_epoch,
        device=device,
        parameters=network.parameter_count(),
        seconds=loop.progress.seconds,
        samples_per_second=loop.progress.samples_per_second,
        message=finished.message,
        engine=loop.step.way,
        threads=torch.get_num_threads(),
        history=loop.curves.history(),
        weights=safetensors.torch.save(weights),
    )
