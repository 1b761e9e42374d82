"""The menu of a column: sorting, what it is for, what it holds, and the inputs that can be made of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.project import column_lists
from nnstudio.project.model import ColumnFacts, DataChoice
from nnstudio.project.preparation import MadeColumn
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.data.column_head import KINDS, ROLES

CHOSEN_ROLES = ("target", "input", "ignored", "id", "weight", "group", "time")
CHOSEN_KINDS = ("", "number", "category", "text", "date")
FUNCTIONS = {
    "square": "x²",
    "sin": "sin x",
    "log": "log x",
    "bins": mark("bins"),
    "ordinal": mark("ordinal"),
    "onehot": mark("one-hot"),
}
OF_NUMBERS = ("square", "sin", "log", "bins")
OF_TWO = {"product": "×", "ratio": "/"}
MOST_PARTNERS = 12
"""Columns that are offered for a product or a ratio."""

Change = Callable[..., None]
Sort = Callable[[str, bool], None]


@dataclass(frozen=True)
class Column:
    """What the menu is opened on: a column by its name, what was found of it (None for one that was made, which has how
    it was made), the choice it stands in and the other columns."""

    name: str
    fact: ColumnFacts | None
    data: DataChoice
    others: tuple[ColumnFacts, ...]
    made: MadeColumn | None
    is_sorted: bool


def column_menu(parent: QWidget, column: Column, change: Change, sort: Sort) -> QMenu:
    """What can be done with a column. `change(label, function of the choice, its values …)` makes an edit."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    fact, name = column.fact, column.name
    if fact is not None and fact.reason:
        menu.addAction(plain(fact.reason)).setEnabled(False)
        menu.addSeparator()
    add(menu, _("Sort: smallest first"), lambda: sort(name, False))
    add(menu, _("Sort: largest first"), lambda: sort(name, True))
    add(menu, _("As in the file"), lambda: sort("", False)).setEnabled(column.is_sorted)
    if fact is None:
        offer_removal(menu, column, change)
        return menu
    menu.addSeparator()
    roles = QActionGroup(menu)
    for role in CHOSEN_ROLES:
        one = add(menu, _(ROLES[role]), partial(change, _("Change a column"), column_lists.with_role, name, role))
        check(one, roles, role == fact.role)
    menu.addSeparator()
    kinds = QActionGroup(menu)
    chosen = column_lists.kinds_of(column.data.kinds).get(name, "")
    for kind in CHOSEN_KINDS:
        text = _(KINDS[kind]) if kind else automatic(fact, chosen)
        one = add(menu, text, partial(change, _("Change a column"), column_lists.with_kind, name, kind))
        check(one, kinds, kind == chosen)
    if fact.role == "input":
        menu.addSeparator()
        offer_derived(menu, fact, column.others, change)
    return menu


def automatic(fact: ColumnFacts, chosen: str) -> str:
    """What the guess is called: with its kind where that is known, which it is not under one that was chosen."""
    return _("kind: automatic") if chosen else _("kind: automatic ({kind})").format(kind=_(KINDS[fact.kind]))


def offer_removal(menu: QMenu, column: Column, change: Change) -> None:
    """A made column goes as it came: by the derived input that it is of."""
    for call in column_lists.listed(column.data.derived):
        if column.made is not None and is_of(column.made, call):
            menu.addSeparator()
            remove = partial(change, _("Remove a derived input"), column_lists.without_derived, call)
            add(menu, plain(_("Remove {name}").format(name=call)), remove)


def is_of(made: MadeColumn, call: str) -> bool:
    """Whether a column was made by a derived input, as data.derived has it."""
    begin = f"{made.function}({';'.join(made.sources)}"
    return call.startswith((begin + ")", begin + ";"))


def offer_derived(menu: QMenu, fact: ColumnFacts, others: Iterable[ColumnFacts], change: Change) -> None:
    """The inputs that can be made of a column, alone or with another."""
    derived = menu.addMenu(_("Make an input of it"))
    name, is_number = fact.name, fact.kind == "number"
    for function, text in FUNCTIONS.items():
        if is_number or function not in OF_NUMBERS:
            call = f"{function}({name}{';5' if function == 'bins' else ''})"
            add(derived, _(text), partial(change, _("Derive an input"), column_lists.with_derived, call))
    if not is_number:
        return
    numbers = [one for one in others if one.kind == "number" and one.role == "input" and one.name != name]
    for function, sign in OF_TWO.items():
        for other in numbers[:MOST_PARTNERS]:
            call = f"{function}({name};{other.name})"
            text = plain(f"{name} {sign} {other.name}")
            add(derived, text, partial(change, _("Derive an input"), column_lists.with_derived, call))


def plain(text: str) -> str:
    """A text in which Qt sees no key to press."""
    return text.replace("&", "&&")


def add(menu: QMenu, text: str, function: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: function())
    return action


def check(action: QAction, group: QActionGroup, is_checked: bool) -> None:
    action.setCheckable(True)
    action.setActionGroup(group)
    action.setChecked(is_checked)
