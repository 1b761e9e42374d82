"""What is seen inside a network is what PyTorch computes there, and looking changes nothing."""

import threading
import time
from collections.abc import Callable

import numpy as np
import polars
import pytest
import torch
from torch.nn import functional

from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.model import Project, Run
from nnstudio.training.control import MEANWHILE, Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.engine.build import build
from nnstudio.training.inference import measure, predict, restore
from nnstudio.training.probes import BINS, ROWS, Reading, answers, weights_of
from nnstudio.training.session import EpochDone, Ready, Trained, train, train_together
from nnstudio.training.training_state import TrainingState
from tests.patience import PATIENCE

Make = Callable[..., Project]

ALL = ("gradients", "activations", "masks", "snapshot")


def look(
    projects: list[Project], wish: Callable[[list[TrainingState], Control], None]
) -> tuple[list[TrainingState], list[Run]]:
    """Train, and wish once before the first step and after every epoch."""
    control, training_states, runs = Control(), list[TrainingState](), list[Run]()
    events = train_together(projects, load(projects[0].data), control, [Curves() for _one in projects])
    for event in events:
        if isinstance(event, Ready):
            training_states = list(event.training_states)
        if isinstance(event, Ready | EpochDone):
            wish(training_states, control)
        if isinstance(event, Trained):
            runs.append(event.run)
    return training_states, runs


def ask_all(training_states: list[TrainingState], control: Control) -> None:
    for training_state in training_states:
        training_state.probes.request(*ALL)


def reading_of(project: Project) -> tuple[TrainingState, Reading]:
    (training_state,), _runs = look([project], ask_all)
    return training_state, training_state.probes.newest["gradients"]


def test_gradients_are_those_of_autograd_on_the_same_batch(make_project: Make) -> None:
    """With sgd and a rate that changes nothing in float32 the weights after the step are those before it."""
    project = make_project(
        layers="dense:8,tanh,dense:5,relu,dense:out", optimizer="sgd", learning_rate=1e-12, epochs=1, batch_size=30
    )
    training_state, reading = reading_of(project)
    samples = load(project.data).train
    network = training_state.network.trained
    outputs = network(torch.from_numpy(samples.all_inputs[reading.rows]))
    loss = functional.cross_entropy(outputs, torch.from_numpy(samples.all_targets[reading.rows]))
    names, parameters = zip(*network.named_parameters(), strict=True)
    made = dict(zip(names, torch.autograd.grad(loss, parameters), strict=True))
    assert set(reading.gradients) == {"dense_1", "dense_2", "dense_3"}
    for layer, norm in reading.gradients.items():
        both = torch.cat([made[f"{layer}.{part}"].flatten() for part in ("weight", "bias")])
        assert norm == pytest.approx(float(both.norm()), rel=1e-4)
    entering = functional.linear(
        torch.from_numpy(samples.all_inputs[reading.rows]), network.dense_1.weight, network.dense_1.bias
    )
    entering = entering.detach()
    seen = reading.activations["tanh_1"]
    assert (seen.lowest, seen.highest) == pytest.approx((float(entering.min()), float(entering.max())), rel=1e-4)
    assert seen.counts.sum() == entering.numel() and len(seen.counts) == BINS
    flat = (1 - entering.tanh() ** 2 < 0.05).double().mean()
    assert seen.flat == pytest.approx(float(flat)) and seen.dead == 0


def test_dead_units_are_counted(make_project: Make) -> None:
    """With every bias at −100 no ReLU lets anything through; a leaky one always does."""
    for kind, expected in (("relu", 1.0), ("leaky_relu", 0.0)):
        project = make_project(
            layers=f"dense:8,{kind},dense:out", initialization="normal", bias_initialization=-100, epochs=1
        )
        assert reading_of(project)[1].activations[f"{kind}_1"].dead == expected


def test_masks_are_those_of_the_batch(make_project: Make) -> None:
    project = make_project("builtin:digits", "dense:64,relu,dropout:0.3,dense:out", epochs=1)
    _course, reading = reading_of(project)
    mask = reading.masks["dropout_1"]
    assert mask.shape == (len(reading.rows), 64) and mask.dtype == bool
    assert abs(1 - mask.mean() - 0.3) < 0.05


