"""Start, pause, step, stop, reset, look back, close at random: no crash, no hang, threads back where they were.

`--commands` says how many a seed; the long check is 500.
"""

import random
import threading

import pytest
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import await_training
from tests.ui.driving import Open

WINDOWS = ("circle", "iris", "overfitting")

COMMANDS = (
    "actionTrain", "actionTrain", "actionPause", "actionStepBatch", "actionStepEpoch", "actionStop", "actionReset",
    "actionCarryOn", "actionNewSeed", "actionTenSeeds", "actionUndo", "look back", "now", "pace", "rate", "opponent",
    "go on", "load", "close",
)  # fmt: skip


def give(window: MainWindow, command: str, hand: random.Random) -> None:
    """One command, as far as it can be given now."""
    trainer = window.trainer
    match command:
        case "look back":
            timeline = trainer.timeline
            if timeline and timeline.epochs():
                trainer.look_at(hand.choice(timeline.epochs()))
        case "now":
            trainer.look_at(None)
        case "pace":
            trainer.set_pace(hand.choice([0, 0, 0, 50, 1000]))
        case "rate":
            rate = hand.choice([0.001, 0.03, 0.3])
            window.store.edit("rate", edits.set_training(window.project, learning_rate=rate))
        case "opponent":
            trainer.comparison = hand.choice(["", "", "dropout", "activation:relu", "optimizer:sgd"])
        case "go on":
            trainer.start_from(hand.randrange(10))
        case "load":
            trainer.load_weights(hand.randrange(10))
        case _:
            window.actions_by_name[command].trigger()


def test_commands_in_random_order(open_window: Open, qtbot: QtBot, pytestconfig: pytest.Config) -> None:
    count = int(pytestconfig.getoption("--commands"))
    hand = random.Random(count)
    before = set(threading.enumerate())
    window = open_window(paths.examples() / "circle.nnstudio")
    for number in range(count):
        command = hand.choice(COMMANDS)
        if command == "close":
            if number % 5:
                continue  # closing reads data anew, which takes its time
            window.trainer.stop()
            await_training(window)
            window.store.mark_saved(window.project, paths.examples())
            window.close()
            window = open_window(paths.examples() / f"{hand.choice(WINDOWS)}.nnstudio")
            continue
        give(window, command, hand)
        qtbot.wait(hand.choice([0, 0, 5, 30]))
        assert "Something went wrong" not in window.trainer.failure, window.trainer.failure
    window.trainer.stop()
    await_training(window)
    qtbot.waitUntil(
        lambda: not [one for one in set(threading.enumerate()) - before if one.name == "nnstudio-task"], timeout=10_000
    )
