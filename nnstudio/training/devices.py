"""Where to compute: which devices there are, and which one a plan means here."""

import os

import torch

from nnstudio.text import Mistake
from nnstudio.text import translate as _

# Below this many multiply-adds a step, starting the work on a GPU takes longer than the work on the CPU.
WORK_WORTH_A_GPU = 20_000_000
# Below this many, a second thread costs more than it gives.
WORK_WORTH_THREADS = 5_000_000


def available() -> list[str]:
    """The devices of this machine by the names a plan gives them."""
    names = ["cpu"]
    if torch.cuda.is_available():
        names += ["cuda", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        names.append("mps")
    return names


def require(name: str) -> None:
    """Mistake when a device that was asked for is not there."""
    if name not in ("auto", *available()):
        raise Mistake(
            _("The device “{name}” is not on this machine. There are: {known}.").format(
                name=name, known=", ".join(available())
            )
        )


def choose(name: str, work: int) -> tuple[torch.device, str]:
    """The device for a plan, and a remark when it is not the one the plan names.

    `work` is the number of multiply-adds of one step.
    """
    there = available()
    if name == "auto":
        accelerators = [one for one in ("cuda", "mps") if one in there]
        name = accelerators[0] if accelerators and work >= WORK_WORTH_A_GPU else "cpu"
    if name in there:
        return torch.device(name), ""
    return torch.device("cpu"), _("The device “{name}” is not on this machine; the CPU is used.").format(name=name)


def use_threads(work: int) -> None:
    """One thread for small steps, otherwise all cores but one, which stays free for the window.

    Beside a busy core two threads fall to a third of their speed.
    """
    # After convergence gradients become so small that the processor computes with them a hundred times slower.
    torch.set_flush_denormal(True)
    torch.set_num_threads(1 if work < WORK_WORTH_THREADS else max(1, (os.cpu_count() or 2) - 1))
