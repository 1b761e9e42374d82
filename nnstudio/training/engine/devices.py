"""Where to compute: which devices there are, and which one a plan means here."""

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.engine import distributed

# Below this many multiply-adds a step, starting the work on a GPU takes longer than the work on the CPU.
WORK_WORTH_A_GPU = 20_000_000
# Below this many, a second thread costs more than it gives.
WORK_WORTH_THREADS = 15_000_000


def available() -> list[str]:
    """The devices of this machine by the names a plan gives them."""
    names = ["cpu"]
    if torch.cuda.is_available():
        names += ["cuda", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        names.append("mps")
    return names


def require(name: str) -> None:
    """UserError when a device that was asked for is not there."""
    if name not in ("auto", *available()):
        raise UserError(
            _("The device “{name}” is not on this machine. There are: {known}.").format(
                name=name, known=", ".join(available())
            )
        )


def choose(name: str, work: int, is_double: bool = False) -> tuple[torch.device, str]:
    """The device for a plan, and a remark when it is not the one the plan names.

    `work` is the number of multiply-adds of one step, `is_double` whether they are in float64, which Apple's MPS has
    not.
    """
    there = [one for one in available() if one != "mps" or not is_double]
    if name == "mps" and is_double:
        return torch.device("cpu"), _("Apple's MPS does not compute in float64; the CPU is used.")
    if name == "auto":
        accelerators = [one for one in ("cuda", "mps") if one in there]
        name = accelerators[0] if accelerators and work >= WORK_WORTH_A_GPU else "cpu"
    if name == "cuda" and distributed.wanted():
        name = f"cuda:{distributed.local_rank()}"
    if name in there:
        return torch.device(name), ""
    return torch.device("cpu"), _("The device “{name}” is not on this machine; the CPU is used.").format(name=name)


@contextmanager
def threads(work: int, spare_cores: int, earlier: int = 0) -> Iterator[None]:
    """One thread for small steps, otherwise a thread a core without those to spare; afterwards as many as before. A run
    that goes on has as many as it had `earlier`, where there are cores for them: their number decides the last bits.

    Threads wait for each other: where something else needs one of their cores, all of them fall to a third of their
    speed.
    """
    before = torch.get_num_threads()
    ours = usable_cores() // distributed.processes_here() - spare_cores
    wanted = 1 if work < WORK_WORTH_THREADS else max(1, ours)
    torch.set_num_threads(earlier if 0 < earlier <= usable_cores() else wanted)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def tiny_numbers_are_zero() -> Iterator[None]:
    """Numbers below 1e-38 taken for 0: after convergence, or deep in a network, the processor computes with them a
    hundred times slower.

    That is a setting of each thread. The threads that help this one take it over when they are made, at its first large
    computation: so this must come before all others.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def machine(device: torch.device) -> str:
    """What a device computes on, as far as that decides the last bits: the kind of processor and its instructions, or
    the model of the GPU."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{sys.platform} {platform.machine()} {torch.backends.cpu.get_cpu_capability()}"


def usable_cores() -> int:
    """The cores this process may run on, which in a container are fewer than the machine has."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
