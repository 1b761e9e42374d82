"""Every declared layer in onnxruntime against real torch: the same numbers, whatever its parameters."""

from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from nnstudio.export.onnx_file import model_of
from nnstudio.export.onnx_nodes import FORMS, Nodes, layer_nodes
from nnstudio.export.onnx_rows import BATCH, RowInput
from nnstudio.layers.catalogue import CATALOGUE, layer_type
from nnstudio.layers.spec import LayerType, Shape, Tokens
from nnstudio.text import UserError
from nnstudio.training.engine.build import FUNCTIONS, make_module

SHAPES: list[Shape] = [(6,), (3, 4, 5), (7, 4), (64,), Tokens(9, 30)]
ROWS = 5
MOST_APART = 1e-6
"""Of the largest number that torch gives."""
CALLED = [one for one in CATALOGUE if one.call is not None]
# What is not tried by the defaults of the layers.
OTHERS: list[tuple[str, Shape, dict[str, Any]]] = [
    ("dense", (6,), {"bias": False}),
    ("conv", (4, 9, 9), {"stride": 2, "padding": 1, "bias": False}),
    ("conv", (4, 9, 9), {"groups": 2, "kernel_size": "3x5", "stride": "1x2", "padding": "1x0", "dilation": "2x1"}),
    ("conv", (4, 9, 9), {"kernel_size": 5, "padding": "same", "dilation": 2}),
    ("conv", (4, 9, 9), {"kernel_size": "5x3", "stride": 2, "padding": "same", "dilation": 2}),
    ("conv", (4, 9, 9), {"kernel_size": 5, "stride": 2, "padding": 2, "padding_value": -1.0}),
    ("conv", (4, 9, 9), {"filters": 4, "padding": 1, "bias_each_place": True, "groups": 2}),
    ("conv", (4, 9, 9), {"filters": 3, "connections": "0 1/1 2 3/3"}),
    ("conv_1d", (7, 4), {"stride": 2, "padding": 1, "bias": False}),
    ("max_pool", (3, 9, 9), {"kernel_size": "2x3", "stride": "2x1", "padding": "1x0"}),
    ("avg_pool", (3, 9, 9), {"kernel_size": 4, "stride": 3, "padding": 2}),
    ("adaptive_avg_pool", (3, 9, 7), {"size": "4x3"}),
    ("global_max_pool", (3, 4, 5), {}),
    ("pad", (3, 4, 5), {"padding": "1x2", "value": 0.5}),
    ("select", (6,), {"first": 2, "last": 4}),
    ("local_response_norm", (6, 4, 5), {"size": 3, "alpha": 2.0}),
    ("local_response_norm", (6, 4, 5), {"size": 4, "alpha": 2.0}),
    ("lstm", (7, 4), {"give": "all"}),
    ("gru", (7, 4), {"give": "all"}),
    ("leaky_relu", (6,), {"negative_slope": 0.3}),
    ("elu", (6,), {"alpha": 0.3}),
    ("scaled_tanh", (6,), {"amplitude": 2.0, "slope": 0.3}),
]


def accepted(declared: LayerType) -> list[Shape]:
    found = []
    for shape in SHAPES:
        try:
            declared.shape([shape] * max(1, declared.inputs[0]), declared.defaults())
        except UserError:
            continue
        found.append(shape)
    return found


def samples_of(shape: Shape) -> torch.Tensor:
    """Some samples of a shape, far ones among them; of tokens one that is empty."""
    if not isinstance(shape, Tokens):
        return 4 * torch.randn(ROWS, *shape)
    return torch.randint(1, shape.vocabulary, (ROWS, *shape)) * (torch.arange(9) >= 2.25 * torch.arange(ROWS)[:, None])


def with_weights_of_use(module: nn.Module) -> nn.Module:
    """A module in use, whose every weight and kept average is another number."""
    for name, value in module.state_dict().items():
        if name in ("running_mean", "running_var", "bias") or value.dim() == 1:
            value.copy_(torch.rand_like(value.float()) + 0.1)
    return module.eval()


def largest_difference(declared: LayerType, shape: Shape, values: dict[str, Any]) -> float:
    """How far onnxruntime is from torch, by the largest number that torch gives."""
    count = max(1, declared.inputs[0])
    call = declared.call([shape] * count, declared.defaults() | values)
    torch.manual_seed(0)
    inputs = [samples_of(shape) for _number in range(count)]
    tensors: dict[str, Any] = {}
    with torch.no_grad():
        if call.form == "module":
            module = with_weights_of_use(make_module(call))
            tensors = {name: value.numpy() for name, value in module.state_dict().items()}
            expected = module(*inputs).numpy()
        elif call.form == "sum":
            expected = sum(inputs).numpy()
        else:
            expected = FUNCTIONS[call.name](inputs, **call.arguments).numpy()
    nodes = Nodes("layer_1", "My layer")
    names = [f"x{number}" for number in range(count)]
    layer_nodes(nodes, call, names, [shape] * count, tensors)
    type = "int64" if isinstance(shape, Tokens) else "float"
    given = [RowInput(name, type, (BATCH, *shape), ()) for name in names]
    output = "layer_1", "float", (BATCH, *declared.shape([shape] * count, declared.defaults() | values))
    model = model_of("one", given, [nodes], [output])
    assert model.graph.node[-1].name == "My layer"
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    feed = {name: value.numpy() for name, value in zip(names, inputs, strict=True)}
    (found,) = session.run(None, feed)
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("declared", CALLED, ids=lambda declared: declared.type)
def test_every_layer_gives_in_onnx_what_it_gives_in_torch(declared: LayerType) -> None:
    for shape in accepted(declared):
        values = {"last": 3} if declared.type == "select" else {}
        assert largest_difference(declared, shape, values) < MOST_APART


@pytest.mark.parametrize(("type", "shape", "values"), OTHERS)
def test_and_with_other_parameters(type: str, shape: Shape, values: dict[str, Any]) -> None:
    assert largest_difference(layer_type(type), shape, values) < MOST_APART


def test_there_is_a_form_for_every_call_that_a_layer_makes_and_for_no_other() -> None:
    tried = [(one, shape, {}) for one in CALLED for shape in accepted(one)]
    tried += [(layer_type(type), shape, values) for type, shape, values in OTHERS]
    made = set()
    for declared, shape, values in tried:
        made.add(declared.call([shape] * max(1, declared.inputs[0]), declared.defaults() | values).name)
    assert made == set(FORMS)
