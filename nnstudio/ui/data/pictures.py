"""The first samples of the data as pictures, each with its class below it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem

from nnstudio.text import translate as _
from nnstudio.ui.look import theme

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Dataset

AXES = 3
"""Channels, height and width."""
SIDE, MOST = 44, 30
"""Pixels along a picture's longer side as it is shown, and how many are shown."""


class Pictures(QListWidget):
    """A picture for each of the first rows; nothing where samples are none."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pictures")
        self.setAccessibleName(_("First pictures"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(SIDE + 18, SIDE + self.fontMetrics().height() + 12))
        self.setFixedHeight(3 * self.gridSize().height() + 8)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_dataset(self, dataset: "Dataset") -> bool:
        """Show the first samples; whether they are pictures."""
        self.clear()
        shape = dataset.preparation.sample_shape
        if len(shape) != AXES or shape[0] not in (1, 3):
            return False
        inputs, classes = dataset.train.all_inputs[:MOST], dataset.preparation.classes
        for row, image in enumerate(images_of(inputs)):
            target = dataset.train.all_targets[row]
            name = classes[int(target)] if dataset.preparation.task == "class" else ""
            item = QListWidgetItem(QIcon(QPixmap.fromImage(image)), name[:12])
            item.setToolTip(name)
            self.addItem(item)
        return True

    def light_up(self, rows: Iterable[int]) -> None:
        """Mark those that are in the batch just learnt from."""
        lit = {int(row) for row in rows}
        color = theme.rgb(theme.colors().selection)
        brush = QBrush(QColor(*color, 70))
        for row in range(self.count()):
            self.item(row).setBackground(brush if row in lit else QBrush())


def images_of(samples: NDArray[Any]) -> list[QImage]:
    """Samples (n, channels, height, width) as pictures, each from its darkest to its brightest value."""
    found = []
    for sample in np.nan_to_num(samples.astype(np.float32)):
        low, high = float(sample.min()), float(sample.max())
        levels = np.rint((sample - low) * (255 / (high - low if high > low else 1.0))).astype(np.uint8)
        channels, height, width = levels.shape
        kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
        laid_out = np.ascontiguousarray(levels.transpose(1, 2, 0))
        image = QImage(laid_out.tobytes(), width, height, channels * width, kind).copy()
        smooth = max(height, width) > SIDE
        mode = Qt.TransformationMode.SmoothTransformation if smooth else Qt.TransformationMode.FastTransformation
        found.append(image.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, mode))
    return found
