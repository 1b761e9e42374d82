"""What a CUDA device makes of the engine: a graph against eager, a large network against its limit, ten seeds.

python3 packaging/develop.py bench gpu [--rounds N]
"""

import statistics
import time
from itertools import pairwise
from pathlib import Path

import torch

from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.training.engine.batched import dropout_shapes, networks_of
from nnstudio.training.engine.build import build
from nnstudio.training.engine.metrics import PreparedSamples
from nnstudio.training.engine.step import Step
from tests.bench.works import WORKS, Work

RESULTS = Path(__file__).parent / "results" / "gpu.md"
STEPS = 300
SEEDS = 10


def main(rounds: int = 5) -> int:
    if not torch.cuda.is_available():
        print("There is no CUDA device on this machine; nothing was measured.")
        return 0
    digits, wide = WORKS["digits"], WORKS["wide"]
    graph, eager = (median(digits, backend, 1, rounds) for backend in ("graph", "eager"))
    ten = median(digits, "graph", SEEDS, rounds)
    large = median(wide, "graph", 1, rounds)
    limit = least_seconds(wide)
    rows = [
        ("digits, a step as one graph", f"{1e6 * graph:.0f} µs, {eager / graph:.1f} × eager", "at least 5 × eager"),
        ("ten seeds of digits side by side", f"{ten / graph:.2f} × one", "at most 2 ×"),
        (
            "60,000 × 784, batch 128, a step",
            f"{1e6 * large:.0f} µs, {large / limit:.2f} × what arithmetic and memory need",
            "at most 1.3 ×",
        ),
    ]
    table = [f"| {what} | {measured} | {asked} |" for what, measured, asked in rows]
    head = f"# On {torch.cuda.get_device_name()}\n\nMedians of {rounds}. `python3 packaging/develop.py bench gpu`.\n"
    report = "\n".join([head, "| what | measured | asked |", "| --- | --- | --- |", *table, ""])
    print(report)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(report, encoding="utf-8")
    return 0


def median(work: Work, backend: str, networks: int, rounds: int) -> float:
    """Seconds for a step of one or several networks."""
    with torch.no_grad():
        step = made_step(work, backend, networks)
        return statistics.median(seconds(step, work) for _round in range(rounds + 1))


def made_step(work: Work, backend: str, networks: int) -> Step:
    device = torch.device("cuda")
    classes = tuple(f"{number:03}" for number in range(work.outputs))
    facts = DataFacts(work.rows, (work.inputs,), "class", classes, work.rows, 0, 0)
    project = with_stack(edits.set_facts(Project(), Project().data, facts), work.layers(), facts)
    plans = [edits.set_training(project, batch_size=work.batch, seed=seed).training for seed in range(networks)]
    built = [build(project.network, (work.inputs,), "cross_entropy") for _network in range(networks)]
    for network in built:
        network.drawn.to(device)
    targets = torch.randint(0, work.outputs, (work.rows,), device=device)
    samples = PreparedSamples(torch.randn(work.rows, work.inputs, device=device), targets, targets)
    return Step(
        networks_of(built, plans, "cross_entropy"), plans, samples, dropout_shapes(built[0], samples.inputs), backend
    )


def seconds(step: Step, work: Work) -> float:
    """Seconds for a step, with the device waited for at both ends."""
    drawn = [torch.randperm(work.rows, device=step.device) for _network in step.weights]
    orders = [one.split(work.batch) for one in drawn]  # type: ignore[no-untyped-call]
    full = work.rows // work.batch
    torch.cuda.synchronize()
    began = time.perf_counter()
    for number in range(STEPS):
        step([order[number % full] for order in orders])
    torch.cuda.synchronize()
    return (time.perf_counter() - began) / STEPS


def least_seconds(work: Work) -> float:
    """What a step needs at least: its products as fast as this device does them, or its memory traffic, in turn."""
    sizes = [work.inputs, *work.hidden, work.outputs]
    pairs = list(pairwise(sizes))
    products = 0.0
    for place, (inputs, outputs) in enumerate(pairs):
        products += product_seconds(work.batch, inputs, outputs) + product_seconds(outputs, work.batch, inputs)
        products += product_seconds(work.batch, outputs, inputs) if place else 0.0
    weights = sum(inputs * outputs + outputs for inputs, outputs in pairs)
    memory = torch.empty(2**28, device="cuda")
    copied = timed(lambda: memory[: 2**27].copy_(memory[2**27 :]))
    bytes_a_second = 2 * 4 * 2**27 / copied
    # Adam reads weights, gradients and two averages, and writes all but the gradients.
    return products + 7 * 4 * weights / bytes_a_second


def product_seconds(rows: int, inner: int, columns: int) -> float:
    left, right = torch.randn(rows, inner, device="cuda"), torch.randn(inner, columns, device="cuda")
    return timed(lambda: torch.mm(left, right))


def timed(work) -> float:  # type: ignore[no-untyped-def]
    """Seconds of some device work, without the time to launch it: as one graph of many."""
    for _time in range(3):
        work()
    torch.cuda.synchronize()
    graph, times = torch.cuda.CUDAGraph(), 20
    with torch.cuda.graph(graph):
        for _time in range(times):
            work()
    graph.replay()
    torch.cuda.synchronize()
    began = time.perf_counter()
    for _time in range(10):
        graph.replay()
    torch.cuda.synchronize()
    return (time.perf_counter() - began) / (10 * times)
