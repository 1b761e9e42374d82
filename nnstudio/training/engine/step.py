"""One optimisation step: fetch a batch, draw masks, loss and gradients, update; in the fastest way there is for it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nnstudio.project.model import TrainingPlan
from nnstudio.project.names import WITHOUT_ONEDNN
from nnstudio.stages import BACKWARD, FORWARD, stage
from nnstudio.training.engine import traced
from nnstudio.training.engine.batch_loader import DeviceLoader, batch_loader_for
from nnstudio.training.engine.batched import BatchMasks, Networks
from nnstudio.training.engine.build import BuiltNetwork
from nnstudio.training.engine.cuda_graph import captured, unchanged
from nnstudio.training.engine.distributed import SINGLE_PROCESS, ProcessGroup
from nnstudio.training.engine.dropout import MaskedDropout, Masks, mask_generator
from nnstudio.training.engine.flat_parameters import FlatParameters
from nnstudio.training.engine.iteration import Iteration, Results
from nnstudio.training.engine.losses import WEIGHTED
from nnstudio.training.engine.metrics import PreparedSamples
from nnstudio.training.engine.optimizers import Optimizer
from nnstudio.training.engine.scripted import scripted, scripted_block

log = logging.getLogger(__name__)

APART = 2**32
"""Between the seeds of a group's processes: far more than anybody counts seeds up."""

BACKENDS = ("eager", "traced", "scripted", "graph")
"""PyTorch as everybody writes it; the same kernels as a fixed list; that list in one call, on a CPU or by CUDA."""

Work = Callable[[], Results]


WHOLE_STEP: dict[str, Callable[[Work, Sequence[Tensor]], Work | None]] = {"scripted": scripted, "graph": captured}


@dataclass(frozen=True)
class Block:
    """Many steps as one call, on stacks of what each is given."""

    run: Callable[[Sequence[Tensor]], None]
    iteration: Iteration


@dataclass(frozen=True)
class StepBuffers:
    """What steps on batches of one size read and write, and what they do once batch and masks are there.

    `inputs` and `targets` have one row a sample, for all networks one after another where each has a batch of its own.
    `gradients` puts the gradients into place, `step` changes the weights as well; `kernels` does the same one by one.
    """

    inputs: Tensor
    targets: Tensor
    masks: BatchMasks
    gradients: Work
    step: Work
    backend: str
    kernels: Work


@dataclass(frozen=True)
class LastStep:
    """A step that has just been taken by one network, which learns by this loss to tell classes or a value."""

    network: BuiltNetwork
    loss: str
    tells_classes: bool
    weights: FlatParameters
    inputs: Tensor
    masks: dict[str, Tensor]
    rows: Tensor


