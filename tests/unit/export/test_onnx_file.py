"""The exported ONNX file in onnxruntime: raw rows go in, and what nnstudio predicts comes out."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import polars
import pytest
import torch
from msgspec.structs import replace

from nnstudio import paths
from nnstudio.data.columns import ArrayColumns
from nnstudio.data.dataset import divide, load
from nnstudio.data.new_rows import columns_for, read_new_rows
from nnstudio.data.preparation import encode_inputs
from nnstudio.data.sources import read_source
from nnstudio.export.files import export
from nnstudio.export.onnx_file import onnx_bytes
from nnstudio.project import edits
from nnstudio.project.archive import open_project
from nnstudio.project.history import HISTORY, history
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.given_weights import run_of
from nnstudio.training.inference import predict, restore
from nnstudio.training.session import Trained, made_network, train
from tests.onnx_rows import answers_of

ROWS = 200
"""Of the examples only so many are compared."""
MOST_APART = 1e-6
"""Of the largest number that nnstudio gives."""
CASES = {
    "classes": ("builtin:iris", "dense:8,tanh,layer_norm,dense:out,softmax", {}),
    "classes without a softmax": ("builtin:wine", "dense:8,relu,dropout:0.3,dense:out", {}),
    "one output": ("toy:circle", "dense:8,tanh,dense:1,sigmoid", {}),
    "one output without a sigmoid": ("toy:circle", "dense:8,tanh,dense:1", {}),
    "playground": ("toy:xor", "dense:4,tanh,dense:1,tanh", {"loss": "half_mse", "data_standardize": False}),
    "made of others": ("toy:xor", "dense:4,dense:1", {"data_derived": "product(x1;x2),sin(x1),bins(x2;3)"}),
    "one-hot loss": ("builtin:wine", "dense:8,relu,dense:out", {"loss": "mse", "epochs": 20}),
    "from −1 to 1 for each class": ("builtin:iris", "dense:out,tanh", {"loss": "mse", "epochs": 30}),
    "value": ("builtin:diabetes", "dense:16,relu,batch_norm,dense:1", {}),
    "value as it is": ("builtin:diabetes", "dense:16,relu,dense:1", {"data_standardize": False}),
    "several targets": ("builtin:family_trees", "dense:12,tanh,dense:24,sigmoid", {"data_standardize": False}),
    "several targets without a sigmoid": ("builtin:family_trees", "dense:24", {"data_standardize": False}),
    "images": ("builtin:digits", "image,conv:4,relu,max_pool,flatten,dense:out,softmax", {}),
    "pictures": ("builtin:digits", "conv:4,avg_pool,flatten,dense:out", {"data_image": "1x8x8"}),
    "a table": (
        "{table}",
        "dense:8,relu,dense:out",
        {"data_derived": "square(size),ratio(size;age),ordinal(grade),log(age),cos(size),onehot(age)"},
    ),
    "a table of words": ("{table}", "dense:8,dense:out", {"data_ignore": "size,age,born"}),
    "words": ("{lines}", "dense:6,relu,dense:out", {"data_text": "tfidf", "data_ngrams": 2, "data_vocabulary": 80}),
    "words there or not": ("{lines}", "dense:6,relu,dense:out", {"data_vocabulary": 60}),
    "characters": (
        "{lines}",
        "dense:out",
        {"data_text": "counts", "data_text_unit": "characters", "data_ngrams": 3, "data_vocabulary": 90},
    ),
    "tokens": ("{lines}", "embedding:4,lstm:5,dense:out", {"data_text": "tokens"}),
}


def table(folder: Path) -> Path:
    """A table of numbers, words and dates with cells that are missing."""
    path = folder / "table.csv"
    rows = (
        f"{n % 7 * 1.5 if n % 11 else ''},{n % 5 + 1},{['red', 'green', 'blue'][n % 3] if n % 13 else ''},"
        f"{['low', 'middle', 'high'][n * n % 3]},20{10 + n % 9}-0{1 + n % 9}-1{n % 9},{'yes' if n % 4 else 'no'}\n"
        for n in range(90)
    )
    path.write_text("size,age,colour,grade,born,kind\n" + "".join(rows))
    return path


def lines(folder: Path) -> Path:
    """Lines of text in two languages, and a column of numbers beside them."""
    found = read_source("builtin:languages").columns.filter(polars.col("language").is_in(["Spanish", "English"]))
    found = found.gather_every(9).with_columns(polars.col("line").str.len_chars().alias("letters"))
    path = folder / "lines.csv"
    found.select("letters", "line", "language").write_csv(path)
    return path


def trained(project: Project) -> Run:
    events = train(project, load(project.data), Control(), Curves())
    return next(event.run for event in events if isinstance(event, Trained))


def largest_difference(content: bytes, run: Run, rows: polars.DataFrame | ArrayColumns) -> float:
    """How far the probabilities, or the values, of a file are from what `predict` answers to these rows, by the largest
    of them. The predictions are the same."""
    expected, found = predict(restore(run), rows), answers_of(content, rows)
    classes = np.array(run.preparation.classes)
    if run.preparation.task == "value":
        ours, theirs = expected["prediction"].to_numpy(), found["prediction"]
    else:
        ours, theirs = expected.drop("prediction").to_numpy(), found["probabilities"]
        numbers = found["prediction"]
        are_sets = run.preparation.task == "labels"
        named = [" ".join(classes[one > 0]) for one in numbers] if are_sets else list(classes[numbers])
        assert named == expected["prediction"].to_list()
    assert theirs.shape == ours.shape
    return float(np.abs(theirs - ours).max() / np.abs(ours).max())


def rows_of(run: Run, source: str) -> polars.DataFrame:
    rows = columns_for(read_new_rows(source, run), run.preparation)
    return rows if isinstance(rows, polars.DataFrame) else polars.DataFrame(rows.values, schema=rows.names)


@pytest.mark.parametrize("case", CASES)
def test_raw_rows_are_answered_as_by_predict(case: str, make_project: Callable[..., Project], tmp_path: Path) -> None:
    source, layers, settings = CASES[case]
    source = source.format(table=table(tmp_path), lines=lines(tmp_path))
    run = trained(make_project(source, layers, **{"epochs": 2} | settings))
    (file,) = export(run, "onnx", tmp_path / "network.onnx")
    assert largest_difference(file.read_bytes(), run, rows_of(run, source)) < MOST_APART


EXAMPLES = [path.stem for path in sorted(paths.examples().glob("*.nnstudio"))]
DISTANCES = "lenet_1998_original"
COMPARED = [*EXAMPLES, *(name for name in HISTORY if "alexnet" not in name)]
"""AlexNet's weights, 240 MB of them, are left out."""


