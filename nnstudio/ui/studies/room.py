"""The study room: a study with all that came of it, in a window of its own, with what is defined beside it."""

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project.model import Run
from nnstudio.text import translate as _
from nnstudio.ui.background.study_jobs import outcomes_of
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.store import Store
from nnstudio.ui.studies.runner import StudyRunner
from nnstudio.ui.studies.study_card import StudyCard
from nnstudio.ui.studies.study_words import study_title
from nnstudio.ui.studies.views import StudyViews

SIZE = (1240, 670)
SIDES = [270, 900]
SOON, LATEST = 250, 5_000
"""Milliseconds until what came of a study is shown anew: at least, and at most."""
LOAD = 20
"""Showing it takes at most one part in so many of the time."""


class StudyRoom(QDialog):
    """`chosen(run)` comes with a trial that is to be looked at, `restore_asked(run)` when its settings are to be taken,
    `turned(id)` when another study is chosen."""

    chosen = Signal(object)
    restore_asked = Signal(object)
    turned = Signal(str)

    def __init__(self, store: Store, runner: StudyRunner, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("studyRoom")
        self.setWindowTitle(_("Study room"))
        resize_on_screen(self, *SIZE)
        self.store = store
        self.run: Run | None = None
        """The trial that is looked at."""
        self.picker = Choice()
        self.picker.setObjectName("studyPicker")
        self.picker.setAccessibleName(_("Study"))
        self.card = StudyCard(store, runner, tells_best=False)
        self.views = StudyViews()
        self.opened = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.opened.setObjectName("studyOpened")
        self.restore = QPushButton(_("Restore settings"))
        self.restore.setObjectName("studyRestore")
        self.restore.setAccessibleName(self.restore.text())
        self.restore.setToolTip(_("Take the network, data and settings of this trial; can be undone"))
        self.restore.setAutoDefault(False)
        self._soon = QTimer(self, interval=SOON, singleShot=True)
        self._soon.timeout.connect(self._show_outcomes)
        self._lay_out()
        for keys, function in (
            (QKeySequence.StandardKey.Undo, store.undo),
            (QKeySequence.StandardKey.Redo, store.redo),
        ):
            QShortcut(QKeySequence(keys), self, function)
        self.picker.activated.connect(lambda place: self.show_study(self.picker.itemData(place)))
        self.restore.clicked.connect(self._restore)
        self.views.chosen.connect(self.show_trial)
        store.changed.connect(self.follow)
        self._show_names()

    def _lay_out(self) -> None:
        side = QWidget()
        inside = QVBoxLayout(side)
        inside.setContentsMargins(12, 12, 12, 12)
        for widget in (self.picker, self.card, self.opened, self.restore):
            inside.addWidget(widget)
        inside.addStretch()
        area = QScrollArea(widgetResizable=True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(side)
        area.setMinimumWidth(230)
        area.setAccessibleName(_("The study that is selected"))
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(area)
        split.addWidget(self.views)
        split.setSizes(SIDES)
        split.setStretchFactor(1, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)
        self._show_opened()

    def show_study(self, id: str) -> None:
        """Show another study."""
        place = self.picker.findData(id)
        if place >= 0 and id != self.card.id:
            self.picker.setCurrentIndex(place)
            self.run = None
            self._show_opened()
            self.card.show_study(id)
            self._show_outcomes()
            self.turned.emit(id)

    def follow(self, change: Change) -> None:
        if change.touches(Part.STUDIES):
            if not change.after.studies:
                self.close()
                return
            self._show_names()
        if change.touches(Part.RUNS) and not self._soon.isActive():
            self._soon.start()
        if self.run is not None and change.touches(Part.RUNS):
            self.run = next((run for run in change.after.runs if self.run and run.id == self.run.id), None)
            self._show_opened()

    def _show_outcomes(self) -> None:
        """Show what came of the study by now; where there are many trials, not as often."""
        study = self.card.study
        if study is not None:
            showing = QElapsedTimer()
            showing.start()
            self.views.show_study(outcomes_of(self.store.project, study))
            self._soon.setInterval(min(LATEST, max(SOON, LOAD * showing.elapsed())))

    def _show_names(self) -> None:
        """The studies there are; where the one that is shown is gone, the newest."""
        shown = self.card.id
        self.picker.clear()
        for study in self.store.project.studies:
            self.picker.addItem(study_title(study), study.id)
        place = self.picker.findData(shown)
        if place >= 0:
            self.picker.setCurrentIndex(place)
        elif self.picker.count():
            self.show_study(self.picker.itemData(self.picker.count() - 1))

    def show_trial(self, run: Run) -> None:
        """Look at a trial."""
        self.run = run
        self._show_opened()
        self.chosen.emit(run)

    def _show_opened(self) -> None:
        words = _("Run {number} is shown in the window.")
        self.opened.setText(words.format(number=self.run.id.removeprefix("run-")) if self.run else "")
        self.opened.setVisible(self.run is not None)
        self.restore.setVisible(self.run is not None)

    def _restore(self) -> None:
        if self.run is not None:
            self.restore_asked.emit(self.run)
