"""What a study may vary, over what, and what a project is like that has taken a setting of it."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from nnstudio.project import edits
from nnstudio.project.dense_blocks import dense_block_count, with_dense_blocks
from nnstudio.project.model import Network, Project, Study
from nnstudio.project.shapes import all_problems, infer
from nnstudio.project.studies import add_study, definition, find_study, new_study, remove_study
from nnstudio.project.study import Halving
from nnstudio.project.study_variables import (
    grid_values,
    keys,
    parse_variable,
    setting_of,
    value_text,
    variable_text,
    with_values,
)
from nnstudio.text import UserError

MakeProject = Callable[..., Project]


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    return make_project("builtin:iris", "dense:8,relu,dropout:0.2,dense:out")


def study_of(project: Project, *variables: str, **given: object) -> Study:
    return new_study(project, [parse_variable(project.network, one) for one in variables], **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("training.learning_rate=0.1, 0.01", (0.1, 0.01)),
        ("training.learning_rate=0.001..1:log:4", (0.001, 0.01, 0.1, 1.0)),
        ("training.momentum=0..0.9:4", (0.0, 0.3, 0.6, 0.9)),
        ("dense_1.units=4..16:3", (4, 10, 16)),
        ("dense_1.units=1..3:9", (1, 2, 3)),
        ("training.optimizer=adam,sgd", ("adam", "sgd")),
        ("training.restore_best=true,false", (True, False)),
        ("network.dense_blocks=1,2,3", (1, 2, 3)),
        ("network.activation=relu,tanh", ("relu", "tanh")),
        ("data.validation=0.1,0.3", (0.1, 0.3)),
    ],
)
def test_values_are_read_as_they_are_written(project: Project, text: str, values: tuple[object, ...]) -> None:
    assert grid_values(project.network, parse_variable(project.network, text)) == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("training.learning_rate", "--vary needs KEY=VALUES"),
        ("training.learning_rate=", "--vary needs KEY=VALUES"),
        ("training.learning_rate=1..0.1", "must begin below where it ends"),
        ("training.learning_rate=0..1:log", "above 0"),
        ("training.learning_rate=0.1..20", "at most 10"),
        ("training.learning_rate=0.1,0.1", "each value once"),
        ("training.learning_rate=0.1..1:log:2:3", "is no range"),
        ("training.learning_rate=0.1..1:lin", "is no range"),
        ("training.learning_rate=0.1..1:1", "2 to"),
        ("training.optimizer=adam..sgd", "one of"),
        ("training.optimizer=adam,evil", "one of"),
        ("training.seed=1,2", "--seeds"),
        ("training.device=cpu,cuda", "cannot be varied"),
        ("data.test=0.1,0.2", "which rows are the test set"),
        ("data.seed=1,2", "which rows are the test set"),
        ("data.split=random,in_order", "which rows are the test set"),
        ("data.ignore=a,b", "cannot be varied"),
        ("dense_9.units=1,2", "cannot be varied"),
        ("dense_1.rate=1,2", "has no setting “rate”"),
        ("nonsense=1", "cannot be varied"),
        ("network.dense_blocks=0.5", "a whole number"),
    ],
)
def test_what_cannot_be_varied_is_refused_in_words(project: Project, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        parse_variable(project.network, text)


def test_every_key_that_is_offered_can_be_read_and_has_words(project: Project) -> None:
    for key in keys(project.network):
        assert setting_of(project.network, key).name and variable_text(project.network, key) != key
    assert variable_text(project.network, "dense_1.units") == "Dense 1: units"
    assert value_text(project.network, "training.optimizer", "sgd") == "SGD"
    assert not {"data.test", "data.seed", "training.seed"} & set(keys(project.network))


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_dense_blocks_are_repeated_or_left_out_and_stand_apart(make_project: MakeProject, count: int) -> None:
    project = make_project("builtin:iris", "dense:8,relu,dropout:0.2,dense:6,tanh,dense:out,softmax")
    found = with_dense_blocks(project, count)
    types = [layer.type for layer in found.network.layers]
    blocks = (["dense", "relu", "dropout"] + ["dense", "tanh"] * 4)[: 3 + 2 * (count - 1)]
    assert types == ["input", *blocks, "dense", "softmax", "output"]
    assert dense_block_count(found.network) == count and not all_problems(found)
    places = {layer.position for layer in found.network.layers}
    assert len(places) == len(found.network.layers)
    if count > 2:
        assert found.network.layer("dense_4").parameters["units"] == 6
    assert with_dense_blocks(found, 2).network.links == project.network.links or count < 2


def test_blocks_can_be_repeated_in_a_plain_chain_alone(make_project: MakeProject) -> None:
    with pytest.raises(UserError, match="no hidden dense layer"):
        with_dense_blocks(make_project("builtin:iris", "dense:out"), 2)
    project = make_project("builtin:iris", "dense:8,relu,dense:out")
    project, _id = edits.add_layer(project, "dense")
    with pytest.raises(UserError, match="plain chain"):
        with_dense_blocks(project, 2)


def test_a_setting_is_taken_with_all_that_it_is_made_of(project: Project) -> None:
    values = {
        "network.dense_blocks": 2,
        "network.activation": "tanh",
        "dense_1.units": 5,
        "training.epochs": 7,
    }
    found = with_values(project, values)
    assert [layer.type for layer in found.network.layers] == [
        "input", "dense", "tanh", "dropout", "dense", "tanh", "dropout", "dense", "output",
    ]  # fmt: skip
    assert [one.parameters["units"] for one in found.network.layers if one.type == "dense"] == [5, 5, 3]
    assert found.training.epochs == 7 and infer(found).total_parameters > 0


def test_a_study_is_what_it_was_when_it_was_defined(project: Project) -> None:
    study = study_of(project, "training.learning_rate=0.001,0.01", "dense_1.units=4,8", seeds=3)
    assert (study.settings, study.seeds, study.id) == (4, 3, "study-1")
    later = edits.set_training(add_study(project, study), epochs=7)
    assert find_study(later).training == project.training
    assert new_study(later, study.variables).id == "study-2"
    assert definition(replace(study, name="a")) == definition(study) != definition(replace(study, seed=1))
    assert remove_study(later, "study-1").studies == ()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"seeds": 0}, "1 to 1"),
        ({"seeds": 6000}, "1 to 1"),
        ({"settings": 3}, "tries all of them|all of which are tried"),
        ({"method": "random", "settings": 9_000, "seeds": 2}, "at most 10"),
        ({"method": "tpe", "settings": 8, "halving": Halving()}, "TPE"),
        ({"halving": Halving(first=100)}, "begins with 1 to"),
        ({"halving": Halving(factor=1)}, "one setting in 2 to 100"),
    ],
)
def test_what_is_no_study_is_refused_in_words(project: Project, given: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        study_of(project, "training.learning_rate=0.001,0.01", **given)


def test_there_must_be_something_to_choose_by(make_project: MakeProject, project: Project) -> None:
    with pytest.raises(UserError, match="at least one setting"):
        study_of(project)
    with pytest.raises(UserError, match="varied twice"):
        study_of(project, "training.epochs=1,2", "training.epochs=3,4")
    with pytest.raises(UserError, match="no validation part"):
        study_of(make_project("builtin:iris", "dense:out", data_validation=0.0), "training.epochs=1,2")
    with pytest.raises(UserError, match="no accuracy"):
        value = make_project("builtin:diabetes", "dense:out")
        study_of(value, "training.epochs=1,2", measure="validation_accuracy")
    with pytest.raises(UserError, match="how many points"):
        study_of(project, "training.learning_rate=0.001..0.1")
    with pytest.raises(UserError, match="input"):
        study_of(replace(project, network=Network()), "training.epochs=1,2")
