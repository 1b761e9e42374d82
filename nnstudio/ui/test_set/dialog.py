"""The window of the test set: whether it is sealed, why, what was opened and for which run, and what changed since."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project import openings
from nnstudio.project.test_seal import Opening
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.store import Store

SIZE = QSize(700, 460)
LOCK = 28
EXPECTED = 3
"""The column of what was expected, which takes the room that is left."""


class TestSetDialog(QDialog):
    """`open_asked` comes when the test set is to be opened, `turn_asked` when its seal is to be lifted or put on."""

    __test__ = False  # no test of pytest's
    NAME = "testSet"
    open_asked = Signal()
    turn_asked = Signal()

    def __init__(self, parent: QWidget, store: Store) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName(self.NAME)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Test set"))
        self.store = store
        self._uncounted: Opening | None = None
        """What was seen with the seal lifted: it is in no list, and gone with this window."""
        self.lock = QLabel()
        self.state = plain("testSetState")
        self.state.setFont(sized(self.state.font(), 1.15, bold=True))
        self.why = plain("testSetWhy")
        self.changed = plain("testSetChanged")
        self.score = plain("testSetScore")
        self.score.setFont(sized(self.score.font(), 1.15, bold=True))
        self.details = plain("testSetDetails")
        for words in (self.score, self.details):
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message = plain("testSetMessage")
        self.table = QTableWidget(0, 5)
        self.opens = button(_("&Open the test set …"), self.open_asked)
        self.turns = button("", self.turn_asked)
        self.closes = QPushButton(_("&Close"))
        self.closes.setAccessibleName(_("Close"))
        self.closes.setAutoDefault(False)
        self.closes.clicked.connect(self.close)
        self._make_table()
        self._lay_out()
        store.changed.connect(self.follow)
        store.replaced.connect(self._forget)
        self.show_project()

    def _make_table(self) -> None:
        self.table.setObjectName("testSetOpenings")
        self.table.setAccessibleName(_("Openings of the test set"))
        self.table.setHorizontalHeaderLabels([_("When"), _("What"), _("Run"), _("Expected"), _("Result")])
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(EXPECTED, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.lock, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.state, 1)
        self.result_box = QFrame()
        self.result_box.setObjectName("testSetResult")
        shown = QVBoxLayout(self.result_box)
        shown.setContentsMargins(12, 10, 12, 10)
        shown.addWidget(self.score)
        shown.addWidget(self.details)
        foot = QHBoxLayout()
        foot.addWidget(self.opens)
        foot.addWidget(self.turns)
        foot.addStretch()
        foot.addWidget(self.closes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(head)
        for widget in (self.why, self.result_box, self.changed, self.message):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addStretch()
        layout.addLayout(foot)
        resize_on_screen(self, SIZE.width(), SIZE.height())

    # --- showing ----------------------------------------------------------------------------------------------------

    def follow(self, change: Change) -> None:
        if change.touches(Part.OPENINGS, Part.RUNS, Part.STRUCTURE, Part.TRAINING, Part.DATA, Part.FACTS):
            self.show_project()

    def _forget(self) -> None:
        """Another project."""
        self._uncounted = None
        self.message.hide()
        self.show_project()

    def show_project(self) -> None:
        """Show the seal and its openings as they are now."""
        project, colors = self.store.project, theme.colors()
        is_sealed = openings.is_sealed(project)
        icon, color = ("mdi6.lock", colors.success) if is_sealed else ("mdi6.lock-open-variant", colors.problem)
        self.lock.setPixmap(theme.drawn_icon(icon, color, color).pixmap(LOCK, LOCK))
        self.state.setText(f"{openings.seal_text(project)} {openings.openings_text(project)}")
        self.why.setText(why_sealed() if is_sealed else why_lifted())
        self.opens.setText(_("&Open the test set …") if is_sealed else _("&Measure on the test part …"))
        self.turns.setText(_("&Lift the seal …") if is_sealed else _("&Seal it again"))
        for one in (self.opens, self.turns):
            one.setAccessibleName(one.text().replace("&", ""))
        changed = openings.changed_after_opening(project)
        self.changed.setText(changed)
        self.changed.setVisible(bool(changed))
        self.changed.setStyleSheet(box_style(colors.problem, "testSetChanged"))
        self.result_box.setStyleSheet(box_style(colors.border, "testSetResult"))
        self._show_entries(openings.openings_of(project))
        self._show_result(self._uncounted or next(reversed(openings.opened(project)), None))
        if not self.message.text():
            self.message.hide()

    def _show_entries(self, entries: tuple[Opening, ...]) -> None:
        self.table.setVisible(bool(entries))
        self.table.setRowCount(len(entries))
        for row, one in enumerate(reversed(entries)):
            for column, text in enumerate(row_texts(one)):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tooltip([openings.entry_text(one)]))
                self.table.setItem(row, column, item)

    def _show_result(self, opening: Opening | None) -> None:
        """The number that was seen last, with how sure it is and what was expected."""
        self.result_box.setVisible(opening is not None and opening.result is not None)
        if opening is None or opening.result is None:
            return
        run, score = opening.run.removeprefix("run-"), openings.score_text(opening.result)
        self.score.setText(_("Run {number} on the test part: {score}").format(number=run, score=score))
        told = [openings.details_text(opening.result)]
        if opening is self._uncounted:
            told.append(_("The seal is lifted: this look was not counted."))
        else:
            told.append(_("Expected: {expected}").format(expected=openings.expected_text(opening)))
        self.details.setText("\n".join(told))

    def show_look(self, opening: Opening, notes: tuple[str, ...], is_counted: bool) -> None:
        """Show what was just seen, and what had to be done for it."""
        self._uncounted = None if is_counted else opening
        self.say(" ".join(notes))
        self.show_project()

    def say(self, message: str) -> None:
        self.message.setText(message)
        self.message.setVisible(bool(message))


def plain(name: str) -> QLabel:
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setObjectName(name)
    return label


def button(text: str, asked: object) -> QPushButton:
    made = QPushButton(text)
    made.setAutoDefault(False)
    made.clicked.connect(asked)
    return made


def box_style(color: str, name: str) -> str:
    """A border around one widget, and around none inside it."""
    return f"#{name} {{ border: 1px solid {color}; border-radius: 6px; padding: 6px; }}"


def why_sealed() -> str:
    return _(
        "Nothing was chosen by the test part: it tells how good the network is on data that it has never met, once, at "
        "the very end. Whoever looks and then changes something has chosen by it, and its number flatters. So no view "
        "shows it before it is opened, and every opening is counted."
    )


def why_lifted() -> str:
    return _(
        "Looks at the test part are not counted. Whoever looks and then changes something has chosen by it, and its "
        "number flatters."
    )


def row_texts(one: Opening) -> list[str]:
    """When, what, for which run, what was expected, what came out."""
    what = {"opened": _("opening"), "lifted": _("seal lifted"), "sealed": _("sealed again")}[one.what]
    if one.what != "opened":
        return [openings.shown_time(one.made), what, "", "", ""]
    result = openings.short_text(one.result) if one.result else "–"
    return [openings.shown_time(one.made), what, one.run.removeprefix("run-"), openings.expected_text(one), result]
