"""Loss and gradients as a fixed list of PyTorch kernels that write into memory taken once.

A small network's step is nearly all overhead: modules, autograd's bookkeeping, memory for every result. So PyTorch
traces the whole of forward, loss and gradient once (`make_fx`) into its own kernels; views of memory that never moves
are made once; and each kernel that is left is called with a place to write to. The numbers stay PyTorch's.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils import _pytree as pytree

log = logging.getLogger(__name__)

# torch.fx patches what the whole process shares while it traces: one thread at a time.
TRACING = threading.Lock()

Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

# What only fills memory with a constant: done once, and never again unless something writes there.
CONSTANTS = ("ones_like", "zeros_like", "full_like", "empty_like", "full", "zeros", "ones", "scalar_tensor", "arange")

# Kernels with a function of the same name and arguments in torch itself, and those of them that may take a number.
DIRECT = ("mm", "addmm", "mul", "div", "add", "sub", "sum", "tanh", "sigmoid", "abs", "exp", "sign", "neg", "cat")
SCALED = ("mul", "div")

# Kernels whose writing form first makes its place larger than its result, with a warning each time.
RESIZING = ("mse_loss", "smooth_l1_loss", "huber_loss")


class Untraceable(Exception):
    """This computation cannot be run as a fixed list; it must be run as it is."""


@dataclass(frozen=True)
class Traced:
    """The list of calls, and the places where loss () and outputs (n, k) stand after it has run."""

    calls: list[Call]
    loss: Tensor
    outputs: Tensor

    def run(self) -> tuple[Tensor, Tensor]:
        for kernel, arguments, words in self.calls:
            kernel(*arguments, **words)
        return self.loss, self.outputs


def trace(
    function: Callable[[list[Tensor], list[Tensor], Tensor, Tensor], tuple[Tensor, Tensor, Sequence[Tensor]]],
    parameters: list[Tensor],
    buffers: list[Tensor],
    inputs: Tensor,
    targets: Tensor,
    gradients: list[Tensor],
) -> Traced:
    """Trace a function of parameters, buffers, inputs and targets that gives loss, outputs and gradients.

    All tensors given are the places that every later run reads and writes; `gradients` is where the gradients go.
    Raises Untraceable.
    """
    given = [parameters, buffers, inputs, targets]
    try:
        with TRACING:
            graph = make_fx(function)(*given)
    except Exception as error:
        raise Untraceable(str(error)) from error
    places, _spec = pytree.tree_flatten(given)
    with torch.no_grad():
        first = Layout(graph, places, {})
        homes = dict(homes_of_gradients(first, gradients))
        # Once more, with the kernels that make gradients writing straight to where these belong.
        layout = Layout(graph, places, homes) if homes else first
        loss, outputs, *made = layout.results
        for gradient, result in zip(gradients, made, strict=True):
            if gradient.data_ptr() != result.data_ptr():
                layout.calls.append((gradient.copy_, (result,), {}))
    return Traced(layout.calls, loss, outputs)


def homes_of_gradients(layout: "Layout", gradients: list[Tensor]) -> Iterator[tuple[tuple[fx.Node, int], Tensor]]:
    """Each result of a kernel that is a whole gradient, possibly under another view, and where it should be written."""
    made = layout.results[2:]
    for gradient, result in zip(gradients, made, strict=True):
        for key, tensor in layout.written.items():
            same_memory = tensor.data_ptr() == result.data_ptr() and tensor.numel() == result.numel()
            if same_memory and tensor.is_contiguous() and result.is_contiguous():
                yield key, gradient.view(tensor.shape)
                break


class Layout:
    """A traced graph run once, with every result given a place of its own.

    `calls` are what later runs repeat, `written` the results by node and number, `results` the graph's outputs.
    """

    def __init__(self, graph: fx.GraphModule, places: list[Tensor], homes: dict[tuple[fx.Node, int], Tensor]) -> None:
        self.calls: list[Call] = []
        self.written: dict[tuple[fx.Node, int], Tensor] = {}
        self.results: list[Tensor] = []
        self._homes = homes
        self._constants: set[int] = set()
        self._values: dict[fx.Node, Any] = {}
        given = iter(places)
        for node in graph.graph.nodes:
            if node.op == "placeholder":
                self._values[node] = next(given)
            elif node.op == "get_attr":
                self._values[node] = getattr(graph, node.target)
            elif node.op == "output":
                flat, _spec = pytree.tree_flatten(node.args[0])
                self.results = [self._values[one] for one in flat]
            else:
                self._values[node] = self._place(node)

    def _place(self, node: fx.Node) -> Any:
        """Run one node, and note the call that repeats it unless its result only looks at other results."""
        arguments = fx.node.map_arg(node.args, lambda one: self._values[one])
        words = fx.node.map_arg(node.kwargs, lambda one: self._values[one])
        kernel: Any = node.target
        if not isinstance(kernel, torch._ops.OpOverload):
            return kernel(*arguments, **words)  # taking one of several results
        if kernel._schema.is_mutable:
            return self._mutating(kernel, arguments, words)
        result = kernel(*arguments, **words)
        if is_view(result, (arguments, words)):
            return result
        if kernel._schema.name.removeprefix("aten::") in CONSTANTS or self._is_constant((arguments, words)):
            self._constants |= {tensor.data_ptr() for tensor in tensors_in(result)}
            return result
        kept = self._at_home(node, result)
        self.calls.append(writing_call(kernel, arguments, words, kept))
        return kept

    def _is_constant(self, given: Any) -> bool:
        """Whether a kernel is given nothing but constants, and so gives one."""
        tensors = tensors_in(given)
        return bool(tensors) and all(tensor.data_ptr() in self._constants for tensor in tensors)

    def _mutating(self, kernel: Any, arguments: tuple[Any, ...], words: dict[str, Any]) -> Any:
        if any(tensor.data_ptr() in self._constants for tensor in tensors_in((arguments, words))):
            raise Untraceable("writes into a constant")
        self.calls.append((kernel, arguments, words))
        return kernel(*arguments, **words)

    def _at_home(self, node: fx.Node, result: Any) -> Any:
        """The result, moved to where it should be written when it has such a place."""
        several = isinstance(result, tuple | list)
        kept = list(result) if several else [result]
        for number, tensor in enumerate(kept):
            home = self._homes.get((node, number))
            if home is not None:
                home.copy_(tensor)
                kept[number] = home
            if tensor is not None:
                self.written[node, number] = kept[number]
        return tuple(kept) if several else kept[0]


def tensors_in(structure: Any) -> list[Tensor]:
    return [leaf for leaf in pytree.tree_leaves(structure) if isinstance(leaf, Tensor)]


def is_view(result: Any, given: Any) -> bool:
    """Whether a result has no memory of its own."""
    if not isinstance(result, Tensor) or result.numel() == 0:
        return False
    own = result.untyped_storage().data_ptr()
    return any(tensor.untyped_storage().data_ptr() == own for tensor in tensors_in(given))


def writing_call(kernel: Any, arguments: tuple[Any, ...], words: dict[str, Any], kept: Any) -> Call:
    """The call that writes a kernel's result into the memory of `kept`."""
    places = list(kept) if isinstance(kept, tuple) else [kept]
    if all(place is not None for place in places):
        variant, names = out_variant(kernel)
        if variant is not None:
            return quicker(kernel, variant, arguments, {**words, **dict(zip(names, places, strict=True))})

    def copied() -> None:
        result = kernel(*arguments, **words)
        for place, made in zip(places, result if isinstance(result, tuple | list) else [result], strict=True):
            if place is not None:
                place.copy_(made)

    return copied, (), {}


