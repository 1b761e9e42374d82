"""One study: what it is, how far it is, what came of it so far, and the button that runs or stops it."""

import os
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nnstudio.project.model import Study
from nnstudio.studies.words import best_text
from nnstudio.text import translate as _
from nnstudio.ui.background.study_jobs import outcomes_of
from nnstudio.ui.background.study_running import is_complete
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import NumberBox
from nnstudio.ui.store import Store
from nnstudio.ui.studies.figures import StudyFigures
from nnstudio.ui.studies.runner import StudyRunner
from nnstudio.ui.studies.study_words import definition_text, done_text, failure_of, study_title
from nnstudio.ui.studies.trial_plot import is_same_study

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes, StudyOptimism

SOON, LATEST = 150, 5_000
"""Milliseconds until what came of a study is reckoned anew: at least, and at most."""
LOAD = 20
"""Reckoning takes at most one part in so many of the time."""
STEPS = 1000
"""Parts of the bar."""


class StudyCard(QWidget):
    """`run_asked(study)` and `stop_asked` come with the button."""

    run_asked = Signal(object)
    stop_asked = Signal()

    def __init__(self, store: Store, runner: StudyRunner, tells_best: bool = True) -> None:
        super().__init__()
        self.store, self.runner = store, runner
        self.id = ""
        self.outcomes: Outcomes | None = None
        self._optimism: tuple[Outcomes | None, StudyOptimism | None] = None, None
        """How much of the best is luck, and of what that was computed."""
        self.figures = StudyFigures(self) if tells_best else None
        self._is_complete = False
        self.definition, self.under_way, self.state, self.best, self.failure = (
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _place in range(5)
        )
        self.state.setObjectName("studyState")
        self.best.setObjectName("studyResult")
        self.failure.setObjectName("studyFailure")
        for label in (self.definition, self.best, self.failure):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.definition.setStyleSheet(f"color: {theme.colors().faint_text};")
        self.failure.setStyleSheet(f"color: {theme.colors().problem};")
        self.bar = QProgressBar(minimum=0, maximum=STEPS, textVisible=False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName(_("Trials done"))
        self.button = QPushButton()
        self.button.setObjectName("studyRun")
        self.button.setAutoDefault(False)
        self.workers = NumberBox()
        self.workers.setObjectName("studyWorkers")
        self.workers.setRange(1, max(1, os.cpu_count() or 1))
        words = _("Settings trained at once")
        self.workers.setAccessibleName(words)
        self.workers.setToolTip(
            _("{words}: from two on in processes of their own, each with its memory; the numbers are the same").format(
                words=words
            )
        )
        self.at_once = QLabel(_("at once"))
        self.at_once.setBuddy(self.workers)
        self._cost = QElapsedTimer()
        self._soon = QTimer(self, interval=SOON, singleShot=True)
        self._soon.timeout.connect(self._reckon)
        self._lay_out()
        self.button.clicked.connect(self._pressed)
        self.workers.valueChanged.connect(self._set_workers)
        store.changed.connect(self.follow)
        runner.changed.connect(self.show_progress)
        runner.ended.connect(self._reckon)
        if self.figures is not None:
            self.figures.found.connect(self._take)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.button)
        line.addStretch()
        line.addWidget(self.workers)
        line.addWidget(self.at_once)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addWidget(self.definition)
        layout.addLayout(line)
        layout.addWidget(self.bar)
        for label in (self.state, self.under_way, self.best, self.failure):
            layout.addWidget(label)
        self.best.hide()

    @property
    def study(self) -> Study | None:
        return next((one for one in self.store.project.studies if one.id == self.id), None)

    def show_study(self, id: str) -> None:
        self.id = id
        self._reckon()

    def follow(self, change: Change) -> None:
        if change.touches(Part.RUNS, Part.STUDIES) and self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _reckon(self) -> None:
        """Say all of it anew; where there are many trials, not as often."""
        study = self.study
        if study is None:
            return
        self._cost.start()
        project = self.store.project
        outcomes = self.outcomes = outcomes_of(project, study)
        self.definition.setText(definition_text(study))
        self.state.setText(done_text(outcomes))
        self.failure.setText(failure_of(outcomes))
        self.failure.setVisible(bool(self.failure.text()))
        if self.figures is not None:
            self._show_best()
            self.figures.compute(outcomes)
        self._is_complete = is_complete(project, study)
        self.show_progress()
        self._soon.setInterval(min(LATEST, max(SOON, LOAD * self._cost.elapsed())))

    def _show_best(self) -> None:
        """The best with its spread, and with how much of that is luck once it is known."""
        assert self.outcomes is not None
        of, optimism = self._optimism
        is_of_this = of is not None and is_same_study(of, self.outcomes)
        self.best.setText(best_text(self.outcomes, optimism if is_of_this else None))
        self.best.setVisible(len(self.outcomes.runs) > 0)

    def _take(self, name: str, of: "Outcomes", figure: Any) -> None:
        if name == "optimism" and self.outcomes is not None:
            self._optimism = of, figure
            self._show_best()

    def show_progress(self) -> None:
        """How far it is, where it is under way."""
        study = self.study
        if study is None:
            return
        progress = self.runner.progress if self.runner.runs(study) else None
        is_running = progress is not None
        self.bar.setVisible(is_running)
        self.under_way.setVisible(is_running)
        if progress is not None:
            self.bar.setValue(round(STEPS * progress.share))
            self.state.setText(self.runner.status())
            self.under_way.setText(self.runner.under_way_text())
        self.workers.blockSignals(True)
        self.workers.setValue(self.runner.workers)
        self.workers.blockSignals(False)
        self.workers.setEnabled(not self.runner.is_active)
        self._show_button(study, is_running)

    def _show_button(self, study: Study, is_running: bool) -> None:
        if is_running:
            words = _("Stop")
        elif self._is_complete:
            words = _("Done")
        else:
            words = _("Go on") if any(self._trials()) else _("Run")
        self.button.setText(words)
        self.button.setAccessibleName(_("{verb}: {study}").format(verb=words, study=study_title(study)))
        self.button.setIcon(theme.icon("mdi6.stop" if is_running else "mdi6.play"))
        others = self.runner.is_active and not is_running
        self.button.setEnabled(not (others or (self._is_complete and not is_running) or self.runner.is_stopping))

    def _trials(self) -> list[bool]:
        return [True for run in self.store.project.runs if run.trial is not None and run.trial.study == self.id][:1]

    def _pressed(self) -> None:
        study = self.study
        if study is None:
            return
        if self.runner.runs(study):
            self.stop_asked.emit()
        else:
            self.run_asked.emit(study)

    def _set_workers(self, count: int) -> None:
        self.runner.workers = count

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reckon()  # what came while it was not in sight
