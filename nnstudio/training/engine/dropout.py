"""Dropout whose masks are drawn before a step and not inside it: every way of running the step uses the same ones."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import torch
from torch import Tensor, nn
from torch.nn import functional

from nnstudio.project.endings import LEVELS


class MaskedDropout(nn.Module):
    """y = x · mask while training, where the mask holds 0 and 1 / (1 − p); y = x otherwise.

    Without a mask it draws one as `nn.Dropout` does.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.mask: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or (self.p == 0 and self.mask is None):
            return x
        return functional.dropout(x, self.p) if self.mask is None else x * self.mask


def mask_generator(device: torch.device, seed: int) -> torch.Generator:
    """A generator for masks used on a device."""
    return torch.Generator(draws_masks(device)).manual_seed(seed)


def draws_masks(device: torch.device) -> torch.device:
    """Where the masks for a device are drawn: there, if it gives random bits of every size, else on the CPU."""
    return device if device.type == "cuda" else torch.device("cpu")


class Masks:
    """The masks of all dropout layers for batches of one size, in one row of memory and drawn together.

    A mask value is decided by 16 random bits, so that the nearest multiple of 1/65,536 below 1 stands for p, and the
    scale is that of this rate: the mean of a mask is 1. A draw costs a quarter of torch's own `bernoulli_`. Shapes are
    (rows, *shape) for each layer. The memory is taken anew, or given as ones. A rate of 0 leaves ones and draws
    nothing.
    """

    def __init__(
        self,
        layers: list[tuple[MaskedDropout, tuple[int, ...]]],
        rows: int,
        generator: torch.Generator,
        memory: Tensor | None = None,
        names: Sequence[str] = (),
    ) -> None:
        self.generator = generator
        self.names = names
        self.layers = [layer for layer, _shape in layers]
        shapes = [(rows, *shape) for _layer, shape in layers]
        sizes = [torch.Size(shape).numel() for shape in shapes]
        row = torch.ones(sum(sizes), device=generator.device) if memory is None else memory
        # On a device whose generator is the computer's own, masks are drawn beside it and copied.
        self._row, self._drawn = row, row if row.device.type == generator.device.type else torch.ones(sum(sizes))
        self.masks = [piece.view(shape) for piece, shape in zip(torch.split(row, sizes), shapes, strict=True)]
        drawn = sum(size for layer, size in zip(self.layers, sizes, strict=True) if layer.p > 0)
        self.random = torch.empty((drawn * 2 + 7) // 8, dtype=torch.int64, device=generator.device)
        self._draws = list(self._plan(sizes, self.random.view(torch.int16), self._drawn))

    def _plan(self, sizes: list[int], bits: Tensor, row: Tensor) -> Iterator[tuple[Tensor, int, float, Tensor]]:
        """Bits, the lowest number that keeps a unit, the scale and the masks they make, for neighbours of one rate."""
        used = start = 0
        for p, group in groupby(zip(self.layers, sizes, strict=True), key=lambda one: one[0].p):
            size = sum(size for _layer, size in group)
            if p > 0:
                keeping = max(1, round((1 - p) * LEVELS))  # 0 would make the lowest wrap round, which keeps all
                yield bits[used : used + size], LEVELS // 2 - keeping, LEVELS / keeping, row[start : start + size]
                used += size
            start += size

    def draw(self) -> None:
        """New masks, in place."""
        if not self._draws:
            return
        self.random.random_(-(2**63), None, generator=self.generator)
        self.decide()

    def bits(self, count: int) -> list[Tensor]:
        """The random bits (count, n) of so many draws in a row."""
        drawn = torch.empty(count, len(self.random), dtype=torch.int64, device=self.random.device)
        return [drawn.random_(-(2**63), None, generator=self.generator)] if self.needs_bits else []

    @property
    def needs_bits(self) -> bool:
        """Whether anything is drawn: not where every rate is 0."""
        return bool(self._draws)

    def take(self, bits: Sequence[Tensor]) -> None:
        """The masks of a draw whose bits (n,) are there."""
        if self.needs_bits:
            self.random.copy_(bits[0])
            self.decide()

    def decide(self) -> None:
        """The masks that the random bits make."""
        for bits, lowest, scale, mask in self._draws:
            torch.ge(bits, lowest, out=mask)
            mask.mul_(scale)
        if self._drawn is not self._row:
            self._row.copy_(self._drawn)

    def of(self, number: int) -> dict[str, Tensor]:
        """The masks by the names of their layers; there is but one network."""
        return dict(zip(self.names, self.masks, strict=True))

    def put(self) -> None:
        """Have the layers use these masks."""
        for layer, mask in zip(self.layers, self.masks, strict=True):
            layer.mask = mask
