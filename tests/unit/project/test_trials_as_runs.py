"""Trials come into a project as facts: each once, in every step of the history, under one id that nobody else bears."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from nnstudio.project import edits
from nnstudio.project.model import Project, Run, StopReason
from nnstudio.project.preparation import Preparation
from nnstudio.project.studies import (
    add_study,
    free_study_id,
    new_study,
    numbered_trials,
    put_trials,
    remove_study,
    rename_study,
    with_trials,
)
from nnstudio.project.study import Halving, Trial
from nnstudio.project.study_rungs import most_epochs, rungs_of
from nnstudio.project.study_variables import parse_variable
from nnstudio.project.undo import UndoHistory
from nnstudio.project.variants import unfinished
from nnstudio.text import UserError


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    made = make_project("builtin:iris", "dense:8,relu,dense:out")
    return add_study(made, new_study(made, [parse_variable(made.network, "training.batch_size=4,8,16")], seeds=2))


def trial(project: Project, setting: int, seed: int, reason: StopReason = "epochs", epochs: int = 3) -> Run:
    run = unfinished(project, Preparation((), (4,), "class", "kind"), b"", epochs)
    values = {"training.batch_size": 4 * 2**setting}
    return replace(run, stop_reason=reason, trial=Trial(project.studies[0].id, setting, seed, values))


def test_a_trial_comes_once_and_what_went_further_takes_its_place(project: Project) -> None:
    first = with_trials(project, [trial(project, 0, 0, "pruned"), trial(project, 0, 1, "pruned")])
    noted = replace(first, runs=(replace(first.runs[0], note="mine"), *first.runs[1:]))
    again = with_trials(
        noted, [trial(project, 0, 0, "epochs", 9), trial(project, 0, 1, "pruned"), trial(project, 1, 0)]
    )
    assert [(run.id, run.epochs_run, run.note) for run in again.runs] == [
        ("run-1", 9, "mine"),
        ("run-2", 3, ""),
        ("run-3", 3, ""),
    ]


def test_an_id_is_free_in_all_of_the_history(project: Project) -> None:
    deleted = with_trials(project, [trial(project, 0, 0)])
    (one,) = numbered_trials([project, deleted], [trial(project, 0, 1)])
    assert one.id == "run-2", "undo may bring run 1 back"
    assert [run.id for run in put_trials(deleted.runs, [one])] == ["run-1", "run-2"]


def test_the_id_of_a_study_that_is_gone_is_not_given_again(project: Project) -> None:
    trained = with_trials(project, [trial(project, 0, 0)])
    orphaned = replace(trained, studies=())
    assert free_study_id(orphaned) == "study-2"
    assert free_study_id(remove_study(trained, "study-1"), trained) == "study-2"


def test_what_became_a_fact_is_not_undone_and_not_brought_back_by_redo(project: Project) -> None:
    study = project.studies[0]
    before = replace(project, studies=())
    history = UndoHistory(before)
    history.push("define", project)
    history.push("delete", remove_study(project, study.id))
    history.undo()
    history.amend_past(lambda one: one if one.studies else add_study(one, study))
    assert history.undo().studies == (study,)
    assert history.go_to(2).studies == ()


def test_a_name_is_one_studys_own(project: Project) -> None:
    two = add_study(project, replace(project.studies[0], id="study-2", name="rates"))
    assert rename_study(two, "study-1", "  batches ").studies[0].name == "batches"
    with pytest.raises(UserError, match="already"):
        rename_study(two, "study-1", "rates")
    with pytest.raises(UserError, match="at most"):
        rename_study(two, "study-1", "a" * 999)


def test_rungs_and_the_epochs_they_take(project: Project) -> None:
    study = replace(
        project.studies[0],
        settings=27,
        seeds=2,
        training=edits.set_training(project, epochs=100).training,
        halving=Halving(5, 3),
    )
    assert rungs_of(study) == [(27, 5), (9, 15), (3, 45), (1, 100)]
    assert most_epochs(study) == 2 * (27 * 5 + 9 * 10 + 3 * 30 + 1 * 55)
    assert most_epochs(replace(study, halving=None)) == 27 * 2 * 100
