"""Tables as programs write them, R, pandas and databases, and in the shapes of Kaggle's competitions."""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from tests.unit.data.shapes.table import (
    ROWS,
    Column,
    PublicTable,
    Source,
    dates,
    days,
    gaps,
    made,
    months,
    numbers,
    words,
)

WORDS = (
    *("I", "never", "thought", "that", "this", "film", "would", "be", "so", "long", "and", "yet", "we", "stayed"),
    *("until", "the", "end", "because", "my", "brother", "likes", "trains", "horses", "rain", "music", "good", "bad"),
)


def sentences(source: Source, fewest: int = 8, most: int = 20) -> list[str]:
    """Prose of several words, different in each row."""
    lengths = source.wholes(fewest, most)
    return [
        " ".join(WORDS[int(place)] for place in source.random.integers(0, len(WORDS), length)) for length in lengths
    ]


def counting(name: str, first: int = 0, shape: str = "{}") -> Column:
    return numbers(name, range(first, first + ROWS), shape)


# --- R --------------------------------------------------------------------------------------------------------------


def row_names(texts: Sequence[str]) -> Column:
    return Column("column 1", "-", tuple(f'"{text}"' for text in texts))


def r_write_table() -> PublicTable:
    """write.table(x): the names are one fewer than the columns."""
    source = Source(101)
    columns = [
        row_names([str(place + 1) for place in range(ROWS)]),
        numbers("sbp", source.wholes(101, 218)),
        gaps(numbers("tobacco", source.decimals(0, 31)), "NA"),
        Column("famhist", "category", *twice(source.picks("Present", "Absent"))),
        numbers("chd", source.wholes(0, 1)),
    ]

    def edit(_lines: list[str]) -> list[str]:
        rows = zip(*(column.cells for column in columns), strict=True)
        return ['"sbp" "tobacco" "famhist" "chd"', *(" ".join(row) for row in rows)]

    return made("saheart.txt", columns, edit=edit, roles=["column 1"])


