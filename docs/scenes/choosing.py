"""Pictures of studies, of the test set and of what is written for other programs."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from docs.scenes.registry import Target, scene
from docs.stage import Stage
from nnstudio.project import edits
from nnstudio.ui.labs.choosing_lab import ChoosingLab
from nnstudio.ui.test_set.dialog import TestSetDialog
from nnstudio.ui.test_set.opening_form import OpeningForm
from nnstudio.ui.window import MainWindow


@scene
def studies(stage: Stage, target: Target) -> None:
    """A study defined in its form, run, and looked at in its room."""
    window = stage.open("iris")
    stage.set_epochs(window, 30)
    stage.do(window, "actionNewStudy")
    form = window.studies.panel.form
    vary(stage, window, "training.learning_rate", "0.001, 0.01, 0.1")
    vary(stage, window, "training.batch_size", "8, 32")
    form.seeds.setValue(3)
    stage.grab(window.studies.panel, target("study_form"))
    stage.click(form.starting)
    stage.wait(lambda: not window.studies.runner.is_active)
    stage.do(window, "actionStudyRoom")
    room = window.studies.room
    assert room is not None
    room.resize(1120, 720)
    stage.wait(room.isActiveWindow)
    stage.wait(lambda: not room.views.is_computing)
    stage.grab(room, target("study_room"))


@scene
def test_set(stage: Stage, target: Target) -> None:
    """The test set sealed, the question before it is opened, and the number with its interval."""
    window = stage.open("digits")
    stage.train(window)
    stage.do(window, "actionTestSet")
    dialog = window.findChild(TestSetDialog)
    assert dialog is not None
    dialog.resize(700, 240)
    stage.wait(dialog.isActiveWindow)
    stage.grab(dialog, target("test_set_sealed"))
    stage.click(dialog.opens)
    form = dialog.findChild(OpeningForm)
    assert form is not None
    stage.wait(form.isActiveWindow)
    stage.write(form.expected, "97 %")
    stage.grab(form, target("test_set_asked"))
    stage.click(form.opens)
    stage.wait(lambda: window.project.openings)
    dialog.resize(700, 420)
    stage.wait(dialog.isActiveWindow)
    stage.grab(dialog, target("test_set_opened"))


@scene
def choosing_by_test_set(stage: Stage, target: Target) -> None:
    """The lab that lies on purpose: candidates chosen by what stands in for a test set, and what fresh rows say."""
    window = stage.open("circle")
    window.store.edit("", edits.set_data(window.project, source="toy:circle?samples=300&noise=0.3"))
    stage.set_epochs(window, 20)
    stage.wait(lambda: window.project.facts is not None)
    lab = stage.lab(window, "actionChoosingLab", ChoosingLab, (1000, 660))
    stage.click(lab.compute)
    stage.wait(lambda: lab.choices is not None)
    lab.lying.setFocus()
    QTest.keyClick(lab.lying, Qt.Key.Key_Space)
    stage.wait(lambda: lab.candidates.turned == 1.0)
    stage.grab(lab, target("choosing_by_test_set"))


def vary(stage: Stage, window: MainWindow, key: str, values: str) -> None:
    """Choose what varies in the form's list, and write its values."""
    form = window.studies.panel.form
    if not form.search.isVisible():
        stage.click(form.adder)
    stage.write(form.search.field, key)
    QTest.keyClick(form.search.field, Qt.Key.Key_Return)
    row = form.rows[-1]
    row.values.selectAll()
    stage.write(row.values, values)
