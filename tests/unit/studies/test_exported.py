"""A study for other programs: Optuna reads the journal as one of its own, a table has a row for each run, and neither
tells anything of the test set."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import optuna
import pytest
from msgspec.structs import replace
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from nnstudio.cli.main import main
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import Project, Run
from nnstudio.project.studies import add_study, new_study
from nnstudio.project.study import Halving
from nnstudio.project.study_variables import parse_variable
from nnstudio.studies.control import StudyControl
from nnstudio.studies.exported import csv_table, optuna_journal
from nnstudio.studies.kept import run_kept

VARY = "training.learning_rate=0.0001..1:log", "dense_1.units=2..9", "training.optimizer=sgd,adam"


@pytest.fixture
def path(tmp_path: Path, make_project: Callable[..., Project]) -> Path:
    """A project with a halved study of settings by chance."""
    project = make_project("builtin:diabetes", "dense:8,relu,dense:out", epochs=4)
    variables = [parse_variable(project.network, one) for one in VARY]
    study = new_study(project, variables, 2, "random", 6, halving=Halving(1, 2), name="rates")
    path = tmp_path / "x.nnstudio"
    save(add_study(project, study), path)
    for _event in run_kept(path, "", StudyControl()):
        pass
    return path


def loaded(path: Path, name: str) -> optuna.Study:
    return optuna.load_study(study_name=name, storage=JournalStorage(JournalFileBackend(str(path))))


def test_optuna_reads_every_run_as_a_trial_of_its_own(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "study.log"
    assert main(["study", "export", str(path), "--to", "optuna", "-o", str(out)]) == 0
    project, study = open_project(path), loaded(out, "rates")
    assert len(study.trials) == len(project.runs) == 12
    for trial, run in zip(study.trials, project.runs, strict=True):
        assert run.trial is not None
        assert trial.params == dict(run.trial.values)
        assert trial.user_attrs["seed"] == run.trial.seed and trial.user_attrs["run"] == run.id
        assert trial.intermediate_values == dict(enumerate(finite(run), start=1))
        assert trial.state == expected_state(run)
        if trial.state == TrialState.COMPLETE:
            assert trial.value == min(finite(run))
    states = {trial.state for trial in study.trials}
    assert states == {TrialState.COMPLETE, TrialState.PRUNED}
    best = min((run for run in project.runs if run.stop_reason == "epochs"), key=lambda run: min(finite(run)))
    assert study.best_trial.user_attrs["run"] == best.id


def finite(run: Run) -> list[float]:
    return [value for value in run.history.validation_loss if value < float("inf")]


def expected_state(run: Run) -> TrialState:
    return TrialState.PRUNED if run.stop_reason == "pruned" else TrialState.COMPLETE


def test_what_diverged_or_holds_what_cannot_be_has_no_value_there(path: Path) -> None:
    project = open_project(path)
    first, second, *rest = project.runs
    assert first.trial and second.trial
    changed = (
        replace(first, stop_reason="diverged", created="some day"),
        replace(second, trial=replace(second.trial, values={**second.trial.values, "dense_1.units": 1000})),
        *rest,
    )
    study = written(replace(project, runs=changed), path.with_name("y.log"))
    assert study.trials[0].state == TrialState.FAIL and study.trials[0].value is None
    assert "dense_1.units" not in study.trials[1].params and len(study.trials) == 12


def written(project: Project, path: Path) -> optuna.Study:
    path.write_bytes(optuna_journal(project, project.studies[0], "rates"))
    return loaded(path, "rates")


def test_export_of_a_project_takes_its_newest_study(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "study.log"
    assert main(["export", str(path), "--to", "optuna", "-o", str(out)]) == 0
    assert len(loaded(out, "rates").trials) == 12
    before = path.read_bytes()
    assert main(["export", str(path), "--to", "optuna", "-o", str(path)]) == 2
    assert path.read_bytes() == before


def test_the_table_has_a_row_for_each_run(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "study.csv"
    assert main(["study", "export", str(path), "--to", "csv", "-o", str(out)]) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    project = open_project(path)
    assert [row["run"] for row in rows] == [run.id for run in project.runs]
    for row, run in zip(rows, project.runs, strict=True):
        assert run.trial is not None
        assert float(row["training.learning_rate"]) == run.trial.values["training.learning_rate"]
        assert float(row["best validation_loss"]) == min(finite(run))
        assert row["stop_reason"] == run.stop_reason and row["best validation_accuracy"] == ""


def test_no_number_of_the_test_set_is_in_either(path: Path) -> None:
    project = open_project(path)
    study = project.studies[0]
    for content in (csv_table(project, study), optuna_journal(project, study, "rates")):
        assert b"test" not in content


def test_a_project_without_a_study_says_so(
    tmp_path: Path, make_project: Callable[..., Project], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.nnstudio"
    save(make_project(), path)
    assert main(["export", str(path), "--to", "optuna", "-o", str(tmp_path / "o.log")]) == 2
    assert "no study yet" in capsys.readouterr().err
