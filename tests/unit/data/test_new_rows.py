"""New rows and test files meet the columns a network was trained with: by their names, whatever kind they look like."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnstudio.data.dataset import divide, load
from nnstudio.data.new_rows import columns_for, read_new_rows, remarks_on
from nnstudio.data.preparation import encode_inputs
from nnstudio.data.run_rows import load_part
from nnstudio.data.sources import read_source
from nnstudio.project.model import DataChoice, Project
from nnstudio.project.variants import unfinished
from nnstudio.text import UserError


def write(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


@pytest.fixture
def trained(tmp_path: Path) -> DataChoice:
    rows = "".join(
        f"{n * 7 % 61},{n % 3}{'a' if n % 5 == 0 else ''},{'true' if n % 4 < 2 else 'false'},{n % 2}\n"
        for n in range(60)
    )
    return DataChoice(write(tmp_path / "train.csv", "size,kind,flag,y\n" + rows), standardize=False)


def encoded(trained: DataChoice, path: str) -> np.ndarray:
    preparation = load(trained).preparation
    return encode_inputs(columns_for(read_source(path), preparation), preparation)


def test_columns_are_found_by_name_in_any_order(trained: DataChoice, tmp_path: Path) -> None:
    here = encoded(trained, write(tmp_path / "a.csv", "size,kind,flag\n5,1,true\n6,2a,false\n"))
    there = encoded(trained, write(tmp_path / "b.csv", "flag,size,kind\ntrue,5,1\nfalse,6,2a\n"))
    assert np.array_equal(here, there)


def test_a_column_that_is_missing_is_named_and_never_replaced_by_another(trained: DataChoice, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="“flag” is missing"):
        encoded(trained, write(tmp_path / "a.csv", "size,kind,other\n5,1,3\n6,2a,4\n"))


def test_remarks_on_rows_that_lack_a_column_name_it(trained: DataChoice, tmp_path: Path) -> None:
    preparation = load(trained).preparation
    rows = columns_for(read_source(write(tmp_path / "a.csv", "size,kind\n5,1\n6,2a\n")), preparation)
    with pytest.raises(UserError, match="“flag” is missing"):
        remarks_on(rows, preparation)


def test_categories_that_look_like_numbers_are_still_categories(trained: DataChoice, tmp_path: Path) -> None:
    columns = load(trained).preparation.columns
    place = 1 + columns[1].categories.index("2")
    made = encoded(trained, write(tmp_path / "a.csv", "size,kind,flag\n5,2,true\n6,2,false\n"))
    assert (made[:, place] == 1).all()


def test_a_test_file_is_matched_by_name_and_its_remarks_are_shown(trained: DataChoice, tmp_path: Path) -> None:
    path = write(tmp_path / "test.csv", "y,flag,kind,size\n1,true,2,7\n0,false,1,\n")
    dataset = load(DataChoice(trained.source, "y", path, standardize=False))
    assert dataset.test.inputs[0, 0] == 7
    assert any(note.startswith("test.csv: “size” is missing in 1 row") for note in dataset.facts.notes)
    wrong = write(tmp_path / "wrong.csv", "y,flag,kind,weight\n1,true,2,7\n0,false,1,3\n")
    with pytest.raises(UserError, match="no column “size”"):
        load(DataChoice(trained.source, "y", wrong))


def test_a_part_is_prepared_as_the_run_was(trained: DataChoice) -> None:
    dataset = load(trained)
    assert np.array_equal(load_part(trained, dataset.preparation, "test").inputs, dataset.test.inputs)


def test_commas_that_may_be_thousands_are_not_read_as_decimals(tmp_path: Path) -> None:
    rows = "".join(f'"1,{n:03}",{n % 2}\n' for n in range(30))
    raw = read_source(write(tmp_path / "a.csv", "price,y\n" + rows))
    assert raw.columns["price"][0] == "1,000" and any("thousands or a decimal" in note for note in raw.notes)


def test_semicolons_inside_quotes_do_not_cut(tmp_path: Path) -> None:
    raw = read_source(write(tmp_path / "a.csv", 'name;x;y\n"Smith; John";1;a\n"Doe; Jane";2;b\n'))
    assert raw.columns["name"].to_list() == ["Smith; John", "Doe; Jane"]


def test_numbers_no_sum_can_hold_count_as_missing_and_that_is_said(tmp_path: Path) -> None:
    rows = "".join(f"{'inf' if n == 3 else '1e300' if n == 4 else n},{n % 2}\n" for n in range(30))
    dataset = load(DataChoice(write(tmp_path / "a.csv", "x,y\n" + rows)))
    assert np.isfinite(dataset.train.inputs).all()
    assert any("2 numbers that are infinite or too large" in note for note in dataset.facts.notes)


def test_names_kept_in_files_are_the_same_in_every_language(tmp_path: Path) -> None:
    from nnstudio.text import use_language

    path = write(tmp_path / "a.csv", "1,2\n3,4\n5,6\n")
    use_language("es")
    try:
        spanish = read_source(path).columns.columns
    finally:
        use_language("en")
    assert spanish == read_source(path).columns.columns == ["column 1", "column 2"]


def test_new_pictures_are_made_the_size_that_the_run_made_its_own(make_project: Callable[..., Project]) -> None:
    project = make_project("builtin:digits", "flatten,dense:out", data_image="1x12x12")
    dataset = load(project.data)
    run = unfinished(project, dataset.preparation, b"")
    raw = read_new_rows("builtin:digits", run)
    inputs = encode_inputs(columns_for(raw, run.preparation), run.preparation, fills=True)
    assert inputs.shape[0] == 1797 and any("12 × 12" in note for note in raw.notes)
    rows = divide(project.data).parts["train"][:5]
    assert np.array_equal(inputs[rows].reshape(5, -1), dataset.train.all_inputs[dataset.train.rows[:5]].reshape(5, -1))
