"""The project file: a zip archive of JSON, CSV and safetensors. A file only holds data; nothing in it is ever run.

project.json                    format version, network, data choice, training settings, runs; a list of all other
                                members with their sizes and SHA-256, and one of the project itself
runs/ID/metrics.csv             the curve of a run, one row an epoch
runs/ID/weights.safetensors     its weights
runs/ID/checkpoint.safetensors  where it stood, so that it can go on (training/checkpoint_file.py)
runs/ID/snapshots.safetensors   its weights after earlier epochs (snapshots.py)
runs/ID/validation.safetensors  how its validation rows came out, of a trial (validation_rows.py)
data/N.csv                      a small file that data was read from, as it was then
sheet/ITEM.png                  a picture in the report
thumbnail.png                   a picture of the canvas

The archive is stored and not packed, so that its size is known before it is read and the same project gives the same
bytes.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any

import msgspec
from msgspec.structs import replace

from nnstudio.project.checks import check_project
from nnstudio.project.container import DATA_MEMBER, DESCRIPTION, THUMBNAIL, DamagedError, backup_of, pack, unpack
from nnstudio.project.curve_table import csv_to_metrics, fits, metrics_to_csv
from nnstudio.project.drawn_points import DRAWN
from nnstudio.project.edits import without_strange_files
from nnstudio.project.files import check_target, is_address, is_plain, is_share, is_there, sha256_of, write_whole
from nnstudio.project.model import DataChoice, DataFile, EpochMetrics, Project, Run
from nnstudio.project.older_formats import FORMAT, UPGRADES, renamed_members, sha256_of_4
from nnstudio.project.openings import openings_of
from nnstudio.project.progress import FileProgress
from nnstudio.project.shared_values import SharedValues, pooled, spread, taken_out
from nnstudio.project.sheet import SheetItem
from nnstudio.project.sheet_edits import check_picture
from nnstudio.project.snapshots import check_snapshots
from nnstudio.project.strict_json import strictly_read, type_text
from nnstudio.project.test_seal import Seal, seal_of
from nnstudio.project.validation_rows import read_validation
from nnstudio.project.weights import check_weights, remark_on
from nnstudio.text import UserError, shown_path, translate_count
from nnstudio.text import translate as _

SUFFIX = ".nnstudio"
KINDS_OF_MEMBERS = "weights", "checkpoint", "snapshots", "validation"
"""What of a run lies in a member of its own, beside its curve, and is a field of it by the same name."""
FIRST_POOLED = 10
"""Since that format runs share what they have in common, and the seal is in the list of members."""
MOST_PAST = 2**29
"""Bytes that the states and earlier weights of all runs may take in a file."""


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member must be: its size in bytes, and its SHA-256."""

    size: int
    sha256: str


class ProjectFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What project.json holds. `sha256` is that of the project and of what its runs share, as they are written in one
    line; `seal` is that of the test set, beside the openings that the project lists."""

    format: int
    project: Project
    shared: SharedValues = SharedValues()
    sha256: str = ""
    seal: Seal = Seal()
    members: dict[str, Member] = {}


Beside = Callable[[Member], bytes | None]
"""Gives a member that lies beside its archive, None where it does not."""
Told = Callable[[str], object]
"""Somebody who is told what could not be read while the rest is opened."""


# --- saving ---------------------------------------------------------------------------------------------------------


def save(project: Project, path: Path, thumbnail: bytes = b"", progress: FileProgress | None = None) -> None:
    """Write the project file whole, or leave what was there as it was; what was there is kept beside it as a backup.
    UserError says why it could not be written."""
    check_target(path)
    progress = progress or FileProgress()
    content = to_bytes(project, path.resolve().parent, thumbnail)
    progress.reached(0.0)
    write_whole(path, content, backup_of(path.resolve()), progress)


def to_bytes(project: Project, folder: Path, thumbnail: bytes = b"") -> bytes:
    """The archive as bytes; the same project gives the same bytes. Paths of data are written relative to `folder`."""
    return pack(members_of(project, folder, thumbnail)[0])


def members_of(project: Project, folder: Path, thumbnail: bytes = b"") -> tuple[dict[str, bytes], Mapping[str, Member]]:
    """What the archive holds, the description first, and what the description says of the rest."""
    project, _remark = lightened(without_strange_files(project))
    project = replace(project, openings=openings_of(project))
    stored = with_paths(project, lambda source: portable_source(source, folder))
    runs, shared, places = pooled(stored.runs)
    emptied = dict.fromkeys(KINDS_OF_MEMBERS, b"")
    bare = replace(
        stored,
        runs=tuple(replace(run, history=EpochMetrics(), **emptied) for run in runs),
        files=tuple(replace(file, content=b"") for file in stored.files),
        sheet=replace(stored.sheet, items=tuple(replace(item, picture=b"") for item in stored.sheet.items)),
    )
    members = {}
    for run in project.runs:
        members[f"runs/{run.id}/metrics.csv"] = metrics_to_csv(run.history)
        for kind in KINDS_OF_MEMBERS:
            if content := getattr(run, kind):
                members[f"runs/{run.id}/{kind}.safetensors"] = content
    for place, file in enumerate(project.files):
        if file.content:
            members[data_member(place, file)] = file.content
    members |= {picture_member(item): item.picture for item in project.sheet.items if item.picture}
    if thumbnail:
        members[THUMBNAIL] = thumbnail
    listed = {name: Member(len(content), sha256(content)) for name, content in members.items()}
    # As they come back from a file: a 1 that stands for 1.0 is 1.0 then.
    raw = msgspec.to_builtins(msgspec.json.decode(encoded(bare), type=Project))
    for run, at in zip(raw["runs"], places, strict=True):
        run.update(at)
    common = msgspec.to_builtins(msgspec.json.decode(encoded(shared), type=SharedValues))
    written = {
        "format": FORMAT,
        "project": raw,
        "shared": common,
        "sha256": sha256(msgspec.json.encode([raw, common])),
        "seal": seal_of(bare.openings),
        "members": listed,
    }
    return {DESCRIPTION: msgspec.json.format(msgspec.json.encode(written), indent=1), **members}, listed


def encoded(project: Project | SharedValues) -> bytes:
    """A project, or what its runs share, as JSON. UserError for a text that cannot be written: the name of a file whose
    letters no system knows."""
    try:
        return msgspec.json.encode(project)
    except UnicodeEncodeError as error:
        raise UserError(
            _("Not saved: “{text}” holds letters that cannot be written. Give it another name.").format(
                text=shown_path(error.object[-80:])
            )
        ) from None


def lightened(project: Project) -> tuple[Project, str]:
    """The project with as many states and earlier weights of its runs as a file may hold, those of the newest first;
    and what is to be said where that is not all of them."""
    room, runs, without = MOST_PAST, [], 0
    for run in reversed(project.runs):
        room -= len(run.checkpoint) + len(run.snapshots)
        is_light = room < 0 and bool(run.checkpoint or run.snapshots)
        without += is_light
        runs.append(replace(run, checkpoint=b"", snapshots=b"") if is_light else run)
    if not without:
        return project, ""
    words = translate_count(
        "The file would be too large: {count} run is kept without what it needs to be carried on.",
        "The file would be too large: {count} runs are kept without what they need to be carried on.",
        without,
    )
    return replace(project, runs=tuple(reversed(runs))), words.format(count=without)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- opening --------------------------------------------------------------------------------------------------------


def open_project(
    path: Path,
    told: Told | None = None,
    progress: FileProgress | None = None,
    beside: Beside | None = None,
    joined: Callable[[bytes | None], bytes | None] = lambda description: description,
    folder: Path | None = None,
) -> Project:
    """The project in a file, checked all through; UserError in words for anything else.

    With somebody to tell, a run whose curve or weights are damaged is left out and told of, and the rest is opened.
    Members that are listed and not in the file are asked of `beside`, and `joined` puts together a description that is
    not all there. Data is looked for from `folder` on, that of the file where none is given.
    """
    progress = progress or FileProgress()
    unpacked = unpack(path, progress)
    found, checksum = described(joined(unpacked[DESCRIPTION]), path)
    members = renamed_members(unpacked, found.format, path)
    if beside is not None:
        members |= {name: beside(member) for name, member in found.members.items() if name not in members}
    project = found.project
    check_project(project)
    if found.format >= 4:
        check_listed(found, checksum, members, path)

    def left_out(part: str, mistake: UserError, without: str) -> None:
        message = _("{part} in “{file}” are damaged. {reason}").format(part=part, file=path.name, reason=mistake)
        if told is None:
            raise DamagedError(message)
        told(f"{message} {without}")

    runs = []
    for run in project.runs:
        progress.reached(1.0)
        number = run.id.removeprefix("run-")
        try:
            whole = with_members(run, found, members)
        except UserError as mistake:
            part = _("The results of run {number}").format(number=number)
            left_out(part, mistake, _("The run was left out; the rest is opened."))
            continue
        try:
            whole = with_past(whole, found, members)
        except UserError as mistake:
            part = _("The earlier weights of run {number}").format(number=number)
            left_out(part, mistake, _("The run can be looked at but not carried on; the rest is opened."))
        runs.append(whole)
        if told is not None and (annotation := remark_on(whole)):
            told(annotation)
    files = []
    for place, file in enumerate(project.files):
        try:
            files.append(with_content(file, data_member(place, file), found, members))
        except UserError as mistake:
            part = _("The data from “{name}”").format(name=Path(file.source).name)
            left_out(part, mistake, _("It was left out; the rest is opened."))
    items = []
    for item in project.sheet.items:
        try:
            items.append(with_picture(item, found, members))
        except UserError as mistake:
            items.append(item)
            part = _("The picture of “{title}” in the report").format(title=item.title)
            left_out(part, mistake, _("It was left out; the rest is opened."))
    folder = folder or path.resolve().parent
    sheet = replace(project.sheet, items=tuple(items))
    opened = replace(project, runs=tuple(runs), files=tuple(files), sheet=sheet)
    opened = replace(opened, openings=openings_of(opened))
    places: dict[str, str] = {}  # looking for one that was moved may mean reading a large file

    def located(source: str) -> str:
        if source not in places:
            places[source] = located_source(source, folder, files)
        return places[source]

    return with_paths(opened, located)


def described(content: bytes | None, path: Path) -> tuple[ProjectFile, str]:
    """What project.json says, strictly typed, and the checksum that the project has as it stands there."""
    if content is None:
        raise DamagedError(_("“{file}” is cut short or damaged.").format(file=path.name))
    return project_file(strictly_read(content, path), path)


def project_of(raw: dict[str, Any], path: Path) -> Project:
    """The project in a description that stands elsewhere than in a project file, checked. UserError for what is
    none."""
    project = project_file({"shared": {}, **raw}, path)[0].project
    check_project(project)
    return project


def project_file(raw: dict[str, Any], path: Path) -> tuple[ProjectFile, str]:
    """What a description says, brought to today's format, and the checksum of the project as it stands there."""
    version = raw.get("format")
    if type(version) is not int:
        raise UserError(_("The description in “{file}” is not valid: {reason}").format(file=path.name, reason="format"))
    if version > FORMAT:
        raise UserError(
            _(
                "“{file}” was made by a newer nnstudio (format {found}). This version reads up to format "
                "{known}. Update nnstudio."
            ).format(file=path.name, found=version, known=FORMAT)
        )
    if version < 1:
        raise UserError(_("“{file}” names format {found}, which never existed.").format(file=path.name, found=version))
    try:
        is_pooled = version >= FIRST_POOLED
        whole = [raw["project"], raw["shared"]] if is_pooled else raw["project"]
        checksum = sha256(msgspec.json.encode(whole))
        places = taken_out(raw["project"]["runs"]) if is_pooled else []
        for older in range(version, FORMAT):
            UPGRADES[older](raw)
        found = msgspec.convert(raw | {"format": version}, ProjectFile)
        if is_pooled:
            runs = spread(found.project.runs, found.shared, places)
            found = replace(found, project=replace(found.project, runs=runs))
        return found, sha256_of_4(found.project) if version == 4 else checksum
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise UserError(
            _("The description in “{file}” is not valid: {reason}").format(file=path.name, reason=type_text(error))
        ) from None


