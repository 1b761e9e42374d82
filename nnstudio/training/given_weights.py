"""Weights out of a file of another program, fitted to the drawing by name and shape or by order and shape, as a run.

A file of PyTorch is a pickle, which could run as a program: torch reads it with `weights_only`, which takes tensors and
nothing else.
"""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from nnstudio.data.dataset import Dataset
from nnstudio.layers.spec import Shape, shown_shape
from nnstudio.project.edits import free_run_id
from nnstudio.project.files import file_error
from nnstudio.project.model import Network, Project, Run
from nnstudio.project.shapes import MOST_PARAMETERS, infer_network
from nnstudio.project.weights import tensor_shapes
from nnstudio.text import Count, UserError, shown_bytes, translate_count
from nnstudio.text import translate as _
from nnstudio.training.engine import devices
from nnstudio.training.engine.flat_parameters import kept_weights
from nnstudio.training.session import made_network

MOST_BYTES = 8 * MOST_PARAMETERS
WRAPPINGS = ("state_dict", "model_state_dict", "model", "module", "network", "net", "weights", "params")
"""Under which of these a checkpoint has the weights beside an optimizer and other things."""
OPTIMIZER = "optim"
"""What its part of a checkpoint is called, among other letters: its averages have the shapes of the weights."""
OWN = ("table", "codes", "num_batches_tracked")
"""Buffers that follow from the drawing, or do not matter in use: they are not missed."""
MOST_LISTED = 8
SAFETENSORS = re.compile(rb".{8}\s*\{", re.DOTALL)


@dataclass(frozen=True)
class Fit:
    """One tensor of the drawing, and the one of the file that it is, by its name or by its place."""

    name: str
    source: str
    by: Literal["name", "order"]


@dataclass(frozen=True)
class Fitting:
    """What fits, what of the drawing the file has nothing for, and what of the file is left over, each with its
    shape."""

    fits: tuple[Fit, ...]
    missing: dict[str, Shape]
    unused: dict[str, Shape]

    @property
    def is_whole(self) -> bool:
        return not self.missing and not self.unused


def fitted(asked: Mapping[str, Shape], given: Mapping[str, Shape]) -> Fitting:
    """Which tensors of a file are which of a drawing, both in their order.

    One of the same name (something may stand before it, with a point) and shape is taken first. Then each layer gets
    the next module that has just the kinds and shapes which it still needs, so that a bias stays with its weight
    wherever it stands in the file. Of those that are left each gets one of its shape whose name ends alike, in "weight"
    say, or ends as none of the drawing does: of a module that is in its layer already, or the next.
    """
    wanted = {name: shape for name, shape in asked.items() if kind_of(name) not in OWN}
    left = {name: shape for name, shape in given.items() if kind_of(name) not in OWN}
    known = {kind_of(name) for name in asked}
    fits = list[Fit]()

    def take(name: str, source: str, by: Literal["name", "order"]) -> None:
        del wanted[name], left[source]
        fits.append(Fit(name, source, by))

    for name, shape in list(wanted.items()):
        source = next((one for one in left if left[one] == shape and is_named(one, name)), None)
        if source is not None:
            take(name, source, "name")
    for layer, needs in by_module(wanted).items():
        module = next((one for one, has in by_module(left).items() if has == needs), None)
        if module is not None:
            for kind in needs:
                take(joined(layer, kind), joined(module, kind), "order")
    for name, shape in list(wanted.items()):
        kind, there = kind_of(name), {module_of(one.source) for one in fits if module_of(one.name) == module_of(name)}
        alike = [one for one in left if left[one] == shape and (kind_of(one) == kind or kind_of(one) not in known)]
        source = min(alike, key=lambda one: module_of(one) not in there, default=None)
        if source is not None:
            take(name, source, "order")
    return Fitting(tuple(fits), wanted, left)


def by_module(tensors: Mapping[str, Shape]) -> dict[str, dict[str, Shape]]:
    """The shapes of the tensors of each module, by their kinds."""
    found: dict[str, dict[str, Shape]] = {}
    for name, shape in tensors.items():
        found.setdefault(module_of(name), {})[kind_of(name)] = shape
    return found


