"""Run by itself, where Qt is told of two screens: the class sees one, the teacher the other. Writes "passed"."""

import sys
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio import paths
from nnstudio.ui.app import create_window


def look(folder: Path, project: str) -> None:
    """Begin the mode on the left screen, freeze, end both."""
    paths.settings_file = lambda: folder / "settings.ini"
    paths.log_folder = paths.recovery_folder = lambda: folder / "logs"
    application = QApplication([])
    window = create_window(project)
    projector, laptop = sorted(application.screens(), key=lambda screen: screen.geometry().x())
    window.move(20, 20)
    window.presenter.toggle()
    QTest.qWait(100)
    notes = window.presenter.notes
    assert window.geometry() == projector.geometry(), window.geometry()
    assert laptop.geometry().contains(notes.geometry()), notes.geometry()
    seen = window.grab().toImage()
    window.presenter.toggle_freeze()
    QTest.qWait(100)
    kept = window.presenter.kept
    assert kept.geometry() == projector.geometry() and kept.grab().toImage() == seen
    assert laptop.geometry().contains(window.geometry().center()), window.geometry()
    window.presenter.end_tool()
    QTest.qWait(100)
    assert window.presenter.kept is None and window.geometry() == projector.geometry(), window.geometry()
    window.presenter.toggle()
    QTest.qWait(50)
    assert window.presenter.notes is None and window.pos().x() < 100
    window.close()
    sys.stdout.write("passed\n")


if __name__ == "__main__":
    look(Path(sys.argv[1]), sys.argv[2])
