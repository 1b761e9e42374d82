"""Project files that are not sound are refused by the window in the words of the command line; nothing is lost."""

import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from nnstudio.project import edits
from nnstudio.ui.window import MainWindow
from tests.bad_files import DAMAGED_RUNS, FILES, NO_NUMBERS, Make, facts, runs_of
from tests.ui.driving import IRIS, Open


def told(qtbot: QtBot) -> str:
    """What the message box that is shown says, as plain text; it is closed."""
    boxes = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]
    (box,) = boxes
    assert box.textFormat() == Qt.TextFormat.PlainText
    said: str = box.text()
    box.accept()  # and it is gone
    qtbot.wait(1)
    return said


def spoilt(made: dict[str, tuple[Make, str]], sound: Path, folder: Path) -> list[tuple[str, Path, str]]:
    """The files by name, each in a folder of its own, with what is to be told."""
    found = []
    for number, (name, (make, words)) in enumerate(made.items()):
        path = folder / str(number) / "x.nnstudio"
        path.parent.mkdir()
        make(sound, path)
        found.append((name, path, words))
    return found


def test_it_is_told_what_is_wrong_and_the_window_stays_as_it_was(
    open_window: Open, qtbot: QtBot, sound_file: Path, tmp_path: Path
) -> None:
    window = open_window(IRIS)
    window.store.edit("plan", edits.set_training(window.project, epochs=77))
    project, path = window.project, window.store.path
    for name, bad, words in spoilt(FILES, sound_file, tmp_path):
        window.documents.open(bad)
        assert re.search(words, told(qtbot)), name
        assert window.project == project and window.store.path == path and window.store.is_modified, name
    window.store.undo()
    assert not window.store.is_modified


def test_a_damaged_run_is_left_out_and_the_rest_is_opened(
    window: MainWindow, qtbot: QtBot, sound_file: Path, tmp_path: Path
) -> None:
    for name, bad, words in spoilt(DAMAGED_RUNS, sound_file, tmp_path):
        window.documents.open(bad)
        said = told(qtbot)
        assert re.search(words, said) and said.endswith("The run was left out; the rest is opened."), name
        assert window.project.runs == () and window.project.data.source == "builtin:iris", name


def test_weights_that_are_no_numbers_are_told_and_the_rest_is_shown(
    window: MainWindow, qtbot: QtBot, sound_file: Path, tmp_path: Path
) -> None:
    ((_name, path, words),) = spoilt({"NaN": NO_NUMBERS}, sound_file, tmp_path)
    window.documents.open(path)
    assert re.search(words, told(qtbot))
    assert window.trainer.last_run == window.project.runs[0]
    qtbot.wait(300)  # every view that can draws it
    assert window.plots.plot("loss").lines["validation"].values.tolist() == list(
        window.project.runs[0].history.validation_loss
    )


def test_many_words_on_the_data_and_many_damaged_runs_are_shown_in_part(
    open_window: Open, qtbot: QtBot, sound_file: Path, tmp_path: Path
) -> None:
    """Laying all of them out would hold the window up."""
    path = tmp_path / "x.nnstudio"
    facts(notes=["x" * 1_000_000])(sound_file, path)
    window = open_window(path)
    assert len(window.data_panel.notes.text()) < 30_000
    runs_of("run-1", *(f"run-{number}" for number in range(2, 402)))(sound_file, path)
    window.documents.open(path)
    said = told(qtbot)
    assert said.count("\n") == 12 and said.endswith("… and 388 more")
    assert len(window.project.runs) == 1
