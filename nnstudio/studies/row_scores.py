"""What each setting of a study scored on each validation row, from what was kept of its trials; and the optimism that
follows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.project.validation_rows import read_validation
from nnstudio.studies.optimism import Optimism, optimism
from nnstudio.studies.outcomes import Outcomes
from nnstudio.text import UserError
from nnstudio.text import translate as _

SPLITTING = ("data.validation", "data.test", "data.seed", "data.split", "data.stratify", "data.source", "data.group")
"""Settings that decide which rows the validation part has."""


@dataclass(frozen=True)
class StudyOptimism:
    """How much of the best setting's lead is luck; or why that cannot be told, in words. `of` says for each setting,
    in the order tried, how many of those up to it have rows (k,)."""

    found: Optimism | None
    reason: str = ""
    of: NDArray[np.intp] | None = None

    @property
    def settings(self) -> int:
        """Of how many settings it is."""
        return 0 if self.of is None else len(self.of)

    def after(self, settings: int) -> float:
        """By how much the best of the first so many settings looks too good; NaN where that is not known."""
        if self.found is None or self.of is None or not 0 < settings <= len(self.of) or not self.of[settings - 1]:
            return float("nan")
        return float(self.found.of_first[self.of[settings - 1] - 1])

    def band(self) -> NDArray[np.float64]:
        """The same for the first 1, 2 … k settings (k,)."""
        if self.found is None or self.of is None:
            return np.empty(0)
        known = np.append(np.nan, self.found.of_first)
        return np.asarray(known[self.of])


def study_optimism(outcomes: Outcomes) -> StudyOptimism:
    """The optimism of choosing the best by a study's measure."""
    if any(variable.key in SPLITTING for variable in outcomes.study.variables):
        words = _("The settings are measured on different rows, so how much of a lead is luck cannot be told.")
        return StudyOptimism(None, words)
    try:
        kept = kept_rows(outcomes)
    except UserError as error:
        return StudyOptimism(None, str(error))
    if kept is None:
        return StudyOptimism(
            None, _("The validation rows of these trials were not kept, so how much is luck cannot be told.")
        )
    if len(kept[0]) < 2:
        return StudyOptimism(None, _("With one setting there is nothing to choose, and no luck in choosing."))
    rows, settings = kept
    has_rows = np.zeros(len(outcomes.numbers), np.intp)
    has_rows[settings] = 1
    return StudyOptimism(optimism(rows), "", np.cumsum(has_rows))


def kept_rows(outcomes: Outcomes) -> tuple[NDArray[np.float32], NDArray[np.intp]] | None:
    """The mean score over its seeds of each setting on each row (m, n), higher is better, and which settings these are
    (m,); None where nothing was kept. Trials with another number of rows than the first are left out.

    UserError for rows that are damaged.
    """
    sums: list[NDArray[np.float32]] = []
    settings: list[int] = []
    size = 0
    for setting in range(len(outcomes.numbers)):
        found = []
        for place in outcomes.trials_of(setting):
            scores = row_scores(outcomes, place)
            size = size or len(scores)
            if len(scores) and len(scores) == size:
                found.append(scores)
        if found:
            sums.append(found[0] if len(found) == 1 else np.mean(found, axis=0, dtype=np.float32))
            settings.append(setting)
    return (np.stack(sums), np.array(settings, np.intp)) if sums else None


def row_scores(outcomes: Outcomes, place: int) -> NDArray[np.float32]:
    """What a trial scored on each row (n,); none where they were not kept.

    A balanced accuracy is told by plain correctness: of which class a row is was not kept.
    """
    content = outcomes.runs[place].validation
    if not content:
        return np.empty(0, np.float32)
    rows = read_validation(content)
    if outcomes.is_lower_better or rows.correct is None:
        return np.asarray(-rows.loss, np.float32)
    return rows.correct.astype(np.float32)
