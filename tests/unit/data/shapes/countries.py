"""Tables out of Excel and of offices of statistics: signs of several countries, titles above, footnotes below."""

from collections.abc import Sequence
from dataclasses import replace

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

CITIES = ("Cádiz", "Málaga", "A Coruña", "León")


def grouped(name: str, values: Sequence[float], sign: str, decimals: str = "", digits: int = 0) -> Column:
    """Numbers with `sign` between groups of three digits and `decimals` before the broken part."""
    cells = [f"{value:,.{digits}f}".replace(".", "\0").replace(",", sign).replace("\0", decimals) for value in values]
    return Column(name, "number", tuple(cells), tuple(float(value) for value in values))


def spanish_columns(seed: int) -> list[Column]:
    source = Source(seed)
    return [
        words("provincia", source.picks(*CITIES)),
        numbers("año", source.wholes(1998, 2021)),
        numbers("renta media", source.decimals(9, 31), "{:.2f}", comma=True),
        gaps(numbers("paro", source.decimals(4, 33, 1), "{:.1f}", comma=True), "s/d"),
        words("zona", source.picks("norte", "sur")),
    ]


def spanish(name: str, encoding: str, said: Sequence[str], above: Sequence[str] = ()) -> PublicTable:
    columns = spanish_columns(201)
    return made(name, columns, separator=";", end="\r\n", encoding=encoding, above=above, said=["decimal", *said])


def german() -> PublicTable:
    source = Source(202)
    columns = [
        words("Land", source.picks("Baden-Württemberg", "Thüringen", "Köln")),
        grouped("Einwohner", source.wholes(20_000, 18_000_000), "."),
        grouped("Umsatz", source.decimals(100, 2_000_000), ".", ",", 2),
        grouped("Anteil", source.decimals(0, 9), ".", ",", 2),
    ]
    return made("umsatz.csv", columns, separator=";", encoding="cp1252", said=["decimal", "thousands", "encoding"])


def points_beside_commas() -> PublicTable:
    """3.425 beside 959: the other column has decimal commas, so the point stands between thousands."""
    source = Source(203)
    columns = [
        grouped("venta", [137 * place for place in range(3, ROWS + 3)], "."),
        numbers("b", source.decimals(0, 1), "{:.2f}", comma=True),
        words("y", source.picks("a", "b")),
    ]
    return made("ventas.csv", columns, separator=";", said=["decimal", "thousands"])


def french() -> PublicTable:
    source = Source(204)
    columns = [
        words("région", source.picks("Île-de-France", "Bretagne", "Occitanie")),
        grouped("habitants", source.wholes(900, 12_000_000), "\N{NARROW NO-BREAK SPACE}"),
        grouped("revenu", source.decimals(800, 42_000), "\N{NO-BREAK SPACE}", ",", 2),
        numbers("taux", source.decimals(0, 12, 1), "{:.1f}", comma=True),
    ]
    return made("revenus.csv", columns, separator=";", encoding="utf-8-sig", said=["decimal", "thousands"])


def swiss() -> PublicTable:
    source = Source(205)
    columns = [
        words("Kanton", source.picks("Zürich", "Bern", "Uri")),
        grouped("Ertrag", source.decimals(900, 3_000_000), "'", ".", 2),
        grouped("Personen", source.wholes(35_000, 1_500_000), "'"),
    ]
    return made("kantone.csv", columns, separator=";", said=["thousands"])


def english() -> PublicTable:
    source = Source(206)
    columns = [
        words("state", source.picks("Ohio", "Iowa", "Utah")),
        grouped("population", source.wholes(500_000, 39_000_000), ","),
        grouped("households", source.wholes(300, 9_000), ","),
        numbers("rate", source.decimals(0, 10), "{:.2f}"),
        grouped("income", source.decimals(900, 99_000), ",", ".", 2),
    ]
    return made("census.csv", columns, said=["thousands"])


def commas_in_quotes() -> PublicTable:
    """What a Spanish spreadsheet on the web hands out: commas separate, and stand in quoted numbers."""
    source = Source(207)
    columns = [
        numbers("altura", source.decimals(1, 2), "{:.2f}", comma=True),
        numbers("peso", source.decimals(40, 99, 1), "{:.1f}", comma=True),
        words("grupo", source.picks("A", "B")),
    ]
    return made("respuestas.csv", columns, said=["decimal"])


