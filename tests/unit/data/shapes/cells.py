"""Tables whose cells are written in some way of their own: units, currencies, marks, codes, classes that look like
something else."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from tests.unit.data.shapes.table import (
    ROWS,
    Column,
    PublicTable,
    Source,
    dates,
    days,
    empty,
    gaps,
    made,
    numbers,
    words,
)

MINUS = "\N{MINUS SIGN}"


def written(name: str, values: Sequence[float], write: Callable[[float], str]) -> Column:
    """Numbers, each written by a function."""
    return Column(name, "number", tuple(write(value) for value in values), tuple(float(value) for value in values))


def two_classes(source: Source) -> Column:
    return words("kind", source.picks("left", "right"))


def dollars() -> PublicTable:
    source = Source(301)
    columns = [
        written("price", source.decimals(3, 9000), "${:,.2f}".format),
        written("fee", source.wholes(1, 90), "${}".format),
        two_classes(source),
    ]
    return made("listings.csv", columns)


def euros() -> PublicTable:
    source = Source(302)

    def euro(value: float) -> str:
        return f"{value:,.2f} €".replace(",", "'").replace(".", ",").replace("'", ".")

    columns = [
        written("precio", source.decimals(3, 9000), euro),
        written("cuota", source.decimals(3, 90), lambda value: "€ " + f"{value:.2f}".replace(".", ",")),
        two_classes(source),
    ]
    return made("precios.csv", columns, separator=";", said=["decimal"])


def percent() -> PublicTable:
    source = Source(303)
    columns = [
        written("share", source.wholes(0, 100), "{} %".format),
        written("growth", source.decimals(-9, 9, 1), "{:.1f}%".format),
        numbers("left", source.decimals(0, 1), "{:.2f}"),
        two_classes(source),
    ]
    return made("percent.csv", columns)


def accounting() -> PublicTable:
    source = Source(304)

    def account(value: float) -> str:
        return f"({-value:,})" if value < 0 else f"{value:,}"

    values = [-3, 7, *source.wholes(-9000, 9000)][:ROWS]
    columns = [
        written("balance", values, account),
        written("change", source.decimals(-90, 90), lambda value: f"({-value:.2f})" if value < 0 else f"{value:.2f}"),
        two_classes(source),
    ]
    return made("balance.csv", columns)


def real_minus() -> PublicTable:
    source = Source(305)
    columns = [
        written("t", source.decimals(-20, 20, 1), lambda value: f"{value:.1f}".replace("-", MINUS)),
        written("dt", source.wholes(-9, 9), lambda value: f"{value:+}".replace("-", MINUS)),
        two_classes(source),
    ]
    return made("wiki_table.csv", columns)


def degrees() -> PublicTable:
    source = Source(306)
    columns = [
        written("temperature", source.wholes(-5, 38), "{} °C".format),
        written("wind", source.decimals(0, 90, 1), "{} km/h".format),
        written("rain", source.decimals(0, 9, 1), "{}mm".format),
        two_classes(source),
    ]
    return made("weather.csv", columns)


def scientific() -> PublicTable:
    source = Source(307)
    columns = [
        written("dose", source.decimals(1, 9), lambda value: f"{value:.2f}e-05"),
        written("count", source.decimals(1, 9, 3), lambda value: f"{value:.3f}E+06"),
        written("rate", source.wholes(1, 9), "{}e-5".format),
        numbers("response", source.decimals(0, 1, 3)),
    ]
    meant = [replace(column, values=tuple(float(cell) for cell in column.cells)) for column in columns]
    return made("dose_response.csv", meant)


def fortran() -> PublicTable:
    """Powers of ten as Fortran writes them."""
    source = Source(308)
    cells = [f"{value:.6E}".replace("E", "D") for value in source.decimals(0.001, 90, 6)]
    columns = [
        Column("e", "number", tuple(cells), tuple(float(cell.replace("D", "E")) for cell in cells)),
        numbers("n", source.wholes(1, 9)),
        two_classes(source),
    ]
    return made("orbit.csv", columns)


def infinite() -> PublicTable:
    source = Source(309)
    columns = [
        gaps(gaps(numbers("a", source.decimals(0, 9)), "inf", (1, 20)), "-inf", (3,)),
        gaps(numbers("b", source.decimals(0, 9)), "nan", (0, 4)),
        two_classes(source),
    ]
    return made("overflow.csv", columns)


def marks() -> PublicTable:
    """A mark of its own for what is missing, in each column of numbers."""
    source = Source(310)
    all_marks = ("?", "NA", "N/A", "NaN", "null", "None", "-", "--", ".", "..", "*", "n.a.", "s/d", "NULL")
    columns = [
        gaps(numbers(f"x{place}", source.decimals(0, 9)), mark, (place % 5, 6, 11))
        for place, mark in enumerate(all_marks)
    ]
    return made("missing_marks.csv", [*columns, two_classes(source)])


def points_for_missing() -> PublicTable:
    """SAS writes a point, in a column of dates and numbers, and in the target."""
    source = Source(311)
    columns = [
        dates("date", days("2020-01-01")),
        gaps(numbers("rate", source.decimals(0, 9, 1)), ".", (0, 8)),
        gaps(numbers("y", source.decimals(0, 99, 1)), ".", (2, 9)),
    ]
    return made("sas.csv", columns, untold=2)


def words_for_missing() -> PublicTable:
    """In a column of words, NA and nothing are missing; “None” and “-” are words like others."""
    source = Source(312)
    columns = [
        gaps(words("colour", source.picks("red", "None", "blue")), "NA", (0, 4)),
        gaps(words("sign", source.picks("-", "+", "0±")), "NULL", (1,)),
        gaps(words("shape", source.picks("round", "square", "-")), "?", (3, 5)),
        numbers("n", source.decimals(0, 9)),
        words("disorder", source.picks("Insomnia", "Apnea", "None")),
    ]
    return made("sleep.csv", columns)


def plus_and_minus() -> PublicTable:
    source = Source(313)
    columns = [*source.number_columns(["a", "b"], -2, 4), words("y", source.picks("+", "-"))]
    return made("promoters.csv", columns)


def codes() -> PublicTable:
    source = Source(314)
    values = zip([*source.wholes(501, 99_950)[1:], 501], [*source.wholes(1, 52)[1:], 1], strict=True)
    zips, provinces = zip(*((f"{code:05}", f"{province:02}") for code, province in values), strict=True)
    columns = [
        words("zip", zips),
        words("province", provinces),
        numbers("rooms", source.wholes(1, 9)),
        numbers("price", source.decimals(50, 900)),
    ]
    return made("flats.csv", columns)


def long_ids() -> PublicTable:
    source = Source(315)
    base = 123_456_789_012_345_678
    columns = [*source.number_columns(["a", "b"], 0, 9), words("y", source.picks(*(str(base + n) for n in range(3))))]
    return made("long_ids.csv", columns)


def close_classes() -> PublicTable:
    source = Source(316)
    columns = [
        *source.number_columns(["a", "b"], 0, 9),
        numbers("y", [1_000_000.5 + value for value in source.wholes(0, 1)]),
    ]
    return made("close_classes.csv", columns)


def booleans() -> PublicTable:
    source = Source(317)
    columns = [
        words("member", source.picks("TRUE", "FALSE")),
        words("paid", source.picks("yes", "no")),
        words("pobre", source.picks("sí", "no")),
        words("flag", source.picks("t", "f")),
        numbers("n", source.wholes(0, 9)),
        words("churn", source.picks("Yes", "No")),
    ]
    return made("churn.csv", columns)


def scores() -> PublicTable:
    source = Source(318)
    questions = source.whole_columns([f"Q{place}" for place in range(1, 9)], 1, 5)
    return made("survey.csv", [*questions, numbers("rating", source.wholes(1, 5))])


def times() -> PublicTable:
    source = Source(319)
    seconds = source.wholes(600, 80_000)
    columns = [
        Column("start", "-", tuple(f"{value // 3600:02}:{value % 3600 // 60:02}:{value % 60:02}" for value in seconds)),
        Column("pace", "-", tuple(f"{value // 3600:02}:{value % 60:02}" for value in seconds)),
        numbers("distance", source.decimals(3, 42)),
        two_classes(source),
    ]
    return made("runs.csv", columns)


def minutes() -> PublicTable:
    source = Source(320)
    stamps = days("2021-03-27T08:15:00", step=timedelta(hours=5))
    columns = [
        dates("when", stamps, "%d/%m/%Y %H:%M", has_time=True),
        numbers("users", source.wholes(0, 900)),
    ]
    return made("visits.csv", columns)


def constant() -> PublicTable:
    source = Source(321)
    columns = [
        *source.number_columns(["a"], 0, 9),
        Column("unit", "category", ("cm",) * ROWS, ("cm",) * ROWS),
        Column("scale", "number", ("10",) * ROWS, (10.0,) * ROWS),
        numbers("y", source.decimals(0, 9)),
    ]
    return made("constant.csv", columns)


def all_missing() -> PublicTable:
    source = Source(322)
    no_answer = Column("weight", "-", ("NA",) * ROWS, (None,) * ROWS)
    columns = [*source.number_columns(["a"], 0, 9), empty("notes"), no_answer, two_classes(source)]
    return made("all_missing.csv", columns)


def twenty_doses() -> PublicTable:
    """As many different numbers as rows are no classes."""
    columns = [
        numbers("dose", [place / 2 for place in range(20)], "{:.1f}"),
        numbers("count", [100 + 7 * place for place in range(20)]),
    ]
    return made("doses.csv", columns)


def mixed() -> PublicTable:
    """Numbers and words in one column: classes of a kind, such as rooms of a school."""
    source = Source(323)
    columns = [
        words("room", source.picks("101", "102", "gym", "Lab 2", "2B")),
        numbers("pupils", source.wholes(8, 30)),
        words("floor", source.picks("1st", "2nd", "3rd")),
    ]
    return made("rooms.csv", columns)


def versions() -> PublicTable:
    """What has digits and points and is no number: versions, addresses, chromosomes, ranges of ages."""
    source = Source(324)
    columns = [
        words("version", source.picks("1.0.2", "2.1.0", "10.3.1")),
        words("address", source.picks("10.0.0.1", "192.168.1.20")),
        words("age", source.picks("18-24", "25-34", "35-44", "65+")),
        words("chromosome", source.picks("1", "2", "X", "Y")),
        numbers("size", source.decimals(0, 9)),
        two_classes(source),
    ]
    return made("versions.csv", columns)


def signs() -> PublicTable:
    """Numbers with signs and points in places that only some programs write."""
    source = Source(325)
    columns = [
        written("a", source.decimals(0.01, 0.99), lambda value: f"{value:.2f}".lstrip("0")),
        written("b", source.wholes(-9, 9), "{:+}".format),
        written("c", source.wholes(1, 900), "{}.".format),
        written("d", source.decimals(-0.99, -0.01), lambda value: f"{value:.2f}".replace("0.", ".", 1)),
        two_classes(source),
    ]
    return made("signs.csv", columns)


def true_decimals() -> PublicTable:
    """Three decimals each, and no thousands: some begin with 0."""
    source = Source(326)
    columns = [
        numbers("mass", [0.512, *source.decimals(0.1, 9, 3)][:ROWS], "{:.3f}"),
        numbers("volume", source.decimals(0.1, 99, 3), "{:.3f}"),
        two_classes(source),
    ]
    return made("three_decimals.csv", columns, separator=";")


def tables() -> list[PublicTable]:
    makers = [dollars, euros, percent, accounting, real_minus, degrees, scientific, fortran, infinite, marks]
    makers += [points_for_missing, words_for_missing, plus_and_minus, codes, long_ids, close_classes, booleans, scores]
    makers += [times, minutes, constant, all_missing, twenty_doses, mixed, versions, signs, true_decimals]
    return [make() for make in makers]
