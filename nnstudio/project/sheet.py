"""What a person puts into the report, as frozen values: names, words, comments, the order of its sections, and pictures
of views to come back to. In the file and in code it is called the sheet: as one it is handed in."""

from collections.abc import Mapping

from msgspec import Struct, field

from nnstudio.text import mark

CANVAS = "canvas"
"""The view that is the drawn network; others are plots by their names, and labs by the commands that open them. One
with a colon in its name is of no single run."""
PROJECT = "project"
"""What stands among `left_out` where the project itself is not to go with the report."""
SECTIONS: Mapping[str, str] = {
    "predictions": mark("Predictions"),
    "items": mark("What I looked at"),
    "words": mark("What I found out"),
    "runs": mark("Runs"),
    "curves": mark("Curves"),
    "openings": mark("Test set"),
    "network": mark("Network"),
    "formula": mark("Formula"),
    "data": mark("Data, and what was done to it"),
    "settings": mark("Settings"),
}
"""The standing sections by key, in the order that they have at first. The pictures that were put in are one of them."""


class SheetItem(Struct, frozen=True, forbid_unknown_fields=True):
    """A picture (bytes of a PNG) of a view, what is said of it, and the state to come back to.

    `run` is the run that was looked at, "" for none, begun at `run_created` ("" while it was under way): another may
    bear its id by now. `epoch` is the one that was looked back at, None for the end. `made` is when (UTC). `alt` is
    what the view itself says to whoever cannot see it.
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
    alt: str = ""

    @property
    def is_of_run(self) -> bool:
        """Whether it shows one run, or the network before its training."""
        return ":" not in self.view


class Sheet(Struct, frozen=True, forbid_unknown_fields=True):
    """The report beside what the project says itself: whose it is, what they found out, and what they put into it, in
    order.

    `comments` are those on standing sections, by key; `order` is the order of these, () as at first; `left_out` are
    the keys and ids of what is not written, `PROJECT` among them.
    """

    names: str = ""
    words: str = ""
    items: tuple[SheetItem, ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def item(self, id: str) -> SheetItem:
        """The item of this id; KeyError where there is none."""
        for item in self.items:
            if item.id == id:
                return item
        raise KeyError(id)

    @property
    def sections(self) -> tuple[str, ...]:
        """The keys of all standing sections in their order."""
        return *self.order, *(key for key in SECTIONS if key not in self.order)
