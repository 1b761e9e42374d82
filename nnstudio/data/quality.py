"""What is worth knowing of data before a network is trained on it: how many rows, how even the classes, how easy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from nnstudio.project.model import ColumnFacts, DataChoice
from nnstudio.project.preparation import Preparation, Task
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _

FEW_ROWS = 50
"""Fewer rows to train on than these are said to be few."""
UNEVEN = 0.8
"""A class with this share of the rows is said to be most of them."""


@dataclass(frozen=True)
class Measured:
    """How many training rows each class has, and what is right of the validation part, or of the training part where
    there is none, when always the most frequent one is answered."""

    class_rows: tuple[int, ...] = ()
    baseline: float = 0.0


def measured(task: Task, classes: Sequence[str], train: NDArray[Any], validation: NDArray[Any]) -> Measured:
    """What is known of the targets of two parts."""
    if task != "class":
        return Measured()
    counts = np.bincount(train, minlength=len(classes))
    looked_at = validation if len(validation) else train
    share = float(np.mean(looked_at == int(counts.argmax())))
    return Measured(tuple(int(count) for count in counts), share)


def words(task: Task, classes: Sequence[str], found: Measured, train: int, choice: DataChoice) -> list[str]:
    """What should be thought of, in words."""
    said = []
    if train < FEW_ROWS:
        text = translate_count(
            "Only {count} row trains: what is measured on so few is much by chance.",
            "Only {count} rows train: what is measured on so few is much by chance.",
            train,
        )
        said.append(text.format(count=Count(train)))
    if task != "class":
        return said
    baseline = _(
        "Who always answers “{name}” is right in {share:.1%} of the validation part: a network must do better."
    )
    if not choice.validation:
        baseline = _(
            "Who always answers “{name}” is right in {share:.1%} of the training part: a network must do better."
        )
    said.append(baseline.format(name=classes[int(np.argmax(found.class_rows))], share=found.baseline))
    largest = max(found.class_rows) / max(1, train)
    if largest > max(UNEVEN, 1.5 / len(classes)) and choice.class_weights == "none":
        said.append(
            _(
                "“{name}” is {share:.1%} of the training rows. Look at the balanced accuracy, or set the class weights "
                "to balanced."
            ).format(name=classes[int(np.argmax(found.class_rows))], share=largest)
        )
    absent = [name for name, count in zip(classes, found.class_rows, strict=True) if not count]
    if absent:
        text = translate_count(
            "The class {names} has no row in the training part.",
            "The classes {names} have no row in the training part.",
            len(absent),
        )
        said.append(text.format(names=", ".join(f"“{name}”" for name in absent[:8])))
    return said


def wrong_way() -> str:
    """What is said where scaling is measured on all rows."""
    return _(
        "The wrong way, to be shown: means and deviations are measured on all rows, so that training knows something "
        "of the rows that should be unseen."
    )


def with_left_out(facts: Sequence[ColumnFacts], preparation: Preparation) -> tuple[ColumnFacts, ...]:
    """The columns with those as left out that were to be inputs and could not be."""
    used = {column.name for column in preparation.columns} | {
        source for made in preparation.made for source in made.sources
    }
    if any(column.count > 1 for column in preparation.columns):
        return tuple(facts)
    return tuple(
        one if one.role != "input" or one.name in used else replace(one, role="ignored", reason=left_out_words())
        for one in facts
    )


def left_out_words() -> str:
    return _("Nothing could be learnt from it.")
