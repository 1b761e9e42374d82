"""What choosing by a part came to, in sentences: of one division, and of all."""

from typing import TYPE_CHECKING

import numpy as np

from nnstudio.text import Count, percent
from nnstudio.text import translate as _

if TYPE_CHECKING:
    from nnstudio.ui.background.results import By, Choices

FAULTLESS = 0.9995
"""From this accuracy on, the number that is told cannot be too high."""


def story(choices: "Choices", division: int, by: "By") -> str:
    """What is told of one division, and how true it is; what the other way to choose would have told."""
    said, truth, lie = (one(by)[division] for one in (choices.said, choices.truth, choices.lies))
    number = int(choices.chosen[by][division]) + 1
    other: By = "validation" if by == "test" else "test"
    named = {
        "number": number,
        "candidates": len(choices.test),
        "said": number_text(choices, said),
        "truth": number_text(choices, truth),
        "fresh": Count(choices.fresh_rows),
        "lie": gap_text(choices, lie) if by == "test" else signed_text(choices, lie),
        "other": number_text(choices, choices.said(other)[division]),
        "other_lie": signed_text(choices, choices.lies(other)[division]),
    }
    return (lying_words(lie) if by == "test" else honest_words()).format(**named)


def lying_words(lie: float) -> str:
    if lie > 0:
        return _(
            "Chosen by the test part, candidate {number} of {candidates} says {said}. On {fresh} fresh rows it gives "
            "{truth}: it lied by {lie}. The honest choice says {other} and is off by {other_lie}."
        )
    return _(
        "Chosen by the test part, candidate {number} of {candidates} says {said}. On {fresh} fresh rows it gives "
        "{truth}: this once it did not lie, by chance. The honest choice says {other} and is off by {other_lie}."
    )


def honest_words() -> str:
    return _(
        "Chosen by the validation part, candidate {number} of {candidates} says {said} on the test part, which chose "
        "nothing. On {fresh} fresh rows it gives {truth}: it is off by {lie}. Chosen by the test part, it would have "
        "said {other} and been off by {other_lie}."
    )


def average(choices: "Choices") -> str:
    """What all divisions say together, with their spread."""
    lies, honest = choices.lies("test"), choices.lies("validation")
    words = _(
        "Over {count} divisions by chance, the number told is too high by {lie} on average where the test part has "
        "chosen (standard deviation {spread}; too high in {share} of them), and by {honest} where the validation part "
        "has (standard deviation {honest_spread}; {honest_share})."
    )
    if not choices.is_value and choices.truth("test").mean() > FAULTLESS:
        return _(
            "The best candidates make no mistake at all, so there is nothing to lie about. Take a harder problem, such "
            "as a toy problem with noise, or a smaller network."
        )
    return words.format(
        count=Count(choices.divisions),
        lie=gap_text(choices, lies.mean()),
        spread=gap_text(choices, lies.std()),
        share=percent(float(np.mean(lies > 0)), 0),
        honest=gap_text(choices, honest.mean()),
        honest_spread=gap_text(choices, honest.std()),
        honest_share=percent(float(np.mean(honest > 0)), 0),
    )


def number_text(choices: "Choices", number: float) -> str:
    return _("R² {number:.3f}").format(number=number) if choices.is_value else percent(number)


def gap_text(choices: "Choices", gap: float) -> str:
    """A difference of two numbers: of accuracies in points."""
    # Rounded first: there is no minus before 0.
    if choices.is_value:
        return f"{round(gap, 3) + 0.0:.3f}"
    return _("{points:.1f} points").format(points=round(100 * gap, 1) + 0.0)


def signed_text(choices: "Choices", gap: float) -> str:
    """A difference with its sign."""
    if choices.is_value:
        return f"{round(gap, 3) + 0.0:+.3f}"
    return _("{points:+.1f} points").format(points=round(100 * gap, 1) + 0.0)
