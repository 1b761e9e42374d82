"""Keeps unsaved work safe while one edits, and offers it again at the next start after the program has died."""

import sys
from datetime import datetime
from functools import partial

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nnstudio import paths
from nnstudio.project import recovery
from nnstudio.project.recovery import Found, RecoveryStore
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.background.task import Task
from nnstudio.ui.background.training_jobs import UnderWay
from nnstudio.ui.changes import Change
from nnstudio.ui.files import file_jobs
from nnstudio.ui.files.documents import Documents
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.store import Store
from nnstudio.ui.training.trainer import Trainer

AFTER = 10_000
"""Milliseconds after an edit, or an epoch, until it is kept."""
LONGEST = 30_000
LOAD = 20
"""Keeping takes at most one part in so many of the time, unless that would be longer than the longest."""
LOOK = 1_000
"""Milliseconds between two looks at what is trained."""
PICTURE = QSize(160, 90)


class Autosave(QObject):
    """Writes the project, and what is trained, to the user's own folder some seconds after each edit and each epoch, on
    a thread, until it is saved."""

    def __init__(self, store: Store, trainer: Trainer, documents: Documents, parent: QWidget) -> None:
        super().__init__(parent)
        self.store = store
        self.trainer = trainer
        self.documents = documents
        self.folder = paths.recovery_folder()
        self.safe = RecoveryStore(self.folder)
        self.dialog: RescueDialog | None = None
        self._is_kept = False
        self._warned = False
        self._survives = False
        """Whether what is kept outlives the program, which is ended from outside."""
        self._task: Task | None = None
        self._epochs = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True, interval=AFTER)
        self._timer.timeout.connect(self.keep)
        self._look = QTimer(self, interval=LOOK)
        self._look.timeout.connect(self._look_at_training)
        store.changed.connect(self._project_changed)
        trainer.started.connect(self._training_started)

    @property
    def is_needed(self) -> bool:
        """Whether there is something that is in no file."""
        return self.store.kept.is_modified or bool(self._trainings())

    def _trainings(self) -> list[UnderWay]:
        """What is trained of the user's own project, and not of one that is only looked at."""
        return self.trainer.under_way() if self.store.kept.project is self.store.project else []

    def _project_changed(self, _change: Change) -> None:
        if not self.is_needed:
            self._timer.stop()
            if self._is_kept and self._task is None:
                self.drop()
        elif self.store.kept.is_modified and not self._timer.isActive():
            self._timer.start()

    def _training_started(self) -> None:
        self._epochs = 0
        self._look.start()

    def _epochs_done(self) -> int:
        """By all networks that are trained: the first of them may end before the others."""
        return sum(shown.curves.epochs for shown in self.trainer.networks)

    def _look_at_training(self) -> None:
        """Have every epoch kept, or those there is time for."""
        if not self.trainer.is_active:
            self._look.stop()
        elif self._epochs_done() > self._epochs and not self._timer.isActive():
            self._epochs = self._epochs_done()
            self._timer.start()

    def keep(self) -> None:
        """Keep what there is now; one writing at a time."""
        if not self.is_needed:
            return
        if self._task is not None:
            self._timer.start()
            return
        kept = self.store.kept
        content = kept.project, self._trainings(), kept.path, self.documents.thumbnail(), kept.refused
        self._is_kept = True
        self._clock.start()
        self._task = Task(partial(file_jobs.keep_safe, self.safe, *content), self)
        self._task.failed.connect(self._failed)
        self._task.done.connect(self._done)
        self._task.start()

    def keep_at_once(self) -> None:
        """Keep what must not be lost by whatever happens next: not only some seconds from now."""
        if self._task is not None:
            self._task.ended.connect(self.keep)
        else:
            self.keep()

    def _done(self) -> None:
        self._task = None
        self._timer.setInterval(min(LONGEST, max(AFTER, LOAD * self._clock.elapsed())))
        if not self.is_needed:
            self.drop()

    def _failed(self, message: str) -> None:
        self._task, self._is_kept = None, False
        words = _("Unsaved work cannot be kept safe: save it soon. {reason}").format(reason=message)
        if self._survives:  # the window ends, and there is nobody else to tell
            sys.stderr.write(f"nnstudio: {words}\n")
        elif not self._warned:
            self._warned = True
            self.store.told.emit(words)

    def keep_and_end(self) -> None:
        """The program is ended from outside: keep what is in no file, to be offered at the next start, and end."""
        self._survives = self.is_needed
        self.trainer.stop()
        if self._task is not None:  # what is being written may be older than the last edit
            self._task.ended.connect(self._keep_last)
        else:
            self._keep_last()

    def _keep_last(self) -> None:
        self.keep()
        if self._task is None:
            QCoreApplication.exit(0)
        else:
            self._task.ended.connect(partial(QCoreApplication.exit, 0))

    def drop(self) -> None:
        """What was kept is not needed any more. What is being written goes once it is written."""
        if self._survives or self._task is not None:
            return
        self._is_kept = False
        self.safe.drop()

    def drop_at_end(self) -> None:
        """The program is over, and so is whatever was still being written."""
        if not self._survives:
            self.safe.drop()

    def offer(self) -> None:
        """Offer what an earlier program has left."""
        task = Task(partial(file_jobs.find_left_behind, self.folder), self)
        task.arrived.connect(self._offer)
        task.start()

    def show_put_aside(self) -> None:
        """Show what was declined and is still kept."""
        task = Task(partial(file_jobs.find_put_aside, self.folder), self)
        task.arrived.connect(self._show_put_aside)
        task.start()

    def _offer(self, found: list[tuple[Found, bytes]]) -> None:
        if found:
            words = _(
                "nnstudio ended without saving this work. Open it, and save it where you like. “Not now” keeps it for "
                "7 more days: File, Work put aside."
            )
            self._ask(found, _("Unsaved work was found"), words, _("&Not now"))
            assert self.dialog is not None
            self.dialog.declined.clicked.connect(self._decline_all)

    def _show_put_aside(self, found: list[tuple[Found, bytes]]) -> None:
        if not found:
            self.store.told.emit(
                _("There is no work put aside: what was not opened at a start is kept here for 7 days.")
            )
            return
        words = _(
            "This work was not saved and not opened at a start. It is kept for 7 days; what you open is yours to save."
        )
        self._ask(found, _("Work put aside"), words, _("&Close"))
        assert self.dialog is not None
        self.dialog.declined.clicked.connect(self.dialog.reject)

    def _ask(self, found: list[tuple[Found, bytes]], title: str, words: str, no: str) -> None:
        window = self.parent()
        assert isinstance(window, QWidget)
        self.dialog = RescueDialog(found, title, words, no, window)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.opened.clicked.connect(self._open_chosen)
        self.dialog.open()

    def _open_chosen(self) -> None:
        assert self.dialog is not None
        chosen = self.dialog.chosen()
        if chosen is None or not self.trainer.is_idle() or not self.documents.may_leave():
            return
        opened = self.documents.read(chosen.file, is_kept=True)
        if opened is None:
            return
        self.store.replace(opened.project, chosen.path, is_saved=False, refused=chosen.refused)
        # Kept under our own name before it is let go of under the other.
        picture = self.dialog.picture_of(chosen)
        keep = partial(file_jobs.keep_safe, self.safe, opened.project, [], chosen.path, picture, chosen.refused)
        try:
            words = _("Opening {file} …").format(file=chosen.file.name)
            self.documents.busy.do(words, lambda _progress: keep(), can_cancel=False)
        except UserError as mistake:
            self._failed(str(mistake))
            return
        self._is_kept = True
        recovery.remove(chosen.file)
        self.dialog.accept()

    def _decline_all(self) -> None:
        assert self.dialog is not None
        for one in self.dialog.found:
            recovery.decline(one, self.folder)
        self.dialog.reject()


