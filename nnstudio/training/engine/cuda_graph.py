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


@torch.no_grad()
def captured(step: Callable[[], Result], state: Sequence[Tensor]) -> Callable[[], Result] | None:
    """What runs the step again on the same memory, and gives the same tensors each time; None where CUDA refuses.

    `state` is all that a step changes, and is left unchanged. The step must draw nothing: a generator that a failed
    capture leaves behind cannot be used any more.
    """
    device = state[0].device
    usual = torch.cuda.current_stream(device)
    side = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    side.wait_stream(usual)
    with torch.cuda.stream(side), unchanged(state):
        for _time in range(WARM_UPS):
            step()
    usual.wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    try:
        # On a stream of this device: torch's own for captures lies where the first one was made. Other threads may ask
        # CUDA for something meanwhile; that is no concern of this graph.
        with torch.cuda.graph(graph, stream=side, capture_error_mode="thread_local"):
            result = step()  # noted, and not run
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as reason:
        log.warning("No CUDA graph, the step runs kernel by kernel: %s", reason)
        return None
    finally:
        torch.cuda.set_stream(usual)  # a failed capture would leave us on its stream

    def replay() -> Result:
        graph.replay()
        return result

    return replay


@contextmanager
def unchanged(state: Sequence[Tensor]) -> Iterator[None]:
    """Whatever happens to these tensors, they are afterwards what they were before."""
    before = [tensor.clone() for tensor in state]
    try:
        yield
    finally:
        for tensor, copy in zip(state, before, strict=True):
            tensor.copy_(copy)
