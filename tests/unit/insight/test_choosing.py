"""Choosing by a part: the lie is there, the honest choice's is not, and no row of the test set is ever looked at."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from nnstudio.data.dataset import Dataset, Samples, load
from nnstudio.insight import choosing
from nnstudio.insight.choosing import Answers, answers_of, choice_of_copy, choices_of, copy_of
from nnstudio.project import edits
from nnstudio.project.model import Project
from nnstudio.text import UserError
from nnstudio.training.control import Control, Mode

Make = Callable[..., Project]


def answers(project: Project, count: int = 20, rows: int = 50) -> Answers:
    *_shares, found = answers_of(project, range(count), rows, Control())
    assert isinstance(found, Answers)
    return found


def test_the_test_part_lies_and_the_validation_part_does_not(make_project: Make) -> None:
    """On a toy problem with noise, whose fresh rows are 5,000 new points."""
    project = make_project(
        "toy:circle?noise=0.2&samples=300", "dense:8,tanh,dense:out", learning_rate=0.03, batch_size=16
    )
    choices = choices_of(answers(project), 50)
    lies, honest = choices.lies("test"), choices.lies("validation")
    assert choices.fresh_rows >= 4900
    assert lies.mean() > 0.015 and (lies > 0).mean() > 0.6
    assert abs(honest.mean()) < 4 * honest.std() / np.sqrt(choices.divisions)
    # The lie is in the number, not in the network: both ways choose about as well.
    assert choices.truth("test").mean() == pytest.approx(choices.truth("validation").mean(), abs=0.02)


def test_more_candidates_and_fewer_rows_lie_more() -> None:
    """Candidates that are all right 90 times in 100, each by a chance of its own: with 50 rows the best of 5 looks 4.6
    points too good and the best of 20 looks 7.0, as a simulation of binomial numbers gives."""
    random = np.random.default_rng(5)
    equal = Answers((random.random((50, 20_000)) < 0.9).astype(np.float64))
    found = {(k, n): 100 * choices_of(equal.first(k), n).lies("test").mean() for k, n in ((5, 50), (20, 50), (20, 200))}
    assert found[5, 50] == pytest.approx(4.6, abs=0.5)
    assert found[20, 50] == pytest.approx(7.0, abs=0.5)
    assert found[20, 200] < 4.5


def test_a_value_is_chosen_by_its_r2(make_project: Make) -> None:
    choices = choices_of(answers(make_project("builtin:diabetes", epochs=10), count=6), 50)
    assert choices.is_value and choices.lies("test").mean() > 0
    # By hand, for one candidate and one division.
    some = Answers(np.array([[1.0, 4.0, 0.0, 1.0, 2.0, 0.0]]), np.array([0.0, 1.0, 2.0, 3.0, 4.0, 6.0]))
    one = choices_of(some, 2, divisions=1)
    order = np.random.default_rng(0).permutation(6)
    assert some.targets is not None
    for part, rows in (("validation", order[:2]), ("test", order[2:4]), ("fresh", order[4:])):
        values = some.targets[rows]
        expected = 1 - some.scores[0, rows].sum() / ((values - values.mean()) ** 2).sum()
        assert getattr(one, part)[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize("source", ["builtin:iris", "builtin:digits", "builtin:diabetes", "toy:moons?noise=0.3"])
def test_poison_in_the_test_rows_changes_nothing(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """Every row of the project's test set is NaN, with another target: each answer stays what it was, to the bit."""
    project = make_project(source, epochs=3)
    sealed = load(project.data).test
    clean = answers(project, count=3, rows=20)

    def poisoned(*given: object) -> Dataset:
        dataset = load(*given)  # type: ignore[arg-type]
        # The rows are the same, whatever share validates.
        assert sorted(dataset.test.rows) == sorted(sealed.rows) and len(sealed)
        inputs, targets = dataset.test.all_inputs.copy(), dataset.test.all_targets.copy()
        inputs[dataset.test.rows] = np.nan
        targets[dataset.test.rows] = 0 if targets.dtype.kind == "i" else np.nan
        changed = {
            name: replace(getattr(dataset, name), all_inputs=inputs, all_targets=targets)
            for name in ("train", "validation", "test")
        }
        return replace(dataset, **changed)

    monkeypatch.setattr(choosing, "load", poisoned)
    found = answers(project, count=3, rows=20)
    assert np.array_equal(found.scores, clean.scores) and np.isfinite(found.scores).all()


