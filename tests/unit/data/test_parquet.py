"""Parquet: an index of pandas, and what each kind of column becomes; no column has the whole file refused."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars
import pytest

from nnstudio.data.columns import RawData
from nnstudio.data.sources import read_source
from nnstudio.text import UserError


def written(folder: Path, columns: dict[str, Any], index: object = None) -> str:
    """A table as pandas writes it, where an index is named."""
    metadata = {} if index is None else {"pandas": json.dumps({"index_columns": index})}
    polars.DataFrame(columns).write_parquet(folder / "a.parquet", metadata=metadata)
    return str(folder / "a.parquet")


def column(raw: RawData, name: str) -> list[Any]:
    return raw.columns[name].to_list()


def test_an_unnamed_index_of_pandas_names_the_rows_and_is_no_target(tmp_path: Path) -> None:
    columns = {"a": [1.0, 2.0], "y": ["u", "v"], "__index_level_0__": [7, 3]}
    raw = read_source(written(tmp_path, columns, ["__index_level_0__"]))
    assert raw.target == "y" and raw.row_names == "index" and column(raw, "index") == [7, 3]
    assert raw.columns.columns == ["index", "a", "y"]
    assert raw.notes == ("The index of pandas was read as “index”; it names the rows.",)
    assert read_source(written(tmp_path, columns)).row_names == "index"  # by its name alone


def test_a_named_index_keeps_its_name_and_several_come_first(tmp_path: Path) -> None:
    raw = read_source(written(tmp_path, {"index": [1.0], "y": [2], "id": ["r"]}, ["id"]))
    assert raw.row_names == "id" and raw.columns.columns == ["id", "index", "y"] and raw.target == "y"
    raw = read_source(written(tmp_path, {"index": [1.0], "y": [2], "__index_level_0__": [5], "k": [1]}, ["k"]))
    assert raw.columns.columns == ["k", "index (2)", "index", "y"] and raw.row_names == ""


@pytest.mark.parametrize("index", [[{"kind": "range", "start": 0}], [], None, "a", {"a": 1}, [["a"]], 5])
def test_an_index_that_is_no_column_changes_nothing(index: object, tmp_path: Path) -> None:
    raw = read_source(written(tmp_path, {"a": [1.0], "y": [2]}, index))
    assert raw.row_names == "" and raw.columns.columns == ["a", "y"] and raw.notes == ()


@pytest.mark.parametrize("said", ["[" * 100_000, "nothing", "[1]", ""])
def test_what_pandas_never_says_is_passed_over(said: str, tmp_path: Path) -> None:
    polars.DataFrame({"a": [1.0], "y": [2]}).write_parquet(tmp_path / "a.parquet", metadata={"pandas": said})
    assert read_source(str(tmp_path / "a.parquet")).row_names == ""


def test_each_kind_of_column_becomes_numbers_or_text(tmp_path: Path) -> None:
    noon = dt.datetime(2024, 5, 31, 12)
    columns = {
        "date": [dt.date(2024, 5, 31), None],
        "day": [dt.datetime(2024, 5, 31), dt.datetime(2024, 6, 1)],
        "moment": [noon, None],
        "fraction": [noon, dt.datetime(2024, 5, 31, 12, 0, 0, 250_000)],
        "zone": polars.Series([noon, noon]).dt.replace_time_zone("Europe/Madrid"),
        "time": [dt.time(12, 30), dt.time(1, 2, 3)],
        "span": [dt.timedelta(seconds=1.5), None],
        "enum": polars.Series(["a", "b"], dtype=polars.Enum(["a", "b"])),
        "category": polars.Series(["a", None], dtype=polars.Categorical),
        "long": [2**53 + 1, 2**53],
        "longest": polars.Series([2**63 + 1, 2**63], dtype=polars.UInt64),
        "decimal": polars.Series(["1.50", "2.25"]).cast(polars.Decimal(10, 2)),
        "truth": [True, None],
        "y": ["u", "v"],
    }
    raw = read_source(written(tmp_path, columns))
    assert {name: column(raw, name) for name in columns} == {
        "date": ["2024-05-31", None],
        "day": ["2024-05-31", "2024-06-01"],
        "moment": ["2024-05-31 12:00:00", None],
        "fraction": ["2024-05-31 12:00:00", "2024-05-31 12:00:00.250"],
        "zone": ["2024-05-31 12:00:00"] * 2,
        "time": ["12:30:00", "01:02:03"],
        "span": [1.5, None],
        "enum": ["a", "b"],
        "category": ["a", None],
        "long": [2**53 + 1, 2**53],
        "longest": [str(2**63 + 1), str(2**63)],
        "decimal": [1.5, 2.25],
        "truth": [True, None],
        "y": ["u", "v"],
    }
    assert raw.columns["long"].dtype == polars.Int64 and raw.notes == ()


def test_columns_that_cannot_be_used_are_left_out_and_said(tmp_path: Path) -> None:
    unusable = {
        "none": [None],
        "list": [[1]],
        "record": [{"a": 1}],
        "bytes": [b"a"],
        "array": polars.Series([[1]]).cast(polars.Array(polars.Int64, 1)),
    }
    raw = read_source(written(tmp_path, {"a": [1.0], "y": ["u"], **unusable}))
    assert raw.columns.columns == ["a", "y"] and raw.target == "y"
    assert raw.notes == (
        "“none”, “list”, “record”, “bytes”, “array” are left out: they hold no values, or lists, records or bytes.",
    )
    with pytest.raises(UserError, match=r"“a.parquet” has no column of numbers, text, dates or true/false"):
        read_source(written(tmp_path, unusable))


def test_endless_numbers_are_told_and_what_is_no_number_is_missing(tmp_path: Path) -> None:
    raw = read_source(written(tmp_path, {"a": [float("inf"), float("nan"), 1.0, -1e31], "y": [1, 2, 3, 4]}))
    assert column(raw, "a") == [None, None, 1.0, None]
    assert raw.notes == ("“a” holds 2 numbers that are infinite or too large; they count as missing.",)
