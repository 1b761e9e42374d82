"""A test file beside its training file: the same columns, in the same order and of the same kinds."""

from dataclasses import replace
from typing import TYPE_CHECKING

from nnstudio.data import preparation as preparing
from nnstudio.data.columns import ArrayColumns, RawData, table_of
from nnstudio.data.made_columns import as_dates
from nnstudio.data.sources import shown_source
from nnstudio.project.model import DataChoice
from nnstudio.text import UserError, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars


def matching(test: RawData, raw: RawData, choice: DataChoice) -> RawData:
    """The test file's columns in the order and kinds of the training file's, others left out and said; UserError when
    one is missing. Only columns without names are taken by their places."""
    names = raw.columns.columns
    both = isinstance(test.columns, ArrayColumns) and isinstance(raw.columns, ArrayColumns)
    if both and test.columns.columns == names:
        return replace(test, target=raw.target)  # as it lies, without a table of very many columns
    source = shown_source(choice.test_source or choice.source)
    columns = table_of(test.columns)
    if not (test.named and raw.named):
        if columns.width != len(names):
            raise UserError(
                _("“{test}” has {found} columns and “{train}” has {expected}; they must agree.").format(
                    test=source, found=columns.width, train=shown_source(choice.source), expected=len(names)
                )
            )
        columns = columns.rename(dict(zip(columns.columns, names, strict=True)))
    needed = {*raw.inputs, raw.target, *raw.labels}
    for name in names:
        if name in needed and name not in columns.columns:
            raise UserError(
                _("“{test}” has no column “{name}”, which “{train}” has; they must agree.").format(
                    test=source, name=name, train=shown_source(choice.source)
                )
            )
    notes = test.notes
    others = [name for name in columns.columns if name not in names]
    if others:
        words = translate_count(
            "The column {names} is not in the training file and is left out.",
            "The columns {names} are not in the training file and are left out.",
            len(others),
        )
        notes = (*notes, words.format(names=", ".join(f"“{name}”" for name in others[:8])))
    kept = {column.name: column for column in columns.get_columns()}
    alike = [like(kept[name], raw.columns[name]) if name in kept else nothing(raw, name, columns) for name in names]
    columns = columns.select(alike)
    return replace(test, columns=columns, target=raw.target, labels=raw.labels, roles=raw.roles, notes=notes)


def nothing(raw: RawData, name: str, columns: "polars.DataFrame") -> "polars.Series":
    """A column of missing cells in the place of one that is not learnt from."""
    import polars

    return polars.Series(name, [None] * columns.height, dtype=raw.columns[name].dtype)


def like(column: "polars.Series", model: "polars.Series") -> "polars.Series":
    """A column in the kind of another: numbers as the words they stand for, or words as numbers."""
    import polars

    if model.dtype == polars.String:
        return polars.Series(column.name, preparing.class_names(column), dtype=polars.String)
    if column.dtype == polars.String and model.dtype == polars.Datetime:
        return as_dates(column, "")
    if column.dtype == polars.String and model.null_count() < len(model):
        return preparing.numbers_in(column).cast(model.dtype)
    return column.cast(model.dtype, strict=False)
