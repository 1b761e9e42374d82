"""Dropout and penalties, the seed's promise, early stopping, and every way out of training."""

import math
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from nnstudio.data.dataset import divide, load
from nnstudio.project import edits
from nnstudio.project.model import Link, Project, Run
from nnstudio.text import UserError
from nnstudio.training.control import Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.early_stopping import EarlyStopping
from nnstudio.training.engine import devices
from nnstudio.training.engine.build import build
from nnstudio.training.engine.dropout import MaskedDropout, Masks
from nnstudio.training.engine.losses import LOSSES, class_probabilities, code_targets, predicted_classes
from nnstudio.training.engine.metrics import confusion_matrix, r_squared
from nnstudio.training.inference import measure, predict, restore
from nnstudio.training.session import EpochDone, Ready, Trained, made_network, train

Make = Callable[..., Project]


def run_of(project: Project, control: Control | None = None, at_epoch: Callable[[int], None] | None = None) -> Run:
    for event in train(project, load(project.data), control or Control(), Curves()):
        if isinstance(event, EpochDone) and at_epoch:
            at_epoch(event.epoch)
        if isinstance(event, Trained):
            return event.run
    raise AssertionError("no run")


# --- what acts on the weights -------------------------------------------------------------------------------------


def test_a_short_last_batch_weighs_as_many_rows_as_it_has(make_project: Make) -> None:
    """At a learning rate of next to nothing, the mean over the epoch is the loss of all training rows together."""
    project = make_project(batch_size=89, optimizer="sgd", learning_rate=1e-12, epochs=1, restore_best=False)
    run = run_of(project)
    assert run.preparation is not None
    loss = measure(restore(run), load(project.data).train).loss
    assert run.history.train_loss[0] == pytest.approx(loss, rel=1e-6)


def test_dropout_switches_off_its_share_scales_up_the_rest_and_rests_in_use() -> None:
    layer = MaskedDropout(0.3)
    masks = Masks([(layer, (50,))], 400, torch.Generator().manual_seed(0))
    masks.put()
    x = torch.ones(400, 50)
    first, second = (masks.draw() or layer(x).clone() for _time in range(2))  # type: ignore[func-returns-value]
    assert first.unique().tolist() == pytest.approx([0.0, 1 / 0.7], rel=1e-5)
    assert abs(float((first == 0).double().mean()) - 0.3) < 0.01
    assert abs(float(((first == 0) & (second == 0)).double().mean()) - 0.09) < 0.01
    for along in (0, 1):
        shares = (first == 0).double().mean(dim=along)
        assert shares.min() > 0.05 and shares.max() < 0.6
    assert torch.equal(layer.eval()(x), x)


@pytest.mark.parametrize("rate", [0.9999, 0.99999, 0.9999924, 0.99999999, math.nextafter(1.0, 0.0)])
def test_a_dropout_rate_near_1_keeps_few_values_and_their_mean(rate: float) -> None:
    masks = Masks([(MaskedDropout(rate), (2**22,))], 1, torch.Generator().manual_seed(0))
    masks.draw()
    (mask,) = masks.masks
    assert 0 < float((mask > 0).double().mean()) < 2e-4
    assert float(mask.double().mean()) == pytest.approx(1.0, abs=0.4)


def test_weight_decay_and_l1_pull_weights_and_leave_biases(make_project: Make) -> None:
    for setting in ({"weight_decay": 5.0}, {"l1": 1.0}):
        project = make_project(
            layers="dense:8,dense:out",
            optimizer="sgd",
            learning_rate=0.05,
            epochs=30,
            patience=0,
            restore_best=False,
            initialization="normal",
            bias_initialization=0.7,
            **setting,
        )
        weights = safetensors.torch.load(run_of(project).weights)
        assert weights["dense_1.weight"].abs().mean() < 0.06
        assert weights["dense_1.bias"].abs().mean() > 0.3


# --- several at once in one process ---------------------------------------------------------------------------------


def test_networks_built_at_the_same_time_have_the_weights_of_their_own_seeds(make_project: Make) -> None:
    project = make_project(layers=",".join(["dense:8"] * 12) + ",dense:out", initialization="xavier")
    preparation = load(project.data).preparation

    def weights(seed: int) -> list[float]:
        network = made_network(edits.set_training(project, seed=seed), None, preparation)
        return [float(parameter.detach().sum()) for parameter in network.parameters]

    seeds = [1, 2, 3, 4] * 8
    expected = {seed: weights(seed) for seed in set(seeds)}
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(weights, seeds))
    finally:
        sys.setswitchinterval(interval)
    assert found == [expected[seed] for seed in seeds]


