"""What was done becomes a goal, recorded steps become a lesson that plays, and a lesson can be gone on with."""

from dataclasses import replace as with_changes
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from nnstudio import paths
from nnstudio.lessons import recording as making
from nnstudio.lessons.asking import bounds, numbers_typed, question_of_kind, settings_of, varied, varied_values
from nnstudio.lessons.check import Play, played, trained
from nnstudio.lessons.lesson_file import read_lesson, shipped, write_lesson
from nnstudio.lessons.model import (
    CommandDone,
    LayerCount,
    LayerThere,
    MeasureBelow,
    Number,
    Order,
    RunFinished,
    SettingAtLeast,
    SettingDiffers,
    SettingIs,
    Start,
    TestOpenedAtMost,
    ViewOpen,
)
from nnstudio.lessons.proposals import Doing, alternatives, proposed, roomy
from nnstudio.lessons.recording import Recording
from nnstudio.lessons.starting import started
from nnstudio.project import edits, openings
from nnstudio.project.archive import open_project
from nnstudio.project.model import Project
from nnstudio.project.test_seal import TestResult
from nnstudio.text import UserError


@pytest.fixture
def circle() -> Project:
    project = replace(open_project(paths.examples() / "circle.nnstudio"), runs=())
    return edits.set_training(project, epochs=4, patience=0)


@pytest.fixture
def play() -> Play:
    return Play()


def with_run(project: Project, play: Play) -> Project:
    project = play.with_facts(project)
    return edits.add_run(project, replace(trained(project, play), id=edits.free_run_id(project)))


def goals(before: Project, after: Project, commands: str = "", views: str = "") -> list[object]:
    doing = Doing(before, after, frozenset(commands.split()), frozenset(views.split()))
    return [one.condition for one in proposed(doing) if one.is_ticked]


def named(recording: Recording, place: int) -> Recording:
    return making.with_step(recording, place, title={"en": f"Step {place}"}, text={"en": "Do it."})


def test_a_changed_setting_is_the_goal(circle: Project) -> None:
    after = edits.set_training(circle, learning_rate=0.3, restore_best=False)
    assert goals(circle, after) == [
        SettingIs("training.learning_rate", "0.3"),
        SettingIs("training.restore_best", "false"),
    ]


def test_what_other_data_brings_with_it_is_no_goal_of_its_own(circle: Project) -> None:
    after = edits.set_data(circle, source="toy:xor?samples=200&noise=0&seed=1")
    assert goals(circle, after) == [SettingIs("data.source", "toy:xor?samples=200&noise=0&seed=1")]


def test_layers_that_came_or_went_are_counted(circle: Project) -> None:
    more, id = edits.add_layer(circle, "dropout")
    more = edits.set_parameter(more, id, "rate", 0.25)
    assert goals(circle, more) == [LayerThere("dropout", 1), SettingIs(f"{id}.rate", "0.25")]
    first = next(layer for layer in circle.network.layers if layer.type == "dense")
    count = sum(layer.type == "dense" for layer in circle.network.layers)
    assert goals(circle, edits.remove(circle, [first.id])) == [LayerCount("dense", count - 1)]


def test_a_training_is_the_goal_and_how_good_it_is_can_be_chosen(circle: Project, play: Play) -> None:
    after = with_run(circle, play)
    assert goals(circle, after, "actionTrain") == [RunFinished(1)]
    offered = [one.condition for one in proposed(Doing(circle, after))]
    below = next(one for one in offered if isinstance(one, MeasureBelow))
    lowest = min(after.runs[0].history.validation_loss)
    assert below.measure == "best_validation_loss" and lowest < below.value < 1.3 * lowest


def test_what_was_opened_is_the_goal_a_panel_only_where_nothing_else_is(circle: Project) -> None:
    assert goals(circle, circle, "actionSoftmaxLab", "softmaxLab inspector") == [ViewOpen("softmaxLab")]
    assert goals(circle, circle, views="inspector") == [ViewOpen("inspector")]
    assert goals(circle, circle, "actionStepBatch actionUndo") == [CommandDone("actionStepBatch")]


def test_opening_the_test_set_no_more_often_can_be_chosen(circle: Project, play: Play) -> None:
    before = with_run(circle, play)
    entry = openings.new_opening(before.runs[0], "", TestResult(30, 0.5, 0.9))
    after = openings.with_opening(before, entry)
    offered = [one.condition for one in proposed(Doing(before, after)) if not one.is_ticked]
    assert TestOpenedAtMost(1) in offered and CommandDone("actionOpenTestSet") in offered
    assert not [one for one in proposed(Doing(after, after)) if isinstance(one.condition, TestOpenedAtMost)]


def test_a_lesson_carries_nobodys_openings(circle: Project, play: Play) -> None:
    before = with_run(circle, play)
    entry = openings.new_opening(before.runs[0], "", TestResult(30, 0.5, 0.9))
    start = making.snapshot(openings.with_opening(before, entry))
    assert start.project is not None and not start.project["openings"]
    told = dict(start.project) | {"openings": [msgspec.to_builtins(entry)]}
    assert started(Start(project=told, format=start.format), Project()).openings == ()


