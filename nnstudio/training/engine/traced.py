"""Loss and gradients as a fixed list of PyTorch kernels that write into memory taken once.

A small network's step is nearly all overhead: modules, autograd's bookkeeping, memory for every result. So the whole of
forward, loss and gradient runs once while PyTorch's dispatcher tells which kernels it calls; views of memory that never
moves are made once; and each kernel that is left is called again with a place to write to. The numbers stay PyTorch's.

Listening to the dispatcher takes milliseconds and loads nothing; `make_fx`, which gives the same list, loads half of
torch's compiler first (2 s) and takes 10 ms a layer.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from nnstudio.training.engine.small_convolutions import as_product, without_onednn

Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

Place = tuple[int, int]
"""Which result: the number of the kernel's call, and the number of the result among those it gives."""

# What only fills memory with a constant: done once, and never again unless something writes there.
CONSTANTS = ("ones_like", "zeros_like", "full_like", "empty_like", "full", "zeros", "ones", "scalar_tensor", "arange")

# Kernels with a function of the same name and arguments in torch itself, and those of them that may take a number.
DIRECT = (
    "mm",
    "addmm",
    "bmm",
    "mean",
    "mul",
    "div",
    "add",
    "sub",
    "sum",
    "tanh",
    "sigmoid",
    "abs",
    "exp",
    "sign",
    "neg",
    "cat",
)
SCALED = ("mul", "div")

# Kernels whose writing form first makes its place larger than its result, with a warning each time.
RESIZING = ("mse_loss", "smooth_l1_loss", "huber_loss")


# Kernels that give the same numbers in other memory, in another precision or laid out otherwise.
COPIES = ("clone", "_to_copy")


class Untraceable(Exception):
    """This computation cannot be run as a fixed list; it must be run as it is."""


@dataclass(frozen=True)
class Traced:
    """The list of calls, and the places where loss () and outputs (n, k) stand after it has run. Whether small
    convolutions go without oneDNN decides the last bits."""

    calls: list[Call]
    loss: Tensor
    outputs: Tensor
    goes_without_onednn: bool = False

    def run(self) -> None:
        """To be called without autograd."""
        for kernel, arguments, words in self.calls:
            kernel(*arguments, **words)


def trace(function: Callable[[], tuple[Tensor, Tensor, Sequence[Tensor]]], gradients: Sequence[Tensor]) -> Traced:
    """Trace a function that gives loss, outputs and gradients.

    Every tensor the function reads is the place that every later run reads; `gradients` is where the gradients go. The
    function runs twice, and changes what it changes (the averages of batch norm) each time. Raises Untraceable.
    """
    first = Recorder({})
    homes = dict(homes_of_gradients(first.written, first.record(function)[2], gradients))
    if not homes:
        recorder, (loss, outputs, made) = first, first.results
    else:
        # Once more, with the kernels that make gradients writing straight to where these belong.
        del first  # and its memory
        recorder = Recorder(homes)
        loss, outputs, made = recorder.record(function)
    calls = recorder.calls
    for gradient, result in zip(gradients, made, strict=True):
        if gradient.data_ptr() != result.data_ptr():
            calls.append((gradient.copy_, (result,), {}))
    return Traced(calls, loss.detach(), outputs.detach(), recorder.goes_without_onednn)


def homes_of_gradients(
    written: dict[Place, Tensor], made: Sequence[Tensor], gradients: Sequence[Tensor]
) -> Iterator[tuple[Place, Tensor]]:
    """Each result of a kernel that is a whole gradient, possibly under another view, and where it should be written."""
    by_memory = {tensor.data_ptr(): (place, tensor) for place, tensor in written.items() if tensor.is_contiguous()}
    for gradient, result in zip(gradients, made, strict=True):
        place, tensor = by_memory.get(result.data_ptr(), (None, result))
        if place is None or tensor.numel() != result.numel() or not result.is_contiguous():
            continue
        try:
            home = gradient.view(tensor.shape)
        except RuntimeError:  # a gradient over all kernels of a stack, which lie apart: it is copied
            continue
        yield place, home


