"""The networks of the history open at once from the menu, whole, with their story in the language in use."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.project.history import HISTORY
from nnstudio.project.sizes import note_letters
from nnstudio.ui.window import MainWindow

Open = Callable[..., MainWindow]

SMALLEST_LETTERS = 9.0
"""In pixels, in a window of 1366 × 768."""
LARGE = ("alexnet_2012", "alexnet_2012_two_cards")


@pytest.mark.parametrize("name", HISTORY)
def test_it_opens_is_ready_to_train_and_nothing_lies_on_another(open_window: Open, qtbot: QtBot, name: str) -> None:
    """Neither layer on layer nor its story, which can be read as it opens."""
    window = open_window()
    window.documents.open_example(name)
    qtbot.waitUntil(lambda: window.project.facts is not None, timeout=20_000)
    if name not in LARGE:
        assert window.store.problems == ()
        parts = list(window.canvas.network.parts.values())
        rects = [part.sceneBoundingRect().adjusted(8, 8, -8, -8) for part in parts]
        for place, one in enumerate(rects):
            assert not any(one.intersects(other) for other in rects[place + 1 :]), parts[place].name
        assert (
            window.canvas.mapToScene(window.canvas.viewport().rect())
            .boundingRect()
            .contains(window.canvas.network.network_rect())
        )
    (story,) = window.canvas.network.annotations.values()
    (note,) = window.project.network.notes
    assert note_letters(note.width) * window.canvas.transform().m11() >= SMALLEST_LETTERS
    others = [part for part in window.canvas.network.parts.values() if part is not story]
    assert others and not any(part.sceneBoundingRect().intersects(story.sceneBoundingRect()) for part in others)


@pytest.mark.parametrize("name", LARGE)
def test_alexnet_is_drawn_and_counted_before_its_data_is_read(open_window: Open, name: str) -> None:
    window = open_window()
    window.documents.open_example(name)
    assert len(window.canvas.network.layers) > 20


def test_the_story_is_told_in_the_language_in_use(open_window: Open) -> None:
    window = open_window()
    window.use_language("es")
    try:
        window.documents.open_example("symmetry_1986")
        (note,) = window.project.network.notes
        assert "retropropagación" in note.text
    finally:
        window.use_language("en")
