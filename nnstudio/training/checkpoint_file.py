"""Where a training stands, as it is kept with its run in a project file: a safetensors file with a few counts."""

import math
from typing import Annotated, Any

import msgspec
import numpy as np
import safetensors
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.layers.catalogue import layer_type
from nnstudio.project.model import Run
from nnstudio.project.settings import TRAINING_SETTINGS, check_setting
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.checkpoint import Checkpoint
from nnstudio.training.curves import Curves
from nnstudio.training.early_stopping import EarlyStopping

MOST_BYTES = 2**26
"""Of a larger network the state is not kept: the project file could not be handed about."""
STORED_NAMES = {"correct": "right", "events": "marks", "transposed": "turned", "backend": "engine"}
"""What fields are called in the file, since format 5; so are its tensors."""
COUNTS = "counts"
OPTIMIZER = "optimizer."
LENGTH = 8
"""Bytes at the beginning of a safetensors file that tell how long its description is."""

UNSOUND = (
    safetensors.SafetensorError, msgspec.MsgspecError, KeyError, TypeError, ValueError, RuntimeError, UserError,
)  # fmt: skip
"""What reading a state that is no sound one raises; of kinds of numbers that cannot be computed with, RuntimeError."""

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class EarlyStoppingState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An `EarlyStopping`, under the same names; a loss is None where there was none yet."""

    patience: Count
    min_delta: float
    best_epoch: Count
    best_loss: float | None
    epochs_without_improvement: Count
    reference: float | None
    reference_epoch: Count


class CheckpointCounters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=STORED_NAMES):
    """All of a `Checkpoint` that is no tensor, under the same names, and its early stopping."""

    epoch: Count
    batch: Count
    correct: Count
    learning_rate: float
    dropout_rates: dict[str, float]
    events: Count
    seconds: float
    transposed: bool
    device: str
    backend: str
    stopping: EarlyStoppingState


SAME = tuple(name for name in CheckpointCounters.__struct_fields__ if name != "stopping")


def checkpoint_bytes(checkpoint: Checkpoint | None, curves: Curves) -> bytes:
    """What a run needs to go on from here in another process; b"" where that is not known or too large."""
    if checkpoint is None:
        return b""
    waiting: dict[str, Any] = {
        name: known(getattr(checkpoint.stopping, name)) for name in EarlyStoppingState.__struct_fields__
    }
    counts = CheckpointCounters(
        **{name: getattr(checkpoint, name) for name in SAME}, stopping=EarlyStoppingState(**waiting)
    )
    tensors = {
        "masks": checkpoint.masks,
        "orders": checkpoint.shuffle_generator,
        "order": checkpoint.permutation,
        # As they were computed: in 32 bits.
        "losses": torch.from_numpy(curves.batch_loss.values[: checkpoint.batches_run].astype(np.float32)),
        **listed("weights", checkpoint.weights),
        **listed("best", checkpoint.best),
        **{OPTIMIZER + name: tensor for name, tensor in checkpoint.optimizer.items()},
    }
    if checkpoint.batch:  # at the end of an epoch they are the weights
        tensors |= listed("sound", checkpoint.last_complete)
    if sum(tensor.nbytes for tensor in tensors.values()) > MOST_BYTES:
        return b""
    kept = {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}
    return safetensors.torch.save(kept, {COUNTS: msgspec.json.encode(counts).decode()})


def read_checkpoint(run: Run) -> tuple[Checkpoint, NDArray[np.float64]]:
    """Where a run stood, and the losses (n,) of its batches up to there. UserError for a state that is not known or not
    sound."""
    if not run.checkpoint:
        raise UserError(
            _("Run {number} cannot be carried on: where it stood is not in the project.").format(
                number=run.id.removeprefix("run-")
            )
        )
    damaged = UserError(
        _("Run {number} cannot be carried on: what is kept of where it stood is damaged.").format(
            number=run.id.removeprefix("run-")
        )
    )
    try:
        tensors = safetensors.torch.load(run.checkpoint)
        counts = counts_in(run.checkpoint)
        checkpoint = Checkpoint(
            **{name: getattr(counts, name) for name in SAME},
            stopping=stopping_of(counts.stopping),
            weights=unlisted("weights", tensors),
            last_complete=unlisted("sound" if counts.batch else "weights", tensors),
            best=unlisted("best", tensors),
            optimizer={
                name.removeprefix(OPTIMIZER): tensor for name, tensor in tensors.items() if name.startswith(OPTIMIZER)
            },
            masks=tensors["masks"],
            shuffle_generator=tensors["orders"],
            permutation=tensors["order"],
            batches_run=len(tensors["losses"]),
        )
        losses: NDArray[Any] = tensors["losses"].numpy()
        check_setting(TRAINING_SETTINGS, "learning_rate", counts.learning_rate)
        for rate in counts.dropout_rates.values():
            layer_type("dropout").parameter("rate").check(rate)
        learnt = *checkpoint.weights, *checkpoint.last_complete, *checkpoint.best, *checkpoint.optimizer.values()
        has_numbers = all(bool(one.isfinite().all()) for one in learnt)
        is_whole = losses.ndim == 1 and not np.isinf(losses).any() and counts.epoch == len(run.history.epoch)
    except UNSOUND:
        raise damaged from None
    if not is_whole:
        raise damaged
    if not has_numbers:
        words = _(
            "Run {number} holds weights that are not numbers (NaN). Nothing can be computed or trained with them."
        )
        raise UserError(words.format(number=run.id.removeprefix("run-")))
    return checkpoint, losses.astype(np.float64)


def counts_in(content: bytes) -> CheckpointCounters:
    """The counts in the description of a safetensors file that was read already."""
    length = int.from_bytes(content[:LENGTH], "little")
    described = msgspec.json.decode(content[LENGTH : LENGTH + length])
    return msgspec.json.decode(described["__metadata__"][COUNTS], type=CheckpointCounters)


def stopping_of(waiting: EarlyStoppingState) -> EarlyStopping:
    stopping = EarlyStopping(waiting.patience, waiting.min_delta)
    for name in EarlyStoppingState.__struct_fields__:
        value = getattr(waiting, name)
        setattr(stopping, name, math.inf if value is None else value)
    return stopping


def known(value: float) -> float | None:
    """JSON holds no infinity, which stands for a loss that was not measured yet."""
    return value if math.isfinite(value) else None


def listed(name: str, tensors: list[Tensor]) -> dict[str, Tensor]:
    return {f"{name}.{place}": tensor for place, tensor in enumerate(tensors)}


def unlisted(name: str, tensors: dict[str, Tensor]) -> list[Tensor]:
    """What `listed` named, in its order; KeyError for a gap."""
    count = sum(one.startswith(f"{name}.") for one in tensors)
    return [tensors[f"{name}.{place}"] for place in range(count)]
