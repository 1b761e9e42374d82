"""What is done with the selected layers, links, notes and frames: copied, deleted, nudged, made larger."""

from collections.abc import Callable
from functools import partial

from nnstudio.project import edits
from nnstudio.project.frames import with_held
from nnstudio.project.model import Link, Network, Note, Project
from nnstudio.text import UserError, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.canvas import clipboard
from nnstudio.ui.canvas.surface import GRID, CanvasSurface

NUDGE = 10.0

Step = tuple[int, int]
"""A direction: right or left, down or up."""


class Selection:
    """Acts on what is selected on a canvas; each action is one step to undo."""

    def __init__(self, surface: CanvasSurface) -> None:
        self.surface = surface
        self.network = surface.network
        self.store = surface.store
        self._nudged: tuple[list[str], set[str], Network] | None = None
        """What was selected and what moved at the last nudge, and the network after it."""

    def whole(self) -> list[str]:
        """The ids of what is selected, and of what the selected frames hold."""
        return with_held(self.store.project.network, self.network.selected_parts())

    def copy(self) -> None:
        selected = self.whole()
        if selected:
            clipboard.copy(self.store.project.network, selected)
            self.store.told.emit(copied_text(len(selected)))

    def cut(self) -> None:
        selected = self.whole()
        if selected:
            clipboard.copy(self.store.project.network, selected)
            self.store.edit(_("Cut"), edits.remove(self.store.project, selected))

    def paste(self) -> None:
        """Add what the clipboard holds."""
        self.add_copies(_("Paste"), partial(clipboard.paste, self.store.project))

    def duplicate(self) -> None:
        """Copies beside what is selected."""
        selected = self.whole()
        if selected:
            self.add_copies(_("Duplicate"), partial(edits.duplicate, self.store.project, selected))

    def add_copies(self, label: str, made: Callable[[], tuple[Project, list[str]]]) -> None:
        """Take an edit that gives the ids of copies, which are selected then; a UserError is told."""
        try:
            project, ids = made()
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            return
        self.store.edit(label, project)
        self.network.select(ids)

    def delete(self) -> None:
        parts, links = self.network.selected_parts(), self.network.selected_links()
        if parts or links:
            self.store.edit(_("Delete"), edits.remove(self.store.project, parts, links))

    def remove_link(self, link: Link) -> None:
        self.store.edit(_("Delete"), edits.remove(self.store.project, links=[link]))

    def nudge(self, step: Step) -> None:
        """Move it a little; several nudges in a row are one step to undo."""
        far = GRID if self.surface.snaps else NUDGE
        network, selected = self.store.project.network, self.network.selected_parts()
        if self._nudged is None or self._nudged[0] != selected or self._nudged[2] is not network:
            self._nudged = selected, set(self.whole()), network
        moved = self._nudged[1]  # what a frame comes to lie around on its way stays where it is
        positions = {
            part.id: (part.position[0] + far * step[0], part.position[1] + far * step[1])
            for part in (*network.layers, *network.annotations)
            if part.id in moved
        }
        self.store.edit(_("Move"), edits.move(self.store.project, positions), merge=f"nudge {sorted(selected)}")
        self._nudged = selected, moved, self.store.project.network

    def resize(self, step: Step) -> None:
        """Make the selected notes and frames a little larger or smaller, likewise."""
        project, selected = self.store.project, self.network.selected_parts()
        for annotation in project.network.annotations:
            if annotation.id in selected:
                width, height = (annotation.width, 0.0) if isinstance(annotation, Note) else annotation.size
                project = edits.resize(project, annotation.id, (width + GRID * step[0], height + GRID * step[1]))
        self.store.edit(_("Resize"), project, merge=f"resize {sorted(selected)}")


def copied_text(count: int) -> str:
    words = translate_count("Copied: {count} layer, note or frame.", "Copied: {count} layers, notes and frames.", count)
    return words.format(count=count)
