"""What speaks against each link that could be drawn, found for all of them at once, is what is said of each alone."""

from itertools import product

from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFacts, Link, Project
from nnstudio.project.repairs import LinkRules, shape_mismatch
from nnstudio.project.shapes import infer
from nnstudio.text import UserError


def refused(project: Project, link: Link) -> str:
    try:
        edits.check_link(project.network, link)
    except UserError as error:
        return str(error)
    return shape_mismatch(project, infer(project), link)


def test_all_links_of_a_network_are_judged_as_each_is_alone() -> None:
    facts = DataFacts(10, (4,), "class", ("a", "b", "c"), 10, 0, 0)
    project = with_stack(
        edits.set_facts(Project(), Project().data, facts), "dense:8,relu,concat,batch_norm,flatten,dense:3", facts
    )
    project, loose = edits.add_layer(project, "dense")
    rules = LinkRules(project, infer(project))
    ids = [layer.id for layer in project.network.layers]
    found = {link: rules.refusal(link) for link in (Link(*ends) for ends in product(ids, ids))}
    assert found == {link: refused(project, link) for link in found}
    assert 0 < sum(not reason for reason in found.values()) < len(found)
    assert loose in ids