def joined(module: str, kind: str) -> str:
    return f"{module}.{kind}" if module else kind


def module_of(name: str) -> str:
    return name.rpartition(".")[0]


def is_named(source: str, name: str) -> bool:
    return source == name or source.endswith("." + name)


def kind_of(name: str) -> str:
    """What a tensor is in its module: weight, bias, running_mean …"""
    return name.rpartition(".")[2]


def asked_of(network: Network, sample_shape: Shape) -> dict[str, Shape]:
    """The tensors of a drawing in the order in which it computes."""
    order = infer_network(network, sample_shape).order
    shapes = tensor_shapes(network, sample_shape)
    return dict(sorted(shapes.items(), key=lambda one: order.index(one[0].partition(".")[0])))


# --- the file -------------------------------------------------------------------------------------------------------


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file or of a state_dict, by name and in order. UserError for another file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(64)
        check_size(path, size)
        is_safe = SAFETENSORS.match(head) is not None
        found = read_safetensors(path) if is_safe else tensors_in(read_state_dict(path))
    except OSError as error:
        raise file_error(error, path, reading=True) from None
    if not found:
        raise UserError(_("There are no weights in “{file}”.").format(file=path.name))
    return found


def read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        found: dict[str, Tensor] = safetensors.torch.load_file(path)
    except safetensors.SafetensorError:
        raise UserError(_("“{file}” is damaged: it is no whole safetensors file.").format(file=path.name)) from None
    # The file has them by size and name; other programs number their layers.
    return dict(sorted(found.items(), key=lambda one: natural(one[0])))


