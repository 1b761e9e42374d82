"""From texts to numbers: words or characters counted, with scikit-learn's meanings, or the numbers of words in order.

`CountVectorizer` and `TfidfVectorizer` are the models; they load half of SciPy, and their vocabulary depends, among
pieces that are alike frequent, on how a sort falls out. Here those that come first in the alphabet are kept.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.project.preparation import TextPreparation

WORDS = re.compile(r"\b\w\w+\b")
WORDS_AND_SIGNS = re.compile(r"\w+|[^\w\s]")
SPACES = re.compile(r"\s\s+")
NONE, UNKNOWN = 0, 1
"""The numbers of tokens that stand for no word, and for a word that is not known."""
SHARE_KEPT = 0.95
"""The share of the texts whose words are all kept as tokens, where nothing else is said."""
MOST_KEPT = 500


@dataclass(frozen=True)
class Rows:
    """Of each of n texts which of the columns are not 0, and what stands there: both (n, k), filled up with values of
    0 where a text has fewer."""

    places: NDArray[np.int64]
    values: NDArray[np.float32]


def pieces(text: str, how: TextPreparation) -> list[str]:
    """The words, runs of words or runs of characters of a text."""
    if how.lower_case:
        text = text.lower()
    if how.unit == "characters":
        return list(character_runs(text, how.ngrams))
    found = (WORDS if how.unit == "words" else WORDS_AND_SIGNS).findall(text)
    if how.weighting == "tokens" or how.ngrams == 1:
        return found
    runs = list(found)
    for length in range(2, how.ngrams + 1):
        runs += [" ".join(found[start : start + length]) for start in range(len(found) - length + 1)]
    return runs


def character_runs(text: str, longest: int) -> Iterator[str]:
    """Runs of two to so many characters within words, a space before and behind each (scikit-learn's char_wb)."""
    for word in SPACES.sub(" ", text).split():
        padded = f" {word} "
        for length in range(min(2, longest), longest + 1):
            yield padded[:length]
            for start in range(1, len(padded) - length + 1):
                yield padded[start : start + length]
            if length >= len(padded):
                break  # a short word counts once


def vocabulary_of(texts: Sequence[str], how: TextPreparation, most: int, min_count: int) -> tuple[str, ...]:
    """The most frequent pieces of some texts, in the order of the alphabet, of those in at least so many of them."""
    total, texts_with = Counter[str](), Counter[str]()
    for text in texts:
        found = pieces(text, how)
        total.update(found)
        texts_with.update(set(found))
    known = [piece for piece, count in texts_with.items() if count >= min_count]
    known.sort(key=lambda piece: (-total[piece], piece))
    return tuple(sorted(known[:most]))


def idf_of(texts: Sequence[str], how: TextPreparation, words: Sequence[str]) -> tuple[float, ...]:
    """How rare each word is: ln((1 + n) / (1 + texts with it)) + 1, scikit-learn's smooth one."""
    texts_with = Counter[str]()
    for text in texts:
        texts_with.update(set(pieces(text, how)))
    return tuple(math.log((1 + len(texts)) / (1 + texts_with[word])) + 1 for word in words)


def usual_length(texts: Sequence[str], how: TextPreparation) -> int:
    """How many words nearly all of some texts have."""
    lengths = np.array([len(pieces(text, how)) for text in texts] or [1])
    return int(np.clip(np.ceil(np.quantile(lengths, SHARE_KEPT)), 1, MOST_KEPT))


def tokens_of(texts: Sequence[str], how: TextPreparation, words: Sequence[str]) -> NDArray[np.float32]:
    """The numbers of the first words of each text (n, length), with none before them where it has fewer."""
    number = {word: place for place, word in enumerate(words, 2)}
    found = np.zeros((len(texts), how.length), np.float32)
    for row, text in enumerate(texts):
        tokens = [number.get(word, UNKNOWN) for word in pieces(text, how)[: how.length]]
        if tokens:
            found[row, -len(tokens) :] = tokens
    return found


def weights_of(texts: Sequence[str], how: TextPreparation, words: Sequence[str]) -> Rows:
    """What each text has at the places of the words it holds."""
    place = {word: number for number, word in enumerate(words)}
    found = [Counter(place[piece] for piece in pieces(text, how) if piece in place) for text in texts]
    width = max((len(counts) for counts in found), default=0)
    places = np.zeros((len(texts), width), np.int64)
    values = np.zeros((len(texts), width), np.float32)
    for row, counts in enumerate(found):
        numbers = sorted(counts)
        places[row, : len(numbers)] = numbers
        values[row, : len(numbers)] = weighted(np.array([counts[one] for one in numbers]), numbers, how)
    return Rows(places, values)


def weighted(counts: NDArray[np.int64], numbers: Sequence[int], how: TextPreparation) -> NDArray[np.float64]:
    """Counts as presence, as they are, or as tf-idf of length 1."""
    if how.weighting == "presence":
        return np.ones(len(counts))
    if how.weighting == "counts" or len(counts) == 0:
        return counts.astype(np.float64)
    values = counts * np.array([how.idf[one] for one in numbers])
    return np.asarray(values / np.linalg.norm(values))
