"""Edits in any order: undo leads back to the start and redo to the end, files come back equal, and what is shown is
always what a fresh look at the project would show."""

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pytestqt.qtbot import QtBot

from nnstudio.layers.catalogue import CATALOGUE
from nnstudio.project import edits
from nnstudio.project.archive import open_project, save
from nnstudio.project.arrange import arranged, insert_after
from nnstudio.project.frames import add_around, held, with_held
from nnstudio.project.model import DataFacts, Frame, Layer, Note, Project
from nnstudio.project.shapes import all_problems, infer
from nnstudio.text import UserError
from nnstudio.ui.canvas import clipboard
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.store import Store

TYPES = [declared.type for declared in CATALOGUE]
PLACES = st.integers(0, 10**6)
"""Chooses among what there is, whatever that is."""
MOST_LAYERS = 40


class Editing(RuleBasedStateMachine):
    """A store and a scene that follows it, driven through every edit there is."""

    @initialize()
    def begin(self) -> None:
        facts = DataFacts(100, (4,), "class", ("a", "b", "c"), 60, 20, 20)
        self.start = edits.set_facts(Project(), Project().data, facts)
        self.store = Store(self.start)
        self.scene = NetworkScene(self.store)
        self.edited = 0

    # --- what the user does -----------------------------------------------------------------------------------------

    def change(self, project: Project) -> None:
        self.store.edit("Edit", project)

    def some(self, places: list[int]) -> list[str]:
        return self.chosen(self.store.project.network.layers, places)

    def parts(self, places: list[int]) -> list[str]:
        """Layers, notes or frames."""
        network = self.store.project.network
        return self.chosen((*network.layers, *network.annotations), places)

    def chosen(self, among: Sequence[Layer | Note | Frame], places: list[int]) -> list[str]:
        return [among[place % len(among)].id for place in places] if among else []

    @property
    def size(self) -> int:
        return len(self.store.project.network.layers)

    @precondition(lambda self: self.size < MOST_LAYERS)
    @rule(type=st.sampled_from(TYPES), x=st.integers(-500, 500), y=st.integers(-500, 500))
    def add(self, type: str, x: int, y: int) -> None:
        self.change(edits.add_layer(self.store.project, type, (float(x), float(y)))[0])

    @precondition(lambda self: 0 < self.size < MOST_LAYERS)
    @rule(type=st.sampled_from(TYPES), place=PLACES)
    def append(self, type: str, place: int) -> None:
        with contextlib.suppress(UserError):
            self.change(insert_after(self.store.project, self.some([place])[0], type)[0])

    @precondition(lambda self: self.size > 1)
    @rule(places=st.lists(PLACES, min_size=2, max_size=2))
    def link(self, places: list[int]) -> None:
        with contextlib.suppress(UserError):
            self.change(edits.add_link(self.store.project, *self.some(places)))

    @precondition(lambda self: self.store.project.network.links)
    @rule(place=PLACES, other=PLACES)
    def insert_on_link(self, place: int, other: int) -> None:
        links = self.store.project.network.links
        with contextlib.suppress(UserError):
            self.change(edits.insert_on_link(self.store.project, self.some([other])[0], links[place % len(links)]))

    @rule(places=st.lists(PLACES, min_size=1, max_size=4), x=st.integers(-99, 99))
    def move(self, places: list[int], x: int) -> None:
        self.change(
            edits.move(self.store.project, {id: (float(x), float(n)) for n, id in enumerate(self.parts(places))})
        )

    @precondition(lambda self: len(self.store.project.network.notes) < MOST_LAYERS)
    @rule(text=st.text(max_size=30), x=st.integers(-500, 500), y=st.integers(-500, 500))
    def note(self, text: str, x: int, y: int) -> None:
        self.change(edits.add_note(self.store.project, text, (float(x), float(y)))[0])

    @precondition(lambda self: self.parts([0]) and len(self.store.project.network.frames) < MOST_LAYERS)
    @rule(places=st.lists(PLACES, min_size=1, max_size=4), title=st.text(max_size=12))
    def group(self, places: list[int], title: str) -> None:
        project, id = add_around(self.store.project, title, set(self.parts(places)))
        assert set(self.parts(places)) <= set(held(project.network, id))
        self.change(project)

    @precondition(lambda self: self.store.project.network.frames)
    @rule(place=PLACES, x=st.integers(-200, 200))
    def move_frame(self, place: int, x: int) -> None:
        """A frame that is moved holds afterwards what it held before."""
        network = self.store.project.network
        id = self.chosen(network.frames, [place])[0]
        moved = {one.id for one in (*network.layers, *network.annotations)} & set(with_held(network, [id]))
        places = {one.id: one.position for one in (*network.layers, *network.annotations)}
        project = edits.move(self.store.project, {one: (places[one][0] + x, places[one][1]) for one in moved})
        assert moved - {id} <= set(held(project.network, id))
        self.change(project)

    @precondition(lambda self: self.store.project.network.annotations)
    @rule(place=PLACES, text=st.text(max_size=30), width=st.floats(0, 600), height=st.floats(0, 600))
    def write_and_resize(self, place: int, text: str, width: float, height: float) -> None:
        id = self.chosen(self.store.project.network.annotations, [place])[0]
        self.change(edits.resize(edits.write(self.store.project, id, text), id, (width, height)))

    @precondition(lambda self: self.size)
    @rule(place=PLACES, name=st.text(max_size=12))
    def rename(self, place: int, name: str) -> None:
        self.change(edits.rename(self.store.project, self.some([place])[0], name))

    @precondition(lambda self: self.size)
    @rule(place=PLACES, units=st.integers(1, 64))
    def resize(self, place: int, units: int) -> None:
        id = self.some([place])[0]
        if self.store.project.network.layer(id).type == "dense":
            self.store.edit("Units", edits.set_parameter(self.store.project, id, "units", units), merge=f"{id}.units")

    @precondition(lambda self: 0 < self.size < MOST_LAYERS)
    @rule(places=st.lists(PLACES, min_size=1, max_size=4))
    def duplicate(self, places: list[int]) -> None:
        self.change(edits.duplicate(self.store.project, set(self.parts(places)))[0])

    @precondition(lambda self: 0 < self.size < MOST_LAYERS)
    @rule(places=st.lists(PLACES, min_size=1, max_size=4))
    def copy_and_paste(self, places: list[int]) -> None:
        clipboard.copy(self.store.project.network, self.parts(places))
        self.change(clipboard.paste(self.store.project)[0])

    @rule(places=st.lists(PLACES, min_size=1, max_size=3))
    def delete(self, places: list[int]) -> None:
        links = self.store.project.network.links
        some = [links[place % len(links)] for place in places[1:]] if links else []
        self.change(edits.remove(self.store.project, self.parts(places[:1]), some))

    @rule()
    def arrange(self) -> None:
        self.change(arranged(self.store.project))

    @rule(rate=st.floats(0.0001, 1), epochs=st.integers(1, 500))
    def plan(self, rate: float, epochs: int) -> None:
        self.change(edits.set_training(self.store.project, learning_rate=rate, epochs=epochs))

    @rule(times=st.integers(1, 4))
    def undo(self, times: int) -> None:
        for _time in range(times):
            self.store.undo()

    @rule(times=st.integers(1, 4))
    def redo(self, times: int) -> None:
        for _time in range(times):
            self.store.redo()

    @rule()
    def draw_neurons_or_boxes(self) -> None:
        self.scene.show_as_neurons(not self.scene.as_neurons)

    @rule()
    def save_and_open(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "a.nnstudio"
            save(self.store.project, file)
            assert open_project(file) == self.store.project

    # --- what holds after each --------------------------------------------------------------------------------------

    @invariant()
    def shapes_are_those_found_afresh(self) -> None:
        project = self.store.project
        assert self.store.inference == infer(project)
        assert self.store.problems == all_problems(project)

    @invariant()
    def the_scene_is_as_if_made_afresh(self) -> None:
        afresh = NetworkScene(self.store)
        afresh.show_as_neurons(self.scene.as_neurons)
        assert seen(self.scene) == seen(afresh)
        network = self.store.project.network
        places = {id: (item.pos().x(), item.pos().y()) for id, item in self.scene.layers.items()}
        assert places == {layer.id: layer.position for layer in network.layers}
        assert set(self.scene.links) == set(network.links)
        assert {id: item.pos().toTuple() for id, item in self.scene.annotations.items()} == {
            annotation.id: annotation.position for annotation in network.annotations
        }

    def teardown(self) -> None:
        end = self.store.project
        while self.store.undo_label:
            self.store.undo()
        assert self.store.project == self.start
        while self.store.redo_label:
            self.store.redo()
        ends = self.store.project
        if not self.store.redo_label and ends != end:
            # The machine may have ended in the midst of what could be redone.
            while self.store.undo_label and self.store.project != end:
                self.store.undo()
            assert self.store.project == end


def seen(scene: NetworkScene) -> tuple[object, ...]:
    """All that the items show, in the order in which they lie."""
    layers = {
        id: (item.pos().x(), item.pos().y(), item.name, item.lines, tuple(item.problems), item.highlight, item.units)
        for id, item in scene.layers.items()
    }
    links = {link: (item.path(), item.words, item.threads()) for link, item in scene.links.items()}
    annotations = {id: (item.pos(), item.box, item.text, item.zValue()) for id, item in scene.annotations.items()}
    return layers, links, annotations, scene.sceneRect()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "examples" in metafunc.fixturenames:
        metafunc.parametrize("examples", [int(metafunc.config.getoption("--examples"))])


def test_edits_in_any_order(qtbot: QtBot, examples: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]  # a machine throws many of its steps away
    run_state_machine_as_test(
        Editing,
        settings=settings(max_examples=examples, stateful_step_count=60, suppress_health_check=checks, database=None),
    )
