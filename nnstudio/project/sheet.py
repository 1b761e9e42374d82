"""What a student puts on the lab sheet, as frozen values: names, words, and pictures of views to come back to."""

from msgspec import Struct

CANVAS = "canvas"
"""The view that is the drawn network; others are plots by their names, and labs by the commands that open them."""


class SheetItem(Struct, frozen=True, forbid_unknown_fields=True):
    """A picture (bytes of a PNG) of a view, what is said of it, and the state to come back to.

    `run` is the run that was looked at, "" for none, begun at `run_created` ("" while it was under way): another may
    bear its id by now. `epoch` is the one that was looked back at, None for the end. `made` is when (UTC).
    """

    id: str
    title: str
    view: str = CANVAS
    run: str = ""
    run_created: str = ""
    epoch: int | None = None
    made: str = ""
    comment: str = ""
    picture: bytes = b""


class Sheet(Struct, frozen=True, forbid_unknown_fields=True):
    """The lab sheet beside what the project says itself: who hands it in, what they found out, and what they put on
    it, in order."""

    names: str = ""
    words: str = ""
    items: tuple[SheetItem, ...] = ()

    def item(self, id: str) -> SheetItem:
        """The item of this id; KeyError where there is none."""
        for item in self.items:
            if item.id == id:
                return item
        raise KeyError(id)
