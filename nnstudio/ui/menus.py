"""The menus and the toolbar of the window."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton

from nnstudio.text import LANGUAGES, mark
from nnstudio.text import translate as _
from nnstudio.ui import actions
from nnstudio.ui.documents import EXAMPLES

if TYPE_CHECKING:
    from nnstudio.ui.window import MainWindow

SCHEMES = {"system": mark("Like the system"), "light": mark("Light"), "dark": mark("Dark")}
SEPARATED = (
    "actionQuit",
    "actionCut",
    "actionZoomIn",
    "actionNeurons",
    "actionLargeViews",
    "actionStepBatch",
    "actionCarryOn",
)
TOOLS = (
    ("actionTrain", "actionPause", "actionStop", "actionStepBatch", "actionStepEpoch", "actionReset"),
    ("actionNew", "actionOpen", "actionSave"),
    ("actionUndo", "actionRedo", "actionDelete"),
    ("actionZoomIn", "actionZoomOut", "actionZoomFit", "actionArrange", "actionNeurons"),
)


def fill_menu_bar(bar: QMenuBar, window: "MainWindow") -> None:
    """Every command in the menu its declaration names, with the menus that are no commands between them."""
    bar.clear()
    for old in bar.findChildren(QMenu):
        old.deleteLater()
    for name in (actions.FILE, actions.EDIT, actions.VIEW, actions.TRAINING, actions.INSIDE, actions.HELP):
        menu = bar.addMenu(_(name))
        for action in window.actions_by_name.of_menu(name):
            if action.objectName() == "actionSave":
                add_file_menus(menu, window)
            if action.objectName() in SEPARATED:
                menu.addSeparator()
            menu.addAction(action)
        if name == actions.VIEW:
            menu.addSeparator()
            preferences = window.preferences
            add_choice(menu, _("Appearance"), SCHEMES, preferences.scheme, window.use_scheme)
            languages = {"": mark("Like the system"), **LANGUAGES}
            add_choice(menu, _("Language"), languages, preferences.language, window.use_language)


def add_file_menus(menu: QMenu, window: "MainWindow") -> None:
    """Recent files, filled when the menu opens, and the examples."""
    recent = menu.addMenu(_("Open &recent"))
    recent.aboutToShow.connect(lambda: fill_recent(recent, window))
    examples = menu.addMenu(_("E&xamples"))
    for name, title in EXAMPLES.items():
        action = examples.addAction(_(title))
        action.triggered.connect(lambda checked=False, name=name: window.open_example(name))
    menu.addSeparator()


def fill_recent(menu: QMenu, window: "MainWindow") -> None:
    menu.clear()
    for path in window.preferences.recent_files:
        action = menu.addAction(str(path).replace("&", "&&"))
        action.triggered.connect(lambda checked=False, path=path: window.open_file(path))
    if menu.isEmpty():
        menu.addAction(_("No files yet")).setEnabled(False)


def add_choice(menu: QMenu, title: str, choices: Mapping[str, str], chosen: str, use: Callable[[str], None]) -> None:
    """A sub-menu of which one entry is ticked."""
    submenu = menu.addMenu(title)
    group = QActionGroup(submenu)
    for key, name in choices.items():
        action = submenu.addAction(_(name))
        action.triggered.connect(lambda checked=False, key=key: use(key))
        action.setCheckable(True)
        action.setChecked(key == chosen)
        group.addAction(action)


CANVAS_MENU = (
    ("actionRename", "actionLink", "actionFrame"),
    ("actionCut", "actionCopy", "actionPaste", "actionDuplicate", "actionDelete"),
    ("actionNote", "actionFind", "actionSelectAll", "actionArrange", "actionZoomSelection", "actionZoomFit"),
)


def canvas_menu(window: "MainWindow", place: QPoint) -> QMenu:
    """The menu of the canvas at a point of the screen: what can be done there and with what is selected, and the links
    of a selected layer to remove."""
    menu = QMenu(window.canvas)
    menu.setObjectName("canvasMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    selected = window.canvas.network.selected_parts()
    if len(selected) == 1:
        edit = menu.addAction(_("&Change"))
        edit.triggered.connect(lambda: window.canvas.changing.edit(selected[0]))
    add = menu.addAction(_("Add a &layer …"))
    add.triggered.connect(lambda: window.canvas.search_at(place))
    for names in CANVAS_MENU:
        for name in names:
            menu.addAction(window.actions_by_name[name])
        menu.addSeparator()
    for link, item in window.canvas.network.links.items():
        if selected in ([link.source], [link.target]):
            words = _("Remove the link from “{source}” to “{target}”").format(
                source=item.source.name, target=item.target.name
            )
            action = menu.addAction(words.replace("&", "&&"))
            action.triggered.connect(lambda checked=False, link=link: window.canvas.selection.remove_link(link))
    return menu


def replace_toolbar(window: "MainWindow") -> None:
    """The toolbar, in place of the one there was."""
    for old in window.findChildren(QToolBar):
        window.removeToolBar(old)
        old.deleteLater()
    bar = QToolBar(_("Tools"))
    bar.setObjectName("toolBar")
    bar.setMovable(False)
    for place, group in enumerate(TOOLS):
        if place:
            bar.addSeparator()
        for name in group:
            action = window.actions_by_name[name]
            bar.addAction(action)
            bar.widgetForAction(action).setAccessibleName(action.text().replace("&", ""))
    train = bar.widgetForAction(window.actions_by_name["actionTrain"])
    assert isinstance(train, QToolButton)
    train.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    window.addToolBar(bar)
