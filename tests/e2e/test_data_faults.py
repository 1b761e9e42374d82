"""What real files got wrong, on the command line: new rows, runs whose file has changed, what is said of data."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from nnstudio.cli.main import main
from nnstudio.project.archive import open_project, save
from nnstudio.text import use_language
from tests.e2e.test_command_line import answer, refused

SHOP = "size,colour,flag,price,kind\n" + "".join(
    f"{n * 7 % 61 / 4},{('red', 'green', 'blue')[n % 3]},{n % 2},{n * 11 % 10 + 0.5},"
    f"{'big' if n * 7 % 61 > 30 else 'small'}\n"
    for n in range(100)
)


@pytest.fixture
def made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """A function that makes a project of a text and trains it a little: its path."""

    def make(text: str, *settings: str, name: str = "a.csv", epochs: int = 2) -> Path:
        data, project = tmp_path / name, tmp_path / "a.nnstudio"
        data.write_text(text)
        options = [word for one in (*settings, f"training.epochs={epochs}") for word in ("--set", one)]
        answer(capsys, "new", project, "--data", data, "--layers", "dense:4,tanh,dense:out", *options)
        answer(capsys, "train", project)
        return project

    return make


@pytest.fixture
def shop(made: Any) -> Path:
    project: Path = made(SHOP)
    return project


def predicted(
    capsys: pytest.CaptureFixture[str], project: Path, text: str | bytes, name: str = "new.csv"
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """What `predict` says, and the rows that it writes."""
    new, out = project.parent / name, project.parent / "out.csv"
    new.write_bytes(text.encode() if isinstance(text, str) else text)
    said = answer(capsys, "predict", project, new, "-o", out)
    with out.open(newline="", encoding="utf-8") as file:
        return said, list(csv.DictReader(file))


# --- new rows -------------------------------------------------------------------------------------------------------


def test_names_of_rows_are_not_needed_to_predict(made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A1: a network of a table with R's names of rows answers a table without them."""
    project = made('"sbp","age","chd"\n' + "".join(f'"{n}",{n * 7 % 61},{n % 9},{n % 2}\n' for n in range(1, 61)))
    _said, rows = predicted(capsys, project, "sbp,age\n140,50\n")
    assert rows[0]["prediction"] in "01" and (rows[0]["sbp"], rows[0]["age"]) == ("140.0", "50.0")


