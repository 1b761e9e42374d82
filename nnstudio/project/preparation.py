"""How rows become numbers, as frozen values: what was fitted on the training part, for new rows to be treated alike."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from nnstudio.layers.spec import Shape, Sparse, Tokens

Task = Literal["class", "value", "labels"]
"""What the target is: one of several classes, a number, or a set of labels each of which is there or not."""


class TextPreparation(Struct, frozen=True, forbid_unknown_fields=True):
    """How texts become numbers; the meaning of each is in settings.py. `idf` weighs each word for "tfidf"; `length` is
    how many words "tokens" keep of each text."""

    weighting: Literal["presence", "counts", "tfidf", "tokens"]
    unit: str = "words"
    ngrams: int = 1
    lower_case: bool = True
    length: int = 0
    idf: tuple[float, ...] = ()


class ColumnPreparation(Struct, frozen=True, forbid_unknown_fields=True):
    """What was done to one column: a number is filled, shifted by `mean` and divided by `scale`; a category is one-hot;
    of a text each of the `categories` is a word that is looked for.

    `fill` stands in for missing numbers. All of it is fitted on the training part alone.
    """

    name: str
    kind: Literal["number", "category", "text"]
    categories: tuple[str, ...] = ()
    fill: float = 0.0
    mean: float = 0.0
    scale: float = 1.0
    text: TextPreparation | None = None
    count: int = 1
    """How many values of a row are treated so: all pixels of a channel where they are many."""
    lowest: float = 0.0
    highest: float = 0.0
    """The range of the training part; new rows outside it are remarked on. Both 0 where it was not measured."""

    @property
    def width(self) -> int:
        """How many values of a sample the column becomes."""
        if self.kind == "number":
            return self.count
        return self.text.length if self.text and self.text.length else len(self.categories)


def shape_of(sizes: tuple[int, ...], vocabulary: int, is_sparse: bool) -> Shape:
    """A shape that says what it is: `Tokens` where there is a vocabulary, `Sparse` where samples are kept so."""
    if vocabulary:
        return Tokens(sizes[0], vocabulary)
    return Sparse(sizes) if is_sparse else sizes


class MadeColumn(Struct, frozen=True, forbid_unknown_fields=True):
    """A column made from others as they were read: a part of a date, or a function of numbers (data/made_columns.py).

    `argument` is what the function needs beside them: the format of a date, the edges of bins, the order of words.
    """

    name: str
    sources: tuple[str, ...]
    function: str
    argument: str = ""


class Preparation(Struct, frozen=True, forbid_unknown_fields=True):
    """How rows become numbers, so that new rows are treated exactly as the training rows were.

    The target of task "value" is shifted by `target_mean` and divided by `target_scale`. `reading` says how the file
    was read where that was a guess: new rows are read alike. `ids` are columns that only name a row.
    """

    columns: tuple[ColumnPreparation, ...]
    sample_shape: tuple[int, ...]
    task: Task
    target: str
    classes: tuple[str, ...] = ()
    target_mean: float = 0.0
    target_scale: float = 1.0
    vocabulary: int = 0
    is_sparse: bool = False
    made: tuple[MadeColumn, ...] = ()
    reading: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[str, ...] = ()

    @property
    def needed(self) -> list[str]:
        """The columns that a row must have, in the order of the training rows."""
        made = {one.name: one.sources for one in self.made}
        names = [name for column in self.columns for name in made.get(column.name, (column.name,))]
        return list(dict.fromkeys(names))

    @property
    def shape(self) -> Shape:
        """The shape of a sample, which says what it is."""
        return shape_of(self.sample_shape, self.vocabulary, self.is_sparse)