def untrained(name: str) -> Run:
    """An example with weights that no training has touched: they are as good for a comparison."""
    project = open_project(paths.examples() / f"{name}.nnstudio") if name in EXAMPLES else history(name)
    dataset = load(project.data)
    project = edits.set_facts(project, project.data, dataset.facts)
    return run_of(project, dataset, made_network(project, None, dataset.preparation).trained.state_dict(), "")


@pytest.mark.parametrize("name", COMPARED)
def test_every_example_is_answered_as_by_predict(name: str) -> None:
    run = untrained(name)
    rows = divide(run.data).table()[:ROWS]
    assert largest_difference(onnx_bytes(run), run, rows) < MOST_APART


def test_pictures_of_very_many_pixels_go_in_as_they_are(make_project: Callable[..., Project]) -> None:
    """Their pixels have no names: each channel is scaled as one."""
    run = trained(make_project("builtin:digits", "conv:2:stride=9,flatten,dense:out", data_image="1x70x70", epochs=1))
    assert run.preparation.columns[0].count == 4900
    rows = divide(run.data).raw.columns.slice(0, ROWS)
    assert largest_difference(onnx_bytes(run), run, rows) < MOST_APART


def test_probabilities_behind_distances_of_hundreds_are_those_of_float64() -> None:
    """A softmax passes on what float32 rounds of them: predictions and the file add them up in float64."""
    run = trained(edits.set_training(history(DISTANCES), epochs=2))
    rows, content = divide(run.data).table()[:ROWS], onnx_bytes(run)
    assert largest_difference(content, run, rows) < MOST_APART
    with torch.no_grad():
        samples = torch.from_numpy(encode_inputs(rows, run.preparation)).double()
        exact = restore(run).network.trained.double()(samples).softmax(dim=1).numpy()
    for found in (
        answers_of(content, rows)["probabilities"],
        predict(restore(run), rows).drop("prediction").to_numpy(),
    ):
        assert np.abs(found - exact).max() < MOST_APART


