"""Whole short epochs as one call: their steps, their full passes, and how each of them left the networks.

Whether to go on is decided after the call, on what was put aside for each epoch; the networks can be put back to where
they stood after any of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.training.engine.evaluation import Evaluation
from nnstudio.training.engine.iteration import Iteration
from nnstudio.training.engine.metrics import Measured
from nnstudio.training.engine.scripted import Each, scripted_block
from nnstudio.training.engine.step import Step

MOST_BYTES = 2**22
"""The memory that may be taken for what is put aside."""
MOST_EPOCHS = 128


@dataclass(frozen=True)
class Part:
    """The batches of one size in an epoch: so many, on these places of its order."""

    iteration: Iteration
    count: int
    size: int
    places: slice


@dataclass(frozen=True)
class TakenEpochs:
    """What epochs gave for v networks: losses of their b batches (c, b, v), how many training samples were named right
    (c, v), what the validation samples say of each network in each epoch, None where there are none, and
    whether all its weights are numbers (c, v).

    `before` and `after` (c, …) is the state of the step, `generators` what drew the masks before.
    """

    losses: NDArray[Any]
    correct: list[list[int]]
    validation: list[list[Measured | None]]
    is_finite: list[list[bool]]
    before: list[Tensor]
    after: list[Tensor]
    generators: list[Tensor]

    def __len__(self) -> int:
        return len(self.losses)


class EpochBlock:
    """Takes epochs of a step, each with a full pass over the validation samples where there are some.

    `most` is how many can be one call; 0 where none can. To be called without autograd.
    """

    def __init__(self, step: Step, full_pass: Evaluation, samples: int, batch_size: int) -> None:
        self.step = step
        self.parts = list(parts_of(step, samples, batch_size))
        self.full_pass = full_pass
        self.state = step.state()
        self._passed = self._pass()
        self._widths = [len(part.iteration.examples(0)) for part in self.parts]
        examples = [stack for part in self.parts for stack in part.iteration.examples(1, part.count)]
        examples += self._places(1)
        self.most = min(MOST_EPOCHS, MOST_BYTES // max(1, sum(stack.nbytes for stack in examples)))
        run = None
        if self.parts and self.most > 1 and bool(self._passed) == bool(full_pass.count):
            run = scripted_block(self._epoch, examples, self.state)
        if run is None:
            self.most = 0
            return
        self._run: Callable[[Sequence[Tensor]], None] = run

    @property
    def is_current(self) -> bool:
        """Whether the step still goes as it is written down here."""
        return all(self.step.iteration(part.size) is part.iteration for part in self.parts)

    def _places(self, count: int) -> list[Tensor]:
        """Where so many epochs put the numbers of the full pass, and how they left the networks."""
        return [one.new_empty(count, *one.shape) for one in (*self._passed, *self.state)]

    def _epoch(self, given: Sequence[Tensor], each: Each) -> None:
        """An epoch as it is written down."""
        left = list(given)
        for part, width in zip(self.parts, self._widths, strict=True):
            with each(left[:width]) as rows:
                part.iteration(rows)
            left = left[width:]
        for place, found in zip(left, (*self._pass(), *self.state), strict=True):
            place.copy_(found)

    def _pass(self) -> list[Tensor]:
        """Losses and how many were named right in a full pass; nothing where there is none."""
        return list(self.full_pass.kernels()) if self.full_pass.kernels else []

    def take(self, orders: Sequence[Tensor]) -> TakenEpochs:
        """Take an epoch for each row of the orders (c, n) of the samples, of which every network has its own."""
        count = len(orders[0])
        before = [one.clone() for one in self.state]
        generators = [one.get_state() for one in self.step.generators]
        rows = [self._rows(part, orders) for part in self.parts]
        results = [part.iteration.places(count, part.count) for part in self.parts]
        places = self._places(count)
        stacks = []
        for number, bits in enumerate(self._bits(count)):
            stacks += [rows[number], *results[number], *bits]
        self._run([*stacks, *places])
        passed, after = places[: len(self._passed)], places[len(self._passed) :]
        measured: list[list[Measured | None]] = [[None] * len(self.step.weights)] * count
        if passed:
            measured = [
                list(self.full_pass.measures(*one)) for one in zip(*(one.tolist() for one in passed), strict=True)
            ]
        finite = [self._of(place, after)[0].isfinite().all(dim=1) for place in range(len(self.step.weights))]
        return TakenEpochs(
            torch.cat([losses for losses, *_outputs in results], dim=1).numpy(),
            self._correct(rows, results).tolist(),
            measured,
            torch.stack(finite, dim=1).tolist(),
            before,
            after,
            generators,
        )

    def put_back(self, taken: TakenEpochs, count: int) -> None:
        """Have the networks, and what draws their masks, stand where they stood after so many of the epochs."""
        for number, tensor in enumerate(self.state):
            tensor.copy_(taken.after[number][count - 1] if count else taken.before[number])
        for generator, state in zip(self.step.generators, taken.generators, strict=True):
            generator.set_state(state)
        self._bits(count)

    def snapshot(self, taken: TakenEpochs, place: int, number: int) -> list[Tensor]:
        """The weights and averages of a network after an epoch, counted from 0, as its `FlatParameters` gives them."""
        return [stack[number].clone() for stack in self._of(place, taken.after)]

    def _of(self, place: int, after: list[Tensor]) -> list[Tensor]:
        """The weights (c, n) and averages of one of the networks after each epoch."""
        start = sum(1 + len(weights.buffers) for weights in self.step.weights[:place])
        return after[start : start + 1 + len(self.step.weights[place].buffers)]

    def _rows(self, part: Part, orders: Sequence[Tensor]) -> Tensor:
        """The rows (c, b, n) of the batches of a part; (c, b, v · n) where each network has its own."""
        given = orders if self.step.own_rows else orders[:1]
        return torch.cat([one[:, part.places].reshape(-1, part.count, part.size) for one in given], dim=2)

    def _bits(self, count: int) -> list[list[Tensor]]:
        """The random bits of so many epochs for each part, drawn in the order in which their steps are taken."""
        drawn = [[part.iteration.masks.bits(part.count) for part in self.parts] for _epoch in range(count)]
        return [[torch.stack(bits) for bits in zip(*of_part, strict=True)] for of_part in zip(*drawn, strict=True)]

    def _correct(self, rows: Sequence[Tensor], results: Sequence[Sequence[Tensor]]) -> Tensor:
        """How many training samples (c, v) each network named right in each epoch."""
        networks, classes = len(self.step.weights), self.step.samples.classes
        correct = torch.zeros(len(rows[0]), networks, dtype=torch.int64)
        if classes is not None:
            for chosen, (_losses, outputs) in zip(rows, results, strict=True):
                named = self.step.built[0].named(outputs)
                true = classes[chosen].view(*chosen.shape[:2], -1, named.shape[3])  # for each network, or for all
                correct += (named == true).sum(dim=(1, 3))
        return correct


def parts_of(step: Step, samples: int, batch_size: int) -> Iterator[Part]:
    """The full batches of an epoch, and the shorter last one; none where the step cannot be written down."""
    size = min(batch_size, samples)
    count, rest = divmod(samples, size)
    found = [(size, count, slice(0, count * size)), (rest, 1, slice(count * size, samples))]
    parts = [(step.iteration(size), count, size, places) for size, count, places in found if size]
    if all(iteration for iteration, *_rest in parts):
        yield from (Part(*one) for one in parts)  # type: ignore[arg-type]
