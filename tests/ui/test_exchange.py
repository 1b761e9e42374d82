"""Files of other programs by the menu: what is exported, and weights that become a run."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from nnstudio.ui.labs.predict_lab import PredictLab
from nnstudio.ui.window import MainWindow
from tests.ui.driving import IRIS, Open, opened_lab, train


def choose(monkeypatch: pytest.MonkeyPatch, path: Path, ending: str = "") -> list[str]:
    """Have the dialogs answer with a path, and with the kind that has this ending; what they offered."""
    offered: list[str] = []

    def save(_parent: object, _title: str, _start: str, kinds: str) -> tuple[str, str]:
        offered.extend(kinds.split(";;"))
        return str(path), next(one for one in offered if one.endswith(f"({ending or '*'})"))

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(path), ""))
    return offered


def state_of(window: MainWindow) -> dict[str, torch.Tensor]:
    """Weights for the drawing of iris as a page of PyTorch would name them."""
    torch.manual_seed(1)
    units = [layer.parameters["units"] for layer in window.project.network.layers if layer.type == "dense"]
    sizes = [4, *units]
    found = {}
    for place, (given, count) in enumerate(pairwise(sizes)):
        found |= {f"{2 * place}.weight": torch.randn(count, given), f"{2 * place}.bias": torch.randn(count)}
    return found


@pytest.mark.parametrize("ending", [".onnx", ".pt2", ".safetensors", ".csv"])
def test_a_run_is_exported_in_the_form_that_is_chosen(
    ending: str, open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(IRIS)
    train(window, qtbot)
    offered = choose(monkeypatch, tmp_path / "network", f"*{ending}")
    window.actions_by_name["actionExport"].trigger()
    qtbot.waitUntil(lambda: window.messages.label.text().startswith("Exported run 1"), timeout=60_000)
    assert len(offered) == 6 and (tmp_path / f"network{ending}").stat().st_size > 0


def test_the_curves_of_all_runs_are_exported_into_a_folder(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(IRIS)
    train(window, qtbot)
    train(window, qtbot)
    choose(monkeypatch, tmp_path / "curves")
    window.actions_by_name["actionExport"].trigger()
    qtbot.waitUntil(lambda: "tensorboard --logdir" in window.messages.label.text(), timeout=60_000)
    assert sorted(one.name for one in (tmp_path / "curves").iterdir()) == ["run-1", "run-2"]


def test_imported_weights_become_a_run_that_is_shown_used_and_taken_back(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(IRIS)
    qtbot.waitUntil(lambda: window.trainer.loader.dataset is not None, timeout=20_000)
    torch.save(state_of(window), tmp_path / "theirs.pt")
    choose(monkeypatch, tmp_path / "theirs.pt")
    window.actions_by_name["actionImportWeights"].trigger()
    (run,) = window.project.runs
    assert window.trainer.last_run == run and run.message in window.messages.label.text()
    assert "was not trained here" in window.findChild(QLabel, "statusTraining").text()
    assert "theirs.pt" in window.findChild(QLabel, "runDetails").text()
    window.actions_by_name["actionPredictLab"].trigger()
    lab = opened_lab(window, "actionPredictLab", PredictLab, qtbot)
    (tmp_path / "rows.csv").write_text(
        "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)\n5,3,1,0\n"
    )
    choose(monkeypatch, tmp_path / "rows.csv")
    lab.file_button.click()
    qtbot.waitUntil(lambda: lab.model.rowCount() == 1, timeout=20_000)
    lab.close()
    assert window.store.undo_label == "Import weights"
    window.store.undo()
    assert window.project.runs == ()


def test_what_does_not_fit_is_listed_and_what_is_no_file_of_weights_changes_nothing(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(IRIS)
    qtbot.waitUntil(lambda: window.trainer.loader.dataset is not None, timeout=20_000)
    state = state_of(window)
    torch.save({name: value for name, value in state.items() if not name.startswith("0.")}, tmp_path / "half.pt")
    choose(monkeypatch, tmp_path / "half.pt")
    window.actions_by_name["actionImportWeights"].trigger()
    box = window.findChild(QMessageBox)
    assert box is not None and "dense_1.weight (" in box.text() and len(window.project.runs) == 1
    box.close()
    (tmp_path / "bad.pt").write_bytes(b"something else")
    choose(monkeypatch, tmp_path / "bad.pt")
    window.actions_by_name["actionImportWeights"].trigger()
    assert any("could run as a program" in one.text() for one in window.findChildren(QMessageBox))
    assert len(window.project.runs) == 1
