"""The networks of the papers, drawn here: parameters, connections and units as they are printed there."""

import pytest

from nnstudio.project import edits
from nnstudio.project.layer_list import READY_MADE, append_part, with_stack
from nnstudio.project.model import DataFacts, Project
from nnstudio.project.shapes import Inference, infer

H2 = "/".join(4 * ["0 1 2 3 4 5 6 7"] + 4 * ["4 5 6 7 8 9 10 11"] + 4 * ["0 1 2 3 8 9 10 11"])
C3 = (
    "0 1 2/1 2 3/2 3 4/3 4 5/0 4 5/0 1 5/0 1 2 3/1 2 3 4/2 3 4 5/0 3 4 5/0 1 4 5/0 1 2 5/0 1 3 4/1 2 4 5/0 2 3 5/"
    "0 1 2 3 4 5"
)
ZIP = (
    "conv:12:kernel_size=5:stride=2:padding=2:padding_value=-1:bias_each_place=true,scaled_tanh,"
    f"conv:12:kernel_size=5:stride=2:padding=2:bias_each_place=true:connections={H2},scaled_tanh,"
    "flatten,dense:30,scaled_tanh,dense:out,scaled_tanh"
)
LENET = (
    "conv:6:kernel_size=5:padding=2,tanh,avg_pool,conv:16:kernel_size=5,tanh,avg_pool,conv:120:kernel_size=5,tanh,"
    "flatten,dense:84,tanh,dense:out"
)
LENET_1998 = (
    "conv:6:kernel_size=5:padding=2,scaled_tanh,avg_pool,scale,scaled_tanh,"
    f"conv:16:kernel_size=5:connections={C3},scaled_tanh,avg_pool,scale,scaled_tanh,"
    "conv:120:kernel_size=5,scaled_tanh,flatten,dense:84,scaled_tanh,{end}"
)
ALEXNET = (
    "conv:64:kernel_size=11:stride=4:padding=2,relu,max_pool:3,conv:192:kernel_size=5:padding=2,relu,max_pool:3,"
    "conv:384:padding=1,relu,conv:256:padding=1,relu,conv:256:padding=1,relu,max_pool:3,"
    "flatten,dropout,dense:4096,relu,dropout,dense:4096,relu,dense:out"
)
ALEXNET_2012 = (
    "conv:96:kernel_size=11:stride=4,relu,local_response_norm,max_pool:3,"
    "conv:256:kernel_size=5:padding=2:groups={groups},relu,local_response_norm,max_pool:3,"
    "conv:384:padding=1,relu,conv:384:padding=1:groups={groups},relu,conv:256:padding=1:groups={groups},relu,max_pool:3,"
    "flatten,dense:4096,relu,dropout,dense:4096,relu,dropout,dense:out"
)


def drawn(shape: tuple[int, ...], classes: int, layers: str) -> Inference:
    facts = DataFacts(100, shape, "class", tuple(str(one) for one in range(classes)), 100, 0, 0)
    project = with_stack(edits.set_facts(Project(), Project().data, facts), layers, facts)
    inference = infer(project)
    assert inference.problems == ()
    return inference


@pytest.mark.parametrize(
    ("shape", "classes", "layers", "parameters"),
    [
        ((6,), 2, "dense:2,sigmoid,dense:1,sigmoid", 17),
        ((256,), 10, "dense:40,tanh,dense:out", 10_690),
        ((1, 16, 16), 10, ZIP, 9_760),
        ((1, 28, 28), 10, LENET, 61_706),
        ((1, 28, 28), 10, LENET_1998.format(end="rbf"), 60_000),
        ((1, 28, 28), 10, LENET_1998.format(end="dense:out"), 60_850),
        ((3, 224, 224), 1000, ALEXNET, 61_100_840),
        ((3, 227, 227), 1000, ALEXNET_2012.format(groups=2), 60_965_224),
        ((3, 227, 227), 1000, ALEXNET_2012.format(groups=1), 62_378_344),
    ],
)
def test_parameters(shape: tuple[int, ...], classes: int, layers: str, parameters: int) -> None:
    assert drawn(shape, classes, layers).total_parameters == parameters


def test_connections_and_units_of_the_zip_code_network() -> None:
    """LeCun et al. 1989: 1,256 units, 64,660 connections."""
    inference = drawn((1, 16, 16), 10, ZIP)
    assert (inference.units, inference.connections, inference.multiply_adds) == (1_256, 64_660, 63_660)


def test_connections_of_lenet_5() -> None:
    """LeCun et al. 1998: 340,908 with the distances of the output."""
    assert drawn((1, 28, 28), 10, LENET_1998.format(end="rbf")).connections == 340_908
    assert drawn((1, 28, 28), 10, LENET).multiply_adds == 416_520


def test_multiply_adds_of_alexnet() -> None:
    """In millions: one column, two graphics cards, and the same without groups."""
    found = [
        drawn((3, 224, 224), 1000, ALEXNET),
        *(drawn((3, 227, 227), 1000, ALEXNET_2012.format(groups=one)) for one in (2, 1)),
    ]
    assert [round(one.multiply_adds / 1e6) for one in found] == [714, 724, 1135]


def test_ready_made_parts_of_images_fit_and_a_block_has_its_link_past() -> None:
    facts = DataFacts(100, (1, 28, 28), "class", tuple("0123456789"), 100, 0, 0)
    project = with_stack(edits.set_facts(Project(), Project().data, facts), "conv:6:padding=same", facts)
    project, block = append_part(project, "conv_1", READY_MADE["residual_block"][1])
    project, head = append_part(project, block[-1], READY_MADE["lenet_head"][1])
    inference = infer(project)
    assert inference.problems == () and inference.shapes[head[-1]] == (10,)
    first, add = block[0], next(id for id in block if id.startswith("add"))
    assert {link.source for link in project.network.links if link.target == add} == {first, block[block.index(add) - 1]}