def test_building_leaves_torchs_own_random_numbers_as_they_were(make_project: Make) -> None:
    project = make_project()
    before = torch.get_rng_state()
    made_network(project, None, load(project.data).preparation)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_short_training_beside_a_long_one_takes_none_of_its_threads() -> None:
    with devices.threads(devices.WORK_WORTH_THREADS, 0):
        before = torch.get_num_threads()

        def short() -> int:
            with devices.threads(1, 0):
                return torch.get_num_threads()

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(short).result() == 1
        assert torch.get_num_threads() == before == devices.usable_cores()


# --- the seed's promise ---------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits_and_another_another_curve(make_project: Make) -> None:
    project = make_project("builtin:digits", "dense:32,relu,dropout:0.3,batch_norm,dense:out", epochs=3)
    first, again = run_of(project), run_of(project)
    assert first.history == again.history and first.weights == again.weights
    assert run_of(edits.set_training(project, seed=1)).history != first.history


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("normal", 0.5),
        ("uniform", 0.5 / math.sqrt(3)),
        ("xavier", math.sqrt(2 / 164)),
        ("he", math.sqrt(2 / 64)),
        ("zeros", 0.0),
    ],
)
def test_initialisations_have_their_spread(scheme: str, expected: float, make_project: Make) -> None:
    project = make_project("builtin:digits", "dense:100,relu,dense:out", initialization=scheme, bias_initialization=0.1)
    for event in train(project, load(project.data), Control(Mode.PAUSE), Curves()):
        assert isinstance(event, Ready)
        layer = event.training_states[0].network.drawn.get_submodule("dense_1")
        break
    assert abs(float(layer.weight.detach().std()) - expected) < 0.02 * max(expected, 0.01)
    assert torch.all(layer.bias == 0.1)


# --- early stopping and the ways out --------------------------------------------------------------------------------


def test_early_stopping_counts_epochs_and_remembers_the_lowest() -> None:
    stopping = EarlyStopping(patience=3, min_delta=0.1)
    improved = [stopping.update(epoch, loss) for epoch, loss in enumerate([1.0, 0.5, 0.45, 0.6, 0.42], start=1)]
    assert improved == [True, True, True, False, True]
    assert (stopping.best_epoch, stopping.best_loss) == (5, 0.42)
    assert stopping.epochs_without_improvement == 3 and stopping.out_of_patience
    assert not EarlyStopping(patience=0).out_of_patience


OVERFIT = {
    "source": "toy:moons?samples=100&noise=0.4",
    "layers": "dense:64,relu,dense:64,relu,dense:out",
    "learning_rate": 0.01,
    "batch_size": 10,
    "data_test": 0.0,
    "data_validation": 0.5,
}


def holds_weights_of_best(project: Project, run: Run) -> None:
    """The kept weights give exactly the lowest validation loss of the curve."""
    losses = run.history.validation_loss
    assert run.best_epoch == run.weights_epoch == losses.index(min(losses)) + 1
    measured = measure(restore(run), load(project.data).validation)
    assert measured.loss == pytest.approx(min(losses), rel=1e-6)


def test_patience_ends_training_and_the_best_weights_come_back(make_project: Make) -> None:
    project = make_project(**OVERFIT, patience=5)
    run = run_of(project)
    assert run.stop_reason == "patience" and run.epochs_run == run.best_epoch + 5
    holds_weights_of_best(project, run)


def test_the_epoch_limit_gives_the_best_weights_back_too(make_project: Make) -> None:
    project = make_project(**OVERFIT, patience=0, epochs=40)
    run = run_of(project)
    assert run.stop_reason == "epochs" and run.epochs_run == 40 and run.best_epoch < 40
    holds_weights_of_best(project, run)


def test_a_stop_gives_the_best_weights_back_too(make_project: Make) -> None:
    project, control = make_project(**OVERFIT, patience=0, epochs=1000), Control()
    run = run_of(project, control, lambda epoch: control.command(Mode.STOP) if epoch == 40 else None)
    assert run.stop_reason == "user" and run.epochs_run == 40
    holds_weights_of_best(project, run)


def test_divergence_keeps_sound_weights_and_says_what_to_do(diverging: Project) -> None:
    last_complete = run_of(diverging)
    assert last_complete.stop_reason == "epochs"
    run = run_of(edits.set_training(diverging, learning_rate=1.0))
    assert run.stop_reason == "diverged" and "learning rate: 0.1 instead of 1" in run.message
    weights = safetensors.torch.load(run.weights)
    assert all(bool(value.isfinite().all()) for value in weights.values())
    assert np.isfinite(run.history.validation_loss).all()


