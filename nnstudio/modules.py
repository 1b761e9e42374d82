"""Layers that PyTorch has not got by itself, as plain PyTorch: networks are built from them, and exports print them."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class CustomConv2d(nn.Conv2d):
    """nn.Conv2d with a border that is not 0, a bias for each place, or a table of connections.

    `bias_size` is the height and width of the output; `connections` names the channels that each filter sees: its other
    weights are 0 and stay so.
    """

    table: Tensor | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        padding: tuple[int, int] = (0, 0),
        padding_value: float = 0.0,
        bias: bool = True,
        bias_size: tuple[int, int] | None = None,
        connections: Sequence[Sequence[int]] | None = None,
        **words: Any,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, bias=bias, **words)
        self.border = padding[1], padding[1], padding[0], padding[0]
        self.padding_value = padding_value
        if self.bias is not None and bias_size is not None:
            self.bias = nn.Parameter(self.bias.detach().view(-1, 1, 1).repeat(1, *bias_size))
        table = None
        if connections is not None:
            seen = [[float(channel in row) for channel in range(in_channels)] for row in connections]
            table = torch.tensor(seen).view(out_channels, in_channels, 1, 1)
            self.weight.data.mul_(table)
        self.register_buffer("table", table)

    def forward(self, x: Tensor) -> Tensor:
        if any(self.border):
            x = F.pad(x, self.border, value=self.padding_value)
        weight = self.weight if self.table is None else self.weight * self.table
        if self.bias is None or self.bias.dim() == 1:
            return F.conv2d(x, weight, self.bias, self.stride, 0, self.dilation, self.groups)
        return F.conv2d(x, weight, None, self.stride, 0, self.dilation, self.groups) + self.bias


class SequenceConv1d(nn.Conv1d):
    """nn.Conv1d along the steps of a sequence (steps × features)."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class SequenceLSTM(nn.LSTM):
    """nn.LSTM step by step, which gives its values after the last step, or after every one."""

    weight_ih_l0: Tensor
    weight_hh_l0: Tensor
    bias_ih_l0: Tensor
    bias_hh_l0: Tensor

    def __init__(self, input_size: int, hidden_size: int, last: bool = True) -> None:
        super().__init__(input_size, hidden_size, batch_first=True)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        y = memory = x.new_zeros(x.shape[0], self.hidden_size)
        found = []
        for from_input in F.linear(x, self.weight_ih_l0, self.bias_ih_l0).unbind(dim=1):
            sums = from_input + F.linear(y, self.weight_hh_l0, self.bias_hh_l0)
            take, keep, new, give = sums.chunk(4, dim=1)
            memory = torch.sigmoid(keep) * memory + torch.sigmoid(take) * torch.tanh(new)
            y = torch.sigmoid(give) * torch.tanh(memory)
            found.append(y)
        return y if self.last else torch.stack(found, dim=1)


class SequenceGRU(nn.GRU):
    """nn.GRU step by step, which gives its values after the last step, or after every one."""

    weight_ih_l0: Tensor
    weight_hh_l0: Tensor
    bias_ih_l0: Tensor
    bias_hh_l0: Tensor

    def __init__(self, input_size: int, hidden_size: int, last: bool = True) -> None:
        super().__init__(input_size, hidden_size, batch_first=True)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        y = x.new_zeros(x.shape[0], self.hidden_size)
        found = []
        for from_input in F.linear(x, self.weight_ih_l0, self.bias_ih_l0).unbind(dim=1):
            reset, keep, new = from_input.chunk(3, dim=1)
            reset_y, keep_y, new_y = F.linear(y, self.weight_hh_l0, self.bias_hh_l0).chunk(3, dim=1)
            keep = torch.sigmoid(keep + keep_y)
            y = keep * y + (1 - keep) * torch.tanh(new + torch.sigmoid(reset + reset_y) * new_y)
            found.append(y)
        return y if self.last else torch.stack(found, dim=1)


class MeanEmbedding(nn.Embedding):
    """The mean of the embeddings of a text's words; 0 where it has none."""

    def forward(self, tokens: Tensor) -> Tensor:
        count = (tokens != 0).sum(dim=1, keepdim=True).clamp(min=1)
        return super().forward(tokens).sum(dim=1) / count


class GlobalPool(nn.Module):
    """The mean or the largest of each map, or of each feature of a sequence."""

    def __init__(self, dims: tuple[int, ...], largest: bool = False) -> None:
        super().__init__()
        self.dims = dims
        self.largest = largest

    def forward(self, x: Tensor) -> Tensor:
        return x.amax(dim=self.dims) if self.largest else x.mean(dim=self.dims)


class Select(nn.Module):
    """Some channels of an image, or some columns, that follow each other."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__()
        self.first, self.last = first, last

    def forward(self, x: Tensor) -> Tensor:
        return x[:, self.first - 1 : self.last]


class Scale(nn.Module):
    """Each map, or each value, times a learnt number plus a learnt number."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(count))
        self.bias = nn.Parameter(torch.zeros(count))

    def forward(self, x: Tensor) -> Tensor:
        shape = -1, *[1] * (x.dim() - 2)
        return x * self.weight.view(shape) + self.bias.view(shape)


class ScaledTanh(nn.Module):
    """a · tanh(s · x): LeCun's, whose values keep their spread of 1 from layer to layer."""

    def __init__(self, amplitude: float, slope: float) -> None:
        super().__init__()
        self.amplitude, self.slope = amplitude, slope

    def forward(self, x: Tensor) -> Tensor:
        return self.amplitude * torch.tanh(self.slope * x)


class CodeDistances(nn.Module):
    """Minus the squared distance to fixed codes of −1 and +1, so that the nearest code has the largest value."""

    codes: Tensor

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__()
        self.register_buffer("codes", torch.tensor([[2.0 * int(bit) - 1 for bit in code] for code in codes]))

    def forward(self, x: Tensor) -> Tensor:
        return -(x.unsqueeze(1) - self.codes).square().sum(dim=2)