class Step:
    """Takes the rows of a batch for each network, changes all weights once, and gives losses and outputs, which the
    next step overwrites.

    A loss is without its L1 term, so that it can be compared with the validation loss. Networks whose seeds agree have
    one batch, gathered once. `backend` is the one requested, and then the one that is gone: "eager" for what cannot be
    traced. No clock decides it: the ways differ in their last bits, and one seed gives one curve.
    """

    def __init__(
        self,
        networks: Networks,
        plans: Sequence[TrainingPlan],
        samples: PreparedSamples,
        dropout_shapes: list[tuple[int, ...]],
        backend: str = "",
        group: ProcessGroup = SINGLE_PROCESS,
    ) -> None:
        self.networks = networks
        self.group = group
        self.plans = plans
        self.samples = samples
        self.dropout_shapes = dropout_shapes
        self.weights = networks.weights
        self.built = networks.built
        self.own_rows = len({ordering(plan) for plan in plans}) > 1
        self.optimizers = [Optimizer(weights, plan) for weights, plan in zip(self.weights, plans, strict=True)]
        self.device = self.weights[0].values.device
        self.batch_loader = batch_loader_for(samples, self.device)
        # Each process of a group switches off units of its own.
        self.generators = [mask_generator(self.device, plan.seed + APART * group.rank) for plan in plans]
        self.backend = backend or best_backend(self.device, group)
        if self.backend in WHOLE_STEP and any(plan.schedule != "constant" for plan in plans):
            self.backend = "traced"  # one piece holds the rate it was made with, and would be made anew every epoch
        self.goes_without_onednn = False
        self._workspaces: dict[int, StepBuffers] = {}
        self._iterations: dict[int, Iteration | None] = {}
        self._blocks: dict[int, Block | None] = {}
        self.networks.train(True)
        self._full = full = min(plans[0].batch_size, len(samples))
        # Made ready here and not when they come: the first epoch must not wait for them.
        for size in (full, len(samples) % full or full):
            self.prepare(len(group.part(torch.empty(size))))

    def __call__(self, batches: Sequence[Tensor]) -> Results:
        """To be called without autograd (`torch.no_grad`), which is switched once an epoch and not at every step."""
        if self.group.size > 1:
            return self._shared_step(batches)
        return self._fetch(batches).step()

    def block(self, size: int) -> Block | None:
        """Many steps on batches of this size as one call; None where each is a call of its own. Made when it is first
        asked for, which takes some milliseconds."""
        if size not in self._blocks:
            iteration = self.iteration(size)
            self._blocks[size] = None if iteration is None else self._block(iteration)
        return self._blocks[size]

    def iteration(self, size: int) -> Iteration | None:
        """The step on batches of this size, to be written down for a block; None where that is no list of kernels, or
        the samples lie elsewhere."""
        if size not in self._iterations:
            can_be = self.backend == "scripted" and self.group.size == 1 and isinstance(self.batch_loader, DeviceLoader)
            self._iterations[size] = self._iteration(self._workspaces[size]) if can_be else None
        return self._iterations[size]

    def take_block(self, batches: Sequence[Tensor], losses: Tensor, outputs: Tensor | None) -> None:
        """Take a step for each row of the batches (c, n) of each network, and put losses (c, v) and outputs
        (c, v, n, k) aside; the same as one step after another, to the bit."""
        rows = torch.cat(list(batches), dim=1) if self.own_rows else batches[0]
        block = self.block(batches[0].shape[1])
        assert block is not None
        kept = [outputs] if outputs is not None else []
        block.run([rows, losses, *kept, *block.iteration.masks.bits(len(rows))])

    def _shared_step(self, batches: Sequence[Tensor]) -> Results:
        """Each process its part of the batch, weighed by its share in it."""
        parts = [self.group.part(batch) for batch in batches]
        losses, outputs = self._fetch(parts).gradients()
        share = len(parts[0]) / len(batches[0])
        sums = [losses.mul(share), *(weights.gradients.mul_(share) for weights in self.weights)]
        self.group.add(sums)
        for optimizer in self.optimizers:
            optimizer.step(len(batches[0]))
        return sums[0], outputs

    def _fetch(self, batches: Sequence[Tensor]) -> StepBuffers:
        """The workspace for batches of this size, with their samples and new masks in it."""
        rows = torch.cat(list(batches)) if self.own_rows else batches[0]
        space = self._workspaces[batches[0].shape[0]]
        self.batch_loader.fill(rows, space.inputs, space.targets)
        space.masks.draw()
        return space

    def look_through(self, batches: Sequence[Tensor]) -> Tensor:
        """Forward and backward on a batch by the modules themselves, whose hooks see it; the losses (v,). No weight is
        changed."""
        space = self._fetch(batches)
        return self._eager(space.inputs, space.targets, space.masks)()[0]

    @property
    def backend_text(self) -> str:
        """The way it goes, and for how many networks at once: what the last bits of a run depend on."""
        way = self.backend + (WITHOUT_ONEDNN if self.goes_without_onednn else "")
        return way if len(self.weights) == 1 else f"{way}, {len(self.weights)} side by side"

    def last_step(self, number: int, rows: Tensor) -> LastStep:
        """The last step of one of the networks, on these rows, for whoever wants to look inside."""
        rows = self.group.part(rows)
        space = self._workspaces[len(rows)]
        inputs = space.inputs
        if self.own_rows:
            inputs = inputs.view(len(self.weights), -1, *inputs.shape[1:])[number]
        return LastStep(
            self.built[number],
            self.networks.loss.removeprefix(WEIGHTED),
            self.samples.classes is not None,
            self.weights[number],
            inputs,
            space.masks.of(number),
            rows,
        )

    def prepare(self, size: int) -> None:
        """Make ready for batches of this size: the full one, and the shorter last one of an epoch."""
        if size not in self._workspaces:
            self._workspaces[size] = self._make_workspace(size)

    def dropout_rates(self, place: int) -> dict[str, float]:
        """The rates in use by one of the networks, by the names of its dropout layers."""
        modules = self.built[place].trained.named_modules()
        return {name: module.p for name, module in modules if isinstance(module, MaskedDropout)}

    def change(
        self, place: int, learning_rate: float | None = None, dropout_rates: Mapping[str, float] | None = None
    ) -> None:
        """Have one of the networks go on with another learning rate or other dropout rates from the next step on."""
        if learning_rate is not None and learning_rate != self.optimizers[place].learning_rate:
            self.optimizers[place].learning_rate = learning_rate
            if self.backend in WHOLE_STEP:
                self._prepare_again()  # it holds the rate it was made with
        if dropout_rates and dropout_rates != self.dropout_rates(place):
            for name, rate in dropout_rates.items():
                layer = self.built[place].trained.get_submodule(name)
                assert isinstance(layer, MaskedDropout)
                layer.p, layer.mask = rate, None
            self._prepare_again()

    def _prepare_again(self) -> None:
        """Make the workspaces anew: what they hold has changed."""
        sizes = list(self._workspaces)
        self._workspaces, self._iterations, self._blocks = {}, {}, {}
        for size in sizes:
            self.prepare(size)

    def only(self, chosen: Sequence[int]) -> "Step":
        """The same step for some of the networks, each just where it stands."""
        plans = [self.plans[one] for one in chosen]
        networks = self.networks.only(chosen)
        step = Step(networks, plans, self.samples, self.dropout_shapes, self.backend, self.group)
        for place, one in enumerate(chosen):
            step.optimizers[place].restore(self.optimizers[one].state)
            step.generators[place].set_state(self.generators[one].get_state())
            step.change(place, self.optimizers[one].learning_rate)
        return step

    # --- the ways to the gradients ----------------------------------------------------------------------------------

    def _make_workspace(self, size: int) -> StepBuffers:
        if size == 0:
            return self._idle_buffers()
        batches = len(self.weights) if self.own_rows else 1
        inputs, targets = (
            one[:1].to(self.device).repeat(batches * size, *[1] * (one.dim() - 1)) for one in self._given()
        )
        masks = self.networks.make_masks(self.dropout_shapes, size, self.generators)
        gradients = self._gradients(inputs, targets, masks)

        def step() -> Results:
            results = gradients()
            for optimizer in self.optimizers:
                optimizer.step(size)
            return results

        replay = self._in_one_piece(step) if self.backend in WHOLE_STEP else None
        return StepBuffers(inputs, targets, masks, gradients, replay or step, self.backend, step)

    @torch.no_grad()
    def _iteration(self, space: StepBuffers) -> Iteration:
        assert isinstance(self.batch_loader, DeviceLoader)
        with unchanged(self.state()):
            losses, outputs = space.step()
        keeps_outputs = self.samples.classes is not None
        return Iteration(
            space.kernels, self.batch_loader, space.inputs, space.targets, space.masks, len(losses), outputs.shape,
            keeps_outputs,
        )  # fmt: skip

    def _block(self, iteration: Iteration) -> Block | None:
        """Many steps as one call; None where the kernels refuse."""
        run = scripted_block(lambda rows, _each: iteration(rows), iteration.examples(1), self.state())
        return Block(run, iteration) if run else None

    def _gradients(self, inputs: Tensor, targets: Tensor, masks: BatchMasks) -> Work:
        """The way to the gradients of a batch whose masks are drawn."""
        if self.backend != "eager":
            try:
                return self._traced(inputs, targets, masks)
            except traced.Untraceable as reason:
                log.info("Not traced: %s", reason)
                self.backend = "eager"
        return self._eager(inputs, targets, masks)

    def _in_one_piece(self, step: Work) -> Work | None:
        """The step as one call; where that cannot be, this and what comes goes the way of the list."""
        replay = WHOLE_STEP[self.backend](step, self.state())
        if replay is None:
            self.backend = "traced"
        return replay

    def state(self) -> list[Tensor]:
        """All that a step changes beside its workspace: weights, averages, and what the optimizers remember."""
        learnt = [tensor for weights in self.weights for tensor in (weights.values, *weights.buffers)]
        return learnt + [tensor for optimizer in self.optimizers for tensor in optimizer.state.values()]

    def _idle_buffers(self) -> StepBuffers:
        """For a process of a group that has no part in a batch: no loss and no gradients of its own."""
        inputs, targets = (one[:0].to(self.device) for one in self._given())

        def gradients() -> Results:
            for weights in self.weights:
                weights.gradients.zero_()
            return inputs.new_zeros(len(self.weights)), inputs.new_zeros(len(self.weights), 0, 1)

        return StepBuffers(
            inputs, targets, Masks([], 0, self.generators[0]), gradients, gradients, self.backend, gradients
        )

    def _given(self) -> tuple[Tensor, Tensor]:
        return self.samples.inputs, self.samples.targets

    def _eager(self, inputs: Tensor, targets: Tensor, masks: BatchMasks) -> Work:
        """PyTorch as everybody writes it: modules, then autograd."""

        def gradients() -> Results:
            masks.put()
            with torch.enable_grad():
                losses, outputs, made = self._differentiated(inputs, targets)
            if made:
                torch._foreach_copy_(self.networks.places, list(made))
            return losses.detach(), outputs.detach()

        return gradients

    def _traced(self, inputs: Tensor, targets: Tensor, masks: BatchMasks) -> Work:
        """The same computation as a fixed list of kernels. Raises Untraceable."""
        masks.put()
        before = [weights.snapshot() for weights in self.weights]
        try:
            with torch.enable_grad():
                made = traced.trace(lambda: self._differentiated(inputs, targets), self.networks.places)
            self.goes_without_onednn |= made.goes_without_onednn
        finally:
            for weights, kept in zip(self.weights, before, strict=True):
                weights.restore(kept)  # tracing runs batch norm, which keeps averages

        def gradients() -> Results:
            made.run()
            return made.loss, made.outputs

        return gradients

    def _differentiated(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """Losses (v,), outputs (v, n, k), and the gradients of everything that learns."""
        if self.own_rows:
            inputs, targets = (one.view(len(self.weights), -1, *one.shape[1:]) for one in (inputs, targets))
        with stage(FORWARD):
            losses, outputs = self.networks.compute(inputs, targets, self.own_rows)
        penalties = self.networks.penalties()
        minimised = losses if penalties is None else losses + penalties
        # No network's loss depends on another's weights, so the sum of all has the gradients of each.
        total = minimised.sum() if len(minimised) > 1 else minimised.squeeze(0)
        with stage(BACKWARD):
            return losses, outputs, torch.autograd.grad(total, self.networks.leaves)


def ordering(plan: TrainingPlan) -> tuple[str, int]:
    """What decides the order of the samples."""
    return plan.shuffle, 0 if plan.shuffle == "never" else plan.seed


def best_backend(device: torch.device, group: ProcessGroup = SINGLE_PROCESS) -> str:
    """The fastest way on a device; processes of a group meet between gradients and update, so no step is one piece."""
    ways = {"cuda": "graph", "cpu": "scripted"}
    if device.type not in ways:
        return "eager"
    return ways[device.type] if group.size == 1 else "traced"
