"""Tables that are laid out in some way of their own: names that are numbers, remarks and blank lines in between, short
rows, odd quotation marks, very long cells and very many columns."""

from dataclasses import replace

from tests.unit.data.shapes.table import (
    ROWS,
    Column,
    PublicTable,
    Source,
    empty,
    gaps,
    made,
    numbers,
    words,
)

LONG = 200_000
SHORT_ROWS = (0, 9, 20)


def three(seed: int) -> list[Column]:
    source = Source(seed)
    return [*source.number_columns(["x", "y"], -9, 9), words("label", source.picks("a", "b"))]


def names_of_years() -> PublicTable:
    source = Source(401)
    columns = [
        words("country", source.picks("Peru", "Chile", "Cuba")),
        *source.whole_columns([str(year) for year in range(1980, 1990)], 1900, 2100),
        numbers("label", source.wholes(0, 1)),
    ]
    return made("years.csv", columns, said=["header"])


def names_of_pixels() -> PublicTable:
    source = Source(402)
    columns = [
        *source.whole_columns([str(place) for place in range(64)], 0, 16),
        numbers("target", source.wholes(0, 9)),
    ]
    return made("digits_frame.csv", columns, said=["header"])


def label_and_numbers() -> PublicTable:
    source = Source(403)
    columns = [
        numbers("label", source.wholes(0, 2)),
        *source.whole_columns([str(place) for place in range(9)], 0, 255),
    ]
    return made("label_first.csv", columns, target="-", said=["header"])


def wavelengths() -> PublicTable:
    """Names that are numbers like those below them: whether they are names, only who knows the file can say."""
    source = Source(404)
    columns = source.number_columns([str(place) for place in (400, 410, 425, 440, 460, 490)], 380, 500, 1)
    return made("spectra.csv", columns, clicks={"header": "yes"}, said=["header"])


def comments() -> PublicTable:
    above = ["# made by hand", "# columns: x, y and what it is", "#"]
    return made("comments.csv", three(405), above=above)


def comments_between() -> PublicTable:
    def edit(lines: list[str]) -> list[str]:
        return [*lines[:6], "# the sensor was changed here, by Ana", *lines[6:20], "# night", *lines[20:]]

    return made("comments_between.csv", three(406), above=["# station 12"], edit=edit)


def commented_names() -> PublicTable:
    """numpy.savetxt puts its sign of a remark before the names."""
    columns = three(407)[:2]
    return made("savetxt.txt", columns, separator=" ", edit=lambda lines: ["# " + lines[0], *lines[1:]])


def blank_lines() -> PublicTable:
    def edit(lines: list[str]) -> list[str]:
        return [lines[0], "", *lines[1:9], "", "   ", *lines[9:], "", ""]

    return made("blank_lines.csv", three(408), above=[""], edit=edit)


def every_other_line_blank() -> PublicTable:
    """What csv.writer makes on Windows where newline="" was forgotten."""
    return made("windows_writer.csv", three(409), end="\r\r\n")


def short_rows() -> PublicTable:
    """Rows that end before their last cells, which count as missing."""
    source = Source(410)
    columns = [
        *source.number_columns(["a", "b"], 0, 9),
        numbers("y", source.wholes(0, 1)),
        *(gaps(column, "", SHORT_ROWS) for column in source.number_columns(["c", "d"], 0, 9)),
    ]

    def edit(lines: list[str]) -> list[str]:
        return [line.rstrip(",") for line in lines]

    return made("short_rows.csv", columns, edit=edit, untold=len(SHORT_ROWS))


def colons() -> PublicTable:
    return made("colons.txt", three(411), separator=":")


def tabs_in_quotes() -> PublicTable:
    source = Source(412)
    columns = [
        words("name", source.picks("a\tb", "plain", 'say "so"', "x, y")),
        *source.number_columns(["x"], 0, 9),
        words("label", source.picks("u", "v")),
    ]
    return made("quoted.tsv", columns, separator="\t", quoting="words")


def single_quotes() -> PublicTable:
    source = Source(413)
    columns = [
        words("name", source.picks("Valdez, Ana", "plain", "it's so", 'five "5"')),
        *source.number_columns(["x"], 0, 9),
        words("label", source.picks("u", "v")),
    ]
    return made("single_quotes.csv", columns, quote="'", quoting="words")