def test_the_copy_holds_no_row_of_the_test_set(make_project: Make) -> None:
    project = make_project("builtin:digits")
    copy, dataset, pool = copy_of(project)
    whole = load(project.data)
    sealed = {row.tobytes() for row in load(msgspec.structs.replace(project.data, standardize=False)).test.inputs}
    unscaled = msgspec.structs.replace(project, data=msgspec.structs.replace(project.data, standardize=False))
    _copy, plain, plain_pool = copy_of(unscaled)
    held = [plain.train, *plain_pool]
    assert len(dataset.test) == 0 and len(dataset.validation) == 0
    assert sum(len(one.all_inputs) for one in held) == len(whole.train) + len(whole.validation)
    assert not sealed & {row.tobytes() for one in held for row in one.all_inputs}
    # Early stopping would choose by the pool.
    assert copy.training.patience == 0 and copy.data.scale_on == "training" and not copy.runs
    assert len(pool[0]) == pytest.approx(len(dataset.train), abs=1)


def test_a_test_file_is_not_even_read(make_project: Make, tmp_path: Path) -> None:
    table = tmp_path / "train.csv"
    random = np.random.default_rng(0)
    rows = random.random((240, 2))
    table.write_text("a,b,side\n" + "".join(f"{a},{b},{'left' if a > b else 'right'}\n" for a, b in rows))
    project = make_project(str(table), epochs=2)
    project = msgspec.structs.replace(
        project, data=msgspec.structs.replace(project.data, test_source=str(tmp_path / "gone.csv"))
    )
    assert choice_of_copy(project.data).test_source == ""
    assert answers(project, count=2, rows=20).scores.shape == (2, 120)


def test_new_points_are_other_points(make_project: Make) -> None:
    for source in ("toy:circle?seed=3", "toy:gauss?generator=playground&seed=0.5", "toy:plane?noise=0.1"):
        _copy, dataset, pool = copy_of(make_project(source))
        assert len(pool[-1]) == choosing.FRESH_POINTS
        old = {point.tobytes() for point in (*dataset.train.inputs, *pool[0].inputs)}
        assert not old & {point.tobytes() for point in pool[-1].inputs}


def test_candidates_are_the_same_whether_trained_at_once_or_added(make_project: Make) -> None:
    project = make_project(epochs=3)
    whole = answers(project, count=5, rows=20)
    *_shares, more = answers_of(project, range(2, 5), 20, Control())
    assert isinstance(more, Answers)
    assert np.array_equal(whole.first(2).with_more(more).scores, whole.scores)
    assert len({row.tobytes() for row in whole.scores}) > 1


def test_too_few_rows_are_said_in_words_before_anything_is_trained(make_project: Make) -> None:
    with pytest.raises(UserError, match=r"60 rows beside the test set.*parts of 50 rows.*need 150.*smaller parts"):
        next(answers_of(make_project("builtin:iris"), range(5), 50, Control()))
    with pytest.raises(UserError, match="Choose smaller parts"):
        choices_of(Answers(np.ones((3, 30))), 20)
    with pytest.raises(UserError, match="all equal"):
        choices_of(Answers(np.ones((3, 30)), np.ones(30)), 5)


def test_it_can_be_stopped(make_project: Make) -> None:
    control, found = Control(), []
    for one in answers_of(make_project("builtin:digits", epochs=30), range(20), 50, control):
        found.append(one)
        control.command(Mode.STOP)
    assert found and all(isinstance(one, float) and 0 < one < 1 for one in found)


def test_many_epochs_and_early_stopping_are_left_out(make_project: Make) -> None:
    project = make_project(epochs=500, patience=3, precision="float64")
    copy, _dataset, _pool = copy_of(edits.set_training(project, learning_rate=5.0))
    assert (copy.training.epochs, copy.training.patience, copy.training.precision) == (30, 0, "float32")
    assert [choosing.candidate(copy, seed).training.learning_rate for seed in range(3)] == pytest.approx([5, 5 / 3, 10])


def test_samples_alone_share_nothing() -> None:
    samples = Samples(np.arange(8, dtype=np.float32).reshape(4, 2), np.arange(4), np.array([3, 1], np.int32))
    own = choosing.alone(samples)
    assert own.all_inputs.tolist() == [[6, 7], [2, 3]] and own.all_targets.tolist() == [3, 1]
    assert own.rows.tolist() == [0, 1]
