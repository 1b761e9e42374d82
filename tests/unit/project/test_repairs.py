"""Why a link does not fit, and that each repair offered really mends it."""

import pytest

from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Link, Project
from nnstudio.project.repairs import repairs, shape_mismatch
from nnstudio.project.shapes import infer

IMAGES = DataFacts(60, (1, 8, 8), "class", ("a", "b", "c"), 60, 0, 0)
ROWS = DataFacts(60, (5,), "class", ("a", "b", "c"), 60, 0, 0)


def project_of(layers: str, facts: DataFacts) -> Project:
    return with_stack(edits.set_facts(Project(), Project().data, facts), layers, facts)


def drawn(before: Project, link: Link) -> tuple[str, dict[str, Project]]:
    """The reason against a link and the repairs offered when it is drawn."""
    project = edits.add_link(before, link.source, link.target)
    reason = shape_mismatch(before, infer(before), link)
    return reason, {one.label: one.project for one in repairs(before, project, link)}


def test_an_image_into_a_dense_layer_is_flattened_first() -> None:
    project = project_of("flatten,dense:4,relu,dense:out", IMAGES)
    loose = edits.remove(project, ids=["flatten_1"])
    reason, offered = drawn(loose, Link("input_1", "dense_1"))
    assert "1 × 8 × 8" in reason and set(offered) == {"Flatten first"}
    assert infer(offered["Flatten first"]).problems == ()


@pytest.mark.parametrize(("columns", "size"), [(64, "1 × 8 × 8"), (256, "1 × 16 × 16"), (3 * 81, "3 × 9 × 9")])
def test_columns_before_a_convolution_are_taken_as_the_square_image_they_can_be(columns: int, size: str) -> None:
    facts = DataFacts(60, (columns,), "class", ("a", "b", "c"), 60, 0, 0)
    project = project_of("image:height=8:width=8,conv:4,relu,flatten,dense:out", facts)
    loose = edits.remove(project, ids=["image_1"])
    reason, offered = drawn(loose, Link("input_1", "conv_1"))
    assert "needs an image" in reason and set(offered) == {f"Take as image of {size}"}
    assert infer(offered[f"Take as image of {size}"]).problems == ()


def test_columns_that_are_no_square_get_no_such_offer() -> None:
    project = edits.remove(project_of("image,conv:4,relu,flatten,dense:out", ROWS), ids=["image_1"])
    assert drawn(project, Link("input_1", "conv_1"))[1] == {}


def test_a_dense_layer_before_the_output_gets_the_units_the_data_needs() -> None:
    project = edits.remove(project_of("dense:4,relu,dense:7", ROWS), links=[Link("dense_2", "output_1")])
    reason, offered = drawn(project, Link("dense_2", "output_1"))
    assert "give 7 values, and the data needs 3" in reason
    assert infer(offered["Set 3 units"]).problems == ()


def test_a_second_link_into_a_layer_of_one_input_can_be_joined_with_the_first() -> None:
    project = project_of("dense:4,relu,dense:out", ROWS)
    reason, offered = drawn(project, Link("dense_1", "dense_2"))
    assert reason == "" and set(offered) == {"Join both with concat"}
    mended = offered["Join both with concat"]
    assert infer(mended).problems == () and infer(mended).shapes["concat_1"] == (8,)


@pytest.mark.parametrize("link", [Link("dense_1", "relu_1"), Link("relu_1", "dense_2"), Link("dense_2", "output_1")])
def test_a_link_that_fits_is_left_alone(link: Link) -> None:
    project = edits.remove(project_of("dense:4,relu,dense:out", ROWS), links=[link])
    assert drawn(project, link) == ("", {})


def test_layers_to_be_added_must_be_of_one_shape() -> None:
    project = project_of("dense:4,dense:6,dense:out", ROWS)
    project, add = edits.add_layer(project, "add")
    project = edits.add_link(project, "dense_1", add)
    assert "same shape" in shape_mismatch(project, infer(project), Link("dense_2", add))


def test_two_classes_may_be_told_by_one_value() -> None:
    facts = DataFacts(60, (5,), "class", ("a", "b"), 60, 0, 0)
    for units, fits in ((1, True), (2, True), (3, False)):
        project = edits.remove(project_of(f"dense:{units}", facts), links=[Link("dense_1", "output_1")])
        assert (shape_mismatch(project, infer(project), Link("dense_1", "output_1")) == "") is fits