def blanks_before_quotes() -> PublicTable:
    source = Source(414)
    columns = [
        numbers("a", source.wholes(0, 99)),
        words("b", source.picks("k, 0", "k, 1", "k, 2")),
        words("y", source.picks("a", "b")),
    ]
    return made("comma_blank_quotes.csv", columns, separator=", ", quoting="all")


def lines_in_cells() -> PublicTable:
    source = Source(415)
    notes = source.picks("first\nsecond", "one", "a\n\nb, c", 'x\n"y"\nz')
    columns = [
        numbers("n", source.decimals(0, 9)),
        words("note", notes, "-"),
        words("label", source.picks("u", "v")),
    ]
    return made("multi_line.csv", columns)


def long_cell() -> PublicTable:
    source = Source(416)
    texts = source.picks("short", "brief", "small")
    texts[2] = "x" * LONG
    columns = [words("a", texts, "-"), *source.number_columns(["b"], 0, 9), words("y", source.picks("u", "v"))]
    return made("long_cell.csv", columns)


def inches() -> PublicTable:
    """A quotation mark that opens nothing."""
    source = Source(417)
    columns = [
        words("size", source.picks('3" tall', '10" wide', 'long 5"')),
        numbers("b", source.wholes(0, 90)),
        words("y", source.picks("u", "v")),
    ]
    return made("inches.csv", columns, quoting="none")


def names_twice() -> PublicTable:
    source = Source(418)
    a, b, c, d = source.number_columns(["a", "a (2)", "column 3", "b"], 0, 9)
    columns = [a, replace(b, written_name="a"), replace(c, written_name=""), d, words("y", source.picks("u", "v"))]
    return made("names_twice.csv", columns)


def odd_names() -> PublicTable:
    source = Source(419)
    names = ["<b>age</b>", "age<50", "x[0]", 'say "hi"', "a,b;c", "100%", "n&m", "it's", "{0}", "año / €"]
    return made("odd_names.csv", [*source.number_columns(names, 0, 9), words("y", source.picks("u", "v"))])


def wide() -> PublicTable:
    source = Source(420, 40)
    genes = source.number_columns([f"gene{place}" for place in range(1999)], -5, 5, 3)
    return made("genes.csv", [*genes, words("tumour", source.picks("ALL", "AML"))])


def windows_ends() -> PublicTable:
    return made("crlf.csv", three(421), end="\r\n", edit=lambda lines: [*lines, "", ""])


def no_end() -> PublicTable:
    table = made("no_end.csv", three(422))
    return replace(table, content=table.content.rstrip(b"\n"))


def padded() -> PublicTable:
    """Cells brought to one width with blanks, as a person does it."""

    def edit(lines: list[str]) -> list[str]:
        return [" , ".join(f"{cell:>6}" for cell in line.split(",")) for line in lines]

    return made("padded.csv", three(423), edit=edit)


def words_only() -> PublicTable:
    """No number anywhere: the names are known by coming only once."""
    source = Source(424)
    columns = [
        words("outlook", source.picks("sunny", "rainy", "overcast")),
        words("humidity", source.picks("high", "normal")),
        words("windy", source.picks("strong", "weak")),
        words("play", source.picks("yes", "no")),
    ]
    return made("play_tennis.csv", columns, said=["header"])


def words_without_names() -> PublicTable:
    source = Source(425)
    columns = [
        words("", source.picks("usual", "pretentious", "great_pret")),
        words("", source.picks("proper", "improper", "critical")),
        words("", source.picks("recommend", "priority", "not_recom")),
    ]
    return made("nursery.data", columns, header=False, said=["header"])


def index_of_rows_of_words() -> PublicTable:
    """An Excel sheet whose first column counts the rows, under a name that says so."""
    source = Source(426)
    columns = [
        numbers("Nr.", range(1, ROWS + 1)),
        words("Farbe", source.picks("rot", "grün")),
        empty("Notiz"),
        numbers("Preis", source.decimals(1, 9), "{:.2f}", comma=True),
    ]
    return made("liste.csv", columns, separator=";", encoding="utf-8-sig", roles=["Nr."], said=["decimal"])


def tables() -> list[PublicTable]:
    makers = [names_of_years, names_of_pixels, label_and_numbers, wavelengths, comments, comments_between]
    makers += [commented_names, blank_lines, every_other_line_blank, short_rows, colons, tabs_in_quotes, single_quotes]
    makers += [blanks_before_quotes, lines_in_cells, long_cell, inches, names_twice, odd_names, wide, windows_ends]
    makers += [no_end, padded, words_only, words_without_names, index_of_rows_of_words]
    return [make() for make in makers]
