"""From raw columns to the arrays a network sees; everything fitted is fitted on the training part alone.

New rows go through the same `Preparation` that the training rows went through, which is kept with the run.
"""

from collections.abc import Sequence
from math import isnan, nan, prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data import preparation_remarks as said
from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.pixels import encode_pixels, fit_channels
from nnstudio.data.reading import KEPT_FOR_NEW_ROWS
from nnstudio.data.remarks import Remarks
from nnstudio.data.scaling import Floats, Reached, mean_and_scale, scaled
from nnstudio.data.text_columns import MOST_CATEGORIES, fit_text, only_tokens, texts_in
from nnstudio.data.words import tokens_of, weights_of
from nnstudio.layers.spec import shown_shape
from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.project.column_lists import kinds_of
from nnstudio.project.model import DataChoice
from nnstudio.project.preparation import ColumnPreparation, Preparation, Task
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

    from nnstudio.data.columns import Columns

MOST_CLASSES_OF_NUMBERS = 20
FEW_CLASSES = 5
MOST_CLASSES = 1000
MOST_AT_ONCE = 2**22
"""Numbers that are measured at a time."""
BLOCK = 2**17
"""As many values are prepared at a time: what is made on the way stays small beside the data."""


# --- the target -----------------------------------------------------------------------------------------------------


def encode_targets(columns: "Columns", preparation: Preparation) -> NDArray[Any]:
    """The targets of some rows as `encode_target` gives them; of labels 0 and 1 (n, labels) as float32. UserError for
    what is no such target."""
    if preparation.task != "labels":
        return encode_target(columns[preparation.target], preparation)
    return np.stack([label_values(columns[name]) for name in preparation.classes], axis=1)


def label_values(column: "polars.Series") -> Floats:
    """A column of 0 and 1, or true and false (n,); UserError for others."""
    import polars

    numbers = numbers_in(column) if column.dtype == polars.String else column.cast(polars.Float64, strict=False)
    if numbers.null_count() or not numbers.is_in([0.0, 1.0]).all():
        raise UserError(_("“{name}” is one of several targets, and not all of it is 0 or 1.").format(name=column.name))
    values: Floats = numbers.to_numpy().astype(np.float32)
    return values


