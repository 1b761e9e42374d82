"""How each row of the validation part came out for a trial of a study: by these rows is told how much of a lead is
luck (studies/optimism.py)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from nnstudio.text import UserError
from nnstudio.text import translate as _

MOST_ROWS = 100_000
"""Of more rows only the first are kept: a lead on so many is no luck."""


@dataclass(frozen=True)
class ValidationRows:
    """The loss of each row (n,), and whether its class was named right (n,); None of a value."""

    loss: NDArray[np.float32]
    correct: NDArray[np.uint8] | None


def validation_bytes(rows: ValidationRows) -> bytes:
    """As a safetensors file."""
    named: dict[str, NDArray[Any]] = {"loss": rows.loss[:MOST_ROWS]}
    if rows.correct is not None:
        named["correct"] = rows.correct[:MOST_ROWS]
    written: bytes = safetensors.numpy.save(named)
    return written


def read_validation(content: bytes) -> ValidationRows:
    """The rows in such a file; UserError for anything else."""
    try:
        found: dict[str, NDArray[Any]] = safetensors.numpy.load(content)
    except safetensors.SafetensorError:
        raise UserError(_("What is kept of its validation rows is damaged.")) from None
    loss, correct = found.pop("loss", None), found.pop("correct", None)
    is_sound = (
        not found
        and loss is not None
        and loss.dtype == np.float32
        and loss.ndim == 1
        and len(loss) <= MOST_ROWS
        and (correct is None or (correct.dtype == np.uint8 and correct.shape == loss.shape))
    )
    if loss is None or not is_sound:
        raise UserError(_("What is kept of its validation rows is damaged."))
    return ValidationRows(loss, correct)
