"""Whatever a lesson names in the program, and whatever number it relies on: when that is gone or changed, the check
says so. Runs that were made once are made no second time."""

import copy
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from nnstudio.lessons import check
from nnstudio.lessons.check import Play, played
from nnstudio.lessons.measures import PLACE
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError
from tests.lessons import SHIPPED, Raw, lesson, made, places, raw, step

NAMES = ("point", "view", "command", "layer", "setting", "measure", "example", "show", "allow", "run")
"""The fields that name something; beside them the keys of settings, and what texts tell."""
KEYED = ("settings", "do", "repair")


@pytest.fixture(scope="module")
def runs() -> dict[bytes, Run]:
    return {}


@pytest.fixture(autouse=True)
def remembered(runs: dict[bytes, Run], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each plan is trained once for all tests here."""
    train: Callable[[Project, Play], Run] = check.trained

    def trained(project: Project, play: Play) -> Run:
        key = msgspec.json.encode((project.network.layers, project.network.links, project.data, project.training))
        if key not in runs:
            runs[key] = train(project, play)
        return runs[key]

    monkeypatch.setattr(check, "trained", trained)
    monkeypatch.setattr(check, "load", cache(check.load))


def is_dead(content: Raw, folder: Path) -> bool:
    """Whether reading or playing the lesson finds something wrong."""
    try:
        return bool(played(made(content, folder)))
    except UserError:
        return True


def keyed(found: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every key of settings in a description, and what holds it."""
    for key, value in list(found.items() if isinstance(found, dict) else enumerate(found)):
        if isinstance(value, dict | list):
            if key in KEYED:
                yield from ((value, name) for name in value)
            yield from keyed(value)


def without_a_name(content: Raw) -> Iterator[tuple[str, Raw]]:
    """The lesson with one of its names gone, again and again."""
    for number, (_holder, _key, name) in enumerate(places(content["steps"])):
        if name in NAMES:
            spoilt = copy.deepcopy(content)
            holder, key, _name = list(places(spoilt["steps"]))[number]
            holder[key] += "_gone"
            yield f"{name} {holder[key]}", spoilt
    for number, (_holder, name) in enumerate(keyed(content["steps"])):
        spoilt = copy.deepcopy(content)
        holder, name = list(keyed(spoilt["steps"]))[number]
        holder[f"{name}_gone"] = holder.pop(name)
        yield f"setting {name}", spoilt


@pytest.mark.parametrize("id", SHIPPED)
def test_a_name_that_is_gone_is_found(id: str, tmp_path: Path) -> None:
    content = raw(id)
    assert not is_dead(content, tmp_path)
    alive = [what for what, spoilt in without_a_name(content) if not is_dead(spoilt, tmp_path)]
    assert alive == []


@pytest.mark.parametrize("id", SHIPPED)
def test_a_measure_that_a_text_tells_and_that_is_gone_is_found(id: str, tmp_path: Path) -> None:
    content, alive, told = raw(id), list[str](), 0
    for number, (holder, key, _name) in enumerate(places(content["steps"])):
        for found in PLACE.finditer(holder[key]) if isinstance(holder[key], str) else ():
            spoilt, told = copy.deepcopy(content), told + 1
            where, what, _name = list(places(spoilt["steps"]))[number]
            where[what] = holder[key][: found.end(1)] + "_gone" + holder[key][found.end(1) :]
            alive += [] if is_dead(spoilt, tmp_path) else [found[1]]
    assert told
    assert alive == []


@pytest.mark.parametrize("id", SHIPPED)
def test_a_number_that_is_another_now_is_found(id: str, tmp_path: Path) -> None:
    content, alive = raw(id), list[str]()
    for number, one in enumerate(content["steps"]):
        for place, expected in enumerate(one.get("expect", ())):
            spoilt = copy.deepcopy(content)
            spoilt["steps"][number]["expect"][place]["value"] = expected["value"] + 3 * expected["tolerance"] + 1e-9
            alive += [] if is_dead(spoilt, tmp_path) else [f"{one['id']}: {expected['measure']}"]
    assert alive == []


def plans(content: Raw) -> Iterator[tuple[dict[str, Any], str]]:
    """The numbers that the first step of a lesson begins with, where it brings a project: its plan, and its points."""
    project = content["steps"][0]["start"]["project"]
    yield from ((project["training"], name) for name in ("learning_rate", "epochs"))
    yield project["data"], "source"


@pytest.mark.parametrize("id", ["04-cost", "09-batches"])
@pytest.mark.parametrize("number", range(3))
def test_a_run_that_is_another_now_is_found(id: str, number: int, tmp_path: Path) -> None:
    """The same lesson over another plan: its numbers are not those that its texts rely on."""
    content = raw(id)
    holder, name = list(plans(content))[number]
    before = holder[name]
    holder[name] = (
        re.sub(r"samples=\d+", "samples=40", before) if name == "source" else before * (5 if number else 0.05)
    )
    assert holder[name] != before
    assert is_dead(content, tmp_path)


def test_a_goal_that_cannot_be_met_is_found(tmp_path: Path) -> None:
    start = {"example": "iris", "settings": {"training.epochs": "1"}}
    goal = [{"type": "measure_below", "measure": "last_train_loss", "value": 1e-9}]
    found = played(made(lesson(step(start=start, goal=goal)), tmp_path))
    assert len(found) == 1
    assert "cannot be met" in found[0]["message"]
