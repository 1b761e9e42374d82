"""The trainings that are compared: data, network and plan of each. Standard library and NumPy alone."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Work:
    """One training. The small ones have as many `epochs` as the examples they are; the large ones take seconds."""

    rows: int
    validation: int
    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    activation: str
    dropout: float
    optimizer: str
    learning_rate: float
    batch: int
    epochs: int
    regression: bool = False

    @property
    def small(self) -> bool:
        return self.rows < 10_000

    def layers(self) -> str:
        """The network as nnstudio's --layers takes it."""
        entries = []
        for units in self.hidden:
            entries += [f"dense:{units}", self.activation]
            entries += [f"dropout:{self.dropout}"] if self.dropout else []
        entries.append(f"dense:{self.outputs}")
        return ",".join([*entries, "tanh"] if self.regression else entries)

    def settings(self) -> list[str]:
        share = self.validation / (self.rows + self.validation)
        chosen = {
            "data.validation": share,
            "data.test": 0,
            "data.standardize": "false",
            "data.stratify": "false",
            "training.optimizer": self.optimizer,
            "training.learning_rate": self.learning_rate,
            "training.batch_size": self.batch,
            "training.epochs": self.epochs,
            "training.patience": 0,
            "training.device": "cpu",
        }
        if self.regression:
            chosen["training.loss"] = "half_mse"
        return [word for key, value in chosen.items() for word in ("--set", f"{key}={value}")]


WORKS = {
    "digits": Work(1078, 719, 64, (128, 64), 10, "relu", 0.2, "adam", 0.001, 32, 100),
    "playground": Work(250, 250, 2, (4, 2), 1, "tanh", 0.0, "sgd", 0.03, 10, 300, regression=True),
    "wide": Work(60_000, 10_000, 784, (512, 256), 10, "relu", 0.2, "adam", 0.001, 128, 1),
    "table": Work(1_000_000, 100_000, 32, (256, 256), 2, "relu", 0.0, "adam", 0.001, 1024, 1),
}


def write_data(work: Work, path: Path) -> None:
    """Random samples of the work's shape, with classes that can be learnt from them."""
    random = np.random.default_rng(0)
    rows = work.rows + work.validation
    x = random.standard_normal((rows, work.inputs), dtype=np.float32)
    scores = x @ random.standard_normal((work.inputs, max(2, work.outputs)), dtype=np.float32)
    y = scores.argmax(axis=1)
    if work.regression:
        y = 2 * y - 1
    cut = work.rows
    np.savez(path, x=x[:cut], y=y[:cut], x_validation=x[cut:], y_validation=y[cut:])
    np.savez(path.with_name(f"{path.stem}-whole.npz"), x=x, y=y)


def write_project(name: str, folder: Path) -> Path:
    """The project of a work, with its data beside it."""
    data, project = folder / f"{name}.npz", folder / f"{name}.nnstudio"
    write_data(WORKS[name], data)
    whole = str(data.with_name(f"{name}-whole.npz"))
    new = ["new", str(project), "--data", whole, "--layers", WORKS[name].layers(), *WORKS[name].settings(), "--json"]
    subprocess.run([sys.executable, "-m", "nnstudio", *new], check=True, capture_output=True)
    return project
