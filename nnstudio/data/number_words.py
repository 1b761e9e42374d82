"""The ways in which numbers are written in tables, and how each is read: decimal and thousands signs, units, marks."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars

LARGEST_WHOLE = 2**53
"""Beyond it, not every whole number is a 64-bit float."""
MARKS_OF_NUMBERS = (
    *("", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "None", "none", "?", "-", "--", "---", "–", "—", "."),
    *("..", "...", "*", "**", "#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "n.a.", "N.A."),
    *("n.d.", "N.D.", "n/d", "N/D", "s/d", "S/D", "nil", "<NA>", "(null)", "\\N", "#N/D", "#¡DIV/0!", "missing"),
    *("unknown", "ND", "NR"),
)
"""What stands for a missing number."""
MARKS_OF_WORDS = ("", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "?", "#N/A", "<NA>")
"""What stands for a missing word: a minus or None may be a class of its own."""
CURRENCIES = "$€£¥₩₹₽₺฿"
UNITS = (
    *("%", "‰", "°C", "°F", "°", "ºC", "º", "K", "kg", "g", "mg", "µg", "t", "lb", "lbs", "oz", "km", "m", "cm", "mm"),
    *("µm", "nm", "mi", "ft", "in", "m²", "km²", "m2", "km2", "ha", "l", "L", "ml", "mL", "cl", "s", "ms", "min", "h"),
    *("W", "kW", "MW", "kWh", "V", "A", "Hz", "kHz", "MHz", "GHz", "Pa", "hPa", "kPa", "bar", "mbar", "J", "kJ", "cal"),
    *("kcal", "km/h", "m/s", "mph", "ppm", "px", "cc", "hp", "bhp", "MB", "GB", "EUR", "USD", "GBP", "MXN", "ARS"),
)
BLANK_SIGNS = " \u00a0\u202f\u2009"
EXPONENT = r"([eE][+-]?\d+)?"


@dataclass(frozen=True)
class Writing:
    """A way of writing numbers: the sign before the decimals, and between groups of three digits ("" for none)."""

    decimal: str
    thousands: str = ""

    @property
    def pattern(self) -> str:
        """The regular expression of a number written so, without unit and with a plain minus."""
        sign = re.escape(self.decimal)
        if not self.thousands:
            return rf"^[+-]?(\d+{sign}?\d*|{sign}\d+){EXPONENT}$"
        groups = f"[{BLANK_SIGNS}]" if self.thousands == "blank" else re.escape(self.thousands)
        if self.thousands == "'":
            groups = "['’]"
        return rf"^[+-]?([1-9]\d{{0,2}}({groups}\d{{3}})+|\d+)({sign}\d*)?{EXPONENT}$"

    def numbers(self, cells: "polars.Series") -> "polars.Series":
        """Cells written so as 64-bit floats; None for those that are not."""
        import polars

        bare = cells
        if self.thousands == "blank":
            bare = bare.str.replace_all(f"[{BLANK_SIGNS}]", "")
        elif self.thousands == "'":
            bare = bare.str.replace_all("['’]", "")
        elif self.thousands:
            bare = bare.str.replace_all(self.thousands, "", literal=True)
        if self.decimal != ".":
            bare = bare.str.replace(self.decimal, ".", literal=True)
        fitting = cells.str.contains(self.pattern)
        return (
            polars.DataFrame({"bare": bare, "fits": fitting})
            .select(polars.when("fits").then("bare").cast(polars.Float64, strict=False))
            .to_series()
            .alias(cells.name)
        )


PLAIN = Writing(".")
WRITINGS = (
    PLAIN,
    Writing(","),
    Writing(".", ","),
    Writing(",", "."),
    Writing(".", "blank"),
    Writing(",", "blank"),
    Writing(".", "'"),
    Writing(",", "'"),
)
"""Those that are looked for, the likelier first."""


def fitting(cells: "polars.Series") -> list[Writing]:
    """The ways of writing in which all of some different cells can be read."""
    return [one for one in WRITINGS if cells.str.contains(one.pattern).all()]


def without_units(cells: "polars.Series") -> tuple["polars.Series", str]:
    """Cells without the one unit or currency that all have, with minus signs as such; and that unit."""
    bare = as_usual(cells)
    known = bare.drop_nulls()
    if not len(known):
        return bare, ""
    plain = known.str.contains(rf"^[+-]?\s?[{CURRENCIES}]|[{CURRENCIES}]$|[%‰°A-Za-zº²µ]$")
    if not plain.any():
        return bare, ""
    first = str(known.filter(plain)[0])
    unit = unit_of(first)
    if not unit:
        return bare, ""
    sign = re.escape(unit)
    cut = bare.str.replace(rf"^([+-]?)\s?{sign}\s?([+-]?)", "$1$2").str.replace(rf"\s?{sign}$", "")
    marked = known.str.contains(sign).sum()
    # A unit that few cells have is rather a word that crept in; but 0 often stands without.
    return (cut, unit) if marked >= 0.5 * len(known) else (bare, "")


def as_usual(cells: "polars.Series") -> "polars.Series":
    """Cells with the signs that every reader of numbers knows: a plain minus, also for brackets, e for Fortran's D, and
    a number beyond all for what is infinite."""
    known = cells.str.replace("^[−–]", "-").str.replace(r"^\((.*)\)$", "-$1")
    known = known.str.replace(r"^([+-]?[\d.,]+)[dD]([+-]?\d+)$", "${1}e$2")
    return known.str.replace(r"(?i)^([+-]?)inf(inity)?$", "${1}1e999")


def is_float(cell: str) -> bool:
    """Whether Python reads a text as a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def unit_of(cell: str) -> str:
    """The unit behind, or the currency before, the number in a cell; "" for none."""
    if found := re.match(rf"^[+-]?\s?([{CURRENCIES}])", cell):
        return found[1]
    found = re.search(r"\d[.,]?\s?([^\d\s.,]+)$", cell)
    return found[1] if found and (found[1] in UNITS or found[1] in CURRENCIES) else ""
