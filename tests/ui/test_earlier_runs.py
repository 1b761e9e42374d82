"""Which runs stand on one axis with those that are shown."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.project.archive import save
from nnstudio.ui.live import curve_lines
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open, train


@pytest.mark.parametrize("other", ["data", "loss", "label_smoothing"])
def test_an_earlier_run_on_other_data_or_with_another_loss_is_apart_and_that_is_said(
    open_window: Open, qtbot: QtBot, other: str
) -> None:
    window: MainWindow = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=3, patience=0))
    train(window, qtbot)
    train(window, qtbot)
    assert len(window.plots.plot("loss").earlier) == 1 and not curve_lines.comparison_text(window.trainer)
    first, *rest = window.project.runs
    if other == "data":
        first = replace(first, data=replace(first.data, source="builtin:wine"))
    else:
        plan = edits.set_training(window.project, **{other: "mse" if other == "loss" else 0.1})
        first = replace(first, training=plan.training)
    window.store.edit("", replace(window.project, runs=(first, *rest)))
    assert window.plots.plot("loss").earlier == []
    assert "other data or with another loss" in window.plots.comparison.text()


def test_the_loss_of_each_batch_is_seen_again_of_an_earlier_run_and_after_reopening(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window: MainWindow = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=4, patience=0))
    train(window, qtbot)
    losses = batches_drawn(window)
    assert len(losses) > 4
    train(window, qtbot)
    window.trainer.show(window.project.runs[0])
    assert np.array_equal(batches_drawn(window), losses)
    path = tmp_path / "a.nnstudio"
    save(window.project, path)
    again = open_window(path)
    again.trainer.show(again.project.runs[0])
    qtbot.waitUntil(lambda: len(batches_drawn(again)) > 0)
    assert np.allclose(batches_drawn(again), losses) and again.plots.plot("loss").lines["batch"].epochs[-1] == 4
    again.trainer.carry_on()
    qtbot.waitUntil(lambda: not again.trainer.is_active and len(again.project.runs[0].history.epoch) >= 4)
    assert len(again.trainer.curves.batch_loss) >= len(losses)


def batches_drawn(window: MainWindow) -> np.ndarray:
    line = window.plots.plot("loss").lines.get("batch")
    return np.array([]) if line is None else line.values
