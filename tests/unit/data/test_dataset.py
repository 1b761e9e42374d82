"""The split, the preparation and the toy problems."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.data import toys
from nnstudio.data.dataset import divide, load
from nnstudio.data.preparation import encode_inputs
from nnstudio.data.splits import split
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError


@given(st.integers(2, 400), st.integers(1, 6), st.floats(0, 0.45), st.floats(0, 0.45), st.integers(0, 99))
def test_a_split_uses_every_row_once_and_keeps_class_shares(
    rows: int, classes: int, validation: float, test: float, seed: int
) -> None:
    groups = np.random.default_rng(seed).integers(classes, size=rows)
    parts = split(groups, rows, [validation, test], seed)
    assert sorted(np.concatenate(parts)) == list(range(rows))
    for part in parts:
        for group in range(classes):
            expected = (groups == group).sum() * len(part) / rows
            # A stretch of a fair deal is off by less than a row at each of its two ends.
            assert abs((groups[part] == group).sum() - expected) <= 2


def test_the_seed_alone_decides_the_split() -> None:
    first, again, other = (load(DataChoice("builtin:iris", seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.train.rows, again.train.rows)
    assert not np.array_equal(first.train.rows, other.train.rows)


def test_standardising_is_fitted_on_the_training_part_alone() -> None:
    dataset = load(DataChoice("builtin:wine"))
    np.testing.assert_allclose(dataset.train.inputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(dataset.train.inputs.std(axis=0), 1, atol=1e-5)
    assert abs(dataset.validation.inputs.mean(axis=0)).max() > 0.01
    plain = load(DataChoice("builtin:wine", standardize=False))
    raw = divide(DataChoice("builtin:wine")).table().drop("cultivar").to_numpy()
    np.testing.assert_allclose(plain.train.inputs, raw[plain.train.rows], rtol=1e-6)


def test_new_rows_go_through_the_same_preparation(tmp_path: Path) -> None:
    rows = "".join(
        f"{n * 3 % 31},{'red' if n % 2 else 'blue'},{'NA' if n == 3 else n * 2},{n % 3}\n" for n in range(30)
    )
    (tmp_path / "a.csv").write_text("size,colour,gap,y\n" + rows)
    choice = DataChoice(str(tmp_path / "a.csv"))
    dataset = load(choice)
    again = encode_inputs(divide(choice).table()[dataset.train.rows], dataset.preparation)
    assert np.array_equal(again, dataset.train.inputs)
    assert dataset.facts.sample_shape == (4,)
    notes = "\n".join(dataset.facts.notes)
    assert "“colour” is text and becomes 2 columns" in notes and "Missing “gap” is filled" in notes


def test_a_constant_column_becomes_zero_and_not_infinite(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b,y\n" + "".join(f"7,{n},{n % 2}\n" for n in range(20)))
    dataset = load(DataChoice(str(tmp_path / "a.csv")))
    assert (dataset.train.inputs[:, 0] == 0).all() and np.isfinite(dataset.train.inputs).all()


def test_the_task_is_found_and_can_be_wished(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "x,few,many,flag\n" + "".join(f"{n},{n % 5},{n},{'true' if n % 2 else 'false'}\n" for n in range(40))
    )
    source = str(tmp_path / "a.csv")
    assert load(DataChoice(source, "few")).facts.classes == tuple("01234")
    assert load(DataChoice(source, "many")).facts.task == "value"
    assert load(DataChoice(source, "flag")).facts.classes == ("false", "true")
    assert load(DataChoice(source, "few", task="value")).facts.task == "value"
    assert len(load(DataChoice(source, "many", task="class")).facts.classes) == 40
    with pytest.raises(UserError, match="cannot be a value"):
        load(DataChoice(source, "flag", task="value"))


def test_a_target_that_is_a_value_is_scaled_and_that_is_said() -> None:
    dataset = load(DataChoice("builtin:diabetes"))
    assert abs(dataset.train.targets.mean()) < 1e-5 and abs(dataset.train.targets.std() - 1) < 1e-5
    assert any("target is standardised" in note for note in dataset.facts.notes)
    assert dataset.train.targets.shape == (266, 1)


def test_rows_without_a_target_are_left_out_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + "".join(f"{n},{'' if n < 3 else n % 2}\n" for n in range(20)))
    dataset = load(DataChoice(str(tmp_path / "a.csv")))
    assert dataset.facts.rows == 17
    assert any("missing in 3 rows, which are left out" in note for note in dataset.facts.notes)


def test_parts_that_leave_nothing_to_train_on_are_refused() -> None:
    with pytest.raises(UserError, match="120 %"):
        load(DataChoice("builtin:iris", validation=0.6, test=0.6))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("x,y\n1,2\n", "1 row with a target"),
        ("x,y\n1,a\n2,a\n3,a\n", "same value in every row"),
        ("x,y\n" + "".join(f"{n},word{n}\n" for n in range(1500)), "1\u00a0500 different values"),
        ("x,y\n" + "".join(f"text{n},{n % 2}\n" for n in range(200)), "No column is left"),
    ],
)
def test_data_that_teaches_nothing_is_refused_in_text(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(UserError, match=words):
        load(DataChoice(str(tmp_path / "a.csv")))


def test_a_test_file_must_match_and_may_bring_no_new_class(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(20)))
    (tmp_path / "good.csv").write_text("y,x\na,5\nb,6\n")
    (tmp_path / "wide.csv").write_text("x,y,z\n1,a,2\n1,b,2\n")
    (tmp_path / "new.csv").write_text("x,y\n1,a\n2,c\n")
    here = DataChoice(str(tmp_path / "a.csv"), "y")
    loaded = load(DataChoice(here.source, "y", str(tmp_path / "good.csv")))
    assert len(loaded.test) == 2 and len(loaded.train) == 16
    wide = load(DataChoice(here.source, "y", str(tmp_path / "wide.csv")))
    assert len(wide.test) == 2
    assert any("“z” is not in the training file and is left out" in note for note in wide.facts.notes)
    with pytest.raises(UserError, match="class “c”"):
        load(DataChoice(here.source, "y", str(tmp_path / "new.csv")))


# --- toys -----------------------------------------------------------------------------------------------------------


def test_the_circle_is_that_of_playground() -> None:
    points, labels = toys.circle(500, 0.0, np.random.default_rng(0))
    radius = np.hypot(points[:, 0], points[:, 1])
    assert (labels == 1).sum() == 250
    assert radius[labels == 1].max() < 2.5 and radius[labels == -1].min() >= 3.5 and radius.max() < 5


def test_the_other_toys_are_those_of_playground() -> None:
    random = np.random.default_rng(0)
    points, labels = toys.xor(400, 0.0, random)
    assert (np.sign(points.prod(axis=1)) == labels).all() and abs(points).min() >= 0.3
    points, labels = toys.gauss(4000, 0.0, random)
    assert abs(points[labels == 1].mean() - 2) < 0.1 and abs(points[labels == 1].var() - 0.5) < 0.1
    points, labels = toys.gauss(4000, 0.5, random)
    assert abs(points[labels == -1].mean() + 2) < 0.2 and abs(points[labels == -1].var() - 4) < 0.3
    points, labels = toys.spiral(500, 0.0, random)
    assert np.hypot(*points.T).max() < 5 and (labels == 1).sum() == 250
    points, values = toys.plane(1200, 0.0, random)
    np.testing.assert_allclose(values, points.sum(axis=1) / 10)
    points, values = toys.multi_gauss(1200, 0.0, random)
    assert values.min() < -0.8 and values.max() > 0.8
    nearest = points[values.argmax()]
    assert min(np.hypot(*(nearest - bump)) for bump in ((-4, 2.5), (4, 2.5), (0, -2.5))) < 0.5


def test_noise_moves_labels_in_the_circle_and_points_in_the_spiral() -> None:
    still, _labels = toys.circle(500, 0.0, np.random.default_rng(0))
    moved, labels = toys.circle(500, 0.5, np.random.default_rng(0))
    assert np.array_equal(still, moved)
    assert ((np.hypot(*moved.T) < 2.5) != (labels == 1)).mean() > 0.05
    assert not np.allclose(
        toys.spiral(100, 0.5, np.random.default_rng(0))[0], toys.spiral(100, 0.0, np.random.default_rng(0))[0]
    )


@settings(max_examples=20)
@given(st.sampled_from([*toys.CLASS_TOYS, *toys.VALUE_TOYS]), st.integers(0, 5))
def test_a_toy_is_decided_by_its_seed(name: str, seed: int) -> None:
    first, again = (load(DataChoice(f"toy:{name}?seed={seed}")) for _time in range(2))
    assert np.array_equal(first.train.inputs, again.train.inputs)
    assert first.facts.task == ("value" if name in toys.VALUE_TOYS else "class")


def test_a_target_may_bear_any_name(tmp_path: Path) -> None:
    for name in ("count", "value", "rows", "proportion"):
        (tmp_path / "a.csv").write_text(f"x,{name}\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(20)))
        assert load(DataChoice(str(tmp_path / "a.csv"))).facts.classes == ("a", "b")


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("kind", ["float32", "float64", "uint8"])
def test_an_array_is_shown_as_it_was_read_and_prepared_as_a_table_is(width: int, kind: str, tmp_path: Path) -> None:
    """Its memory becomes that of the samples; the preview and the raw rows must not change with it."""
    random = np.random.default_rng(0)
    values = (100 * random.random((50, width))).astype(kind)
    np.savez(tmp_path / "a.npz", x=values, y=np.arange(50) % 2)
    choice = DataChoice(str(tmp_path / "a.npz"))
    dataset = load(choice)
    names = dataset.preview.columns[:-1]
    np.testing.assert_array_equal(dataset.preview.select(names).to_numpy(), values[: dataset.preview.height])
    table = divide(choice).table()
    np.testing.assert_array_equal(table.select(names).to_numpy(), values)
    again = encode_inputs(table, dataset.preparation)
    np.testing.assert_array_equal(again[dataset.train.rows], dataset.train.inputs)
    assert abs(dataset.train.inputs.mean()) < 1e-5


def test_texts_stay_beside_the_numbers_that_were_made_of_them(tmp_path: Path) -> None:
    """By the rows that the parts count, without those whose target is missing; a text that is missing is empty."""
    path = tmp_path / "notes.csv"
    lines = [f"{'' if n == 5 else f'word{n} and more'},{n},{'' if n in (2, 9) else 'ab'[n % 2]}" for n in range(200)]
    path.write_text("\n".join(["note,number,kind", *lines]), encoding="utf-8")
    dataset = load(DataChoice(source=str(path), standardize=False))
    assert list(dataset.texts) == ["note"] and len(dataset.texts["note"]) == 198 == len(dataset.train.all_inputs)
    kept = [n for n in range(200) if n not in (2, 9)]
    for part in (dataset.train, dataset.validation, dataset.test):
        for row in part.rows.tolist():
            assert dataset.texts["note"][row] == ("" if kept[row] == 5 else f"word{kept[row]} and more")
    assert not load(DataChoice(source="builtin:iris")).texts