class RescueDialog(QDialog):
    """What was found, each with its picture and both dates."""

    def __init__(self, found: list[tuple[Found, bytes]], title: str, said: str, no: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rescueDialog")
        self.setWindowTitle(title)
        self._pictures = dict(found)
        self.found = [one for one, _picture in found]
        self.list = QListWidget()
        self.list.setAccessibleName(_("Unsaved work"))
        self.list.setIconSize(PICTURE)
        for one, content in found:
            self.list.addItem(QListWidgetItem(QIcon(framed(content)), described(one)))
        self.list.setCurrentRow(0)
        buttons = QDialogButtonBox()
        self.opened = buttons.addButton(_("&Open"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.declined = buttons.addButton(no, QDialogButtonBox.ButtonRole.RejectRole)
        words = QLabel(said, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        resize_on_screen(self, 620, 340)

    def picture_of(self, one: Found) -> bytes:
        return self._pictures[one]

    def chosen(self) -> Found | None:
        row = self.list.currentRow()
        return self.found[row] if row >= 0 else None


def framed(content: bytes) -> QPixmap:
    """A picture in the middle of a place that is as large for all, so that the words beside them are in line."""
    place, picture = QPixmap(PICTURE), QPixmap()
    place.fill(Qt.GlobalColor.transparent)
    if picture.loadFromData(content):
        fitting = picture.scaled(
            PICTURE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        painter = QPainter(place)
        painter.drawPixmap(place.rect().center() - fitting.rect().center(), fitting)
        painter.end()
    return place


def described(one: Found) -> str:
    """The name of a found project, when it was kept, and when its file was saved."""
    name = one.path.name if one.path else _("New project")
    kept = _("kept {date}").format(date=shown_date(one.kept))
    if one.path is None:
        saved = _("never saved to a file")
    elif one.saved is None:
        saved = _("its file is gone")
    else:
        saved = _("its file is of {date}").format(date=shown_date(one.saved))
    return f"{name}\n{kept}\n{saved}"


def shown_date(date: datetime) -> str:
    return f"{date:%Y-%m-%d %H:%M}"
