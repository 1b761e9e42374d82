"""Epoch, batch and iteration are written out with the numbers of the project."""

from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from tests.ui.driving import Open


def test_the_counter_divides_and_follows_the_training(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(paths.examples() / "circle.nnstudio")
    iteration_counter = window.iteration_counter
    assert iteration_counter.text() == "250 samples ÷ batches of 10 = 25 iterations an epoch"
    window.actions_by_name["actionStepBatch"].trigger()
    qtbot.waitUntil(lambda: "Iteration 1 of 25, epoch 1 of 300" in iteration_counter.text(), timeout=20_000)
    for _time in range(2):
        qtbot.waitUntil(window.actions_by_name["actionStepBatch"].isEnabled, timeout=20_000)
        window.actions_by_name["actionStepBatch"].trigger()
    qtbot.waitUntil(lambda: "Iteration 3 of 25" in iteration_counter.text(), timeout=20_000)
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: "Iteration" not in iteration_counter.text(), timeout=20_000)
    window.store.edit("Batch", edits.set_training(window.project, batch_size=64))
    assert iteration_counter.text() == "250 samples ÷ batches of 64 = 4 iterations an epoch, the last with 58 samples"
    window.store.edit("Batch", edits.set_training(window.project, batch_size=1000))
    assert iteration_counter.text() == "250 samples ÷ batches of 250 = 1 iteration an epoch"