def tabs_and_commas() -> PublicTable:
    source = Source(208)
    columns = [
        numbers("tiempo", [place / 10 for place in range(ROWS)], "{:.1f}", comma=True),
        numbers("posición", source.decimals(-9, 9, 3), "{:.3f}", comma=True),
        numbers("velocidad", source.decimals(-2, 2, 4), "{:.4f}", comma=True),
    ]
    return made("tracker.txt", columns, separator="\t", said=["decimal"])


def semicolons_and_points() -> PublicTable:
    source = Source(209)
    columns = [*source.number_columns(["x", "y"], 0.1, 99, 3), words("kind", source.picks("in", "out"))]
    return made("sensores.csv", columns, separator=";", end="\r\n")


def unicode_text(encoding: str) -> PublicTable:
    """Excel's “Unicode text”."""
    source = Source(210)
    columns = [
        words("城市", source.picks("北京", "Málaga", "東京")),
        numbers("t", source.decimals(0, 30, 1)),
        numbers("n", source.wholes(1, 9)),
    ]
    table = made(f"unicode-{encoding}.txt", columns, separator="\t", end="\r\n", encoding=encoding, said=["encoding"])
    mark = b"\xff\xfe" if encoding.endswith("le") else b"\xfe\xff"
    return replace(table, content=mark + table.content)


def old_mac() -> PublicTable:
    source = Source(211)
    columns = [*source.number_columns(["a", "b"], 0, 9, 1), words("c", source.picks("x", "y"))]
    return made("old-mac.csv", columns, end="\r")


def excel_errors() -> PublicTable:
    source = Source(212)
    columns = [
        gaps(numbers("ratio", source.decimals(0, 4)), "#DIV/0!", (1, 2, 20)),
        gaps(numbers("price", source.decimals(0, 99)), "#N/A"),
        gaps(numbers("growth", source.decimals(-4, 4)), "n.a.", (0, 3)),
        gaps(words("kind", source.picks("a", "b", "c")), "#N/A", (4, 6)),
        words("y", source.picks("yes", "no")),
    ]
    return made("excel_errors.csv", columns)


def world_bank() -> PublicTable:
    """Four lines above, two of them blank, a name for each year, and a comma at the end of each line."""
    source = Source(213)
    names = [f"Land{first}{second}" for first in "ABCDE" for second in "uvwxyz"]
    columns = [
        replace(words("Country Name", names), kind="-"),
        replace(words("Country Code", [name[-2:].upper() + "X" for name in names]), kind="-"),
        Column("Indicator Name", "-", ("Forest area (% of land area)",) * ROWS),
        *(gaps(numbers(str(year), source.decimals(0, 90, 6)), "", (year % 5, 9)) for year in range(1990, 2000)),
        numbers("2000", source.decimals(0, 90, 6)),
    ]
    above = ['"Data Source","World Development Indicators",', "", '"Last Updated Date","2024-06-28",', ""]
    table = made(
        "API_AG.LND.csv",
        columns,
        quoting="all",
        end="\r\n",
        above=above,
        edit=lambda lines: [line + "," for line in lines],
        said=["skip", "header"],
    )
    return replace(table, content=table.content.replace(b'""', b""))


def office() -> PublicTable:
    """A title and a note above, a source below, two points for what is not known."""
    source = Source(214)
    columns = [
        words("Comunidad", source.picks("Andalucía", "Galicia", "Murcia")),
        gaps(numbers("2019", source.decimals(5, 30, 1), "{:.1f}", comma=True), ".."),
        numbers("2020", source.decimals(5, 30, 1), "{:.1f}", comma=True),
        numbers("2021", source.decimals(5, 30, 1), "{:.1f}", comma=True),
    ]
    return made(
        "tasas.csv",
        columns,
        separator=";",
        encoding="cp1252",
        above=["Tasas de paro por comunidad", "Unidades: %", ""],
        below=["", "Notas: datos provisionales", "Fuente: Instituto Nacional de Estadística"],
        said=["skip", "skip_end", "header", "decimal", "encoding"],
    )


def title_in_cells() -> PublicTable:
    """A title that Excel fills up with separators, and empty rows of the sheet above and below."""
    columns = spanish_columns(215)
    return made(
        "informe.csv",
        columns,
        separator=";",
        above=["Informe anual 2021;;;;", ";;;;"],
        below=[";;;;", ";;;;"],
        said=["skip", "decimal"],
    )


