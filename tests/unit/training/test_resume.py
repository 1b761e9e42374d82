"""A run that was stopped goes on in a new process to the bits of one that never was, or says why it cannot."""

import json
import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import safetensors.torch
import torch
from msgspec.structs import replace
from torch import Tensor

from nnstudio.data.dataset import load
from nnstudio.project import edits, variants
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataChoice, DataFacts, Project, Run
from nnstudio.text import UserError
from nnstudio.training.checkpoint_file import COUNTS, EarlyStoppingState, counts_in, read_checkpoint
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine import devices
from nnstudio.training.run_record import InitialState
from nnstudio.training.session import Trained, train, train_together
from tests.unit.training.resuming import TASKS, StopsAt, checksum, gone_on, keep, task, trained

whole = cache(trained)
"""The run of a task that is never stopped."""


def batches(name: str) -> int:
    return math.ceil(load(task(name).data).facts.train / task(name).training.batch_size)


def stops(name: str) -> dict[str, int]:
    """The batch before which each is stopped, by what it is."""
    epoch, ended = batches(name), whole(name).epochs_run
    found = {"0": 0, "1": 1, "mid-epoch": 2 * epoch + epoch // 2, "epoch edge": 3 * epoch, "last batch": 2 * epoch - 1}
    return {**found, "before the last epoch": (ended - 1) * epoch}


@cache
def stopped(name: str, stop: str) -> Run:
    return trained(name, stops(name)[stop])


STOPS = "0", "1", "mid-epoch", "epoch edge", "last batch", "before the last epoch"
CELLS = [(name, stop) for name in TASKS for stop in STOPS]


def test_some_of_the_tasks_stop_early() -> None:
    ended = {name: whole(name).stop_reason for name in TASKS}
    assert list(ended.values()).count("patience") >= 2 and list(ended.values()).count("epochs") >= 2, ended


def test_in_a_new_process_a_stopped_run_comes_to_the_bits_of_a_whole_one(tmp_path: Path) -> None:
    paths = {}
    for name, stop in CELLS:
        path = tmp_path / f"{len(paths)}.nnstudio"
        keep(stopped(name, stop), name, path)
        paths[str(path)] = name, stop
    command = [sys.executable, "-m", "tests.unit.training.resuming", *paths]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    wrong = [paths[path] for path, sum in found.items() if sum != checksum(whole(paths[path][0]))]
    assert len(found) == len(CELLS) == 6 * len(TASKS) and not wrong


@pytest.mark.parametrize("name", ["adam, dropout", "rmsprop, batch norm"])
def test_stopped_before_any_step_a_run_comes_to_the_bits_of_a_whole_one(name: str) -> None:
    """The whole one takes its epochs several as one call, the stopped one its steps one by one up to there."""
    expected = checksum(whole(name))
    wrong = [
        number
        for number in range(batches(name) * whole(name).epochs_run)
        if comes_to(name, trained(name, number)) != expected
    ]
    assert not wrong


# --- what would happen without a part of the state ------------------------------------------------------------------


def without_tensors(prefix: str) -> Callable[[Run], Run]:
    """The run with these tensors as a new training has them."""

    def withheld(run: Run) -> Run:
        counts, tensors = counts_in(run.checkpoint), safetensors.torch.load(run.checkpoint)
        for name, tensor in tensors.items():
            if name.startswith(prefix):
                tensors[name] = fresh(name, tensor, run)
        return replace(run, checkpoint=safetensors.torch.save(tensors, {COUNTS: msgspec.json.encode(counts).decode()}))

    return withheld


def fresh(name: str, tensor: Tensor, run: Run) -> Tensor:
    if name in ("masks", "orders"):
        return torch.Generator().manual_seed(run.training.seed).get_state()
    if name == "order":
        return tensor.sort().values
    return torch.zeros_like(tensor)


def without_counts(**values: Any) -> Callable[[Run], Run]:
    """The run with these counts as a new training has them."""

    def withheld(run: Run) -> Run:
        counts, tensors = counts_in(run.checkpoint), safetensors.torch.load(run.checkpoint)
        own = {name: run.training.learning_rate if name == "learning_rate" else value for name, value in values.items()}
        if "dropout_rates" in own:
            own["dropout_rates"] = dict.fromkeys(counts.dropout_rates, 0.3)
        stopping = {name: own.pop(name) for name in list(own) if name in EarlyStoppingState.__struct_fields__}
        changed = replace(counts, **own, stopping=replace(counts.stopping, **stopping))
        return replace(run, checkpoint=safetensors.torch.save(tensors, {COUNTS: msgspec.json.encode(changed).decode()}))

    return withheld


WITHHELD: dict[str, Callable[[Run], Run]] = {
    "weights": without_tensors("weights.0"),
    "averages of batch norm": without_tensors("weights.1"),
    "best weights": without_tensors("best."),
    "optimizer": without_tensors("optimizer."),
    "generator of masks": without_tensors("masks"),
    "generator of orders": without_tensors("orders"),
    "order of the epoch": without_tensors("order"),
    "losses of batches": without_tensors("losses"),
    "position": without_counts(batch=0),
    "samples named right": without_counts(correct=0),
    "learning rate": without_counts(learning_rate=0.0),
    "dropout rates": without_counts(dropout_rates={}),
    "epoch": without_counts(epoch=0),
    "best epoch": without_counts(best_epoch=0),
    "best loss": without_counts(best_loss=None),
    "epochs waited": without_counts(epochs_without_improvement=0),
    "what improvement is measured against": without_counts(reference=None),
    "curve": lambda run: replace(run, history=type(run.history)()),
    "marks": lambda run: replace(run, events=()),
}


def comes_to(name: str, run: Run) -> str:
    try:
        return checksum(gone_on(edits.add_run(task(name), run)))
    except UserError as mistake:
        return str(mistake)


@pytest.mark.parametrize("part", WITHHELD)
def test_without_a_part_of_its_state_a_run_would_not_come_to_them(part: str) -> None:
    for name, stop in CELLS[::-1]:
        if comes_to(name, WITHHELD[part](stopped(name, stop))) != checksum(whole(name)):
            return
    pytest.fail(f"nothing needs {part}")


def test_stopped_twice_in_an_epoch_a_run_has_the_weights_of_the_last_complete_one() -> None:
    name, stop = "weights of the last epoch", stops("weights of the last epoch")["mid-epoch"]
    run = stopped(name, "mid-epoch")
    once = trained(name, stop + 1)
    assert checksum(gone_on(edits.add_run(task(name), run), stop + 1)) == checksum(once)
    without = without_tensors("sound.")(run)
    assert checksum(gone_on(edits.add_run(task(name), without), stop + 1)) != checksum(once)


# --- what cannot be exact, and what cannot be at all ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "field", "value"),
    [
        ("data", "data_sha256", "0" * 64), ("data", "rows", 1), ("device", "device", "cuda:0"),
        ("machine", "machine", "another"), ("version", "torch", "1.0"), ("backend", "threads", 64),
    ],
)  # fmt: skip
def test_a_run_that_cannot_go_on_exactly_is_marked_so(what: str, field: str, value: object) -> None:
    run = replace(stopped("momentum", "epoch edge"), **{field: value})
    events = gone_on(edits.add_run(task("momentum"), run)).events
    assert [(mark.epoch, mark.what) for mark in events] == [(3.0, f"resumed:{what}")]
    assert "not bit for bit" in variants.event_text(events[0], run.network)


