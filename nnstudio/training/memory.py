"""Memory that does not suffice: foreseen or recognised, said in words, and answered with a batch that fits."""

import re
from collections.abc import Callable

import torch

from nnstudio.layers.spec import Shape
from nnstudio.project.edits import set_training
from nnstudio.project.memory_need import state_need, step_need
from nnstudio.project.model import Project
from nnstudio.project.shapes import batch_problems, infer, infer_network
from nnstudio.text import UserError, shown_bytes
from nnstudio.text import translate as _

SHARE = 0.8
"""Of the free memory, as much as may be planned with: others want some meanwhile."""

SIGNS = ("allocate memory", "not enough memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED")
"""What the errors of torch say when memory is full, where they have no class of their own: on Linux and macOS, on
Windows, on MPS and CUDA, and from CUDA's libraries."""

POWERS = {"b": 0, "K": 1, "M": 2, "G": 3, "T": 4}
ASKED = re.compile(r"allocate (\d+(?:\.\d+)?) (bytes|[KMGT]i?B)")


class OutOfMemory(UserError):
    """There is not enough memory for a training. `batch_size` is one that should fit, 0 where none does."""

    def __init__(self, message: str, batch_size: int) -> None:
        super().__init__(message)
        self.batch_size = batch_size


def is_shortage(error: BaseException) -> bool:
    """Whether an error means that memory is full."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in SIGNS)


def asked_for(error: BaseException) -> int:
    """How many bytes were asked for in vain; 0 where the error does not say."""
    found = ASKED.search(str(error))
    return int(float(found[1]) * 1024 ** POWERS[found[2][0]]) if found else 0


def free(device: torch.device) -> int:
    """The bytes that are free on a device now."""
    if device.type == "cuda":
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + kept  # torch keeps what it has freed, to use it again
    import psutil

    return int(psutil.virtual_memory().available)  # also of MPS, which shares the computer's own


def has_room(device: torch.device, size: int) -> bool:
    """Whether data of so many bytes may lie on the device, beside the training."""
    return size <= SHARE / 2 * free(device)


def foresee(project: Project, sample_shape: Shape, rows: int, variants: int, device: torch.device) -> None:
    """OutOfMemory when training so many variants would take more than is free: a computer that is full may hang."""
    there = free(device)
    inference = infer_network(project.network, sample_shape)

    def needed(size: int) -> int:
        return variants * (state_need(project.training, inference) + step_need(inference, size))

    asked = needed(min(project.training.batch_size, rows))
    if asked > SHARE * there:
        raise shortage(project, rows, asked, there, lambda size: needed(size) <= SHARE * there)


def shortage(
    project: Project, rows: int, asked: int, there: int, fits: Callable[[int], bool], doing: str = ""
) -> OutOfMemory:
    """The mistake, with the largest half, quarter … of the batch that fits, for so many rows of data; `doing` says what
    was being done when memory ran out."""
    now = min(project.training.batch_size, rows)
    smaller = fitting_batch(project, now, fits)
    words = _("There is not enough memory for a batch of {size} ({asked} asked for, {free} free).").format(
        size=now, asked=shown_bytes(asked) if asked else "?", free=shown_bytes(there)
    )
    if doing:
        words += " " + _("It ran out while {doing}.").format(doing=doing)
    advice = _("Give the network fewer units.")
    if smaller:
        advice = _("A batch of {size} should fit.").format(size=smaller)
    return OutOfMemory(f"{words} {advice}", smaller)


def fitting_batch(project: Project, now: int, fits: Callable[[int], bool]) -> int:
    """The largest half, quarter … of a batch that a project can be trained with; 0 where there is none."""
    size, inference = now // 2, infer(project)
    while size and (any(batch_problems(set_training(project, batch_size=size), inference)) or not fits(size)):
        size //= 2
    return size
