"""What a new project begins with: nothing, a network of the history, or what a link of TensorFlow Playground says."""

from argparse import Namespace

from nnstudio.project.history import history
from nnstudio.project.model import Project
from nnstudio.project.playground_link import read_link
from nnstudio.project.playground_project import opened_link
from nnstudio.text import UserError
from nnstudio.text import translate as _


def begun(options: Namespace) -> tuple[Project, dict[str, list[str]]]:
    """The project to begin with, and what is to be said of it. UserError where the options do not say enough, or
    more than one thing."""
    if options.playground:
        if options.data or options.target or options.test or options.layers or options.example:
            raise UserError(
                _(
                    "--playground LINK says which data and layers; leave out --data, --target, --test, --layers and "
                    "--example."
                )
            )
        opened = opened_link(read_link(options.playground))
        return opened.project, {"remarks": list(opened.remarks), "hidden": list(opened.hidden)}
    if not options.example and not (options.data and options.layers):
        raise UserError(
            _(
                "Say which data and layers: --data SOURCE --layers SPEC, or take an --example NAME or a --playground "
                "LINK."
            )
        )
    return history(options.example) if options.example else Project(), {}
