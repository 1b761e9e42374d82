"""The four views of a study as pictures for a report, each with what is to be seen on it in words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from nnstudio.ui.look.picture import as_png
from nnstudio.ui.studies.best_so_far import BestSoFar
from nnstudio.ui.studies.parallel_plot import ParallelPlot
from nnstudio.ui.studies.settings_plot import SettingsPlot
from nnstudio.ui.studies.trial_curves import TrialCurves

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Outcomes, StudyOptimism

KINDS = SettingsPlot, TrialCurves, ParallelPlot, BestSoFar
SIZE = QSize(620, 340)
MOST = 1600
"""Pixels that a picture has across at most."""


@dataclass(frozen=True)
class StudyPicture:
    """A view by its name, what it is called, its picture as PNG in the light colours, and what is seen, in words."""

    view: str
    title: str
    picture: bytes
    words: str


def pictures_of(outcomes: "Outcomes", optimism: "StudyOptimism | None", size: QSize = SIZE) -> tuple[StudyPicture, ...]:
    """All four views of a study; no window need show them."""
    found = []
    for kind in KINDS:
        plot = kind()
        plot.resize(size)
        plot.show_outcomes(outcomes, optimism)
        plot.grab()  # the axes take the room of their labels when they are first painted
        picture = plot.picture(lambda scene, area: as_png(scene, area, MOST))
        found.append(StudyPicture(plot.objectName(), plot.accessibleName(), picture, plot.sentence()))
        plot.deleteLater()
    return tuple(found)
