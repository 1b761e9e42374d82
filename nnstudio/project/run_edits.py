"""What a person does to the runs of a project: stars, notes, deleting them, and keeping them without their weights."""

from collections.abc import Callable, Collection

from msgspec.structs import replace

from nnstudio.project.edits import LONGEST_NOTE
from nnstudio.project.model import Project, Run
from nnstudio.text import UserError
from nnstudio.text import translate as _


def star_runs(project: Project, ids: Collection[str], on: bool) -> Project:
    """The project with a star on these runs, or without."""
    return change_runs(project, ids, lambda run: replace(run, is_starred=on))


def write_note(project: Project, id: str, text: str) -> Project:
    """The project with another note on a run, in one line; UserError for an endless one."""
    if len(text) > LONGEST_NOTE:
        raise UserError(
            _("This text has {count} characters; {longest} fit here.").format(count=len(text), longest=LONGEST_NOTE)
        )
    return change_runs(project, [id], lambda run: replace(run, note=text))


def remove_runs(project: Project, ids: Collection[str]) -> Project:
    """The project without these runs."""
    return replace(project, runs=tuple(run for run in project.runs if run.id not in ids))


def forget_weights(project: Project, ids: Collection[str]) -> Project:
    """The project with these runs kept without weights, those of earlier epochs and where they stood: their curves and
    settings stay."""
    return change_runs(project, ids, lambda run: replace(run, weights=b"", checkpoint=b"", snapshots=b""))


def weights_size(run: Run) -> int:
    """The bytes that forgetting its weights frees."""
    return len(run.weights) + len(run.checkpoint) + len(run.snapshots)


def change_runs(project: Project, ids: Collection[str], change: Callable[[Run], Run]) -> Project:
    """The project with some of its runs changed; the others stay the very same values, by which views skip them."""
    wanted = set(ids)
    return replace(project, runs=tuple(change(run) if run.id in wanted else run for run in project.runs))
