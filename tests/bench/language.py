"""Spam told from its words, over five folds in which repeated messages stay together: accuracy, F1 and what is found at
99 % precision, beside the share of the more frequent class.

python3 packaging/develop.py bench language
"""

import statistics
import tempfile
from pathlib import Path

import numpy as np
import polars

from nnstudio.data.dataset import load
from nnstudio.data.sources import read_source
from nnstudio.project import edits
from nnstudio.project.history import history
from nnstudio.project.model import Project, Run
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import predict, restore
from nnstudio.training.session import Trained, train

FOLDS, PRECISION = 5, 0.99
EPOCHS = 12


def main() -> int:
    for name in ("sms_words", "sms_embedding"):
        with tempfile.TemporaryDirectory() as folder:
            found = [measured(*fold, name) for fold in folds(Path(folder))]
        rows = [statistics.mean(one[place] for one in found) for place in range(4)]
        print(f"{name}: accuracy {rows[0]:.4f}, F1 {rows[1]:.4f}, recall at 99 % precision {rows[2]:.4f}; ", end="")
        print(f"always the more frequent class {rows[3]:.4f}")
    return 0


def folds(folder: Path) -> list[tuple[Path, Path]]:
    """A table to train on and one to test on for each fold; the same message is in one of them alone."""
    table = read_source("builtin:sms_spam").columns
    assert isinstance(table, polars.DataFrame)
    messages = table["message"].unique(maintain_order=True)
    fold_of = dict(zip(messages, np.random.default_rng(0).permutation(len(messages)) % FOLDS, strict=True))
    number = polars.Series([int(fold_of[message]) for message in table["message"]])
    found = []
    for fold in range(FOLDS):
        paths = folder / f"train{fold}.csv", folder / f"test{fold}.csv"
        for path, chosen in zip(paths, (number != fold, number == fold), strict=True):
            table.filter(chosen).write_csv(path)
        found.append(paths)
    return found


def measured(training: Path, test: Path, name: str) -> tuple[float, float, float, float]:
    """Accuracy, F1, recall at the wished precision, and the share of the more frequent class."""
    project = edits.set_data(history(name), source=str(training), test_source=str(test), target="kind", validation=0.0)
    project = edits.set_training(project, epochs=EPOCHS, patience=0)
    run = trained(project)
    rows = polars.read_csv(test)
    answers = predict(restore(run), rows)
    is_spam = (rows["kind"] == "spam").to_numpy()
    said = (answers["prediction"] == "spam").to_numpy()
    hits = int((said & is_spam).sum())
    precision, recall = hits / max(1, said.sum()), hits / is_spam.sum()
    baseline = max(is_spam.mean(), 1 - is_spam.mean())
    f1 = 2 * precision * recall / (precision + recall)
    return float((said == is_spam).mean()), f1, recall_at(answers["p(spam)"].to_numpy(), is_spam), float(baseline)


def recall_at(scores: np.ndarray, is_spam: np.ndarray) -> float:
    """The largest share of the spam that is found while so many of those called spam are."""
    order = np.argsort(-scores, kind="stable")
    hits = is_spam[order].cumsum()
    precise = hits / np.arange(1, len(hits) + 1) >= PRECISION
    return float(hits[precise].max(initial=0) / is_spam.sum())


def trained(project: Project) -> Run:
    *_events, last = train(project, load(project.data), Control(), Curves())
    assert isinstance(last, Trained)
    return last.run
