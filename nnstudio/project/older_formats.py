"""Project files of formats there were before: what has to be done to each to make it one of today's."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from nnstudio.project.container import unexpected_part
from nnstudio.project.model import RESUMED, Project
from nnstudio.text import UserError

FORMAT = 10
LAST_OF_OLD_MEMBERS = 5
OLD_MEMBERS = {"state.safetensors": "checkpoint.safetensors", "moments.safetensors": "snapshots.safetensors"}
"""What members were called up to that format, and what they are called since."""
RENAMED_FIELDS = {"state": "checkpoint", "moments": "snapshots", "engine": "backend", "marks": "events"}
"""Likewise the fields of a run."""
FORMER_FIELDS = {new: old for old, new in RENAMED_FIELDS.items()}
SETTINGS_OF_7 = {"padding_value": 0.0, "dilation": 1, "bias_each_place": False, "connections": ""}
"""What a convolution has had since then."""
DATA_OF_7 = (
    "image",
    "fit",
    "text",
    "text_unit",
    "ngrams",
    "vocabulary",
    "min_count",
    "lower_case",
    "length",
    "repeats",
    "augment_shift",
    "augment_mirror",
    "augment_noise",
)
"""Settings of data that came with it."""
DATA_OF_8 = (
    "encoding",
    "sheet",
    "skip",
    "skip_end",
    "header",
    "units_row",
    "separator",
    "quote",
    "decimal",
    "thousands",
    "missing",
    "kinds",
    "inputs",
    "ignore",
    "id",
    "weight",
    "group",
    "time",
    "derived",
    "points",
    "class_weights",
    "scale_on",
)
"""Settings of data that came with that."""
DATA_OF_9 = ("split", "sample_fraction")
"""And with that."""
LATER_DATA = DATA_OF_7 + DATA_OF_8 + DATA_OF_9
FACTS_OF_8 = ("rows_sha256", "target", "columns", "reading", "class_rows", "baseline")
PREPARATION_OF_8 = ("made", "reading", "ids")
TRAINING_OF_9 = ("l1_rule", "last_batch")
RUN_OF_10 = ("validation", "trial", "openings", "note", "is_starred")


def renamed_members(members: Mapping[str, bytes | None], version: int, path: Path) -> dict[str, bytes | None]:
    """The members under the names they have now. UserError for one under a name that its format did not have."""
    strange = OLD_MEMBERS if version > LAST_OF_OLD_MEMBERS else set(OLD_MEMBERS.values())
    for name in members:
        if name.rpartition("/")[2] in strange:
            raise UserError(unexpected_part(path, name))
    return {current_name(name): content for name, content in members.items()}


def current_name(member: str) -> str:
    """The name that a member has now; those of checkpoints and snapshots were others up to format 5."""
    folder, slash, name = member.rpartition("/")
    return folder + slash + OLD_MEMBERS.get(name, name)


def from_1(raw: dict[str, Any]) -> None:
    """Notes and frames came with 2."""
    networks = [raw["project"]["network"], *(run["network"] for run in raw["project"]["runs"])]
    for network in networks:
        network["notes"], network["frames"] = [], []


def from_2(raw: dict[str, Any]) -> None:
    """What happened in the middle of a run, and where it went on from, came with 3."""
    for run in raw["project"]["runs"]:
        run["marks"], run["origin"], run["origin_epoch"] = [], "", 0


def from_3(raw: dict[str, Any]) -> None:
    """Checksums came with 4; there are none for what was written before."""


def from_4(raw: dict[str, Any]) -> None:
    """Where runs stood, their earlier weights and the files of data came with 5; of what was before, none are known."""


def from_5(raw: dict[str, Any]) -> None:
    """The field's own words came with 6: the same content under other names."""
    for run in raw["project"]["runs"]:
        for old, new in RENAMED_FIELDS.items():
            if old in run:
                run[new] = run.pop(old)
        for event in run["events"]:
            if event["what"] == f"{RESUMED}engine":
                event["what"] = f"{RESUMED}backend"
    raw["members"] = {current_name(name): member for name, member in raw.get("members", {}).items()}


def from_6(raw: dict[str, Any]) -> None:
    """Images and text came whole with 7: a convolution had fewer settings, all others as they are by themselves."""
    networks = [raw["project"]["network"], *(run["network"] for run in raw["project"]["runs"])]
    for layer in (layer for network in networks for layer in network["layers"]):
        if layer["type"] == "conv":
            layer["parameters"] = SETTINGS_OF_7 | layer["parameters"]


def from_7(raw: dict[str, Any]) -> None:
    """How a file is read, what each column is for and what is made of it came with 8: before, all was guessed."""


def from_8(raw: dict[str, Any]) -> None:
    """Samples of tables, what TensorFlow Playground does otherwise, predictions and the report came with 9."""


def from_9(raw: dict[str, Any]) -> None:
    """Studies, the seal of the test set, notes and stars of runs came with 10, and runs that share what they have in
    common."""


def sha256_of_4(project: Project) -> str:
    """The checksum that format 4 gave a project, which had no fields of later formats."""
    raw = msgspec.to_builtins(project)
    del raw["files"], raw["predictions"], raw["sheet"], raw["studies"], raw["openings"]
    if raw["facts"]:
        for later in ("sha256", "vocabulary", "is_sparse", *FACTS_OF_8):
            del raw["facts"][later]
    for run in raw["runs"]:
        for later in ("vocabulary", "is_sparse", *PREPARATION_OF_8):
            del run["preparation"][later]
        for column in run["preparation"]["columns"]:
            del column["text"], column["count"], column["lowest"], column["highest"]
        for later in (
            "torch",
            "machine",
            "data_sha256",
            "rows",
            "rows_sha256",
            "checkpoint",
            "snapshots",
            "is_companion",
            *RUN_OF_10,
        ):
            del run[later]
        del run["history"]["validation_balanced_accuracy"]
    for one in (raw, *raw["runs"]):
        one["data"] = {name: value for name, value in one["data"].items() if name not in LATER_DATA}
        for later in ("schedule", "schedule_factor", "schedule_epochs", "clip_norm", "label_smoothing", "monitor"):
            del one["training"][later]
        for later in TRAINING_OF_9:
            del one["training"][later]
    raw["runs"] = [{FORMER_FIELDS.get(name, name): value for name, value in run.items()} for run in raw["runs"]]
    return hashlib.sha256(msgspec.json.encode(raw)).hexdigest()


UPGRADES: Mapping[int, Callable[[dict[str, Any]], None]] = {
    1: from_1,
    2: from_2,
    3: from_3,
    4: from_4,
    5: from_5,
    6: from_6,
    7: from_7,
    8: from_8,
    9: from_9,
}
"""What has to be done to a description of each format to make it one of the next."""
