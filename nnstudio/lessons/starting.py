"""The project that a step begins with."""

from pathlib import Path

from msgspec.structs import replace

from nnstudio import paths
from nnstudio.lessons.conditions import with_settings
from nnstudio.lessons.model import Start
from nnstudio.project.archive import SUFFIX, open_project, project_of
from nnstudio.project.drawn_points import DRAWN
from nnstudio.project.history import HISTORY, history
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import Network, Project
from nnstudio.project.toy_source import PREFIX
from nnstudio.text import UserError, shown_path
from nnstudio.text import translate as _

WITHIN = ("builtin:", PREFIX)
"""What the data named in a lesson begins with, if not drawn: a stranger's lesson reads no file and asks no server."""


def started(start: Start | None, current: Project) -> Project:
    """The project that a step begins with; without an example or a project of its own, it goes on with the one there
    is. UserError for what cannot be."""
    if start is None:
        return current
    project = replace(base(start, current), predictions=current.predictions, sheet=current.sheet)
    if start.layers:
        if project.facts is None:
            raise UserError(_("A lesson that draws layers needs a project whose data has been read."))
        project = with_stack(replace(project, network=Network()), start.layers, project.facts)
    return with_settings(project, start.settings)


def base(start: Start, current: Project) -> Project:
    """What layers and settings are changed in."""
    if start.project is not None:
        found = project_of({"format": start.format, "project": dict(start.project)}, Path(_("lesson")))
        if found.runs or found.files:
            raise UserError(_("The project inside a lesson holds no runs and no files; save it beside the lesson."))
        for source in (found.data.source, found.data.test_source):
            if source and source != DRAWN and not source.startswith(WITHIN):
                raise UserError(
                    _(
                        "The project inside a lesson takes its data from within nnstudio, and not from “{source}”."
                    ).format(source=shown_path(source[:80]))
                )
        return replace(found, openings=())
    if start.example in HISTORY:
        return history(start.example)
    if start.example:
        if not start.example.isidentifier():
            raise UserError(_("There is no example “{name}”.").format(name=start.example[:60]))
        return replace(open_project(paths.examples() / f"{start.example}{SUFFIX}"), runs=(), openings=())
    return current
