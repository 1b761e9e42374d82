"""Tables in the shapes of the UCI collection that have names: sensors, shares, wines, pupils."""

from datetime import timedelta

from tests.unit.data.shapes.table import ROWS, Column, PublicTable, Source, dates, days, gaps, made, numbers, words


def wine_quality() -> PublicTable:
    source = Source(29)
    names = ("fixed acidity", "volatile acidity", "citric acid", "pH", "alcohol")
    columns = [*source.number_columns(names, 0.1, 14), numbers("quality", source.wholes(3, 8))]
    return made("winequality-red.csv", columns, separator=";", quoting="words")


def air_quality() -> PublicTable:
    """-200 stands where nothing was measured: only who knows it can say so."""
    source = Source(30)
    hours = days("2004-03-12T18:00:00", step=timedelta(hours=1))
    columns = [
        dates("Date", hours, "%d/%m/%Y"),
        Column("Time", "-", tuple(f"{hour:%H.%M.%S}" for hour in hours)),
        gaps(numbers("CO(GT)", source.decimals(0.3, 8, 1), comma=True), "-200", (2, 3, 15)),
        gaps(numbers("PT08.S1(CO)", source.wholes(700, 1800)), "-200", (4,)),
        numbers("T", source.decimals(1, 40, 1), comma=True),
        numbers("AH", source.decimals(0.2, 2, 4), comma=True),
    ]
    return made(
        "AirQualityUCI.csv",
        columns,
        separator=";",
        end="\r\n",
        edit=lambda lines: [line + ";;" for line in lines],
        clicks={"missing": "-200"},
        said=["decimal"],
    )


def household_power() -> PublicTable:
    source = Source(31)
    minutes = days("2006-12-16T17:24:00", step=timedelta(minutes=1))
    columns = [
        dates("Date", minutes, "%d/%m/%Y"),
        Column("Time", "-", tuple(f"{minute:%H:%M:%S}" for minute in minutes)),
        gaps(numbers("Global_active_power", source.decimals(0.2, 8, 3), "{:.3f}"), "?"),
        gaps(numbers("Voltage", source.decimals(225, 250, 3), "{:.3f}"), "?"),
        gaps(numbers("Sub_metering_3", source.wholes(0, 18), "{}.000"), "", (1, 7, 12)),
    ]
    return made("household_power_consumption.txt", columns, separator=";", untold=3)


def bikes() -> PublicTable:
    source = Source(32)
    columns = [
        numbers("instant", range(1, ROWS + 1)),
        dates("dteday", days("2011-01-01")),
        numbers("season", source.wholes(1, 4)),
        numbers("holiday", source.wholes(0, 1)),
        numbers("temp", source.decimals(0.05, 0.86, 6)),
        numbers("cnt", source.wholes(22, 8714)),
    ]
    return made("day.csv", columns, roles=["instant"])


def appliances() -> PublicTable:
    source = Source(33)
    columns = [
        dates("date", days("2016-01-11T17:00:00", step=timedelta(minutes=10)), "%Y-%m-%d %H:%M:%S", has_time=True),
        numbers("Appliances", [10 * value for value in source.wholes(1, 30)]),
        numbers("T1", source.decimals(16, 26, 2)),
        numbers("rv1", source.decimals(0, 50, 6)),
    ]
    return made("energydata_complete.csv", columns, quoting="all")


def forest_fires() -> PublicTable:
    source = Source(34)
    columns = [
        numbers("X", source.wholes(1, 9)),
        words("month", source.picks("mar", "aug", "sep", "oct")),
        words("day", source.picks("fri", "sat", "sun", "mon")),
        numbers("temp", source.decimals(2, 33, 1)),
        numbers("area", source.decimals(0, 90)),
    ]
    return made("forestfires.csv", columns)


def students() -> PublicTable:
    """Some of the numbers are in quotation marks, as if they were words."""
    source = Source(35)
    columns = [
        words("school", source.picks("GP", "MS")),
        numbers("age", source.wholes(15, 22)),
        words("internet", source.picks("yes", "no")),
        numbers("G1", source.wholes(0, 19), '"{}"'),
        numbers("G3", source.wholes(0, 19)),
    ]

    def edit(lines: list[str]) -> list[str]:
        return [line.replace('"""', '"') for line in lines]

    return made("student-mat.csv", columns, separator=";", quoting="words", edit=edit)


def bank() -> PublicTable:
    source = Source(36)
    columns = [
        numbers("age", source.wholes(18, 87)),
        words("job", source.picks("admin.", "blue-collar", "unknown", "self-employed")),
        words("default", source.picks("yes", "no")),
        numbers("balance", source.wholes(-800, 9000)),
        words("y", source.picks("no", "yes")),
    ]
    return made("bank-full.csv", columns, separator=";", quoting="words")


def concrete() -> PublicTable:
    source = Source(37)
    names = ["Cement (component 1)(kg in a m^3 mixture)", "Water  (component 4)(kg in a m^3 mixture)", "Age (day)"]
    columns = [*source.number_columns(names, 1, 540, 1), *source.number_columns(["Strength (MPa, megapascals)"], 2, 82)]
    return made("Concrete_Data.csv", columns, end="\r\n")


def tables() -> list[PublicTable]:
    makers = [wine_quality, air_quality, household_power, bikes, appliances, forest_fires, students, bank, concrete]
    return [make() for make in makers]