def natural(name: str) -> list[tuple[int, str]]:
    """A name to be sorted by, in which 10 comes after 9."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def read_state_dict(path: Path) -> Any:
    """What torch finds in a file of its own without running anything in it. UserError for all else."""
    check_unpacked(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of kinds of files that are refused in words here
            return torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception:  # whatever is done to such a file, torch says it in its own way
        words = _(
            "“{file}” is no file of weights alone: it is damaged, or holds objects that could run as a program. "
            "Nothing in it was run. In PyTorch write one with torch.save(model.state_dict(), …), or as safetensors."
        )
        raise UserError(words.format(file=path.name)) from None


def check_unpacked(path: Path) -> None:
    """UserError for an archive that unpacks to more than any network has."""
    if zipfile.is_zipfile(path):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
            check_size(path, sum(one.file_size for one in archive.infolist()))


def check_size(path: Path, size: int) -> None:
    if size > MOST_BYTES:
        words = _("“{file}” holds {size}; no network here has weights of more than {limit}.")
        raise UserError(words.format(file=path.name, size=shown_bytes(size), limit=shown_bytes(MOST_BYTES)))


def tensors_in(found: Any) -> dict[str, Tensor]:
    """The tensors of a state_dict; of a checkpoint those of the part that has most, one of the usual names first."""
    parts = list(parts_of(found))
    usual = [part for name, part in parts if name in WRAPPINGS and part]
    return max(usual or [part for _name, part in parts], key=len, default={})


def parts_of(found: Any) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """The tensors of each part of a checkpoint with its name, the whole one first. Each is looked into once: a file can
    have parts within themselves."""
    waiting, seen = [("", found)], set[int]()
    for name, part in waiting:
        if isinstance(part, Mapping) and id(part) not in seen and OPTIMIZER not in name:
            seen.add(id(part))
            yield name, {str(key): value for key, value in part.items() if is_plain(value)}
            waiting += [(str(key), value) for key, value in part.items() if isinstance(value, Mapping)]


def is_plain(value: object) -> bool:
    """Whether a value can be weights: numbers with decimals, and all of them."""
    return (
        isinstance(value, Tensor)
        and value.is_floating_point()
        and value.layout == torch.strided
        and not (value.is_quantized or value.is_meta)
    )


# --- the run --------------------------------------------------------------------------------------------------------


def run_with_weights(project: Project, dataset: Dataset, path: Path) -> tuple[Run, Fitting]:
    """A run of no epoch that has the weights of a file, and how they fit; where the file has none, a layer has the
    first weights that its seed gives. UserError where nothing fits, and for numbers that are none."""
    tensors = read_tensors(path)
    given = {name: tuple(value.shape) for name, value in tensors.items()}
    fitting = fitted(asked_of(project.network, dataset.preparation.shape), given)
    if not fitting.fits:
        words = _(
            "None of the weights in “{file}” fits this network. The file has: {found}. The network needs: {asked}."
        )
        raise UserError(words.format(file=path.name, found=listed(given), asked=listed(fitting.missing)))
    network = made_network(project, None, dataset.preparation)
    state = network.trained.state_dict()
    return run_of(project, dataset, state | taken(fitting, tensors, state, path), message_of(fitting, path)), fitting


def taken(
    fitting: Fitting, tensors: Mapping[str, Tensor], state: Mapping[str, Tensor], path: Path
) -> dict[str, Tensor]:
    """The tensors of the file under the names of the drawing. UserError for one that is not finite."""
    found = {one.name: tensors[one.source].to(state[one.name].dtype) for one in fitting.fits if one.name in state}
    for name, value in found.items():
        if not bool(torch.isfinite(value).all()):
            words = _("“{name}” in “{file}” holds numbers that are none (NaN or infinite).")
            raise UserError(words.format(name=name, file=path.name))
    return found


def run_of(project: Project, dataset: Dataset, weights: Mapping[str, Tensor], message: str) -> Run:
    """A run of no epoch with these weights."""
    cpu = torch.device("cpu")
    return Run(
        id=free_run_id(project),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        network=project.network,
        data=project.data,
        training=project.training,
        preparation=dataset.preparation,
        stop_reason="user",
        epochs_run=0,
        best_epoch=None,
        weights_epoch=0,
        device=str(cpu),
        parameters=infer_network(project.network, dataset.preparation.shape).total_parameters,
        seconds=0.0,
        samples_per_second=0.0,
        message=message,
        backend="eager",
        threads=torch.get_num_threads(),
        torch=str(torch.__version__),
        machine=devices.machine(cpu),
        data_sha256=dataset.facts.sha256,
        rows=dataset.facts.rows,
        rows_sha256=dataset.facts.rows_sha256,
        weights=safetensors.torch.save(kept_weights(weights)),
    )


def message_of(fitting: Fitting, path: Path) -> str:
    """Where the weights are from, and what did not fit, in words."""
    by_name = sum(one.by == "name" for one in fitting.fits)
    words = translate_count(
        "Weights from “{file}”: {count} tensor fits ({named} by name, {ordered} by order).",
        "Weights from “{file}”: {count} tensors fit ({named} by name, {ordered} by order).",
        len(fitting.fits),
    ).format(
        file=path.name, count=Count(len(fitting.fits)), named=Count(by_name), ordered=Count(len(fitting.fits) - by_name)
    )
    if fitting.missing:
        words += " " + _("The file has nothing for {names}: first weights stand there.").format(
            names=listed(fitting.missing)
        )
    if fitting.unused:
        words += " " + _("Nothing takes {names}.").format(names=listed(fitting.unused))
    if turned := turned_of(fitting):
        words += " " + _(
            "Turned over, {names} would fit: PyTorch has a row of weights for each unit, and other programs a column."
        ).format(names=listed(turned))
    return words


def turned_of(fitting: Fitting) -> dict[str, Shape]:
    """The matrices left over whose transposes have a shape that is missed."""
    missed = set(fitting.missing.values())
    return {name: shape for name, shape in fitting.unused.items() if len(shape) == 2 and shape[::-1] in missed}


def listed(shapes: Mapping[str, Shape]) -> str:
    """The first of some tensors with their shapes."""
    names: Sequence[str] = [f"{name[:60]} ({shown_shape(shape) or 1})" for name, shape in shapes.items()]
    more = [_("and {count} more").format(count=Count(len(names) - MOST_LISTED))] if len(names) > MOST_LISTED else []
    return ", ".join([*names[:MOST_LISTED], *more])
