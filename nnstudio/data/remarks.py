"""What is said of the columns of a table: remarks of one kind are one sentence, however many columns they are of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nnstudio.text import Count, translate_count

MOST_SINGLE = 4
"""Up to so many columns have a sentence each."""
MOST_NAMED = 8


@dataclass(frozen=True)
class Kind:
    """One kind of remark: what is said of one column, and of many, whose `names` are listed."""

    single: Callable[..., str]
    one: str
    many: str
    """The sentence for several columns, with {count} and {names}; `one` is its form for one."""


@dataclass
class Remarks:
    """Remarks as they come, and as they are told."""

    _found: dict[Kind, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)

    def add(self, kind: Kind, name: str, **values: Any) -> None:
        self._found.setdefault(kind, []).append((name, values))

    def words(self, called: Mapping[str, str]) -> list[str]:
        """The sentences, in the order in which their kinds came; columns have the names they are `called`, and those
        that have none are passed over."""
        told: list[str] = []
        for kind, found in self._found.items():
            of = [(called[name], values) for name, values in found if name in called]
            if len(of) <= MOST_SINGLE:
                told.extend(kind.single(name=name, **values) for name, values in of)
                continue
            names = ", ".join(f"“{name}”" for name, _values in of[:MOST_NAMED])
            names += " …" if len(of) > MOST_NAMED else ""
            told.append(translate_count(kind.one, kind.many, len(of)).format(count=Count(len(of)), names=names))
        return told