def test_a_loss_that_is_no_number_before_any_step_is_laid_to_the_first_weights(make_project: Make) -> None:
    layers = ",".join(["dense:8"] * 16) + ",dense:out"
    run = run_of(make_project(layers=layers, initialization="normal", initialization_scale=1e3, epochs=2))
    assert run.stop_reason == "diverged" and "began in “Dense " in run.message
    assert "the first weights are too large" in run.message and "learning rate" not in run.message


def test_a_loss_that_is_no_number_before_any_step_is_laid_to_the_data(make_project: Make, tmp_path: Path) -> None:
    rows = "".join(f"{number % 7}e25,{number}.5e25\n" for number in range(60))
    (tmp_path / "large.csv").write_text("a,b\n" + rows)
    source = str(tmp_path / "large.csv")
    project = make_project(source, "dense:4,dense:1", data_target="b", data_standardize=False, epochs=2)
    message = run_of(project).message
    assert "the data has values as large as" in message and "learning rate" not in message


@pytest.mark.parametrize("restore_best", [True, False])
def test_a_validation_loss_that_is_no_number_is_laid_to_its_samples(restore_best: bool, make_project: Make) -> None:
    project = make_project("builtin:diabetes", "dense:8,dense:1", epochs=3, restore_best=restore_best)
    dataset = load(project.data)
    dataset.validation.all_targets[dataset.validation.rows[0]] = 1e30
    (run,) = [one.run for one in train(project, dataset, Control(), Curves()) if isinstance(one, Trained)]
    assert run.stop_reason == "diverged" and run.weights_epoch == 1
    assert "validation samples" in run.message and "learning rate" not in run.message
    untrained = made_network(project, None, dataset.preparation).trained.state_dict()
    kept = safetensors.torch.load(run.weights)
    assert not any(torch.equal(kept[name], untrained[name]) for name in kept)


def test_without_restoring_the_last_weights_are_kept(make_project: Make) -> None:
    project = make_project(**OVERFIT, patience=0, epochs=30, restore_best=False)
    run = run_of(project)
    assert run.weights_epoch == 30 and run.best_epoch < 30
    measured = measure(restore(run), load(project.data).validation)
    assert measured.loss == pytest.approx(run.history.validation_loss[-1], rel=1e-6)


def test_without_a_validation_part_there_is_no_best_epoch(make_project: Make) -> None:
    run = run_of(make_project(data_validation=0.0, epochs=3))
    assert run.best_epoch is None and run.weights_epoch == 3 and run.history.validation_loss == ()


def test_stepping_does_one_batch_then_one_epoch_and_changes_nothing(make_project: Make) -> None:
    import threading

    project = make_project(epochs=3)
    control, curves, runs = Control(Mode.BATCH), Curves(), []

    def work() -> None:
        for event in train(project, load(project.data), control, curves):
            if isinstance(event, Trained):
                runs.append(event.run)

    def wait_for_pause(batches: int) -> None:
        for _time in range(500):
            if control.waiting and len(curves.batch_loss) == batches:
                return
            threading.Event().wait(0.01)
        raise AssertionError(f"{len(curves.batch_loss)} batches instead of {batches}")

    thread = threading.Thread(target=work)
    thread.start()
    wait_for_pause(1)
    control.command(Mode.BATCH)
    wait_for_pause(2)
    control.command(Mode.EPOCH)
    wait_for_pause(3)
    assert curves.epochs == 1
    control.command(Mode.EPOCH)
    wait_for_pause(6)
    control.command(Mode.RUN)
    thread.join(20)
    assert runs[0].history == run_of(project).history


# --- losses, outputs, measures --------------------------------------------------------------------------------------


def test_a_drawn_softmax_or_sigmoid_is_left_to_the_loss_and_kept_in_the_picture(make_project: Make) -> None:
    for layers, loss, end in (
        ("dense:out,softmax", "cross_entropy", torch.nn.functional.softmax),
        ("dense:1,sigmoid", "binary_cross_entropy", lambda values, dim: values.sigmoid()),
    ):
        project = make_project("toy:circle", layers)
        built = build(project.network, (2,), loss)
        samples = torch.randn(5, 2)
        torch.testing.assert_close(built.drawn(samples), end(built.trained(samples), dim=1))
        assert not torch.equal(built.drawn(samples), built.trained(samples))


