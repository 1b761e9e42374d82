"""The exported script, run by plain Python: the same measures, the same predictions, and the same training again."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars
import pytest
import safetensors.torch
import torch

from nnstudio.data.dataset import Dataset, divide, load
from nnstudio.data.sources import read_source
from nnstudio.export.files import export
from nnstudio.export.pytorch_script import script_files
from nnstudio.project import edits
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import measure, predict, restore
from nnstudio.training.session import Trained, train
from tests.unit.training.page import with_drawn_weights

CASES = {
    "classes": (
        "builtin:iris",
        "dense:8,tanh,layer_norm,dense:out,softmax",
        {"batch_size": 7, "schedule": "cosine", "label_smoothing": 0.1},
    ),
    "one output": (
        "toy:circle",
        "dense:8,tanh,dense:1,sigmoid",
        {
            "optimizer": "nesterov",
            "learning_rate": 0.9,
            "schedule": "plateau",
            "schedule_epochs": 1,
            "clip_norm": 0.5,
            "label_smoothing": 0.1,
        },
    ),
    "playground": (
        "toy:xor",
        "dense:4,tanh,dense:1,tanh",
        {
            "loss": "half_mse",
            "optimizer": "sgd",
            "initialization": "uniform",
            "bias_initialization": 0.1,
            "shuffle": "once",
            "data_standardize": False,
        },
    ),
    "a link of playground": (
        "toy:xor?generator=playground&seed=0.5",
        "dense:4,tanh,dense:1,tanh",
        {
            "loss": "half_mse",
            "optimizer": "sgd",
            "learning_rate": 0.1,
            "initialization": "playground",
            "bias_initialization": 0.1,
            "shuffle": "never",
            "last_batch": "carried_over",
            "batch_size": 7,
            "l1": 0.02,
            "l1_rule": "pruned_at_zero",
            "precision": "float64",
            "data_standardize": False,
            "data_split": "in_order",
            "data_derived": "product(x1;x2),sin(x1)",
            "data_ignore": "x2",
        },
    ),
    "float64": (
        "builtin:diabetes",
        "dense:6,relu,dense:1",
        {"precision": "float64", "initialization": "he", "last_batch": "carried_over", "l1": 0.01, "clip_norm": 0.5},
    ),
    "float64 as it is drawn": (
        "toy:circle",
        "dense:6,relu,dense:1",
        {"precision": "float64", "initialization": "playground", "seed": 3, "l1": 0.01, "l1_rule": "pruned_at_zero"},
    ),
    "value": (
        "builtin:diabetes",
        "dense:16,relu,batch_norm,dense:1",
        {"optimizer": "adamw", "weight_decay": 0.01, "l1": 1e-4, "batch_size": 30},
    ),
    "images": (
        "builtin:digits",
        "image,conv:4:padding=1,relu,max_pool,conv:8:groups=2,relu,adaptive_avg_pool,flatten,dense:out",
        {"initialization": "he", "weight_decay": 0.01, "optimizer": "momentum", "learning_rate": 0.02},
    ),
    "pictures as they are": (
        "builtin:digits",
        "conv:4:padding=1:padding_value=-1:connections=0/0/0/0,scaled_tanh,scale,avg_pool,flatten,dense:out,tanh",
        {"data_image": "1x8x8", "loss": "mse", "initialization": "lecun", "weight_decay": 0.001},
    ),
    "a sequence": (
        "builtin:symmetry",
        "sequence:features=2,gru:5:give=all,conv_1d:4:kernel_size=2,tanh,global_max_pool,dense:1,sigmoid",
        {"loss": "mse", "initialization": "xavier", "learning_rate": 0.01},
    ),
    "several targets": (
        "builtin:family_trees",
        "dense:12,tanh,dense:24,sigmoid",
        {"data_standardize": False, "initialization": "uniform", "learning_rate": 0.01},
    ),
    "words": (
        "{lines}",
        "dense:6,relu,dense:out",
        {"data_text": "tfidf", "data_ngrams": 2, "data_vocabulary": 80, "weight_decay": 0.01},
    ),
    "characters": ("{lines}", "dense:out", {"data_text_unit": "characters", "data_ngrams": 3, "data_vocabulary": 90}),
    "tokens": (
        "{lines}",
        "embedding:4,lstm:5,dense:out",
        {"data_text": "tokens", "data_text_unit": "words_and_signs", "learning_rate": 0.01},
    ),
    "one-hot loss": (
        "builtin:wine",
        "dense:8,relu,dense:out",
        {"loss": "mse", "min_delta": 0.01, "patience": 3, "monitor": "validation_accuracy"},
    ),
    "balanced accuracy": (
        "builtin:wine",
        "dense:8,relu,dense:out",
        {"patience": 2, "monitor": "validation_balanced_accuracy", "learning_rate": 0.01},
    ),
}


Script = Callable[..., str]
# Importing torch takes seconds, so one process runs the scripts of all tests, each as a program of its own.
PLAIN_PYTHON = """
import contextlib, io, json, runpy, sys, traceback
for line in sys.stdin:
    sys.argv, said, wrong = json.loads(line), io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(sys.argv[0], run_name="__main__")
    except BaseException:
        wrong = traceback.format_exc()
    wrong += "nnstudio was imported" if "nnstudio" in sys.modules else ""
    print(json.dumps([said.getvalue(), wrong]), flush=True)
