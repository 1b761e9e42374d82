"""Memory that does not suffice is said with what was asked for, and a batch that fits is offered."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from nnstudio.data.dataset import Samples, load
from nnstudio.project import edits
from nnstudio.project.model import Project
from nnstudio.text import UserError
from nnstudio.training import memory
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine import step as steps
from nnstudio.training.memory import OutOfMemory
from nnstudio.training.session import Trained, coded, placed, train

Make = Callable[..., Project]


def run(project: Project) -> object:
    *_events, last = train(project, load(project.data), Control(), Curves())
    return last


def test_a_step_that_cannot_fit_is_foreseen_and_the_batch_offered_is_trained(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project("builtin:digits", "dense:128,relu,dense:out", batch_size=1000, epochs=2)
    monkeypatch.setattr(memory, "free", lambda device: 2_000_000)
    with pytest.raises(
        OutOfMemory, match=r"batch of 1000 \(5.* MB asked for, 2\.0 MB free\).*batch of 125 should fit"
    ) as raised:
        run(project)
    assert isinstance(run(edits.set_training(project, batch_size=raised.value.batch_size)), Trained)


def test_what_the_device_refuses_is_tried_with_smaller_batches(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As CUDA does it: the error comes while the step is made ready, and names what was asked for."""
    make = steps.Step._make_workspace

    def refuse(step: steps.Step, size: int) -> steps.StepBuffers:
        if size > 40:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total …")
        return make(step, size)

    monkeypatch.setattr(steps.Step, "_make_workspace", refuse)
    project = make_project("builtin:digits", batch_size=300, epochs=1)
    with pytest.raises(OutOfMemory, match=r"2\.1 GB asked for") as raised:
        run(project)
    assert raised.value.batch_size == 37
    assert isinstance(run(edits.set_training(project, batch_size=37)), Trained)


def test_a_network_that_never_fits_is_to_be_made_smaller(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free", lambda device: 10)
    with pytest.raises(OutOfMemory, match="fewer units") as raised:
        run(make_project())
    assert raised.value.batch_size == 0


def test_a_batch_that_batch_norm_refuses_is_not_offered(make_project: Make) -> None:
    project = make_project(layers="dense:4,batch_norm,dense:out", data_validation=0.0, data_test=0.0, batch_size=150)
    assert memory.fitting_batch(project, 150, lambda size: size < 75) == 37
    assert memory.fitting_batch(edits.set_training(project, batch_size=149), 149, lambda size: size < 75) == 74
    assert memory.fitting_batch(project, 150, lambda size: size < 4) == 2
    assert memory.fitting_batch(project, 150, lambda size: size < 2) == 0


def test_errors_that_mean_full_memory_are_known_by_all_their_text() -> None:
    too_much = 2**46
    with pytest.raises(RuntimeError) as raised:
        torch.empty(too_much)
    assert memory.is_shortage(raised.value) and memory.asked_for(raised.value) == 4 * too_much
    with pytest.raises(MemoryError) as full:
        np.empty(too_much)
    assert memory.is_shortage(full.value)
    for words, asked in (
        (
            "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: not enough memory: you tried to allocate 4096 bytes.",
            4096,
        ),
        ("MPS backend out of memory (MPS allocated: 5.00 GB, max allowed: 9.07 GB). Tried to allocate 2.00 GB", 2**31),
        ("CUDA error: out of memory", 0),
    ):
        assert memory.is_shortage(RuntimeError(words)) and memory.asked_for(RuntimeError(words)) == asked
    assert not memory.is_shortage(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


def test_data_without_room_on_the_device_is_streamed(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the computer is the device there is nothing to stream; the same room decides."""
    assert memory.has_room(torch.device("cpu"), 1000)
    monkeypatch.setattr(memory, "free", lambda device: 2000)
    assert not memory.has_room(torch.device("cpu"), 1000)


def test_a_class_number_without_an_output_is_found_before_it_is_used() -> None:
    samples = Samples(np.zeros((3, 2), np.float32), np.array([0, 4, 1]), np.arange(3, dtype=np.int32))
    there = placed(samples, "class", torch.device("cpu"))
    assert coded(there, "cross_entropy", "class", 5).targets.tolist() == [0, 4, 1]
    with pytest.raises(UserError, match=r"class number 4.* tells 4 classes"):
        coded(there, "cross_entropy", "class", 4)
