"""A random sample of the rows: the same ones however the file comes, never more of it in memory, and always said."""

import gzip
import sys
from pathlib import Path

import numpy as np
import polars
import psutil
import pytest

from nnstudio.cli.main import main
from nnstudio.data import kept_tables, text_pieces
from nnstudio.data.dataset import load
from nnstudio.data.new_rows import read_new_rows
from nnstudio.data.reader import Reader
from nnstudio.data.room import TooLarge
from nnstudio.data.run_rows import load_run_part
from nnstudio.project.archive import open_project
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError
from tests.bench import memory
from tests.unit.data.reading import read_columns

ROWS = 3000
FORMS = ["csv", "csv.gz", "quoted.csv", "utf16.csv", "parquet", "npy", "columns.npy", "npz", "arff"]


def numbered_rows() -> polars.DataFrame:
    """Rows that bear their numbers; a word and an odd cell far behind."""
    random = np.random.default_rng(5)
    return polars.DataFrame(
        {
            "row": np.arange(ROWS) + 0.5,
            "value": random.normal(size=ROWS).round(6),
            "word": [f"w{n % 7}, and more" for n in range(ROWS)],
            "y": random.integers(0, 2, ROWS),
        }
    )


def written(folder: Path, form: str) -> Path:
    table, path = numbered_rows(), folder / f"a.{form}"
    numbers = table.drop("word").to_numpy()
    if form == "parquet":
        table.write_parquet(path, row_group_size=170)
    elif form == "npz":
        np.savez(path, x=numbers[:, :-1], y=numbers[:, -1].astype(int))
    elif form.endswith("npy"):
        np.save(path, np.asfortranarray(numbers) if form == "columns.npy" else numbers)
    elif form == "arff":
        head = "@relation a\n" + "".join(f"@attribute {name} numeric\n" for name in ("row", "value", "y")) + "@data\n"
        path.write_text(head + table.drop("word").write_csv(include_header=False))
    else:
        text = table.write_csv() if form == "quoted.csv" else table.drop("word").write_csv()
        content = text.encode("utf-16" if form == "utf16.csv" else "utf-8")
        path.write_bytes(gzip.compress(content) if form == "csv.gz" else content)
    return path


def rows_of(path: Path, **settings: object) -> list[object]:
    """The numbers of the rows that are taken."""
    columns = read_columns(path, settings)
    return next(iter(columns.values()))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_rows(form: str, tmp_path: Path) -> None:
    path = written(tmp_path, form)
    expected = np.flatnonzero(np.random.default_rng((3, 1)).random(ROWS) < 0.2) + 0.5
    assert rows_of(path, sample_fraction=0.2, seed=3) == expected.tolist()
    assert 500 < len(expected) < 700
    assert rows_of(path, sample_fraction=1.0, seed=3) == (np.arange(ROWS) + 0.5).tolist()
    note = load(DataChoice(str(path), sample_fraction=0.2, seed=3)).facts.notes
    assert f"A random sample of the rows is taken: {len(expected)} of 3\u00a0000 (share 0.2, seed 3)." in note


@pytest.mark.parametrize("form", ["csv", "quoted.csv", "utf16.csv"])
def test_the_rows_are_the_same_whatever_the_pieces(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, form)
    settings = {"sample_fraction": 0.3, "seed": 8}
    whole = read_columns(path, settings)
    for piece in (97, 1000, 4099, 2**16):
        monkeypatch.setattr(text_pieces, "PIECE", piece)
        kept_tables.forget()
        assert read_columns(path, settings) == whole


def test_what_is_not_taken_does_not_decide_what_columns_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = set(np.flatnonzero(np.random.default_rng((0, 1)).random(1000) < 0.5).tolist())
    left = next(row for row in range(900, 1000) if row not in taken)
    cells = [str(row / 4) for row in range(1000)]
    cells[left] = "word"
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "".join(f"{cell},{row % 2}\n" for row, cell in enumerate(cells)))
    expected = [row / 4 for row in sorted(taken)]
    for piece in (200, 2**22):
        monkeypatch.setattr(text_pieces, "PIECE", piece)
        kept_tables.forget()
        assert rows_of(path, sample_fraction=0.5) == expected