def test_a_run_that_goes_on_another_way_is_marked_so() -> None:
    run = without_counts(backend="scripted, 2 side by side")(stopped("momentum", "epoch edge"))
    events = gone_on(edits.add_run(task("momentum"), run)).events
    assert [(mark.epoch, mark.what) for mark in events] == [(3.0, "resumed:backend")]


@pytest.mark.parametrize("device", ["cuda:0", "mps"])
def test_a_run_of_a_device_that_is_missing_goes_on_here_and_is_marked(device: str) -> None:
    if device.partition(":")[0] in devices.available():
        pytest.skip(f"there is a device {device} on this machine")
    name = "adam, dropout"
    run = replace(without_counts(device=device)(stopped(name, "mid-epoch")), device=device)
    longer = gone_on(edits.add_run(task(name), run))
    assert longer.device == "cpu" and longer.epochs_run > run.epochs_run
    assert "resumed:device" in {mark.what for mark in longer.events}
    # Masks for Apple's GPU are drawn on the CPU, and those go on as they were.
    same = [mark.what for mark in longer.events] == ["resumed:device"] and longer.history == whole(name).history
    assert same == (device == "mps")


def test_on_other_data_the_epoch_begins_anew_and_that_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "".join(f"{n % 7},{'ab'[n % 2]}\n" for n in range(100)))
    project = with_stack(edits.set_data(Project(), source=str(path)), "dense:4,relu,dense:out", load_facts(path))
    project = edits.set_training(project, epochs=4, patience=0, batch_size=16)
    *_events, last = train(project, load(project.data), StopsAt(7, False), Curves())
    assert isinstance(last, Trained) and last.run.epochs_run == 1 and last.run.rows == 100
    path.write_text("x,y\n" + "".join(f"{n % 7},{'ab'[n % 2]}\n" for n in range(160)))
    run = gone_on(edits.add_run(project, last.run))
    assert run.epochs_run == 4 and run.rows == 160
    assert [mark.what for mark in run.events] == ["resumed:data"]


def load_facts(path: Path) -> DataFacts:
    return load(DataChoice(str(path))).facts


def test_a_network_that_has_changed_is_named(tmp_path: Path) -> None:
    run = stopped("momentum", "mid-epoch")
    project = edits.set_parameter(edits.add_run(task("momentum"), run), "dense_1", "units", 9)
    with pytest.raises(UserError, match=r"since run 1 \(Dense 1: units 8 → 9\)"):
        variants.check_resumable(project, run)


