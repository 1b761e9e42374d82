"""Work that is kept again and again writes what changed, and comes back whole."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.archive import members_of, sha256
from nnstudio.project.container import DESCRIPTION
from nnstudio.project.model import Project
from nnstudio.project.recovery import (
    DECLINED,
    LARGE,
    TOGETHER,
    RecoveryStore,
    decline,
    left_behind,
    open_kept,
    parts_of,
    texts_of,
)
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.session import Trained, train


@pytest.fixture
def session(make_project: Callable[..., Project]) -> Project:
    """A session of 20 runs, of one size and other weights each."""
    project = make_project("builtin:digits", "dense:32,relu,dense:out", epochs=3, patience=0)
    dataset = load(project.data)
    for seed in range(20):
        plan = edits.set_training(project, seed=seed)
        for event in train(plan, dataset, Control(), Curves()):
            if isinstance(event, Trained):
                project = edits.add_run(project, replace(event.run, id=f"run-{seed + 1}"))
    return project


def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of all that is written to files from now on."""
    sizes, write = list[int](), os.write

    def counting(handle: int, content: bytes) -> int:
        sizes.append(write(handle, content))
        return sizes[-1]

    monkeypatch.setattr(os, "write", counting)
    return sizes


def test_keeping_writes_at_most_twice_what_changed(
    session: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, sizes = RecoveryStore(tmp_path), written(monkeypatch)
    *_earlier, last = session.runs
    before = replace(session, runs=session.runs[:-1])
    store.keep(before, None)
    whole, changes = sum(sizes), {"an edit": edits.set_training(before, epochs=9), "a run": edits.add_run(before, last)}
    kept = members_of(before, tmp_path)[0]

    def pieces(members: dict[str, bytes]) -> dict[str, bytes]:
        texts = texts_of(members[DESCRIPTION])
        assert b"".join(texts) == members[DESCRIPTION] and len(texts) > len(before.runs) / TOGETHER
        rest = {name: content for name, content in members.items() if name != DESCRIPTION}
        return rest | {f"text {place}": text for place, text in enumerate(texts)}

    for what, after in changes.items():
        members = members_of(after, tmp_path)[0]
        known = set(pieces(kept).values())
        changed = sum(len(content) for content in pieces(members).values() if content not in known)
        sizes.clear()
        store.keep(after, None)
        assert 0 < sum(sizes) <= 2 * changed, (what, sum(sizes), changed)
        assert sum(sizes) < whole / 2
        assert what == "a run" or sum(sizes) < len(members[DESCRIPTION]) / 3
        assert open_kept(store.file) == after
        store.keep(before, None)
    large = {sha256(content) for content in pieces(kept).values() if len(content) >= LARGE}
    assert {one.name for one in parts_of(store.file).iterdir()} == large
    store.drop()
    assert not list(tmp_path.iterdir())


def test_parts_go_where_their_work_goes_and_a_damaged_one_is_told(session: Project, tmp_path: Path) -> None:
    store = RecoveryStore(tmp_path)
    store.keep(session, None)
    (note,) = tmp_path.glob("*.json")
    note.write_text('{"path":"","program":"1-1-elsewhere"}')
    os.utime(note, (1, 1))
    (found,) = left_behind(tmp_path)
    decline(found, tmp_path)
    moved = tmp_path / DECLINED / store.file.name
    assert open_kept(moved) == session and not parts_of(store.file).exists()
    part = max(parts_of(moved).iterdir(), key=lambda one: one.stat().st_size)
    part.write_bytes(part.read_bytes()[:-1])
    told = list[str]()
    opened = open_kept(moved, told.append)
    assert told and len(opened.runs) >= len(session.runs) - 1
