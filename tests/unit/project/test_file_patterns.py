"""Several files under one name: a pattern that means them alone, or words that say what to do."""

from pathlib import Path

import pytest

from nnstudio.project.file_patterns import as_one
from nnstudio.text import UserError


def files(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_text("x,y\n1,2\n")
    return [folder / name for name in names]


@pytest.mark.parametrize(
    ("chosen", "beside", "pattern"),
    [
        (["part-1.csv", "part-2.csv"], [], "part-*.csv"),
        (["part-10.csv", "part-2.csv"], ["whole.csv"], "part-*.csv"),
        (["spring.csv", "autumn.csv"], ["readme.md"], "*.csv"),
        (["a1.csv", "a2.csv"], ["a10.csv"], "a?.csv"),
        (["data[1].csv", "data[2].csv"], ["data3.csv"], "data[[]*].csv"),
        (["part-1.csv.gz", "part-2.csv"], [], "part-*"),
        (["one.csv"], ["two.csv"], "one.csv"),
        (["train-images-idx3-ubyte", "train-labels-idx1-ubyte"], [], "train-images-idx3-ubyte"),
    ],
)
def test_files_become_the_pattern_that_means_them(
    chosen: list[str], beside: list[str], pattern: str, tmp_path: Path
) -> None:
    files(tmp_path, *beside)
    found = files(tmp_path, *chosen)
    assert as_one(found) == as_one(found[::-1]) == tmp_path / pattern


def test_what_no_pattern_means_is_refused_with_what_to_do(tmp_path: Path) -> None:
    chosen = files(tmp_path, "spring.csv", "autumn.csv", "winter.csv")
    with pytest.raises(UserError, match=r"these 2 files and no others.*Move them alone into a folder"):
        as_one(chosen[:2])
    (tmp_path / "other").mkdir()
    with pytest.raises(UserError, match="Move them alone into a folder"):
        as_one([chosen[0], *files(tmp_path / "other", "spring.csv")])
    with pytest.raises(UserError, match="drop one folder alone"):
        as_one([chosen[0], tmp_path / "other"])
    with pytest.raises(UserError, match="drop one file alone"):
        as_one(files(tmp_path, "a.nnstudio", "b.nnstudio"))
