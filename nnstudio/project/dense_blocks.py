"""How many dense blocks a network has: a hidden dense layer with what follows it up to the next dense layer, again and
again."""

import itertools

from msgspec.structs import replace

from nnstudio.project.arrange import arranged
from nnstudio.project.edits import MOST_LAYERS, free_number
from nnstudio.project.model import Layer, Link, Network, Project
from nnstudio.project.variants import hidden_dense
from nnstudio.text import UserError
from nnstudio.text import translate as _


def with_dense_blocks(project: Project, count: int) -> Project:
    """The same network with so many dense blocks: the last is repeated, or the last ones are left out. UserError where
    the network is no plain chain with a dense block in it."""
    network = project.network
    chain = chain_of(network)
    starts = block_starts(network, chain)
    missing = count - len(starts)
    if missing == 0:
        return project
    end = len(chain) if not starts else end_of(network, chain, starts[-1])
    if missing < 0:
        first = starts[count]
        kept = chain[:first] + chain[end:]
        return arranged(replace(project, network=chained(network, kept)))
    block, whole = chain[starts[-1] : end], list(chain)
    grown = network
    for _number in range(missing):
        copies = []
        for layer in block:
            copy = replace(layer, id=f"{layer.type}_{free_number(grown, layer.type)}", name="")
            grown = replace(grown, layers=(*grown.layers, copy))
            copies.append(copy)
        whole[end:end] = copies
        end += len(copies)
    if len(whole) > MOST_LAYERS:
        raise UserError(_("A network has at most {most} layers.").format(most=MOST_LAYERS))
    return arranged(replace(project, network=chained(network, whole)))


def dense_block_count(network: Network) -> int:
    """How many there are. UserError where they cannot be counted."""
    return len(block_starts(network, chain_of(network)))


def chain_of(network: Network) -> list[Layer]:
    """The layers of a plain chain in the order in which they are computed. UserError for any other network."""
    follows = {link.source: link.target for link in network.links}
    targets = set(follows.values())
    first = [layer for layer in network.layers if layer.id not in targets]
    is_chain = len(follows) == len(targets) == len(network.links) == len(network.layers) - 1 and len(first) == 1
    found = [first[0]] if is_chain else []
    while found and found[-1].id in follows:
        found.append(network.layer(follows[found[-1].id]))
    if not found or len(found) < len(network.layers):
        raise UserError(_("The number of dense blocks can be varied in a plain chain of layers alone."))
    return found


def block_starts(network: Network, chain: list[Layer]) -> list[int]:
    """The places in the chain of the hidden dense layers. UserError where there is none, or anything but a plain chain
    of blocks between them."""
    hidden = hidden_dense(network)
    starts = [place for place, layer in enumerate(chain) if layer.id in hidden]
    if not starts:
        raise UserError(_("The network has no hidden dense layer, and so no dense block that could be repeated."))
    return starts


def end_of(network: Network, chain: list[Layer], start: int) -> int:
    """The place behind the last layer of the block that starts there."""
    hidden = hidden_dense(network)
    return next(
        place
        for place in range(start + 1, len(chain))
        if chain[place].role in ("weighted", "output") or chain[place].id in hidden
    )


def chained(network: Network, layers: list[Layer]) -> Network:
    """The network with these layers in a row."""
    links = tuple(Link(before.id, after.id) for before, after in itertools.pairwise(layers))
    return replace(network, layers=tuple(layers), links=links)
