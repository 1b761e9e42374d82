"""From columns of text to columns of numbers, words and dates: what the cells of each are, and what was done to them.

A column that holds plain numbers and nothing else is told from the others first (plain_numbers.py); only the rest is
looked at column by column.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nnstudio.data import cell_remarks as said
from nnstudio.data import date_words
from nnstudio.data.cell_remarks import LONGEST_SHOWN
from nnstudio.data.finite import LARGEST_NUMBER
from nnstudio.data.number_words import (
    LARGEST_WHOLE,
    MARKS_OF_NUMBERS,
    MARKS_OF_WORDS,
    PLAIN,
    WRITINGS,
    Writing,
    as_usual,
    fitting,
    is_float,
    without_units,
)
from nnstudio.data.plain_numbers import OUTER_BLANKS, plain_numbers, with_missing
from nnstudio.data.reading import AUTO, Asked, fact
from nnstudio.data.remarks import Remarks
from nnstudio.data.scaling import Reached
from nnstudio.project.model import ReadingFact
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

FEW_WORDS = 0.1
"""Up to this share of words, a column rather was one of numbers."""


@dataclass
class Typing:
    """Columns of text on their way to what they hold; `texts` gives the cells of some columns as they were written."""

    asked: Asked
    texts: Callable[[list[str]], "polars.DataFrame"]
    comma_is_likely: bool = False
    """Whether cells are separated by semicolons, as where the comma is the decimal sign."""
    remarks: Remarks = field(default_factory=Remarks)
    dates: dict[str, str] = field(default_factory=dict)
    """The format of each column of dates."""
    is_either: bool = False
    """Whether there are numbers that may have a decimal or a thousands sign."""
    decimal: str = ""
    thousands: str = ""
    """The signs that were found in numbers; "" where none decides them."""

    def typed(
        self, names: Sequence[str], plain: "dict[str, polars.Series]", reached: Reached = lambda share: None
    ) -> "dict[str, polars.Series]":
        """Every column as numbers, words or dates; `plain` has those that are plain numbers."""
        typed = self._as_asked(plain)
        others = [name for name in names if name not in typed]
        words = self.texts(others) if others else None
        if words is not None:
            typed |= self._with_marks(words)
        rest = [name for name in others if name not in typed]
        cut = {name: self._candidate(words[name]) for name in rest} if words is not None else {}
        self._decide({name: one for name, one in cut.items() if one is not None})
        again = self._doubtful(typed) if self.decimal == "," else []
        cut |= {name: self._candidate(column) for name, column in self._written(again).items()}
        for name, column in typed.items():
            if name not in again and (missing := column.null_count()):
                marks = marks_in(words[name], column) if words is not None and name in others else ()
                self.remarks.add(said.MISSING, name, count=missing, marks=marks)
        written = self._written([*rest, *again])
        for place, name in enumerate(written):
            typed[name] = self._column(written[name], cut[name])
            reached((place + 1) / len(written))
        return typed

    @property
    def _number_marks(self) -> tuple[str, ...]:
        """What stands for a missing number."""
        return MARKS_OF_NUMBERS if self.asked.marks is None else self.asked.marks

    def _written(self, names: list[str]) -> "dict[str, polars.Series]":
        """Some columns as they were written."""
        return {column.name: column for column in self.texts(names).get_columns()} if names else {}

    def facts(self) -> list[ReadingFact]:
        """How numbers were read."""
        asked, found = self.asked, []
        if self.decimal or asked.decimal != AUTO:
            reason = _("Columns that can be read in one way alone are written so.")
            found.append(fact("decimal", self.decimal, asked.decimal, reason))
        if self.thousands or self.is_either or asked.thousands != AUTO:
            reason = _("Columns that can be read in one way alone are written so.")
            if self.is_either:
                reason = _("A sign before three digits may be either: nothing in the file decides it.")
            found.append(fact("thousands", self.thousands or "none", asked.thousands, reason))
        usual = _("The usual marks count as missing: NA, ?, and the like.")
        found.append(fact("missing", asked.missing, asked.missing, usual))
        return found

    def _as_asked(self, plain: "dict[str, polars.Series]") -> "dict[str, polars.Series]":
        """Plain numbers without the columns that were asked to be something else, or have marks that are numbers."""
        kinds = self.asked.kinds
        kept = {name: column for name, column in plain.items() if kinds.get(name, "number") == "number"}
        marks = [float(mark) for mark in self.asked.marks or () if is_float(mark)]
        return {name: column for name, column in kept.items() if not (marks and column.is_in(marks).any())}

    def _with_marks(self, words: "polars.DataFrame") -> "dict[str, polars.Series]":
        """The columns that are plain numbers but for marks of missing cells and blanks at the ends."""
        asked = self.asked.kinds
        names = [name for name in words.columns if asked.get(name, "number") == "number"]
        emptied = with_missing(words.select(names), self._number_marks)
        return plain_numbers(emptied)

    def _candidate(self, column: "polars.Series") -> "Candidate | None":
        """What a column would be as numbers; None for one of words."""
        kind = self.asked.kinds.get(column.name, "")
        if kind not in ("", "number"):
            return None
        cells = with_missing(column.to_frame(), self._number_marks).to_series()
        different = cells.unique().drop_nulls()
        if not len(different):
            return None
        # Of text, a look at the first different ones is enough to know.
        if kind == "" and not different.head(200).str.contains(r"\d").any():
            return None
        bare, unit = without_units(different)
        bare = bare.str.strip_chars(OUTER_BLANKS)
        ways = fitting(bare)
        if kind == "number" and not ways:
            ways = [max(WRITINGS, key=lambda one: int(bare.str.contains(one.pattern).sum()))]
        if not ways and bool(bare.str.contains(r"^0\d+$").any()):
            return None
        return Candidate(cells, unit, tuple(ways), bare)

    def _decide(self, candidates: "Mapping[str, Candidate]") -> None:
        """The decimal and thousands signs of the table, by the columns that can be read in one way alone."""
        if self.asked.decimal != AUTO:
            self.decimal = self.asked.decimal
        if self.asked.thousands != AUTO:
            self.thousands = "" if self.asked.thousands == "none" else self.asked.thousands
        for one in candidates.values():
            decimals = {way.decimal for way in one.ways if one.has_sign(way.decimal)}
            certain = {way.decimal for way in one.ways}
            if len(certain) == 1 and decimals == certain and not self.decimal:
                self.decimal = certain.pop()
        for one in candidates.values():
            certain = {way.thousands for way in one.ways}
            if len(certain) == 1 and certain != {""} and not self.thousands:
                self.thousands = certain.pop()
                if not self.decimal and self.thousands in (".", ","):
                    self.decimal = "," if self.thousands == "." else "."
        if not self.decimal and self.comma_is_likely and any(one.has_sign(",") for one in candidates.values()):
            self.decimal = ","

    def _doubtful(self, plain: "dict[str, polars.Series]") -> list[str]:
        """Columns read as plain numbers whose point may separate thousands, in a table of decimal commas."""
        found = [name for name, column in plain.items() if bool((column % 1 != 0).any())]
        pattern = Writing(",", ".").pattern
        cells = [with_missing(one.to_frame(), self._number_marks).to_series() for one in self._written(found).values()]
        return [one.name for one in cells if one.str.contains(pattern).all()]

    def _column(self, column: "polars.Series", candidate: "Candidate | None") -> "polars.Series":
        """One column as what it holds."""
        import polars

        name, kind = column.name, self.asked.kinds.get(column.name, "")
        if candidate is not None:
            way = self._way(candidate)
            if way is not None:
                return self._as_numbers(column, candidate, way, kind == "number")
            if candidate.ways:
                self.remarks.add(said.EITHER, name, word=candidate.example(","))
                self.is_either = True
        marks = MARKS_OF_WORDS if self.asked.marks is None else self.asked.marks
        words = with_missing(column.to_frame(), marks).to_series()
        self._tell_missing(words, column)
        if words.null_count() == len(words):
            return words.cast(polars.Float64)
        if kind in ("", "date") and (candidate is None or not candidate.ways):
            found = self._as_dates(words, kind == "date")
            if found is not None:
                return found
        if kind == "":
            self._tell_words(words)
        return words

    def _way(self, candidate: "Candidate") -> Writing | None:
        """The way in which a column of numbers is written; None where nothing decides it."""
        ways = candidate.ways
        if not ways:
            return None
        if self.thousands or self.decimal:
            agreeing = [
                way
                for way in ways
                if self.decimal in ("", way.decimal) and way.thousands in ("", self.thousands or way.thousands)
            ]
            if self.asked.thousands not in (AUTO, "none"):
                agreeing = [way for way in agreeing if way.thousands == self.thousands] or agreeing
            if agreeing:
                return agreeing[0]
            return ways[0] if self.asked.decimal == AUTO and self.asked.thousands == AUTO else None
        if PLAIN in ways:
            return PLAIN
        signs = {(way.decimal, way.thousands) for way in ways}
        if {(",", ""), (".", ",")} <= signs and not candidate.is_decimal_comma():
            return None
        return ways[0]

    def _as_numbers(
        self, column: "polars.Series", candidate: "Candidate", way: Writing, is_asked: bool
    ) -> "polars.Series":
        """A column of numbers written in some way, with what was done said."""
        import polars

        name, cells = column.name, candidate.cells
        bare = (without_units(cells)[0] if candidate.unit else as_usual(cells)).str.strip_chars(OUTER_BLANKS)
        if not is_asked and not candidate.unit:
            if bool(bare.str.contains(r"^0\d+$").any()) and bool(bare.drop_nulls().str.contains(r"^\d+$").all()):
                self.remarks.add(said.CODES, name)
                return self._kept_words(column)
            whole = bare.drop_nulls()
            if bool(whole.str.contains(r"^[+-]?\d+$").all()) and bool((whole.str.len_bytes() > 15).any()):
                exact = bare.cast(polars.Int64, strict=False)
                if exact.null_count() > bare.null_count() or bool((exact.abs() > LARGEST_WHOLE).any()):
                    self.remarks.add(said.LONG, name)
                    return self._kept_words(column)
        numbers = way.numbers(bare)
        self._tell_missing(cells, column)
        wrong = cells.filter(numbers.is_null() & cells.is_not_null())
        if len(wrong):
            self.remarks.add(said.NO_NUMBERS, name, count=len(wrong), word=str(wrong[0])[:LONGEST_SHOWN])
        if way.thousands and candidate.has_group(way):
            self.thousands = self.thousands or way.thousands
        if candidate.unit:
            self.remarks.add(said.UNIT, name, unit=candidate.unit)
        if way.thousands and candidate.has_group(way):
            word = candidate.example(way.thousands)
            number = way.numbers(without_units(polars.Series([word]))[0])[0]
            self.remarks.add(said.GROUPED, name, word=word, number=f"{number:.15g}")
        elif way.decimal == "," and candidate.has_sign(","):
            self.remarks.add(said.COMMAS, name)
        return without_endless(numbers, self.remarks)

    def _kept_words(self, column: "polars.Series") -> "polars.Series":
        words = with_missing(column.to_frame(), self._number_marks).to_series()
        self._tell_missing(words, column)
        return words

    def _as_dates(self, words: "polars.Series", is_asked: bool) -> "polars.Series | None":
        """A column of dates; None for one that holds others."""
        different = words.unique(maintain_order=True).drop_nulls()
        form, is_either = self.asked.dates.get(words.name, ""), False
        if not form:
            form, is_either = date_words.find_format(different)
        if not form and is_asked:
            readable = [(int(date_words.dates(different, one).null_count()), one) for one in date_words.formats()]
            form = min(readable, key=lambda one: one[0])[1]
        if not form:
            return None
        found = date_words.dates(words, form)
        wrong = words.filter(found.is_null() & words.is_not_null())
        if len(wrong) and not (is_asked or words.name in self.asked.dates):
            return None
        if len(wrong):
            self.remarks.add(said.NO_DATES, words.name, count=len(wrong), word=str(wrong[0])[:LONGEST_SHOWN])
        if is_either:
            word = str(different[0])
            self.remarks.add(
                said.DAY_FIRST, words.name, word=word, date=f"{date_words.dates(different, form)[0]:%Y-%m-%d}"
            )
        self.dates[words.name] = form
        return found

    def _tell_missing(self, column: "polars.Series", before: "polars.Series") -> None:
        if missing := column.null_count():
            self.remarks.add(said.MISSING, column.name, count=missing, marks=marks_in(before, column))

    def _tell_words(self, words: "polars.Series") -> None:
        """That a column of words holds numbers for the most part; a few words may be marks of missing ones."""
        import polars

        present = words.drop_nulls()
        numbers = present.cast(polars.Float64, strict=False)
        odd = numbers.null_count()
        if 0 < odd <= FEW_WORDS * len(present):
            word = str(present.filter(numbers.is_null())[0])[:LONGEST_SHOWN]
            self.remarks.add(said.MIXED, words.name, count=odd, word=word)


def marks_in(before: "polars.Series", column: "polars.Series") -> list[str]:
    """What stands in the cells of a text column that became missing ones."""
    marks = before.filter(column.is_null()).drop_nulls().str.strip_chars(OUTER_BLANKS).unique().to_list()
    return sorted(set(marks) - {""})[:5]


@dataclass(frozen=True)
class Candidate:
    """A column that may be numbers: its cells without marks, the unit they have, and the ways all can be read in."""

    cells: "polars.Series"
    unit: str
    ways: tuple[Writing, ...]
    different: "polars.Series"
    """The different cells, without their unit."""

    def has_sign(self, sign: str) -> bool:
        return bool(self.different.str.contains(sign, literal=True).any())

    def has_group(self, way: Writing) -> bool:
        """Whether a cell has the thousands sign of a way of writing."""
        sign = r"[ \u00a0\u202f\u2009]" if way.thousands == "blank" else "['’]" if way.thousands == "'" else ""
        if sign:
            return bool(self.different.str.contains(r"\d" + sign + r"\d").any())
        return self.has_sign(way.thousands)

    def example(self, sign: str) -> str:
        """A cell with this sign, as it was written."""
        pattern = r"\d[ \u00a0\u202f\u2009]\d" if sign == "blank" else "['’]" if sign == "'" else ""
        found = self.cells.drop_nulls()
        matching = found.filter(found.str.contains(pattern) if pattern else found.str.contains(sign, literal=True))
        return str((matching if len(matching) else found)[0])[:LONGEST_SHOWN]

    def is_decimal_comma(self) -> bool:
        """Whether a comma must be the decimal sign, though three digits follow it everywhere: a whole number above a
        thousand stands without one, or nothing but 0 before one."""
        return bool(self.different.str.contains(r"^[+-]?(\d{4,}|0,\d+|\d{4,},\d+)$").any())


def without_endless(column: "polars.Series", remarks: Remarks) -> "polars.Series":
    """A column of numbers without those that no sum could hold: infinite ones, and ones beyond 32 bits."""
    endless = ~(column.abs() <= LARGEST_NUMBER).fill_null(True)
    count = int(endless.sum())
    if count == 0:
        return column
    remarks.add(said.ENDLESS, column.name, count=count)
    return column.set(endless, None)