def test_a_snapshot_puts_the_network_back(make_project: Make) -> None:
    project = make_project(layers="dense:8,batch_norm,relu,dense:out", epochs=3, patience=0, restore_best=False)
    seen: list[Reading] = []

    def keep_and_ask(training_states: list[TrainingState], control: Control) -> None:
        seen.extend(
            training_state.probes.newest["snapshot"]
            for training_state in training_states
            if "snapshot" in training_state.probes.newest
        )
        ask_all(training_states, control)

    (training_state,), _runs = look([project], keep_and_ask)
    reading = seen[0]
    inputs = torch.randn(5, 4)
    last = training_state.network.trained.eval()(inputs)
    assert reading.snapshot is not None
    training_state.weights.restore(reading.snapshot.tensors)
    assert not torch.equal(training_state.network.trained(inputs), last)
    assert reading.epoch == 1 and reading.batch == 1


@pytest.mark.parametrize(
    ("source", "layers", "settings"),
    [
        ("toy:circle", "dense:4,tanh,batch_norm,dropout:0.5,dense:out", {}),
        ("toy:circle", "dense:4,tanh,dense:1,tanh", {"loss": "half_mse"}),
        ("toy:plane", "dense:4,tanh,dense:1", {}),
    ],
)
def test_answers_are_those_of_the_network_in_use(source: str, layers: str, settings: dict, make_project: Make) -> None:  # type: ignore[type-arg]
    project = make_project(source, layers, epochs=1, batch_size=1000, restore_best=False, patience=0, **settings)
    inputs = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)

    def wish(training_states: list[TrainingState], control: Control) -> None:
        training_states[0].probes.inputs["answers"] = inputs
        training_states[0].probes.request("answers")

    (training_state,), (run,) = look([project], wish)
    found = training_state.probes.newest["answers"].answers
    trained = restore(run)
    expected = answers(trained.network, trained.loss, project.facts.task == "class", inputs)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    if project.facts.task == "class":
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
        names = predict(trained, table_of_inputs(project, inputs))["prediction"].to_list()
        assert names == [project.facts.classes[number] for number in found.argmax(axis=1)]


def table_of_inputs(project: Project, inputs: np.ndarray) -> polars.DataFrame:
    """Rows of the data's own units that become these inputs."""
    columns = load(project.data).preparation.columns
    return polars.DataFrame(
        {column.name: inputs[:, place] * column.scale + column.mean for place, column in enumerate(columns)}
    )


@pytest.mark.parametrize("count", [1, 3])
def test_looking_changes_nothing(count: int, make_project: Make) -> None:
    """Batch norm's averages, dropout and every number stay as they are; each of a stack has readings of its own."""
    layers = "dense:8,batch_norm,relu,dropout:0.4,dense:6,tanh,dropout:0.2,dense:out"
    project = make_project("builtin:digits", layers, epochs=3)
    projects = [edits.set_training(project, seed=seed) for seed in range(count)]
    training_states, watched = look(projects, ask_all)
    _courses, unwatched = look(projects, lambda training_states, control: None)
    for one, other in zip(watched, unwatched, strict=True):
        assert one.history == other.history and one.weights == other.weights
    readings = [training_state.probes.newest.get("gradients") for training_state in training_states]
    assert len({tuple(reading.gradients.values()) for reading in readings if reading}) == count
    for reading in readings:
        assert reading is not None and set(reading.activations) == {"relu_1", "tanh_1"}
        assert set(reading.masks) == {"dropout_1", "dropout_2"}
        assert reading.activations["relu_1"].counts.sum() == min(len(reading.rows), ROWS) * 8
        assert np.isfinite(list(reading.gradients.values())).all()


def test_weights_are_those_after_the_step_and_of_a_large_layer_some(make_project: Make) -> None:
    project = make_project("builtin:digits", "dense:40,relu,dense:out:bias=false", epochs=2, restore_best=False)
    training_state, _reading = reading_of(project)
    small, large = (training_state.probes.newest["weights"].weights[name] for name in ("dense_2", "dense_1"))
    assert large.shape == (40, 64) and large.step == (2, 2) and large.matrix.shape == (20, 32)
    assert small.shape == (10, 40) and small.matrix.shape == (10, 20) and small.biases.size == 0
    kept = small.matrix.copy()
    training_state.weights.values.zero_()
    assert np.array_equal(small.matrix, kept)  # a copy


