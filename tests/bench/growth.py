"""Steps a second against width, depth and batch, fast way and eager, with what the arithmetic alone would allow.

python3 packaging/develop.py bench growth [--rounds N]
"""

import math
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.training.engine import devices
from nnstudio.training.engine.batched import dropout_shapes, networks_of
from nnstudio.training.engine.build import build
from nnstudio.training.engine.metrics import PreparedSamples
from nnstudio.training.engine.step import Step, best_backend

RESULTS = Path(__file__).parent / "results"
INPUTS, CLASSES, ROWS = 64, 10, 8192
WIDTHS = [2**power for power in range(4, 13)]
DEPTHS = [2**power for power in range(7)]
BATCHES = [2**power for power in range(14)]
USUAL = {"width": 128, "depth": 2, "batch": 32}
SECONDS = 0.25
BACKENDS = {"nnstudio": "", "eager": "eager"}

EXPLAINED = """Where a line is flat a step is overhead: a fixed number of kernels a layer, each some microseconds. Where
it falls it runs along what the arithmetic alone would take, and against depth it falls by as much as there are more
layers. What is not smooth:

- One thread computes up to {limit:,} multiply-adds a step, all cores from there on; the lines bend there.
- From width 2048 the update waits for memory: Adam reads and writes each of up to 17 million weights, their gradients
  and two averages at every step.
"""


def main(rounds: int = 3, device: str = "cpu") -> int:
    axes: dict[str, Sequence[int]] = {"width": WIDTHS, "depth": DEPTHS, "batch": BATCHES}
    with devices.tiny_numbers_are_zero():
        return measured(axes, rounds, device)


def measured(axes: dict[str, Sequence[int]], rounds: int, device: str) -> int:
    peak = multiply_adds_a_second(torch.device(device))
    found = {axis: measure(axis, sizes, rounds, torch.device(device)) for axis, sizes in axes.items()}
    limits = {axis: [peak / work(**{**USUAL, axis: size}) for size in sizes] for axis, sizes in axes.items()}
    RESULTS.mkdir(exist_ok=True)
    name = "growth" if device == "cpu" else f"growth-{device.replace(':', '-')}"
    report = "\n".join(lines(axes, found, limits, rounds, device))
    print(report)
    (RESULTS / f"{name}.md").write_text(report, encoding="utf-8")
    draw(axes, found, limits, RESULTS / f"{name}.png")
    return 0


def work(width: int, depth: int, batch: int) -> int:
    """Multiply-adds of one step: forward, gradients of weights, gradients of inputs but the first layer's."""
    sizes = [(INPUTS, width), *[(width, width)] * (depth - 1), (width, CLASSES)]
    weights = [inputs * outputs for inputs, outputs in sizes]
    return batch * (3 * sum(weights) - weights[0])


def measure(axis: str, sizes: Sequence[int], rounds: int, device: torch.device) -> dict[str, list[float]]:
    """Median steps a second of each way at each size."""
    found: dict[str, list[float]] = {backend: [] for backend in BACKENDS}
    for size in sizes:
        shape = {**USUAL, axis: size}
        with devices.threads(work(**shape), 0), torch.no_grad():
            steps = {name: made_step(backend, device, **shape) for name, backend in BACKENDS.items()}
            speeds = [{name: speed(step, shape["batch"]) for name, step in steps.items()} for _round in range(rounds)]
        for name in BACKENDS:
            found[name].append(statistics.median(one[name] for one in speeds))
    return found


def made_step(backend: str, device: torch.device, width: int, depth: int, batch: int) -> Step:
    facts = DataFacts(ROWS, (INPUTS,), "class", tuple("abcdefghij"), ROWS, 0, 0)
    project = edits.set_facts(Project(), Project().data, facts)
    project = with_stack(project, f"dense:{width},relu," * depth + "dense:out", facts)
    plan = edits.set_training(project, batch_size=batch).training
    torch.manual_seed(0)
    network = build(project.network, (INPUTS,), "cross_entropy")
    network.drawn.to(device)
    classes = torch.randint(0, CLASSES, (ROWS,), device=device)
    samples = PreparedSamples(torch.randn(ROWS, INPUTS, device=device), classes, classes)
    shapes = dropout_shapes(network, samples.inputs)
    return Step(
        networks_of([network], [plan], "cross_entropy"), [plan], samples, shapes, backend or best_backend(device)
    )


