"""The error of one sample on its way back through a layer that slides a window: by what leaves it, what enters it, and
its kernels. All by autograd."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nnstudio.training.engine.losses import LOSSES, code_targets
from nnstudio.training.inference import TrainedNetwork

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class MapGradients:
    """∂E/∂y of the maps that leave a layer (f, h', w'), ∂E/∂x of those that enter it (c, h, w), and ∂E/∂w of its
    kernels (f, c / groups, kernel height, kernel width); none of the last in pooling."""

    leaving: Numbers
    entering: Numbers
    weights: Numbers | None


def map_gradients_of(
    trained: TrainedNetwork, inputs: NDArray[np.float32], target: NDArray[Any], layer: str
) -> MapGradients | None:
    """The gradients at a layer for one sample (1, *sample_shape) with its target (1, …), dropout off; None where the
    error does not come through it."""
    model = deepcopy(trained.network.trained).double().eval()
    if layer not in dict(model.named_modules()):
        return None
    module = model.get_submodule(layer)
    seen: list[Tensor] = []

    def note(_module: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
        seen.extend((given[0], output))
        for one in seen:
            if one.requires_grad:
                one.retain_grad()

    hook = module.register_forward_hook(note)
    coded = code_targets(torch.from_numpy(target), *trained.coding)
    with torch.enable_grad():
        outputs = model(torch.from_numpy(inputs).double().requires_grad_())
        error = LOSSES[trained.loss](outputs, coded.double() if coded.is_floating_point() else coded)
        error.backward()  # type: ignore[no-untyped-call]
    hook.remove()
    entering, leaving = seen
    if entering.grad is None or leaving.grad is None:
        return None
    weight = getattr(module, "weight", None)
    kernels = None if weight is None or weight.grad is None else weight.grad.numpy().copy()
    return MapGradients(leaving.grad[0].numpy().copy(), entering.grad[0].numpy().copy(), kernels)
