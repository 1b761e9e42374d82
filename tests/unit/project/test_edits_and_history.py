"""Edits are pure, merge where a hand would expect it, and undo leads back to the start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.layers.catalogue import CATALOGUE
from nnstudio.project import edits
from nnstudio.project.arrange import arranged, insert_after
from nnstudio.project.model import Link, Project
from nnstudio.project.shapes import all_problems
from nnstudio.project.undo import UndoHistory
from nnstudio.text import UserError


def chain(*types: str) -> Project:
    project, previous = Project(), ""
    for type in types:
        project, id = edits.add_layer(project, type)
        if previous:
            project = edits.add_link(project, previous, id)
        previous = id
    return project


def test_an_edit_leaves_the_project_it_started_from_alone() -> None:
    before = chain("input", "dense", "output")
    after = edits.set_parameter(before, "dense_1", "units", 99)
    assert before.network.layer("dense_1").parameters["units"] == 16
    assert after.network.layer("dense_1").parameters["units"] == 99


def test_removing_a_layer_removes_its_links() -> None:
    project = edits.remove(chain("input", "dense", "output"), ["dense_1"])
    assert [layer.id for layer in project.network.layers] == ["input_1", "output_1"]
    assert project.network.links == ()


def test_a_layer_with_one_input_swaps_its_link_and_a_joining_one_gathers_them() -> None:
    project = chain("input", "dense", "relu", "output")
    project = edits.add_link(project, "input_1", "relu_1")
    assert [link for link in project.network.links if link.target == "relu_1"] == [Link("input_1", "relu_1")]
    project, add = edits.add_layer(project, "add")
    project = edits.add_link(edits.add_link(project, "dense_1", add), "relu_1", add)
    assert len([link for link in project.network.links if link.target == add]) == 2


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("dense_1", "dense_1", "itself"),
        ("input_1", "dense_1", "already"),
        ("output_1", "dense_1", "ends"),
        ("dense_1", "input_1", "begins"),
        ("relu_1", "dense_1", "loop"),
    ],
)
def test_links_that_make_no_sense_are_refused_in_text(source: str, target: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        edits.add_link(chain("input", "dense", "relu", "output"), source, target)


def test_inserting_keeps_a_chain_a_chain() -> None:
    project, id = insert_after(arranged(chain("input", "output")), "", "dense")
    project, _next = insert_after(project, id, "relu")
    pairs = {(link.source, link.target) for link in project.network.links}
    assert pairs == {("input_1", "dense_1"), ("dense_1", "relu_1"), ("relu_1", "output_1")}
    places = [layer.position for layer in project.network.layers]
    assert len(set(places)) == len(places)


def test_pasting_brings_copies_with_their_links_under_new_ids() -> None:
    project = chain("input", "dense", "relu", "output")
    copied = edits.part(project.network, ["dense_1", "relu_1"])
    project, ids = edits.paste(project, copied, (10.0, 10.0))
    assert ids == ["dense_2", "relu_2"]
    assert Link("dense_2", "relu_2") in project.network.links


def test_a_layout_puts_no_layer_on_another_and_every_column_after_its_inputs() -> None:
    project = chain("input", "dense", "relu")
    project, other = edits.add_layer(project, "tanh")
    project, add = edits.add_layer(project, "add")
    for source, target in (("dense_1", other), ("relu_1", add), (other, add)):
        project = edits.add_link(project, source, target)
    project = arranged(project)
    places = [layer.position for layer in project.network.layers]
    assert len(set(places)) == len(places)
    for link in project.network.links:
        assert project.network.layer(link.source).position[0] < project.network.layer(link.target).position[0]


def test_typing_and_dragging_merge_into_one_step() -> None:
    history = UndoHistory(chain("input", "dense"))
    for units in (1, 12, 128):
        history.push("units", edits.set_parameter(history.present, "dense_1", "units", units), "dense_1.units")
    history.seal()
    history.push("units", edits.set_parameter(history.present, "dense_1", "units", 5), "dense_1.units")
    assert history.undo().network.layer("dense_1").parameters["units"] == 128
    assert history.undo().network.layer("dense_1").parameters["units"] == 16
    assert history.undo_label == "" and history.redo_label == "units"
    assert history.redo().network.layer("dense_1").parameters["units"] == 128


def test_a_fact_stays_through_undo() -> None:
    history = UndoHistory(Project())
    history.push("plan", edits.set_training(history.present, epochs=3))
    history.amend(lambda project: edits.set_data(project, seed=5))
    assert history.undo().data.seed == 5
    assert history.present.training.epochs == 100


TYPES = st.sampled_from([declared.type for declared in CATALOGUE])
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "link", "remove", "unlink"]), TYPES, st.integers(0, 50), st.integers(0, 50)),
    max_size=40,
)


@given(STEPS)
def test_any_sequence_of_edits_undoes_to_the_start_and_never_breaks_the_inference(steps) -> None:  # type: ignore[no-untyped-def]
    start = Project()
    history = UndoHistory(start)
    for kind, type, first, second in steps:
        project = history.present
        ids = [layer.id for layer in project.network.layers]
        links = project.network.links
        if kind == "add":
            project, _id = edits.add_layer(project, type)
        elif kind == "remove" and ids:
            project = edits.remove(project, [ids[first % len(ids)]])
        elif kind == "unlink" and links:
            project = edits.remove(project, links=[links[first % len(links)]])
        elif kind == "link" and ids:
            try:
                project = edits.add_link(project, ids[first % len(ids)], ids[second % len(ids)])
            except UserError:
                continue
        history.push(kind, project)
        for problem in all_problems(project):
            assert problem.message
    while history.undo_label:
        history.undo()
    assert history.present == start


def test_copies_pasted_one_after_the_other_lie_beside_each_other() -> None:
    project = chain("input", "dense", "relu")
    copied = edits.part(project.network, ["dense_1", "relu_1"])
    for _time in range(3):
        project, _ids = edits.paste(project, copied, edits.beside(project.network, copied))
    places = [layer.position for layer in project.network.layers if layer.type == "dense"]
    assert len(set(places)) == 4
    first = places[0]
    steps = [(x - first[0], y - first[1]) for x, y in places]
    assert steps == [(edits.BESIDE[0] * step, edits.BESIDE[1] * step) for step in range(4)]
