"""Every layer of a run at rest: how its weights are distributed, and what enters its activation functions."""

from dataclasses import dataclass

import torch

from nnstudio.data.dataset import Dataset
from nnstudio.insight.initialization import Histogram, histogram
from nnstudio.project.model import Run
from nnstudio.training.inference import restore
from nnstudio.training.probes import ROWS, Activation, distribution, entering


@dataclass(frozen=True)
class LayerStatistics:
    """The weights of each dense layer, and what enters each activation function, by the id of the layer.

    `epoch` is that of the weights.
    """

    epoch: int
    weights: dict[str, Histogram]
    activations: dict[str, Activation]


def portrait(run: Run, dataset: Dataset) -> LayerStatistics:
    """The layers of a run, on some training samples with dropout off."""
    network = restore(run).network
    model = network.trained.eval()
    inputs = torch.from_numpy(dataset.train.all_inputs[dataset.train.rows[:ROWS]])
    with torch.no_grad(), entering(network) as entered:
        model(inputs)
    weights = {name: histogram(layer.weight.detach()) for name, layer in network.weighing().items()}
    return LayerStatistics(
        run.weights_epoch,
        weights,
        {name: distribution(values, model.get_submodule(name)) for name, values in entered.items()},
    )
