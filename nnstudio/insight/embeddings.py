"""What an embedding has learnt: a vector for each word, which words lie near each other, and a plane to see them on."""

from dataclasses import dataclass

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset
from nnstudio.data.words import UNKNOWN
from nnstudio.project.model import Run
from nnstudio.text import UserError
from nnstudio.text import translate as _

MOST_FREQUENT = 300
"""Words by which the plane is laid, and which are drawn on it."""
NEIGHBOURS = 10

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class WordVectors:
    """The n words of a vocabulary with their vectors (n, features) in the embedding `layer`.

    `frequent` (m,) are the places of those that are most frequent in the training part, the most frequent first.
    `plane` (n, 2) is where all words lie on the first two principal components of the frequent ones, which tell the
    shares `explained` (2,) of how these spread.
    """

    layer: str
    words: tuple[str, ...]
    vectors: Numbers
    frequent: NDArray[np.int64]
    plane: Numbers
    explained: Numbers

    def place_of(self, word: str) -> int | None:
        """Where a word stands among the words; None for one that is not known."""
        return self.words.index(word) if word in self.words else None


def word_vectors(run: Run, dataset: Dataset) -> WordVectors:
    """The vectors of the first embedding of a network. UserError where it has none."""
    layer = next((one for one in run.network.layers if one.role == "embedding"), None)
    column = next((one for one in run.preparation.columns if one.text and one.text.length), None)
    weights = safetensors.numpy.load(run.weights)
    if layer is None or column is None or f"{layer.id}.weight" not in weights:
        raise UserError(_("This network has no embedding, which gives each word numbers of its own."))
    first = UNKNOWN + 1
    words = column.categories
    vectors = weights[f"{layer.id}.weight"][first:].astype(np.float64)
    counts = np.bincount(dataset.train.inputs.astype(np.int64).reshape(-1), minlength=first + len(words))[first:]
    frequent = np.argsort(-counts, kind="stable")[:MOST_FREQUENT]
    plane, explained = principal_plane(vectors, frequent)
    return WordVectors(layer.id, words, vectors, frequent, plane, explained)


def principal_plane(vectors: Numbers, chosen: NDArray[np.int64]) -> tuple[Numbers, Numbers]:
    """All of some vectors (n, features) on the first two principal components of the chosen ones (n, 2), and the shares
    (2,) of the spread of these. The largest part of each component is positive, so that it does not turn about."""
    middle = vectors[chosen].mean(axis=0)
    _left, sizes, components = np.linalg.svd(vectors[chosen] - middle, full_matrices=False)
    axes, spread = np.zeros((2, vectors.shape[1])), np.zeros(2)
    count = min(2, len(components))
    axes[:count], spread[:count] = components[:count], sizes[:count] ** 2
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1, keepdims=True), axis=1)
    axes *= np.where(largest < 0, -1.0, 1.0)
    total = float((sizes**2).sum())
    return (vectors - middle) @ axes.T, spread / total if total else spread


def neighbours(vectors: WordVectors, place: int, most: int = NEIGHBOURS) -> list[tuple[int, float]]:
    """The words whose vectors point most in the direction of one's own: their places, and the cosine of the angle."""
    lengths = np.linalg.norm(vectors.vectors, axis=1)
    products = vectors.vectors @ vectors.vectors[place]
    divisors = lengths * lengths[place]
    cosines = np.divide(products, divisors, out=np.zeros_like(products), where=divisors > 0)
    cosines[place] = -np.inf
    order = np.argsort(-cosines, kind="stable")[: min(most, len(cosines) - 1)]
    return [(int(one), float(cosines[one])) for one in order]
