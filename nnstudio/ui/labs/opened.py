"""Opens labs, each at most once, and opens them again when language or colours change."""

from PySide6.QtWidgets import QWidget

from nnstudio.ui.labs import (
    chain_lab,
    choosing_lab,
    errors_lab,
    hidden_space_lab,
    hinton_lab,
    initialization_lab,
    landscape_lab,
    layers_lab,
    looks_lab,
    maps_lab,
    masks_lab,
    predict_lab,
    softmax_lab,
    threshold_lab,
    try_lab,
    words_lab,
)
from nnstudio.ui.labs.lab import Lab, LabType
from nnstudio.ui.training.trainer import Trainer

MODULES = (
    try_lab,
    predict_lab,
    chain_lab,
    softmax_lab,
    maps_lab,
    looks_lab,
    layers_lab,
    hinton_lab,
    errors_lab,
    threshold_lab,
    words_lab,
    masks_lab,
    initialization_lab,
    landscape_lab,
    hidden_space_lab,
    choosing_lab,
)
"""In the order of the menu. To add a lab: write its module with its `LAB`, and name the module here."""

LABS: dict[str, LabType] = {module.LAB.command: module.LAB for module in MODULES}
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
            lab = self.open[name] = LABS[name].make(self.trainer, self.window)
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
