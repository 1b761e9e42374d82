"""What a report is made of, as plain values: sections of words, lists, tables and figures. How they look is decided
elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A paragraph of plain text, with its line breaks."""

    text: str
    is_faint: bool = False


@dataclass(frozen=True)
class Listed:
    """Sentences below each other, a point before each."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names and what they are, a pair a line."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows of plain text under a head; the columns of `numbers` stand right-aligned. `title` says what is in it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    title: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture (SVG or PNG) with what stands above and below it; `alt` says it to whoever cannot see it."""

    picture: bytes
    title: str
    alt: str
    note: str = ""
    words: str = ""


Part = Words | Listed | Facts | Table | Figure


@dataclass(frozen=True)
class Section:
    """Parts under a title; `comment` is what a person says of them all."""

    title: str
    parts: tuple[Part, ...]
    comment: str = ""


@dataclass(frozen=True)
class SheetPage:
    """A whole report, but for the project that goes with it."""

    title: str
    names: str
    written: str
    sections: tuple[Section, ...]
