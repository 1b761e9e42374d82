"""The initialisation lab: what the first weights' deviation does to a network before and during its first epochs.

Weights are drawn from N(0, σ²). Too small, signals and gradients fade from layer to layer; too large, they blow up or
push sigmoid and tanh to where they are flat (Glorot and Bengio 2010).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset
from nnstudio.project.edits import set_training
from nnstudio.project.model import Project
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine.build import BuiltNetwork
from nnstudio.training.engine.losses import mean_loss
from nnstudio.training.probes import distribution, entering
from nnstudio.training.session import coded, loss_of, made_network, placed, train_together

BINS = 40
SAMPLES = 256
"""As many training samples are sent through."""
EPOCHS = 15
"""How long the short runs are."""


@dataclass(frozen=True)
class Histogram:
    """Counts (40,) over equal bins from `lowest` to `highest`, and the mean and deviation of all values."""

    counts: NDArray[np.int64]
    lowest: float
    highest: float
    mean: float
    deviation: float


@dataclass(frozen=True)
class LayerInitialization:
    """A dense layer before the first step: its weights, what it gives (the pre-activations), the gradient by its
    weights, and the share of values at which the activation after it is flat (NaN without one)."""

    id: str
    weights: Histogram
    values: Histogram
    gradients: Histogram
    flat: float


@dataclass(frozen=True)
class ShortRun:
    """The validation loss of one deviation (or the training loss without validation), an epoch each."""

    deviation: float
    losses: tuple[float, ...]


def with_deviation(project: Project, deviation: float) -> Project:
    """The project with weights drawn from N(0, σ²) and biases of 0, in float32."""
    drawn = set_training(project, initialization="normal", initialization_scale=deviation, bias_initialization=0.0)
    return set_training(drawn, precision="float32") if project.training.precision == "float64" else drawn


def starts(project: Project, dataset: Dataset, deviation: float) -> list[LayerInitialization]:
    """Every dense layer before the first step, on some training samples."""
    changed = with_deviation(project, deviation)
    network = made_network(changed, None, dataset.preparation)
    loss, outputs = loss_of(changed, dataset.preparation)
    task = dataset.preparation.task
    coding = loss, task, outputs, changed.training.label_smoothing, network.lowest
    samples = coded(placed(dataset.train, task, torch.device("cpu")), *coding)
    some = samples.part(slice(0, SAMPLES))
    values: dict[str, torch.Tensor] = {}
    weighing = network.weighing()
    hooks = [
        network.trained.get_submodule(name).register_forward_hook(
            lambda _one, _given, output, name=name: values.__setitem__(name, output.detach())
        )
        for name in weighing
    ]
    network.trained.train()
    with torch.enable_grad(), entering(network) as entered:
        error = mean_loss(loss, network.trained(some.inputs), some.targets, some.weights)
        error.backward()  # type: ignore[no-untyped-call]
    for hook in hooks:
        hook.remove()
    found = []
    for name, layer in weighing.items():
        after = activation_after(network, name)
        flat = distribution(entered[after], network.trained.get_submodule(after)).flat if after in entered else math.nan
        assert layer.weight.grad is not None
        found.append(
            LayerInitialization(
                name, histogram(layer.weight.detach()), histogram(values[name]), histogram(layer.weight.grad), flat
            )
        )
    return found


def activation_after(network: BuiltNetwork, name: str) -> str:
    """The activation that a dense layer's values enter at once, or after a norm; "" where there is none."""
    is_after, weighing = False, network.weighing()
    for node in network.trained.graph.nodes:
        if node.op != "call_module":
            continue
        if is_after and node.target in network.activations:
            return str(node.target)
        if is_after and str(node.target) in weighing:
            return ""
        is_after = is_after or node.target == name
    return ""


def histogram(values: torch.Tensor) -> Histogram:
    """How values are distributed; what is not finite is left out."""
    sound = values[values.isfinite()].reshape(-1).float()
    if not len(sound):
        return Histogram(np.zeros(BINS, np.int64), 0.0, 0.0, float("nan"), float("nan"))
    lowest, highest = float(sound.min()), float(sound.max())
    if lowest == highest:
        lowest, highest = lowest - 0.5, highest + 0.5
    counts = torch.histc(sound, BINS, lowest, highest).long().numpy()
    return Histogram(counts, lowest, highest, float(sound.mean()), float(sound.std(correction=0)))


def short_runs(
    project: Project, dataset: Dataset, deviations: Sequence[float], control: Control
) -> Iterator[list[ShortRun]]:
    """Train the network from each deviation for some epochs, side by side; all curves so far, some times a second."""
    projects = [set_training(with_deviation(project, deviation), epochs=EPOCHS, patience=0) for deviation in deviations]
    curves = [Curves() for _project in projects]

    def so_far() -> list[ShortRun]:
        found = []
        for deviation, one in zip(deviations, curves, strict=True):
            series = one.validation_loss if len(one.validation_loss) else one.train_loss
            found.append(ShortRun(deviation, tuple(series.values[: one.epochs].tolist())))
        return found

    for _event in train_together(projects, dataset, control, curves):
        yield so_far()
