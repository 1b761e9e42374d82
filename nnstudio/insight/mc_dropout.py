"""One sample under many dropout masks: how far the answers spread tells how sure a network is.

Gal and Ghahramani 2016, “Dropout as a Bayesian Approximation”.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.project.model import Run
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.engine.dropout import MaskedDropout
from nnstudio.training.inference import TrainedNetwork, restore

MASKS = 200


@dataclass(frozen=True)
class McDropout:
    """The answers (masks, k) of one sample under each mask, the answer (k,) with dropout off, and the first masks.

    The answers are a probability a class, or the value in the units of the data. `masks` are (masks, *shape) by layer:
    which of its values were let through.
    """

    answers: NDArray[np.float64]
    plain: NDArray[np.float64]
    masks: dict[str, NDArray[np.bool_]]

    @property
    def mean(self) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.answers.mean(axis=0)
        return found

    @property
    def deviation(self) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.answers.std(axis=0)
        return found


def mc_dropout_of(run: Run, inputs: NDArray[np.float32], seed: int = 0, masks: int = MASKS) -> McDropout:
    """The spread of a run's answers to one sample (1, *sample_shape); UserError for a network without dropout."""
    trained = restore(run)
    model = trained.network.trained.eval()
    layers = {name: one for name, one in model.named_modules() if isinstance(one, MaskedDropout) and one.p > 0}
    if not layers:
        raise UserError(_("This network has no dropout: every mask would give the same answer. Add a dropout layer."))
    generator = torch.Generator().manual_seed(seed)
    drawn: dict[str, NDArray[np.bool_]] = {}

    def draw(name: str, layer: MaskedDropout, values: torch.Tensor) -> None:
        kept = torch.rand(values.shape, generator=generator) >= layer.p
        layer.mask = kept / (1 - layer.p)
        drawn[name] = kept.numpy()

    hooks = [
        layer.register_forward_pre_hook(lambda module, given, name=name: draw(name, module, given[0]))
        for name, layer in layers.items()
    ]
    for layer in layers.values():
        layer.train()  # dropout alone acts; batch norm keeps to its averages
    with torch.no_grad():
        many = model(torch.from_numpy(inputs).repeat(masks, *[1] * (inputs.ndim - 1)))
    for hook in hooks:
        hook.remove()
    model.eval()
    with torch.no_grad():
        one = model(torch.from_numpy(inputs))
    return McDropout(in_text(trained, many), in_text(trained, one)[0], drawn)


def in_text(trained: TrainedNetwork, outputs: torch.Tensor) -> NDArray[np.float64]:
    """Outputs (n, k) as a probability a class, or as the value in the units of the data."""
    preparation = trained.preparation
    if preparation.task != "value":
        probabilities: NDArray[np.float64] = trained.network.probabilities(outputs, trained.loss).double().numpy()
        return probabilities
    values: NDArray[np.float64] = outputs.double().numpy() * preparation.target_scale + preparation.target_mean
    return values
