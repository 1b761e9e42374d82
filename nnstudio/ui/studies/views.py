"""The four views of a study side by side, one line that states the best honestly, and the trial at the pointer."""

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.project.study_variables import variable_text
from nnstudio.studies.words import best_text, trial_text
from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.plots.grid import Grid
from nnstudio.ui.studies.best_so_far import BestSoFar
from nnstudio.ui.studies.figures import StudyFigures
from nnstudio.ui.studies.importance_bars import ImportanceBars
from nnstudio.ui.studies.parallel_plot import ParallelPlot
from nnstudio.ui.studies.settings_plot import SettingsPlot
from nnstudio.ui.studies.trial_curves import TrialCurves
from nnstudio.ui.studies.trial_plot import TrialPlot, is_same_study, scale_text

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes, StudyOptimism


class StudyViews(QWidget):
    """`chosen(run)` comes with a click at a trial, `brushed(ids)` with the runs in what was brushed, None for all, and
    `lit(id)` with the run at the pointer, None for none."""

    chosen = Signal(object)
    brushed = Signal(object)
    lit = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("studyViews")
        self.outcomes: Outcomes | None = None
        self.optimism: StudyOptimism | None = None
        self.settings, self.curves = SettingsPlot(), TrialCurves()
        self.parallel, self.best = ParallelPlot(), BestSoFar()
        self.plots: tuple[TrialPlot, ...] = (self.settings, self.curves, self.parallel, self.best)
        self.statement, self.scale, self.readout = plain_label("studyBest"), QLabel(), plain_label("studyReadout")
        self.scale.setTextFormat(Qt.TextFormat.RichText)
        self.scale.setObjectName("studyScale")
        self.importance = ImportanceBars()
        self._make_choosers()
        self._lay_out()
        self.figures = StudyFigures(self)
        self.figures.found.connect(self._take)
        self.figures.failed.connect(self.importance.say)
        for plot in self.plots:
            plot.hovered.connect(self._light)
            plot.pressed.connect(self._choose)
        self.parallel.brush_changed.connect(self._brush)

    # --- layout -----------------------------------------------------------------------------------------------------

    def _make_choosers(self) -> None:
        self.across, self.up, self.others = Choice(), Choice(), Choice()
        for choice, name in (
            (self.across, _("Variable across")),
            (self.up, _("Variable up")),
            (self.others, _("Other variables")),
        ):
            choice.setAccessibleName(name)
            choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
            choice.activated.connect(self._choose_variables)
        self.others.addItem(_("others: the best of each"))
        self.others.addItem(_("others: as in the best"))
        self.others.setToolTip(
            _("Settings that differ in other variables only: the best of them, or those that have what the best has")
        )
        self.choosers = QWidget()
        row = QHBoxLayout(self.choosers)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(_("Settings by")))
        for choice in (self.across, self.up, self.others):
            row.addWidget(choice)

    def _lay_out(self) -> None:
        self.statement.setFont(sized(self.font(), 1.0, bold=True))
        self.grid = Grid()
        for plot in self.plots:
            self.grid.add(plot)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.choosers)
        head.addStretch(1)
        head.addWidget(self.scale)
        self.readout.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.readout.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        foot.setSpacing(16)
        foot.addWidget(self.readout, 3)
        foot.addWidget(self.importance, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.statement)
        layout.addLayout(head)
        layout.addWidget(self.grid, 1)
        layout.addLayout(foot)

    # --- what is shown ----------------------------------------------------------------------------------------------

    def show_study(self, outcomes: "Outcomes") -> None:
        """Show what came of a study, or what more came of it."""
        old = self.outcomes
        is_same = old is not None and is_same_study(old, outcomes)
        if is_same and old is not None and same_runs(old, outcomes):
            return
        lit = old.runs[self.parallel.lit].id if is_same and old and self.parallel.lit is not None else ""
        self.outcomes = outcomes
        if not is_same:
            self.optimism = None
            self.parallel.brushes = {}
            self._offer_variables()
        for plot in self.plots:
            plot.show_outcomes(outcomes, self.optimism)
        mask = self.parallel.mask()
        if mask is not None:
            self._brush(mask)
        if lit in outcomes.place_of:
            self._light(outcomes.place_of[lit])
        else:
            self._say(None)
        self._state()
        if not is_same:
            self.importance.show_importances(outcomes, None)
        self.figures.compute(outcomes)

    def _offer_variables(self) -> None:
        outcomes = self.outcomes
        if outcomes is None:
            return
        keys = [column.key for column in outcomes.columns]
        for place, choice in enumerate((self.across, self.up)):
            choice.clear()
            for key in keys:
                choice.addItem(variable_text(outcomes.study.network, key), key)
            choice.setCurrentIndex(min(place, len(keys) - 1))
        self.choosers.setVisible(len(keys) > 2)
        self.settings.across = self.settings.up = ""
        self.settings.is_folded = self.others.currentIndex() == 0

    def _choose_variables(self, _index: int) -> None:
        """Draw the variables that were chosen; where both are the same, the other one is the next."""
        if self.across.currentIndex() == self.up.currentIndex():
            other = self.up if self.sender() is self.across else self.across
            other.setCurrentIndex((other.currentIndex() + 1) % other.count())
        across, up = self.across.currentData(), self.up.currentData()
        self.settings.choose(across, up, self.others.currentIndex() == 0)

    def _state(self) -> None:
        if self.outcomes is not None:
            self.statement.setText(best_text(self.outcomes, self.optimism))
            self.scale.setText(scale_text(self.outcomes))

    def _take(self, name: str, of: "Outcomes", figure: Any) -> None:
        """Show what was computed, unless another study is shown by now."""
        if self.outcomes is None or not is_same_study(of, self.outcomes):
            return
        if name == "importance":
            self.importance.show_importances(self.outcomes, figure)
            return
        self.optimism = figure
        for plot in self.plots:
            plot.show_optimism(figure)
        self._state()

    @property
    def is_computing(self) -> bool:
        return self.figures.is_busy

    # --- a trial, and several ---------------------------------------------------------------------------------------

    def light_up(self, run: str | None) -> None:
        """Light the trial of a run in all views, as if the pointer were at it; None for none."""
        places = {} if self.outcomes is None else self.outcomes.place_of
        self._show_lit(places.get(run) if run is not None else None)

    def _light(self, place: int | None) -> None:
        self._show_lit(place)
        run = None if place is None or self.outcomes is None else self.outcomes.runs[place].id
        self.lit.emit(run)

    def _show_lit(self, place: int | None) -> None:
        for plot in self.plots:
            plot.light_up(place)
        self._say(place)

    def _choose(self, place: int) -> None:
        if self.outcomes is not None:
            self.chosen.emit(self.outcomes.runs[place])

    def _brush(self, mask: "np.ndarray | None") -> None:
        for plot in self.plots:
            plot.brush(mask)
        if self.parallel.lit is None:
            self._say(None)
        if self.outcomes is None or mask is None:
            self.brushed.emit(None)
        else:
            self.brushed.emit(frozenset(self.outcomes.runs[place].id for place in np.flatnonzero(mask).tolist()))

    def _say(self, place: int | None) -> None:
        """Say what is at the pointer; else how many trials are in the ranges."""
        outcomes, mask = self.outcomes, self.parallel.mask()
        if outcomes is None:
            self.readout.setText("")
        elif place is not None:
            self.readout.setText(trial_text(outcomes, place))
        elif mask is not None:
            words = _("{count} of {all} trials are in the ranges. Click an axis to let go of its range, Esc of all.")
            self.readout.setText(words.format(count=Count(int(mask.sum())), all=Count(len(outcomes.runs))))
        else:
            self.readout.setText(
                _("Point at a trial to see it in all views, click to open it; drag along an axis to filter.")
            )

    # --- look -------------------------------------------------------------------------------------------------------

    def apply_theme(self) -> None:
        """Take the colours of light or dark."""
        for plot in self.plots:
            plot.apply_theme()
            plot.redraw()
        self._state()
        self.importance.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "grid"):
            self.apply_theme()


def plain_label(name: str) -> QLabel:
    """A line of plain text that takes as many lines as it needs and never widens the window."""
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setObjectName(name)
    label.setMinimumWidth(1)
    return label


def same_runs(one: "Outcomes", other: "Outcomes") -> bool:
    return len(one.runs) == len(other.runs) and all(a is b for a, b in zip(one.runs, other.runs, strict=True))
