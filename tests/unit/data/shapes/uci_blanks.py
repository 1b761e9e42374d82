"""Tables in the shapes of the UCI collection that are separated by blanks and tabs, as many as looked well."""

from collections.abc import Sequence

from tests.unit.data.shapes.table import ROWS, Column, PublicTable, Source, gaps, made, numbers, words

CARS = ("corvara", "delmont", "fargo", "halden", "imperia")
CODES = ("ADT1", "EMI2", "GAL4", "HXK5", "RPA1", "SEC7")


def apart(columns: Sequence[Column], shapes: Sequence[str]) -> list[str]:
    """Lines whose cells are put down with their own widths, one blank apart."""
    cells = zip(*(column.cells for column in columns), strict=True)
    return [" ".join(f"{cell:{shape}}" for cell, shape in zip(row, shapes, strict=True)) for row in cells]


def auto_mpg() -> PublicTable:
    source = Source(21)
    columns = [
        numbers("", source.decimals(9, 45, 1), "{:.1f}"),
        numbers("", source.wholes(3, 8)),
        numbers("", source.decimals(70, 455, 1), "{:.1f}"),
        gaps(numbers("", source.wholes(46, 230), "{}.0"), "?", (2, 13)),
        numbers("", source.wholes(1613, 5140), "{}."),
        numbers("", source.decimals(8, 25, 1), "{:.1f}"),
        numbers("", source.wholes(70, 82)),
        numbers("", source.wholes(1, 3)),
        words("", [f"{CARS[place % 5]} {place // 5 + 100} gt" for place in range(ROWS)], "-"),
    ]
    shapes = ("<6", "<3", "<10", "<10", "<10", "<6", "<3", "<1")

    def edit(_lines: list[str]) -> list[str]:
        left = apart(columns[:-1], shapes)
        return [f'{line}\t"{car}"' for line, car in zip(left, columns[-1].cells, strict=True)]

    return made("auto-mpg.data", columns, header=False, edit=edit, target="-", said=["header"])


def blanks(name: str, columns: Sequence[Column], shapes: Sequence[str], roles: Sequence[str] = ()) -> PublicTable:
    return made(name, columns, header=False, edit=lambda _lines: apart(columns, shapes), roles=roles)


def housing() -> PublicTable:
    source = Source(22)
    columns = [numbers("", source.decimals(0.006, 89, 5), "{:.5f}"), numbers("", source.decimals(0, 100), "{:.2f}")]
    columns += [numbers("", source.wholes(0, 1)), numbers("", source.decimals(0.38, 0.87, 4), "{:.4f}")]
    columns += [numbers("", source.wholes(187, 711), "{}.0"), numbers("", source.decimals(5, 50, 2), "{:.2f}")]
    return blanks("housing.data", columns, (">8", ">6", ">2", ">7", ">6", ">6"))


def yeast() -> PublicTable:
    source = Source(23)
    columns = [
        words("", [f"{code}_YEAST" for code in source.picks(*CODES)]),
        *(numbers("", source.decimals(0, 1), "{:.2f}") for _place in range(8)),
        words("", source.picks("CYT", "NUC", "MIT", "ME3")),
    ]
    return blanks("yeast.data", columns, ("<12", *[">5"] * 8, ">4"))


def ecoli() -> PublicTable:
    source = Source(24)
    columns = [
        words("", [f"{CODES[place % 6][:3]}{chr(65 + place // 6)}_ECOLI" for place in range(ROWS)]),
        *(numbers("", source.decimals(0, 1), "{:.2f}") for _place in range(7)),
        words("", source.picks("cp", "im", "pp", "imU")),
    ]
    return blanks("ecoli.data", columns, ("<11", *[">5"] * 7, ">5"), roles=["column 1"])


def german_credit() -> PublicTable:
    source = Source(25)
    columns = [
        words("", source.picks("A11", "A12", "A13", "A14")),
        numbers("", source.wholes(4, 72)),
        words("", source.picks("A30", "A32", "A34")),
        numbers("", source.wholes(250, 18_000)),
        numbers("", source.wholes(1, 2)),
    ]
    return made("german.data", columns, separator=" ", header=False)


def seeds() -> PublicTable:
    """Now and then there are two tabs instead of one, as in the file that everybody uses."""
    source = Source(26)
    columns = [
        *(numbers("", source.decimals(3, 21), "{:.2f}") for _place in range(7)),
        numbers("", source.wholes(1, 3)),
    ]

    def edit(lines: list[str]) -> list[str]:
        return [line.replace("\t", "\t\t", 1) if place in (7, 19) else line for place, line in enumerate(lines)]

    return made("seeds_dataset.txt", columns, separator="\t", header=False, edit=edit)


def ratings() -> PublicTable:
    source = Source(27)
    columns = [
        numbers("", source.wholes(1, 943)),
        numbers("", source.wholes(1, 1682)),
        numbers("", source.wholes(1, 5)),
    ]
    columns.append(numbers("", source.wholes(874_724_710, 893_286_638)))
    return made("u.data", columns, separator="\t", header=False)


def fixed_width() -> PublicTable:
    source = Source(28)
    columns = [
        words("station", source.picks("Alba", "Bermeo", "Cazorla")),
        numbers("year", source.wholes(1950, 2020)),
        numbers("rain", source.decimals(0, 900, 1), "{:.1f}"),
        gaps(numbers("sun", source.decimals(0, 320, 1), "{:.1f}"), "--"),
    ]

    def edit(_lines: list[str]) -> list[str]:
        return [f"{'station':<12} {'year':>6} {'rain':>9} {'sun':>8}", *apart(columns, ("<12", ">6", ">9", ">8"))]

    return made("stations.txt", columns, edit=edit, untold=3)


def tables() -> list[PublicTable]:
    makers = [auto_mpg, housing, yeast, ecoli, german_credit, seeds, ratings, fixed_width]
    return [make() for make in makers]
