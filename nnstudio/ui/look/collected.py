"""What can be put into the report by one key: any widget that gives its picture, what it is called, and how it is found
again."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Looked:
    """A view that is looked at: its name as the report keeps it, what it is called, its picture as PNG, and what it
    says to whoever cannot see it.

    A view of no single run has a name with a colon in it; what is before that says who shows it again
    (ui/sheet/views.py).
    """

    view: str
    title: str
    picture: bytes
    words: str = ""


@runtime_checkable
class Collectable(Protocol):
    """A widget that knows its own picture for the report; the key is over it, or over something inside it."""

    def for_report(self) -> Looked: ...
