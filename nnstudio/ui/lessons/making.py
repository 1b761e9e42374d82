"""What making a lesson asks of the window: commands, files, questions, what is pointed at, the sign of a recording."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nnstudio import paths
from nnstudio.lessons.lesson_file import SUFFIX
from nnstudio.lessons.measures import said
from nnstudio.lessons.recording import Recording
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.lessons.panel import LessonPanel
from nnstudio.ui.lessons.pointing import Pointing
from nnstudio.ui.lessons.recorder import Recorder, Stage
from nnstudio.ui.lessons.step_list import RecordingSign

MAKING_WIDTH = 340
Button = QMessageBox.StandardButton
Ask = Callable[[str, str, Button], Button]


class Making:
    """The recorder in its window. `show_panel(True)` brings it to the front."""

    def __init__(self, window: QWidget, recorder: Recorder, ask: Ask, show_panel: Callable[[bool], object]) -> None:
        self.window, self.recorder, self.ask, self.show_panel = window, recorder, ask, show_panel
        self.sign: RecordingSign | None = None
        self.pointing: Pointing
        self.panel: LessonPanel

    def compose(self, panel: LessonPanel, pointing: Pointing) -> None:
        """Take the panel there is now, in the language and colours in use."""
        if self.sign is not None:
            self.sign.deleteLater()
            self.pointing.end()
            self.pointing.deleteLater()
        self.panel, self.pointing = panel, pointing
        self.sign = RecordingSign(self.window, self.recorder)
        panel.page.save_asked.connect(self.save)
        panel.page.leave_asked.connect(self.leave)
        panel.page.point_asked.connect(pointing.begin)
        pointing.chosen.connect(self.ring)

    def functions(self) -> dict[str, Callable[[], object]]:
        """What each command does, by its name."""
        return {
            "actionRecordStep": self.record,
            "actionNewLesson": self.new,
            "actionEditLesson": self.ask_edit,
        }

    def show_action(self, action: QAction) -> None:
        """The command says what it does now: begin, or end."""
        action.setText(_("That &was it") if self.recorder.is_recording else _("&Record a step"))

    # --- commands ---------------------------------------------------------------------------------------------------

    def record(self) -> None:
        """Begin a step, or end the one that is recorded."""
        if not self._is_free():
            return
        if self.recorder.is_recording:
            self.recorder.end_step()
        else:
            if not self.recorder.is_open:
                self.recorder.begin(Recording({}))
            self.recorder.record()
        self.show_panel(True)

    def new(self) -> None:
        """Begin a lesson."""
        if self._is_free() and self.may_leave():
            self.recorder.begin(Recording({}))
            self.show_panel(True)

    def ask_edit(self) -> None:
        """Ask for a lesson's file and go on with it."""
        if not self._is_free() or not self.may_leave():
            return
        name, _filter = QFileDialog.getOpenFileName(
            self.window, _("Edit a lesson"), str(self._folder()), self._pattern()
        )
        if name:
            self.edit(Path(name))

    def edit(self, path: Path) -> None:
        try:
            self.recorder.open(path)
        except UserError as mistake:
            self.recorder.store.told.emit(str(mistake))
            return
        self.show_panel(True)

    def _is_free(self) -> bool:
        """Whether no lesson is played; a preview is left, another one is said to be in the way."""
        self.recorder.end_preview()
        if self.recorder.player.is_playing:
            self.recorder.store.told.emit(_("A lesson is being played. Leave it first (Esc)."))
            return False
        return True

    # --- leaving and saving -----------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Put the recorder away, when what was made is saved or given up."""
        if self.may_leave():
            self.recorder.close()

    def may_leave(self) -> bool:
        """Whether the lesson that is being made may be left: saved, nothing to save, or given up."""
        if not self.recorder.is_modified:
            return True
        words = _(
            "The lesson you are making has changes that are in no file yet. They are lost if you do not save them."
        )
        answer = self.ask(_("Save the lesson?"), words, Button.Save | Button.Discard | Button.Cancel)
        if answer == Button.Save:
            return self.save()
        return bool(answer == Button.Discard)

    def save(self) -> bool:
        """Ask for a name and write the lesson there; True when it is written. What is missing is said at its field."""
        recorder = self.recorder
        if recorder.is_recording:
            recorder.give_up_step()
        if problem := recorder.problem():
            self.show_panel(True)
            self.panel.page.say(problem)
            return False
        start = recorder.path or self._folder() / (file_name(said(recorder.recording.title)) + SUFFIX)
        name, _filter = QFileDialog.getSaveFileName(self.window, _("Save the lesson"), str(start), self._pattern())
        if not name:
            return False
        path = Path(name if name.endswith(SUFFIX) else name.removesuffix(".json").removesuffix(".lesson") + SUFFIX)
        try:
            recorder.save(path)
        except UserError as mistake:
            self.panel.page.say(str(mistake))
            return False
        recorder.store.told.emit(_("Saved as {file}").format(file=path))
        return True

    def _folder(self) -> Path:
        return self.recorder.path.parent if self.recorder.path else paths.home()

    def _pattern(self) -> str:
        return _("Lessons") + f" (*{SUFFIX})"

    # --- pointing ---------------------------------------------------------------------------------------------------

    def ring(self, name: str) -> None:
        """A thing of the window was chosen."""
        if self.recorder.stage is Stage.STEP:
            self.recorder.edit_step("point", point=name)

    def point(self) -> str:
        """What is to be ringed while a step is made."""
        if self.pointing.is_on:
            return self.pointing.under
        is_shown = self.recorder.stage is Stage.STEP and bool(self.recorder.recording.drafts)
        return self.recorder.draft.step.point if is_shown else ""


def file_name(title: str) -> str:
    """A title as the name of a file: letters, digits and hyphens, so that every system takes it."""
    letters = "".join(sign if sign.isalnum() else "-" for sign in title.lower())
    return "-".join(part for part in letters.split("-") if part)[:60] or _("lesson")
