"""What columns are for, what is made of dates, and columns made from others: the values themselves."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from nnstudio.data.dataset import Dataset
from nnstudio.data.made_columns import with_columns_of
from nnstudio.data.sources import read_source
from nnstudio.text import UserError
from tests.unit.data.faults import cells, column, inputs, loaded, roles, words, write

TABLE = "who,when,w,a,b,y\n" + "".join(
    f"p{n % 12},{2000 + n * 17 % 60},{n % 3 + 1},{n * 7 % 61},{n % 9},{'xy'[n % 2]}\n" for n in range(60)
)


def of_parts(dataset: Dataset, name: str) -> dict[str, list[object]]:
    """The cells of a column, by part."""
    values = np.array(cells(dataset, name), dtype=object)
    parts = {"train": dataset.train, "validation": dataset.validation, "test": dataset.test}
    return {part: values[samples.rows].tolist() for part, samples in parts.items()}


# --- roles ----------------------------------------------------------------------------------------------------------


def test_each_role_can_be_said(tmp_path: Path) -> None:
    dataset = loaded(tmp_path, TABLE, id="who", ignore="b", weight="w", time="when")
    assert roles(dataset) == {
        "who": "id",
        "when": "time",
        "w": "weight",
        "a": "input",
        "b": "ignored",
        "y": "target",
    }
    assert inputs(dataset) == ["a"]
    assert not any(column(dataset, name).is_guess for name in ("who", "when", "w", "b"))
    by_number = loaded(tmp_path, TABLE, id="1", ignore="5", weight="3", time="2")
    assert roles(by_number) == roles(dataset)
    with pytest.raises(
        UserError, match=r"data.group names a column “patient”, and there is none. The columns are: who"
    ):
        loaded(tmp_path, TABLE, group="patient")


def test_the_last_rows_by_time_are_the_test(tmp_path: Path) -> None:
    parts = of_parts(loaded(tmp_path, TABLE, time="when", validation=0.2, test=0.2), "when")
    assert sorted(parts["train"]) == list(range(2000, 2036))
    assert sorted(parts["validation"]) == list(range(2036, 2048))
    assert sorted(parts["test"]) == list(range(2048, 2060))


def test_the_time_can_be_a_date_and_must_be_known(tmp_path: Path) -> None:
    text = "day,a,y\n" + "".join(f"{n % 28 + 1}/{n // 28 + 1}/2021,{n * 7 % 61},{n % 2}\n" for n in range(56))
    dataset = loaded(tmp_path, text, time="day", validation=0.0, test=0.25)
    assert of_parts(dataset, "day")["test"] == [datetime(2021, 2, n) for n in range(15, 29)]
    with pytest.raises(UserError, match="The time “day” is missing in 1 row; it must be known to split by it"):
        loaded(tmp_path, text + ",5,1\n", time="day")


def test_the_rows_of_a_group_stay_together(tmp_path: Path) -> None:
    dataset = loaded(tmp_path, TABLE, group="who")
    groups = [set(found) for found in of_parts(dataset, "who").values()]
    assert all(groups) and sum(map(len, groups)) == 12 == len(set.union(*groups))
    assert "Rows with the same “who” are in the same part; there are 12 such groups." in words(dataset)
    assert inputs(dataset) == ["when", "w", "a", "b"]


def test_weights_are_those_of_the_column(tmp_path: Path) -> None:
    dataset = loaded(tmp_path, TABLE, weight="w")
    weights = dataset.train.weights
    assert weights is not None and weights.mean() == pytest.approx(1)
    given = np.array(of_parts(dataset, "w")["train"], float)
    np.testing.assert_allclose(weights, given / given.mean(), rtol=1e-6)


def test_classes_that_are_rare_weigh_more_where_that_is_asked(tmp_path: Path) -> None:
    text = "a,y\n" + "".join(f"{n * 7 % 61},{'rare' if n % 10 == 0 else 'usual'}\n" for n in range(200))
    assert loaded(tmp_path, text).train.weights is None
    dataset = loaded(tmp_path, text, class_weights="balanced")
    weights = dataset.train.weights
    assert weights is not None and dataset.facts.classes == ("rare", "usual")
    assert [weights[dataset.train.targets == one].sum() for one in (0, 1)] == pytest.approx([60, 60])


def test_a_column_that_is_the_target_once_more_is_left_out(tmp_path: Path) -> None:
    text = "code,a,y\n" + "".join(f"{n % 3 + 5},{n * 7 % 61},{'abc'[n % 3]}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    assert column(dataset, "code").role == "leak" and inputs(dataset) == ["a"]
    assert "It is the target “y” once more" in column(dataset, "code").reason
    assert inputs(loaded(tmp_path, text, inputs="code")) == ["code", "a"]


# --- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2021-03-{d:02d}", (3, 2)),
        ("{d:02d}.03.2021", (3, 2)),
        ("{d}/03/2021", (3, 2)),
        ("03/{d}/2021", (3, 2)),
        ("202103{d:02d}", (3, 2)),
        ("{d:02d}-Mar-2021", (3, 2)),
        ("March {d}, 2021", (3, 2)),
        ("2021-03-{d:02d}T00:00:00Z", (3, 2)),
    ],
)
def test_dates_become_month_and_weekday_however_they_are_written(
    written: str, read: tuple[int, int], tmp_path: Path
) -> None:
    """The month never changes here, so that the weekday alone is an input; the 2nd of March 2021 was a Tuesday."""
    day = "{x};{m};{c}"
    lines = [day.format(x=written.format(d=n % 30 + 2), m=n * 7 % 61, c="ab"[n % 2]) for n in range(58)]
    dataset = loaded(tmp_path, "day;a;y\n" + "\n".join(lines) + "\n", kinds="day:date")
    assert cells(dataset, "day")[0] == datetime(2021, *read)
    assert column(dataset, "day").kind == "date" and inputs(dataset)[-1] == "day.weekday"
    assert cells(dataset, "day.weekday")[:7] == [2, 3, 4, 5, 6, 7, 1]


def test_hours_have_their_minutes(tmp_path: Path) -> None:
    text = "when,a,y\n" + "".join(
        f"{2019 + n % 3}-0{n % 9 + 1}-15 {n % 24:02d}:{n % 2 * 30:02d}:00,{n * 7 % 61},{'ab'[n % 2]}\n"
        for n in range(60)
    )
    dataset = loaded(tmp_path, text)
    assert inputs(dataset) == ["a", "when.year", "when.month", "when.weekday", "when.hour"]
    assert [cells(dataset, f"when.{part}")[1] for part in ("year", "month", "weekday", "hour")] == [2020, 2, 6, 1.5]
    assert "“when” is a date and becomes year, month, weekday, hour." in words(dataset)
    assert inputs(loaded(tmp_path, text, ignore="when")) == ["a"]
    assert column(loaded(tmp_path, text, kinds="when:category", inputs="when"), "when").kind == "category"


def test_a_time_of_the_day_is_an_hour(tmp_path: Path) -> None:
    dataset = loaded(tmp_path, "at,a,y\n" + "".join(f"{n % 24}:{n % 6}5,{n * 7 % 61},{n % 2}\n" for n in range(60)))
    assert inputs(dataset) == ["a", "at.hour"] and cells(dataset, "at.hour")[1] == pytest.approx(1.25)


def test_days_and_months_that_may_be_swapped_are_said(tmp_path: Path) -> None:
    text = "day,a,y\n" + "".join(f"0{n % 9 + 1}/0{n % 7 + 1}/2021,{n * 7 % 61},{n % 2}\n" for n in range(60))
    dataset = loaded(tmp_path, text)
    assert cells(dataset, "day")[1] == datetime(2021, 2, 2)
    assert "“day” may have the day or the month first: “01/01/2021” was read as 2021-01-01." in words(dataset)


# --- derived inputs -------------------------------------------------------------------------------------------------

NUMBERS = "x1,x2,size,y\n" + "".join(f"{n % 8},{n % 5 + 1},{('s', 'm', 'l')[n % 3]},{'ab'[n % 2]}\n" for n in range(60))


@pytest.mark.parametrize(
    ("asked", "name", "values"),
    [
        ("square(x1)", "x1²", [9, 0, 4]),
        ("product(x1;x2)", "x1 × x2", [12, 0, -4]),
        ("sin(x1)", "sin(x1)", [np.sin(3), 0, np.sin(-2)]),
        ("cos(x1)", "cos(x1)", [np.cos(3), 1, np.cos(-2)]),
        ("log(x2)", "log(x2)", [np.log(4), None, np.log(2)]),
        ("ratio(x1;x2)", "x1 / x2", [0.75, None, -1]),
        ("polynomial(x1;x2;3)", "x1² × x2", [36, 0, 8]),
        ("polynomial(x1;x2;3)", "x2³", [64, 0, 8]),
        ("ordinal(size;s;m;l)", "ordinal(size)", [1, 2, None]),
        ("ordinal(size)", "ordinal(size)", [1, 0, None]),
        ("onehot(x1)", "onehot(x1)", ["3", "0", "-2"]),
    ],
)
def test_each_function_gives_new_rows_its_values(
    asked: str, name: str, values: list[float | None], tmp_path: Path
) -> None:
    dataset = loaded(tmp_path, NUMBERS, derived=asked)
    made = dataset.preparation.made
    new = read_source(str(write(tmp_path, "x1,x2,size\n3,4,m\n0,0,l\n-2,2,xl\n", "new.csv")), needs_target=False)
    found = with_columns_of(new.columns, made)[name].to_list()
    assert found == [value if isinstance(value, str | None) else pytest.approx(value) for value in values]
    assert name in inputs(dataset)
    assert ("x1" in inputs(dataset)) == ("onehot" not in asked)
    assert ("size" in inputs(dataset)) == ("ordinal" not in asked)


def test_bins_are_of_the_training_rows_and_hold_for_new_ones(tmp_path: Path) -> None:
    dataset = loaded(tmp_path, NUMBERS, derived="bins(x1;4)")
    first = dataset.preparation.columns[-1]
    assert "x1" not in inputs(dataset) and first.name == "bins(x1)" and len(first.categories) == 4
    edges = np.quantile(np.array(cells(dataset, "x1"))[dataset.train.rows], [0.25, 0.5, 0.75])
    new = read_source(str(write(tmp_path, "x1,x2,size\n-5,4,m\n99,0,l\n,2,s\n", "new.csv")), needs_target=False)
    found = with_columns_of(new.columns, dataset.preparation.made)["bins(x1)"].to_list()
    assert found == [f"≤ {edges[0]:g}", f"> {edges[-1]:g}", None]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("cube(x1)", r"data.derived needs FUNCTION\(COLUMN\) with one of square, product"),
        ("square(x9)", "data.derived names a column “x9”, and there is none"),
        ("square(size)", r"square\(size\) needs numbers, and “size” holds none"),
        ("product(x1)", "needs 2 columns, with a semicolon between"),
        ("bins(x1;99)", "needs a whole number from 2 to 50 at its end"),
        ("onehot(y)", "would make an input of the target “y”"),
    ],
)
def test_what_cannot_be_made_is_told(asked: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        loaded(tmp_path, NUMBERS, derived=asked)
