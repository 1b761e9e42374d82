"""The runs kept in the project: a table that is filtered, sorted and grouped, and what can be done with its runs."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project.file_size import size_text
from nnstudio.project.model import Run
from nnstudio.project.names import backend_text, has_given_weights
from nnstudio.project.run_columns import RunFacts
from nnstudio.project.run_filter import prepare
from nnstudio.project.run_table_text import csv_of
from nnstudio.project.weights import without_weights_text
from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.store import Store
from nnstudio.ui.training.run_comparison import RunComparison
from nnstudio.ui.training.runs_commands import RunsCommands, number_of
from nnstudio.ui.training.runs_model import AFTER_OPENING, RunsModel
from nnstudio.ui.training.runs_view import RunsView

if TYPE_CHECKING:
    from nnstudio.ui.training.runs_room import RunsRoom

MANY, LATER = 500, 1000
"""From so many runs on a table that nobody sees waits so many milliseconds for more to come."""
WEIGHED_AFTER = 300
"""Milliseconds after a change until the file is weighed again."""
PREPARED = 500
"""Rows whose texts are made at a time, before words are looked for in them."""
SELDOM = ("is_after_opening", "train_loss", "balanced_accuracy", "parameters", "seconds", "size", "created")
"""Columns that are shown when they are asked for."""
FALLING = ("accuracy", "balanced_accuracy", "is_starred", "number", "created")
"""Columns of which the first click at the title puts the highest first."""


class Remembered(Protocol):
    """Where switches are kept from one start of the program to the next."""

    def is_on(self, switch: str, at_first: bool) -> bool: ...

    def set_on(self, switch: str, on: bool) -> None: ...


class RunsPanel(QWidget):
    """A table of runs.

    `chosen(run)` comes when one is selected, `compared(runs)` when several are or no more, `hidden_changed(ids)` with
    the runs whose lines are not to be drawn, `carry_on_asked(run)` when one is to go on, `export_asked(table)` with
    what makes the rows that are shown a table in text.
    """

    chosen = Signal(object)
    compared = Signal(object)
    hidden_changed = Signal(object)
    carry_on_asked = Signal(object)
    export_asked = Signal(object)

    def __init__(self, store: Store, remembered: Remembered) -> None:
        super().__init__()
        self.setObjectName("runs")
        self.store = store
        self.remembered = remembered
        self.room: RunsRoom | None = None
        self.content = QWidget(self)
        self.model = RunsModel(self)
        self.table = RunsView(self.model)
        self.commands = RunsCommands(store, self.table, self.carry_on_asked.emit, self._export)
        self.filter = QLineEdit(clearButtonEnabled=True)
        self.filter.setObjectName("runsFilter")
        self.filter.setAccessibleName(_("Filter of the runs"))
        self.filter.setPlaceholderText(_("Filter, as in accuracy>0.9"))
        self.filter.setToolTip(filter_help())
        self.clearing = QShortcut(Qt.Key.Key_Escape, self.filter, context=Qt.ShortcutContext.WidgetShortcut)
        self.clearing.setEnabled(False)
        self.columns_button = tool_button("mdi6.view-column-outline", _("Columns"))
        self.columns_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.columns_menu = QMenu(self.columns_button)
        self.columns_button.setMenu(self.columns_menu)
        self.wide = tool_button("mdi6.arrow-expand", _("In a window of its own"))
        self.wide.setObjectName("runsWide")
        self.hint = plain_label("runsHint")
        self.said = plain_label("runsSaid")
        self.same = plain_label("runsSame")
        self.details = plain_label("runDetails")
        self.comparison = RunComparison()
        self.weight = plain_label("fileSize")
        self.restore = QPushButton(_("Restore settings"))
        self.restore.setToolTip(_("Take the network, data and settings of this run again; can be undone"))
        self.delete = QPushButton(_("Delete"))
        self.delete.setToolTip(_("Delete the selected runs; can be undone"))
        self.more = QPushButton(_("More"))
        self.more.setAccessibleName(_("More to do with the selected runs"))
        self.more_menu = QMenu(self.more)
        self.more.setMenu(self.more_menu)
        self.away = QLabel(_("The table is in a window of its own."), wordWrap=True)
        self.back = QPushButton(_("Bring it back"))
        self._later = QTimer(self, singleShot=True, interval=LATER)
        self._later.timeout.connect(self.show_runs)
        self._weighing = QTimer(self, singleShot=True, interval=WEIGHED_AFTER)
        self._preparing = QTimer(self, interval=0)
        self._prepared = 0
        self._compared: tuple[str, ...] = ()
        self._same_text = ""
        self._lay_out()
        self._connect()
        self.show_runs()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.filter, 1)
        head.addWidget(self.columns_button)
        head.addWidget(self.wide)
        buttons = QHBoxLayout()
        for button in (self.restore, self.delete):
            button.setAccessibleName(button.text())
            buttons.addWidget(button)
        buttons.addWidget(self.more)
        buttons.addStretch()
        inside = QVBoxLayout(self.content)
        inside.setContentsMargins(8, 8, 8, 6)
        inside.setSpacing(6)
        inside.addLayout(head)
        for label in (self.said, self.hint):
            inside.addWidget(label)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.same)
        inside.addLayout(buttons)
        for widget in (self.comparison, self.details, self.weight):
            inside.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.content, 1)
        for away in (self.away, self.back):
            away.hide()
            layout.addWidget(away, 0, Qt.AlignmentFlag.AlignCenter)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter)
        self.filter.returnPressed.connect(self.table.setFocus)
        self.clearing.activated.connect(self.filter.clear)
        self.columns_menu.aboutToShow.connect(self._fill_columns_menu)
        self.more_menu.aboutToShow.connect(lambda: self.commands.fill(self.more_menu))
        self.wide.clicked.connect(self.open_room)
        self.back.clicked.connect(self.close_room)
        self.restore.clicked.connect(self.commands.restore)
        self.delete.clicked.connect(self.commands.delete)
        self.table.picked.connect(self._choose)
        self.table.starred.connect(self.commands.star)
        self.table.delete_asked.connect(self.commands.delete)
        self.table.sort_asked.connect(self._sort)
        self.table.notes.left.connect(self._note_left)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.model.noted.connect(self.commands.note)
        self.model.ticked.connect(self.hidden_changed)
        self._weighing.timeout.connect(self._weigh)
        self._preparing.timeout.connect(self._prepare)
        self.store.changed.connect(self.follow)
        self.model.is_wanted = self._is_wanted
        self.model.is_grouped = self.remembered.is_on("runs/grouped", True)

    # --- what is shown ----------------------------------------------------------------------------------------------

    def follow(self, change: Change) -> None:
        if change.touches(Part.RUNS) or change.before.openings is not change.after.openings:
            if self.isVisible() or len(change.after.runs) < MANY:
                self.show_runs()
            else:
                self._later.start()
        if change.touches(Part.RUNS, Part.SHEET, Part.FACTS, Part.FILE):
            self._weighing.start()

    def show_runs(self) -> None:
        """Show the runs the project holds now; what is selected, looked at or written stays."""
        self._later.stop()
        is_writing = self.table.is_writing
        with self.table.place_kept():
            self.model.show_project(self.store.project, is_writing)
        self._prepared = 0
        self._preparing.start()
        self._tell()
        self._tell_of(self.selected)
        self._enable()

    def _is_wanted(self, key: str) -> bool:
        """Whether a column is shown, as a hand chose or as it is at first."""
        at_first = key not in SELDOM and (key != "changed" or not self.store.project.studies)
        return self.remembered.is_on(f"runs/{key}", at_first)

    def _tell(self) -> None:
        """What is said above and below the table."""
        shown, every = self.model.matches, len(self.model.table.rows)
        words = _("{shown} of {count} runs").format(shown=Count(shown), count=Count(every))
        is_part = self.model.filter or self.model.only is not None
        self._say(self.model.mistake or (words if is_part else ""), bool(self.model.mistake))
        self.hint.setText(
            _("Each training is kept here. Click one to see its curve; untick it to hide its faint line.")
        )
        self.hint.setVisible(every < 3)
        same = [f"{title.lower()} {text}" for title, text in self.model.table.same]
        words = _("The same in all: {settings}").format(settings=", ".join(same)) if same and every > 1 else ""
        if self.model.opened and any(self.model.is_after_opening(one.run) for one in self.model.table.rows):
            since = self.model.opened[:16].replace("T", " ")
            sign = _("{sign} begun after the test set was opened ({when} UTC)").format(sign=AFTER_OPENING, when=since)
            words = "\n".join(one for one in (sign, words) if one)
        self._same_text = words
        self._shorten()

    def _shorten(self) -> None:
        """Of what is the same as much as two lines hold; all of it at the pointer."""
        width = 2 * max(60, self.content.width() - 40)
        *signs, line = self._same_text.split("\n")
        short = self.same.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, width)
        self.same.setText("\n".join([*signs, short]))
        self.same.setToolTip(plain_tooltip([line]) if short != line else "")
        self.same.setVisible(bool(self._same_text) and self.comparison.isHidden())

    def _say(self, words: str, is_problem: bool = False) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))
        self.said.setStyleSheet(f"color: {theme.colors().problem}" if is_problem else "")

    def _prepare(self) -> None:
        """Make texts of some rows ready to be searched, while there is nothing else to do."""
        rows = self.model.table.rows[self._prepared : self._prepared + PREPARED]
        prepare(self.model.table, rows)
        self._prepared += PREPARED
        if self._prepared >= len(self.model.table.rows):
            self._preparing.stop()

    def _weigh(self) -> None:
        """Say how large the project's file will be."""
        words, is_problem = size_text(self.store.project)
        self.weight.setText(words)
        self.weight.show()
        self.weight.setStyleSheet(f"color: {theme.colors().problem if is_problem else theme.colors().faint_text}")

    def _filter(self, text: str) -> None:
        self.clearing.setEnabled(bool(text))
        with self.table.place_kept(scrolls=False):
            self.model.show_filter(text)
        self._tell()
        self._enable()

    def show_only(self, ids: frozenset[str] | None) -> None:
        """Show no runs but these, which were chosen in a view; all again for None."""
        with self.table.place_kept(scrolls=False):
            self.model.show_only(ids)
        self._tell()
        self._enable()

    def _sort(self, key: str) -> None:
        """By a column, the other way round with the next click, and newest first again with the third."""
        if key == "changed":
            return  # it says what each has other than the one before
        model, at_first = self.model, key in FALLING
        if key != model.sorted_by:
            wanted, is_descending = key, at_first
        elif model.is_descending == at_first:
            wanted, is_descending = key, not at_first
        else:
            wanted, is_descending = "", False
        with self.table.place_kept(scrolls=False):
            model.sort_by(wanted, is_descending)

    def _fill_columns_menu(self) -> None:
        menu = self.columns_menu
        menu.clear()
        for column in self.model.table.columns:
            if column.key in ("number", "is_starred"):
                continue
            action = menu.addAction(column.title.replace("&", "&&"), partial(self._show_column, column.key))
            action.setCheckable(True)
            action.setChecked(self._is_wanted(column.key))
        if self.model.has_studies():
            menu.addSeparator()
            action = menu.addAction(_("&Group by study"), self._group)
            action.setCheckable(True)
            action.setChecked(self.model.is_grouped)

    def _show_column(self, key: str) -> None:
        self.remembered.set_on(f"runs/{key}", not self._is_wanted(key))
        with self.table.place_kept():
            self.model.show_wanted()

    def _group(self) -> None:
        self.remembered.set_on("runs/grouped", not self.model.is_grouped)
        with self.table.place_kept():
            self.model.group(not self.model.is_grouped)

    # --- what is selected -------------------------------------------------------------------------------------------

    @property
    def selected(self) -> list[Run]:
        """The runs whose rows are selected."""
        return self.table.selected_runs()

    def _facts(self, runs: Sequence[Run]) -> list[RunFacts]:
        known = {facts.run.id: facts for facts in self.model.table.rows}
        return [known[run.id] for run in runs if run.id in known]

    def _enable(self) -> None:
        count = len(self.selected)
        self.restore.setEnabled(count == 1)
        self.delete.setEnabled(count > 0)
        self.more.setEnabled(bool(self.model.table.rows))

    def _choose(self) -> None:
        self._enable()
        runs = self.selected
        self._tell_of(runs)
        if len(runs) == 1:
            self.chosen.emit(runs[0])
        several = tuple(runs) if len(runs) > 1 else ()
        ids = tuple(run.id for run in several)
        if ids != self._compared:
            self._compared = ids
            self.compared.emit(several)

    def _tell_of(self, runs: Sequence[Run]) -> None:
        """How the selected run was computed, or the newest; or what differs between two."""
        pair = self._facts(runs) if len(runs) == 2 else []
        self.comparison.setVisible(len(pair) == 2)
        self.details.setVisible(bool(self.model.table.rows) and len(pair) != 2)
        self.same.setVisible(bool(self._same_text) and len(pair) != 2)  # two need the room for what differs
        if len(pair) == 2:
            self.comparison.show_runs(self.model.table, *pair)
        elif len(runs) > 1:
            words = _("{count} runs are selected: their curves are drawn over each other.")
            self.details.setText(words.format(count=Count(len(runs))))
        elif self.model.table.rows:
            self.details.setText(details(runs[0] if runs else self.model.table.rows[-1].run))

    # --- what is done with it ---------------------------------------------------------------------------------------

    def _note_left(self) -> None:
        self.store.seal()
        QTimer.singleShot(0, self, self.show_runs)  # what came meanwhile, once the field is gone

    def _export(self) -> None:
        told = self.model.changed_text
        self.export_asked.emit(partial(csv_of, tuple(self.model.columns), tuple(self.model.found()), told))

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        self.commands.fill(menu)
        menu.exec(self.table.viewport().mapToGlobal(place))
        menu.deleteLater()

    # --- a window of its own ----------------------------------------------------------------------------------------

    def open_room(self) -> None:
        """Put the table into a window of its own, or that window to the front."""
        if self.room is None:
            from nnstudio.ui.training.runs_room import RunsRoom

            self.room = RunsRoom(self.content, self.window())
            self.room.finished.connect(self.close_room)
            self._show_away(True)
            self.room.show()
        self.room.raise_()
        self.room.activateWindow()

    def close_room(self) -> None:
        """Take the table back."""
        room, self.room = self.room, None
        if room is None:
            return
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.content, 1)
        self.content.show()
        self._show_away(False)
        room.finished.disconnect(self.close_room)
        room.close()
        room.deleteLater()

    def _show_away(self, on: bool) -> None:
        self.wide.setVisible(not on)
        for widget in (self.away, self.back):
            widget.setVisible(on)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._later.isActive():
            self.show_runs()
        self._weigh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()


def details(run: Run) -> str:
    """How a run was computed, or where its weights are from, and whether they are kept."""
    told = run.message if has_given_weights(run) else backend_text(run)
    words = _("Run {number}: {words}").format(number=number_of(run), words=told)
    return words if run.weights else f"{without_weights_text(run)} {words}"


def filter_help() -> str:
    """What can be written into the filter."""
    return plain_tooltip(
        [
            _("Words that stand in a cell, and any of these, one beside the other:"),
            _("accuracy>0.9   loss<=0.2   learning_rate=0.01   optimizer!=sgd   note=good"),
            _("starred   study-1   “two words”"),
            _("What is compared is what stands above a column, with _ in place of blanks."),
        ]
    )


def plain_label(name: str) -> QLabel:
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setObjectName(name)
    label.hide()
    return label


def tool_button(icon: str, words: str) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setIcon(theme.icon(icon))
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button
