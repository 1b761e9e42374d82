"""The commands of the test set: show its seal, open it for a run, lift the seal or put it on again."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from nnstudio.project import openings
from nnstudio.project.model import Run
from nnstudio.project.test_seal import Opening
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.background import test_jobs
from nnstudio.ui.files.autosave import Autosave
from nnstudio.ui.files.documents import Documents
from nnstudio.ui.shell.dialogs import question, warn
from nnstudio.ui.test_set.dialog import TestSetDialog
from nnstudio.ui.test_set.opening_form import OpeningForm, openable
from nnstudio.ui.training.trainer import Trainer


class TestSetDesk:
    """What is done with the test set of a window's project. An opening is a fact and no edit: undo does not take it
    away. It is in the project's file before its number is shown, and is kept safe at once where there is none."""

    __test__ = False  # no test of pytest's

    def __init__(self, window: QWidget, trainer: Trainer, documents: Documents, autosave: Autosave) -> None:
        self.window = window
        self.trainer = trainer
        self.store = trainer.store
        self.documents = documents
        self.autosave = autosave
        earlier = window.findChild(TestSetDialog, TestSetDialog.NAME)
        if earlier is not None:  # of another language or other colours
            earlier.setObjectName("")
            earlier.close()
            self.open()

    def functions(self) -> dict[str, Callable[[], object]]:
        """What each command does, by its name."""
        return {"actionTestSet": self.open, "actionOpenTestSet": self.ask}

    def open(self) -> TestSetDialog:
        """Show the seal and its openings, or bring them to the front."""
        dialog = self.window.findChild(TestSetDialog, TestSetDialog.NAME)
        if dialog is None:
            dialog = TestSetDialog(self.window, self.store)
            dialog.open_asked.connect(self.ask)
            dialog.turn_asked.connect(self.ask_turn)
            dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    # --- opening ----------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask which run the test set is opened for, and what is expected of it."""
        dialog = self.open()
        project = self.store.project
        if not openable(project):
            dialog.say(_("There is no run to measure yet: train the network first."))
            return
        form = OpeningForm(dialog, project, self.trainer.last_run)
        form.given.connect(self.look)
        form.open()

    def look(self, run: Run, expected: str) -> None:
        """Measure a run on its test part, count that, and show the number."""
        project, generation = self.store.project, self.store.generation
        is_counted = openings.is_sealed(project, run.data)
        path = self.documents.own_file() if is_counted else None
        is_known = self.documents.is_as_known()
        work = partial(test_jobs.looked, project, run, expected, path, self.store.refused)
        try:
            found: test_jobs.Look = self.documents.busy.do(_("Measuring on the test part …"), work)
        except UserError as mistake:
            warn(self.open(), _("The test set was not opened"), str(mistake))
            return
        if self.store.generation != generation:
            return
        if is_counted:
            self._write_down(found.opening, path, is_known)
        self.open().show_look(found.opening, found.notes, is_counted)

    def _write_down(self, opening: Opening, path: Path | None, is_known: bool) -> None:
        """Have the project know of an entry; where its file has it already, that is nothing to save."""
        if path is not None and is_known:
            self.documents.know_file()
        self.store.amend(lambda project: openings.with_opening(project, opening), is_in_file=path is not None)
        self.autosave.keep_at_once()

    # --- the seal ---------------------------------------------------------------------------------------------------

    def ask_turn(self) -> None:
        """Lift the seal, which is asked about, or put it on again."""
        if not openings.is_sealed(self.store.project):
            self.turn()
            return
        words = _(
            "Lift the seal only where the test part of this data is public knowledge, and everybody has chosen by it "
            "long ago. Then looks at it are not counted any more, and every view of it says so. That the seal was "
            "lifted stays in the project: undo does not take it away."
        )
        question(self.open(), _("Lift the seal?"), words, (_("&Lift the seal"), _("&Keep it sealed")), self.turn)

    def turn(self) -> None:
        """Lift the seal of the project's data where it holds; otherwise put it on again."""
        what = openings.LIFTED if openings.is_sealed(self.store.project) else openings.SEALED
        entry, path = openings.turned(self.store.project, what), self.documents.own_file()
        is_known = self.documents.is_as_known()
        if path is not None:
            try:
                self.documents.busy.do(
                    _("Writing {file} …").format(file=path.name), partial(test_jobs.turned, path, entry)
                )
            except UserError as mistake:
                warn(self.open(), _("The seal stays as it was"), str(mistake))
                return
        self._write_down(entry, path, is_known)
