"""The numbers that the tutorial names are those that its trainings give."""

import re
from pathlib import Path

import pytest

import nnstudio
from nnstudio import paths
from nnstudio.library.run import Run
from nnstudio.project import edits
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import Link
from tests.documentation.fences import ROOT

PAGE = " ".join((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8").split())
LAST = 10
"""So many epochs at the end, over which the page names a mean."""
NUMBER = r"(\d+(?:\.\d+)?)"


def test_the_digits() -> None:
    run = trained(paths.examples() / "digits.nnstudio")
    lowest, best = said("The green star marks the lowest validation loss: #, in epoch #")
    assert (run.best_epoch, loss_at_best(run)) == (best, pytest.approx(lowest, rel=0.01))
    (share,) = said("There # % of the validation samples are right")
    assert run.evaluate().accuracy == pytest.approx(share / 100, abs=0.001)
    (ended,) = said("training ended after epoch # of 100")
    assert run.epochs == ended


def test_overfitting_without_dropout_and_with_it(tmp_path: Path) -> None:
    example = paths.examples() / "overfitting.nnstudio"
    without = trained(example)
    lowest, best, end = said("lowest with # in epoch #, rises from there to about #")
    assert (without.best_epoch, loss_at_best(without)) == (best, pytest.approx(lowest, rel=0.01))
    project, id = edits.add_layer(open_project(example), "dropout")
    save(edits.insert_on_link(project, id, Link("relu_1", "dense_2")), tmp_path / "dropout.nnstudio")
    with_it = trained(tmp_path / "dropout.nnstudio")
    lowest, best = said("gets down to # in epoch #")
    assert (with_it.best_epoch, loss_at_best(with_it)) == (best, pytest.approx(lowest, rel=0.01))
    after, before = said("over the last ten epochs its mean is #, where it was #")
    assert mean_at_end(with_it) == pytest.approx(after, abs=0.006)
    assert mean_at_end(without) == pytest.approx(before, abs=0.006)
    assert mean_at_end(without) == pytest.approx(end, abs=0.01)


def test_a_network_of_ones_own() -> None:
    run = nnstudio.new("toy:xor", layers="dense:16,relu,dense:2").train()
    lowest, best = said("The loss, # in epoch #, was still falling")
    assert (run.best_epoch, loss_at_best(run)) == (best, pytest.approx(lowest, rel=0.01))
    assert run.evaluate().accuracy == 1


def trained(path: Path) -> Run:
    return nnstudio.open(path).train()


def said(pattern: str) -> list[float]:
    """The numbers that stand in a sentence of the page in the place of each “#”."""
    found = re.search(pattern.replace("#", NUMBER), PAGE)
    assert found, pattern
    return [float(one) for one in found.groups()]


def losses(run: Run) -> list[float]:
    return [float(one) for one in run.history["validation_loss"]]


def loss_at_best(run: Run) -> float:
    return losses(run)[run.best_epoch - 1]


def mean_at_end(run: Run) -> float:
    return sum(losses(run)[-LAST:]) / LAST
