"""Keeps the project's data at hand: reads it on a thread whenever another is chosen, and says what it found."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.project import edits, variants
from nnstudio.project.model import DataChoice
from nnstudio.project.progress import FileProgress
from nnstudio.text import translate as _
from nnstudio.ui.background import training_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.background.training_jobs import ColumnsRead, DataReady, FileMissing, SampleFits
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.store import Store

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Dataset

PATIENCE_WITH_TYPING = 50


class DataLoader(QObject):
    """The data set of the current choice; `changed` comes when it was read or could not be.

    `differs` comes, with words and the copies that gave way, when it is another than it was.
    """

    changed = Signal()
    differs = Signal(str, object)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.dataset: Dataset | None = None
        self.choice: DataChoice | None = None
        self.columns: tuple[str, ...] = ()
        self.raw: ColumnsRead | None = None
        """What was read of data that cannot be used as it is chosen."""
        self._missing: FileMissing | None = None
        self._fits: SampleFits | None = None
        self._loading: DataChoice | None = None
        self._problem = ""
        self._task: Task | None = None
        self.progress = FileProgress()
        """How far the reading under way is."""
        self.was_cancelled = False
        """Whether the current choice is not read because that was cancelled."""
        self._timer = QTimer(self, interval=PATIENCE_WITH_TYPING, singleShot=True)
        self._timer.timeout.connect(self.load)
        self._is_stale = False
        """Whether what is being read is not wanted any more: other data is, or the same of another project, which may
        keep other copies."""
        store.changed.connect(self._project_changed)
        store.replaced.connect(self.forget)

    @property
    def is_loading(self) -> bool:
        return self._loading is not None or self._timer.isActive()

    def dataset_for(self, choice: DataChoice) -> "Dataset | None":
        """The data set when it is that of this choice and at hand."""
        return self.dataset if self.choice == choice else None

    @property
    def missing(self) -> str:
        """A file of the current choice that is not where it was, "" for none."""
        return self._missing.source if self._missing and self._missing.choice == self.store.project.data else ""

    @property
    def fitting(self) -> float:
        """The fraction of the rows that fits into memory where all that are chosen do not; 0 where they do."""
        return self._fits.fraction if self._fits and self._fits.choice == self.store.project.data else 0.0

    def load(self) -> None:
        """Read the chosen data unless it is at hand or being read."""
        choice = self.store.project.data
        if choice == self.choice:
            self._tell_again()
            return
        if self._task is not None:
            return
        self._loading = choice
        if self._missing and self._missing.choice == choice:
            self._missing = None  # it may be there again
        self._fits = None
        self.progress, self.was_cancelled = FileProgress(), False
        content = self.store.project.files, self.store.refused
        self._task = Task(partial(training_jobs.load_data, choice, *content, self.progress), self)
        self._task.arrived.connect(self._arrived)
        self._task.failed.connect(self._failed)
        self._task.done.connect(self._done)
        self._task.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Read no more of the data that is being read, and none of it until it is asked for."""
        self.was_cancelled = True
        self.progress.cancel()
        self.changed.emit()

    def _abandon(self) -> None:
        """Other data is wanted than what is being read, or the same anew."""
        if self._task is not None:
            self._is_stale = True
            self.progress.cancel()

    def _arrived(self, event: DataReady | ColumnsRead | FileMissing | SampleFits) -> None:
        if not self._is_stale:
            self.hear(event)

    def hear(self, event: DataReady | ColumnsRead | FileMissing | SampleFits) -> None:
        """Take in what was found, here or at the beginning of a training."""
        if isinstance(event, FileMissing):
            self._missing = event
        elif isinstance(event, SampleFits):
            self._fits = event
        elif isinstance(event, DataReady):
            self.take(event)
        elif event.choice == self.store.project.data:
            self.columns, self.raw = event.names, event
            self.changed.emit()

    def _tell_again(self) -> None:
        """What is known of the data at hand, for a project that came back to it."""
        dataset = self.dataset
        if dataset is None:
            self.store.set_data_problem(self._problem)
        elif self.store.project.facts is None:
            self._note(self.store.project.data, dataset)
            self.changed.emit()

    def take(self, ready: DataReady) -> None:
        """Keep a data set that was read, unless another was chosen meanwhile."""
        if ready.choice != self.store.project.data:
            return
        self.choice, self.dataset = ready.choice, ready.dataset
        self.was_cancelled = False  # the last of it may have been read when that was asked for
        self.columns = tuple(ready.dataset.preview.columns)
        self.raw = None
        before = self.store.project
        self._note(ready.choice, ready.dataset)
        self.store.set_data_problem("")
        self.changed.emit()
        if words := variants.changed_data(self.store.project, before):
            self.differs.emit(words, variants.replaced_copies(self.store.project, before))

    def _note(self, choice: DataChoice, dataset: "Dataset") -> None:
        """Have the project know what was found, and what it was read from."""
        self.store.amend(lambda project: edits.set_facts(project, choice, dataset.facts, dataset.files))

    def forget(self) -> None:
        """Read the data again, for its remarks in another language or a file that was mended."""
        self._abandon()
        self.choice, self.dataset, self._missing = None, None, None
        self.load()

    def _failed(self, message: str) -> None:
        if self._loading == self.store.project.data and not self._is_stale:
            if self.was_cancelled:
                message = _("The data was not read: that was cancelled. Press Read, or choose other data.")
            self.choice, self.dataset, self._problem = self._loading, None, message
            self.store.set_data_problem(message)
        self._done()

    def _done(self) -> None:
        self._loading = self._task = None
        self._is_stale = False
        self.load()
        self.changed.emit()

    def _project_changed(self, change: Change) -> None:
        data_changed, after = change.touches(Part.DATA), change.after
        if data_changed:
            self._timer.start()  # first: who hears below that something changed must also hear that it will be read
            if change.before.data.source != after.data.source:
                self.columns, self.raw = (), None  # those of the former data are no targets of this
            self._abandon()
            self.was_cancelled = False
            self.store.set_data_problem("")
            self.changed.emit()
        unknown = after.facts is None and not self.store.data_problem
        if not data_changed and unknown and self._task is None:
            self._timer.start()
