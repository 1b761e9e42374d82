"""The formula of the whole network is the textbook's, whatever is drawn."""

from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.network_formula import MOST_LINES, network_formula
from nnstudio.project.shapes import infer

FACTS = DataFacts(100, (4,), "class", ("a", "b", "c"), 60, 20, 20)


def project_of(layers: str) -> Project:
    project = edits.set_facts(Project(), Project().data, FACTS)
    return with_stack(project, layers, FACTS)


def lines(project: Project) -> list[str]:
    return ["".join(part.latex for part in line) for line in network_formula(project.network, infer(project))]


def test_three_dense_layers_as_in_the_textbook() -> None:
    found = lines(project_of("dense:8,tanh,dense:8,tanh,dense:out,softmax"))
    assert found == [
        r"\hat{y}=g^{(3)}(W^{(3)}g^{(2)}(W^{(2)}g^{(1)}(W^{(1)}x+w_0^{(1)})+w_0^{(2)})+w_0^{(3)})",
        r"g^{(1)}=g^{(2)}=\tanh,\quadg^{(3)}=\mathrm{softmax}",
    ]


def test_without_activations_and_biases_nothing_is_put_in_brackets_that_need_not_be() -> None:
    assert lines(project_of("dense:8,dense:out:bias=false")) == [r"\hat{y}=W^{(2)}(W^{(1)}x+w_0^{(1)})"]
    assert lines(project_of("dense:8:bias=false,dense:out:bias=false")) == [r"\hat{y}=W^{(2)}W^{(1)}x"]


def test_dropout_norms_and_two_functions_in_a_row() -> None:
    found = lines(project_of("dense:8,batch_norm,relu,tanh,dropout:0.25,dense:out"))
    assert found[0] == (
        r"\hat{y}=W^{(2)}\mathrm{drop}_{0.25}(f^{(1)}(g^{(1)}(\mathrm{BN}(W^{(1)}x+w_0^{(1)}))))+w_0^{(2)}"
    )


def test_what_feeds_several_layers_gets_a_name_and_merges_are_written() -> None:
    project = project_of("dense:8,relu,dense:out")
    project, add = edits.add_layer(project, "add")
    for source in ("dense_1", "relu_1"):
        project = edits.add_link(project, source, add)
    project = edits.add_link(project, add, "dense_2")
    assert lines(project)[:2] == [
        "h^{(1)}=W^{(1)}x+w_0^{(1)}",
        r"\hat{y}=W^{(2)}(h^{(1)}+g^{(1)}(h^{(1)}))+w_0^{(2)}",
    ]
    project = edits.remove(project, [add])
    project, concat = edits.add_layer(project, "concat")
    for source in ("dense_1", "relu_1"):
        project = edits.add_link(project, source, concat)
    project = edits.add_link(project, concat, "dense_2")
    assert lines(project)[1] == r"\hat{y}=W^{(2)}[h^{(1)};g^{(1)}(h^{(1)})]+w_0^{(2)}"


def test_every_part_says_what_it_is_and_its_size() -> None:
    project = project_of("dense:8,tanh,dense:out")
    words = {
        part.latex: (part.layer, part.words)
        for line in network_formula(project.network, infer(project))
        for part in line
        if part.words
    }
    assert words["W^{(1)}"] == ("dense_1", "Dense 1: weights, 8 × 4 values")
    assert words["w_0^{(2)}"] == ("dense_2", "Dense 2: biases, 3 values")
    assert words["x"] == ("input_1", "Input 1: the input, 4 values")
    assert words["g^{(1)}"] == ("tanh_1", "Tanh 1: Tanh, 8 values")


def test_half_built_networks_and_very_deep_ones() -> None:
    assert lines(Project()) == []
    project, _id = edits.add_layer(project_of("dense:8,relu"), "dense")
    assert len(lines(project)) == 2  # what leads nowhere is left out
    loose = edits.remove(project_of("dense:8,relu,dense:out"), ["dense_1"])
    assert "g^{(0)}(?)" in lines(loose)[0]
    found = lines(project_of(",".join(["dense:8,relu"] * 200)))
    assert len(found) == MOST_LINES + 2 and r"\vdots" in found
    assert max(len(line) for line in found) < 1000
    assert len(lines(project_of(",".join(["dense:8"] * 500)))) == MOST_LINES + 1


def test_a_branch_counts_by_its_own_matrix() -> None:
    project = project_of("dense:8,relu,dense:out")
    for type in ("dense", "tanh", "concat"):
        project, _id = edits.add_layer(project, type)
    links = [("input_1", "dense_3"), ("dense_3", "tanh_1"), ("relu_1", "concat_1"), ("tanh_1", "concat_1")]
    for source, target in [*links, ("concat_1", "dense_2")]:
        project = edits.add_link(project, source, target)
    first = lines(project)[0]
    assert all(f"g^{{({number})}}(W^{{({number})}}x" in first for number in (1, 2))