def test_the_file_tells_what_it_is_and_has_the_layers_by_their_names(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    project = make_project(str(table(tmp_path)), "dense:8,relu,dense:out,softmax")
    dense = next(layer.id for layer in project.network.layers if layer.type == "dense")
    project = edits.set_training(edits.rename(project, dense, "Hidden units"), epochs=1)
    run = trained(project)
    model = onnx.load_from_string(onnx_bytes(run))
    onnx.checker.check_model(model, full_check=True)
    names = [node.name for node in model.graph.node]
    assert names[-5:] == ["ReLU 1", "Dense 2", "Softmax 1", "answer: probabilities", "answer: prediction"]
    assert "Hidden units" in names and len(set(names)) == len(names)
    weights = {one.name: list(one.dims) for one in model.graph.initializer if one.name.startswith("dense_")}
    assert set(weights) == {"dense_1.weight", "dense_1.bias", "dense_2.weight", "dense_2.bias"}
    told = {one.key: one.value for one in model.metadata_props}
    assert told["run"] == run.id and told["target"] == "kind" and json.loads(told["classes"]) == ["no", "yes"]
    assert [one["name"] for one in json.loads(told["inputs"])] == ["numbers", "colour", "grade"]
    assert [one.version for one in model.opset_import if not one.domain] == [17] and model.ir_version == 8
    batch = {one.type.tensor_type.shape.dim[0].dim_param for one in (*model.graph.input, *model.graph.output)}
    assert batch == {"batch"}
    assert "NaN for what is missing" in model.doc_string


def test_words_that_were_never_seen_and_numbers_that_are_missing_are_answered_as_by_predict(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    run = trained(make_project(str(table(tmp_path)), "dense:8,relu,dense:out", epochs=2))
    new = tmp_path / "new.csv"
    new.write_text("size,age,colour,grade,born\n,,purple,,2019-05-05\n1e30,-4,,low,2012-01-01\n3,2,red,high,\n")
    assert largest_difference(onnx_bytes(run), run, rows_of(run, str(new))) < MOST_APART


def test_a_text_without_a_known_word_is_answered_as_by_predict(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    new = tmp_path / "new.csv"
    new.write_text("letters,line\n3,zzzz qqqq\n5,que es\n0,\n")
    for case in ("words", "tokens", "characters", "words there or not"):
        _source, layers, settings = CASES[case]
        run = trained(make_project(str(lines(tmp_path)), layers, epochs=1, **settings))
        assert largest_difference(onnx_bytes(run), run, rows_of(run, str(new))) < MOST_APART, case


def test_without_the_package_the_command_is_told(
    make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained(make_project(epochs=1))
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UserError, match=r'pip install "nnstudio\[onnx\]"'):
        onnx_bytes(run)


def test_a_run_without_its_weights_is_refused(make_project: Callable[..., Project]) -> None:
    run = replace(trained(make_project(epochs=1)), weights=b"")
    with pytest.raises(UserError, match="without its weights"):
        onnx_bytes(run)
