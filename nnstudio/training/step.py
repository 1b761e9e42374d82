"""One optimisation step: choose rows, draw masks, loss and gradients, update; traced where that can be done."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nnstudio.project.model import TrainingPlan
from nnstudio.training import traced
from nnstudio.training.build import BuiltNetwork
from nnstudio.training.dropout import MaskedDropout, Masks
from nnstudio.training.flat import FlatWeights
from nnstudio.training.losses import LOSSES
from nnstudio.training.measures import PreparedSamples
from nnstudio.training.optimizers import Optimizer

log = logging.getLogger(__name__)

WAYS = ("eager", "traced")

Gradients = Callable[[], tuple[Tensor, Tensor]]
"""Puts the gradients of a workspace's batch into place and gives its loss () and outputs (n, k)."""


@dataclass(frozen=True)
class Workspace:
    """What steps on batches of one size read and write: the batch, the dropout masks, the way to the gradients."""

    inputs: Tensor
    targets: Tensor
    masks: Masks
    gradients: Gradients


class Step:
    """Takes row numbers of the training samples, changes the weights once, and gives the batch's loss and outputs.

    The loss is without the L1 term, so that it can be compared with the validation loss. Both results are overwritten
    by the next step. `way` is "traced", or "eager" where that is asked for or the network cannot be traced: the ways
    differ in their last bits, so a measured trial between them would let the clock decide what a seed gives.
    """

    def __init__(
        self, network: BuiltNetwork, loss: str, plan: TrainingPlan, samples: PreparedSamples, way: str = "traced"
    ) -> None:
        self.model = network.trained
        self.loss = LOSSES[loss]
        self.l1 = plan.l1
        self.samples = samples
        self.weights = FlatWeights(network)
        self.optimizer = Optimizer(self.weights, plan)
        self.generator = torch.Generator(samples.inputs.device).manual_seed(plan.seed)
        self.dropouts = dropout_shapes(network, samples.inputs)
        self.way = way
        self._workspaces: dict[int, Workspace] = {}
        self.model.train()
        full = min(plan.batch_size, len(samples))
        # Made ready here and not when they come: the first epoch must not wait for them.
        self.prepare(full)
        self.prepare(len(samples) % full or full)

    def __call__(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """To be called without autograd (`torch.no_grad`), which is switched once an epoch and not at every step."""
        space = self._workspaces[rows.shape[0]]
        torch.index_select(self.samples.inputs, 0, rows, out=space.inputs)
        torch.index_select(self.samples.targets, 0, rows, out=space.targets)
        space.masks.draw()
        loss, outputs = space.gradients()
        self.optimizer.step()
        return loss, outputs

    def prepare(self, size: int) -> None:
        """Make ready for batches of this size: the full one, and the shorter last one of an epoch."""
        if size not in self._workspaces:
            self._workspaces[size] = self._make_workspace(size)

    # --- the ways to the gradients ----------------------------------------------------------------------------------

    def _make_workspace(self, size: int) -> Workspace:
        inputs, targets = self.samples.inputs[:size].clone(), self.samples.targets[:size].clone()
        masks = Masks(self.dropouts, size, self.generator)
        if self.way == "traced":
            try:
                return Workspace(inputs, targets, masks, self._traced(inputs, targets, masks))
            except traced.Untraceable as reason:
                log.info("Not traced: %s", reason)
                self.way = "eager"
        return Workspace(inputs, targets, masks, self._eager(inputs, targets, masks))

    def _eager(self, inputs: Tensor, targets: Tensor, masks: Masks) -> Gradients:
        """PyTorch as everybody writes it: modules, then autograd."""

        def gradients() -> tuple[Tensor, Tensor]:
            self.weights.gradients.zero_()
            for parameter, place in self.weights.gradient_of.items():
                parameter.grad = place
            masks.put()
            with torch.enable_grad():
                outputs = self.model(inputs)
                loss = self.loss(outputs, targets)
                self._with_l1(loss, list(self.weights.parameters)).backward()  # type: ignore[no-untyped-call]
            return loss.detach(), outputs.detach()

        return gradients

    def _traced(self, inputs: Tensor, targets: Tensor, masks: Masks) -> Gradients:
        """The same computation as a fixed list of kernels. Raises Untraceable."""
        parameters: list[Tensor] = list(self.weights.parameters)

        def function() -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
            outputs = self.model(inputs)
            loss = self.loss(outputs, targets)
            return loss, outputs, torch.autograd.grad(self._with_l1(loss, parameters), parameters)

        masks.put()
        before = self.weights.snapshot()
        try:
            with torch.enable_grad():
                made = traced.trace(function, list(self.weights.gradient_of.values()))
        finally:
            self.weights.restore(before)  # tracing runs batch norm, which keeps averages
        return made.run

    def _with_l1(self, loss: Tensor, parameters: list[Tensor]) -> Tensor:
        if self.l1 == 0:
            return loss
        sizes = [parameter.abs().sum() for parameter in parameters[: self.weights.matrix_count]]
        return loss + self.l1 * torch.stack(sizes).sum() if sizes else loss


def dropout_shapes(network: BuiltNetwork, inputs: Tensor) -> list[tuple[MaskedDropout, tuple[int, ...]]]:
    """Each dropout layer and the shape of one sample there, found by sending one sample through."""
    found: list[tuple[MaskedDropout, tuple[int, ...]]] = []

    def note(module: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(module, MaskedDropout)
        found.append((module, tuple(output.shape[1:])))

    layers = [module for module in network.trained.modules() if isinstance(module, MaskedDropout)]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    network.trained.eval()
    with torch.no_grad():
        network.trained(inputs[:1])
    for hook in hooks:
        hook.remove()
    return found
