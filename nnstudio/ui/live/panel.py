"""The views of learning beside each other: curves, dropout, the plane, gradients, confusion; looked at by a timer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.project.model import Run
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.live import curve_lines
from nnstudio.ui.live.boundary_view import BoundaryView
from nnstudio.ui.live.curve_view import CurveView
from nnstudio.ui.live.epoch_slider import TimeSlider
from nnstudio.ui.live.loss_view import LossView
from nnstudio.ui.live.opened import VIEWS
from nnstudio.ui.live.redraw_schedule import RedrawSchedule
from nnstudio.ui.live.view import View
from nnstudio.ui.look import theme
from nnstudio.ui.plots.boundary_plot import BoundaryPlot
from nnstudio.ui.plots.grid import Grid
from nnstudio.ui.plots.legend import CHOSEN, EARLIER, Legend
from nnstudio.ui.plots.lines import KINDS
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.training.shown_training import State
from nnstudio.ui.training.status_text import patience_left, patience_text
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Reading

WORDS = 10.0
"""So many times a second words are written anew."""
LOOK_INTERVAL = 60
"""Milliseconds between two looks at whether a step has ended in a pause."""
PATIENCE_WIDTH = 110


class Plots(QWidget):
    """The live views of the current run.

    `batch_shown(rows)` comes with the rows of the data in the last batch, where training goes slowly enough for them to
    be seen; none otherwise.
    """

    batch_shown = Signal(object)

    def __init__(self, trainer: Trainer, loader: DataLoader) -> None:
        super().__init__()
        self.setObjectName("plots")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.trainer = trainer
        self._counts_iterations = False
        self.is_asked = False
        """Whether something is asked on the plot of the loss, which is then there before there is a curve."""
        self.chosen: tuple[Run, ...] = ()
        """Runs that are looked at together."""
        self.is_away = False
        """Whether the room is for other things, whatever there is to see."""
        self.grid = Grid()
        self.views: dict[str, View] = {}
        # In the grid from the first: a plot that is shown without a place would show up as a window.
        for name, view_type in VIEWS.items():
            view = self.views[name] = view_type.make(trainer, loader)
            self.grid.add(view.plot)
        self.curve_views = [view for view in self.views.values() if isinstance(view, CurveView)]
        boundary = self.views["boundary"]
        assert isinstance(boundary, BoundaryView)
        self.boundary = boundary
        self.legend = Legend()
        self.views_button = QToolButton(autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.views_button.setObjectName("viewsButton")
        self.views_button.setText(_("Views"))
        self.views_button.setIcon(theme.icon("mdi6.view-grid-plus-outline"))
        self.views_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.views_button.setToolTip(_("Choose what is shown here"))
        self.patience = QProgressBar(textVisible=False)
        self.patience.setObjectName("patienceBar")
        self.patience.setAccessibleName(_("Patience left"))
        self.patience.setFixedSize(PATIENCE_WIDTH, 10)
        self.words = self._label("patienceWords")
        self.comparison = self._label("comparisonWords")
        self.time = TimeSlider(trainer)
        self._lay_out()
        self.legend.changed.connect(self._hide_kinds)
        self.boundary.changed.connect(self.fold)
        self.boundary.changed.connect(self.show_legend)
        for view in self.curve_views:
            view.flag_clicked.connect(self._load_best)
            view.run_clicked.connect(self._show_run)
        self.turns = RedrawSchedule(self)
        for view in self.views.values():
            self.turns.add(view.look)
        for words in (self.look_at_text, self.look_at_batch):
            self.turns.add(words, WORDS)
        self._told: tuple[object, ...] = ()
        self._batch: Reading | None = None
        self._shown: tuple[list[object], tuple[object, ...]] = [], ()
        self._timer = QTimer(self, interval=LOOK_INTERVAL)
        self._timer.timeout.connect(trainer.look)
        trainer.changed.connect(self._state_changed)
        trainer.store.changed.connect(self._project_changed)
        self._state_changed()
        self.draw()

    def _label(self, name: str) -> QLabel:
        label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setObjectName(name)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        return label

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.legend, 1)
        head.addStretch()
        head.addWidget(self.views_button, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(self.patience)
        foot.addWidget(self.words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.time)
        layout.addLayout(foot)
        layout.addWidget(self.comparison)

    def plot(self, name: str) -> Plot:
        """The plot of a view."""
        return self.views[name].plot

    @property
    def plane(self) -> BoundaryPlot:
        """The plot of the plane, which neurons and batches are shown on too."""
        return self.boundary.plane

    def has_content(self) -> bool:
        """Whether there is something to see: a training, a run, or the points of a plane."""
        return self.trainer.has_curves or self.plane.plane is not None or self.is_asked

    def set_asked(self, on: bool) -> None:
        """Have the plot of the loss there although nothing was trained yet, or not."""
        self.is_asked = on
        loss = self.views["loss"]
        assert isinstance(loss, LossView)
        loss.is_asked = on
        self._count()
        self.fold()
        if on:
            loss.draw()  # what it showed before it was put away is of another training

    def fold(self) -> None:
        """Be there when there is something to see; a plot without a line, and a timeline without a moment, are not."""
        for view in self.views.values():
            view.fold()
        for part in (self.time, self.words):
            part.setVisible(self.trainer.has_curves)
        if not self.trainer.has_curves:
            self.patience.hide()
        self.setVisible(self.has_content() and not self.is_away)

    def offer_views(self, switches: Sequence[QAction]) -> None:
        """The switches of the views in the menu of their button."""
        menu = QMenu(self.views_button)
        menu.addActions(list(switches))
        self.views_button.setMenu(menu)

    def put_away(self, on: bool) -> None:
        """Leave all the room to other things, or take it again."""
        self.is_away = on
        self.fold()

    def show_alone(self, name: str | None) -> None:
        """Give one of the views all the room, None for none of them."""
        self.grid.show_alone(None if name is None else self.views[name].plot)

    # --- switches ---------------------------------------------------------------------------------------------------

    def show_view(self, name: str, on: bool) -> None:
        """Show one of the views, or take it away; what is away costs nothing."""
        self.views[name].set_on(on)
        self.draw()

    def set_log(self, on: bool) -> None:
        """Losses on a logarithmic axis, or on a plain one."""
        for view in self.curve_views:
            view.set_log(on)

    def hide_runs(self, hidden: frozenset[str]) -> None:
        """Draw the lines of all earlier runs but these."""
        for view in self.curve_views:
            view.hide_runs(hidden)

    def compare_runs(self, runs: tuple[Run, ...]) -> None:
        """Draw the lines of these runs over the one that is shown, which is one of them; none to end that."""
        self.chosen = runs
        shown = self.trainer.last_run
        if runs and not self.trainer.is_active and (shown is None or shown.id not in {run.id for run in runs}):
            self.trainer.show(runs[0])
        for view in self.curve_views:
            view.compare_runs(runs)
        self.show_text()
        self.show_legend()

    def count_iterations(self, on: bool) -> None:
        """Iterations along the axis, or epochs."""
        self._counts_iterations = on
        self._count()

    def _count(self) -> None:
        for view in self.curve_views:
            # What is asked on the plot is an epoch.
            counts = self._counts_iterations and not self.is_asked
            view.curves.count_in(max(1, self.trainer.iterations) if counts else 1)

    def _hide_kinds(self, hidden: frozenset[str]) -> None:
        for view in self.curve_views:
            view.hide_kinds(hidden)
        self.show_legend()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Show everything the run has given so far."""
        self.fold()
        for view in self.views.values():
            view.draw()
        self.time.follow()
        self.show_text()
        self.show_legend()

    def look_at_text(self) -> bool:
        """Bring words, bar and timeline up to date when another epoch is done; whether there was something to do."""
        now = self.trainer.curves, [shown.curves.epochs for shown in self.trainer.networks]
        if now == self._told or not self.isVisible():
            return False
        self._told = now
        self.time.follow()
        self.show_text()
        self.show_legend()
        return True

    def look_at_batch(self) -> bool:
        """Tell which rows the last batch had; whether that is new."""
        reading = self.trainer.probes.newest.get("weights") if self.trainer.probes else None
        # At full speed a batch would be gone before it is seen.
        is_slow = self.trainer.steps_per_second > 0 or self.trainer.state is State.PAUSED
        # Rows of the data it learns from: in other data these numbers are other points.
        is_of_this_data = self.trainer.data == self.trainer.loader.choice
        shown = reading if is_slow and is_of_this_data and self.trainer.shown_run is None else None
        if shown is self._batch:
            return False
        self._batch = shown
        self.batch_shown.emit(() if shown is None else shown.rows)
        return True

    def show_text(self) -> None:
        """Patience and comparison, in words and as a bar that shrinks."""
        left, patience = patience_left(self.trainer)
        self.patience.setVisible(patience > 0)
        self.patience.setRange(0, max(1, patience))
        self.patience.setValue(left)
        self.patience.setAccessibleDescription(_("{left} of {patience} epochs").format(left=left, patience=patience))
        self.words.setText(patience_text(self.trainer) or _("Validation loss and early stopping show up here."))
        chosen = curve_lines.chosen_text(self.trainer, self.chosen)
        comparison = chosen or curve_lines.comparison_text(self.trainer)
        self.comparison.setVisible(bool(comparison))
        self.comparison.setText(comparison)

    def show_legend(self) -> None:
        """Say what the lines, colours and shapes are."""
        plane = self.plane.plane
        drawn = {kind for view in self.views.values() for kind in view.kinds()}
        kinds = [kind for kind in (*KINDS, EARLIER, CHOSEN) if kind in drawn]
        self.legend.show_kinds(kinds, plane.classes if plane else None)
        self.legend.setVisible(bool(self.legend.text()))

    def _load_best(self) -> None:
        best = curve_lines.best_of(self.trainer.curves, self.trainer.monitor)
        if best.epoch:
            self.trainer.load_weights(best.epoch)

    def _show_run(self, id: str) -> None:
        for run in self.trainer.store.project.runs:
            if run.id == id:
                self.trainer.show(run)

    def _project_changed(self, change: Change) -> None:
        if change.touches(Part.RUNS):
            self.draw()

    def _state_changed(self) -> None:
        self.fold()
        self._count()
        if self.trainer.is_active:
            self._timer.start()
            self.turns.start()
        else:
            self._timer.stop()
            self.turns.stop()
            self.look_at_batch()
        if self.trainer.state in (State.PREPARING, State.RUNNING):
            self.show_text()  # and the views take their turns: all at once they would hold up the window
        elif self._is_other():
            self.draw()
        else:
            self.show_text()

    def _is_other(self) -> bool:
        """Whether other trainings, runs or moments are shown than before; most edits change none of them."""
        shown = self.trainer
        now: list[object] = [part for one in shown.networks for part in (one, one.run, one.curves)]
        facts = shown.state, shown.shown_epoch, shown.tells_classes
        before, self._shown = self._shown, (now, facts)
        same = len(before[0]) == len(now) and all(one is other for one, other in zip(before[0], now, strict=True))
        return not same or before[1] != facts
