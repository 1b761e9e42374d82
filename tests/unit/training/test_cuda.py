"""What only a CUDA device can prove: the step as one graph, streamed data, memory that is really full."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.model import Project, Run
from nnstudio.training import memory
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.memory import OutOfMemory
from nnstudio.training.session import EpochDone, Ready, Trained, train, train_together

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device on this machine")

Make = Callable[..., Project]

LAYERS = "dense:64,relu,dropout:0.3,dense:out"


def run_of(project: Project) -> Run:
    *_events, last = train(project, load(project.data), Control(), Curves())
    assert isinstance(last, Trained)
    return last.run


def test_the_step_is_one_graph_and_a_seed_gives_the_same_bits(make_project: Make) -> None:
    project = make_project("builtin:digits", LAYERS, device="cuda", epochs=5)
    first, again = run_of(project), run_of(project)
    assert first.backend == "graph" and first.device.startswith("cuda")
    assert first.history == again.history and first.weights == again.weights


def test_without_dropout_the_curve_is_that_of_the_cpu(make_project: Make) -> None:
    project = make_project("builtin:digits", "dense:64,relu,batch_norm,dense:out", epochs=5)
    there, here = (run_of(edits.set_training(project, device=device)) for device in ("cuda", "cpu"))
    for name in ("train_loss", "validation_loss"):
        np.testing.assert_allclose(getattr(there.history, name), getattr(here.history, name), rtol=1e-3)


def test_every_replay_draws_masks_anew(make_project: Make) -> None:
    project = make_project("builtin:digits", LAYERS, device="cuda", epochs=4)
    masks = []
    for event in train(project, load(project.data), Control(), Curves()):
        if isinstance(event, Ready):
            training_state = event.training_states[0]
        if isinstance(event, Ready | EpochDone):
            if "masks" in training_state.probes.newest:
                masks.append(training_state.probes.newest["masks"].masks["dropout_1"])
            training_state.probes.ask("masks")
    assert len(masks) >= 3
    assert all(abs(1 - mask.mean() - 0.3) < 0.06 for mask in masks)
    assert not np.array_equal(masks[0], masks[1]) and not np.array_equal(masks[1], masks[2])


def test_variants_side_by_side_are_one_graph(make_project: Make) -> None:
    project = make_project("builtin:digits", "dense:32,tanh,dense:out", device="cuda", epochs=4)
    projects = [edits.set_training(project, seed=seed) for seed in range(3)]
    events = train_together(projects, load(project.data), Control(), [Curves() for _one in projects])
    runs = [event.run for event in events if isinstance(event, Trained)]
    assert {run.backend for run in runs} == {"graph, 3 side by side"}
    for run in runs:
        alone = run_of(edits.set_training(project, seed=run.training.seed))
        np.testing.assert_allclose(run.history.train_loss, alone.history.train_loss, rtol=1e-3)


def test_data_that_has_no_room_is_streamed_and_gives_the_same_curve(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project("builtin:digits", LAYERS, device="cuda", epochs=3)
    whole = run_of(project)
    monkeypatch.setattr(memory, "has_room", lambda device, size: False)
    np.testing.assert_allclose(run_of(project).history.train_loss, whole.history.train_loss, rtol=1e-5)


def test_mixed_precision_learns(make_project: Make) -> None:
    run = run_of(make_project("builtin:digits", LAYERS, device="cuda", epochs=8, precision="mixed"))
    assert run.backend == "graph" and run.history.validation_accuracy[-1] > 0.9


def test_full_memory_is_told_with_a_batch_that_fits(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "foresee", lambda *arguments: None)  # so that the device itself refuses
    layers = "dense:20000,relu,dense:out"
    project = make_project("builtin:digits", layers, device="cuda", epochs=1, batch_size=1000)
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, 450e6 / total))
    try:
        with pytest.raises(OutOfMemory, match="should fit") as raised:
            run_of(project)
        assert 0 < raised.value.batch_size < 1000
        assert run_of(edits.set_training(project, batch_size=raised.value.batch_size)).epochs_run == 1
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        torch.cuda.empty_cache()