def find_task(target: "polars.Series", wished: str) -> Task:
    """Class or value. Auto: text, true/false and at most 20 different whole numbers are classes."""
    if wished == "class":
        return "class"
    is_number = target.dtype.is_numeric()
    if wished == "value":
        if not is_number:
            raise UserError(
                _("The target “{name}” holds words and cannot be a value; set data.task to class.").format(
                    name=target.name
                )
            )
        return "value"
    if not is_number:
        return "class"
    numbers = target.unique().drop_nulls().to_numpy()
    whole = bool(np.all(numbers == np.round(numbers)))
    # As many classes as rows are none: a few numbers that happen to be whole are a value.
    are_few = len(numbers) <= max(FEW_CLASSES, min(MOST_CLASSES_OF_NUMBERS, len(target) // 2))
    return "class" if whole and are_few else "value"


def class_names(values: "polars.Series") -> list[str | None]:
    """Each value as the text that stands for it; whole numbers lose their decimals, so that 6.0 is class 6."""
    import polars

    if not values.dtype.is_float():
        return values.cast(polars.String).to_list()
    return [None if number is None else f"{number:.0f}" if number.is_integer() else f"{number!r}" for number in values]


def numbers_in(column: "polars.Series") -> "polars.Series":
    """A column of text as numbers, where true and false are 1 and 0; UserError for other words."""
    import polars

    switched = column.str.to_lowercase().replace({"true": "1", "false": "0"})
    numbers = switched.cast(polars.Float64, strict=False)
    if numbers.null_count() > column.null_count():
        raise UserError(
            _("The column “{name}” holds words; the network was trained on numbers.").format(name=column.name)
        )
    return numbers


def numbers_or_none(column: "polars.Series") -> "polars.Series":
    """A column as 64-bit floats, where true and false are 1 and 0; None for other words, NaN as it is."""
    import polars

    if column.dtype == polars.String:
        column = column.str.to_lowercase().replace({"true": "1", "false": "0"})
    return column.cast(polars.Float64, strict=False)


def sorted_classes(names: list[str | None]) -> tuple[str, ...]:
    """The different classes, numbers by size and words by the alphabet; numbers that no float tells apart by their
    digits, so that the order is the same in every session."""

    def key(name: str) -> tuple[int, float, str]:
        try:
            number = float(name)
        except ValueError:
            number = nan
        return (1, 0.0, name) if isnan(number) else (0, number, name)

    return tuple(sorted({name for name in names if name is not None}, key=key))


def class_numbers(values: "polars.Series", classes: Sequence[str]) -> NDArray[np.int64]:
    """The number (n,) of the class that each value stands for. KeyError for a value of none."""
    import polars

    # Of the different values alone: a million rows have a handful.
    different = values.unique()
    place = {name: number for number, name in enumerate(classes)}
    numbers = polars.Series([place[str(name)] for name in class_names(different)], dtype=polars.Int64)
    found = np.empty(len(values), np.int64)
    for start in range(0, len(values), BLOCK):
        block = values.slice(start, BLOCK).replace_strict(different, numbers, return_dtype=polars.Int64)
        found[start : start + BLOCK] = block.to_numpy()
    return found


def encode_target(target: "polars.Series", preparation: Preparation) -> NDArray[Any]:
    """Class numbers (n,) as int64, or scaled values (n, 1) as float32; UserError for a class never seen in training."""
    if preparation.task == "value":
        if not target.dtype.is_numeric():
            raise UserError(
                _("The target “{name}” holds words; the network was trained on numbers.").format(name=target.name)
            )
        values = target.to_numpy().astype(np.float64)
        scaled = (values - preparation.target_mean) / preparation.target_scale
        return scaled.astype(np.float32).reshape(-1, 1)
    found = {name for name in class_names(target.unique()) if name is not None}
    for name in sorted(found - set(preparation.classes)):
        raise UserError(
            _(
                "The class “{name}” does not occur in the data that the network is trained on, which has: {known}."
            ).format(name=name[:60], known=", ".join(preparation.classes)[:300])
        )
    return class_numbers(target, preparation.classes)


# --- fitting --------------------------------------------------------------------------------------------------------


def fit(
    raw: RawData,
    choice: DataChoice,
    task: Task,
    classes: tuple[str, ...],
    train: NDArray[np.int64],
    notes: list[str],
    reached: Reached = lambda share: None,
) -> Preparation:
    """What to do with each column, measured on the training rows; remarks go to `notes`."""
    names = raw.inputs
    remarks = Remarks()
    if raw.sample_shape is not None and len(raw.sample_shape) == IMAGE_AXES:
        columns = fit_channels(raw, names, train, choice.standardize, notes, reached)
    else:
        columns = []
        of_image = raw.sample_shape is not None
        numbers = fit_numbers(raw, names, train, choice, remarks, of_image)
        for place, name in enumerate(names):
            if name in numbers:
                column = numbers[name]
            else:
                column = fit_column(raw.columns[name], train, choice, notes, remarks, of_image)
            columns.extend([column] if column else [])
            reached((place + 1) / len(names))
    notes.extend(remarks.words({name: name for name in names}))
    tokens = [column for column in columns if column.text and column.text.length]
    if tokens:
        columns = only_tokens(columns, tokens[0], notes)
    if not columns:
        raise UserError(
            _(
                "No column is left to learn from: a table needs at least one column of numbers or categories "
                "beside the target."
            )
            + "".join(f" {note}" for note in notes[-3:])
        )
    width = sum(column.width for column in columns)
    mean, scale = 0.0, 1.0
    if task == "value" and choice.standardize:
        mean, scale = mean_and_scale(raw.columns[raw.target].to_numpy().astype(np.float64)[train])
        notes.append(
            _(
                "The target is standardised as well: the loss is in squares of its deviation, {scale:.4g}; "
                "predictions are scaled back."
            ).format(scale=scale)
        )
    shape = raw.sample_shape or (width,)
    vocabulary = len(tokens[0].categories) + 2 if tokens else 0
    is_sparse = not tokens and any(column.text for column in columns)
    known = {column.name for column in columns}
    reading = {fact.option: fact.value for fact in raw.reading if fact.option in KEPT_FOR_NEW_ROWS}
    reading |= {f"date {name}": form for name, form in raw.dates.items() if name in raw.replaced}
    return Preparation(
        tuple(columns),
        shape,
        task,
        raw.target,
        classes,
        mean,
        scale,
        vocabulary,
        is_sparse,
        made=tuple(made for made in raw.made if made.name in known),
        reading=reading,
        ids=tuple(name for name, role in raw.roles.items() if role in ("id", "row_names")),
    )


def fit_numbers(
    raw: RawData, names: Sequence[str], train: NDArray[np.int64], choice: DataChoice, remarks: Remarks, of_image: bool
) -> "dict[str, ColumnPreparation | None]":
    """How columns of numbers are treated, a block of them at a time; None for one that is left out, which is said. A
    place in an image never is."""
    import polars

    columns = [raw.columns[name] for name in names]
    numbers = [one for one in columns if one.dtype.is_numeric() or one.dtype == polars.Boolean]
    found: dict[str, ColumnPreparation | None] = {}
    block = max(1, MOST_AT_ONCE // max(1, len(train)))
    for start in range(0, len(numbers), block):
        some = numbers[start : start + block]
        values = np.stack([one.cast(polars.Float64).to_numpy()[train] for one in some])
        values[~np.isfinite(values)] = np.nan
        for column, row in zip(some, values, strict=True):
            present = row[~np.isnan(row)] if np.isnan(row).any() else row
            found[column.name] = fit_number(column, present, choice, remarks, of_image)
    return found


def fit_number(
    column: "polars.Series", present: NDArray[np.float64], choice: DataChoice, remarks: Remarks, of_image: bool
) -> ColumnPreparation | None:
    """How one column is treated, by the numbers (n,) that there are in training rows."""
    name = column.name
    if len(present) == 0 and of_image:
        return ColumnPreparation(name, "number")
    if len(present) == 0:
        remarks.add(said.EMPTY, name)
        return None
    fill, lowest, highest = float(present.mean()), float(present.min()), float(present.max())
    if has_missing(column):
        remarks.add(said.FILLED, name, fill=fill)
    mean, scale = mean_and_scale(present) if choice.standardize else (0.0, 1.0)
    if lowest == highest and not of_image:
        remarks.add(said.CONSTANT, name)
    return ColumnPreparation(name, "number", fill=fill, mean=mean, scale=scale, lowest=lowest, highest=highest)


def has_missing(column: "polars.Series") -> bool:
    return bool(column.null_count()) or (column.dtype.is_float() and bool(column.is_nan().any()))


def fit_column(
    column: "polars.Series",
    train: NDArray[np.int64],
    choice: DataChoice,
    notes: list[str],
    remarks: Remarks,
    of_image: bool = False,
) -> ColumnPreparation | None:
    """How one column of words is treated; None when it is left out, which is said."""
    if of_image:
        raise UserError(_("The column “{name}” holds words, which are no pixels.").format(name=column.name))
    return fit_text(column, train, choice, notes) or fit_categories(column, train, choice, remarks)


def fit_categories(
    column: "polars.Series", train: NDArray[np.int64], choice: DataChoice, remarks: Remarks
) -> ColumnPreparation | None:
    """One-hot for a column of words, unless it has so many different ones that it is no category."""
    import polars

    words = column.cast(polars.String)
    categories = tuple(sorted(word for word in words.gather(train).unique().to_list() if word is not None))
    limit = MOST_CLASSES if kinds_of(choice.kinds).get(column.name) == "category" else MOST_CATEGORIES
    if len(categories) > limit or not categories:
        remarks.add(said.MANY_WORDS, column.name, count=words.drop_nulls().n_unique())
        return None
    remarks.add(said.ONE_HOT, column.name, count=len(categories))
    return ColumnPreparation(column.name, "category", categories)


# --- applying -------------------------------------------------------------------------------------------------------


def encode_inputs(
    columns: "Columns",
    preparation: Preparation,
    in_place: bool = False,
    reached: Reached = lambda share: None,
    fills: bool = False,
) -> Floats:
    """The samples (n, *sample_shape) as float32; UserError for a column that is missing or of another kind. Sparse ones
    are (n, 2 k): the places of k values in each sample, then the values.

    With `fills`, words among numbers count as missing, unless a whole column is words. With `in_place` the memory of
    the columns becomes that of the samples where it can: they are used up.
    """
    check_columns(columns, preparation)
    if fills:
        columns = filled(columns, preparation)
    if preparation.is_sparse:
        return encode_sparse(columns, preparation)
    width = sum(column.width for column in preparation.columns)
    encoded = own_memory(columns, width) if in_place else None
    if encoded is None:
        encoded = np.empty((columns.height, width), np.float32)
    rows = max(1, BLOCK // width)
    for start in range(0, columns.height, rows):
        encoded[start : start + rows] = encode_block(columns.slice(start, rows), preparation)
        reached(min(1.0, (start + rows) / columns.height))
    return encoded.reshape(columns.height, *preparation.sample_shape)


def check_columns(columns: "Columns", preparation: Preparation) -> None:
    """UserError for a column that is missing, and for rows that are no pictures as the network was trained on."""
    there = set(columns.columns)
    for column in preparation.columns:
        if column.count > 1:
            check_places(columns, preparation)
        elif column.name not in there:
            raise UserError(
                _("The column “{name}” is missing; the network was trained with it.").format(name=column.name)
            )


def filled(columns: "Columns", preparation: Preparation) -> "Columns":
    """Rows in which words among the numbers of a column are missing ones; UserError for a column of words alone."""
    import polars

    if isinstance(columns, ArrayColumns):
        return columns
    made = []
    for column in preparation.columns:
        if column.kind == "number" and column.count == 1 and columns[column.name].dtype == polars.String:
            numbers = numbers_or_none(columns[column.name])
            if numbers.null_count() == len(numbers) > columns[column.name].null_count():
                numbers_in(columns[column.name])  # says what is wrong with it
            made.append(numbers)
    return columns.with_columns(made) if made else columns


def check_places(columns: "Columns", preparation: Preparation) -> None:
    """UserError unless rows are pictures with as many places as those the network was trained on."""
    if not isinstance(columns, ArrayColumns) or columns.values.shape[1] != prod(preparation.sample_shape):
        raise UserError(
            _("The network was trained on pictures of {shape}, and these rows are none.").format(
                shape=shown_shape(preparation.sample_shape)
            )
        )


def own_memory(columns: "Columns", width: int) -> Floats | None:
    """The memory of columns that are already kept as samples are."""
    if not isinstance(columns, ArrayColumns):
        return None
    values = columns.values
    fits = values.dtype == np.float32 and values.shape[1] == width and values.flags.c_contiguous
    return values if fits and values.flags.writeable else None


def encode_block(columns: "Columns", preparation: Preparation) -> NDArray[Any]:
    """Some rows, (n, width)."""
    are_channels = any(column.count > 1 for column in preparation.columns)
    names = [column.name for column in preparation.columns]
    if isinstance(columns, ArrayColumns) and (are_channels or columns.names == names):
        return encode_pixels(columns, preparation.columns)
    parts = [encode_column(columns[column.name], column) for column in preparation.columns]
    return np.concatenate([part.reshape(columns.height, -1) for part in parts], axis=1)


def encode_column(values: "polars.Series", column: ColumnPreparation) -> NDArray[Any]:
    """One column as float32 (n,), or (n, categories)."""
    import polars

    if column.text is not None:
        return tokens_of(texts_in(values), column.text, column.categories)
    if column.kind == "category":
        found = np.array(class_names(values), dtype=object)
        return np.stack([found == category for category in column.categories], axis=1).astype(np.float32)
    if values.dtype == polars.String:
        values = numbers_in(values)
    return scaled(values.cast(polars.Float64).to_numpy(), column.fill, column.mean, column.scale)


def encode_sparse(columns: "Columns", preparation: Preparation) -> Floats:
    """Rows of which most values are 0 (n, 2 k): the places of k values, then the values."""
    start, places, values = 0, [], []
    for column in preparation.columns:
        given = columns[column.name]
        if column.text is not None:
            rows = weights_of(texts_in(given), column.text, column.categories)
            places.append(rows.places + start)
            values.append(rows.values)
        else:
            encoded = encode_column(given, column).reshape(len(given), -1)
            places.append(np.broadcast_to(np.arange(start, start + column.width), encoded.shape))
            values.append(encoded)
        start += column.width
    return np.concatenate([*places, *values], axis=1, dtype=np.float32, casting="unsafe")
