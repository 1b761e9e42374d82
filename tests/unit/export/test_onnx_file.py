"""The exported ONNX file in onnxruntime: raw rows go in, and what nnstudio predicts comes out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars
import pytest

from nnstudio.data.dataset import load
from nnstudio.data.new_rows import columns_for, read_new_rows
from nnstudio.data.sources import read_source
from nnstudio.export.files import export
from nnstudio.project.model import Project, Run
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import predict, restore
from nnstudio.training.session import Trained, train
from tests.onnx_rows import answers_of

MOST_APART = 1e-6
"""Of the largest number that nnstudio gives."""
CASES = {
    "classes": ("builtin:iris", "dense:8,tanh,layer_norm,dense:out,softmax", {}),
    "classes without a softmax": ("builtin:wine", "dense:8,relu,dropout:0.3,dense:out", {}),
    "one output": ("toy:circle", "dense:8,tanh,dense:1,sigmoid", {}),
    "one output without a sigmoid": ("toy:circle", "dense:8,tanh,dense:1", {}),
    "playground": ("toy:xor", "dense:4,tanh,dense:1,tanh", {"loss": "half_mse", "data_standardize": False}),
    "made of others": ("toy:xor", "dense:4,dense:1", {"data_derived": "product(x1;x2),sin(x1),bins(x2;3)"}),
    "one-hot loss": ("builtin:wine", "dense:8,relu,dense:out", {"loss": "mse"}),
    "value": ("builtin:diabetes", "dense:16,relu,batch_norm,dense:1", {}),
    "value as it is": ("builtin:diabetes", "dense:16,relu,dense:1", {"data_standardize": False}),
    "several targets": ("builtin:family_trees", "dense:12,tanh,dense:24,sigmoid", {"data_standardize": False}),
    "several targets without a sigmoid": ("builtin:family_trees", "dense:24", {"data_standardize": False}),
    "images": ("builtin:digits", "image,conv:4,relu,max_pool,flatten,dense:out,softmax", {}),
    "pictures": ("builtin:digits", "conv:4,avg_pool,flatten,dense:out", {"data_image": "1x8x8"}),
    "a table": ("{table}", "dense:8,relu,dense:out", {"data_derived": "square(size),ratio(size;age),ordinal(grade)"}),
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


def largest_difference(content: bytes, run: Run, rows: polars.DataFrame) -> float:
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
    run = trained(make_project(source, layers, epochs=2, **settings))
    (file,) = export(run, "onnx", tmp_path / "network.onnx")
    assert largest_difference(file.read_bytes(), run, rows_of(run, source)) < MOST_APART
