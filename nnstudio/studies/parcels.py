"""What travels over a server of studies: the study with its small files of data, and the trials of a setting. Each is
msgpack in pieces that every database holds in a field of text; a server is a stranger, so all of it is checked."""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from nnstudio.project.archive import is_path
from nnstudio.project.checks import check_data, check_files, check_network, check_runs, check_studies
from nnstudio.project.curve_table import fits
from nnstudio.project.model import DataChoice, DataFacts, DataFile, Project, Run, Study
from nnstudio.project.settings import TRAINING_SETTINGS, check_settings
from nnstudio.project.snapshots import check_snapshots
from nnstudio.project.validation_rows import read_validation
from nnstudio.project.weights import check_weights
from nnstudio.text import UserError
from nnstudio.text import translate as _

PIECE = 45_000
"""Letters a piece: the TEXT of MySQL holds 65,535 bytes."""
MOST_PIECES = 20_000
MOST_WEIGHTS = 2**24
"""Bytes of weights, checkpoints and earlier weights that the trials of a setting may take on a server."""
Parcel = TypeVar("Parcel")


class Published(Struct, frozen=True, forbid_unknown_fields=True):
    """What a machine needs to join a study: its definition, in which a file of data is named without its folder, copies
    of small files, and by which checksums it is told whether it has the same data. `torch` is the version of who
    published it."""

    study: Study
    files: tuple[DataFile, ...]
    data_sha256: str
    rows_sha256: str
    torch: str


class Trained(Struct, frozen=True, forbid_unknown_fields=True):
    """The trials of a setting."""

    runs: tuple[Run, ...]


# --- pieces ---------------------------------------------------------------------------------------------------------


def pieces(parcel: Any) -> dict[str, str]:
    """A parcel as named pieces of text."""
    content = msgspec.msgpack.encode(parcel)
    text = base64.b64encode(content).decode()
    parts = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    return {"sha256": hashlib.sha256(content).hexdigest(), **{f"piece {n}": part for n, part in enumerate(parts)}}


def put_together(attributes: Mapping[str, Any], kind: type[Parcel]) -> Parcel:
    """The parcel in such pieces. UserError for what is none."""
    parts = []
    for number in range(MOST_PIECES):
        part = attributes.get(f"piece {number}")
        if not isinstance(part, str):
            break
        parts.append(part)
    try:
        content = base64.b64decode("".join(parts), validate=True)
        if hashlib.sha256(content).hexdigest() != attributes.get("sha256"):
            raise UserError(_("its checksum differs"))
        return msgspec.msgpack.decode(content, type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise UserError(str(error)) from None


# --- the study ------------------------------------------------------------------------------------------------------


def published(study: Study, files: Sequence[DataFile], facts: DataFacts, torch: str) -> Published:
    """What is published of a study, with the small ones of the files that its data was read from: nothing of the rest
    of its project, and no folder of its author's."""
    data = with_sources(study.data, bare(study.data.source), bare(study.data.test_source))
    files = tuple(replace(one, source=bare(one.source)) for one in files)
    return Published(replace(study, data=data, url=""), files, facts.sha256, facts.rows_sha256, torch)


def bare(source: str) -> str:
    """The name of a file of data without its folder; other sources as they are."""
    return f"./{PureWindowsPath(source).name}" if is_path(source) else source


def check_published(found: Published) -> None:
    """UserError for a study that cannot be, or one that names a file elsewhere than in the folder of data."""
    check_studies([found.study])
    check_files(found.files)
    data = found.study.data
    if any(source != bare(source) for source in (data.source, data.test_source, *(one.source for one in found.files))):
        raise UserError(_("it names a folder"))


def joined_project(found: Published, folder: Path) -> tuple[Project, Study, frozenset[str]]:
    """The project that the study varies, the study, and the files that may not be read since there are copies. Files of
    data are those in `folder`. UserError where one is missing."""

    def located(source: str) -> str:
        return str(folder.absolute() / PureWindowsPath(source).name) if is_path(source) else source

    data = with_sources(found.study.data, located(found.study.data.source), located(found.study.data.test_source))
    files = tuple(replace(one, source=located(one.source)) for one in found.files)
    copied = frozenset(one.source for one in files if one.content)
    study = replace(found.study, data=data)
    return Project(network=study.network, data=data, training=study.training, files=files), study, copied


# --- trials ---------------------------------------------------------------------------------------------------------


def lightened(runs: Sequence[Run]) -> tuple[tuple[Run, ...], bool]:
    """The trials of a setting with as much of their weights as a server takes, and whether something was left out:
    first the earlier weights, then where they stood, then the weights."""
    kept, left_out = tuple(runs), False
    for kind in ("snapshots", "checkpoint", "weights"):
        if sum(len(run.weights) + len(run.checkpoint) + len(run.snapshots) for run in kept) > MOST_WEIGHTS:
            left_out = True
            kept = tuple(replace(run, **{kind: b""}) for run in kept)
    return kept, left_out


def anywhere(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Trials without what stays with their project: its folders, openings of the test set, and what a person has
    written."""
    return tuple(
        replace(
            run,
            data=with_sources(run.data, bare(run.data.source), bare(run.data.test_source)),
            openings=(),
            note="",
            is_starred=False,
        )
        for run in runs
    )


def at_home(runs: Sequence[Run], study: Study) -> tuple[Run, ...]:
    """Trials that name the data where the study's project has it."""
    return tuple(replace(run, data=with_sources(run.data, study.data.source, study.data.test_source)) for run in runs)


def with_sources(data: DataChoice, source: str, test_source: str) -> DataChoice:
    return replace(data, source=source, test_source=test_source)


def check_trials(runs: Sequence[Run], study: Study, setting: int) -> None:
    """UserError unless these are sound trials of this setting, one of each seed at most, without what stays with a
    project."""
    check_runs([replace(run, id=f"run-{place + 1}") for place, run in enumerate(runs)])
    seeds = [run.trial.seed for run in runs if run.trial]
    is_its_own = all(run.trial and (run.trial.study, run.trial.setting) == (study.id, setting) for run in runs)
    if not is_its_own or len(set(seeds)) != len(runs) or not set(seeds) <= set(range(study.seeds)):
        raise UserError(_("the trials are not those of the setting"))
    if any(run.openings or run.note or run.is_starred for run in runs):
        raise UserError(_("a trial says of itself what a person has to say"))
    for run in runs:
        check_network(run.network)
        check_data(run.data)
        check_settings(TRAINING_SETTINGS, run.training)
        if not fits(run.history, run):
            raise UserError(_("Its curve is that of another run."))
        if run.weights:
            check_weights(run)
        if run.snapshots:
            check_snapshots(run)
        if run.validation:
            read_validation(run.validation)