class Listener(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Hears of every kernel that PyTorch's dispatcher calls."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing here is ever compiled; torch would load its compiler only to leave this class out of it (1.5 s)."""
        return False


class Recorder(Listener):  # type: ignore[no-untyped-call]
    """Lets a computation run, and notes the calls that repeat it.

    `calls` are what later runs repeat, `written` the results that have memory of their own. What has a home in `homes`
    is written there.
    """

    def __init__(self, homes: dict[Place, Tensor]) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.written: dict[Place, Tensor] = {}
        self._homes = homes
        self.goes_without_onednn = False
        self._constants: set[int] = set()
        # Every result stays alive while it is recorded: memory used twice would be taken for one and the same.
        self._alive: list[Any] = []

    def record(
        self, function: Callable[[], tuple[Tensor, Tensor, Sequence[Tensor]]]
    ) -> tuple[Tensor, Tensor, Sequence[Tensor]]:
        """Run the function; its results. Raises Untraceable."""
        with self:
            self.results = function()
        return self.results

    def __torch_dispatch__(
        self, kernel: Any, types: Any, arguments: tuple[Any, ...] = (), words: dict[str, Any] | None = None
    ) -> Any:
        """Run one kernel, and note the call that repeats it unless its result only looks at other results."""
        words = words or {}
        if product := as_product(kernel, arguments):
            self.goes_without_onednn = True
            with self:  # these kernels are noted in its place
                return product()
        asked = kernel
        kernel, arguments = without_onednn(kernel, arguments)
        self.goes_without_onednn |= kernel is not asked
        result = kernel(*arguments, **words)
        given = tensors_in((arguments, words))
        if not tensors_in(result):
            raise Untraceable(f"{kernel} gives no tensor")  # a number that Python could decide by
        if kernel._schema.is_mutable:
            self._note_change(kernel, arguments, words, result)
        elif not is_view(result, given):
            result = self._note_result(kernel, arguments, words, result)
        self._alive.append((given, result))
        return result

    def _note_change(self, kernel: Any, arguments: tuple[Any, ...], words: dict[str, Any], result: Any) -> None:
        given = tensors_in((arguments, words))
        if any(tensor.data_ptr() in self._constants for tensor in given):
            raise Untraceable("writes into a constant")
        if not all(is_view(one, given) for one in tensors_in(result)):
            raise Untraceable(f"{kernel} changes one tensor and makes another")
        self.calls.append((kernel, *without_history((arguments, words))))

    def _note_result(self, kernel: Any, arguments: tuple[Any, ...], words: dict[str, Any], result: Any) -> Any:
        given = tensors_in((arguments, words))
        if is_times_one(kernel, arguments):
            return arguments[0].detach()
        of_constants = bool(given) and all(tensor.data_ptr() in self._constants for tensor in given)
        if name_of(kernel) in CONSTANTS or of_constants:
            self._constants |= {tensor.data_ptr() for tensor in tensors_in(result)}
            return result
        kept = self._at_home(result)
        self.calls.append(writing_call(kernel, *without_history((arguments, words, kept))))
        return kept

    def _at_home(self, result: Any) -> Any:
        """The result, moved to where it should be written when it has such a place."""
        several = isinstance(result, tuple | list)
        kept = list(result) if several else [result]
        for number, tensor in enumerate(kept):
            if tensor is None:
                continue
            place = len(self.calls), number
            home = self._homes.get(place)
            if home is not None:
                home.copy_(tensor)
                kept[number] = home
            self.written[place] = kept[number]
        return tuple(kept) if several else kept[0]


def tensors_in(structure: Any) -> list[Tensor]:
    return [leaf for leaf in pytree.tree_leaves(structure) if isinstance(leaf, Tensor)]


def name_of(kernel: Any) -> str:
    name: str = kernel._schema.name.removeprefix("aten::")
    return name


def is_times_one(kernel: Any, arguments: tuple[Any, ...]) -> bool:
    """Whether a kernel does nothing; `vmap` multiplies every bias by one."""
    return name_of(kernel) == "mul" and isinstance(arguments[1], int | float) and arguments[1] == 1


def is_view(result: Any, given: Iterable[Tensor]) -> bool:
    """Whether a result has no memory of its own; of several none has."""
    if isinstance(result, tuple | list):
        return len(result) > 0 and all(is_view(one, given) for one in result)
    if not isinstance(result, Tensor) or result.numel() == 0:
        return False
    own = result.untyped_storage().data_ptr()
    return any(tensor.untyped_storage().data_ptr() == own for tensor in given)


def without_history(structure: Any) -> Any:
    """The same memory, without what autograd remembers of its tensors."""
    return pytree.tree_map_only(Tensor, Tensor.detach, structure)


def writing_call(kernel: Any, arguments: tuple[Any, ...], words: dict[str, Any], kept: Any) -> Call:
    """The call that writes a kernel's result into the memory of `kept`."""
    if name_of(kernel) in COPIES and not isinstance(kept, tuple):
        return kept.copy_, (arguments[0],), {}
    places = list(kept) if isinstance(kept, tuple) else [kept]
    if all(place is not None for place in places):
        variant, names = out_variant(kernel)
        if variant is not None:
            return quicker(kernel, variant, arguments, {**words, **dict(zip(names, places, strict=True))})

    def copied() -> None:
        for place, made in zip(places, kernel(*arguments, **words), strict=True):
            if place is not None:
                place.copy_(made)

    def copied_alone() -> None:
        kept.copy_(kernel(*arguments, **words))

    return (copied if isinstance(kept, tuple) else copied_alone), (), {}


def quicker(kernel: Any, variant: Any, arguments: tuple[Any, ...], words: dict[str, Any]) -> Call:
    """The same kernel through the door that costs least: torch's own functions parse arguments faster than operators,
    and a number as a tensor is taken as it is, where a Python number is wrapped anew at every call."""
    name = name_of(kernel)
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
    if name_of(kernel) in RESIZING:
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
