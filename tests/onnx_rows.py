"""Raw rows as the inputs of an exported ONNX file, by what its metadata say and nothing else."""

import json
from typing import Any

import numpy as np
import onnxruntime
import polars
from numpy.typing import NDArray

from nnstudio.data.columns import ArrayColumns
from nnstudio.data.preparation import class_names
from nnstudio.data.words import pieces
from nnstudio.project.preparation import TextPreparation


def session_of(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def answers_of(content: bytes, table: polars.DataFrame | ArrayColumns) -> dict[str, NDArray[Any]]:
    """What a file answers to the rows of a table, by the names of its outputs."""
    session = session_of(content)
    told = json.loads(session.get_modelmeta().custom_metadata_map["inputs"])
    shapes = {one.name: one.shape for one in session.get_inputs()}
    feed = {one["name"]: input_of(one, table, shapes[one["name"]]) for one in told}
    names = [one.name for one in session.get_outputs()]
    return dict(zip(names, session.run(names, feed), strict=True))


def input_of(told: dict[str, Any], table: polars.DataFrame | ArrayColumns, shape: list[Any]) -> NDArray[Any]:
    """One input (n, ...) from the columns that it names."""
    if "pieces" in told:
        return text_input(told["pieces"], table[told["columns"][0]].fill_null("").to_list())
    if "words" in told:
        words = [word or "" for word in class_names(table[told["columns"][0]])]
        return np.array(words, dtype=object).reshape(-1, 1)
    if isinstance(table, ArrayColumns):
        return table.values.astype(np.float32).reshape(-1, *shape[1:])
    values = table.select(polars.col(told["columns"]).cast(polars.Float64)).to_numpy()
    return values if len(shape) <= 2 else values.astype(np.float32).reshape(-1, *shape[1:])


def text_input(how: dict[str, Any], texts: list[str]) -> NDArray[Any]:
    """Texts taken apart (n, pieces), filled up with empty ones: before the first where their order counts."""
    found = [pieces(text, TextPreparation(**{name: how[name] for name in how if name != "words"})) for text in texts]
    if how["length"]:
        found = [[""] * (how["length"] - len(one)) + one[: how["length"]] for one in found]
    longest = max(len(one) for one in found)
    return np.array([one + [""] * (longest - len(one)) for one in found], dtype=object)
