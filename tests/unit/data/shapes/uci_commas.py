"""Tables in the shapes of the UCI collection that are separated by commas and mostly have no names."""

from collections.abc import Sequence

from tests.unit.data.shapes.table import ROWS, Column, PublicTable, Source, gaps, made, numbers, words


def no_names(count: int) -> list[str]:
    return [""] * count


def iris() -> PublicTable:
    source = Source(1)
    columns = [*source.number_columns(no_names(4), 0.1, 7.9, 1), words("", source.picks("Iris-a", "Iris-b", "Iris-c"))]
    return made("iris.data", columns, header=False, below=[""], said=["header"])


def adult(name: str, above: Sequence[str] = (), dot: str = "") -> PublicTable:
    source = Source(2)
    columns = [
        numbers("", source.wholes(17, 90)),
        gaps(words("", source.picks("Private", "State-gov", "Self-emp-inc")), "?"),
        numbers("", source.wholes(12_285, 900_000)),
        words("", source.picks("Bachelors", "HS-grad", "11th", "Some-college")),
        numbers("", source.wholes(1, 16)),
        gaps(words("", source.picks("Sales", "Craft-repair", "Tech-support")), "?", (3, 8)),
        words("", source.picks("Male", "Female")),
        numbers("", source.wholes(20, 60)),
        gaps(words("", source.picks("United-States", "Mexico", "Outlying-US(Guam-USVI-etc)")), "?", (9,)),
        words("", source.picks(f"<=50K{dot}", f">50K{dot}")),
    ]
    return made(name, columns, separator=", ", header=False, above=above, said=["header", *(["skip"] if above else [])])


def letters(name: str, header: bool) -> PublicTable:
    source = Source(3)
    names = ["class", "cap-shape", "cap-surface", "cap-color", "stalk-root", "habitat"]
    choices = ["pe", "xbsf", "sfy", "nywge", "ecbr", "ugmdp"]
    columns = [words(one, source.picks(*some)) for one, some in zip(names, choices, strict=True)]
    columns[4] = gaps(columns[4], "?", (4, 11))
    return made(name, columns, header=header, said=["header"])


def letter_recognition() -> PublicTable:
    source = Source(4)
    columns = [words("", source.picks(*"ABCDEFGHIJ")), *source.whole_columns(no_names(16), 0, 15)]
    return made("letter-recognition.data", columns, header=False, target="-", said=["header"])


def ionosphere() -> PublicTable:
    source = Source(5)
    columns = [
        numbers("", source.wholes(0, 1)),
        Column("", "number", ("0",) * ROWS, (0.0,) * ROWS),
        *source.number_columns(no_names(32), -1, 1, 5),
        words("", source.picks("g", "b")),
    ]
    return made("ionosphere.data", columns, header=False, said=["header"])


def sonar() -> PublicTable:
    source = Source(6)
    columns = [*source.number_columns(no_names(60), 0.0001, 1, 4), words("", source.picks("R", "M"))]
    return made("sonar.all-data", columns, header=False)


def abalone() -> PublicTable:
    source = Source(7)
    columns = [
        words("", source.picks("M", "F", "I")),
        *source.number_columns(no_names(7), 0.01, 1.2, 4),
        numbers("", source.wholes(3, 22)),
    ]
    return made("abalone.data", columns, header=False)


def banknote() -> PublicTable:
    source = Source(8)
    columns = [*source.number_columns(no_names(4), -9, 14, 4), numbers("", source.wholes(0, 1))]
    return made("data_banknote_authentication.txt", columns, header=False, end="\r\n")


def hepatitis() -> PublicTable:
    source = Source(9)
    columns = [
        numbers("", source.wholes(1, 2)),
        numbers("", source.wholes(20, 70)),
        *(gaps(column, "?", (2, 5, 20)) for column in source.whole_columns(no_names(6), 1, 2)),
        gaps(numbers("", source.decimals(0.3, 4.8, 2), "{:.2f}"), "?"),
        gaps(numbers("", source.wholes(26, 280)), "?", (0, 3)),
        numbers("", source.wholes(1, 2)),
    ]
    return made("hepatitis.data", columns, header=False)


