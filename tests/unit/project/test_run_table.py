"""The table of runs without a window: its columns, its filter, its order and headings, and what its file weighs."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from nnstudio.project import edits, run_edits
from nnstudio.project.archive import to_bytes
from nnstudio.project.file_size import file_size, size_text
from nnstudio.project.model import Project
from nnstudio.project.run_columns import RunTable, compared, run_table
from nnstudio.project.run_filter import found_rows
from nnstudio.project.run_order import Heading, grouped, ordered
from nnstudio.project.run_table_text import csv_of
from nnstudio.project.test_seal import Opening
from nnstudio.text import UserError
from tests.many_runs import EPOCHS, with_runs


@pytest.fixture(scope="module")
def project() -> Project:
    return with_runs(60)


@pytest.fixture(scope="module")
def table(project: Project) -> RunTable:
    return run_table(project)


def ids(table: RunTable, text: str) -> list[str]:
    found = found_rows(table, text)
    assert not found.mistake
    return [facts.run.id for facts in found.rows]


def test_only_what_differs_is_a_column_and_the_rest_is_told_once(table: RunTable) -> None:
    keys = [one.key for one in table.columns]
    assert {"learning_rate", "seed", "optimizer", "dense_1.units", "accuracy", "loss", "study"} <= set(keys)
    assert not {"batch_size", "epochs", "epochs_run", "network", "data.source"} & set(keys)
    same = dict(table.same)
    assert same["Epochs"] == same["Epochs run"] == str(EPOCHS) and same["Data"] == "builtin:iris"


def test_the_values_are_those_of_the_best_epoch(project: Project, table: RunTable) -> None:
    for facts, run in zip(table.rows, project.runs, strict=True):
        assert run.best_epoch is not None
        assert facts.loss == run.history.validation_loss[run.best_epoch - 1] == min(run.history.validation_loss)
        assert facts.accuracy == run.history.validation_accuracy[run.best_epoch - 1]


def test_other_layers_are_one_column_and_parameters_only_where_all_have_them(project: Project) -> None:
    first, second = project.runs[0], project.runs[5]
    other = edits.remove(replace(project, network=second.network), ["tanh_1"]).network
    table = run_table(replace(project, runs=(first, replace(second, network=other))))
    network = table.column("network")
    assert network is not None
    texts = [network.text(facts) for facts in table.rows]
    assert texts == ["Dense 4 · Tanh · Dense 3 · Softmax", "Dense 4 · Dense 3 · Softmax"]
    assert table.column("dense_1.units") is None


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("sgd", lambda run: run.training.optimizer == "sgd"),
        ("optimizer=SGD", lambda run: run.training.optimizer == "sgd"),
        ("optimizer != sgd", lambda run: run.training.optimizer != "sgd"),
        ("learning_rate=0.01", lambda run: run.training.learning_rate == 0.01),
        ("learning_rate≥0,03", lambda run: run.training.learning_rate >= 0.03),
        ("units>8 seed<2", lambda run: run.network.layer("dense_1").parameters["units"] > 8 and run.training.seed < 2),
        ("accuracy>80%", lambda run: run.history.validation_accuracy[run.best_epoch - 1] > 0.8),
        ("starred", lambda run: run.is_starred),
        ("study-1", lambda run: run.trial is not None and run.trial.study == "study-1"),
        ("note=good", lambda run: "good" in run.note),
        ('"looks good"', lambda run: run.note == "looks good"),
        ("«looks good» starred", lambda run: run.note == "looks good" and run.is_starred),
        ("ended=user", lambda run: run.stop_reason == "user"),
        ("early stop", lambda run: run.stop_reason == "patience"),
        ("No.>=58", lambda run: int(run.id.removeprefix("run-")) >= 58),
        ("no such thing", lambda run: False),
    ],
)  # fmt: skip
def test_a_filter_finds_the_runs_that_a_person_means(project: Project, table: RunTable, text: str, fits) -> None:  # type: ignore[no-untyped-def]
    assert ids(table, text) == [run.id for run in project.runs if fits(run)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("acuracy>0.9", "Is “accuracy” meant?"),
        ("accuracy>high", "“accuracy” holds numbers, and “high” is none"),
        ("optimizer>3", "“optimizer” holds no numbers"),
        ("loss>", "write what to compare with"),
        ("wheels=4", "no column “wheels”"),
    ],
)
def test_a_wrong_comparison_says_so(table: RunTable, text: str, said: str) -> None:
    found = found_rows(table, f"sgd {text}")
    assert said in found.mistake
    assert [one.run for one in found.rows] == [one.run for one in found_rows(table, "sgd").rows]


def test_a_name_that_is_being_typed_hides_no_run(table: RunTable) -> None:
    for text in ("learning_r", "accur", "No"):
        assert len(found_rows(table, text).rows) == 60
    assert len(found_rows(table, "learnt").rows) == 0


def test_numbers_are_sorted_as_numbers_and_runs_without_one_stand_last(project: Project) -> None:
    runs = [replace(run, seconds=seconds) for run, seconds in zip(project.runs, (9.0, 10.0, 100.0), strict=False)]
    bare = replace(runs[0], id="run-4", history=replace(runs[0].history, validation_accuracy=()))
    table = run_table(replace(project, runs=(*runs, bare)))
    seconds, accuracy = table.column("seconds"), table.column("accuracy")
    assert [one.run.seconds for one in ordered(table.rows, seconds)] == [9.0, 9.0, 10.0, 100.0]
    for is_descending in (False, True):
        assert ordered(table.rows, accuracy, is_descending)[-1].run.id == "run-4"
    assert [one.run.id for one in ordered(table.rows, None)] == ["run-4", "run-3", "run-2", "run-1"]


def test_a_heading_says_the_best_setting_with_its_seeds_and_their_spread(project: Project) -> None:
    (study, *_others) = project.studies
    losses = {0: (0.5, 0.1, 0.9), 1: (0.3, 0.4, 0.35)}  # the lowest single loss is not of the best setting
    runs = []
    for setting, values in losses.items():
        for seed, loss in enumerate(values):
            run = next(one for one in project.runs if one.trial is not None)
            assert run.trial is not None
            history = replace(run.history, validation_loss=(loss,) * EPOCHS)
            trial = replace(run.trial, study=study.id, setting=setting, seed=seed)
            runs.append(replace(run, id=f"run-{len(runs) + 1}", history=history, best_epoch=1, trial=trial))
    table = run_table(replace(project, runs=(*runs, replace(runs[0], id="run-9", trial=None))))
    rows = grouped(table, ordered(table.rows, None), frozenset())
    headings = [row.text for row in rows if isinstance(row, Heading)]
    assert headings == [
        "In no study: 1 run",
        "study-1: 6 runs; best loss 0.35 (setting 2, median of 3 seeds from 0.3 to 0.4)",
    ]
    closed = grouped(table, ordered(table.rows, None), frozenset({"study-1"}))
    assert len(closed) == len(rows) - 6


def test_a_run_that_comes_leaves_the_others_as_they_were(project: Project, table: RunTable) -> None:
    more = edits.add_run(project, replace(project.runs[-1], id="run-61", training=replace(project.training, l1=0.5)))
    after = run_table(more, table)
    assert all(one is other for one, other in zip(table.rows, after.rows, strict=False)) and len(after.rows) == 61
    assert after.column("l1") is not None and table.column("l1") is None
    assert [one.key for one in run_table(project, after).columns] == [one.key for one in table.columns]


def test_two_runs_are_told_apart_by_what_differs(table: RunTable) -> None:
    found = {title: (one, other) for title, one, other in compared(table, table.rows[0], table.rows[6])}
    assert found["Learning rate"] == ("0.001", "0.003") and "Optimizer" not in found
    assert {"Loss", "Accuracy", "Seed"} <= set(found) and "Batch size" not in found and "Note" not in found
    assert compared(table, table.rows[0], table.rows[0]) == []


def test_runs_after_the_first_opening_are_told(project: Project) -> None:
    early, late = project.runs[0], replace(project.runs[1], created="2027-01-01T00:00:00+00:00")
    opening = Opening("opening-1", "2026-12-31T00:00:00+00:00", run="run-1")
    lifted = Opening("opening-0", "2020-01-01T00:00:00+00:00", what="lifted")
    table = run_table(replace(project, runs=(early, late), openings=(lifted, opening)))
    column = table.column("is_after_opening")
    assert column is not None and [column.value(facts) for facts in table.rows] == [False, True]
    assert run_table(project).column("is_after_opening") is None


def test_a_table_for_other_programs_holds_all_digits_and_no_formulas(project: Project) -> None:
    noted = run_edits.write_note(project, "run-1", "=1+1")
    table = run_table(noted)
    lines = csv_of(table.columns, table.rows[:1], lambda facts: "").splitlines()
    cells = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert cells["note"] == "'=1+1" and float(cells["loss"]) == table.rows[0].loss and cells["number"] == "1"


@pytest.mark.parametrize("count", [60, 300])
def test_the_file_weighs_about_what_is_said(count: int) -> None:
    project = with_runs(count)
    whole = len(to_bytes(project, Path()))
    assert abs(file_size(project).whole - whole) < 0.1 * whole
    light = run_edits.forget_weights(project, [run.id for run in project.runs])
    assert abs(file_size(light).whole - len(to_bytes(light, Path()))) < 0.15 * len(to_bytes(light, Path()))
    assert file_size(light).weights == 0 and file_size(project).weights == sum(
        map(run_edits.weights_size, project.runs)
    )


def test_what_a_file_cannot_hold_is_said_before_saving(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    words, is_problem = size_text(project)
    assert "of it weights of runs" in words and not is_problem
    monkeypatch.setattr("nnstudio.project.archive.MOST_PAST", 100_000)
    monkeypatch.setattr("nnstudio.project.file_size.MOST_PAST", 100_000)
    words, is_problem = size_text(project)
    assert "kept without what they need to be carried on" in words and is_problem
    monkeypatch.setattr("nnstudio.project.file_size.MOST_BYTES", 10_000)
    assert "forget weights of runs" in size_text(project)[0]


def test_stars_notes_and_forgotten_weights_change_those_runs_alone(project: Project) -> None:
    changed = run_edits.star_runs(project, ["run-1", "run-2"], True)
    assert [run.is_starred for run in changed.runs[:2]] == [True, True]
    assert all(one is other for one, other in zip(changed.runs[2:], project.runs[2:], strict=True))
    light = run_edits.forget_weights(project, ["run-3"]).runs[2]
    assert (light.weights, light.checkpoint, light.snapshots) == (b"", b"", b"")
    assert light.history == project.runs[2].history
    assert len(run_edits.remove_runs(project, {"run-1", "run-60"}).runs) == 58
    with pytest.raises(UserError, match="4000 fit here"):
        run_edits.write_note(project, "run-1", "x" * 4001)
