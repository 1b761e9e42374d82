"""The labs there are; opens them, each at most once, and again when language or colours change."""

from PySide6.QtWidgets import QWidget

from nnstudio.text import mark
from nnstudio.ui.labs.lab import Lab, LabType
from nnstudio.ui.training.trainer import Trainer

DECLARED = (
    LabType(
        "actionTryLab",
        mark("&Try it …"),
        mark("Ask the trained network: pick a sample, type a row, or draw"),
        ("Ctrl+T",),
        "try_lab.TryLab",
    ),
    LabType(
        "actionPredictLab",
        mark("&Predict new rows …"),
        mark("What the network answers for the rows of a file, or for one typed by hand"),
        ("Ctrl+Alt+P",),
        "predict_lab.PredictLab",
    ),
    LabType(
        "actionChainLab",
        mark("&One sample, forward and backward …"),
        mark("Follow one sample through the network and its error back, factor by factor"),
        ("Ctrl+1",),
        "chain_lab.ChainLab",
    ),
    LabType(
        "actionSoftmaxLab",
        mark("&Softmax and cross-entropy …"),
        mark("Drag logits and see probabilities, loss and gradient follow"),
        ("Ctrl+2",),
        "softmax_lab.SoftmaxLab",
    ),
    LabType(
        "actionMapsLab",
        mark("How a &map comes about …"),
        mark("See the window of a convolution or pooling slide, and every product of it"),
        ("Ctrl+M",),
        "maps_lab.MapsLab",
    ),
    LabType(
        "actionLooksLab",
        mark("&What a map looks for …"),
        mark("The training patches that excite a map most, and what of a picture an answer hangs on"),
        ("Ctrl+Shift+W",),
        "looks_lab.LooksLab",
    ),
    LabType(
        "actionLayersLab",
        mark("&Layers …"),
        mark("Histograms of the weights of each layer and of what enters its activations"),
        ("Ctrl+3",),
        "layers_lab.LayersLab",
    ),
    LabType(
        "actionHintonLab",
        mark("&Hinton diagram …"),
        mark("The weights of a layer as squares: what its units have come to mean"),
        ("Ctrl+Shift+H",),
        "hinton_lab.HintonLab",
    ),
    LabType(
        "actionErrorsLab",
        mark("&Largest errors …"),
        mark("What the network is most wrong about, and the weights of its first layer as pictures"),
        ("Ctrl+4",),
        "errors_lab.ErrorsLab",
    ),
    LabType(
        "actionThresholdLab",
        mark("Th&reshold …"),
        mark("Move the threshold of a two-class answer, and see precision, recall and both curves follow"),
        ("Ctrl+Shift+T",),
        "threshold_lab.ThresholdLab",
    ),
    LabType(
        "actionWordsLab",
        mark("&Words …"),
        mark("Which words of a message mattered, which speak for a class, and which lie near each other"),
        ("Ctrl+Shift+X",),
        "words_lab.WordsLab",
    ),
    LabType(
        "actionMasksLab",
        mark("&Dropout masks …"),
        mark("One sample under many dropout masks, and how far its answers spread"),
        ("Ctrl+5",),
        "masks_lab.MasksLab",
    ),
    LabType(
        "actionInitializationLab",
        mark("&Initial weights …"),
        mark("What the standard deviation of the initial weights does to values and gradients"),
        ("Ctrl+6",),
        "initialization_lab.InitializationLab",
    ),
    LabType(
        "actionLandscapeLab",
        mark("Loss l&andscape …"),
        mark("The loss on a plane through all weights, and the path of training on it"),
        ("Ctrl+7",),
        "landscape_lab.LandscapeLab",
    ),
    LabType(
        "actionHiddenSpaceLab",
        mark("&Hidden space …"),
        mark("Where a layer of two units moves the points of the plane"),
        ("Ctrl+8",),
        "hidden_space_lab.HiddenSpaceLab",
    ),
    LabType(
        "actionChoosingLab",
        mark("Choosing b&y the test set …"),
        mark("By how many points the best of many networks looks too good when the test set has chosen it"),
        ("Ctrl+Shift+Y",),
        "choosing_lab.ChoosingLab",
    ),
)
"""In the order of the menu. To add a lab: write its module, and declare it here."""

LABS: dict[str, LabType] = {lab.command: lab for lab in DECLARED}
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
