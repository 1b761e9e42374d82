"""How each row of the validation part comes out with the weights of a run."""

import numpy as np
import torch

from nnstudio.data.dataset import Samples
from nnstudio.project.model import Run
from nnstudio.project.validation_rows import MOST_ROWS, ValidationRows
from nnstudio.training.engine.losses import LOSSES, mean_over_outputs
from nnstudio.training.engine.metrics import outputs_of
from nnstudio.training.inference import restore
from nnstudio.training.session import coded, placed


def validation_rows(run: Run, samples: Samples) -> ValidationRows:
    """The loss of each row (n,), and whether it was named right (n,), None of a value."""
    trained = restore(run)
    whole = placed(samples, trained.preparation.task, torch.device("cpu"))
    prepared = coded(whole, *trained.coding).part(slice(0, MOST_ROWS))
    with torch.no_grad():
        outputs = outputs_of(trained.network.trained, prepared.inputs)
        losses = mean_over_outputs(LOSSES[trained.loss](outputs, prepared.targets, reduction="none"))
    correct = None
    if prepared.classes is not None:
        correct = (trained.network.named(outputs) == prepared.classes).numpy().astype(np.uint8)
    return ValidationRows(losses.float().numpy(), correct)
