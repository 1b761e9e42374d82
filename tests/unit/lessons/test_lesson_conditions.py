"""Every condition, when it holds and when it does not; and what each asks for in words."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from nnstudio.lessons.conditions import Situation, goal_text, holds, with_setting
from nnstudio.lessons.measures import measured
from nnstudio.lessons.model import (
    CommandDone,
    Condition,
    LayerCount,
    LayerThere,
    MeasureBelow,
    RunFinished,
    RunsCompared,
    SettingAtLeast,
    SettingDiffers,
    SettingIs,
    ShapeIs,
    TestOpenedAtMost,
    ViewOpen,
)
from nnstudio.project.model import DataChoice, EpochMetrics, Project, Run
from nnstudio.project.preparation import Preparation
from nnstudio.project.test_seal import Opening
from nnstudio.text import UserError

CASES: list[tuple[Condition, bool]] = [
    (CommandDone("actionArrange"), True),
    (CommandDone("actionUndo"), False),
    (ViewOpen("chainLab"), True),
    (ViewOpen("softmaxLab"), False),
    (SettingIs("training.learning_rate", "0.5"), True),
    (SettingIs("training.learning_rate", "0.50"), True),
    (SettingIs("training.learning_rate", "0.1"), False),
    (SettingIs("data.validation", "0.2"), True),
    (SettingIs("dense_1.units", "8"), True),
    (SettingIs("dense_1.units", "9"), False),
    (SettingIs("dense_9.units", "9"), False),
    (SettingAtLeast("training.learning_rate", 0.5), True),
    (SettingAtLeast("training.learning_rate", 0.51), False),
    (SettingAtLeast("training.optimizer", 0), False),
    (SettingAtLeast("dense_9.units", 0), False),
    (SettingDiffers("training.learning_rate", "0.5"), True),
    (SettingDiffers("training.epochs", "3"), False),
    (LayerThere("dense", 2), True),
    (LayerThere("dense", 3), False),
    (LayerCount("dense", 2), True),
    (LayerCount("dense", 1), False),
    (ShapeIs("dense_1", (8,)), True),
    (ShapeIs("dense_1", (9,)), False),
    (ShapeIs("dense_9", (8,)), False),
    (RunFinished(1), True),
    (RunFinished(2), False),
    (MeasureBelow("last_validation_loss", 0.31), True),
    (MeasureBelow("last_validation_loss", 0.3), False),
    (MeasureBelow("gap_at_end", 0.2), True),
    (RunsCompared(2), True),
    (RunsCompared(3), False),
    (TestOpenedAtMost(2), True),
    (TestOpenedAtMost(1), True),
    (TestOpenedAtMost(0), False),
]


def opening(id: str) -> Opening:
    return Opening(id, f"2026-01-01T00:00:00+00:0{len(id)}", "opened", "run-1")


@pytest.fixture
def found(make_project: Callable[..., Project]) -> Situation:
    """Iris, with another rate than in the beginning, one run, two in the plot, a lab open, one command done, and the
    test set opened once before and once since."""
    before = replace(make_project(), openings=(opening("a"),))
    project = with_setting(before, "training.learning_rate", "0.5")
    project = replace(project, openings=(opening("a"), opening("b"), replace(opening("c"), what="lifted", run="")))
    run = Run(
        id="run-1", created="", network=project.network, data=DataChoice(), training=project.training,
        preparation=Preparation((), (4,), "class", "species"), stop_reason="epochs", epochs_run=2, best_epoch=2,
        weights_epoch=2, device="cpu", parameters=0, seconds=1.0, samples_per_second=1.0,
        history=EpochMetrics((1, 2), (0.9, 0.2), (0.8, 0.3)),
    )  # fmt: skip
    return Situation(before, project, frozenset({"actionArrange"}), frozenset({"chainLab"}), (run,), 2)


@pytest.mark.parametrize(("condition", "is_met"), CASES, ids=str)
def test_it_holds_or_not(condition: Condition, is_met: bool, found: Situation) -> None:
    assert holds(condition, found) is is_met


@pytest.mark.parametrize("condition", [condition for condition, is_met in CASES if is_met], ids=str)
def test_it_says_what_it_asks_for(condition: Condition, found: Situation) -> None:
    text = goal_text(condition, found.project, lambda name: f"[{name}]")
    assert text
    assert "{" not in text


def test_what_a_run_had_is_asked_of_that_run(found: Situation) -> None:
    """A network that is made smaller behind the run meets no goal of few parameters."""
    small = with_setting(found.project, "dense_1.units", "1")
    assert holds(MeasureBelow("parameters", 60), replace_project(found, small)) is False
    assert holds(MeasureBelow("parameters", 80), replace_project(found, small)) is True


def test_openings_of_the_test_set_are_a_measure(found: Situation) -> None:
    assert measured("test_openings", found.before, None) == 1 and measured("test_openings", found.project, None) == 2


def replace_project(found: Situation, project: Project) -> Situation:
    return Situation(found.before, project, found.commands, found.views, found.runs, found.compared)


def test_what_cannot_be_is_said(found: Situation) -> None:
    with pytest.raises(UserError):
        with_setting(found.project, "dense_9.units", "3")
    with pytest.raises(UserError):
        holds(SettingIs("training.learning_rate", "fast"), found)
    with pytest.raises(UserError):
        with_setting(replace(found.project), "dense_1.nothing", "3")