def quicker(kernel: Any, variant: Any, arguments: tuple[Any, ...], words: dict[str, Any]) -> Call:
    """The same kernel through the door that costs least: torch's own functions parse arguments faster than operators,
    and a number as a tensor is taken as it is, where a Python number is wrapped anew at every call."""
    name = kernel._schema.name.removeprefix("aten::")
    if name == "relu":
        return torch.clamp_min, (*arguments, 0), words
    if name not in DIRECT:
        return variant._op, arguments, words
    first = arguments[0]
    wrapped = tuple(
        torch.tensor(one, dtype=first.dtype, device=first.device) if name in SCALED and type(one) is float else one
        for one in arguments
    )
    function = getattr(torch, name)
    try:
        function(*wrapped, **words)
    except TypeError:
        return variant._op, arguments, words  # this form of the kernel has no such door
    return function, wrapped, words


def out_variant(kernel: Any) -> tuple[Any, list[str]]:
    """The form of a kernel that takes the same arguments and places to write to, with the names of these places."""
    if kernel._schema.name.removeprefix("aten::") in RESIZING:
        return None, []
    packet = kernel._overloadpacket
    wanted = [(argument.name, str(argument.type)) for argument in kernel._schema.arguments]
    for name in packet.overloads():
        variant = getattr(packet, name)
        places = [argument.name for argument in variant._schema.arguments if argument.is_out]
        taken = [(one.name, str(one.type)) for one in variant._schema.arguments if not one.is_out]
        if places and taken == wanted and len(places) == len(kernel._schema.returns):
            return variant, places
    return None, []