"""


@pytest.fixture(scope="module")
def script() -> Iterator[Script]:
    """Runs the script of a folder in a Python that knows nothing of nnstudio, and gives what it prints."""
    command = [sys.executable, "-c", PLAIN_PYTHON]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as python:
        asked, told = python.stdin, python.stdout
        assert asked and told

        def run(folder: Path, *arguments: str) -> str:
            print(json.dumps([str(folder / "network.py"), *arguments]), file=asked, flush=True)
            said, wrong = json.loads(told.readline())
            assert not wrong, wrong
            return said

        yield run


def some_lines(folder: Path) -> Path:
    """Some lines of text in two languages, and a column of numbers beside them."""
    lines = read_source("builtin:languages").columns.filter(polars.col("language").is_in(["Spanish", "English"]))
    lines = lines.gather_every(7).with_columns(polars.col("line").str.len_chars().alias("letters"))
    path = folder / "lines.csv"
    lines.select("letters", "line", "language").write_csv(path)
    return path


def trained(project: Project, dataset: Dataset | None = None) -> Run:
    dataset = dataset or load(project.data)
    return next(event.run for event in train(project, dataset, Control(), Curves()) if isinstance(event, Trained))


@pytest.mark.parametrize("case", CASES)
def test_the_script_measures_predicts_and_trains_as_nnstudio_does(
    case: str, make_project: Callable[..., Project], tmp_path: Path, script: Script
) -> None:
    source, layers, settings = CASES[case]
    source = source.format(lines=some_lines(tmp_path))
    project = make_project(source, layers, epochs=6, **settings)
    run = trained(project)
    files = export(run, "pytorch", tmp_path / "network.py")
    names = ["network.py", "network.safetensors", "network_data.csv"]
    names += ["network_words.json"] if "{lines}" in CASES[case][0] else []
    names += ["network_first_weights.safetensors"] if "generator=playground" in source else []
    assert [file.name for file in files] == names

    agrees(run, load(project.data), tmp_path, script)


WEIGHTED = "classes", "one output", "playground", "value", "several targets", "one-hot loss", "balanced accuracy"


@pytest.mark.parametrize("case", WEIGHTED)
def test_rows_that_count_differently_do_so_in_the_script(
    case: str, make_project: Callable[..., Project], tmp_path: Path, script: Script
) -> None:
    source, layers, settings = CASES[case]
    project = make_project(source, layers, epochs=6, **settings)
    dataset = with_drawn_weights(load(project.data))
    run = trained(project, dataset)
    assert run.history.train_loss[0] != pytest.approx(trained(project).history.train_loss[0], rel=1e-3)
    for name, content in script_files(run, divide(run.data), "network", dataset.train.all_weights).items():
        (tmp_path / name).write_bytes(content)
    agrees(run, dataset, tmp_path, script)


@pytest.mark.parametrize("test_file", [False, True])
def test_a_column_of_weights_and_balanced_classes_are_exported(
    test_file: bool, make_project: Callable[..., Project], tmp_path: Path, script: Script
) -> None:
    """Also beside a test file of its own, whose rows all count the same."""
    path, other = tmp_path / "table.csv", tmp_path / "test.csv"
    for file, count in ((path, 90), (other, 30)):
        rows = (f"{n % 7},{n % 5},{1 + n % 3},{'rare' if n % 6 == 0 else 'often'}\n" for n in range(count))
        file.write_text("x,y,importance,kind\n" + "".join(rows))
    settings = {"data_target": "kind", "data_weight": "importance", "data_class_weights": "balanced"}
    source = {"data_test_source": str(other)} if test_file else {}
    project = make_project(str(path), "dense:4,tanh,dense:out", epochs=3, **settings, **source)
    dataset = load(project.data)
    assert dataset.train.weights is not None and len(set(dataset.train.weights.tolist())) == 4
    run = trained(project, dataset)
    export(run, "pytorch", tmp_path / "network.py")
    assert "weights_of" in (tmp_path / "network.py").read_text(encoding="utf-8")
    agrees(run, dataset, tmp_path, script)


def test_a_column_of_the_data_keeps_its_name_beside_the_weights(
    make_project: Callable[..., Project], tmp_path: Path, script: Script
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("weight,part,target\n" + "".join(f"{n % 7},{n % 5},{n % 2}\n" for n in range(60)))
    project = make_project(str(path), "dense:4,tanh,dense:out", epochs=3, data_target="target")
    dataset = with_drawn_weights(load(project.data))
    run = trained(project, dataset)
    for name, content in script_files(run, divide(run.data), "network", dataset.train.all_weights).items():
        (tmp_path / name).write_bytes(content)
    header = (tmp_path / "network_data.csv").read_text().split("\n")[0]
    assert header == "weight,part,target,part_,weight_"
    agrees(run, dataset, tmp_path, script)


def agrees(run: Run, dataset: Dataset, tmp_path: Path, script: Script) -> None:
    """Whether the script measures and predicts as the run does, and comes to it again."""
    report = script(tmp_path)
    assert "test" not in report  # that part is sealed: it is shown where it is asked for
    report += script(tmp_path, "test")
    for part in ("train", "validation", "test"):
        measured = measure(restore(run), getattr(dataset, part))
        loss = re.search(rf"{part}: \d+ rows, loss ([\d.]+)", report)
        assert loss and float(loss[1]) == pytest.approx(measured.loss, abs=6e-5)

    predicted = script(tmp_path, "predict", str(tmp_path / "network_data.csv")).split("\n")[1:-1]
    table = read_source(str(tmp_path / "network_data.csv")).columns
    ours = predict(restore(run), table)["prediction"].to_list()
    if run.preparation.task == "value":
        assert [float(value) for value in predicted] == pytest.approx(ours, rel=1e-4)
    else:
        assert predicted == ours

    again = script(tmp_path, "train")
    validation = [float(loss) for loss in re.findall(r"validation loss ([\d.]+)", again)]
    assert validation == pytest.approx(list(run.history.validation_loss), abs=6e-5)
    stored, ours_weights = (
        safetensors.torch.load(content) for content in ((tmp_path / "network.safetensors").read_bytes(), run.weights)
    )
    for name, value in ours_weights.items():
        torch.testing.assert_close(stored[name], value, rtol=1e-4, atol=1e-5, check_dtype=False)


def test_words_images_and_branches_are_exported_too(
    make_project: Callable[..., Project], tmp_path: Path, shared_data: Path
) -> None:
    project = edits.set_data(Project(), source=str(shared_data / "penguins.csv"), target="species")
    project = make_project(project.data.source, "dense:8,tanh,dense:8,tanh,dense:out", data_target="species", epochs=2)
    project, concat = edits.add_layer(project, "concat")
    for first, second in (("tanh_1", concat), ("tanh_2", concat), (concat, "dense_3")):
        project = edits.add_link(project, first, second)
    run = trained(project)
    export(run, "pytorch", tmp_path / "network.py")
    text = (tmp_path / "network.py").read_text(encoding="utf-8")
    assert "concat_1 = torch.cat([tanh_1, tanh_2], dim=1)" in text
    measured = measure(restore(run), load(project.data).test)
    done = subprocess.run([sys.executable, str(tmp_path / "network.py"), "test"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"test: 69 rows, loss {measured.loss:.4f}, accuracy {measured.accuracy:.4f}" in done.stdout


def test_weights_and_curve_are_exported_bare(make_project: Callable[..., Project], tmp_path: Path) -> None:
    run = trained(make_project(epochs=2))
    export(run, "safetensors", tmp_path / "w.safetensors")
    assert set(safetensors.torch.load((tmp_path / "w.safetensors").read_bytes())) == {
        "dense_1.weight",
        "dense_1.bias",
        "dense_2.weight",
        "dense_2.bias",
    }
    export(run, "csv", tmp_path / "curve.csv")
    with (tmp_path / "curve.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["train_loss"]) for row in rows] == list(run.history.train_loss)


def test_a_script_needs_the_ending_of_one_and_a_folder(make_project: Callable[..., Project], tmp_path: Path) -> None:
    run = trained(make_project(epochs=1))
    with pytest.raises(UserError, match=r"ends in \.py"):
        export(run, "pytorch", tmp_path / "network.txt")
    with pytest.raises(UserError, match="does not exist"):
        export(run, "csv", tmp_path / "none" / "a.csv")


def test_a_plan_in_mixed_precision_trains_so_in_the_script_too(
    make_project: Callable[..., Project], tmp_path: Path, script: Script
) -> None:
    run = trained(make_project(epochs=4, precision="mixed", learning_rate=0.02))
    export(run, "pytorch", tmp_path / "network.py")
    assert "torch.autocast" in (tmp_path / "network.py").read_text(encoding="utf-8")
    validation = [float(loss) for loss in re.findall(r"validation loss ([\d.]+)", script(tmp_path, "train"))]
    assert validation == pytest.approx(list(run.history.validation_loss), rel=2e-2)
    assert measure(restore(run), load(run.data).validation).loss == pytest.approx(min(run.history.validation_loss))
