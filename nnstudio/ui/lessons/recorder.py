"""Makes a lesson in the window: records steps, keeps what is typed, undoes, saves, previews."""

from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.lessons import recording as making
from nnstudio.lessons.lesson_file import read_lesson, write_lesson
from nnstudio.lessons.proposals import Doing
from nnstudio.lessons.recording import Draft, Recording
from nnstudio.project.model import Project
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.lessons.lesson_check import LessonCheck
from nnstudio.ui.lessons.player import LessonPlayer
from nnstudio.ui.store import Store
from nnstudio.ui.training.trainer import Trainer

LOOK_EVERY = 250
"""Milliseconds between two looks at what has come into sight."""


class Stage(Enum):
    """What the recorder shows: nothing, the steps, a step being done, or the texts of one."""

    CLOSED = "closed"
    STEPS = "steps"
    RECORDING = "recording"
    STEP = "step"


class Recorder(QObject):
    """The lesson that is being made, if any. `changed` comes when another page is to be shown, `amended` when
    something was typed or chosen in it, `seen` while a step is done, when there is more to propose."""

    changed = Signal()
    amended = Signal()
    seen = Signal()

    def __init__(
        self, store: Store, trainer: Trainer, player: LessonPlayer, in_sight: Callable[[], frozenset[str]]
    ) -> None:
        super().__init__()
        self.store, self.trainer, self.player, self.in_sight = store, trainer, player, in_sight
        self.stage = Stage.CLOSED
        self.recording = Recording({})
        self.place = 0
        """Which step is shown, or done anew."""
        self.path: Path | None = None
        self.complains = False
        """Whether what is missing is said too, and not only what is wrong."""
        self.check = LessonCheck(self)
        self._saved = Recording({})
        self._past: list[tuple[str, str, Recording]] = []
        """What was done, with what it merges with, and the recording before it."""
        self._is_again = False
        self._before = Project()
        self._commands: set[str] = set()
        self._views: set[str] = set()
        self._in_sight: frozenset[str] = frozenset()
        self._timer = QTimer(self, interval=LOOK_EVERY)
        self._timer.timeout.connect(self.look)
        store.replaced.connect(self._project_replaced)

    @property
    def is_open(self) -> bool:
        return self.stage is not Stage.CLOSED

    @property
    def is_recording(self) -> bool:
        return self.stage is Stage.RECORDING

    @property
    def is_modified(self) -> bool:
        """Whether there is something that is in no file."""
        return self.is_open and (self.recording != self._saved or self.is_recording)

    @property
    def draft(self) -> Draft:
        """The step that is shown; there must be one."""
        return self.recording.drafts[self.place]

    @property
    def number(self) -> int:
        """The number of the step that is shown, or done now."""
        return self.place + 1 if self._is_again or not self.is_recording else len(self.recording.drafts) + 1

    # --- opening and leaving ----------------------------------------------------------------------------------------

    def begin(self, recording: Recording, path: Path | None = None) -> None:
        """Make this lesson now; one that was being made is given up."""
        self.stop()
        self.recording = self._saved = recording
        self.path, self.complains = path, False
        self._past.clear()
        self._show(Stage.STEPS)

    def open(self, path: Path) -> None:
        """Go on with a lesson of a file. UserError for what is none."""
        self.begin(making.opened(read_lesson(path)), path)

    def close(self) -> None:
        """Make no lesson any more; what was not saved is lost."""
        self.stop()
        self._past.clear()
        self.recording = self._saved = Recording({})
        self._show(Stage.CLOSED)

    def stop(self) -> None:
        """Look at nothing any more."""
        self._timer.stop()
        self.check.stop()

    def show_steps(self) -> None:
        self._show(Stage.STEPS)

    def show_step(self, place: int) -> None:
        self.place = place
        self._show(Stage.STEP)

    def _show(self, stage: Stage) -> None:
        self.stage = stage
        self.place = max(0, min(self.place, len(self.recording.drafts) - 1))
        self.changed.emit()

    # --- recording --------------------------------------------------------------------------------------------------

    def record(self, again: bool = False) -> None:
        """Begin a step: the state is taken. With `again` it takes the place of the one that is shown."""
        if not self.trainer.is_idle():
            return
        try:
            making.refuse_files(self.store.project)
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            return
        self._is_again = again
        if again and self.draft.before is not None:
            self.store.edit(_("The step from its start"), self.draft.before)
            self.trainer.reset()
        self._take()
        self._show(Stage.RECORDING)
        self._in_sight = self.in_sight()  # the panel has made room
        self._timer.start()

    def _take(self) -> None:
        """What is done counts from now on."""
        self._before, self._in_sight = self.store.project, self.in_sight()
        self._commands.clear()
        self._views.clear()

    def look(self) -> None:
        """See what has come into sight: it may be put away again before the step ends."""
        self._views |= self.in_sight() - self._in_sight
        self.seen.emit()

    def doing(self) -> Doing:
        """What was done since the recording began."""
        return Doing(self._before, self.store.project, frozenset(self._commands), frozenset(self._views))

    def end_step(self) -> None:
        """That was it: what was done becomes the goal, and the texts can be typed."""
        if not self.trainer.is_idle():
            return
        self.look()
        self._timer.stop()
        doing = self.doing()
        if self._is_again:
            self.edit(_("record again"), making.recorded_again(self.recording, self.place, doing))
        else:
            self.edit(_("record a step"), making.recorded(self.recording, doing))
            self.place = len(self.recording.drafts) - 1
        self._is_again, self.complains = False, False
        self._show(Stage.STEP)

    def give_up_step(self) -> None:
        """Record nothing; what was done stays in the project."""
        self._timer.stop()
        was_again, self._is_again = self._is_again, False
        self._show(Stage.STEP if was_again else Stage.STEPS)

    def command_done(self, name: str) -> None:
        """A command of the window was given."""
        if self.is_recording and not self.player.is_playing:
            self._commands.add(name)
            QTimer.singleShot(0, self, self.look)

    def _project_replaced(self) -> None:
        """Another project was opened: what the class does begins there."""
        if self.is_recording and not self.player.is_playing:
            self._take()
            self.store.told.emit(_("The step begins with the project that was opened."))

    # --- editing ----------------------------------------------------------------------------------------------------

    def edit(self, label: str, recording: Recording, merge: str = "") -> None:
        """Change what is being made; changes of one `merge` key in a row are undone together."""
        if recording == self.recording:
            return
        if not (merge and self._past and self._past[-1][1] == merge):
            self._past.append((label, merge, self.recording))
        self.recording = recording
        self.check.forget()
        self.amended.emit()

    def edit_step(self, field: str, **changes: object) -> None:
        """Change the step that is shown."""
        label = _("change step {number}").format(number=self.place + 1)
        self.edit(label, making.with_step(self.recording, self.place, **changes), f"{self.place}.{field}")

    def delete(self, place: int) -> None:
        label = _("delete step {number}").format(number=place + 1)
        self.edit(label, making.without(self.recording, place))
        self._show(Stage.STEPS)

    def move(self, place: int, to: int) -> None:
        """Put a step elsewhere."""
        if 0 <= to < len(self.recording.drafts) and to != place:
            self.edit(_("move step {number}").format(number=place + 1), making.moved(self.recording, place, to))
            self.place = to
            self._show(Stage.STEPS)

    def go_to_end(self, place: int) -> None:
        """Bring the window to where a step ends, so that the next one can be recorded from there; runs stay."""
        after = self.recording.drafts[place].after
        if after is None or not self.trainer.is_idle():
            return
        now = self.store.project
        project = replace(after, runs=now.runs, predictions=now.predictions)
        self.store.edit(_("The end of step {number}").format(number=place + 1), project)
        self.store.told.emit(
            _("The window is where step {number} ends. Undo brings back what was.").format(number=place + 1)
        )

    @property
    def undo_label(self) -> str:
        """What undo takes back, "" for nothing."""
        return self._past[-1][0] if self._past else ""

    def undo(self) -> None:
        if self._past:
            _label, _merge, self.recording = self._past.pop()
            self.check.forget()
            self._show(Stage.STEPS)

    # --- saving and trying ------------------------------------------------------------------------------------------

    def problem(self) -> str:
        """What keeps the lesson from being saved, with the place it stands at brought to the front; "" for nothing."""
        found = making.first_problem(self.recording)
        if found is None:
            return ""
        place, message = found
        self.complains = True
        if place >= 0:
            self.show_step(place)
            return _("Step {number}: {reason}").format(number=place + 1, reason=message)
        self._show(Stage.STEPS)
        return message

    def save(self, path: Path) -> None:
        """Write the lesson. UserError where that cannot be."""
        write_lesson(making.lesson_of(self.recording), path)
        self.path, self._saved = path, self.recording
        self.changed.emit()

    def start_check(self) -> None:
        """Play every step without a screen, and say what is dead."""
        if self.problem():
            return
        try:
            lesson = making.lesson_of(self.recording)
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            return
        self.check.start(lesson, making.languages_of(self.recording))
        self.changed.emit()

    def preview(self, place: int) -> None:
        """Play the lesson from a step on; behind it everything is as it was."""
        if self.player.is_playing or not self.recording.drafts or not self.trainer.is_idle():
            return
        try:
            lesson = making.lesson_of(self.recording)
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            return
        shown = self.trainer.last_run
        self.store.set_aside()
        try:
            self.player.begin("", lesson, place, self.recording.drafts[place].before, partial(self._come_back, shown))
        except UserError as mistake:
            self.store.bring_back()
            self.store.told.emit(str(mistake))

    def _come_back(self, shown: object) -> None:
        """The preview is over: the project and what was shown of it are there again."""
        self.store.bring_back()
        run = next((one for one in self.store.project.runs if one is shown), None)
        if run is not None:
            self.trainer.show(run)
        self.changed.emit()

    def end_preview(self) -> None:
        """Leave the preview, if there is one."""
        if self.player.is_preview:
            self.player.leave()
