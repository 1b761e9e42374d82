"""A whole step as one CUDA graph: its kernels are launched together, which is what a small network's step waits for."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor

log = logging.getLogger(__name__)

Result = TypeVar("Result")

WARM_UPS = 3
"""CUDA's libraries take their memory on the first calls, which may not happen while a graph is captured."""


def captured(
    step: Callable[[], Result], kept: Sequence[Tensor], generators: Sequence[torch.Generator]
) -> Callable[[], Result] | None:
    """What runs the step again on the same memory, and gives the same tensors each time; None where CUDA refuses.

    The step is run to warm up; `kept` and the state of the generators are afterwards what they were before. To be
    called without autograd.
    """
    device = generators[0].device
    before = [tensor.clone() for tensor in kept]
    states = [generator.get_state() for generator in generators]
    side = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream(device))
    with torch.cuda.stream(side):
        for _time in range(WARM_UPS):
            step()
    torch.cuda.current_stream(device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    try:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)
            graph.register_generator_state(generator)
        # Other threads may ask CUDA for something meanwhile; that is no concern of this graph.
        with torch.cuda.device(device), torch.cuda.graph(graph, capture_error_mode="thread_local"):
            result = step()
    except RuntimeError as reason:
        if isinstance(reason, torch.OutOfMemoryError):
            raise
        log.warning("No CUDA graph, the step runs kernel by kernel: %s", reason)
        return None
    finally:
        for tensor, copy in zip(kept, before, strict=True):
            tensor.copy_(copy)

    def replay() -> Result:
        graph.replay()
        return result

    return replay
