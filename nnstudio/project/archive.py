"""The project file: a zip archive of JSON, CSV and safetensors. A file only holds data; nothing in it is ever run.

project.json                format version, network, data choice, training settings, runs
runs/ID/metrics.csv         the curve of a run, one row an epoch
runs/ID/weights.safetensors its weights
thumbnail.png               a picture of the canvas
"""

import csv
import io
import math
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import safetensors
from msgspec.structs import replace

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Value
from nnstudio.project.edits import LONGEST_NAME, LONGEST_NOTE, MOST_LAYERS, MOST_REMARKS, refuse_link
from nnstudio.project.files import file_mistake, write_whole
from nnstudio.project.model import DataChoice, History, Layer, Network, Note, Project, Run
from nnstudio.project.names import shown_name
from nnstudio.project.settings import DATA_SETTINGS, TRAINING_SETTINGS, check_settings
from nnstudio.project.toy_source import PREFIX, toy_settings
from nnstudio.text import Count, Mistake
from nnstudio.text import translate as _

FORMAT = 3
"""1: without notes and frames; 2: without what happened in the middle of a run."""
SUFFIX = ".nnstudio"
MOST_MEMBERS = 4096
MOST_BYTES = 2**31
MOST_JSON_BYTES = 2**26
RUN_MEMBER = re.compile(r"runs/(run-[0-9]{1,9})/(metrics\.csv|weights\.safetensors)")
FIXED_DATE = (1980, 1, 1, 0, 0, 0)
LAYER_ID = re.compile(r"[a-z][a-z_]{0,30}_[1-9][0-9]{0,8}")


class ProjectFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What project.json holds."""

    format: int
    project: Project


class FormatOnly(msgspec.Struct):
    """Read first, so that a newer file is named as such and not called damaged."""

    format: int


# --- saving ---------------------------------------------------------------------------------------------------------


def save(project: Project, path: Path, thumbnail: bytes = b"") -> None:
    """Write the project file whole, or leave what was there as it was. Mistake says why it could not be written."""
    write_whole(path, to_bytes(project, path.resolve().parent, thumbnail))


def to_bytes(project: Project, folder: Path, thumbnail: bytes = b"") -> bytes:
    """The archive as bytes; the same project gives the same bytes. Paths of data are written relative to `folder`."""
    stored = with_paths(project, lambda source: portable_source(source, folder))
    bare = replace(stored, runs=tuple(replace(run, history=History(), weights=b"") for run in stored.runs))
    members = {"project.json": msgspec.json.format(msgspec.json.encode(ProjectFile(FORMAT, bare)), indent=1)}
    for run in project.runs:
        members[f"runs/{run.id}/metrics.csv"] = history_to_csv(run.history)
        members[f"runs/{run.id}/weights.safetensors"] = run.weights
    if thumbnail:
        members["thumbnail.png"] = thumbnail
    refuse_too_much(len(members), sum(map(len, members.values())))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, FIXED_DATE), content)
    return buffer.getvalue()


def refuse_too_much(count: int, size: int) -> None:
    """Mistake for what could be written and never opened again."""
    if count > MOST_MEMBERS or size > MOST_BYTES:
        raise Mistake(
            _("Not saved: the project holds too many runs ({count} parts, {size} bytes). Delete some of them.").format(
                count=Count(count), size=Count(size)
            )
        )


def history_to_csv(history: History) -> bytes:
    """One row an epoch; the digits given bring back the same floats, an empty cell what was not measured."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    names = [name for name in History.__struct_fields__ if getattr(history, name) or name == "epoch"]
    writer.writerow(names)
    columns = [["" if value != value else value for value in getattr(history, name)] for name in names]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


# --- opening --------------------------------------------------------------------------------------------------------


