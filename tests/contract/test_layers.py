"""Every declared layer against real torch: shapes, code, parameter counts, functions, and what it refuses."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.layers import catalogue
from nnstudio.layers.catalogue import CATALOGUE, layer_type
from nnstudio.layers.regularization import batch_norm_call
from nnstudio.layers.spec import LayerType, Shape, TorchCall, Values
from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.shapes import infer_network
from nnstudio.text import UserError
from nnstudio.training.engine.build import build

SHAPES = [(6,), (3, 4, 5), (2, 7)]
BATCH = 4

by_type = pytest.mark.parametrize("declared", CATALOGUE, ids=lambda declared: declared.type)
with_call = pytest.mark.parametrize(
    "declared", [one for one in CATALOGUE if one.call is not None], ids=lambda declared: declared.type
)


def accepted_shapes(declared: LayerType) -> list[list[tuple[int, ...]]]:
    """Input shapes the layer takes, as many inputs as it needs."""
    accepted = []
    for shape in SHAPES:
        shapes = [shape] * max(1, declared.inputs[0])
        try:
            declared.output_shape(shapes, declared.defaults())
        except UserError:
            continue
        accepted.append(shapes)
    assert accepted
    return accepted


def run_call(call: TorchCall, inputs: list[torch.Tensor]) -> tuple[torch.Tensor, int]:
    """What the printed line of code computes, and how many parameters it has."""
    names = [f"x{place}" for place in range(len(inputs))]
    made = eval(call.code(names), {"nn": nn, "torch": torch, **dict(zip(names, inputs, strict=True))})  # noqa: S307
    if isinstance(made, nn.Module):
        return made(*inputs), sum(parameter.numel() for parameter in made.parameters())
    return made, 0


@with_call
def test_the_shape_rule_and_the_count_are_those_of_the_printed_line(declared: LayerType) -> None:
    for shapes in accepted_shapes(declared):
        call = declared.call(shapes, declared.defaults())
        output, parameters = run_call(call, [torch.randn(BATCH, *shape) for shape in shapes])
        assert tuple(output.shape[1:]) == declared.output_shape(shapes, declared.defaults())
        assert parameters == declared.weights(shapes, declared.defaults())


@with_call
def test_the_built_network_computes_what_the_printed_line_computes(declared: LayerType) -> None:
    shapes = accepted_shapes(declared)[0]
    project, first = edits.add_layer(Project(), "input")
    project, layer = edits.add_layer(project, declared.type)
    project, last = edits.add_layer(project, "output")
    for place in range(len(shapes)):
        source = first
        if place:  # a merging layer takes each source once, so a second one is put between
            project, source = edits.add_layer(project, "softplus")
            project = edits.add_link(project, first, source)
        project = edits.add_link(project, source, layer)
    project = edits.add_link(project, layer, last)
    assert infer_network(project.network, shapes[0]).problems == ()
    torch.manual_seed(0)
    built = build(project.network, shapes[0], "mse")
    samples = torch.randn(BATCH, *shapes[0])
    torch.manual_seed(2)
    output = built.drawn(samples)
    inputs = [samples, nn.functional.softplus(samples)][: len(shapes)]
    expected = run_seeded(declared.call(shapes, declared.defaults()), inputs)
    torch.testing.assert_close(output, expected, rtol=0, atol=0)


def run_seeded(call: TorchCall, inputs: list[torch.Tensor]) -> torch.Tensor:
    """The printed line run with the same weights (seed 0) and the same dropout (seed 2) as the built network."""
    names = [f"x{place}" for place in range(len(inputs))]
    torch.manual_seed(0)
    made = eval(call.code(names), {"nn": nn, "torch": torch, **dict(zip(names, inputs, strict=True))})  # noqa: S307
    torch.manual_seed(2)
    return made(*inputs) if isinstance(made, nn.Module) else made


@by_type
def test_every_layer_says_what_it_does_and_shows_its_formula(declared: LayerType) -> None:
    assert declared.help and declared.formula and declared.label and declared.icon
    assert all(parameter.help and parameter.label for parameter in declared.parameters)
    if declared.category == "activation":
        assert declared.derivative_formula and declared.curve


@pytest.mark.parametrize(
    "declared", [one for one in CATALOGUE if one.category == "activation"], ids=lambda declared: declared.type
)
def test_the_derivative_is_that_of_torch(declared: LayerType) -> None:
    values = {name: 0.3 if name == "alpha" else value for name, value in declared.defaults().items()}
    curve = declared.curve(values)
    x = torch.linspace(-4, 4, 41, dtype=torch.float64, requires_grad=True)
    module = eval(declared.call([(41,)], values).code(), {"nn": nn})  # noqa: S307
    output = module(x.unsqueeze(0)).squeeze(0)
    np.testing.assert_allclose(curve.function(x.detach().numpy()), output.detach().numpy(), atol=1e-12)
    jacobian = torch.autograd.functional.jacobian(lambda row: module(row.unsqueeze(0)).squeeze(0), x).numpy()
    derivative = curve.derivative(x.detach().numpy())
    expected = jacobian if declared.type == "softmax" else np.diag(jacobian)
    np.testing.assert_allclose(derivative, expected, atol=1e-12)


@by_type
def test_parameters_out_of_range_are_refused_in_text(declared: LayerType) -> None:
    for parameter in declared.parameters:
        for bad in ("", "abc", "nan", "inf", "-1", "1e400", "9" * 5000):
            with pytest.raises(UserError, match=parameter.label):
                parameter.parse(bad)
        for bad in (None, [], float("nan"), float("inf"), "text", 10**400):
            with pytest.raises(UserError, match=parameter.label):
                parameter.check(bad)


@pytest.mark.parametrize(
    ("type", "shapes", "words"),
    [
        ("dense", [(3, 4)], "3 × 4.*flatten"),
        ("softmax", [(3, 4)], "flatten"),
        ("batch_norm", [(3, 4)], "flatten"),
        ("add", [(3,), (4,)], "3 and 4.*same shape"),
        ("add", [(4,), (1,)], "same shape"),
        ("concat", [(3, 4), (3, 5)], "flatten them first"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_in_text(type: str, shapes: list[tuple[int, ...]], words: str) -> None:
    with pytest.raises(UserError, match=words):
        layer_type(type).output_shape(shapes, layer_type(type).defaults())


def test_a_rate_of_one_is_refused_because_torch_would_silently_drop_everything() -> None:
    with pytest.raises(UserError, match="to below 1"):
        layer_type("dropout").parameter("rate").check(1.0)


def test_an_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(UserError, match=r"os\.system"):
        layer_type("os.system")


def test_building_asks_each_layer_for_its_call_with_the_shapes_that_enter_it(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = DataFacts(60, (5,), "class", ("a", "b", "c"), 60, 0, 0)
    project = with_stack(edits.set_facts(Project(), Project().data, facts), "dense:4,batch_norm,dense:out", facts)
    asked = []

    def call(shapes: Sequence[Shape], values: Values) -> TorchCall:
        asked.append(list(shapes))
        return batch_norm_call(shapes, values)

    monkeypatch.setitem(catalogue._BY_TYPE, "batch_norm", replace(layer_type("batch_norm"), call=call))
    build(project.network, (5,), "cross_entropy")
    assert asked == [[(4,)]]
