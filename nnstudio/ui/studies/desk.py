"""The studies of a window: what each command does, the panel and the room, and leaving while one runs."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMessageBox, QWidget

from nnstudio.project import variants
from nnstudio.project.model import Run, Study
from nnstudio.project.studies import add_study, remove_study, rename_study
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background.task import Task
from nnstudio.ui.inspector.form import ParameterForm
from nnstudio.ui.inspector.panel import Inspector
from nnstudio.ui.studies.panel import StudiesPanel
from nnstudio.ui.studies.runner import StudyRunner
from nnstudio.ui.studies.study_words import study_title
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.studies.room import StudyRoom

Ask = Callable[[str, str, QMessageBox.StandardButton], QMessageBox.StandardButton]
AwaitEnd = Callable[[str, Task], bool]


class StudyDesk(QObject):
    """What is done with studies. `ask` asks a question and waits for the answer; `bring` brings a panel to the front.

    Of the views in the room: `brushed(ids)` comes with the runs in what was brushed, None for all, and what is asked of
    a plot with that plot.
    """

    brushed = Signal(object)
    picture_asked = Signal(object)
    numbers_asked = Signal(object)
    sheet_asked = Signal(object)

    def __init__(self, window: QWidget, trainer: Trainer, ask: Ask, bring: Callable[[QWidget], object]) -> None:
        super().__init__(window)
        self.window, self.trainer, self.ask, self.bring = window, trainer, ask, bring
        self.store = trainer.store
        self.runner = StudyRunner(self.store, trainer, self)
        self.panel: StudiesPanel
        self.room: StudyRoom | None = None
        self._selected = ""
        self._is_composed = False

    def compose(self, *forms: ParameterForm | Inspector) -> None:
        """Make the panel, and the room where it is open, in the language and colours in use. `forms` are those whose
        settings a study can vary."""
        draft = self.panel.draft() if self._is_composed else None
        self.panel = StudiesPanel(self.store, self.runner)
        self.panel.select(self._selected)
        self._selected = self.panel.card.id
        self.panel.chosen.connect(self._select)
        self.panel.new_asked.connect(self.new)
        self.panel.room_asked.connect(self.open_room)
        self.panel.rename_asked.connect(self.rename)
        self.panel.duplicate_asked.connect(self.panel.show_form)
        self.panel.delete_asked.connect(self.delete)
        self.panel.card.run_asked.connect(self.runner.run)
        self.panel.card.stop_asked.connect(self.runner.stop)
        self.panel.form.left.connect(self.panel.show_list)
        self.panel.form.defined.connect(self.define)
        if self.room is not None:
            self.close_room()
            self.open_room()
        for form in forms:
            form.vary_asked.connect(self.vary)
        if draft is not None:
            self.panel.go_on_with(draft)
        self._is_composed = True

    def functions(self) -> dict[str, Callable[[], object]]:
        """What each command does, by its name."""
        return {
            "actionNewStudy": self.new,
            "actionRunStudy": self.run_selected,
            "actionStopStudy": self.runner.stop,
            "actionStudyRoom": self.open_room,
        }

    def enable(self, actions: Mapping[str, QAction]) -> None:
        """Enable what can be done now."""
        active, has_one = self.runner.is_active, bool(self.store.project.studies)
        actions["actionRunStudy"].setEnabled(has_one and not active)
        actions["actionStopStudy"].setEnabled(active and not self.runner.is_stopping)
        actions["actionStudyRoom"].setEnabled(has_one)

    def _select(self, id: str) -> None:
        self._selected = id
        if self.room is not None:
            self.room.show_study(id)

    # --- what each command does -------------------------------------------------------------------------------------

    def new(self) -> None:
        """Begin to define a study of the network as it is drawn."""
        self.bring(self.panel)
        self.panel.show_form()

    def vary(self, key: str) -> None:
        """Have a setting vary, in the form as it stands or in a new one."""
        self.bring(self.panel)
        if self.panel.currentWidget() is not self.panel.form:
            self.panel.show_form()
        try:
            self.panel.form.add(key)
        except UserError as mistake:
            self.store.told.emit(str(mistake))

    def define(self, study: Study, starts: bool) -> None:
        """Put a study into the project, and run it where it is to be."""
        study = replace(study, id=self.store.free_study_id())
        label = _("Define the study “{name}”").format(name=study_title(study))
        self.store.edit(label, add_study(self.store.project, study))
        self.panel.select(study.id)
        self.panel.show_list()
        if starts:
            self.runner.run(study)

    def run_selected(self) -> None:
        """Run the study that is selected, or go on with it."""
        study = self.panel.selected
        if study is not None:
            self.bring(self.panel)
            self.panel.show_list()
            self.runner.run(study)

    def rename(self, id: str, name: str) -> None:
        study = next(one for one in self.store.project.studies if one.id == id)
        if name.strip() != study_title(study):
            try:
                self.store.edit(_("Rename the study"), rename_study(self.store.project, id, name))
            except UserError as mistake:
                self.store.told.emit(str(mistake))
        self.panel.show_studies()

    def delete(self, study: Study) -> None:
        """Delete a study with its trials; can be undone."""
        if self.runner.runs(study):
            self.store.told.emit(_("The study is being run. Stop it first."))
            return
        count = sum(run.trial is not None and run.trial.study == study.id for run in self.store.project.runs)
        words = translate_count(
            "Delete the study “{name}” with {count} trial", "Delete the study “{name}” with {count} trials", count
        )
        label = words.format(name=study_title(study), count=Count(count))
        self.store.edit(label, remove_study(self.store.project, study.id))
        said = translate_count(
            "The study and its {count} trial are deleted. Undo brings them back.",
            "The study and its {count} trials are deleted. Undo brings them back.",
            count,
        )
        self.store.told.emit(said.format(count=Count(count)))

    # --- the room ---------------------------------------------------------------------------------------------------

    def open_room(self) -> None:
        """Open the room on the study that is selected, or bring it to the front."""
        if not self.store.project.studies:
            return
        if self.room is None:
            from nnstudio.ui.studies.room import StudyRoom

            self.room = StudyRoom(self.store, self.runner, self.window)
            self.room.chosen.connect(self.trainer.show)
            self.room.restore_asked.connect(self.restore)
            self.room.turned.connect(self.panel.select)
            self.room.card.run_asked.connect(self.runner.run)
            self.room.card.stop_asked.connect(self.runner.stop)
            self.room.finished.connect(self._room_closed)
            self.room.views.brushed.connect(self.brushed)
            for plot in self.room.views.plots:
                plot.picture_asked.connect(self.picture_asked)
                plot.numbers_asked.connect(self.numbers_asked)
                plot.sheet_asked.connect(self.sheet_asked)
            self.room.show_study(self._selected)
            self.room.show()
        self.room.raise_()
        self.room.activateWindow()

    def show_view(self, name: str) -> str:
        """Bring a view of the room to the front, by the name it has in the report; what is to be said where it is not
        there."""
        self.open_room()
        plots = {plot.view_name: plot for plot in self.room.views.plots} if self.room is not None else {}
        if name not in plots:
            return _("The project holds no study any more.")
        plots[name].setFocus(Qt.FocusReason.OtherFocusReason)
        return ""

    def _room_closed(self) -> None:
        self.room = None
        self.brushed.emit(None)

    def close_room(self) -> None:
        if self.room is not None:
            self.room.setObjectName("")
            self.room.close()

    def restore(self, run: Run) -> None:
        """Take the network, data and settings of a trial."""
        label = _("Restore the settings of run {number}").format(number=run.id.removeprefix("run-"))
        self.store.edit(label, variants.restored(self.store.project, run))

    # --- leaving ----------------------------------------------------------------------------------------------------

    def leave(self, await_end: AwaitEnd) -> bool:
        """Whether the window may turn to something else: a study under way is asked about and stopped."""
        if not self.runner.is_active:
            return True
        answer = self.ask(
            _("Stop the study?"),
            _("A study is being run. The trials it has are kept if you stop now, and it goes on later from there."),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
        )
        if answer != QMessageBox.StandardButton.Yes:
            return False
        ending = self.runner.stop()
        return ending is None or await_end(_("Stopping the study …"), ending)