def test_new_rows_are_read_with_the_signs_of_the_training_file(made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A2: “3.425” alone in a file is 3425 for a network that was trained so."""
    text = "venta;b;y\n" + "".join(f"{n // 8}.{n * 137 % 900 + 100};0,{n:02d};{'ab'[n % 2]}\n" for n in range(8, 68))
    project = made(text)
    _said, rows = predicted(capsys, project, "venta;b\n3.425;0,5\n425;0,5\n")
    assert [row["venta"] for row in rows] == ["3425.0", "425.0"]
    assert rows[0]["p(a)"] == predicted(capsys, project, "venta;b\n3425;0,5\n")[1][0]["p(a)"]


@pytest.mark.parametrize(
    ("row", "remarks"),
    [
        ("5.0,purple,1,5", ["“colour”: “purple” was never seen in training, and counts as none of its words"]),
        (",,,", ["“size” is missing", "“colour” is missing", "“flag” is missing", "“price” is missing"]),
        ("1e40,red,1,5", ["“size” is missing, too large or no number: "]),
        ("1e9,red,1,5", ["“size” is above all of training (15)"]),
        ("-3,red,1,5", ["“size” is below all of training (0.25)"]),
    ],
)
def test_what_is_odd_about_a_new_row_is_said_beside_it(
    row: str, remarks: list[str], shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A3: in the column `remark`, and how many rows have one; a row as those of training has none."""
    said, rows = predicted(capsys, shop, f"size,colour,flag,price\n{row}\n5.0,red,1,5\n")
    assert said["samples"] == 2 and said["remarks"] == 1 and rows[1]["remark"] == ""
    found = rows[0]["remark"].split("; ")
    assert len(found) == len(remarks) and all(map(str.startswith, found, remarks))
    status = main(["predict", str(shop), str(shop.parent / "new.csv"), "-o", str(shop.parent / "out.csv")])
    assert status == 0 and "1 row has a remark: see the column “remark”." in capsys.readouterr().out


def test_short_new_rows_are_filled_and_said(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """C2: new_short.csv."""
    said, rows = predicted(capsys, shop, "size,colour,flag,price\n5.0,red\n1.0,blue,0,2\n")
    assert said["notes"][0] == "Line 2 has fewer values than the table has columns; what it lacks counts as missing."
    assert "“flag” is missing" in rows[0]["remark"] and rows[1]["remark"] == ""


def test_ids_stand_beside_their_predictions(made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A4: an id is not learnt from, not needed, and kept first where it is there."""
    text = "a,ref,y\n" + "".join(f"{n * 7 % 61},{'xy'[n % 2]}{n},{n % 2}\n" for n in range(60))
    project = made(text, "data.id=ref")
    _said, rows = predicted(capsys, project, "a,other,ref\n5,6,x77\n")
    assert list(rows[0]) == ["prediction", "p(0)", "p(1)", "remark", "ref", "a", "other"] and rows[0]["ref"] == "x77"
    _said, rows = predicted(capsys, project, "a\n5\n6\n")
    assert len(rows) == 2 and all(row["remark"] == "" for row in rows)


def test_arrays_and_pictures_without_targets_are_predicted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """C9: only_x.npz, and images without labels."""
    values = np.random.default_rng(0).normal(size=(60, 4))
    np.savez(tmp_path / "xy.npz", x=values, y=np.arange(60) % 2)
    np.savez(tmp_path / "only_x.npz", x=values[:3])
    pixels = np.random.default_rng(0).integers(0, 256, (60, 6, 6), dtype=np.uint8)
    images = np.array([2051, 60, 6, 6], ">u4").tobytes() + pixels.tobytes()
    (tmp_path / "train-images-idx3-ubyte").write_bytes(images)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(
        np.array([2049, 60], ">u4").tobytes() + bytes(n % 3 for n in range(60))
    )
    (tmp_path / "new-images-idx3-ubyte").write_bytes(images)
    for data, new, count in (
        ("xy.npz", "only_x.npz", 3),
        ("train-images-idx3-ubyte", "new-images-idx3-ubyte", 60),
    ):
        project = tmp_path / f"{data}.nnstudio"
        layers = "flatten,dense:out" if "idx" in data else "dense:out"
        answer(capsys, "new", project, "--data", tmp_path / data, "--layers", layers, "--set", "training.epochs=1")
        answer(capsys, "train", project)
        said = answer(capsys, "predict", project, tmp_path / new, "-o", tmp_path / "out.csv")
        assert said["samples"] == count


def test_predictions_name_classes_that_six_digits_do_not_tell_apart(
    made: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A12, and A10: as they are written."""
    text = "a,y\n" + "".join(f"{n * 7 % 61},{1000000.5 + n % 2}\n" for n in range(60))
    _said, rows = predicted(capsys, made(text, "data.task=class"), "a\n5\n")
    assert list(rows[0])[:3] == ["prediction", "p(1000000.5)", "p(1000001.5)"]
    text = "a,y\n" + "".join(f"{n * 7 % 61},{123456789012345678 + n % 2}\n" for n in range(60))
    _said, rows = predicted(capsys, made(text), "a\n5\n")
    assert list(rows[0])[1:3] == ["p(123456789012345678)", "p(123456789012345679)"]


@pytest.mark.parametrize(
    ("asked", "row", "name"),
    [
        ("square(x1)", "3,1", "x1²"),
        ("ratio(x1;x2)", "3,2", "x1 / x2"),
        ("bins(x1;3)", "3,1", "bins(x1)"),
        ("polynomial(x1;x2;2)", "3,2", "x1 × x2"),
    ],
)
def test_derived_inputs_are_made_of_new_rows_too(
    asked: str, row: str, name: str, made: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "x1,x2,y\n" + "".join(f"{n * 7 % 61 / 10},{n % 5 + 1},{'ab'[n % 2]}\n" for n in range(60))
    project = made(text, f"data.derived={asked}")
    _said, rows = predicted(capsys, project, f"x1,x2\n{row}\n")
    assert rows[0]["remark"] == "" and name not in rows[0]
    run = open_project(project).runs[0]
    assert name in [column.name for column in run.preparation.columns]
    assert refused(capsys, "predict", project, write_new(project, "x2\n3\n"), "-o", project.parent / "o.csv")


def write_new(project: Path, text: str) -> Path:
    path = project.parent / "other.csv"
    path.write_text(text)
    return path


def test_dates_of_new_rows_are_read_as_those_of_training(made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """C11: 03/02 is the day that training had it be; what is no date is said."""
    text = "day,a,y\n" + "".join(f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/2021,{n * 7 % 61},{n % 2}\n" for n in range(60))
    _said, rows = predicted(capsys, made(text), "day,a\n03/02/2021,5\n2021-02-03,5\nsoon,5\n")
    assert rows[0]["remark"] == "" and "2021-02-03" in rows[0]["day"]
    assert "“day” is no date as those of training" in rows[2]["remark"]


# --- a file that has changed ----------------------------------------------------------------------------------------


def without_copies(project: Path) -> None:
    """A project of data that is too large to be kept in it."""
    whole = open_project(project)
    save(replace(whole, files=tuple(replace(file, content=b"") for file in whole.files)), project)


def evaluated(capsys: pytest.CaptureFixture[str], project: Path) -> tuple[dict[str, Any], str]:
    """What the test part gives, and what is said of its rows: not that it was opened, and how often."""
    assert main(["evaluate", str(project), "--split", "test", "--json"]) == 0
    printed = capsys.readouterr()
    answered: dict[str, Any] = json.loads(printed.out)
    assert answered.pop("openings") > 0
    said = [line for line in printed.err.splitlines(keepends=True) if "counts as an opening" not in line]
    return answered, "".join(said)


def test_rows_that_were_added_since_are_left_out(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A5: the test part is exactly the run's, and that is said."""
    without_copies(shop)
    before, said = evaluated(capsys, shop)
    assert said == "" and before["samples"] == 20
    data = shop.parent / "a.csv"
    data.write_text(SHOP + "".join(f"{n},red,1,5,small\n" for n in range(37)))
    after, said = evaluated(capsys, shop)
    assert after == before
    assert said == "nnstudio: “a.csv” has 37 rows more than run 1 had, which are left out: its own rows are used.\n"


@pytest.mark.parametrize("change", ["cut", "changed", "swapped", "classes"])
def test_rows_that_are_gone_or_others_are_refused(change: str, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A5: nothing is measured on rows that may have been learnt; status 2 and one line."""
    without_copies(shop)
    lines = SHOP.splitlines(keepends=True)
    texts = {
        "cut": "".join(lines[:-9]),
        "changed": SHOP.replace(lines[5], "99,red,1,5,big\n", 1),
        "swapped": "".join([lines[0], lines[2], lines[1], *lines[3:]]),
        "classes": SHOP.replace("small", "medium"),
    }
    (shop.parent / "a.csv").write_text(texts[change])
    said = refused(capsys, "evaluate", shop, "--split", "test")
    assert "“a.csv” has changed since run 1, and the rows of that run cannot be found in it" in said


def test_a_copy_that_is_kept_is_used_and_said(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A5: as the file was then."""
    before, _said = evaluated(capsys, shop)
    (shop.parent / "a.csv").write_text(SHOP.replace("red", "pink"))
    after, said = evaluated(capsys, shop)
    assert after == before
    assert said == "nnstudio: “a.csv” has changed since run 1; the copy of then, kept in the project, is used.\n"


# --- what is said of data -------------------------------------------------------------------------------------------


def test_info_names_target_task_classes_rows_and_columns(made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A11: as JSON, where the shares stay shares."""
    text = "nr,day,a,b,kind\n" + "".join(
        f"{n},2021-{n % 12 + 1:02d}-03,{n * 7 % 61},{'pq'[n // 3 % 2]},{'xyz'[n % 3]}\n" for n in range(100)
    )
    project = made(text, "data.validation=0.3", "data.test=0.1", "data.ignore=a")
    data = answer(capsys, "info", project)["data"]
    assert (data["target"], data["task"], data["classes"]) == ("kind", "class", ["x", "y", "z"])
    assert (data["validation"], data["test"], data["rows"]) == (0.3, 0.1, 100)
    assert data["parts"] == {"train": 60, "validation": 30, "test": 10}
    assert [(one["name"], one["kind"], one["role"]) for one in data["columns"]] == [
        ("nr", "number", "id"),
        ("day", "date", "input"),
        ("a", "number", "ignored"),
        ("b", "category", "input"),
        ("kind", "category", "target"),
    ]


def test_new_and_info_name_target_and_task_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A11: in the text for people, for classes and for a value."""
    (tmp_path / "a.csv").write_text(SHOP)
    for target, line in (
        ([], "Target: kind, 2 classes: big, small"),
        (["--target", "price"], "Target: price, a value"),
    ):
        project = tmp_path / f"{len(target)}.nnstudio"
        data = ["--data", str(tmp_path / "a.csv"), *target, "--layers", "dense:out"]
        assert main(["new", str(project), *data]) == 0
        printed = capsys.readouterr().out
        assert line in printed and "100 rows: 60 to train, 20 to validate, 20 to test" in printed
        assert main(["info", str(project)]) == 0
        assert line in capsys.readouterr().out


def test_class_weights_are_set_on_the_command_line(made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """F: a class of few rows; balanced weights have the network find it, and imbalance is said before training."""
    text = "a,b,y\n" + "".join(
        f"{n * 37 % 101 / 10 + (3 if n % 20 == 0 else 0)},{n * 7 % 61},{'fraud' if n % 20 == 0 else 'ok'}\n"
        for n in range(400)
    )
    plain = made(text)
    notes = answer(capsys, "info", plain)["data"]["notes"]
    assert (
        "“ok” is 95.0% of the training rows. Look at the balanced accuracy, or set the class weights to balanced."
        in notes
    )
    recalls = []
    for weights in ("none", "balanced"):
        project = made(text, f"data.class_weights={weights}", "training.learning_rate=0.05", epochs=30)
        confusion = evaluated(capsys, project)[0]["confusion"]
        recalls.append(confusion[0][0] / sum(confusion[0]))
    assert recalls[1] > recalls[0]
    value = ["--data", plain.parent / "a.csv", "--target", "a", "--layers", "dense:out"]
    said = refused(capsys, "new", plain.parent / "b.nnstudio", *value, "--set", "data.class_weights=balanced")
    assert "Balanced class weights need a target of classes" in said


def test_one_row_and_one_epoch_have_their_own_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """C12 and C13: a test file of one row; no “1 rows”, “1 epochs”, “1 predictions” anywhere."""
    (tmp_path / "a.csv").write_text(SHOP)
    one = tmp_path / "one.csv"
    one.write_text("size,colour,flag,price,kind\n5.0,red,1,5,big\n")
    project = str(tmp_path / "a.nnstudio")
    data = ["--data", str(tmp_path / "a.csv"), "--test", str(one)]
    assert main(["new", project, *data, "--layers", "dense:out", "--set", "training.epochs=1"]) == 0
    assert main(["train", project]) == 0
    assert main(["evaluate", project, "--split", "test"]) == 0
    assert main(["predict", project, str(one), "-o", str(tmp_path / "out.csv")]) == 0
    printed = capsys.readouterr().out
    assert "run-1 on the part “test”: 1 row, loss" in printed and "1 prediction written" in printed
    assert "1 epoch: " in printed and not re.search(r"\b1 (rows|epochs|predictions|columns|classes)\b", printed)


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("text", "settings", "words"),
    [
        ("a,b,y\n1,2,a\n1,2,3,4\n", [], "a.csv"),
        ('a,b,y\n1,2,a\n1,"2,b\n', [], "3"),
        ("value\n" + "1.5\n2.5\n" * 20, [], "data.separator"),
        ("a,y\n" + "1,3.7\n2,3.7\n" * 20, [], "“y”"),
        (SHOP, ["data.group=nobody"], "data.group"),
        (SHOP, ["data.kinds=size:colour"], "data.kinds"),
        (SHOP, ["data.derived=cube(size)"], "data.derived"),
        (SHOP, ["data.header=maybe"], "“maybe”"),
        (SHOP, ["data.decimal=;"], "“;”"),
    ],
)
def test_refusals_are_one_line_with_status_2(
    text: str, settings: list[str], words: str, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """C2: our own words in any language, never those of polars."""
    (tmp_path / "a.csv").write_text(text)
    options = [word for one in settings for word in ("--set", one)]
    use_language(language)
    try:
        status = main(
            ["new", str(tmp_path / "a.nnstudio"), "--data", str(tmp_path / "a.csv"), "--layers", "dense:out", *options]
        )
    finally:
        use_language("en")
    printed = capsys.readouterr()
    assert status == 2 and printed.out == "" and words in printed.err and printed.err.count("\n") == 1
    assert not re.search(r"polars|schema|dtype|infer_|truncate|ComputeError|Traceback", printed.err)
    assert not (tmp_path / "a.nnstudio").exists()
