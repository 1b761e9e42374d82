"""Training steps of the course's image networks beside eager PyTorch and JAX, in turns, and the memory of AlexNet's.

python3 packaging/develop.py bench images [--rounds N]
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import torch
from torch import Tensor, nn

from nnstudio.project import edits
from nnstudio.project.history import HISTORY, history
from nnstudio.project.model import TrainingPlan
from nnstudio.training.engine import devices
from nnstudio.training.engine.batched import dropout_shapes, networks_of
from nnstudio.training.engine.build import BuiltNetwork, build, initialize
from nnstudio.training.engine.losses import LOSSES, code_targets
from nnstudio.training.engine.metrics import PreparedSamples
from nnstudio.training.engine.step import Step
from nnstudio.training.loop import BLOCK
from tests.bench.memory import peak as most_memory
from tests.bench.peers import make_environment, peer_python
from tests.bench.tables import keep, medians

RESULTS = Path(__file__).parent / "results" / "images.md"
SECONDS = 0.3
"""How long a turn lasts; a step that takes longer is one by itself."""
ROWS = 1024
WAYS = AS_IN_A_RUN, ONE_BY_ONE, EAGER, JAX = "nnstudio", "nnstudio, step by step", "eager", "JAX"
LAYOUTS = "NHWC", "NCHW"

Turn = Callable[[], float]
"""Takes steps for the time of a turn; the seconds of one."""


@dataclass(frozen=True)
class Case:
    """A network of the history, and how many times as fast as each other its step shall be with this batch."""

    title: str
    name: str
    batch: int
    asked: Mapping[str, float]
    loss: str = "cross_entropy"
    rows: int = ROWS

    @property
    def plan(self) -> TrainingPlan:
        """As it learns in the history; LeNet-5 by SGD with momentum, which every library writes alike."""
        plain = {"optimizer": "momentum", "learning_rate": 0.01, "momentum": 0.9} if self.name == LENET else {}
        return edits.set_training(history(self.name), **plain, batch_size=self.batch).training


LENET, ZIP, ALEXNET = "lenet_1998", "zip_codes_1989", "alexnet_2012"
CASES = (
    Case("LeNet-5", LENET, 1, {EAGER: 5, JAX: 1.4}),
    Case("LeNet-5", LENET, 10, {EAGER: 1.7, JAX: 1.2}),
    Case("LeNet-5", LENET, 64, {EAGER: 1.15, JAX: 1.3}),
    Case("The network of 1989", ZIP, 1, {EAGER: 6}, "mse"),
    Case("The network of 1989", ZIP, 10, {EAGER: 2.5}, "mse"),
    Case("AlexNet", ALEXNET, 8, {EAGER: 0.91}, rows=16),
)
MOST_MEMORY = 1500


def main(rounds: int = 15) -> int:
    make_environment()
    if sys.platform == "linux":  # one core for all, so that none has help, nor another neighbour
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    found, asked = dict[str, list[float]](), dict[str, str]()
    milliseconds = list[str]()
    with devices.tiny_numbers_are_zero(), torch.no_grad(), jax() as ask:
        for case in CASES:
            took = in_turn(ways(case, ask), rounds)
            milliseconds.append(row(case, took))
            for other in (EAGER, JAX):
                for ours in (AS_IN_A_RUN, ONE_BY_ONE) if other in took else ():
                    ratio = f"{case.title}, batch {case.batch}: {other} / {ours}"
                    found[ratio] = [a / b for a, b in zip(took[other], took[ours], strict=True)]
                    if ours == AS_IN_A_RUN:
                        asked[ratio] = f"at least {case.asked[other]}"
    report(rounds, found, asked, milliseconds)
    return 0


def report(rounds: int, found: dict[str, list[float]], asked: dict[str, str], milliseconds: list[str]) -> None:
    held = {way: (peak(ALEXNET, way) - peak(LENET, way)) / 1e6 for way in (AS_IN_A_RUN, ONE_BY_ONE, EAGER)}
    keep(
        RESULTS,
        [
            "# Networks of images",
            "",
            f"Ratios of the processor time of a training step, medians and ranges of {rounds} rounds, in which each",
            f"has its turn of {SECONDS} s, all with one thread on the same core: what counts are the ratios, not the",
            "milliseconds, for the machine may do other work. “nnstudio” is as a run takes its steps, as many as fit",
            "into one call. Eager is an nn.Sequential of the same layers with torch.optim.SGD, its data preloaded; JAX",
            "one jitted step with donated weights, in the quicker layout. LeNet-5 has relu and max pooling.",
            "`python3 packaging/develop.py bench images`.",
            "",
            *medians(found, asked),
            "",
            f"| milliseconds a step | {' | '.join(WAYS)} |",
            "| --- | ---: | ---: | ---: | ---: |",
            *milliseconds,
            "",
            "Peak memory with AlexNet, batch 8, above that of the same program with LeNet-5: for some steps",
            f"{held[ONE_BY_ONE]:,.0f} MB (asked: at most {MOST_MEMORY:,} MB), in eager {held[EAGER]:,.0f} MB; for a",
            f"whole run of two epochs, which keeps where it stood, {held[AS_IN_A_RUN]:,.0f} MB. Weights, gradients and",
            "momentum are 733 MB of each.",
        ],
    )


def row(case: Case, took: Mapping[str, list[float]]) -> str:
    middles = [f"{1e3 * statistics.median(took[way]):.3g}" if way in took else "" for way in WAYS]
    return f"| {case.title}, batch {case.batch} | {' | '.join(middles)} |"


def in_turn(turns: Mapping[str, Turn], rounds: int) -> dict[str, list[float]]:
    """The seconds of a step of each, round by round, after one to warm up."""
    found: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds + 1):
        for name, turn in turns.items():
            took = turn()
            if number:
                found[name].append(took)
    return found


def ways(case: Case, ask: Callable[[str], float]) -> dict[str, Turn]:
    """The turns of all that take the steps of a case."""
    step = made_step(case)
    turns = {AS_IN_A_RUN: in_blocks(step, case), ONE_BY_ONE: one_by_one(step, case), EAGER: in_eager(case)}
    if JAX in case.asked:
        layout = min(LAYOUTS, key=lambda one: ask(f"{one} {case.batch} {SECONDS}"))
        turns[JAX] = lambda: ask(f"{layout} {case.batch} {SECONDS}")
    return turns


def timed(take: Callable[[], int]) -> float:
    """The seconds of a step, of which each call takes some."""
    count, began = 0, time.process_time()
    while time.process_time() < began + SECONDS:
        count += take()
    return (time.process_time() - began) / count


# --- nnstudio -------------------------------------------------------------------------------------------------------


def built(case: Case) -> BuiltNetwork:
    torch.manual_seed(0)
    network = build(history(case.name).network, HISTORY[case.name].shape, case.loss)
    initialize(network, case.plan)
    return network


def drawn_samples(case: Case, network: BuiltNetwork) -> PreparedSamples:
    """Noise, in the code that the loss takes."""
    shape = HISTORY[case.name].shape
    outputs = 1000 if case.name == ALEXNET else 10
    random = torch.Generator().manual_seed(0)
    classes = torch.randint(0, outputs, (case.rows,), generator=random)
    targets = code_targets(classes, case.loss, "class", outputs, lowest=network.lowest)
    return PreparedSamples(torch.randn(case.rows, *shape, generator=random), targets, classes)


def made_step(case: Case) -> Step:
    network, plan = built(case), case.plan
    samples = drawn_samples(case, network)
    return Step(networks_of([network], [plan], case.loss), [plan], samples, dropout_shapes(network, samples.inputs))


def orders(case: Case) -> Tensor:
    """The rows (n, batch) of the batches of an epoch."""
    count = case.rows // case.batch
    return torch.randperm(case.rows)[: count * case.batch].view(count, case.batch)


def one_by_one(step: Step, case: Case) -> Turn:
    batches = cycle(orders(case).unbind())

    def take() -> int:
        step([next(batches)])
        return 1

    return lambda: timed(take)


def in_blocks(step: Step, case: Case) -> Turn:
    """As many steps in a call as a run takes (`Loop.take_steps`)."""
    together = int(BLOCK / one_by_one(step, case)())
    block = step.block(case.batch) if together > 1 else None
    if block is None:
        return one_by_one(step, case)
    batches = orders(case)
    blocks = cycle(batches.split(min(together, len(batches))))  # type: ignore[no-untyped-call]
    losses, outputs = block.iteration.places(together)

    def take() -> int:
        rows = next(blocks)
        step.take_block([rows], losses[: len(rows)], outputs[: len(rows)])
        return len(rows)

    return lambda: timed(take)


# --- the others -----------------------------------------------------------------------------------------------------


def in_eager(case: Case) -> Turn:
    """The loop as everybody writes it."""
    network, plan = built(case), case.plan
    samples = drawn_samples(case, network)
    model = nn.Sequential(*network.trained.children()).train()
    loss_function = LOSSES[case.loss]
    momentum = plan.momentum if plan.optimizer == "momentum" else 0.0
    optimizer = torch.optim.SGD(model.parameters(), plan.learning_rate, momentum, weight_decay=plan.weight_decay)
    batches = cycle(orders(case).unbind())

    def take() -> int:
        rows = next(batches)
        optimizer.zero_grad()
        loss = loss_function(model(samples.inputs[rows]), samples.targets[rows])
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        loss.item()
        return 1

    return torch.enable_grad()(lambda: timed(take))


@contextmanager
def jax() -> Iterator[Callable[[str], float]]:
    """What asks JAX, in an environment and a process of its own, for the seconds of a step."""
    command = [peer_python(), str(Path(__file__).with_name("images_in_jax.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        answers = process.stdin, process.stdout

        def ask(line: str) -> float:
            print(line, file=answers[0], flush=True)
            return float(answers[1].readline())

        yield ask
        process.stdin.close()


# --- memory ---------------------------------------------------------------------------------------------------------


def peak(name: str, way: str) -> int:
    """The most bytes that a program of its own holds, which trains."""
    code = f"from tests.bench.images import train_some; train_some({name!r}, {way!r})"
    return most_memory("-c", code)


def train_some(name: str, way: str) -> None:
    """Some steps by themselves, or an epoch as it is really run."""
    torch.set_num_threads(1)
    case = next(one for one in CASES if one.name == name)
    if way == AS_IN_A_RUN:
        whole_run(case)
        return
    turn = one_by_one(made_step(case), case) if way == ONE_BY_ONE else in_eager(case)
    with torch.no_grad():
        for _time in range(5):
            turn()


def whole_run(case: Case) -> None:
    from nnstudio.data.dataset import load
    from nnstudio.training.control import Control
    from nnstudio.training.curves import Curves
    from nnstudio.training.session import train

    project = history(case.name)
    if case.name == ALEXNET:
        project = edits.set_data(project, source=f"{project.data.source}?samples={case.rows}")
    project = edits.set_training(project, epochs=2)
    dataset = load(project.data)
    for _event in train(edits.set_facts(project, project.data, dataset.facts), dataset, Control(), Curves()):
        pass
