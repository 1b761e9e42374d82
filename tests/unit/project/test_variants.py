"""Other networks in place of the one drawn, and what two runs differ in, in words."""

from collections.abc import Callable

from nnstudio.project import edits, variants
from nnstudio.project.model import Project, Run, RunEvent

Make = Callable[..., Project]


def run_of(project: Project, **more: object) -> Run:
    from nnstudio.data.dataset import load

    return Run(
        "run-1", "", project.network, project.data, project.training, load(project.data).preparation, "epochs", 1, 1, 1,
        "cpu", 1, 1.0, 1.0, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_differences_are_named(make_project: Make) -> None:
    project = make_project(layers="dense:8,sigmoid,dropout:0.2,dense:out", learning_rate=0.03)
    other = edits.set_training(project, learning_rate=0.3)
    assert variants.changed_since(project, other) == "learning rate 0.03 → 0.3"
    other = edits.set_parameter(project, "dense_1", "units", 16)
    assert variants.changed_since(project, other) == "Dense 1: units 8 → 16"
    assert variants.changed_since(project, variants.without_dropout(project)) == "Dropout 1: dropout rate p 0.2 → 0"
    assert variants.changed_since(project, variants.with_activation(project, "relu")) == "Sigmoid → ReLU"
    without = edits.remove(project, ["dropout_1"])
    assert variants.changed_since(project, without) == "− Dropout"
    assert variants.changed_since(project, edits.set_data(project, source="builtin:wine")) == "other data"
    assert variants.changed_since(project, project) == ""
    moved = edits.move(project, {"dense_1": (500.0, 0.0)})
    assert variants.changed_since(project, moved) == ""


def test_marks_and_origin_are_named(make_project: Make) -> None:
    project = make_project()
    events = (RunEvent(12.5, "learning_rate", 0.1, 0.01), RunEvent(20.0, "patience"))
    after = run_of(project, events=events, origin="run-3", origin_epoch=7)
    words = variants.changed_since(run_of(project), after)
    assert "learning rate 0.1 → 0.01 at epoch 12.5" in words and "carried on past early stopping at epoch 20" in words
    assert "from epoch 7 of run 3" in words


def test_width_leaves_what_gives_the_answer(make_project: Make) -> None:
    project = make_project(layers="dense:8,tanh,dense:6,tanh,dense:out,softmax")
    wide = variants.with_width(project, 2)
    units = [layer.parameters["units"] for layer in wide.network.layers if layer.type == "dense"]
    assert units == [16, 12, 3]


def test_the_activation_before_the_output_stays(make_project: Make) -> None:
    project = make_project(layers="dense:8,tanh,dense:out,softmax")
    other = variants.with_activation(project, "sigmoid")
    assert [layer.type for layer in other.network.layers] == ["input", "dense", "sigmoid", "dense", "softmax", "output"]


def test_choices_leave_out_what_is_the_same(make_project: Make) -> None:
    project = make_project(layers="dense:8,tanh,dense:out")
    found = variants.choices(project)
    assert "activation:tanh" not in found and "optimizer:adam" not in found and "dropout" not in found
    assert {"activation:relu", "width:2", "width:0.5", "optimizer:sgd"} <= set(found)
    with_run = edits.add_run(edits.set_training(project, learning_rate=0.5), run_of(project))
    assert "run-1" in variants.choices(with_run)
    assert "run-1" not in variants.choices(edits.add_run(project, run_of(project)))


def test_restored_takes_everything_that_was_trained(make_project: Make) -> None:
    project = make_project()
    run = run_of(project)
    other = edits.set_data(edits.set_training(project, epochs=3), source="builtin:wine")
    restored = variants.restored(other, run)
    assert (restored.network, restored.data, restored.training) == (run.network, run.data, run.training)
    assert restored.facts is None


def test_seeds_follow_each_other(make_project: Make) -> None:
    seeds = [one.training.seed for one in variants.seeds(edits.set_training(make_project(), seed=4), 3)]
    assert seeds == [4, 5, 6]