def open_project(path: Path) -> Project:
    """The project in a file, checked all through; Mistake in words for anything else."""
    try:
        with zipfile.ZipFile(readable(path)) as archive:
            return read(archive, path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        # Flipped bits make zipfile ask for passwords and for versions that never were.
        raise Mistake(damaged(path)) from None
    except OSError as error:
        raise file_mistake(error, path, reading=True) from None


def readable(path: Path) -> Path:
    """The path itself when there is a plain, non-empty file; Mistake otherwise."""
    if not path.exists():
        raise Mistake(_("“{file}” does not exist. Check the name and the folder.").format(file=path))
    if path.is_dir():
        raise Mistake(_("“{file}” is a folder, not a project file.").format(file=path))
    if not path.is_file():
        raise Mistake(_("“{file}” is not a plain file.").format(file=path))
    if path.stat().st_size == 0:
        raise Mistake(_("“{file}” is empty (0 bytes). It was not opened.").format(file=path.name))
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise zipfile.BadZipFile("something stands before the archive")
    return path


def damaged(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(8)
    if start[:2] == b"PK":
        return _("“{file}” is cut short or damaged.").format(file=path.name)
    if start[:4] == b"\x89PNG":
        return _("“{file}” is not an nnstudio project (it looks like a PNG image).").format(file=path.name)
    return _("“{file}” is not an nnstudio project.").format(file=path.name)


def read(archive: zipfile.ZipFile, path: Path) -> Project:
    check_members(archive, path)
    project = decode(archive.read("project.json"), path)
    check_project(project)
    runs = tuple(with_members(run, archive, path) for run in project.runs)
    folder = path.resolve().parent
    return with_paths(replace(project, runs=runs), lambda source: located_source(source, folder))


def check_members(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse, before anything is unpacked, what is not in the vocabulary, too much, or would grow on unpacking."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS:
        raise Mistake(
            _("“{file}” has {count} parts; the limit is {limit}.").format(
                file=path.name, count=Count(len(names)), limit=Count(MOST_MEMBERS)
            )
        )
    for name in names:
        if name not in ("project.json", "thumbnail.png") and not RUN_MEMBER.fullmatch(name):
            raise Mistake(
                _("“{file}” holds an unexpected part “{part}” and was not opened.").format(
                    file=path.name, part=name[:80]
                )
            )
        if names.count(name) > 1:
            raise Mistake(
                _("“{file}” holds the part “{part}” twice and was not opened.").format(file=path.name, part=name)
            )
    if "project.json" not in names:
        raise Mistake(_("“{file}” is not an nnstudio project: it has no project.json.").format(file=path.name))
    size = sum(member.file_size for member in members)
    if size > MOST_BYTES or archive.getinfo("project.json").file_size > MOST_JSON_BYTES:
        raise Mistake(
            _("“{file}” would need {size} bytes when opened. Refused.").format(file=path.name, size=Count(size))
        )
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise Mistake(
            _("“{file}” is packed in a way nnstudio does not write, and was not opened.").format(file=path.name)
        )


def decode(content: bytes, path: Path) -> Project:
    """The project that project.json describes, strictly typed."""
    try:
        version = msgspec.json.decode(content, type=FormatOnly).format
        if version > FORMAT:
            raise Mistake(
                _(
                    "“{file}” was made by a newer nnstudio (format {found}). This version reads up to format "
                    "{known}. Update nnstudio."
                ).format(file=path.name, found=version, known=FORMAT)
            )
        if version < 1:
            raise Mistake(
                _("“{file}” names format {found}, which never existed.").format(file=path.name, found=version)
            )
        return msgspec.json.decode(content, type=ProjectFile).project
    except (msgspec.DecodeError, RecursionError) as error:
        raise Mistake(
            _("The description in “{file}” is not valid: {reason}").format(file=path.name, reason=error)
        ) from None


def check_project(project: Project) -> None:
    """Everything the types alone do not say: known layers, values in range, links that can be drawn, unique ids."""
    for run in project.runs:
        check_network(run.network)
        check_settings(TRAINING_SETTINGS, run.training)
        check_data(run.data)
    check_network(project.network)
    check_settings(TRAINING_SETTINGS, project.training)
    check_data(project.data)


def check_data(data: DataChoice) -> None:
    """Settings in their ranges, and a source whose own settings are."""
    check_settings(DATA_SETTINGS, data)
    for source in (data.source, data.test_source):
        if source.startswith(PREFIX):
            toy_settings(source)


def check_network(network: Network) -> None:
    if len(network.layers) > MOST_LAYERS:
        raise Mistake(
            _("The network has {count} layers; the limit is {limit}.").format(
                count=Count(len(network.layers)), limit=Count(MOST_LAYERS)
            )
        )
    seen: set[str] = set()
    for layer in network.layers:
        if layer.id in seen:
            raise Mistake(_("Two layers share the id “{id}”.").format(id=layer.id))
        seen.add(layer.id)
        check_layer(layer)
    check_remarks(network, seen)
    drawn = Network(network.layers)
    layers = {layer.id for layer in network.layers}
    for link in network.links:
        for end in (link.source, link.target):
            if end not in layers:
                raise Mistake(_("A link points to layer “{id}”, which does not exist.").format(id=end[:40]))
        refuse_link(drawn, link)
        drawn = Network(network.layers, (*drawn.links, link))


def check_remarks(network: Network, seen: set[str]) -> None:
    """Not too many notes and frames, ids that nothing else bears, texts that can be shown, places on the canvas."""
    if len(network.remarks) > MOST_REMARKS:
        raise Mistake(
            _("The canvas holds {count} notes and frames; the limit is {limit}.").format(
                count=Count(len(network.remarks)), limit=Count(MOST_REMARKS)
            )
        )
    for remark in network.remarks:
        text, size = (remark.text, (remark.width, 0.0)) if isinstance(remark, Note) else (remark.title, remark.size)
        longest = LONGEST_NOTE if isinstance(remark, Note) else LONGEST_NAME
        if not LAYER_ID.fullmatch(remark.id) or remark.id in seen or len(text) > longest:
            raise Mistake(
                _("A note or frame bears the id “{id}” and the text “{text}”, which cannot be used.").format(
                    id=remark.id[:40], text=text[:40]
                )
            )
        seen.add(remark.id)
        if not all(abs(place) < 1e7 for place in (*remark.position, *size)) or min(size) < 0:
            raise Mistake(_("“{layer}” lies outside the canvas.").format(layer=text[:40] or remark.id))


def check_layer(layer: Layer) -> None:
    """A known type, a sound id and name, and exactly the parameters that the type declares, each in its range."""
    if not LAYER_ID.fullmatch(layer.id) or len(layer.name) > LONGEST_NAME:
        raise Mistake(
            _("A layer bears the id “{id}” and the name “{name}”, which cannot be used.").format(
                id=layer.id[:40], name=layer.name[:40]
            )
        )
    declared = layer_type(layer.type)
    values: dict[str, Value] = dict(layer.parameters)
    for parameter in declared.parameters:
        if parameter.name not in values:
            raise Mistake(
                _("“{layer}” lacks the setting “{name}”.").format(layer=shown_name(layer), name=parameter.name)
            )
        try:
            parameter.check(values.pop(parameter.name))
        except Mistake as mistake:
            raise Mistake(f"“{shown_name(layer)}”: {mistake}") from None
    for name in values:
        declared.parameter(name)
    if not all(abs(place) < 1e7 for place in layer.position):
        raise Mistake(_("“{layer}” lies outside the canvas.").format(layer=shown_name(layer)))


def with_members(run: Run, archive: zipfile.ZipFile, path: Path) -> Run:
    """The run with its curve and weights, which lie in members of their own."""
    try:
        weights = archive.read(f"runs/{run.id}/weights.safetensors")
        safetensors.deserialize(weights)  # type: ignore[no-untyped-call]
        history = csv_to_history(archive.read(f"runs/{run.id}/metrics.csv").decode())
    except (KeyError, IndexError, TypeError, ValueError, csv.Error, safetensors.SafetensorError, zipfile.BadZipFile):
        raise Mistake(_("The results of {run} in “{file}” are damaged.").format(run=run.id, file=path.name)) from None
    return replace(run, history=history, weights=weights)


def measured(cell: str) -> float:
    """A number, or NaN where there is none."""
    return float(cell) if cell else math.nan


def csv_to_history(text: str) -> History:
    """The curve that `history_to_csv` wrote; ValueError for anything else."""
    rows = list(csv.reader(io.StringIO(text)))
    columns: dict[str, Any] = {}
    for place, name in enumerate(rows[0]):
        if name not in History.__struct_fields__:
            raise ValueError(name)
        number = int if name == "epoch" else measured if name == "train_loss_full_pass" else float
        columns[name] = tuple(number(row[place]) for row in rows[1:])
    return History(**columns)


# --- where the data lies --------------------------------------------------------------------------------------------


def with_paths(project: Project, change: Callable[[str], str]) -> Project:
    """The project with `change` applied to every data source it names."""

    def moved(data: DataChoice) -> DataChoice:
        return replace(data, source=change(data.source), test_source=change(data.test_source))

    runs = tuple(replace(run, data=moved(run.data)) for run in project.runs)
    return replace(project, data=moved(project.data), runs=runs)


def portable_source(source: str, folder: Path) -> str:
    """A path relative to the project's folder, so that both can be moved together; other sources as they are."""
    if not is_path(source):
        return source
    try:
        return Path(os.path.relpath(source, folder)).as_posix()
    except ValueError:
        return source


def located_source(source: str, folder: Path) -> str:
    """The absolute path of a data file named relative to the project's folder; other sources as they are."""
    return os.path.normpath(folder / source) if is_path(source) else source


def is_path(source: str) -> bool:
    return bool(source) and not source.startswith(("builtin:", "toy:"))
