"""Links of TensorFlow Playground trained here: the points, first weights and losses of its own engine, for five links
from outside and for sixty of our own (playground_curves.json, made by its engine; numbers alone)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset, load
from nnstudio.data.double import exact_inputs, exact_targets
from nnstudio.project import edits
from nnstudio.project.model import Project, Run
from nnstudio.project.playground_link import read_link
from nnstudio.project.playground_project import opened_link
from nnstudio.training import loop
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine.losses import LOSSES
from nnstudio.training.session import Ready, Trained, made_network, placed, train

OWN = json.loads((Path(__file__).parent / "playground_curves.json").read_text())
Numbers = NDArray[np.float64]


def opened(link: str, **plan: object) -> tuple[Project, Dataset]:
    project = edits.set_training(opened_link(read_link(link)).project, **plan)
    dataset = load(project.data)
    return edits.set_facts(project, project.data, dataset.facts), dataset


def trained(project: Project, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The run, whose training loss is measured with a full pass after every epoch, as the page does."""
    monkeypatch.setattr(loop, "FREE_MEASURING", 1e9)
    for event in train(project, dataset, Control(), Curves()):
        if isinstance(event, Ready):
            for one in event.training_states:
                one.probes.measures_training = True
    assert isinstance(event, Trained)
    return event.run


def losses_before_training(project: Project, dataset: Dataset) -> tuple[float, float]:
    """Those of the training and the validation part at the first weights; NaN for a part of no rows."""
    network = made_network(project, None, dataset.preparation)
    targets = placed(dataset.train, dataset.preparation.task, torch.device("cpu")).targets
    wanted = 2.0 * targets.unsqueeze(1) - 1 if dataset.facts.classes else torch.from_numpy(exact_targets(dataset))
    with torch.no_grad():
        outputs = network.trained(torch.from_numpy(exact_inputs(dataset)))
        each = LOSSES["half_mse"](outputs, wanted, reduction="none")
    training, validation = (each[torch.from_numpy(part.rows)].mean() for part in (dataset.train, dataset.validation))
    return float(training), float(validation)


def first_weights(project: Project, dataset: Dataset) -> Numbers:
    weighing = made_network(project, None, dataset.preparation).weighing().values()
    found: Numbers = np.concatenate([matrix.detach().numpy().ravel() for one in weighing for matrix in one.matrices])
    return found


def curves(
    project: Project, dataset: Dataset, epochs: list[int], monkeypatch: pytest.MonkeyPatch
) -> tuple[Numbers, Numbers]:
    """The losses of both parts after these epochs, of which the first is 0."""
    before = losses_before_training(project, dataset)
    history = trained(project, dataset, monkeypatch).history
    places = np.array(epochs[1:]) - 1
    training = np.array([before[0], *np.array(history.train_loss_full_pass)[places]])
    after = np.array(history.validation_loss)[places] if len(dataset.validation) else np.full(len(places), np.nan)
    return training, np.array([before[1], *after])


def points_of(dataset: Dataset) -> Numbers:
    assert dataset.table is not None
    found: Numbers = dataset.table.to_numpy()[:, :3].astype(np.float64)
    return found


@pytest.fixture
def five(shared_data: Path) -> list[dict[str, Any]]:
    file = shared_data / "playground_links.json"
    if not file.exists():
        pytest.skip("the links of its engine lie beside the project in ../shared/data, and are not here")
    found: list[dict[str, Any]] = json.loads(file.read_text())
    assert len(found) == 5
    return found


@pytest.mark.parametrize("number", range(5))
def test_a_link_from_outside_gives_its_numbers(
    number: int, five: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = five[number]
    project, dataset = opened(there["link"], epochs=there["epochs"][-1])
    np.testing.assert_allclose(points_of(dataset)[:5], there["points"], rtol=0, atol=1e-9)
    assert dataset.train.rows.tolist() == list(range(len(dataset.train)))
    weights = first_weights(project, dataset)[: len(there["first_weights"])]
    np.testing.assert_allclose(weights, there["first_weights"], rtol=0, atol=1e-9)
    training, validation = curves(project, dataset, there["epochs"], monkeypatch)
    np.testing.assert_allclose(training, there["train"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(validation, there["test"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("number", range(5))
def test_in_float32_the_curve_is_the_same_until_rounding_has_grown(
    number: int, five: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ReLU, or where weights come to 0, a last digit becomes another curve: so links are opened in float64."""
    there = five[number]
    count = there["epochs"].index(20) + 1
    project, dataset = opened(there["link"], epochs=20)
    as_opened = curves(project, dataset, there["epochs"][:count], monkeypatch)
    single = edits.set_training(project, precision="float32")
    assert made_network(single, None, dataset.preparation).parameters[0].dtype == torch.float32
    history = trained(single, dataset, monkeypatch).history
    np.testing.assert_allclose(history.train_loss_full_pass, as_opened[0][1:], rtol=0, atol=1e-5)
    np.testing.assert_allclose(history.validation_loss, there["test"][1:count], rtol=0, atol=1e-5)


def test_there_are_links_for_every_rule() -> None:
    assert len(OWN["links"]) >= 50


@pytest.mark.parametrize("place", range(len(OWN["links"])))
def test_a_link_of_our_own_gives_the_numbers_of_its_engine(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    there, epochs = OWN["links"][place], OWN["epochs"]
    project, dataset = opened(there["link"], epochs=epochs[-1])
    points = points_of(dataset)
    np.testing.assert_allclose(points[:2], there["points"], rtol=0, atol=1e-8)
    weighed = (points @ [1, 2, 3]) * np.arange(1, len(points) + 1)
    assert weighed.sum() == pytest.approx(there["sum"], rel=1e-8)
    assert len(dataset.train) == there["rows"] and len(dataset.test) == 0
    assert len(dataset.validation) == len(points) - there["rows"]
    weights = first_weights(project, dataset)
    expected = [*there["weights"], there["last_weight"]]
    np.testing.assert_allclose([*weights[:3], weights[-1]], expected, rtol=0, atol=1e-9)
    training, validation = curves(project, dataset, epochs, monkeypatch)
    np.testing.assert_allclose(training, there["train"], rtol=0, atol=1e-8)
    if len(dataset.validation):
        np.testing.assert_allclose(validation, there["test"], rtol=0, atol=1e-8)


def test_another_seed_draws_other_first_weights_and_the_same_points() -> None:
    project, dataset = opened("seed=0.5")
    first = first_weights(project, dataset)
    other = first_weights(edits.set_training(project, seed=1), dataset)
    assert len(first) == len(other) and not np.isclose(first, other).any() and np.abs(other).max() <= 0.5


def test_weights_that_l1_prunes_stay_0() -> None:
    project, dataset = opened(
        "dataset=xor&regularization=L1&regularizationRate=0.1&seed=0.11111&networkShape=8", epochs=100
    )
    *_events, last = train(project, dataset, Control(), Curves())
    assert isinstance(last, Trained)
    matrices = [one for name, one in safetensors.torch.load(last.run.weights).items() if name.endswith("weight")]
    assert sum(int((one == 0).sum()) for one in matrices) >= 12
