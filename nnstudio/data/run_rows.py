"""The rows of a run, for its network to be measured on: exactly those it was trained, validated or tested on.

A file that has changed since is known by its content. Where rows were added behind those of the run, these are found
and no others taken; where they cannot be found, nothing is measured, for rows it has learnt could be among those that
should be unseen.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnstudio.data import preparation as preparing
from nnstudio.data.columns import ArrayColumns
from nnstudio.data.dataset import Divided, Samples, divide, weights_of
from nnstudio.data.made_columns import with_columns_of
from nnstudio.data.reader import Reader
from nnstudio.data.row_marks import marks_of
from nnstudio.data.sources import shown_source
from nnstudio.project.model import DataChoice, Run
from nnstudio.project.preparation import Preparation
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

if TYPE_CHECKING:
    from nnstudio.data.columns import Columns


def load_run_part(run: Run, part: str, reader: Reader, notes: list[str]) -> Samples:
    """One part of the data of a run, as that run had it. What had to be done for that is said in `notes`; UserError
    where its rows are not to be found."""
    divided = divide(run.data, reader)
    if not run.data_sha256 or reader.sha256 == run.data_sha256:
        return part_of(divided, run.data, run.preparation, part)
    older = Reader(reader.kept, reader.refused, prefers_copies=True)
    if any(file.content for file in reader.kept):
        from_copies = divide(run.data, older)
        if older.sha256 == run.data_sha256:
            words = _("“{file}” has changed since run {number}; the copy of then, kept in the project, is used.")
            notes.append(said(words, run))
            return part_of(from_copies, run.data, run.preparation, part)
    rows = run.rows - (divided.test.columns.height if divided.test else 0)
    added = divided.raw.columns.height - rows
    if run.rows_sha256 and added >= 0:
        first = divide(run.data, Reader(reader.kept, reader.refused), first_rows=rows)
        if marks_of(first.raw.columns, run.preparation) == run.rows_sha256:
            if added:
                words = translate_count(
                    "“{file}” has {count} row more than run {number} had, which is left out: its own rows are used.",
                    "“{file}” has {count} rows more than run {number} had, which are left out: its own rows are used.",
                    added,
                )
                notes.append(said(words, run, count=Count(added)))
            return part_of(first, run.data, run.preparation, part)
    raise UserError(
        said(
            _(
                "“{file}” has changed since run {number}, and the rows of that run cannot be found in it: some of "
                "those that should be unseen may have been learnt. Put the former file back, or train anew."
            ),
            run,
        )
    )


def said(words: str, run: Run, **values: object) -> str:
    return words.format(file=shown_source(run.data.source), number=run.id.removeprefix("run-"), **values)


def load_part(choice: DataChoice, preparation: Preparation, part: str, reader: Reader | None = None) -> Samples:
    """One part of the data, treated as a run's own preparation says; UserError when there is no such part."""
    return part_of(divide(choice, reader), choice, preparation, part)


def part_of(divided: Divided, choice: DataChoice, preparation: Preparation, part: str) -> Samples:
    """One part of data that was read and divided, as numbers."""
    if len(divided.parts[part]) == 0:
        raise UserError(_("There is no {part} part: its share is 0. Choose another with --split.").format(part=part))
    table = made_as_before(divided.part(part), preparation)
    if preparation.target not in table.columns:
        raise UserError(
            _("The column “{name}” is missing; the network was trained with it.").format(name=preparation.target)
        )
    inputs = preparing.encode_inputs(table, preparation)
    targets = preparing.encode_targets(table, preparation)
    weights = weights_of_all(divided, choice, preparation)
    own = None if weights is None else weights[divided.parts[part]]
    return Samples(inputs, targets, np.arange(len(inputs), dtype=np.int32), own)


def weights_of_all(divided: Divided, choice: DataChoice, preparation: Preparation) -> NDArray[np.float32] | None:
    """How much each row (m,) counts, as `divided` counts rows: those of a test file of its own count 1. None where all
    rows count the same."""
    weights = weights_of(choice, divided, preparing.encode_targets(divided.raw.columns, preparation))
    if weights is None or divided.test is None:
        return weights
    return np.concatenate([weights, np.ones(divided.test.columns.height, np.float32)])


def made_as_before(table: "Columns", preparation: Preparation) -> "Columns":
    """Rows with their derived columns as a run had them, whatever would be measured for them now."""
    if not preparation.made or isinstance(table, ArrayColumns):
        return table
    return with_columns_of(table, preparation.made)
