"""What a network gets most wrong, and what its first layer has learnt to look for."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.data.dataset import Samples
from nnstudio.project.model import Network, Run
from nnstudio.project.preparation import Preparation
from nnstudio.project.sample_picture import picture_shape_of
from nnstudio.project.shapes import infer_network
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.engine.build import BuiltNetwork
from nnstudio.training.engine.losses import LOSSES, mean_over_outputs
from nnstudio.training.engine.metrics import outputs_of
from nnstudio.training.inference import restore
from nnstudio.training.session import coded, placed

MOST = 24
"""As many of the worst are shown."""
MOST_UNITS = 32
"""As many units of the first layer are shown as pictures."""


@dataclass(frozen=True)
class Misclassified:
    """One sample the network is wrong about.

    `row` counts as the data does, `inputs` are (*sample_shape) as the network gets them; `answer` and `truth` are
    class numbers with the probability given to each, or the values in the units of the data.
    """

    row: int
    inputs: NDArray[np.float32]
    truth: float
    answer: float
    truth_share: float
    answer_share: float
    loss: float


@dataclass(frozen=True)
class LargestErrors:
    """The samples with the largest losses, worst first, of so many; and the first layer's weights as pictures.

    `picture_size` is height and width where the samples are pictures.
    """

    wrong: tuple[Misclassified, ...]
    samples: int
    wrong_classes: int
    pictures: NDArray[np.float32] | None
    picture_size: tuple[int, int] | None


def judge(run: Run, samples: Samples) -> LargestErrors:
    """Measure every sample by itself and find the worst. UserError for samples with several targets."""
    if run.preparation.task == "labels":
        raise UserError(_("These samples have several targets each; this list is for one."))
    trained = restore(run)
    preparation = trained.preparation
    whole = placed(samples, preparation.task, torch.device("cpu"))
    prepared = coded(whole, *trained.coding).part(slice(None))
    outputs = outputs_of(trained.network.trained, prepared.inputs)
    losses = mean_over_outputs(LOSSES[trained.loss](outputs, prepared.targets, reduction="none"))
    worst = losses.argsort(descending=True)[:MOST].tolist()
    found = []
    wrong_classes = 0
    if prepared.classes is None:
        scale, mean = preparation.target_scale, preparation.target_mean
        truth, answers = prepared.targets[:, 0] * scale + mean, outputs[:, 0] * scale + mean
        probabilities = torch.full_like(outputs[:, :1], math.nan).repeat(1, 2)
        places = torch.zeros(len(outputs), 2, dtype=torch.int64)
    else:
        probabilities = trained.network.probabilities(outputs, trained.loss)
        truth, answers = prepared.classes, probabilities.argmax(dim=1)
        places = torch.stack([truth, answers], dim=1)
        wrong_classes = int((truth != answers).sum())
    for one in worst:
        sure = probabilities[one][places[one]]
        found.append(
            Misclassified(
                int(samples.rows[one]),
                prepared.inputs[one].numpy().copy(),
                float(truth[one]),
                float(answers[one]),
                float(sure[0]),
                float(sure[1]),
                float(losses[one]),
            )
        )
    size = picture_size(run.network, preparation)
    return LargestErrors(tuple(found), len(samples), wrong_classes, first_layer(trained.network, size), size)


def first_layer(network: BuiltNetwork, size: tuple[int, int] | None) -> NDArray[np.float32] | None:
    """The weights of the first layer that weighs its inputs as pictures (units, height, width): of the whole sample, or
    of a kernel over one channel. None where they are none."""
    layer = next(iter(network.weighing().values()), None)
    if size is None or layer is None:
        return None
    weights: NDArray[Any] = layer.weight.detach()[:MOST_UNITS].numpy().copy()
    if weights.ndim == 4 and weights.shape[1] == 1:
        return weights[:, 0]
    return weights.reshape(-1, *size) if weights[0].size == size[0] * size[1] else None


def picture_size(network: Network, preparation: Preparation) -> tuple[int, int] | None:
    """Height and width of the grey picture that a sample is; None for one in colour, and for what is no picture."""
    shape = picture_shape_of(network, infer_network(network, preparation.shape), preparation)
    return shape[1:] if shape is not None and shape[0] == 1 else None
