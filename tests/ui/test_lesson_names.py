"""The names that lessons may use are those of the window itself."""

from PySide6.QtWidgets import QWidget

from nnstudio import paths
from nnstudio.lessons import names
from nnstudio.ui.labs.opened import LABS
from nnstudio.ui.shell.actions import COMMANDS
from tests.ui.driving import Open


def test_every_name_is_there(open_window: Open) -> None:
    window = open_window(paths.examples() / "circle.nnstudio")
    there = {one.objectName() for one in window.findChildren(QWidget)}
    fixed = (*names.PLOTS, *names.PANELS, *names.SMALL_THINGS, *names.SETTINGS_PANELS)
    assert [name for name in fixed if name not in there] == []
    assert [name for name in names.COMMANDS if name not in window.actions_by_name] == []
    # Fields of text, images and files are made when the data are such.
    plain = [name for name in names.FIELDS if name in there]
    assert "field_learning_rate" in plain and "field_validation" in plain


def test_what_can_be_open_is_called_by_words_of_the_screen(open_window: Open) -> None:
    window = open_window(paths.examples() / "circle.nnstudio")
    assert [name for name in names.VIEWS if window.lessons.called(name) == name] == []
    assert window.lessons.called("formulaBar") == "Formula"
    assert window.lessons.called("inspector") == "Layer"


def test_every_lab_can_be_named() -> None:
    assert set(names.LABS.values()) == set(LABS)
    assert set(names.LABS.values()) <= {command.name for command in COMMANDS}


def test_the_names_of_labs_are_those_of_their_windows(open_window: Open) -> None:
    window = open_window(paths.examples() / "circle.nnstudio")
    for name, command in names.LABS.items():
        assert window.labs.show(command).objectName() == name
    window.labs.close()
