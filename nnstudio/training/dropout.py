"""Dropout whose masks are drawn before a step and not inside it: every way of running the step uses the same ones."""

import torch
from torch import Tensor, nn
from torch.nn import functional

LEVELS = 2**16


class MaskedDropout(nn.Module):
    """y = x · mask while training, where the mask holds 0 and 1 / (1 − p); y = x otherwise.

    Without a mask it draws one as `nn.Dropout` does.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.mask: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        return functional.dropout(x, self.p) if self.mask is None else x * self.mask


class Masks:
    """The masks of all dropout layers for batches of one size, in one row of memory and drawn together.

    A mask value is decided by 16 random bits, so that p is met to 1 in 65,536; a draw costs a quarter of torch's own
    `bernoulli_`. Shapes are (rows, *shape) for each layer.
    """

    def __init__(
        self, layers: list[tuple[MaskedDropout, tuple[int, ...]]], rows: int, generator: torch.Generator
    ) -> None:
        self.generator = generator
        self.layers = [(layer, (rows, *shape)) for layer, shape in layers if layer.p > 0]
        self.layers.sort(key=lambda one: one[0].p)
        sizes = [torch.Size(shape).numel() for _layer, shape in self.layers]
        device = generator.device
        self.random = torch.empty((sum(sizes) * 2 + 7) // 8, dtype=torch.int64, device=device)
        bits, row = self.random.view(torch.int16), torch.ones(sum(sizes), device=device)
        self.masks = [
            piece.view(shape) for piece, (_layer, shape) in zip(torch.split(row, sizes), self.layers, strict=True)
        ]
        # Neighbours of one rate are drawn by one call.
        self._draws: list[tuple[Tensor, int, float, Tensor]] = []
        start = 0
        for p in sorted({layer.p for layer, _shape in self.layers}):
            end = start + sum(size for size, (layer, _shape) in zip(sizes, self.layers, strict=True) if layer.p == p)
            lowest = LEVELS // 2 - round((1 - p) * LEVELS)
            self._draws.append((bits[start:end], lowest, 1 / (1 - p), row[start:end]))
            start = end

    def draw(self) -> None:
        """New masks, in place."""
        if not self._draws:
            return
        self.random.random_(-(2**63), None, generator=self.generator)
        for bits, lowest, scale, mask in self._draws:
            torch.ge(bits, lowest, out=mask)
            mask.mul_(scale)

    def put(self) -> None:
        """Have the layers use these masks."""
        for (layer, _shape), mask in zip(self.layers, self.masks, strict=True):
            layer.mask = mask
