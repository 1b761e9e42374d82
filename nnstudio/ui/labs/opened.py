"""Opens labs, each at most once, and opens them again when language or colours change."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nnstudio.ui.labs.chain_lab import ChainLab
from nnstudio.ui.labs.errors_lab import ErrorsLab
from nnstudio.ui.labs.hidden_space_lab import HiddenSpaceLab
from nnstudio.ui.labs.initialization_lab import InitializationLab
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.landscape_lab import LandscapeLab
from nnstudio.ui.labs.layers_lab import LayersLab
from nnstudio.ui.labs.masks_lab import MasksLab
from nnstudio.ui.labs.softmax_lab import SoftmaxLab
from nnstudio.ui.training.trainer import Trainer

LABS: dict[str, Callable[[Trainer, QWidget], Lab]] = {
    "actionChainLab": ChainLab,
    "actionSoftmaxLab": SoftmaxLab,
    "actionLayersLab": LayersLab,
    "actionErrorsLab": ErrorsLab,
    "actionMasksLab": MasksLab,
    "actionInitializationLab": InitializationLab,
    "actionHiddenSpaceLab": HiddenSpaceLab,
    "actionLandscapeLab": LandscapeLab,
}
"""By the command that opens them."""


class Labs:
    """The labs of one window."""

    def __init__(self, window: QWidget, trainer: Trainer) -> None:
        self.window = window
        self.trainer = trainer
        self.open: dict[str, Lab] = {}

    def show(self, name: str) -> Lab:
        """Open a lab, or bring the one that is open to the front."""
        lab = self.open.get(name)
        if lab is None:
            lab = self.open[name] = LABS[name](self.trainer, self.window)
            lab.finished.connect(lambda _result, name=name: self.open.pop(name, None))
            lab.show()
        lab.raise_()
        lab.activateWindow()
        return lab

    def close(self) -> list[str]:
        """Close all; the names of those that were open."""
        names = list(self.open)
        for lab in list(self.open.values()):
            lab.close()
        return names
