"""The numbers that lessons ask for and tell, and texts that are filled with them."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import safetensors.numpy
from msgspec.structs import replace

from nnstudio.lessons.measures import OF_PROJECT, OF_RUN, OF_STARTS, filled, measured, numbers, said, shown
from nnstudio.project import edits
from nnstudio.project.model import EpochMetrics, Project, Run
from nnstudio.project.preparation import Preparation
from nnstudio.text import UserError, use_language

WEIGHTS = {
    "dense_1.weight": np.array([[1.5, -2.0], [3.0, 4.0]], np.float32),
    "dense_1.bias": np.array([0.25, 7.0], np.float32),
}


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    return make_project()


@pytest.fixture
def run(project: Project) -> Run:
    return Run(
        id="run-1", created="", network=project.network, data=project.data, training=project.training,
        preparation=Preparation((), (4,), "class", "species"), stop_reason="epochs", epochs_run=3, best_epoch=2,
        weights_epoch=2, device="cpu", parameters=0, seconds=1.0, samples_per_second=1.0,
        history=EpochMetrics((1, 2, 3), (0.9, 0.5, 0.25), (0.8, 0.6, 0.75), (0.5, 0.75, 1.0), (0.5, 0.75, 0.7)),
        weights=safetensors.numpy.save(WEIGHTS),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("best_epoch", 2), ("epochs_run", 3), ("best_validation_loss", 0.6), ("first_train_loss", 0.9),
        ("last_train_loss", 0.25), ("last_validation_loss", 0.75), ("train_loss_at_best", 0.5), ("gap_at_end", 0.5),
        ("best_accuracy", 75), ("last_accuracy", 70), ("last_train_accuracy", 100), ("best_error", 25),
        ("parameters", 67), ("rows_train", 90), ("rows_validation", 30), ("rows_test", 30), ("iterations", 3),
        ("batch_size", 32), ("learning_rate", 0.001), ("epochs", 100), ("weight:dense_1:0:1", -2),
        ("weight:dense_1:1:0", 3), ("bias:dense_1:1", 7),
    ],
)  # fmt: skip
def test_each_number_is_that_of_the_run(name: str, value: float, project: Project, run: Run) -> None:
    assert measured(name, project, run) == pytest.approx(value)


@pytest.mark.parametrize("name", ["weight:dense_1:9:9", "weight:nothing:0:0", "weight:dense_1:x", "bias:", "weight:::"])
def test_a_parameter_that_is_not_there_is_no_number(name: str, project: Project, run: Run) -> None:
    assert math.isnan(measured(name, project, run))


def test_without_a_run_only_the_project_has_numbers(project: Project) -> None:
    assert all(math.isnan(measured(name, project, None)) for name in (*OF_RUN, *OF_STARTS))
    assert not any(math.isnan(measured(name, project, None)) for name in OF_PROJECT)


def test_an_unknown_measure_is_said(project: Project) -> None:
    with pytest.raises(UserError, match="is no measure"):
        measured("luck", project, None)


def test_starts_are_the_runs_that_differ_only_in_their_seed(project: Project, run: Run) -> None:
    worse = EpochMetrics((1,), (0.9,), (0.7,), (0.5,), (0.5,))
    others = [
        replace(run, id="run-2", training=replace(run.training, seed=1), history=worse),
        replace(run, id="run-3", training=replace(run.training, learning_rate=0.5)),
        replace(run, id="run-4", network=edits.set_parameter(project, "dense_1", "units", 3).network),
    ]
    for one in (run, *others):
        project = edits.add_run(project, one)
    assert [measured(name, project, run) for name in OF_STARTS] == [2, 1, 0.25, 0.9, 0.6, 0.7]


def test_a_number_of_one_of_several_curves(project: Project, run: Run) -> None:
    wide = edits.set_parameter(edits.set_training(project, batch_size=10), "dense_1", "units", 16)
    other = replace(run, network=wide.network, training=wide.training, epochs_run=7)
    number = numbers(project, run, {"wide": other})
    assert (number("epochs_run"), number("epochs_run.wide")) == (3, 7)
    assert (number("parameters"), number("parameters.wide")) == (67, 131)
    assert (number("iterations"), number("iterations.wide")) == (3, 9)
    assert all(math.isnan(number(name)) for name in ("epochs_run.gone", "parameters.gone", "luck", "luck.wide"))


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (0.123456, "0.1235"), (1e-7, "1e-07"), (math.nan, "–"), (math.inf, "–"), (61706.0, "61\u00a0706")],
)
def test_a_number_is_said_as_the_program_writes_it(value: float, text: str) -> None:
    assert shown(value) == text


def test_a_text_is_filled_and_what_is_not_known_is_a_dash() -> None:
    found = {"best_epoch": 12.0}
    text = "{best_epoch} and {gap_at_end}, you said {prediction}; {not a measure} {}"
    assert filled(text, lambda name: found.get(name, math.nan), "30") == "12 and –, you said 30; {not a measure} {}"


def test_a_text_is_said_in_the_language_in_use_or_in_the_one_there_is() -> None:
    words = {"es": "hola", "en": "hello"}
    try:
        assert [use_language(code) and said(words) for code in ("en", "es")] == ["hello", "hola"]
        assert said({"en": "hello"}) == "hello"
        assert said({}) == ""
    finally:
        use_language("en")