def test_a_goal_can_be_said_otherwise(circle: Project) -> None:
    at_least = SettingAtLeast("training.epochs", 50)
    assert alternatives(SettingIs("training.epochs", "50"), circle) == (
        SettingIs("training.epochs", "50"),
        at_least,
        SettingDiffers("training.epochs", "50"),
    )
    assert at_least in alternatives(at_least, circle)
    assert alternatives(SettingIs("training.optimizer", "sgd"), circle)[1:] == (
        SettingDiffers("training.optimizer", "sgd"),
    )
    assert [roomy(value) for value in (0.1234, 9.99, 0.0)] == [0.14, 11.0, 1.0]


def test_a_step_that_goes_on_has_no_start_of_its_own(circle: Project, play: Play) -> None:
    faster = with_run(edits.set_training(circle, learning_rate=0.1), play)
    wider = edits.set_training(faster, batch_size=20)
    recording = making.recorded(Recording({"en": "Try"}), Doing(circle, faster))
    recording = making.recorded(recording, Doing(faster, wider))
    first, second = making.with_starts(recording.drafts)
    assert first.start is not None and first.start.project is not None and second.start is None
    # Without the goal that changes the rate, the next step would begin elsewhere: it brings its own start.
    unticked = making.with_goal(recording, 0, first.goal[0], first.goal[0], False)
    assert making.with_starts(unticked.drafts)[1].start is not None
    assert making.with_starts(making.without(recording, 0).drafts)[0].start is not None
    assert all(step.start is not None for step in making.with_starts(making.moved(recording, 1, 0).drafts))


def test_a_snapshot_carries_no_runs_and_no_file(circle: Project, play: Play) -> None:
    start = making.snapshot(with_run(circle, play))
    assert start.project is not None and not start.project["runs"] and start.project["facts"] is None
    with pytest.raises(UserError, match="data of this project is a file"):
        making.snapshot(edits.set_data(circle, source="/somewhere/table.csv"))


def test_a_recorded_lesson_is_alive_and_can_be_gone_on_with(circle: Project, play: Play, tmp_path: Path) -> None:
    faster = edits.set_training(circle, learning_rate=0.1)
    dropped = with_run(edits.set_training(faster, epochs=3), play)
    recording = Recording({"en": "Try"})
    for before, after, views in ((circle, faster, ""), (faster, dropped, ""), (dropped, dropped, "softmaxLab")):
        recording = making.recorded(recording, Doing(before, after, views=frozenset(views.split())))
        recording = named(recording, len(recording.drafts) - 1)
    assert making.first_problem(recording) is None
    lesson = making.lesson_of(recording)
    path = tmp_path / "try.lesson.json"
    write_lesson(lesson, path)
    again = read_lesson(path)
    assert played(again, ["en"]) == []
    assert "there is no text in “es”." in [one["message"] for one in played(again)]
    opened = making.opened(again)
    assert making.lesson_of(opened) == again and not opened.both
    assert making.lesson_of(making.without(opened, 0)).steps[0].start is not None


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.name)
def test_a_lesson_that_ships_is_the_same_when_it_was_opened(path: Path) -> None:
    lesson = read_lesson(path)
    opened = making.opened(lesson)
    assert making.lesson_of(opened) == lesson and opened.both


def test_what_is_wrong_is_said_of_the_step_and_its_field(circle: Project) -> None:
    recording = making.recorded(Recording({}), Doing(circle, edits.set_training(circle, epochs=9)))
    assert making.first_problem(recording) == (-1, "there is no text.")
    recording = with_changes(recording, title={"en": "Try"})
    assert making.first_problem(recording) == (0, "there is no text.")
    step = replace(recording.drafts[0].step, title={"en": "x" * 201}, reveal={"en": "{nonsense}"})
    problems = making.field_problems(with_changes(recording.drafts[0], step=step))
    assert set(problems) == {"title", "text", "reveal"} and "200" in problems["title"]
    assert "no measure" in problems["reveal"]


def test_values_of_a_setting_become_curves_in_both_languages(circle: Project) -> None:
    assert numbers_typed("0,001; 0.03  1") == numbers_typed("0.001, 0.03, 1") == ["0.001", "0.03", "1"]
    assert numbers_typed("0.1,0.2") == ["0.1", "0.2"] and numbers_typed("0,5") == ["0.5"] and numbers_typed(" ") == []
    key = "training.learning_rate"
    asked = varied(key, ["0.001", "1"], "last_train_loss", circle, Order(()))
    assert [one.text for one in asked.curves] == [
        {"en": f"Learning rate = {value}", "es": f"Tasa de aprendizaje = {value}"} for value in ("0.001", "1")
    ]
    assert varied_values(asked) == (key, ["0.001", "1"]) and key == settings_of(circle)[0]
    recording = making.recorded(Recording({"en": "Try"}), Doing(circle, circle))
    asking = making.with_step(named(recording, 0), 0, ask=asked)
    assert making.lesson_of(asking).steps[0].goal == (RunFinished(2),)
    wrong = varied(key, ["0.001", "99"], "last_train_loss", circle, asked)
    assert "Learning rate" in making.field_problems(making.with_step(asking, 0, ask=wrong).drafts[0])["ask"]


def test_a_number_is_asked_for_between_bounds_that_do_not_tell_it(circle: Project, play: Play) -> None:
    after = with_run(circle, play)
    asked = question_of_kind("number", after, after.runs[0])
    assert isinstance(asked, Number) and asked.measure == "best_epoch"
    assert asked.lowest <= after.runs[0].best_epoch <= asked.highest  # type: ignore[operator]
    assert bounds(0.123) == (0.0, 0.3) and bounds(-4.0) == (-8.0, 0.0) and bounds(0) == (0.0, 100.0)
