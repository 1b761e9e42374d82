"""What is seen inside a network while it learns: gradients and confusion, the numbers PyTorch computed."""

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.training.inference import measure, restore
from nnstudio.ui.plots.gradients import HIGHEST, LOWEST, clipped_power
from tests.ui.driving import IRIS, Open, train


def test_gradients_are_shown_while_they_are_wanted(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    window.store.edit("", edits.set_training(window.project, epochs=100_000, patience=0))
    strip = window.plots.plot("gradients")
    assert not strip.isVisible()
    window.actions_by_name["actionTrain"].trigger()
    qtbot.waitUntil(lambda: window.trainer.curves.epochs > 3 and window.trainer.probes is not None, timeout=20_000)
    assert "gradients" not in window.trainer.probes.newest  # type: ignore[union-attr]
    window.actions_by_name["actionGradients"].trigger()
    qtbot.waitUntil(lambda: "Dense 2: " in strip.accessibleDescription(), timeout=20_000)
    heights = list(strip.bars.opts["height"])
    assert len(heights) == 2 and all(0 < height < HIGHEST - LOWEST for height in heights)
    qtbot.waitUntil(lambda: list(strip.bars.opts["height"]) != heights, timeout=20_000)
    window.actions_by_name["actionPause"].trigger()

    def shows_the_last_step() -> bool:
        sizes = window.trainer.probes.newest["gradients"].gradient_sizes  # type: ignore[union-attr]
        return list(strip.bars.opts["height"]) == [clipped_power(size) - LOWEST for size in sizes.values()]

    qtbot.wait(200)
    qtbot.waitUntil(shows_the_last_step, timeout=10_000)
    # They stay when the training has ended, and are told not to be known where another moment is looked at.
    window.actions_by_name["actionStop"].trigger()
    qtbot.waitUntil(lambda: not window.trainer.is_active, timeout=20_000)
    assert shows_the_last_step() and not strip.notice.isVisible()
    window.plots.time.slider.setValue(0)
    qtbot.waitUntil(lambda: strip.notice.isVisible() and not strip.accessibleDescription(), timeout=10_000)


def test_the_confusion_of_a_run_is_that_of_its_weights(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(IRIS)
    plot = window.plots.plot("confusion")
    window.actions_by_name["actionConfusion"].trigger()
    window.store.edit("", edits.set_training(window.project, epochs=5))
    train(window, qtbot)
    qtbot.waitUntil(lambda: bool(plot.accessibleDescription()), timeout=20_000)
    run = window.project.runs[-1]
    expected = measure(restore(run), load(run.data).validation).confusion
    assert expected is not None
    qtbot.waitUntil(
        lambda: sorted(plot.numbers.texts.values()) == sorted(str(count) for row in expected for count in row if count),
        timeout=20_000,
    )
    names = run.preparation.classes
    assert plot.accessibleDescription().startswith(f"{names[0]}: {expected[0][0]} of {sum(expected[0])} correct")
    window.actions_by_name["actionReset"].trigger()
    assert plot.numbers.texts == {}


def test_powers_of_ten() -> None:
    assert clipped_power(1e-3) == pytest.approx(-3) and clipped_power(0.0) == LOWEST
    assert clipped_power(1e-30) == LOWEST and clipped_power(float("nan")) == HIGHEST
