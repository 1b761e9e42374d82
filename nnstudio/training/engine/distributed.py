"""Several processes that train one network together, started by `torchrun`: each has its part of every batch."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ProcessGroup:
    """Process number `rank` of `size`; a group of one shares nothing and waits for nobody.

    All hold the same weights: they begin alike and change by the same sums.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_rank_zero(self) -> bool:
        """Whether this is the one process that shows and writes."""
        return self.rank == 0

    def part(self, rows: Tensor) -> Tensor:
        """This process's share of some rows; none when there are fewer rows than processes."""
        return rows if self.size == 1 else rows.tensor_split(self.size)[self.rank]

    def add(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by the sum of all processes' own."""
        if self.size > 1:
            for tensor in tensors:
                torch.distributed.all_reduce(tensor)

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor of numbers with decimals by the mean of all processes' own."""
        for tensor in tensors:
            if tensor.is_floating_point():
                self.add([tensor])
                tensor.div_(self.size)

    def all_agree(self, going_on: bool) -> bool:
        """Whether all of them go on: one that stopped alone would leave the others waiting."""
        if self.size == 1:
            return going_on
        votes = torch.tensor(float(going_on))
        self.add([votes])
        return float(votes) == self.size


SINGLE_PROCESS = ProcessGroup()


def wanted() -> bool:
    """Whether `torchrun` started this process as one of several."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def processes_here() -> int:
    """How many of the group share this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1"))


def local_rank() -> int:
    """The number of this process on this machine, which is that of its GPU."""
    return int(os.environ.get("LOCAL_RANK", "0"))


@contextmanager
def joined() -> Iterator[ProcessGroup]:
    """The group this process belongs to: gloo between CPUs, nccl between GPUs."""
    if not wanted():
        yield SINGLE_PROCESS
        return
    torch.distributed.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield ProcessGroup(torch.distributed.get_rank(), torch.distributed.get_world_size())
    finally:
        torch.distributed.destroy_process_group()
