"""One training by the engine and by the page of plain PyTorch, on the data of the project or on other."""

from dataclasses import replace
from functools import partial

import numpy as np
import torch

from nnstudio.data.dataset import Dataset, load
from nnstudio.data.double import exact_inputs
from nnstudio.project.model import Project, Run
from nnstudio.training import plain
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine.build import BuiltNetwork, build, initialize
from nnstudio.training.engine.losses import LOSSES, code_targets
from nnstudio.training.session import Trained, loss_of, train


def with_drawn_weights(dataset: Dataset) -> Dataset:
    """The data with rows that count up to eight times as much as others, some not at all; the mean over the training
    rows is 1."""
    weights = np.random.default_rng(4).choice([0.0, 0.5, 1.0, 4.0], len(dataset.train.all_targets)).astype(np.float32)
    weights /= weights[dataset.train.rows].mean()
    parts = {name: replace(getattr(dataset, name), all_weights=weights) for name in ("train", "validation", "test")}
    return replace(dataset, **parts)


def engine_run(project: Project, dataset: Dataset | None = None) -> Run:
    *_events, last = train(project, dataset or load(project.data), Control(), Curves())
    assert isinstance(last, Trained)
    return last.run


def plain_run(project: Project, dataset: Dataset | None = None) -> tuple[plain.Result, BuiltNetwork]:
    """The same network from the same seed, trained by the page. One thread, as the engine takes for so small ones."""
    torch.set_num_threads(1)
    dataset = dataset or load(project.data)
    task = dataset.preparation.task
    loss, outputs = loss_of(project, dataset.preparation)
    torch.manual_seed(project.training.seed)
    network = build(project.network, dataset.preparation.sample_shape, loss, task=task)
    initialize(network, project.training, source=project.data.source)
    loss_function = partial(LOSSES[loss], reduction="none")
    if project.training.label_smoothing:
        loss_function = torch.nn.CrossEntropyLoss(label_smoothing=project.training.label_smoothing, reduction="none")
    is_double = project.training.precision == "float64"
    samples = [
        (
            torch.from_numpy(exact_inputs(dataset)[one.rows] if is_double else one.inputs),
            code_targets(torch.from_numpy(one.targets), loss, task, outputs),
            torch.ones(len(one)) if one.weights is None else torch.from_numpy(one.weights),
        )
        for one in (dataset.train, dataset.validation)
    ]
    matrices = [network.trained.get_parameter(name) for name in network.matrices]
    return plain.train(network.trained, matrices, loss_function, project.training, *samples), network
