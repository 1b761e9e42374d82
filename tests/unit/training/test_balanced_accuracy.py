"""Balanced accuracy: scikit-learn's, in every pass over the validation samples, in the curve, in what is measured
afterwards, and as what early stopping follows."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score

from nnstudio.data.dataset import Dataset, load
from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project, TrainingPlan
from nnstudio.project.names import stop_text
from nnstudio.training.checkpoint_file import read_checkpoint
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine import evaluation
from nnstudio.training.engine.batched import networks_of
from nnstudio.training.engine.build import build
from nnstudio.training.engine.evaluation import Evaluation
from nnstudio.training.engine.metrics import PreparedSamples, balanced_accuracy, outputs_of
from nnstudio.training.inference import measure, restore
from nnstudio.training.run_record import InitialState
from nnstudio.training.session import Trained, train
from tests.unit.training.page import engine_run

Make = Callable[..., Project]


def uneven(dataset: Dataset) -> Dataset:
    """The data with five of six validation rows of the last class left out."""
    rows = dataset.validation.rows
    rare = np.flatnonzero(dataset.validation.targets == dataset.validation.targets.max())
    return replace(dataset, validation=replace(dataset.validation, rows=np.delete(rows, rare[: 5 * len(rare) // 6])))


def test_it_is_the_mean_recall_of_the_classes_there_are() -> None:
    random = np.random.default_rng(0)
    true = random.choice([0, 1, 3], 200, p=[0.8, 0.15, 0.05])
    said = np.where(random.random(200) < 0.6, true, random.choice([0, 1, 3], 200))
    right = [int((said[true == number] == number).sum()) for number in range(5)]
    rows = np.bincount(true, minlength=5).tolist()
    assert balanced_accuracy(right, rows) == pytest.approx(balanced_accuracy_score(true, said))
    assert np.isnan(balanced_accuracy([0, 0], [0, 0]))


@pytest.mark.parametrize("at_once", [4096, 32])
@pytest.mark.parametrize("networks", [1, 3])
def test_every_pass_gives_it(networks: int, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one call of a list of kernels, and in pieces; over some rows of the samples alone."""
    monkeypatch.setattr(evaluation, "ROWS_AT_ONCE", at_once)
    facts = DataFacts(90, (5,), "class", ("a", "b", "c"), 90, 0, 0)
    network = with_stack(edits.set_facts(Project(), Project().data, facts), "dense:6,tanh,dense:out", facts).network
    inputs = torch.randn(90, 5)
    classes = torch.from_numpy(np.random.default_rng(1).choice(3, 90, p=[0.8, 0.15, 0.05]))
    rows = torch.arange(5, 80)
    built = [build(network, (5,), "cross_entropy") for _number in range(networks)]
    samples = PreparedSamples(inputs, classes, classes, rows)
    full_pass = Evaluation(networks_of(built, [TrainingPlan()] * networks, "cross_entropy"), samples)
    assert (full_pass.kernels is None) == (at_once == 32)
    with torch.no_grad():
        found = full_pass()
    for one, measured in zip(built, found, strict=True):
        said = outputs_of(one.trained, inputs[rows]).argmax(dim=1)
        assert measured.accuracy == pytest.approx(float((said == classes[rows]).double().mean()))
        assert measured.balanced_accuracy == pytest.approx(balanced_accuracy_score(classes[rows], said))


def test_the_curve_has_it_beside_the_accuracy(make_project: Make) -> None:
    project = make_project("builtin:wine", "dense:6,tanh,dense:out", epochs=5, patience=0, learning_rate=0.01)
    dataset = uneven(load(project.data))
    run = engine_run(project, dataset)
    assert run.best_epoch is not None
    found = measure(restore(run), dataset.validation)
    assert found.confusion is not None and found.accuracy != found.balanced_accuracy
    assert run.history.validation_balanced_accuracy[run.best_epoch - 1] == found.balanced_accuracy
    matrix = np.array(found.confusion)
    assert found.balanced_accuracy == pytest.approx((matrix.diagonal() / matrix.sum(axis=1)).mean())


def test_values_and_several_targets_have_none(make_project: Make) -> None:
    for source, layers in (("builtin:diabetes", "dense:6,tanh,dense:1"), ("builtin:family_trees", "dense:24")):
        project = make_project(source, layers, epochs=2)
        run = engine_run(project)
        assert run.history.validation_loss and not run.history.validation_balanced_accuracy
        assert measure(restore(run), load(project.data).validation).balanced_accuracy is None


def test_early_stopping_follows_it(make_project: Make) -> None:
    plan = {"epochs": 80, "patience": 5, "learning_rate": 0.01, "monitor": "validation_balanced_accuracy"}
    project = make_project("builtin:wine", "dense:6,tanh,dense:out", **plan)
    run = engine_run(project, uneven(load(project.data)))
    assert run.stop_reason == "patience"
    assert stop_text(run) == "early stopping: 5 epochs without a higher balanced validation accuracy"
    assert run.best_epoch == 1 + int(np.argmax(run.history.validation_balanced_accuracy))
    assert run.best_epoch + 5 == run.epochs_run


def test_a_run_of_an_older_program_goes_on_without_what_it_did_not_measure(make_project: Make) -> None:
    project = make_project(epochs=3, patience=0)
    run = engine_run(project)
    older = msgspec.structs.replace(run, history=msgspec.structs.replace(run.history, validation_balanced_accuracy=()))
    checkpoint, losses = read_checkpoint(older)
    curves = Curves.of(older.history, older.events)
    curves.batch_loss.extend(losses)
    begun = InitialState(older, checkpoint=checkpoint)
    *_events, last = train(project, load(project.data), Control(), curves, initial_state=begun)
    assert isinstance(last, Trained)
    history = last.run.history
    assert len(history.validation_balanced_accuracy) == len(history.validation_loss) == 6
    assert np.isnan(history.validation_balanced_accuracy).tolist() == [True] * 3 + [False] * 3
