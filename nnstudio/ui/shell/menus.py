"""The menus and the toolbar of the window."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from nnstudio.project.history import HISTORY
from nnstudio.text import LANGUAGES, mark
from nnstudio.text import translate as _
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.shell.actions import Actions
from nnstudio.ui.shell.command import EDIT, FILE, HELP, INSIDE, LESSON, PRESENTING, TRAINING, VIEW
from nnstudio.ui.shell.preferences import Preferences

SCHEMES = {"system": mark("Like the system"), "light": mark("Light"), "dark": mark("Dark")}
SEPARATED = (
    "actionPutOnSheet",
    "actionQuit",
    "actionCut",
    "actionZoomIn",
    "actionTextLarger",
    "actionNeurons",
    "actionLargeViews",
    "actionStepBatch",
    "actionCarryOn",
    "actionNewStudy",
    "actionTestSet",
    "actionNextStep",
    "actionPresentNext",
    "actionSpotlight",
    "actionShowAll",
    "actionEndTool",
    "actionRecordStep",
)


@dataclass(frozen=True)
class MenuCallbacks:
    """What the menus do that are no commands: each entry stands for a value."""

    open_file: Callable[[Path], object]
    open_example: Callable[[str], object]
    use_scheme: Callable[[str], object]
    use_language: Callable[[str], object]
    forget_files: Callable[[], object]


def fill_menu_bar(bar: QMenuBar, commands: Actions, preferences: Preferences, callbacks: MenuCallbacks) -> None:
    """Every command in the menu its declaration names, with the menus that are no commands between them."""
    bar.clear()
    for old in bar.findChildren(QMenu):
        old.deleteLater()
    for name in (FILE, EDIT, VIEW, TRAINING, INSIDE, LESSON, PRESENTING, HELP):
        menu = bar.addMenu(_(name))
        for action in commands.of_menu(name):
            if action.objectName() == "actionSave":
                add_file_menus(menu, preferences, callbacks)
            if action.objectName() in SEPARATED:
                menu.addSeparator()
            menu.addAction(action)
        if name == VIEW:
            menu.addSeparator()
            add_choice(menu, _("Appearance"), SCHEMES, preferences.scheme, callbacks.use_scheme)
            languages = {"": mark("Like the system"), **LANGUAGES}
            add_choice(menu, _("Language"), languages, preferences.language, callbacks.use_language)


def add_file_menus(menu: QMenu, preferences: Preferences, callbacks: MenuCallbacks) -> None:
    """Recent files, filled when the menu opens, and the examples."""
    recent = menu.addMenu(_("Open &recent"))
    recent.aboutToShow.connect(lambda: fill_recent(recent, preferences, callbacks))
    examples = menu.addMenu(_("E&xamples"))
    for name, title in EXAMPLES.items():
        action = examples.addAction(_(title))
        action.triggered.connect(lambda checked=False, name=name: callbacks.open_example(name))
    examples.addSeparator()
    fill_history(examples, callbacks.open_example)
    menu.addSeparator()


def fill_history(menu: QMenu, open_example: Callable[[str], object]) -> None:
    """An entry for each network of the course's history."""
    for name, story in HISTORY.items():
        action = menu.addAction(_(story.title))
        action.triggered.connect(lambda checked=False, name=name: open_example(name))


def fill_recent(menu: QMenu, preferences: Preferences, callbacks: MenuCallbacks) -> None:
    menu.clear()
    for path in preferences.recent_files:
        action = menu.addAction(str(path).replace("&", "&&"))
        action.triggered.connect(lambda checked=False, path=path: callbacks.open_file(path))
    if menu.isEmpty():
        menu.addAction(_("No files yet")).setEnabled(False)
    if preferences.remembered_files:  # also those that are gone
        menu.addSeparator()
        menu.addAction(_("&Clear this list")).triggered.connect(lambda: callbacks.forget_files())


def add_choice(menu: QMenu, title: str, choices: Mapping[str, str], chosen: str, use: Callable[[str], object]) -> None:
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


def canvas_menu(canvas: Canvas, commands: Actions, place: QPoint) -> QMenu:
    """The menu of the canvas at a point of the screen: what can be done there and with what is selected, and the links
    of a selected layer to remove."""
    menu = QMenu(canvas)
    menu.setObjectName("canvasMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    selected = canvas.network.selected_parts()
    if len(selected) == 1:
        edit = menu.addAction(_("&Change"))
        edit.triggered.connect(lambda: canvas.editing.edit(selected[0]))
    add = menu.addAction(_("Add a &layer …"))
    add.triggered.connect(lambda: canvas.search_at(place))
    for names in CANVAS_MENU:
        for name in names:
            menu.addAction(commands[name])
        menu.addSeparator()
    for link, item in canvas.network.links.items():
        if selected in ([link.source], [link.target]):
            words = _("Remove the link from “{source}” to “{target}”").format(
                source=item.source.name, target=item.target.name
            )
            action = menu.addAction(words.replace("&", "&&"))
            action.triggered.connect(lambda checked=False, link=link: canvas.selection.remove_link(link))
    return menu


EXAMPLES = {
    "digits": mark("Handwritten digits"),
    "convolutions": mark("Handwritten digits by convolutions"),
    "iris": mark("Iris flowers"),
    "circle": mark("TensorFlow Playground's circle"),
    "diabetes": mark("Diabetes: predict a value"),
    "overfitting": mark("Overfitting without dropout"),
}