def speed(step: Step, batch: int) -> float:
    """Steps a second, over batches drawn beforehand."""
    batches = torch.randperm(ROWS, device=step.device).split(batch)  # type: ignore[no-untyped-call]
    for rows in batches[:3]:
        losses, _outputs = step([rows])
    float(losses.sum())
    count, began = 0, time.perf_counter()
    while time.perf_counter() < began + SECONDS:
        for rows in batches[:50]:
            losses, _outputs = step([rows])
            count += 1
        float(losses.sum())  # a device works behind our back; here we wait for it
    return count / (time.perf_counter() - began)


def multiply_adds_a_second(device: torch.device) -> float:
    """What a large product of matrices reaches on all cores."""
    torch.set_num_threads(devices.usable_cores())
    one, other = (torch.randn(2048, 2048, device=device) for _matrix in range(2))
    best = 0.0
    for _time in range(6):
        began = time.perf_counter()
        float((one @ other)[0, 0])
        best = max(best, 2048**3 / (time.perf_counter() - began))
    return best


# --- the report -----------------------------------------------------------------------------------------------------


def lines(
    axes: dict[str, Sequence[int]],
    found: dict[str, dict[str, list[float]]],
    limits: dict[str, list[float]],
    rounds: int,
    device: str,
) -> Iterator[str]:
    yield f"# Growth on {device}"
    yield ""
    yield (
        f"Steps a second of {INPUTS} → width × depth → {CLASSES}, relu, adam; otherwise width {USUAL['width']}, depth "
        f"{USUAL['depth']}, batch {USUAL['batch']}. Medians of {rounds}. `python3 packaging/develop.py bench growth`."
    )
    yield ""
    yield EXPLAINED.format(limit=devices.WORK_WORTH_THREADS)
    for axis, sizes in axes.items():
        yield ""
        yield f"| {axis} | nnstudio | eager | × | arithmetic alone |"
        yield "| ---: | ---: | ---: | ---: | ---: |"
        for place, size in enumerate(sizes):
            ours, eager = found[axis]["nnstudio"][place], found[axis]["eager"][place]
            yield f"| {size} | {ours:,.0f} | {eager:,.0f} | {ours / eager:.1f} | {limits[axis][place]:,.0f} |"
    yield ""


def draw(axes, found, limits, path: Path) -> None:  # type: ignore[no-untyped-def]
    """Three plots beside each other, both axes logarithmic."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph
    from pyqtgraph.exporters import ImageExporter
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv)
    pyqtgraph.setConfigOptions(background="w", foreground="#333", antialias=True)
    view = pyqtgraph.GraphicsLayoutWidget(size=(1500, 480))
    for axis, sizes in axes.items():
        plot = view.addPlot()
        plot.setLogMode(True, True)
        plot.setLabel("bottom", axis)
        plot.setLabel("left", "steps a second")
        plot.showGrid(x=True, y=True, alpha=0.25)
        legend = plot.addLegend(offset=(-10, 10))
        legend.setLabelTextColor("#333")
        for name, values, color, symbol in (
            ("arithmetic alone", limits[axis], "#9aa3b0", None),
            ("eager", found[axis]["eager"], "#c24d00", "t1"),
            ("nnstudio", found[axis]["nnstudio"], "#0072b2", "o"),
        ):
            plot.plot(
                sizes, values, pen=pyqtgraph.mkPen(color, width=2), name=name, symbol=symbol, symbolBrush=color,
                symbolPen=None, symbolSize=8,
            )  # fmt: skip
        plot.getAxis("bottom").setTicks([[(math.log10(size), str(size)) for size in sizes[:: 1 + len(sizes) // 8]]])
        plot.setYRange(1, 5.2)
    view.show()
    app.processEvents()
    ImageExporter(view.scene()).export(str(path))
    view.close()
