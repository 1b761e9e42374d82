"""A trained project whose numbers on the test part are like no others, and every way in which they could be written.

They are computed here from the weights alone, by nothing of the program's."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

from nnstudio.cli.main import main
from nnstudio.project.archive import open_project

LAYERS = "dense:6,tanh,dense:out"
ROWS, TEST_ROWS, FLIPPED = 180, 37, 14


@dataclass(frozen=True)
class Sealed:
    """The file, and what its run gives on the rows of the test file."""

    path: Path
    accuracy: float
    loss: float

    def forms(self) -> set[str]:
        """How these numbers can be written: as shares and in percent, with a point or a comma."""
        share, percent = self.accuracy, 100 * self.accuracy
        texts = {f"{share:.4f}", f"{share:.3f}", f"{percent:.2f}", f"{percent:.1f}\u202f%", f"{percent:.1f} %"}
        texts |= {f"{percent:.1f}%", f"{self.loss:.4f}", f"{self.loss:.4g}", f"{self.loss:.5g}", f"{1 - share:.4f}"}
        return texts | {text.replace(".", ",") for text in texts}

    def found_in(self, text: str) -> list[str]:
        """Those of them that a text tells."""
        return [form for form in sorted(self.forms()) if form in text]


def sealed_project(folder: Path) -> Sealed:
    """Two classes of points that are easily told apart; in the test file some of them are named wrongly."""
    drawn = np.random.default_rng(5)
    table(folder / "points.csv", drawn, ROWS, 0)
    table(folder / "unseen.csv", drawn, TEST_ROWS, FLIPPED)
    path = folder / "x.nnstudio"
    data = ["--data", str(folder / "points.csv"), "--target", "side", "--test", str(folder / "unseen.csv")]
    plan = ["--set", "data.standardize=false", "--set", "training.learning_rate=0.05", "--set", "training.epochs=12"]
    assert main(["new", str(path), *data, "--layers", LAYERS, *plan]) == 0
    assert main(["train", str(path)]) == 0
    accuracy, loss = by_hand(path, folder / "unseen.csv")
    assert 0.5 < accuracy < 0.8
    return Sealed(path, accuracy, loss)


def table(path: Path, drawn: np.random.Generator, rows: int, flipped: int) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["x", "y", "side"])
        for row in range(rows):
            x, y = drawn.uniform(-1, 1, 2)
            is_left = (x + y > 0) != (row < flipped)
            writer.writerow([f"{x:.2f}", f"{y:.2f}", "left" if is_left else "right"])


def by_hand(path: Path, rows: Path) -> tuple[float, float]:
    """Accuracy and mean cross-entropy of the newest run on the rows of a file."""
    run = open_project(path).runs[-1]
    weights = safetensors.torch.load(run.weights)
    with rows.open(newline="") as file:
        read = list(csv.DictReader(file))
    inputs = torch.tensor([[float(row["x"]), float(row["y"])] for row in read])
    classes = torch.tensor([run.preparation.classes.index(row["side"]) for row in read])
    hidden = torch.tanh(inputs @ weights["dense_1.weight"].T + weights["dense_1.bias"])
    outputs = hidden @ weights["dense_2.weight"].T + weights["dense_2.bias"]
    correct = outputs.argmax(dim=1) == classes
    return float(correct.double().mean()), float(torch.nn.functional.cross_entropy(outputs, classes))