def check_listed(found: ProjectFile, checksum: str, members: Mapping[str, bytes | None], path: Path) -> None:
    """UserError unless the project is the one that was written, and the members are those that it lists."""
    if found.sha256 != checksum:
        raise DamagedError(_("The description in “{file}” is damaged: its checksum differs.").format(file=path.name))
    if found.format >= FIRST_POOLED and found.seal != seal_of(found.project.openings):
        raise DamagedError(
            _("The seal of the test set in “{file}” is broken: openings were taken out.").format(file=path.name)
        )
    if set(found.members) != set(members) - {DESCRIPTION}:
        raise DamagedError(_("“{file}” does not hold the parts that it lists.").format(file=path.name))
    thumbnail = members.get(THUMBNAIL, b"")
    if thumbnail is None or (THUMBNAIL in members and found.members[THUMBNAIL].sha256 != sha256(thumbnail)):
        raise DamagedError(_("“{file}” is cut short or damaged.").format(file=path.name))


def with_members(run: Run, found: ProjectFile, members: Mapping[str, bytes | None]) -> Run:
    """The run with its curve and weights, which lie in members of their own; UserError says what is wrong with them."""
    table = sound_member(f"runs/{run.id}/metrics.csv", found, members)
    name = f"runs/{run.id}/weights.safetensors"
    # A run may have been kept without them; before format 4 nothing says so.
    is_light = found.format >= FIRST_POOLED and name not in found.members
    weights = b"" if is_light else sound_member(name, found, members)
    try:
        history = csv_to_metrics(table.decode())
    except ValueError:
        raise UserError(_("Its curve is no table of numbers.")) from None
    if not fits(history, run):
        raise UserError(_("Its curve is that of another run."))
    whole = replace(run, history=history, weights=weights)
    if weights:
        check_weights(whole)
    return whole


