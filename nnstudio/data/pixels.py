"""Pixels: each channel with one mean and deviation, kept by name where they are few and by their number where many."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import ArrayColumns, RawData
from nnstudio.data.scaling import Floats, Reached, scaled, sound_scale
from nnstudio.project.preparation import ColumnPreparation
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _

MOST_NAMED = 4096
"""Of pictures with more places the channels are kept as one column each, filled with their mean."""
AT_ONCE = 2**22
"""Values that are measured at a time."""


def fit_channels(
    raw: RawData,
    names: Sequence[str],
    train: NDArray[np.int64],
    standardize: bool,
    notes: list[str],
    reached: Reached,
) -> list[ColumnPreparation]:
    """The pixels of each channel with one mean and deviation: by those of its own, a pixel at the border that is lit in
    one training image only would become thousands in another."""
    assert raw.sample_shape is not None
    channels, size = raw.sample_shape[0], len(names) // raw.sample_shape[0]
    found = list[ColumnPreparation]()
    for number in range(channels):
        fills, sums, missing = [], np.zeros(3), 0
        pixels = names[number * size : (number + 1) * size]
        for values in pieces(raw, names, slice(number * size, (number + 1) * size)):
            missing += int(np.isnan(values).sum())
            present = values[train]
            there = np.isfinite(present)
            counts, totals = there.sum(axis=0), np.where(there, present, 0.0).sum(axis=0)
            sums += counts.sum(), totals.sum(), np.square(present, where=there, out=np.zeros_like(present)).sum()
            fills.append(totals / np.maximum(counts, 1))
            reached((number * size + sum(len(one) for one in fills)) / len(names))
        count, total, squares = sums.tolist()
        mean = total / max(count, 1.0)
        scale = sound_scale(mean, max(0.0, squares / max(count, 1.0) - mean**2) ** 0.5)
        before, by = (mean, scale) if standardize else (0.0, 1.0)
        if len(names) > MOST_NAMED and isinstance(raw.columns, ArrayColumns):
            name = f"channel {number + 1}"  # kept in files, so not translated
            found.append(ColumnPreparation(name, "number", fill=mean, mean=before, scale=by, count=size))
        else:
            found += [
                ColumnPreparation(name, "number", fill=fill, mean=before, scale=by)
                for name, fill in zip(pixels, np.concatenate(fills).tolist(), strict=True)
            ]
        notes += channel_notes(number + 1, before, by, standardize, missing)
    return found


def pieces(raw: RawData, names: Sequence[str], places: slice) -> Iterator[NDArray[np.float64]]:
    """The values of some pixels that follow each other (rows, pixels), as many at a time as are few."""
    if isinstance(raw.columns, ArrayColumns):
        step = max(1, AT_ONCE // max(1, raw.columns.height))
        for start in range(places.start, places.stop, step):
            yield raw.columns.values[:, start : min(start + step, places.stop)].astype(np.float64)
        return
    for name in names[places]:
        yield raw.columns[name].to_numpy().astype(np.float64).reshape(-1, 1)


def channel_notes(number: int, mean: float, scale: float, standardize: bool, missing: int) -> list[str]:
    """What is done to the pixels of a channel, in words."""
    notes = []
    if missing:
        words = translate_count(
            "{count} missing pixel of channel {number} is filled with the mean of its place in the training part.",
            "{count} missing pixels of channel {number} are filled with the mean of their place in the training part.",
            missing,
        )
        notes.append(words.format(count=Count(missing), number=number))
    if standardize:
        words = _("Channel {number} of the images: mean {mean:.4g} and deviation {scale:.4g}, the same for all pixels.")
        notes.append(words.format(number=number, mean=mean, scale=scale))
    return notes


def encode_pixels(columns: ArrayColumns, channels: Sequence[ColumnPreparation]) -> Floats:
    """Some rows of pixels (n, places), each as its column or its channel says."""
    fill, mean, scale = (
        np.concatenate([np.full(one.count, getattr(one, name)) for one in channels])
        for name in ("fill", "mean", "scale")
    )
    return scaled(columns.values.astype(np.float64), fill, mean, scale)
