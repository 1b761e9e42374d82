"""The same training written for each peer: `python contenders.py PEER WORK DATA.npz` prints samples a second.

A validation pass follows every epoch everywhere. Only packages of the peers' own environment are imported, never
nnstudio. Dropout is left out for scikit-learn, which has none.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from works import WORKS, Work

warnings.filterwarnings("ignore")


def arrays(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training inputs and targets, validation inputs and targets."""
    with np.load(path) as data:
        return data["x"], data["y"], data["x_validation"], data["y_validation"]


# --- PyTorch by hand ------------------------------------------------------------------------------------------------


def torch_parts(work: Work):  # type: ignore[no-untyped-def]
    import torch
    from torch import nn

    torch.set_num_threads(1 if work.small else 2)
    torch.manual_seed(0)
    layers, width = [], work.inputs
    for units in work.hidden:
        layers += [nn.Linear(width, units), nn.Tanh() if work.activation == "tanh" else nn.ReLU()]
        layers += [nn.Dropout(work.dropout)] if work.dropout else []
        width = units
    layers.append(nn.Linear(width, work.outputs))
    if work.regression:
        layers.append(nn.Tanh())
    model = nn.Sequential(*layers)
    loss = (lambda out, y: 0.5 * ((out - y) ** 2).mean()) if work.regression else nn.CrossEntropyLoss()
    return torch, model, loss


def torch_data(torch, work: Work, path: str):  # type: ignore[no-untyped-def]
    x, y, xv, yv = (torch.from_numpy(one) for one in arrays(path))
    if work.regression:
        y, yv = y.float().unsqueeze(1), yv.float().unsqueeze(1)
    return x, y, xv, yv


def make_optimizer(torch, work: Work, model):  # type: ignore[no-untyped-def]
    kind = torch.optim.Adam if work.optimizer == "adam" else torch.optim.SGD
    return kind(model.parameters(), lr=work.learning_rate)


def tutorial(work: Work, path: str) -> float:
    """DataLoader, zero_grad, forward, backward, step."""
    torch, model, loss_function = torch_parts(work)
    x, y, xv, yv = torch_data(torch, work, path)
    dataset = torch.utils.data.TensorDataset
    training = torch.utils.data.DataLoader(dataset(x, y), batch_size=work.batch, shuffle=True)
    validation = torch.utils.data.DataLoader(dataset(xv, yv), batch_size=work.batch)
    optimizer = make_optimizer(torch, work, model)
    started = time.perf_counter()
    for _epoch in range(work.epochs):
        model.train()
        total = 0.0
        for inputs, targets in training:
            optimizer.zero_grad()
            loss = loss_function(model(inputs), targets)
            loss.backward()
            optimizer.step()
            total += loss.item()
        model.eval()
        with torch.no_grad():
            for inputs, targets in validation:
                loss_function(model(inputs), targets).item()
    return len(x) * work.epochs / (time.perf_counter() - started)


