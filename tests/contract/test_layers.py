"""Every declared layer against real torch: shapes, code, parameter counts, functions, and what it refuses."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.layers import catalogue
from nnstudio.layers.catalogue import CATALOGUE, layer_type
from nnstudio.layers.regularization import batch_norm_call
from nnstudio.layers.spec import LayerType, Shape, Tokens, TorchCall, Values
from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.module_code import source_of
from nnstudio.project.shapes import incoming, infer_network
from nnstudio.text import UserError
from nnstudio.training.engine.build import build

SHAPES: list[Shape] = [(6,), (3, 4, 5), (7, 4), (64,), Tokens(9, 30)]
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
            declared.shape(shapes, declared.defaults())
        except UserError:
            continue
        accepted.append(shapes)
    assert accepted
    return accepted


def samples_of(shape: Shape) -> torch.Tensor:
    """Some samples of a shape: of tokens some that are short."""
    if not isinstance(shape, Tokens):
        return torch.randn(BATCH, *shape)
    drawn = torch.randint(1, shape.vocabulary, (BATCH, *shape))
    return drawn * (torch.arange(shape[0]) >= torch.arange(BATCH).unsqueeze(1))


def made_by(call: TorchCall, inputs: list[torch.Tensor]) -> Any:
    """What the printed line of code gives, with the printed lines of its module before it."""
    names = [f"x{place}" for place in range(len(inputs))]
    known = {"nn": nn, "torch": torch, "F": nn.functional, **dict(zip(names, inputs, strict=True))}
    if call.form == "module" and not call.name.startswith("nn."):
        exec("\n".join(source_of(call.name)), known)  # noqa: S102
    return eval(call.code(names), known)  # noqa: S307


def run_call(call: TorchCall, inputs: list[torch.Tensor]) -> tuple[torch.Tensor, int]:
    """What the printed line of code computes, and how many parameters it has that are not 0 for good."""
    made = made_by(call, inputs)
    if isinstance(made, nn.Module):
        fixed = sum(int((one == 0).sum()) for name, one in made.named_parameters() if name == "weight")
        return made(*inputs), sum(parameter.numel() for parameter in made.parameters()) - fixed
    return made, 0


@with_call
def test_the_shape_rule_and_the_count_are_those_of_the_printed_line(declared: LayerType) -> None:
    for shapes in accepted_shapes(declared):
        call = declared.call(shapes, declared.defaults())
        output, parameters = run_call(call, [samples_of(shape) for shape in shapes])
        assert tuple(output.shape[1:]) == declared.shape(shapes, declared.defaults())
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
    samples = samples_of(shapes[0])
    torch.manual_seed(2)
    output = built.drawn(samples)
    inputs = [samples] if len(shapes) == 1 else [samples, nn.functional.softplus(samples)]
    expected = run_seeded(declared.call(shapes, declared.defaults()), inputs)
    torch.testing.assert_close(output, expected, rtol=0, atol=0)


def run_seeded(call: TorchCall, inputs: list[torch.Tensor]) -> torch.Tensor:
    """The printed line run with the same weights (seed 0) and the same dropout (seed 2) as the built network."""
    torch.manual_seed(0)
    made = made_by(call, inputs)
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
    module = made_by(declared.call([(41,)], values), [])
    output = module(x.unsqueeze(0)).squeeze(0)
    np.testing.assert_allclose(curve.function(x.detach().numpy()), output.detach().numpy(), atol=1e-12)
    jacobian = torch.autograd.functional.jacobian(lambda row: module(row.unsqueeze(0)).squeeze(0), x).numpy()
    derivative = curve.derivative(x.detach().numpy())
    expected = jacobian if declared.type == "softmax" else np.diag(jacobian)
    np.testing.assert_allclose(derivative, expected, atol=1e-12)


@by_type
def test_parameters_out_of_range_are_refused_in_text(declared: LayerType) -> None:
    for parameter in declared.parameters:
        for bad in ("abc", "nan", "inf", "-1e9", "1e400", "9" * 5000, *([""] if parameter.kind != "table" else [])):
            with pytest.raises(UserError, match=parameter.label):
                parameter.parse(bad)
        for bad in (None, [], float("nan"), float("inf"), "text", "3x", "1 2//3", 10**400):
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
        ("conv", [(6,)], "6 values.*channels × height × width"),
        ("max_pool", [(2, 7)], "channels × height × width"),
        ("conv", [(1, 2, 9)], "window of 3 × 3, and only 2 × 9.*at most 2"),
        ("avg_pool", [(4, 1, 1)], "window of 2 × 2, and only 1 × 1.*at most 1"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_in_text(type: str, shapes: list[tuple[int, ...]], words: str) -> None:
    with pytest.raises(UserError, match=words):
        layer_type(type).output_shape(shapes, layer_type(type).defaults())


@pytest.mark.parametrize(
    ("type", "values"),
    [
        ("conv", {"filters": 6, "kernel_size": 5, "padding": 2}),
        ("conv", {"filters": 4, "kernel_size": 3, "stride": 2, "padding": 1, "bias": False}),
        ("conv", {"filters": 8, "kernel_size": 1, "groups": 4}),
        ("conv", {"filters": 2, "kernel_size": 7, "stride": 3, "padding": 3, "groups": 2}),
        ("max_pool", {"kernel_size": 3, "stride": 2}),
        ("max_pool", {"kernel_size": 3, "stride": 1, "padding": 1}),
        ("avg_pool", {"kernel_size": 4, "stride": 3, "padding": 2}),
        ("adaptive_avg_pool", {"size": 3}),
        ("adaptive_avg_pool", {"size": "3x2"}),
        ("conv", {"filters": 3, "kernel_size": "3x5", "stride": "1x2", "padding": "1x0", "dilation": "2x1"}),
        ("conv", {"filters": 3, "kernel_size": 3, "stride": 1, "padding": "same"}),
        ("conv", {"filters": 3, "kernel_size": "5x3", "stride": 2, "padding": "same", "dilation": 2}),
        ("conv", {"filters": 3, "kernel_size": 5, "stride": 2, "padding": 2, "padding_value": -1.0}),
        ("conv", {"filters": 4, "kernel_size": 3, "padding": 1, "bias_each_place": True, "groups": 2}),
        ("conv", {"filters": 3, "kernel_size": 3, "connections": "0 1/1 2 3/3"}),
        ("conv", {"filters": 2, "kernel_size": 3, "connections": "0/1", "bias": False, "bias_each_place": True}),
        ("max_pool", {"kernel_size": "2x3", "stride": "2x1", "padding": "1x0"}),
        ("global_max_pool", {}),
        ("pad", {"padding": "1x2", "value": 0.5}),
        ("select", {"first": 2, "last": 3}),
    ],
)
def test_windows_slide_as_those_of_torch(type: str, values: dict[str, int | bool]) -> None:
    declared = layer_type(type)
    settings = declared.defaults() | values
    for shape in ((4, 9, 9), (4, 12, 7), (8, 7, 31)):
        call = declared.call([shape], settings)
        output, parameters = run_call(call, [torch.randn(BATCH, *shape)])
        assert tuple(output.shape[1:]) == declared.output_shape([shape], settings)
        assert parameters == declared.weights([shape], settings)


@pytest.mark.parametrize(("name", "usual"), [("SequenceLSTM", nn.LSTM), ("SequenceGRU", nn.GRU)])
def test_a_sequence_step_by_step_comes_out_as_from_torch(name: str, usual: type[nn.Module]) -> None:
    torch.manual_seed(0)
    ours = made_by(TorchCall(name, {"input_size": 3, "hidden_size": 5, "last": False}), [])
    theirs = usual(3, 5, batch_first=True)
    theirs.load_state_dict(ours.state_dict())
    samples = torch.randn(4, 7, 3)
    torch.testing.assert_close(ours(samples), theirs(samples)[0])
    ours.last = True
    torch.testing.assert_close(ours(samples), theirs(samples)[0][:, -1])


def test_columns_become_the_image_they_are_the_pixels_of() -> None:
    declared = layer_type("image")
    made = nn.Unflatten(**declared.call([(12,)], {"channels": 2, "height": 3, "width": 2}).arguments)
    samples = torch.arange(24.0).reshape(2, 12)
    assert torch.equal(made(samples), samples.reshape(2, 2, 3, 2))
    with pytest.raises(UserError, match=r"1 × 8 × 8, which are 64 values, and 256 come in\. They could be.*16 × 16"):
        declared.output_shape([(256,)], declared.defaults())
    with pytest.raises(UserError, match=r"and 65 come in\.$"):
        declared.output_shape([(65,)], declared.defaults())


def test_what_does_not_divide_or_fit_is_refused_with_the_numbers() -> None:
    conv, pool = layer_type("conv"), layer_type("max_pool")
    for shape, values, words in (
        ((3, 8, 8), {"groups": 2}, "gets 3 channels.*2 groups"),
        ((4, 8, 8), {"groups": 4, "filters": 6}, "6 filters.*4 groups"),
    ):
        with pytest.raises(UserError, match=words):
            conv.output_shape([shape], conv.defaults() | values)
    with pytest.raises(UserError, match=r"padding of 2.*kernel size of 3.*1 at most"):
        pool.output_shape([(4, 8, 8)], pool.defaults() | {"kernel_size": 3, "padding": 2})


def test_the_network_of_1998_has_the_weights_and_the_work_that_are_known_of_it() -> None:
    """LeNet-5 in its common form: 61,706 parameters and 416,520 multiplications of a weight and a value."""
    facts = DataFacts(60, (1, 28, 28), "class", tuple("0123456789"), 60, 0, 0)
    layers = (
        "conv:6:kernel_size=5:padding=2,tanh,avg_pool,conv:16:kernel_size=5,tanh,avg_pool,"
        "conv:120:kernel_size=5,tanh,flatten,dense:84,tanh,dense:out"
    )
    project = with_stack(edits.set_facts(Project(), Project().data, facts), layers, facts)
    inference = infer_network(project.network, facts.sample_shape)
    assert sum(inference.parameters.values()) == 61_706
    work = sum(
        layer_type(layer.type).multiply_adds([inference.shapes[source] for source in given], layer.parameters)
        for layer in project.network.layers
        for given in [incoming(project.network)[layer.id]]
    )
    assert work == 416_520


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