def totals() -> PublicTable:
    source = Source(216)
    sales, costs = source.wholes(10, 900), source.wholes(10, 400)
    columns = [
        words("region", source.picks("north", "south", "west")),
        numbers("sales", sales),
        numbers("costs", costs),
    ]
    return made("totals.csv", columns, below=[f"Total,{sum(sales)},{sum(costs)}"], said=["skip_end"])


def footnotes() -> PublicTable:
    source = Source(217)
    columns = [
        words("country", source.picks("Peru", "Chile", "Cuba")),
        *source.number_columns(["gdp", "debt"], 1, 99),
        words("kind", source.picks("a", "b")),
    ]
    below = ["", "Note: numbers are estimates, see the report", "Source: https://example.org/data, 2021"]
    return made("footnotes.csv", columns, below=below, said=["skip_end"])


def day_first() -> PublicTable:
    source = Source(218)
    columns = [
        dates("fecha", days("2020-01-20"), "%d/%m/%Y"),
        dates("alta", days("2019-05-01"), "%d.%m.%Y"),
        numbers("casos", source.wholes(0, 900)),
    ]
    return made("casos.csv", columns, separator=";")


def month_first() -> PublicTable:
    source = Source(219)
    columns = [
        Column(
            "ordered",
            "date",
            tuple(f"{day.month}/{day.day}/{day.year}" for day in days("2020-01-05")),
            tuple(f"{day:%Y-%m-%d}" for day in days("2020-01-05")),
        ),
        numbers("units", source.wholes(1, 40)),
        words("shipped", source.picks("yes", "no")),
    ]
    return made("orders.csv", columns)


def units() -> PublicTable:
    source = Source(220)
    columns = [
        *source.number_columns(["length", "mass", "period"], 0.1, 9, 3),
        words("run", source.picks("a", "b", "c")),
    ]
    return made("pendulum.csv", columns, edit=lambda lines: [lines[0], "cm,kg,s,", *lines[1:]], said=["units_row"])


def units_in_brackets() -> PublicTable:
    source = Source(221)
    columns = source.number_columns(["U", "I", "P"], 0.1, 9, 3)
    below_names = "(V)\t(mA)\t(mW)"
    return made(
        "ohm.txt",
        columns,
        separator="\t",
        edit=lambda lines: [lines[0], below_names, *lines[1:]],
        said=["units_row"],
    )


def trailing() -> PublicTable:
    source = Source(222)
    columns = [*source.number_columns(["a", "b"], 0, 9, 1), words("y", source.picks("u", "v"))]
    return made("trailing.csv", columns, edit=lambda lines: [line + "," for line in lines])


def empty_between() -> PublicTable:
    source = Source(223)
    first, last = source.number_columns(["a", "b"], 0, 9, 1)
    columns = [first, empty("remarks"), last, words("y", source.picks("u", "v"))]
    return made("empty_column.csv", columns)


def only_thousands() -> PublicTable:
    """Nothing in the file says whether 1,500 is 1500 or 1.5."""
    source = Source(224)
    columns = [grouped("a", source.wholes(1000, 9999), ","), words("y", source.picks("u", "v"))]
    return made("ambiguous_thousands.csv", columns, clicks={"thousands": ","}, said=["thousands"])


def only_decimals() -> PublicTable:
    """Nothing in the file says that 1,380 is 1.38: scales often give three decimals."""
    source = Source(225)
    columns = [
        numbers("masa", source.decimals(1, 9, 3), "{:.3f}", comma=True),
        numbers("volumen", source.decimals(1, 9, 3), "{:.3f}", comma=True),
        words("muestra", source.picks("u", "v")),
    ]
    return made("balanza.csv", columns, separator=";", clicks={"decimal": ","}, said=["decimal"])


def tables() -> list[PublicTable]:
    makers = [german, points_beside_commas, french, swiss, english, commas_in_quotes, tabs_and_commas]
    makers += [semicolons_and_points, old_mac, excel_errors, world_bank, office, title_in_cells, totals, footnotes]
    makers += [day_first, month_first, units, units_in_brackets, trailing, empty_between, only_thousands, only_decimals]
    return [
        *(make() for make in makers),
        spanish("excel_utf8.csv", "utf-8", []),
        spanish("excel_bom.csv", "utf-8-sig", []),
        spanish("excel_ansi.csv", "cp1252", ["encoding"]),
        spanish("excel_sep.csv", "utf-8", ["separator"], ["sep=;"]),
        unicode_text("utf-16-le"),
        unicode_text("utf-16-be"),
    ]