def eager(work: Work, path: str) -> float:
    """The data preloaded and indexed by a permutation, otherwise the same."""
    torch, model, loss_function = torch_parts(work)
    x, y, xv, yv = torch_data(torch, work, path)
    optimizer = make_optimizer(torch, work, model)
    started = time.perf_counter()
    for _epoch in range(work.epochs):
        model.train()
        for rows in torch.randperm(len(x)).split(work.batch):
            optimizer.zero_grad()
            loss = loss_function(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            loss.item()
        model.eval()
        with torch.no_grad():
            loss_function(model(xv), yv).item()
    return len(x) * work.epochs / (time.perf_counter() - started)


# --- the libraries --------------------------------------------------------------------------------------------------


def scikit_learn(work: Work, path: str) -> float:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    x, y, xv, _yv = arrays(path)
    kind = MLPRegressor if work.regression else MLPClassifier
    model = kind(
        hidden_layer_sizes=work.hidden,
        activation=work.activation,
        solver=work.optimizer,
        momentum=0.0,
        learning_rate_init=work.learning_rate,
        batch_size=work.batch,
        alpha=0.0,
        max_iter=1,
    )
    classes = {} if work.regression else {"classes": np.unique(y)}
    started = time.perf_counter()
    for _epoch in range(work.epochs):
        model.partial_fit(x, y, **classes)
        model.predict(xv) if work.regression else model.predict_proba(xv)
    return len(x) * work.epochs / (time.perf_counter() - started)


def skorch(work: Work, path: str) -> float:
    torch, model, _loss = torch_parts(work)
    import skorch as library
    from skorch.helper import predefined_split

    x, y, xv, yv = arrays(path)
    if work.regression:
        y, yv = y.astype(np.float32)[:, None], yv.astype(np.float32)[:, None]
    kind = library.NeuralNetRegressor if work.regression else library.NeuralNetClassifier
    criterion = torch.nn.MSELoss if work.regression else torch.nn.CrossEntropyLoss
    net = kind(
        model,
        max_epochs=work.epochs,
        lr=work.learning_rate,
        batch_size=work.batch,
        criterion=criterion,
        optimizer=torch.optim.Adam if work.optimizer == "adam" else torch.optim.SGD,
        iterator_train__shuffle=True,
        train_split=predefined_split(library.dataset.Dataset(xv, yv)),
        verbose=0,
    )
    net.initialize()
    started = time.perf_counter()
    net.partial_fit(x, y)
    return len(x) * work.epochs / (time.perf_counter() - started)


def lightning(work: Work, path: str) -> float:
    import logging

    torch, model, loss_function = torch_parts(work)
    import lightning.pytorch as pl

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    x, y, xv, yv = torch_data(torch, work, path)

    class Module(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def training_step(self, batch, number):  # type: ignore[no-untyped-def]
            return loss_function(self.model(batch[0]), batch[1])

        def validation_step(self, batch, number):  # type: ignore[no-untyped-def]
            self.log("validation", loss_function(self.model(batch[0]), batch[1]))

        def configure_optimizers(self):  # type: ignore[no-untyped-def]
            return make_optimizer(torch, work, self.model)

    dataset = torch.utils.data.TensorDataset
    training = torch.utils.data.DataLoader(dataset(x, y), batch_size=work.batch, shuffle=True)
    validation = torch.utils.data.DataLoader(dataset(xv, yv), batch_size=work.batch)
    trainer = pl.Trainer(
        max_epochs=work.epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    started = time.perf_counter()
    trainer.fit(Module(), training, validation)
    return len(x) * work.epochs / (time.perf_counter() - started)


def keras(backend: str, work: Work, path: str) -> float:
    import os

    os.environ["KERAS_BACKEND"] = backend
    import keras as library

    x, y, xv, yv = arrays(path)
    layers: list[object] = [library.Input((work.inputs,))]
    for units in work.hidden:
        layers.append(library.layers.Dense(units, activation=work.activation))
        layers += [library.layers.Dropout(work.dropout)] if work.dropout else []
    layers.append(library.layers.Dense(work.outputs, activation="tanh" if work.regression else None))
    model = library.Sequential(layers)
    optimizers = {"adam": library.optimizers.Adam, "sgd": library.optimizers.SGD}
    loss = "mse" if work.regression else library.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizers[work.optimizer](work.learning_rate), loss)
    started = time.perf_counter()
    model.fit(x, y, batch_size=work.batch, epochs=work.epochs, validation_data=(xv, yv), verbose=0)
    return len(x) * work.epochs / (time.perf_counter() - started)


PEERS: dict[str, Callable[[Work, str], float]] = {
    "tutorial loop": tutorial,
    "eager, preloaded": eager,
    "scikit-learn": scikit_learn,
    "skorch": skorch,
    "Lightning": lightning,
    "Keras on torch": partial(keras, "torch"),
    "Keras on JAX": partial(keras, "jax"),
}

if __name__ == "__main__":
    peer, name, path = sys.argv[1:]
    print(json.dumps({"samples_per_second": PEERS[peer](WORKS[name], path)}))
