"""What each word of a text does to a network's answer, found by leaving it out; and over many texts, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.text_inputs import Floats, inputs_with
from nnstudio.data.words import WORDS, WORDS_AND_SIGNS, pieces
from nnstudio.project.model import Run
from nnstudio.project.preparation import ColumnPreparation, Preparation, TextPreparation
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.inference import TrainedNetwork, restore
from nnstudio.training.probes import answers

RUNS = re.compile(r"\S+")
"""What words are where letters are read: between two spaces."""
SIGNS = {"words": WORDS, "words_and_signs": WORDS_AND_SIGNS, "characters": RUNS}

MOST_WORDS = 400
"""Different words of a text that are left out, each at the cost of a text: what a person can read of a table."""
MOST_TEXTS = 2000
"""Texts over which effects are averaged at most."""
AT_ONCE = 50
"""Texts between two answers."""
FEWEST = 3
"""Texts that a word must be in for a mean to be told of it."""

Spans = tuple[tuple[int, int], ...]
"""Where a word stands in a text: from which character up to which, each time."""


@dataclass(frozen=True)
class Word:
    """A word of a text, wherever it stands in it: what leaving it out everywhere takes from the probability of each
    class, `effects` (classes,), positive where the word speaks for the class. One that is not known is not in the
    vocabulary that was found in the training part."""

    word: str
    spans: Spans
    is_known: bool
    effects: NDArray[np.float64]


@dataclass(frozen=True)
class WordEffects:
    """A text with the probability of each class (classes,), and its words in the order in which they come.

    Up to the character `read_until` the network reads it. `left` counts the different words that were not asked about.
    """

    text: str
    probabilities: NDArray[np.float64]
    words: tuple[Word, ...]
    read_until: int
    left: int = 0


@dataclass(frozen=True)
class ClassWords:
    """The known words of many texts that are in at least three of them, n of them: in how many each is, `texts` (n,),
    and its mean effect in those on the probability of each class, `effects` (n, classes).

    `looked_at` of `wanted` texts went into it so far, and there are `total`.
    """

    words: tuple[str, ...]
    texts: NDArray[np.int64]
    effects: NDArray[np.float64]
    looked_at: int
    wanted: int
    total: int

    def speaking_for(self, number: int, most: int) -> list[tuple[str, float, int]]:
        """The words that raise the probability of a class most, the strongest first: word, mean effect, texts."""
        effects = self.effects[:, number]
        order = [place for place in np.argsort(-effects, kind="stable")[:most] if effects[place] > 0]
        return [(self.words[place], float(effects[place]), int(self.texts[place])) for place in order]


# --- one text -------------------------------------------------------------------------------------------------------


def word_effects(run: Run, base: Floats, name: str, text: str) -> WordEffects:
    """Ask a network for a text in the column of this name of the sample `base`, once as it is and once without each of
    its words. UserError for a network whose answer is no class."""
    check(run.preparation)
    trained, column = restore(run), text_column(run.preparation, name)
    assert column.text is not None
    spans = spans_of(text, column.text)
    asked = list(spans)[:MOST_WORDS]
    texts = [text, *(without(text, spans[word]) for word in asked)]
    found = probabilities(trained, base.repeat(len(texts), axis=0), name, texts)
    known = set(column.categories)
    words = tuple(
        Word(word, spans[word], is_known(word, column.text, known), found[0] - changed)
        for word, changed in zip(asked, found[1:], strict=True)
    )
    return WordEffects(text, found[0], words, read_until(text, column.text), len(spans) - len(asked))


def check(preparation: Preparation) -> None:
    """UserError for a network whose words cannot be told apart by what they do to a class."""
    if not any(column.text for column in preparation.columns):
        raise UserError(
            _(
                "This network reads no text. Choose data with a column of text, such as the built-in text messages "
                "“sms_spam”, and train a network on it."
            )
        )
    if preparation.task == "value":
        raise UserError(
            _(
                "This network answers with a value, and words are shown by what they do to the probability of a class. "
                "Choose a target with classes."
            )
        )


def text_column(preparation: Preparation, name: str) -> ColumnPreparation:
    return next(column for column in preparation.columns if column.name == name)


def probabilities(trained: TrainedNetwork, bases: Floats, name: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """The probability of each class (n, classes) where each of n texts stands in a sample of its own."""
    inputs = inputs_with(trained.preparation, bases, name, texts)
    return answers(trained.network, trained.loss, True, inputs).astype(np.float64)


def spans_of(text: str, how: TextPreparation) -> dict[str, Spans]:
    """The words of a text, in the order in which they first come, with the places where they stand."""
    found: dict[str, list[tuple[int, int]]] = {}
    for match in SIGNS[how.unit].finditer(text):
        word = match.group().lower() if how.lower_case else match.group()
        found.setdefault(word, []).append(match.span())
    return {word: tuple(spans) for word, spans in found.items()}


def without(text: str, spans: Spans) -> str:
    """A text without what stands at some places; a space keeps what is beside them apart."""
    kept, begin = [], 0
    for start, end in spans:
        kept.append(text[begin:start])
        begin = end
    return " ".join([*kept, text[begin:]])


def is_known(word: str, how: TextPreparation, known: set[str]) -> bool:
    """Whether the network has a number for a word, or for letters of it."""
    return any(piece in known for piece in pieces(word, how))


def read_until(text: str, how: TextPreparation) -> int:
    """The character up to which a text is read: all of it, unless only so many words are."""
    if not how.length:
        return len(text)
    ends = [match.end() for match in SIGNS[how.unit].finditer(text)]
    return ends[how.length - 1] if len(ends) > how.length else len(text)


# --- many texts -----------------------------------------------------------------------------------------------------


def class_words(run: Run, bases: Floats, name: str, texts: Sequence[str], total: int) -> Iterator[ClassWords]:
    """The mean effect of each word in the texts that hold it, of the first of `total` samples: `bases`
    (n, *as they are kept) with n texts in the column of this name. What was found so far, again and again."""
    check(run.preparation)
    trained, sums = restore(run), Sums(text_column(run.preparation, name))
    for start in range(0, len(texts), AT_ONCE):
        sums.add(trained, bases[start : start + AT_ONCE], texts[start : start + AT_ONCE])
        yield sums.found(min(start + AT_ONCE, len(texts)), len(texts), total)


class Sums:
    """The effects of each known word, added up over texts."""

    def __init__(self, column: ColumnPreparation) -> None:
        assert column.text is not None
        self.name, self.how = column.name, column.text
        self.known = set(column.categories)
        self.texts: dict[str, int] = {}
        self.effects: dict[str, NDArray[np.float64]] = {}

    def add(self, trained: TrainedNetwork, bases: Floats, texts: Sequence[str]) -> None:
        """More texts: all of them, and all of them without each of their words, are one question."""
        rows: list[int] = []
        words: list[str] = []
        asked: list[str] = []
        for row, text in enumerate(texts):
            spans = spans_of(text, self.how)
            known = [word for word in spans if is_known(word, self.how, self.known)][:MOST_WORDS]
            rows += [row] * len(known)
            words += known
            asked += [without(text, spans[word]) for word in known]
        found = probabilities(trained, bases[[*range(len(texts)), *rows]], self.name, [*texts, *asked])
        effects = found[rows] - found[len(texts) :]
        for word, effect in zip(words, effects, strict=True):
            self.texts[word] = self.texts.get(word, 0) + 1
            self.effects[word] = self.effects.get(word, 0.0) + effect

    def found(self, looked_at: int, wanted: int, total: int) -> ClassWords:
        """The means so far."""
        words = sorted(word for word, count in self.texts.items() if count >= FEWEST)
        counts = np.array([self.texts[word] for word in words], np.int64)
        classes = len(next(iter(self.effects.values()))) if self.effects else 0
        sums = np.array([self.effects[word] for word in words]).reshape(len(words), classes)
        return ClassWords(tuple(words), counts, sums / counts.reshape(-1, 1), looked_at, wanted, total)
