"""A random sample of the rows of a file, taken while it is read: the same rows in whatever pieces they come."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import RawData
from nnstudio.data.reading import Asked
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

STREAM = 1
"""Keeps the sample's random numbers apart from those that the same seed divides the rows by."""


class RowSample:
    """Tells of each row in turn whether it is taken. Rows added at a file's end leave the choice of the others."""

    def __init__(self, asked: Asked) -> None:
        self.fraction = asked.sample_fraction
        self.seen = 0
        """How many rows there were so far."""
        self.taken = 0
        """And how many of them are taken."""
        self._random = np.random.default_rng((asked.seed, STREAM))

    @property
    def takes_all(self) -> bool:
        return self.fraction >= 1

    def mask(self, rows: int) -> NDArray[np.bool_]:
        """Which of the next rows (n,) are taken."""
        kept = self._random.random(rows) < self.fraction if not self.takes_all else np.ones(rows, np.bool_)
        self.seen += rows
        self.taken += int(np.count_nonzero(kept))
        return kept

    def of(self, frame: "polars.DataFrame") -> "polars.DataFrame":
        """Those of the next rows that are taken, in memory of their own: a filter would keep the texts of all."""
        if self.takes_all:
            return frame
        return frame[np.flatnonzero(self.mask(frame.height))]

    def of_names(self, names: Sequence[str]) -> list[str]:
        """Those of the next files that are taken."""
        if self.takes_all:
            return list(names)
        return [names[int(place)] for place in np.flatnonzero(self.mask(len(names)))]


def with_sample(raw: RawData, asked: Asked) -> RawData:
    """Data of which a sample is taken, now where it was not while its file was read, with words for it. UserError where
    no row is left."""
    if asked.sample_fraction >= 1:
        return raw
    if not raw.rows_read:
        import polars

        rows = raw.columns.height
        kept = polars.Series(RowSample(asked).mask(rows))
        raw = replace(raw, columns=raw.columns.filter(kept), rows_read=rows)
    if raw.columns.height == 0:
        raise UserError(none_left(raw.rows_read, asked))
    note = _("A random sample of the rows is taken: {kept} of {all} (share {share:g}, seed {seed}).").format(
        kept=Count(raw.columns.height), all=Count(raw.rows_read), share=asked.sample_fraction, seed=asked.seed
    )
    test = with_sample(raw.test, asked) if raw.test else None
    return replace(raw, notes=(note, *raw.notes), test=test)


def none_left(rows: int, asked: Asked) -> str:
    return _("A share of {share:g} leaves none of {rows} rows. Set data.sample_fraction higher.").format(
        share=asked.sample_fraction, rows=Count(rows)
    )
