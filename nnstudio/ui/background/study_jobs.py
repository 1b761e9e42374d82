"""What came of a study, how much of it is luck and which variable matters: computed on threads."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nnstudio.project.model import Project, Study
from nnstudio.ui.background.one_core import on_one_core

if TYPE_CHECKING:
    from nnstudio.studies.importance import Importance
    from nnstudio.studies.outcomes import Outcomes
    from nnstudio.studies.row_scores import StudyOptimism


def outcomes_of(project: Project, study: Study) -> "Outcomes":
    """What came of a study so far; fast enough for the main thread: some 3 µs a trial."""
    from nnstudio.studies.outcomes import outcomes_of as find

    return find(project, study)


@on_one_core
def study_optimism(outcomes: "Outcomes") -> Iterator["StudyOptimism"]:
    """How much of the best setting's lead is luck."""
    from nnstudio.studies.row_scores import study_optimism as find

    yield find(outcomes)


@on_one_core
def importances_of(outcomes: "Outcomes") -> Iterator["tuple[Importance, ...]"]:
    """How much each variable matters; none where that cannot be told."""
    from nnstudio.studies.importance import importances

    yield importances(outcomes)