def test_losses_stay_sound_where_probabilities_round_to_zero() -> None:
    wrong = torch.tensor([[200.0, -200.0]])
    assert float(LOSSES["cross_entropy"](wrong, torch.tensor([1]))) == pytest.approx(400.0)
    assert float(LOSSES["binary_cross_entropy"](torch.tensor([[200.0]]), torch.tensor([[0.0]]))) == pytest.approx(200.0)


def test_half_mse_is_playgrounds_loss() -> None:
    outputs, targets = torch.tensor([[0.5], [-1.0]]), torch.tensor([[1.0], [1.0]])
    assert float(LOSSES["half_mse"](outputs, targets)) == pytest.approx((0.5 * 0.25 + 0.5 * 4) / 2)


@pytest.mark.parametrize(
    ("loss", "outputs", "expected"),
    [
        ("cross_entropy", 2, [0, 1]),
        ("binary_cross_entropy", 1, [[0.0], [1.0]]),
        ("half_mse", 1, [[-1.0], [1.0]]),
        ("mae", 2, [[1.0, 0.0], [0.0, 1.0]]),
    ],
)
def test_targets_have_the_shape_and_code_of_the_outputs(loss: str, outputs: int, expected: list) -> None:  # type: ignore[type-arg]
    coded = code_targets(torch.tensor([0, 1]), loss, "class", outputs)
    assert coded.tolist() == expected
    probabilities = class_probabilities(torch.randn(2, outputs), loss)
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(2))


def test_predictions_of_one_output_go_by_its_sign() -> None:
    assert predicted_classes(torch.tensor([[-0.2], [0.2]])).tolist() == [0, 1]
    assert predicted_classes(torch.tensor([[3.0, 1.0], [0.0, 1.0]])).tolist() == [0, 1]


def test_the_confusion_matrix_and_r_squared_are_scikit_learns() -> None:
    from sklearn import metrics

    random = np.random.default_rng(0)
    true, predicted = random.integers(4, size=(2, 200))
    assert (
        confusion_matrix(torch.tensor(true), torch.tensor(predicted), 4)
        == metrics.confusion_matrix(true, predicted).tolist()
    )
    values, guesses = random.normal(size=(2, 50))
    ours = r_squared(torch.tensor(guesses)[:, None], torch.tensor(values)[:, None])
    assert ours == pytest.approx(metrics.r2_score(values, guesses))


def test_predictions_come_in_the_words_and_units_of_the_target(make_project: Make) -> None:
    table = divide(make_project().data).table()
    flowers = predict(restore(run_of(make_project(epochs=20, learning_rate=0.05))), table)
    assert flowers.columns == ["prediction", "p(setosa)", "p(versicolor)", "p(virginica)"]
    np.testing.assert_allclose(flowers.drop("prediction").to_numpy().sum(axis=1), 1, atol=1e-6)
    assert (flowers["prediction"] == table["species"]).mean() > 0.9
    project = make_project("builtin:diabetes", "dense:16,relu,dense:1", epochs=10)
    values = predict(restore(run_of(project)), divide(project.data).table())["prediction"]
    assert 100 < values.mean() < 200


def test_a_project_with_a_problem_is_refused_before_anything_is_trained(make_project: Make) -> None:
    project = make_project()
    loose = edits.remove(project, links=[Link("tanh_1", "dense_2")])
    with pytest.raises(UserError, match=r"leads nowhere|not connected"):
        run_of(loose)


def test_branches_and_merges_train(make_project: Make) -> None:
    project = make_project(layers="dense:8,tanh,dense:8,tanh,dense:out", epochs=3)
    project, add = edits.add_layer(project, "add")
    project = edits.add_link(edits.add_link(project, "tanh_1", add), "tanh_2", add)
    project = edits.add_link(project, add, "dense_3")
    run = run_of(project)
    assert run.history.train_loss[-1] < run.history.train_loss[0]
    assert restore(run).network.parameter_count() == run.parameters


def test_the_accuracy_is_the_same_where_the_outputs_of_an_epoch_are_too_many_to_keep(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for layers in ("dense:8,tanh,dense:out", "dense:8,tanh,dense:1"):
        project = make_project("toy:moons?samples=200&noise=0.2", layers, epochs=4)
        usual = run_of(project).history
        with monkeypatch.context() as patch:
            patch.setattr("nnstudio.training.engine.epoch_buffer.MOST_OUTPUTS", 10)
            assert run_of(project).history == usual