def test_weights_can_be_seen_before_the_first_step_and_where_training_stands_still(make_project: Make) -> None:
    control = Control(Mode.BATCH)
    generator = train(make_project(epochs=3, seed=5), load(make_project().data), control, Curves())
    training_state = next(event for event in generator if isinstance(event, Ready)).training_states[0]
    first = training_state.probes.newest["weights"]
    drawn = training_state.network.trained.get_submodule("dense_1").weight.detach().numpy()
    assert (first.epoch, first.batch) == (0, 0) and np.array_equal(first.weights["dense_1"].matrix, drawn)
    thread = threading.Thread(target=lambda: list(generator), daemon=True)
    thread.start()
    wait_until(lambda: control.waiting)
    stopped = training_state.probes.newest["weights"]
    assert (stopped.epoch, stopped.batch) == (1, 1)
    assert np.array_equal(stopped.weights["dense_1"].matrix, drawn)  # `drawn` looks at the weights as they are now
    control.command(Mode.STOP)
    thread.join(PATIENCE)


def test_in_a_pause_what_is_wished_for_then_is_answered_too(make_project: Make) -> None:
    control, project = Control(Mode.BATCH), make_project("builtin:wine", "dense:6,relu,dense:out", epochs=3)
    dataset = load(project.data)
    generator = train(project, dataset, control, Curves())
    training_state = next(event for event in generator if isinstance(event, Ready)).training_states[0]
    thread = threading.Thread(target=lambda: list(generator), daemon=True)
    thread.start()
    wait_until(lambda: control.waiting)
    probes, inputs = training_state.probes, dataset.validation.inputs
    assert not {"answers", "gradients", "confusion"} & probes.newest.keys()
    for asked in (inputs[:5], inputs[5:9]):  # other inputs in the same pause, too
        probes.inputs["answers"] = asked
        probes.request("answers", "gradients", "confusion")
        wait_until(
            lambda asked=asked: "answers" in probes.newest and len(probes.newest["answers"].answers) == len(asked)
        )
        found = answers(training_state.network, "cross_entropy", True, asked)
        assert np.array_equal(probes.newest["answers"].answers, found)
    wait_until(lambda: "confusion" in probes.newest)
    assert np.sum(probes.newest["confusion"].confusion) == len(dataset.validation)
    assert set(probes.newest["gradients"].gradients) == {"dense_1", "dense_2"}
    kept = probes.newest["gradients"]
    probes.request("gradients")
    time.sleep(3 * MEANWHILE)
    assert probes.newest["gradients"] is kept  # nothing has changed since
    control.command(Mode.STOP)
    thread.join(PATIENCE)


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_confusion_after_an_epoch_is_that_of_the_validation_samples(make_project: Make) -> None:
    project = make_project("builtin:wine", "dense:6,relu,dropout:0.3,dense:out", epochs=2, restore_best=False)

    def wish(training_states: list[TrainingState], control: Control) -> None:
        training_states[0].probes.request("confusion")

    (training_state,), (run,) = look([project], wish)
    found = training_state.probes.newest["confusion"]
    assert found.epoch == 2 and found.confusion == measure(restore(run), load(project.data).validation).confusion


def test_the_mean_size_of_a_gradient_is_told_beside_its_norm(make_project: Make) -> None:
    training_state, reading = reading_of(make_project(layers="dense:8,tanh,dense:out", epochs=1))
    for layer, size in reading.gradient_sizes.items():
        parts = dict(training_state.network.trained.get_submodule(layer).named_parameters())
        gradient = torch.cat([training_state.weights.gradient_of[parameter].flatten() for parameter in parts.values()])
        assert size > 0 and reading.gradients[layer] <= size * len(gradient)
    assert set(reading.gradient_sizes) == {"dense_1", "dense_2"}


def test_the_weights_of_a_convolution_are_its_kernels(make_project: Callable[..., Project]) -> None:
    """A row for each filter, the kernel of each channel in a row; of many filters and channels every so manieth."""
    project = make_project("builtin:digits", "image,conv:40:kernel_size=2,relu,conv:3,flatten,dense:out")
    built = build(project.network, (64,), "cross_entropy")
    first, second, dense = weights_of(built).values()
    assert first.shape == (40, 1) and first.kernel == (2, 2) and first.step == (2, 1) and first.matrix.shape == (20, 4)
    assert second.shape == (3, 40) and second.kernel == (3, 3) and second.step == (1, 2)
    kernels = built.trained.get_parameter("conv_2.weight").detach()
    np.testing.assert_array_equal(second.matrix.reshape(3, 20, 3, 3), kernels[:, ::2].numpy())
    assert dense.kernel == ()
