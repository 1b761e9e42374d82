"""Keeps unsaved work safe while one edits, and offers it again at the next start after the program has died."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nnstudio import paths
from nnstudio.project import recovery
from nnstudio.project.archive import open_project, thumbnail_of
from nnstudio.project.model import Project
from nnstudio.project.recovery import Found, Safekeeping
from nnstudio.text import Mistake
from nnstudio.text import translate as _
from nnstudio.ui import worker
from nnstudio.ui.documents import Documents, warn
from nnstudio.ui.store import Store
from nnstudio.ui.worker import Task

AFTER = 10_000
"""Milliseconds after an edit until it is kept."""
PICTURE = QSize(160, 90)


class Rescue(QObject):
    """Writes the project to the user's own folder some seconds after each edit, on a thread, until it is saved."""

    def __init__(self, store: Store, documents: Documents, parent: QWidget) -> None:
        super().__init__(parent)
        self.store = store
        self.documents = documents
        self.folder = paths.recovery_folder()
        self.safe = Safekeeping(self.folder)
        self.dialog: RescueDialog | None = None
        self._is_kept = False
        self._warned = False
        self._task: Task | None = None
        self._timer = QTimer(self, singleShot=True, interval=AFTER)
        self._timer.timeout.connect(self.keep)
        store.changed.connect(self._project_changed)

    def _project_changed(self, _before: Project, _after: Project) -> None:
        if not self.store.is_modified:
            self._timer.stop()
            if self._is_kept and self._task is None:
                self.drop()
        elif not self._timer.isActive():
            self._timer.start()

    def keep(self) -> None:
        """Keep what there is now; one writing at a time."""
        if not self.store.is_modified:
            return
        if self._task is not None:
            self._timer.start()
            return
        content = self.store.project, self.store.path, self.documents.thumbnail()
        self._is_kept = True
        self._task = Task(partial(worker.keep_safe, self.safe, *content), self)
        self._task.failed.connect(self._failed)
        self._task.done.connect(self._done)
        self._task.start()

    def _done(self) -> None:
        self._task = None
        if not self.store.is_modified:
            self.drop()

    def _failed(self, message: str) -> None:
        self._task, self._is_kept = None, False
        if not self._warned:
            self._warned = True
            self.store.told.emit(_("Unsaved work cannot be kept safe: save it soon. {reason}").format(reason=message))

    def drop(self) -> None:
        """What was kept is not needed any more."""
        if self._task is not None:
            self._task.join(10.0)
        self._is_kept = False
        self.safe.drop()

    def offer(self) -> None:
        """Offer what an earlier program has left."""
        found = recovery.left_behind(self.folder)
        if found:
            window = self.parent()
            assert isinstance(window, QWidget)
            self.dialog = RescueDialog(found, window)
            self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.dialog.opened.clicked.connect(self._open_chosen)
            self.dialog.declined.clicked.connect(self._decline_all)
            self.dialog.open()

    def _open_chosen(self) -> None:
        assert self.dialog is not None
        chosen = self.dialog.chosen()
        if chosen is None or not self.documents.may_leave():
            return
        try:
            project = open_project(chosen.file)
        except Mistake as mistake:
            warn(self.dialog, _("The project was not opened"), str(mistake))
            return
        self.store.replace(project, chosen.path, is_saved=False)
        # Kept under our own name before it is let go of under the other.
        try:
            self.safe.keep(project, chosen.path, thumbnail_of(chosen.file))
        except Mistake as mistake:
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

    def __init__(self, found: list[Found], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rescueDialog")
        self.setWindowTitle(_("Unsaved work was found"))
        self.found = found
        self.list = QListWidget()
        self.list.setAccessibleName(_("Unsaved work"))
        self.list.setIconSize(PICTURE)
        for one in found:
            picture = QPixmap()
            picture.loadFromData(thumbnail_of(one.file))
            self.list.addItem(QListWidgetItem(QIcon(picture), described(one)))
        self.list.setCurrentRow(0)
        buttons = QDialogButtonBox()
        self.opened = buttons.addButton(_("&Open"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.declined = buttons.addButton(_("&Not now"), QDialogButtonBox.ButtonRole.RejectRole)
        words = QLabel(
            _(
                "nnstudio ended without saving this work. Open it, and save it where you like. “Not now” keeps it for "
                "7 more days in {folder}."
            ).format(folder=found[0].file.parent / recovery.DECLINED),
            wordWrap=True,
            textFormat=Qt.TextFormat.PlainText,
        )
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self.resize(620, 340)

    def chosen(self) -> Found | None:
        row = self.list.currentRow()
        return self.found[row] if row >= 0 else None


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