def test_a_smaller_sample_is_part_of_a_larger_one_and_another_seed_another_sample(tmp_path: Path) -> None:
    path = written(tmp_path, "csv")
    few, more = (set(rows_of(path, sample_fraction=share)) for share in (0.1, 0.4))
    assert few < more
    assert set(rows_of(path, sample_fraction=0.1, seed=1)) != few


def test_rows_without_files_are_sampled_too() -> None:
    dataset = load(DataChoice("builtin:iris", sample_fraction=0.5))
    assert 50 < dataset.facts.rows < 100
    assert any("A random sample of the rows is taken" in note for note in dataset.facts.notes)


def test_a_sample_of_nothing_is_refused(tmp_path: Path) -> None:
    for form in ("csv", "parquet", "npy", "npz"):
        path = written(tmp_path, form)
        with pytest.raises(UserError, match=r"A share of 1e-07 leaves none of 3\s000 rows\. Set data"):
            load(DataChoice(str(path), sample_fraction=1e-7))


def free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    kept_tables.forget()
    real = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: real._replace(available=size))


@pytest.mark.parametrize("form", ["csv", "utf16.csv", "parquet", "npy", "npz"])
def test_a_table_that_does_not_fit_says_what_would_and_that_fits(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_pieces, "PIECE", 4096)
    path = written(tmp_path, form)
    free(monkeypatch, 40_000)
    with pytest.raises(TooLarge, match=r"needs about .* of memory, and 40 kB are free. A random .* fits") as refused:
        load(DataChoice(str(path)))
    fraction = refused.value.fraction
    assert f"set data.sample_fraction={fraction:g}." in str(refused.value)
    assert 0.03 < fraction < 0.4
    facts = load(DataChoice(str(path), sample_fraction=fraction)).facts
    assert 0.8 * fraction < facts.rows / ROWS < 1.2 * fraction


READ = """
import sys
from nnstudio.data.dataset import load
from nnstudio.project.model import DataChoice
load(DataChoice(sys.argv[1], sample_fraction=float(sys.argv[2])))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is measured on Linux and macOS alone")
def test_texts_that_are_left_out_are_not_kept_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = (f"{'long ' * 100}{row},{row % 2}\n" for row in range(100_000))
    path.write_text("text,y\n" + "".join(lines))
    # In a process of its own: what others have let go stays with this one, or comes back to it.
    whole, sample = (memory.peak("-c", READ, str(path), fraction) for fraction in ("1", "0.02"))
    assert whole - sample > path.stat().st_size / 2


@pytest.fixture
def project_file(tmp_path: Path) -> Path:
    table = written(tmp_path, "csv")
    file = tmp_path / "a.nnstudio"
    asked = ["--set", "data.sample_fraction=0.3", "--set", "data.seed=4", "--set", "training.epochs=1"]
    assert main(["new", str(file), "--data", str(table), "--layers", "dense:2,dense:out", *asked]) == 0
    assert main(["train", str(file)]) == 0
    return file


def test_the_rows_of_a_run_are_found_again_where_rows_were_added(project_file: Path, tmp_path: Path) -> None:
    run = open_project(project_file).runs[-1]
    notes: list[str] = []
    before = load_run_part(run, "test", Reader(), notes)
    table = Path(run.data.source)
    table.write_text(table.read_text() + "".join(f"{ROWS + n}.5,0.25,1\n" for n in range(500)))
    after = load_run_part(run, "test", Reader(), notes)
    np.testing.assert_array_equal(before.inputs, after.inputs)
    assert any("rows more than run" in note for note in notes)


def test_new_rows_are_all_asked_about(project_file: Path, tmp_path: Path) -> None:
    run = open_project(project_file).runs[-1]
    assert read_new_rows(run.data.source, run).columns.height == ROWS


def test_info_and_evaluate_tell_of_the_sample(project_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["info", str(project_file)]) == 0
    assert "A random sample of the rows is taken" in capsys.readouterr().out
    assert main(["evaluate", str(project_file)]) == 0
