"""A whole step as one CUDA graph: its kernels are launched together, which is what a small network's step waits for."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor

log = logging.getLogger(__name__)

Result = TypeVar("Result")

WARM_UPS = 3
"""CUDA's libraries take their memory on the first calls, which may not happen while a graph is captured."""


def captured(
    step: Callable[[], Result], state: Sequence[Tensor], generators: Sequence[torch.Generator]
) -> Callable[[], Result] | None:
    """What runs the step again on the same memory, and gives the same tensors each time; None where CUDA refuses.

    `state` is all that a step changes, and is left unchanged. To be called without autograd.
    """
    device = generators[0].device
    side = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream(device))
    with torch.cuda.stream(side), unchanged(state, generators):
        for _time in range(WARM_UPS):
            step()
    torch.cuda.current_stream(device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    try:
        for generator in generators:
            graph.register_generator_state(generator)
        # Other threads may ask CUDA for something meanwhile; that is no concern of this graph.
        with torch.cuda.device(device), torch.cuda.graph(graph, capture_error_mode="thread_local"):
            result = step()  # noted, and not run
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as reason:
        log.warning("No CUDA graph, the step runs kernel by kernel: %s", reason)
        return None

    def replay() -> Result:
        graph.replay()
        return result

    return replay


@contextmanager
def unchanged(state: Sequence[Tensor], generators: Sequence[torch.Generator]) -> Iterator[None]:
    """Whatever happens to these tensors and generators, they are afterwards what they were before."""
    before = [tensor.clone() for tensor in state]
    drawn = [generator.get_state() for generator in generators]
    try:
        yield
    finally:
        for tensor, copy in zip(state, before, strict=True):
            tensor.copy_(copy)
        for generator, kept in zip(generators, drawn, strict=True):
            generator.set_state(kept)