def twice(texts: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words as R writes them, in quotation marks, and as they are meant."""
    return tuple(f'"{text}"' for text in texts), tuple(texts)


def r_tabs_with_models() -> PublicTable:
    """Row names that are words, as in mtcars, with names one short and tabs."""
    source = Source(102)
    models = [f"Mod {first}{second}" for first in "ABCDE" for second in "uvwxyz"]
    columns = [
        row_names(models),
        *source.number_columns(["mpg", "disp", "wt"], 2, 400, 1),
        numbers("am", source.wholes(0, 1)),
    ]

    def edit(_lines: list[str]) -> list[str]:
        rows = zip(*(column.cells for column in columns), strict=True)
        return ['"mpg"\t"disp"\t"wt"\t"am"', *("\t".join(row) for row in rows)]

    return made("mtcars.tsv", columns, edit=edit, roles=["column 1"])


def r_write_csv() -> PublicTable:
    """write.csv(x): the first name is there and empty."""
    source = Source(103)
    columns = [
        Column("column 1", "-", tuple(str(place + 1) for place in range(ROWS))),
        gaps(numbers("bill_length_mm", source.decimals(32, 60, 1)), "NA"),
        gaps(words("sex", source.picks("female", "male")), "NA", (2, 3)),
        words("species", source.picks("Adelie", "Chinstrap", "Gentoo")),
    ]
    texts = [
        replace(one, cells=tuple(text if text == "NA" else f'"{text}"' for text in one.cells)) for one in columns[2:]
    ]
    written = [replace(columns[0], cells=row_names(columns[0].cells).cells), columns[1], *texts]

    def edit(_lines: list[str]) -> list[str]:
        rows = zip(*(column.cells for column in written), strict=True)
        return ['"","bill_length_mm","sex","species"', *(",".join(row) for row in rows)]

    return made("penguins_r.csv", columns, edit=edit, roles=["column 1"])


# --- pandas ---------------------------------------------------------------------------------------------------------


def pandas_index() -> PublicTable:
    source = Source(104)
    columns = [
        replace(counting("column 1"), kind="-", written_name=""),
        *source.number_columns(["x", "y"], -3, 3, 6),
        words("label", source.picks("up", "down")),
    ]
    return made("to_csv.csv", columns, roles=["column 1"])


def pandas_index_twice() -> PublicTable:
    """Written, read and written again: two indices, the older one under pandas' own name."""
    source = Source(105)
    columns = [
        replace(counting("column 1"), kind="-", written_name=""),
        replace(counting("Unnamed: 0"), kind="-"),
        *source.number_columns(["carat", "depth", "price"], 0.2, 70),
        words("cut", source.picks("Ideal", "Premium", "Good")),
    ]
    return made("diamonds.csv", columns, roles=["column 1", "Unnamed: 0"])


def pandas_default_names() -> PublicTable:
    """to_csv of a frame that was made of an array: the names are 0, 1, 2 …"""
    source = Source(106)
    columns = source.number_columns([str(place) for place in range(12)], 0.05, 9.95, 3)
    return made("array.csv", columns, said=["header"])


def pandas_booleans() -> PublicTable:
    source = Source(107)
    columns = [
        *source.number_columns(["cap_diameter", "stem_height"], 1, 40, 1),
        words("does_bruise", source.picks("True", "False")),
        words("is_edible", source.picks("True", "False")),
    ]
    return made("booleans.csv", columns)


def timestamps() -> PublicTable:
    source = Source(108)
    hours = days("2020-01-31T13:00:00", step=timedelta(hours=1))
    columns = [
        dates("utc_timestamp", hours, "%Y-%m-%dT%H:%M:%S", has_time=True),
        numbers("load", source.wholes(30_000, 70_000)),
        numbers("price", source.decimals(-20, 90)),
    ]
    return made("load.csv", columns)


def timestamps_in_utc() -> PublicTable:
    source = Source(109)
    hours = days("2020-01-31T13:00:00", step=timedelta(hours=1))
    columns = [dates("time", hours, "%Y-%m-%dT%H:%M:%SZ", has_time=True), numbers("flow", source.decimals(0, 90))]
    return made("usgs.csv", columns)


# --- in the shapes of Kaggle's ----------------------------------------------------------------------------------------


def titanic() -> PublicTable:
    source = Source(110)
    families = ("Braun", "Cumin", "O'Dell", "Heikk", "Futre")
    given = ("Mr. Owen Harris", "Mrs. John (Flora Briggs)", 'Miss. Laina "Lili"', "Master. Gosta", "Rev. Juozas", "Dr.")
    names = [f"{families[place % 5]}, {given[place % 6]}" for place in range(ROWS)]
    cabins = [f"C{value}" if value % 4 == 0 else "" for value in source.wholes(10, 120)]
    columns = [
        counting("PassengerId", 1),
        numbers("Survived", source.wholes(0, 1)),
        numbers("Pclass", source.wholes(1, 3)),
        replace(words("Name", names), kind="-"),
        words("Sex", source.picks("male", "female")),
        gaps(numbers("Age", [value / 2 for value in source.wholes(1, 140)]), "", (0, 5, 17, 19)),
        numbers("SibSp", source.wholes(0, 3)),
        replace(
            words("Ticket", [f"A/5 {value}" if value % 2 else str(value) for value in source.wholes(2000, 9000)]),
            kind="-",
        ),
        numbers("Fare", source.decimals(5, 90, 4)),
        replace(words("Cabin", cabins), values=tuple(cabin or None for cabin in cabins)),
        gaps(words("Embarked", source.picks("S", "C", "Q")), "", (11,)),
    ]
    return made("train.csv", columns, roles=["PassengerId"], untold=1)


def house_prices() -> PublicTable:
    """NA stands for “there is none” here, which only its description says; it counts as missing."""
    source = Source(111)
    columns = [
        counting("Id", 1),
        words("MSZoning", source.picks("RL", "RM", "C (all)", "FV")),
        gaps(numbers("LotFrontage", source.wholes(21, 150)), "NA"),
        gaps(words("Alley", source.picks("Pave", "Grvl")), "NA", (0, 1, 3, 4, 9, 20)),
        numbers("YearBuilt", source.wholes(1900, 2010)),
        numbers("SalePrice", [500 * value for value in source.wholes(80, 900)]),
    ]
    return made("house-prices.csv", columns, roles=["Id"])


def housing_california() -> PublicTable:
    source = Source(112)
    columns = [
        numbers("longitude", source.decimals(-124, -114)),
        numbers("latitude", source.decimals(32, 42)),
        gaps(numbers("total_bedrooms", source.wholes(2, 6000), "{}.0")),
        numbers("median_house_value", source.wholes(15_000, 500_001), "{}.0"),
        words("ocean_proximity", source.picks("NEAR BAY", "INLAND", "<1H OCEAN")),
    ]
    return made("housing.csv", columns)


def digits() -> PublicTable:
    source = Source(113, 40)
    columns = [numbers("label", source.wholes(0, 9)), *source.whole_columns([f"pixel{n}" for n in range(784)], 0, 255)]
    return made("mnist_train.csv", columns, target="-")


def credit_card() -> PublicTable:
    source = Source(114)
    columns = [
        numbers("Time", sorted(source.wholes(0, 90))),
        *(numbers(f"V{place}", source.decimals(-3, 3, 12)) for place in range(1, 6)),
        numbers("Amount", source.decimals(0, 400)),
        numbers("Class", source.wholes(0, 1), '"{}"'),
    ]

    def edit(lines: list[str]) -> list[str]:
        return [
            ",".join(f'"{name}"' for name in lines[0].split(",")),
            *(line.replace('"""', '"') for line in lines[1:]),
        ]

    return made("creditcard.csv", columns, edit=edit)


def insurance() -> PublicTable:
    source = Source(115)
    columns = [
        numbers("age", source.wholes(18, 64)),
        words("sex", source.picks("female", "male")),
        numbers("bmi", source.decimals(16, 50, 3)),
        words("smoker", source.picks("yes", "no")),
        numbers("charges", source.decimals(1200, 60_000, 5)),
    ]
    return made("insurance.csv", columns)


def reviews() -> PublicTable:
    source = Source(116)
    texts = [f'{text}.<br /><br />"{text[:9]}", he said; #{place}' for place, text in enumerate(sentences(source))]
    columns = [words("review", texts, "text"), words("sentiment", source.picks("positive", "negative"))]
    return made("imdb.csv", columns)


def tweets() -> PublicTable:
    """Everything that a reader of tables could stumble on stands in these."""
    source = Source(117)
    odd = (
        '#fail said "no", really',
        "@anna: 3,5 | 4; 5\tand so",
        "one line\nand another\n\n# and more",
        "😀😀 it's 5\" long",
        "'quoted' at both 'ends'",
        "\\n \\t \\ &amp; <b>",
        "sep=; 100 % $5",
        "a,b,c,d,e,f",
        "ünïcödé “marks” …",
    )
    texts = [f"{odd[place % len(odd)]} {text}" for place, text in enumerate(sentences(source))]
    columns = [
        numbers("id", [1_467_810_369 + 311 * place for place in range(ROWS)]),
        dates("date", days("2009-04-06T22:19:45", step=timedelta(seconds=7)), "%Y-%m-%d %H:%M:%S", has_time=True),
        words("text", texts, "text"),
        words("mood", source.picks("good", "bad", "so-so")),
    ]
    return made("tweets.csv", columns)


def messages() -> PublicTable:
    """The text comes last and cannot be a target: what it is to be told apart as stands before it."""
    source = Source(118)
    texts = sentences(source)
    texts[1], texts[4] = f'{texts[1]} "ok', f"FREE!! {texts[4]}, call 0800 | £5; now"
    columns = [words("", source.picks("ham", "spam")), words("", texts, "text")]
    return made(
        "SMSSpamCollection", columns, separator="\t", quoting="none", header=False, target="column 1", said=["header"]
    )


def films() -> PublicTable:
    """Bars and commas inside of cells, which separate nothing."""
    source = Source(119)
    titles = [f"Story {place}, The ({1950 + place})" for place in range(ROWS)]
    columns = [
        counting("movieId", 1),
        words("title", titles, "-"),
        words("genres", source.picks("Action|Crime", "Comedy|Drama", "Action|Drama|War")),
    ]
    return made("movies.csv", columns, roles=["movieId"])


def stock() -> PublicTable:
    source = Source(120)
    columns = [
        dates("Date", days("2019-12-20")),
        *source.number_columns(["Open", "High", "Low", "Close"], 90, 130, 6),
        numbers("Volume", [100 * value for value in source.wholes(10_000, 90_000)]),
    ]
    return made("AAPL.csv", columns)


def passengers() -> PublicTable:
    """A date is the only input."""
    source = Source(121)
    columns = [dates("Month", months(1949), "%Y-%m"), numbers("Passengers", source.wholes(104, 622))]
    return made("airline-passengers.csv", columns)


def temperatures() -> PublicTable:
    source = Source(122)
    columns = [dates("Date", days("1981-01-01")), numbers("Temp", source.decimals(0, 26, 1))]
    return made("daily-min-temperatures.csv", columns, quoting="words")


def gap() -> PublicTable:
    source = Source(123)
    columns = [
        words("country", source.picks("Côte d'Ivoire", "Peru", "Bosnia and Herzegovina", "Korea, Dem. Rep.")),
        words("continent", source.picks("Asia", "Americas", "Europe")),
        numbers("year", [1952 + 5 * value for value in source.wholes(0, 11)]),
        numbers("lifeExp", source.decimals(28, 82, 3)),
        numbers("pop", source.wholes(60_000, 1_300_000_000)),
        numbers("gdpPercap", source.decimals(241, 50_000, 6)),
    ]
    return made("gapminder.tsv", columns, separator="\t")


def several_labels() -> PublicTable:
    source = Source(124)
    inputs = source.number_columns(["Mean_Acc1298", "StdAcc1298"], 0, 1, 6)
    columns = [*inputs, *source.whole_columns(["amazed", "happy", "calm", "sad"], 0, 1)]
    return made("emotions.csv", columns, target="-")


def packed() -> PublicTable:
    source = Source(125)
    table = made("weather.csv", [*source.number_columns(["t", "rh"], 0, 40, 1), numbers("rain", source.wholes(0, 1))])
    return replace(table, name="weather.csv.gz", content=gzip.compress(table.content, mtime=0))


def piped() -> PublicTable:
    source = Source(126)
    columns = [*source.number_columns(["lat", "long"], -80, 80, 4), words("kind", source.picks("a", "b"))]
    return made("export.txt", columns, separator="|")


def tables() -> list[PublicTable]:
    makers = [r_write_table, r_tabs_with_models, r_write_csv, pandas_index, pandas_index_twice, pandas_default_names]
    makers += [pandas_booleans, timestamps, timestamps_in_utc, titanic, house_prices, housing_california, digits]
    makers += [credit_card, insurance, reviews, tweets, messages, films, stock, passengers, temperatures, gap]
    makers += [several_labels, packed, piped]
    return [make() for make in makers]
