"""A project made on purpose, with every checksum right: whatever opens can be described, shown and saved again."""

import json
import random
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from nnstudio.cli import report, verbs
from nnstudio.project import edits
from nnstudio.project.archive import open_project, save, sha256
from nnstudio.project.model import Layer
from nnstudio.text import UserError
from tests.bad_files import members_of, zipped
from tests.mutants import places_in

VALUES = (
    None, True, -1, 0, 1, 3, 10**12, 10**19, 99999999999999999999, 1e308, -1e308, 5e-324, "", "x" * 5000, "\ud800",
    "\0", "/", "\\", "%s{0}\n", [], {}, [0], [-1], [10**12], ["a", "a"], [[1]], 99,
)  # fmt: skip


def edited(sound: Path, path: Path, chance: random.Random) -> None:
    """The file with one place of its description changed."""
    members = members_of(sound)
    found = json.loads(members["project.json"])
    holder, key = chance.choice(places_in([found["project"], found["shared"]]))
    if chance.random() < 0.2:
        del holder[key]  # type: ignore[attr-defined]
    else:
        holder[key] = chance.choice(VALUES)  # type: ignore[index]
    with suppress(UnicodeEncodeError):  # it is refused before
        found["sha256"] = sha256(msgspec.json.encode([found["project"], found["shared"]]))
    path.write_bytes(zipped(members | {"project.json": json.dumps(found).encode()}))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_opens_can_be_shown_and_saved(seed: int, sound_file: Path, tmp_path: Path) -> None:
    chance, path, again = random.Random(seed), tmp_path / "x.nnstudio", tmp_path / "again.nnstudio"
    opened = 0
    for _number in range(500):
        edited(sound_file, path, chance)
        try:
            project = open_project(path, lambda _words: None)
        except UserError as mistake:
            assert len(str(mistake)) < 2000
            continue
        opened += 1
        verbs.describe(project)
        report.print_info(project, "x")
        for run in project.runs:
            report.print_run(run, "x")
            verbs.history_of(run)
        save(project, again)
        assert open_project(again).runs == project.runs
    assert opened > 20


def test_after_the_last_number_there_is_one_that_can_be_saved(sound_file: Path, tmp_path: Path) -> None:
    """Ids have nine digits at most; a file may hold the last of them."""
    project = open_project(sound_file)
    (run,) = project.runs
    project = edits.add_run(replace(project, runs=()), replace(run, id="run-999999999"))
    layer = Layer("relu_999999999", "relu")
    project = replace(project, network=replace(project.network, layers=(*project.network.layers, layer)))
    project = edits.add_run(project, replace(run, id=edits.free_run_id(project)))
    project, _id = edits.add_layer(project, "relu")
    save(project, tmp_path / "a.nnstudio")
    assert [one.id for one in open_project(tmp_path / "a.nnstudio").runs] == ["run-999999999", "run-1"]


def test_a_name_that_cannot_be_written_is_told_when_it_is_saved(sound_file: Path, tmp_path: Path) -> None:
    project = edits.set_data(open_project(sound_file), source=str(tmp_path / "caf\udce9.csv"))
    with pytest.raises(UserError, match=r"caf\\udce9.csv” holds letters that cannot be written"):
        save(project, tmp_path / "a.nnstudio")