def soybean() -> PublicTable:
    source = Source(10)
    columns = [
        words("", source.picks("brown-spot", "charcoal-rot", "phyllosticta-leaf-spot")),
        *(gaps(column, "?", (place, place + 4)) for place, column in enumerate(source.whole_columns([""] * 9, 0, 3))),
    ]
    return made("soybean-large.data", columns, header=False, untold=2)


def tic_tac_toe() -> PublicTable:
    source = Source(11)
    columns = [words("", source.picks("x", "o", "b")) for _place in range(9)]
    return made("tic-tac-toe.data", [*columns, words("", source.picks("positive", "negative"))], header=False)


def zoo() -> PublicTable:
    source = Source(12)
    animals = [first + second for first in ("ant", "bea", "cro", "dee", "elk") for second in "abcdef"]
    columns = [words("", animals), *source.whole_columns(no_names(12), 0, 1), numbers("", source.wholes(0, 8))]
    columns.append(numbers("", source.wholes(1, 7)))
    return made("zoo.data", columns, header=False, roles=["column 1"])


def glass() -> PublicTable:
    source = Source(13)
    columns = [
        numbers("", range(1, ROWS + 1)),
        *source.number_columns(no_names(9), 0, 75, 5),
        numbers("", source.wholes(1, 7)),
    ]
    return made("glass.data", columns, header=False, roles=["column 1"])


def cleveland() -> PublicTable:
    source = Source(14)
    columns = [numbers("", source.wholes(0, 200), "{}.0") for _place in range(11)]
    columns.append(gaps(numbers("", source.wholes(0, 3), "{}.0"), "?", (2, 17)))
    return made("processed.cleveland.data", [*columns, numbers("", source.wholes(0, 4))], header=False)


def wine() -> PublicTable:
    source = Source(15)
    columns = [numbers("", source.wholes(1, 3)), *source.number_columns(no_names(12), 0.1, 15)]
    return made("wine.data", [*columns, numbers("", source.wholes(278, 1680))], header=False)


def breast_cancer() -> PublicTable:
    source = Source(16)
    codes = [1_000_025 + 37 * (place // 2) for place in range(ROWS)]
    columns = [numbers("", codes), *source.whole_columns(no_names(9), 1, 10)]
    columns[6] = gaps(columns[6], "?", (3, 9))
    classes = [2 + 2 * value for value in source.wholes(0, 1)]
    return made("breast-cancer-wisconsin.data", [*columns, numbers("", classes)], header=False)


def car() -> PublicTable:
    source = Source(17)
    choices = (
        ("vhigh", "high", "med", "low"),
        ("2", "3", "4", "5more"),
        ("2", "4", "more"),
        ("small", "med", "big"),
        ("unacc", "acc", "good"),
    )
    return made("car.data", [words("", source.picks(*some)) for some in choices], header=False)


def haberman() -> PublicTable:
    source = Source(18)
    limits = ((30, 83), (58, 69), (0, 25), (1, 2))
    return made("haberman.data", [numbers("", source.wholes(*some)) for some in limits], header=False)


def credit_approval() -> PublicTable:
    source = Source(19)
    columns = [
        gaps(words("", source.picks("a", "b")), "?", (2, 9)),
        gaps(numbers("", source.decimals(15, 70), "{:.2f}"), "?", (1, 14)),
        numbers("", source.decimals(0, 20, 3)),
        words("", source.picks("t", "f")),
        words("", [f"{value:02}" for value in source.wholes(0, 15)]),
        gaps(words("", [f"{value:05}" for value in source.wholes(0, 520)]), "?", (3,)),
        numbers("", source.wholes(0, 5000)),
        words("", source.picks("+", "-")),
    ]
    return made("crx.data", columns, header=False)


def optdigits() -> PublicTable:
    source = Source(20)
    columns = [*source.whole_columns(no_names(64), 0, 16), numbers("", source.wholes(0, 9))]
    return made("optdigits.tra", columns, header=False)


def tables() -> list[PublicTable]:
    makers = [iris, letter_recognition, ionosphere, sonar, abalone, banknote, hepatitis, soybean, tic_tac_toe, zoo]
    makers += [glass, cleveland, wine, breast_cancer, car, haberman, credit_approval, optdigits]
    return [
        *(make() for make in makers),
        adult("adult.data"),
        adult("adult.test", ["|1x3 Cross validator"], "."),
        letters("agaricus-lepiota.data", header=False),
        letters("mushrooms.csv", header=True),
    ]
