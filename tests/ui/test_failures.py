"""Whatever goes wrong on the thread of a training is told with the stage it was in, and the next training works."""

from collections.abc import Callable

import pytest
import torch
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from nnstudio.data import dataset
from nnstudio.project import edits
from nnstudio.training import epochs_ahead, session
from nnstudio.training.engine.batched import SingleNetwork
from nnstudio.training.engine.evaluation import Evaluation
from nnstudio.training.run_record import RunRecorder
from nnstudio.training.training_state import TrainingState
from nnstudio.ui.shell import suggestions
from nnstudio.ui.training.status_text import status
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open, run_cells, train

ERRORS = (
    ValueError("x"), TypeError("x"), KeyError("x"), IndexError("x"), ZeroDivisionError("x"), RuntimeError("x"),
    OSError(5, "Input/output error"), MemoryError(), RecursionError("x"), SystemExit(1),
)  # fmt: skip

WITH_THEIR_OWN_WAY = [error for error in ERRORS if type(error) in (ValueError, MemoryError, SystemExit)]
"""One like most, one that is told otherwise, and one that is no Exception."""

STAGES = {
    "reading the data": (dataset, "read_source"),
    "dividing the data": (dataset, "divided_rows"),
    "building the network": (session, "build"),
    "computing the forward pass": (SingleNetwork, "compute"),
    "computing the backward pass": (torch.autograd, "grad"),
    "measuring on the validation data": (Evaluation, "__call__"),
    "noting the curve": (TrainingState, "close_epoch"),
    "keeping the run": (RunRecorder, "run"),
}
"""Where each stage can be made to fail."""
LATE = {"measuring on the validation data": 3, "noting the curve": 3, "keeping the run": 5}
"""They come when something was learnt: in the third of four epochs, or after the last."""
WITH_EVERY_ERROR = "reading the data", "computing the backward pass", "noting the curve"
"""Before, during and after the steps; what an error is told as does not depend on the stage."""


class Failing:
    """Has a function raise an error when it is called for the time of this number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
        self.monkeypatch = monkeypatch
        self.owner, self.name = STAGES[stage]
        self.sound: Callable[..., object] = getattr(self.owner, self.name)
        self.has_raised = False

    def begin(self, error: BaseException, time_of_call: int) -> None:
        calls, self.has_raised = 0, False

        def failing(*given: object, **words: object) -> object:
            nonlocal calls
            calls += 1
            if calls == time_of_call:
                self.has_raised = True
                raise type(error)(*error.args)  # one of its own: stages are noted on it
            return self.sound(*given, **words)

        self.monkeypatch.setattr(self.owner, self.name, failing)

    def end(self) -> None:
        self.monkeypatch.setattr(self.owner, self.name, self.sound)


def trained_afresh(window: MainWindow, qtbot: QtBot) -> None:
    """Train on data that has to be read again."""
    window.loader.choice = window.loader.dataset = None
    train(window, qtbot)


def test_an_error_among_epochs_that_are_one_call_is_told_and_what_was_learnt_before_is_kept(
    open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs_ahead, "SETTLED", 0.0)
    monkeypatch.setattr(epochs_ahead, "WORTHWHILE", 0)
    window, failing = open_window(IRIS), Failing(monkeypatch, "noting the curve")
    window.store.edit("plan", edits.set_training(window.project, epochs=40, patience=0))
    failing.begin(ValueError("x"), 9)
    trained_afresh(window, qtbot)
    failing.end()
    assert failing.has_raised and "while noting the curve" in window.trainer.failure
    run = window.project.runs[-1]
    assert run.stop_reason == "failed" and 1 <= run.epochs_run <= 8
    window.trainer.reset()
    trained_afresh(window, qtbot)
    assert window.project.runs[-1].stop_reason == "epochs" and not window.trainer.failure


@pytest.mark.parametrize("stage", STAGES)
def test_an_error_is_told_with_its_stage_and_the_next_training_works(
    stage: str, open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where memory was short for a batch, a smaller one is offered.
    monkeypatch.setattr(suggestions, "ask", lambda *_given: QMessageBox.StandardButton.No)
    window, failing = open_window(IRIS), Failing(monkeypatch, stage)
    window.store.edit("plan", edits.set_training(window.project, epochs=4, patience=0))
    trained_afresh(window, qtbot)
    for error in ERRORS if stage in WITH_EVERY_ERROR else WITH_THEIR_OWN_WAY:
        runs = len(window.project.runs)
        failing.begin(error, 1 if stage == "keeping the run" else LATE.get(stage, 1))
        trained_afresh(window, qtbot)
        assert failing.has_raised
        failing.end()
        said = window.trainer.failure
        assert f"while {stage}" in said, (error, said)
        assert type(error).__name__ in said or "not enough memory" in said
        assert said in status(window.trainer)
        assert window.messages.label.text() == said or "A batch of" in said
        if stage in LATE and isinstance(error, Exception):
            # What it had learnt is kept, as a run that failed and says why.
            run = window.project.runs[-1]
            assert len(window.project.runs) == runs + 1 and run.epochs_run == LATE[stage] - 1
            assert run.stop_reason == "failed" and run.message == said
            assert run_cells(window, "ended")[0] == "failure"
            runs += 1
        assert len(window.project.runs) == runs
        window.trainer.reset()
        trained_afresh(window, qtbot)
        assert len(window.project.runs) == runs + 1 and window.project.runs[-1].stop_reason == "epochs"
        assert not window.trainer.failure
