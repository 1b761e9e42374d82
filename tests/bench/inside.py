"""What the engine costs by itself: variants side by side, probes, the first step, memory; a line each.

python3 packaging/develop.py bench inside [--rounds N]
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.memory import peak as most_memory
from tests.bench.works import WORKS, write_project

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = Path(__file__).parent / "results" / "inside.md"
SEEDS = 10
EPOCHS = 30


def main(rounds: int = 5) -> int:
    with tempfile.TemporaryDirectory() as folder:
        digits = write_project("digits", Path(folder))
        lines = [*variants(digits, rounds), *probes(digits, rounds), *first_step(digits, rounds)]
        lines += memory(Path(folder))
    head = f"# Inside the engine\n\nMedians of {rounds} rounds, `python3 packaging/develop.py bench inside`.\n"
    report = "\n".join([head, "| what | measured | asked |", "| --- | --- | --- |", *lines, ""])
    print(report)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(report, encoding="utf-8")
    return 0


def row(what: str, measured: str, asked: str) -> str:
    return f"| {what} | {measured} | {asked} |"


def in_turn(ways: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of each, measured in turn after one round to warm up."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            value = way()
            if number:
                found[name].append(value)
    return {name: statistics.median(values) for name, values in found.items()}


# --- side by side ---------------------------------------------------------------------------------------------------


def variants(project_file: Path, rounds: int) -> list[str]:
    """Ten seeds, and with and without dropout: together, and one after another."""
    from msgspec.structs import replace

    from nnstudio.data.dataset import load
    from nnstudio.project import edits
    from nnstudio.project.archive import open_project
    from nnstudio.training.control import Control
    from nnstudio.training.curves import Curves
    from nnstudio.training.session import train_together

    project = edits.set_training(open_project(project_file), epochs=EPOCHS)
    dataset = load(project.data)
    project = edits.set_facts(project, project.data, dataset.facts)
    seeds = [edits.set_training(project, seed=seed) for seed in range(SEEDS)]
    layers = tuple(
        replace(one, parameters={"rate": 0.0}) if one.type == "dropout" else one for one in project.network.layers
    )
    without = replace(project, network=replace(project.network, layers=layers))

    def seconds(groups: list[list[object]]) -> float:
        began = time.perf_counter()
        for group in groups:
            for _event in train_together(group, dataset, Control(), [Curves() for _one in group]):  # type: ignore[arg-type]
                pass
        return time.perf_counter() - began

    found = in_turn(
        {
            "one": lambda: seconds([[project]]),
            "ten": lambda: seconds([list(seeds)]),
            "in a row": lambda: seconds([[one] for one in seeds]),
            "twins": lambda: seconds([[project, without]]),
        },
        rounds,
    )
    return [
        row(
            "ten seeds of digits side by side",
            f"{found['ten'] / found['in a row']:.2f} of the ten in a row, {found['ten'] / found['one']:.2f} × one run",
            "at most 1 of the ten in a row",
        ),
        row("with and without dropout together", f"{found['twins'] / found['one']:.2f} × one run", "at most 1.8 ×"),
    ]


# --- probes ---------------------------------------------------------------------------------------------------------


def probes(project_file: Path, rounds: int) -> list[str]:
    """All probes asked for 30 times a second, against none."""
    import threading

    from nnstudio.data.dataset import load
    from nnstudio.project import edits
    from nnstudio.project.archive import open_project
    from nnstudio.training.control import Control
    from nnstudio.training.curves import Curves
    from nnstudio.training.session import Ready, Trained, train

    project = edits.set_training(open_project(project_file), epochs=400)
    dataset = load(project.data)
    project = edits.set_facts(project, project.data, dataset.facts)

    def speed(asks: bool) -> float:
        over = threading.Event()
        for event in train(project, dataset, Control(), Curves()):
            if isinstance(event, Ready) and asks:
                training_state = event.training_states[0]

                def request(training_state=training_state) -> None:  # type: ignore[no-untyped-def]
                    while not over.wait(1 / 30):
                        training_state.probes.request("gradients", "activations", "masks", "snapshot")

                threading.Thread(target=request, daemon=True).start()
            if isinstance(event, Trained):
                over.set()
                return event.run.samples_per_second
        raise AssertionError("no run")

    found = in_turn({"with": lambda: speed(True), "without": lambda: speed(False)}, rounds)
    cost = 1 - found["with"] / found["without"]
    return [row("all probes 30 times a second", f"{cost:.1%} of the speed", "under 5 %")]


# --- the first step -------------------------------------------------------------------------------------------------

FIRST_STEP = """
import sys, time
from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.archive import open_project
from nnstudio.training.control import Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.session import train
from pathlib import Path
project = open_project(Path(sys.argv[1]))
dataset = load(project.data)
project = edits.set_training(edits.set_facts(project, project.data, dataset.facts), epochs=1)
curves, began = Curves(), time.perf_counter()
for event in train(project, dataset, Control(), curves):
    if len(curves.batch_loss):
        break
print(time.perf_counter() - began)
"""


def first_step(project_file: Path, rounds: int) -> list[str]:
    """From the call to the end of the first epoch, torch loaded and nothing yet trained in the process."""
    command = [sys.executable, "-c", FIRST_STEP, str(project_file)]
    seconds = [
        float(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)
        for _round in range(rounds)
    ]
    return [
        row("the whole first epoch of digits, torch loaded", f"{statistics.median(seconds):.2f} s", "a step in 0.5 s")
    ]


# --- memory ---------------------------------------------------------------------------------------------------------


def memory(folder: Path) -> list[str]:
    """The peak of a training with a million rows, above that of a small one in the same program."""
    peaks = {name: peak(write_project(name, folder)) for name in ("digits", "table")}
    work = WORKS["table"]
    rows = work.rows + work.validation
    data = rows * (4 * work.inputs + 8)
    extra = peaks["table"] - peaks["digits"]
    return [
        row(
            f"peak memory, {work.rows:,} × {work.inputs}",
            f"{extra / data:.2f} × the data ({data / 1e6:.0f} MB), above the same program on digits "
            f"({peaks['digits'] / 1e6:.0f} MB)",
            "at most 1.5 × the data, plus the model",
        )
    ]


def peak(project: Path) -> int:
    """The most memory, in bytes, that training a project takes."""
    out = str(project.with_name("peak.nnstudio"))
    return most_memory("-m", "nnstudio", "train", str(project), "--json", "--out", out)
