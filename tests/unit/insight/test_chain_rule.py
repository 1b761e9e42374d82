"""The chain rule by hand against autograd, on random networks."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.insight.chain_rule import walk
from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.preparation import ColumnPreparation, Preparation
from nnstudio.text import UserError
from nnstudio.training.engine.build import build
from nnstudio.training.engine.losses import LOSSES, code_targets
from nnstudio.training.inference import TrainedNetwork


def preparation(inputs: int, classes: int) -> Preparation:
    columns = tuple(ColumnPreparation(f"x{number}", "number") for number in range(inputs))
    task = "class" if classes else "value"
    return Preparation(columns, (inputs,), task, "t", tuple(f"c{number}" for number in range(classes)))


@settings(max_examples=60)
@given(
    activation=st.sampled_from(["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "softmax"]),
    inputs=st.integers(1, 16),
    hidden=st.lists(st.integers(1, 16), min_size=0, max_size=3),
    classes=st.sampled_from([0, 2, 3, 5]),
    loss=st.sampled_from(["auto", "mse", "half_mse", "mae"]),
    scale=st.floats(0.1, 3.0),
    seed=st.integers(0, 10_000),
    bias=st.booleans(),
)
def test_every_derivative_is_that_of_autograd(
    activation: str, inputs: int, hidden: list[int], classes: int, loss: str, scale: float, seed: int, bias: bool
) -> None:
    layers = [f"dense:{units},{activation}" for units in hidden]
    facts = DataFacts(10, (inputs,), "class" if classes else "value", tuple("abcde"[:classes]), 8, 1, 1)
    project = with_stack(Project(), ",".join([*layers, "dense:out"]), facts)
    for layer in project.network.layers:
        if layer.type == "dense":
            project = edits.set_parameter(project, layer.id, "bias", bias)
    prepared = preparation(inputs, classes)
    chosen = {"auto": "cross_entropy" if classes else "mse"}.get(loss, loss)
    torch.manual_seed(seed)
    network = build(project.network, (inputs,), chosen)
    generator = np.random.default_rng(seed)
    with torch.no_grad():
        for parameter in network.parameters:
            parameter.copy_(torch.from_numpy(generator.normal(0, scale, parameter.shape)))
    sample = generator.normal(0, 1, (1, inputs)).astype(np.float32)
    target = np.array([generator.integers(classes)]) if classes else generator.normal(0, 1, (1, 1)).astype(np.float32)
    found = walk(TrainedNetwork(network, chosen, max(1, classes), prepared), project.network, sample, target)

    # Autograd once more and apart from the code under test, in double precision.
    model = network.trained.double()
    values = [torch.from_numpy(sample).double().requires_grad_()]
    for stage in found.stages:
        values.append(model.get_submodule(stage.id)(values[-1]))
        values[-1].retain_grad()
    coded = code_targets(torch.from_numpy(target), chosen, prepared.task, max(1, classes))
    error = LOSSES[chosen](values[-1], coded.double() if coded.is_floating_point() else coded)
    error.backward()
    assert found.loss == pytest.approx(error.item(), abs=1e-9)
    for number, stage in enumerate(found.stages):
        module = model.get_submodule(stage.id)
        pairs = [(stage.by_inputs, values[number].grad), (stage.by_outputs, values[number + 1].grad)]
        if stage.weights is not None:
            pairs.append((stage.by_weights, module.weight.grad))
            pairs += [(stage.by_biases, module.bias.grad)] if bias else []
        for shown, asked in pairs:
            np.testing.assert_allclose(shown.reshape(-1), asked.numpy().reshape(-1), atol=1e-6)
        np.testing.assert_allclose(stage.outputs, values[number + 1].detach().numpy().reshape(-1), atol=1e-9)
    assert found.difference < 1e-6


def test_a_wrong_derivative_is_noticed(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from nnstudio.insight import chain_rule

    project = make_project(layers="dense:4,tanh,dense:out")
    network = build(project.network, (4,), "cross_entropy")
    trained = TrainedNetwork(network, "cross_entropy", 3, preparation(4, 3))
    sample, target = np.ones((1, 4), np.float32), np.array([1])
    assert walk(trained, project.network, sample, target).difference < 1e-9
    stage_of = chain_rule.stage_of

    def wrong(*given: object) -> object:
        stage = stage_of(*given)  # type: ignore[arg-type]
        return replace(stage, by_inputs=stage.by_inputs * 1.001)

    monkeypatch.setattr(chain_rule, "stage_of", wrong)
    assert walk(trained, project.network, sample, target).difference > 1e-5


@pytest.mark.parametrize(
    ("layers", "reason"), [("dense:17,tanh,dense:out", "17 units"), ("dense:4,batch_norm,dense:out", "Batch norm 1")]
)
def test_what_cannot_be_read_is_said(make_project: Callable[..., Project], layers: str, reason: str) -> None:
    project = make_project(layers=layers)
    network = build(project.network, (4,), "cross_entropy")
    with pytest.raises(UserError, match=reason):
        walk(
            TrainedNetwork(network, "cross_entropy", 3, preparation(4, 3)),
            project.network,
            np.ones((1, 4), np.float32),
            np.array([0]),
        )


def test_a_network_that_branches_is_named_as_such(make_project: Callable[..., Project]) -> None:
    project = make_project(layers="dense:4,tanh,dense:out")
    project, id = edits.add_layer(project, "add")
    project = edits.remove(project, links=[link for link in project.network.links if link.source == "dense_1"])
    project = edits.add_link(edits.add_link(project, "dense_1", "tanh_1"), "tanh_1", id)
    project = edits.remove(project, links=[link for link in project.network.links if link.target == "dense_2"])
    project = edits.add_link(edits.add_link(project, "dense_1", id), id, "dense_2")
    network = build(project.network, (4,), "cross_entropy")
    with pytest.raises(UserError, match="branches"):
        walk(
            TrainedNetwork(network, "cross_entropy", 3, preparation(4, 3)),
            project.network,
            np.ones((1, 4), np.float32),
            np.array([0]),
        )
