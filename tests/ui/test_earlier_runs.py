"""Which runs stand on one axis with those that are shown."""

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.ui.live import curve_lines
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open, train


@pytest.mark.parametrize("other", ["data", "loss"])
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
        first = replace(first, training=replace(first.training, loss="mse"))
    window.store.edit("", replace(window.project, runs=(first, *rest)))
    assert window.plots.plot("loss").earlier == []
    assert "other data or with another loss" in window.plots.comparison.text()