def test_a_state_that_is_no_numbers_is_not_trained_on() -> None:
    run = stopped("momentum", "mid-epoch")
    tensors, counts = safetensors.torch.load(run.checkpoint), counts_in(run.checkpoint)
    tensors["weights.0"][3] = math.nan
    spoilt = replace(run, checkpoint=safetensors.torch.save(tensors, {COUNTS: msgspec.json.encode(counts).decode()}))
    with pytest.raises(UserError, match=r"Run 1 holds weights that are not numbers \(NaN\)"):
        gone_on(edits.add_run(task("momentum"), spoilt))


def test_a_run_without_a_state_says_so() -> None:
    with pytest.raises(UserError, match="where it stood is not in the project"):
        gone_on(edits.add_run(task("momentum"), replace(stopped("momentum", "mid-epoch"), checkpoint=b"")))


def test_whatever_a_state_holds_a_run_goes_on_or_says_that_it_is_damaged() -> None:
    """Tensors of other shapes and kinds, missing and strange ones, and counts out of range."""
    random, run = np.random.default_rng(0), stopped("adam, dropout", "mid-epoch")
    refused = 0
    for _time in range(200):
        tensors, counts = safetensors.torch.load(run.checkpoint), msgspec.to_builtins(counts_in(run.checkpoint))
        name = str(random.choice(sorted(tensors)))
        count = str(random.choice(sorted(counts)))
        match int(random.integers(8)):
            case 0:
                del tensors[name]
            case 1:
                tensors[name] = tensors[name][:-1] if tensors[name].ndim else tensors[name].reshape(1)
            case 2:
                tensors[name] = tensors[name].double()
            case 3:
                tensors[name] = torch.from_numpy(random.integers(0, 200, tensors[name].shape)).to(tensors[name].dtype)
            case 4:
                tensors["optimizer.9.more"] = torch.zeros(3)
            case 5:
                counts[count] = random.choice([-1, 10**9, 2**60, 0.5]).item()
            case 6:
                counts[count] = [None, "x", {}][random.integers(3)]
            case 7:
                del counts[count]
        state = safetensors.torch.save(tensors, {COUNTS: json.dumps(counts)})
        if random.random() < 0.2:
            state = state[: random.integers(len(state))]
        try:
            gone_on(edits.add_run(task("adam, dropout"), replace(run, checkpoint=state)), stop=len(tensors))
        except UserError as mistake:
            assert "cannot be carried on" in str(mistake) or "NaN" in str(mistake)
            refused += 1
    assert 100 < refused < 200


def together(
    projects: list[Project], control: Control, initial_states: Sequence[InitialState | None] = ()
) -> list[Run]:
    """The runs of projects that are trained side by side."""
    curves = [Curves() for _project in projects]
    for begun, one in zip(initial_states, curves, strict=False):
        assert begun is not None
        one.__dict__.update(Curves.of(begun.run.history, begun.run.events).__dict__)
        one.batch_loss.extend(read_checkpoint(begun.run)[1])
    runs: list[Run] = [None] * len(projects)  # type: ignore[list-item]
    for event in train_together(projects, load(projects[0].data), control, curves, initial_states=initial_states):
        if isinstance(event, Trained):
            runs[event.variant] = event.run
    return runs


def test_networks_that_were_stacked_go_on_together_when_one_of_them_had_ended() -> None:
    project = edits.set_training(task("one order for all epochs"), optimizer="adam", learning_rate=0.02)
    projects = [edits.set_training(project, seed=seed, epochs=3 if seed == 1 else 8) for seed in (1, 2, 3)]
    whole = together(projects, Control())
    stopped = together(projects, StopsAt(5 * batches("one order for all epochs") + 2, False))
    assert [run.stop_reason for run in stopped] == ["epochs", "user", "user"]
    begun = [InitialState(run, checkpoint=read_checkpoint(run)[0]) for run in stopped[1:]]
    longer = together(projects[1:], Control(), begun)
    assert [checksum(run) for run in longer] == [checksum(run) for run in whole[1:]]
    assert all(run.events == () for run in longer)
    # The other, had it been let go on as well, would have gone past its end.
    assert whole[0].epochs_run == 3


def test_hostile_kinds_of_numbers_and_shapes_are_refused() -> None:
    run = stopped("momentum", "mid-epoch")
    for name, spoilt in (
        ("order", torch.tensor(3)), ("order", torch.empty(0)), ("weights.0", torch.zeros(67).to(torch.float8_e5m2)),
        ("masks", torch.zeros(3)), ("losses", torch.tensor(1.0)), ("orders", torch.zeros(5056, dtype=torch.uint8)),
    ):  # fmt: skip
        tensors, counts = safetensors.torch.load(run.checkpoint), counts_in(run.checkpoint)
        tensors[name] = spoilt
        state = safetensors.torch.save(tensors, {COUNTS: msgspec.json.encode(counts).decode()})
        try:
            longer = gone_on(edits.add_run(task("momentum"), replace(run, checkpoint=state)))
        except UserError as mistake:
            assert "cannot be carried on" in str(mistake), name
        else:
            assert name == "order" and longer.epochs_run == run.training.epochs  # its epoch was begun anew
