"""A study on this machine: the same trials with one worker or two, stopped or not, trained again or gone on with."""

import os
import signal
from collections.abc import Callable

import psutil
import pytest
from msgspec.structs import replace

from nnstudio.data.dataset import load
from nnstudio.handing_in.replay import Limits, replayed
from nnstudio.project import variants
from nnstudio.project.model import Project, Run, Study
from nnstudio.project.studies import add_study, new_study, trials_of, with_trials
from nnstudio.project.study import Halving
from nnstudio.project.study_rungs import budgets_of
from nnstudio.project.study_variables import parse_variable
from nnstudio.project.validation_rows import read_validation
from nnstudio.studies.control import EpochsDone, SettingDone, StudyControl
from nnstudio.studies.running import run_study
from nnstudio.studies.state import StudyState, measure_of
from nnstudio.studies.trials import trained_again
from nnstudio.training.checkpoint_file import read_checkpoint
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import measure, restore
from nnstudio.training.run_record import InitialState
from nnstudio.training.session import Trained, train
from tests.killed_studies import checksum_of

MakeProject = Callable[..., Project]


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    layers = "dense:8,relu,dropout:0.2,dense:out"
    return make_project("builtin:iris", layers, epochs=12, patience=4, batch_size=16)


def with_study(project: Project, *variables: str, **given: object) -> tuple[Project, Study]:
    found = [parse_variable(project.network, one) for one in variables]
    study = new_study(project, found, **given)  # type: ignore[arg-type]
    return add_study(project, study), study


def small(project: Project) -> tuple[Project, Study]:
    return with_study(project, "training.learning_rate=0.003,0.03", "dropout_1.rate=0,0.4", seeds=3)


def run(project: Project, study: Study, workers: int = 1, settings: int = 1000) -> Project:
    """The project after a study was run, or stopped after so many settings."""
    control, done = StudyControl(), 0
    for event in run_study(project, study, control, workers):
        if isinstance(event, SettingDone):
            project = with_trials(project, event.runs)
            done += 1
            if done == settings:
                control.stop()
    return project


def trials(project: Project, study: Study) -> list[Run]:
    return [run for _number, seeds in sorted(trials_of(project, study).items()) for _seed, run in sorted(seeds.items())]


def test_every_trial_is_an_ordinary_run_with_its_own_seed(project: Project) -> None:
    project, study = small(project)
    project = run(project, study)
    found = trials(project, study)
    assert len(found) == 12 and len({one.id for one in project.runs}) == 12
    assert [one.training.seed for one in found] == [0, 1, 2] * 4
    assert [one.trial.values["dropout_1.rate"] for one in found if one.trial] == [0.0] * 3 + [0.4] * 3 + [0.0] * 3 + [
        0.4
    ] * 3
    validation = load(project.data).validation
    for one in found:
        assert one.network.layer("dropout_1").parameters["rate"] == one.trial.values["dropout_1.rate"]  # type: ignore[union-attr]
        assert one.checkpoint and one.stop_reason in ("patience", "epochs")
        measured, rows = measure(restore(one), validation), read_validation(one.validation)
        assert rows.correct is not None and rows.correct.mean() == pytest.approx(measured.accuracy)
        assert rows.loss.mean() == pytest.approx(measured.loss, rel=1e-5)
        assert one.best_epoch and measured.loss == pytest.approx(measure_of(one, study), rel=1e-5)


def test_two_workers_give_what_one_does_and_a_stopped_study_goes_on(project: Project) -> None:
    project, study = small(project)
    whole = run(project, study)
    assert StudyState(study, trials_of(whole, study)).is_done
    stopped = run(project, study, settings=2)
    assert len(stopped.runs) == 6
    assert checksum_of(run(stopped, study)) == checksum_of(whole)
    assert checksum_of(run(project, study, workers=2)) == checksum_of(whole)


def test_a_worker_that_is_killed_is_replaced_and_its_setting_trained_again(project: Project) -> None:
    project, study = small(project)
    whole, died, killed = checksum_of(run(project, study)), project, False
    for event in run_study(project, study, StudyControl(), workers=2):
        if isinstance(event, SettingDone):
            died = with_trials(died, event.runs)
        elif isinstance(event, EpochsDone) and not killed:
            killed = True
            victim = next(one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline()))
            os.kill(victim.pid, signal.SIGKILL)
    assert killed and checksum_of(died) == whole


def test_a_trial_trained_again_is_the_same_to_the_bit(project: Project) -> None:
    project, study = small(project)
    project = run(project, study)
    for one in (trials(project, study)[4], trials(project, study)[11]):
        again = trained_again(project, one)
        assert (again.history, again.weights, again.validation) == (one.history, one.weights, one.validation)