def with_past(run: Run, found: ProjectFile, members: Mapping[str, bytes | None]) -> Run:
    """The run with where it stood and its earlier weights, as far as the file holds them. UserError for damaged
    ones."""
    for kind in ("checkpoint", "snapshots", "validation"):
        name = f"runs/{run.id}/{kind}.safetensors"
        if name in members:
            run = replace(run, **{kind: sound_member(name, found, members)})
    if run.snapshots:
        check_snapshots(run)
    if run.validation:
        read_validation(run.validation)
    return run


def with_content(file: DataFile, name: str, found: ProjectFile, members: Mapping[str, bytes | None]) -> DataFile:
    """The file with what was in it, as far as the project holds that. UserError for damaged content."""
    if name not in members:
        return file
    content = sound_member(name, found, members)
    if sha256(content) != file.sha256:
        raise UserError(_("The checksum of “{part}” differs.").format(part=name))
    return replace(file, content=content)


def with_picture(item: SheetItem, found: ProjectFile, members: Mapping[str, bytes | None]) -> SheetItem:
    """The item with its picture, as far as the project holds one. UserError for what is none."""
    name = picture_member(item)
    if name not in members:
        return replace(item, picture=b"")
    picture = sound_member(name, found, members)
    check_picture(picture, item.title)
    return replace(item, picture=picture)


def picture_member(item: SheetItem) -> str:
    return f"sheet/{item.id}.png"


def sound_member(name: str, found: ProjectFile, members: Mapping[str, bytes | None]) -> bytes:
    """A member that is what its checksum says; UserError otherwise."""
    content = members.get(name)
    if content is None or (name in found.members and found.members[name].sha256 != sha256(content)):
        raise UserError(_("The checksum of “{part}” differs.").format(part=name))
    return content


def data_member(place: int, file: DataFile) -> str:
    """The name that a file of data has in the archive; of its own name only a plain ending, which tells its kind."""
    name = f"data/{place + 1}" + "".join(PureWindowsPath(file.source).suffixes[-2:]).lower()
    return name if DATA_MEMBER.fullmatch(name) else f"data/{place + 1}"


def thumbnail_of(path: Path) -> bytes:
    """The picture in a project file; nothing where there is none, or no sound file."""
    try:
        return unpack(path, FileProgress(), [THUMBNAIL]).get(THUMBNAIL) or b""
    except UserError:
        return b""


# --- where the data lies --------------------------------------------------------------------------------------------


def with_paths(project: Project, change: Callable[[str], str]) -> Project:
    """The project with `change` applied to every data source it names."""

    def moved(data: DataChoice) -> DataChoice:
        return replace(data, source=change(data.source), test_source=change(data.test_source))

    known: dict[int, DataChoice] = {}  # most runs share theirs, and stay as they are where it does
    runs = tuple(replace(run, data=known.setdefault(id(run.data), moved(run.data))) for run in project.runs)
    studies = tuple(replace(study, data=moved(study.data)) for study in project.studies)
    files = tuple(replace(file, source=change(file.source)) for file in project.files)
    return replace(project, data=moved(project.data), runs=runs, studies=studies, files=files)


def portable_source(source: str, folder: Path) -> str:
    """A path relative to the project's folder, so that both can be moved together; other sources as they are."""
    if not is_path(source):
        return source
    try:
        portable = Path(os.path.relpath(source, folder)).as_posix()
        return portable if is_path(portable) else f"./{portable}"  # a file may be called “drawn” too
    except ValueError:
        return source


def located_source(source: str, folder: Path, files: Sequence[DataFile]) -> str:
    """The absolute path of a data file named relative to the project's folder; other sources as they are.

    A file that has been moved is found again beside the project, when it is the same by its checksum.
    """
    if not is_path(source):
        return source
    path = Path(os.path.normpath(folder / source))
    beside = folder / PureWindowsPath(source).name  # a name with either kind of slash
    is_here = not is_share(path) and is_there(path)  # looking for it on a share would tell its server who we are
    if not is_here and beside != path and is_plain(beside):
        for file in files:
            if file.source == source and file.sha256 == sha256_of(beside):
                return str(beside)
    return str(path)


def is_path(source: str) -> bool:
    return bool(source) and source != DRAWN and not source.startswith(("builtin:", "toy:")) and not is_address(source)
