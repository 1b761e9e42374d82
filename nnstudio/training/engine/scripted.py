"""A whole step as one call: TorchScript's interpreter runs its kernels in a row, without Python and beside it.

Called one by one from Python, each kernel gives the interpreter's lock away and must have it back for the next; where
another thread computes too (a window that draws), a step of twenty kernels waits twenty times. In one call it waits
once, and the numbers are the same bits: the same kernels on the same memory, with nothing optimised.

The graph interface used here is deprecated since torch 2.11, and this file is made to be deleted: without it steps go
as lists of kernels. What replaces it is a Python without that lock. For 3.14t there are wheels of torch 2.13, but of
PySide6 6.12 and safetensors 0.8 only such for the stable ABI, which a free-threaded Python does not load.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor

from nnstudio.training.engine.cuda_graph import unchanged
from nnstudio.training.engine.traced import Listener, tensors_in

log = logging.getLogger(__name__)

Result = TypeVar("Result")

Each = Callable[[Sequence[Tensor]], AbstractContextManager[list[Tensor]]]
"""Within what is written down: what follows, for each row of some stacks."""


class Unscriptable(Exception):
    """These kernels cannot be written down for TorchScript; they must be called from Python."""


@torch.no_grad()
def scripted(step: Callable[[], Result], state: Sequence[Tensor]) -> Callable[[], Result] | None:
    """What runs the step again on the same memory, and gives the same tensors each time; None where that cannot be.

    The step must take all its memory and its numbers as they are now, and draw nothing. `state` is all that it changes
    beside what it gives, and is left unchanged.
    """
    scribe = Scribe()
    try:
        with unchanged(state), scribe:
            result = step()
        if any(not scribe.is_given(tensor) for tensor in tensors_in(result)):
            raise Unscriptable("a result has no place of its own")
        run, given = scribe.function(), scribe.given
        with unchanged(state):
            run(*given)  # prepares itself at the first call
    except (Unscriptable, AttributeError, RuntimeError, TypeError) as reason:
        log.info("Not scripted: %s", reason)
        return None

    def replay() -> Result:
        run(*given)
        return result

    return replay


@torch.no_grad()
def scripted_block(
    iteration: Callable[[Sequence[Tensor], Each], object], stacks: Sequence[Tensor], state: Sequence[Tensor]
) -> Callable[[Sequence[Tensor]], None] | None:
    """What takes an iteration for each row of some stacks, one after another, as one call; None where that cannot be.

    `iteration` is given a row of each stack, and what repeats a part of it for each row of such a row. It is taken
    once, on the first rows of `stacks`, to be written down, and must otherwise be as the step of `scripted` is. Later
    stacks have the same kinds and shapes, and any number of rows.
    """
    scribe = Scribe()
    try:
        with unchanged(state):
            with scribe.loop(stacks) as rows, scribe:
                iteration(rows, scribe.each)
            run, given = scribe.function(), scribe.given
            run(*stacks, len(stacks[0]), *given)
    except (Unscriptable, AttributeError, RuntimeError, TypeError) as reason:
        log.info("No block: %s", reason)
        return None
    return lambda stacks: run(*stacks, len(stacks[0]), *given)


def warm_up() -> None:
    """Have TorchScript make itself ready, which takes some 40 ms at its first call."""
    count = torch.zeros(())
    scripted(lambda: count.add_(1), [count])


class Scribe(Listener):  # type: ignore[no-untyped-call]
    """Writes down every kernel that is called while it listens, as a function of TorchScript.

    `given` are the tensors that were there before: what the function is called with.
    """

    def __init__(self) -> None:
        super().__init__()
        self.graph: Any = torch._C.Graph()
        self.given: list[Tensor] = []
        self._values: dict[int, Any] = {}
        self._places: dict[tuple[Any, ...], Any] = {}
        self._alive: list[Any] = []  # an id is one tensor's alone as long as that lives

    @contextmanager
    def loop(self, stacks: Sequence[Tensor]) -> Iterator[list[Tensor]]:
        """Write down what is called meanwhile as what is done for each row of the stacks; they and how many rows they
        have are what the function is called with first. Gives the first rows."""
        inputs = [self.graph.addInput() for _stack in stacks]
        count = self.graph.addInput()
        count.setType(torch._C.IntType.get())
        with self._repeated(count, inputs, stacks) as rows:
            yield rows

    @contextmanager
    def each(self, stacks: Sequence[Tensor]) -> Iterator[list[Tensor]]:
        """Write down what is called meanwhile as what is done for each row of stacks that are rows themselves, or were
        there before. Gives the first rows; how many there are stays as it is."""
        count = self.graph.insertConstant(len(stacks[0]))
        with self._repeated(count, [self._of_tensor(stack) for stack in stacks], stacks) as rows:
            yield rows

    @contextmanager
    def _repeated(self, count: Any, stacked: Sequence[Any], stacks: Sequence[Tensor]) -> Iterator[list[Tensor]]:
        """The same; `count` and `stacked` are what stands for how many there are and for the stacks."""
        rows = [stack[0] for stack in stacks]  # outside: what is called within is done for every row
        goes_on, behind = self.graph.insertConstant(True), self.graph.insertPoint()
        loop = self.graph.create("prim::Loop", [count, goes_on], 0)
        self.graph.insertNode(loop)
        body = loop.addBlock()
        number = body.addInputToBlock()
        number.setType(torch._C.IntType.get())
        body.registerOutput(goes_on)
        self.graph.setInsertPoint(body)
        for row, whole in zip(rows, stacked, strict=True):
            chosen = self.graph.create("aten::select", [whole, self.graph.insertConstant(0), number], 1)
            self.graph.insertNode(chosen)
            self._values[id(row)] = chosen.output()
        self._alive.append(rows)
        yield rows
        self.graph.setInsertPoint(behind)

    def is_given(self, tensor: Tensor) -> bool:
        """Whether a tensor's memory was there before."""
        own = tensor.untyped_storage().data_ptr()
        return any(one.untyped_storage().data_ptr() == own for one in self.given)

    def function(self) -> Callable[..., Any]:
        """All that was written down."""
        nothing = self.graph.create("prim::Constant", [], 1)
        nothing.output().setType(torch._C.NoneType.get())
        self.graph.insertNode(nothing)
        self.graph.registerOutput(nothing.output())
        # Said for this whole process, in which nothing else is scripted: what is optimised may round otherwise.
        torch._C._set_graph_executor_optimize(False)
        found: Callable[..., Any] = torch._C._create_function_from_graph("step", self.graph)
        return found

    def __torch_dispatch__(
        self, kernel: Any, types: Any, arguments: tuple[Any, ...] = (), words: dict[str, Any] | None = None
    ) -> Any:
        """Run one kernel and write it down."""
        words = words or {}
        schema = kernel._schema
        taken = [
            arguments[place] if place < len(arguments) else words.get(one.name, one.default_value)
            for place, one in enumerate(schema.arguments)
        ]
        kinds = [str(one.type) for one in schema.arguments]
        values = [self._value(one, kind, arguments) for one, kind in zip(taken, kinds, strict=True)]
        result = kernel(*arguments, **words)
        made = [] if result is None else list(result) if isinstance(result, tuple | list) else [result]
        node = self.graph.create(schema.name, values, len(made))
        self.graph.insertNode(node)
        if str(node.schema()) != str(schema):  # TorchScript looks for the form by the kinds of the arguments
            raise Unscriptable(f"{schema} would become {node.schema()}")
        for tensor, output in zip(made, node.outputs(), strict=True):
            if tensor is None:
                continue  # a gradient that nobody asked for
            if not isinstance(tensor, Tensor):
                raise Unscriptable(f"{schema.name} gives no tensor")
            self._alive.append(tensor)
            self._values.setdefault(id(tensor), output)
        return result

    def _value(self, given: Any, kind: str, arguments: tuple[Any, ...]) -> Any:
        """What stands for one of the arguments."""
        if kind == "Tensor" and isinstance(given, int | float):
            first = tensors_in(arguments)[0]
            given = torch.tensor(given, dtype=first.dtype, device=first.device)
        if isinstance(given, Tensor):
            return self._of_tensor(given)
        if kind == "List[Tensor]":
            values = self.graph.create("prim::ListConstruct", [self._of_tensor(one) for one in given], 1)
            values.output().setType(torch._C.ListType.ofTensors())
            self.graph.insertNode(values)
            return values.output()
        return self.graph.insertConstant(list(given) if isinstance(given, tuple) else given)

    def _of_tensor(self, tensor: Tensor) -> Any:
        """What stands for a tensor; one that no kernel has made was there before, and is one with its like."""
        if id(tensor) in self._values:
            return self._values[id(tensor)]
        place = tensor.data_ptr(), tensor.dtype, tensor.shape, tensor.stride()
        if place not in self._places:
            self._places[place] = self.graph.addInput()
            self.given.append(tensor)
        self._alive.append(tensor)
        self._values[id(tensor)] = self._places[place]
        return self._values[id(tensor)]