def test_successive_halving_goes_on_with_the_best_to_the_bits_of_one_that_never_stood(project: Project) -> None:
    rates = "training.learning_rate=0.0001..0.3:log:6"
    project, study = with_study(project, rates, seeds=2, halving=Halving(2, 2))
    assert budgets_of(study) == [2, 4, 8, 0]
    halved, (_same, plain) = run(project, study), (project, replace(study, halving=None))
    whole = trials_of(run(replace(project, studies=(plain,)), plain), plain)
    epochs = [[one.epochs_run for one in seeds.values()] for seeds in trials_of(halved, study).values()]
    assert [len([one for one in epochs if max(one) > budget]) for budget in (0, 2, 4)] == [6, 3, 1]
    for number, seeds in trials_of(halved, study).items():
        for seed, one in seeds.items():
            full = whole[number][seed]
            assert one.history.validation_loss == full.history.validation_loss[: one.epochs_run]
            assert one.stop_reason == ("pruned" if one.epochs_run < full.epochs_run else full.stop_reason)
    # Those that go on are the best after as many epochs as all of them have had.
    at_two = {
        number: sum(min(one.history.validation_loss[:2]) for one in seeds.values()) for number, seeds in whole.items()
    }
    best = sorted(at_two, key=lambda number: at_two[number])[:3]
    assert {number for number, one in enumerate(epochs) if max(one) > 2} == set(best)
    assert checksum_of(run(run(project, study, settings=7), study)) == checksum_of(halved)
    assert checksum_of(run(project, study, workers=2)) == checksum_of(halved)


def test_a_setting_that_cannot_be_trained_fails_and_the_others_are_trained(make_project: MakeProject) -> None:
    project = make_project("builtin:iris", "dense:8,batch_norm,relu,dense:out", epochs=2, patience=0)
    rows = load(project.data).facts.train
    project, study = with_study(project, f"training.batch_size=16,{rows - 1}", seeds=2)
    found = trials(run(project, study), study)
    assert [one.stop_reason for one in found] == ["epochs", "epochs", "failed", "failed"]
    assert "Batch norm" in found[-1].message or "batch" in found[-1].message.lower()
    assert StudyState(study, trials_of(run(project, study), study)).is_done


def test_data_may_vary_but_for_what_decides_the_test_set(make_project: MakeProject) -> None:
    project = make_project("builtin:iris", "dense:8,relu,dense:out", epochs=2, patience=0)
    project, study = with_study(project, "data.validation=0.1,0.3", "data.standardize=true,false", seeds=2)
    found = trials(run(project, study), study)
    assert [len(read_validation(one.validation).loss) for one in found] == [15] * 4 + [45] * 4
    assert found[0].preparation != found[2].preparation and not any(one.message for one in found)


def test_trials_without_weights_are_small_and_can_be_trained_again(project: Project) -> None:
    project, study = with_study(project, "training.learning_rate=0.003,0.03", seeds=2, keeps_weights=False)
    project = run(project, study)
    assert all(not one.weights and not one.checkpoint and one.validation for one in project.runs)
    again = trained_again(project, project.runs[0])
    assert again.history == project.runs[0].history


def test_a_trial_is_replayed_with_its_setting_and_a_forged_one_is_found(project: Project) -> None:
    project, study = small(project)
    project = run(project, study)
    assert {one.text for one in replayed(project, Limits())} == {"same to the bit"}
    first, second, *rest = project.runs
    better = replace(first.history, validation_loss=tuple(0.5 * loss for loss in first.history.validation_loss))
    other = project.runs[-1].trial
    assert other is not None
    swapped = replace(second, trial=replace(other, seed=1))
    found = replayed(replace(project, runs=(replace(first, history=better), swapped, *rest)), Limits())
    assert [one.same for one in found[:3]] == [False, None, True]
    assert "not those of the trial" in found[1].text


def test_going_on_with_a_trial_by_hand_makes_another_run(project: Project) -> None:
    project, study = with_study(project, "training.learning_rate=0.003,0.03", seeds=2, halving=Halving(3, 2))
    project = run(project, study)
    trial = next(one for one in project.runs if one.stop_reason == "pruned")
    checkpoint, _losses = read_checkpoint(trial)
    begun, curves = InitialState(trial, checkpoint=checkpoint), Curves.of(trial.history, trial.events)
    plan = variants.restored(project, trial)
    *_events, last = train(plan, load(plan.data), Control(), curves, initial_state=begun)
    assert isinstance(last, Trained)
    longer = last.run
    assert longer.trial is None and longer.id not in {one.id for one in project.runs}
    assert longer.epochs_run > trial.epochs_run
    assert longer.history.validation_loss[: trial.epochs_run] == trial.history.validation_loss
