"""The worst mistakes as pictures or rows, and what the units of the first layer look for in pictures."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.sample_cells import WIDEST, cells_of, sentence_tooltip, unscaled
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.heatmap import signed_picture
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import LargestErrors, Misclassified

PICTURE = 76
"""Pixels of a picture's side."""
MOST_COLUMNS = 10


class ErrorsLab(Lab):
    """What the network is most wrong about among the validation samples, by its loss."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(trainer, parent, _("Largest errors"), introduction("class"))
        self.setObjectName("mistakesLab")
        self.pictures, self.units = gallery(_("Largest errors")), gallery(_("Weights of the first layer"))
        self.table = QTableWidget()
        self.table.setAccessibleName(_("Largest errors"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.tabs = QTabWidget(documentMode=True)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        for widget, title in (
            (self.pictures, _("Errors")),
            (self.table, _("Errors")),
            (self.units, _("First layer's weights")),
        ):
            self.tabs.addTab(widget, title)
        resize_on_screen(self, 760, 560)
        self.look()

    def refresh(self) -> None:
        if self.dataset is not None and self.run_shown is not None:
            self.ask(partial(lab_jobs.judge, self.run_shown, self.dataset), self._show)

    def _show(self, judgement: "LargestErrors") -> None:
        assert self.run_shown is not None
        self.introduction.setText(introduction(self.run_shown.preparation.task))
        if self.run_shown.preparation.task == "class":
            title = _("{count} of {samples} wrong").format(count=judgement.wrong_classes, samples=judgement.samples)
        else:
            title = _("worst of {samples}").format(samples=judgement.samples)
        has_pictures = bool(judgement.wrong) and judgement.picture_size is not None
        for place, visible in enumerate((has_pictures, not has_pictures, judgement.pictures is not None)):
            self.tabs.setTabVisible(place, visible)
        for place in (0, 1):
            self.tabs.setTabText(place, title)
        if has_pictures:
            self._show_pictures(judgement)
        else:
            self._show_rows(judgement)
        self.units.clear()
        for number, weights in enumerate(judgement.pictures if judgement.pictures is not None else ()):
            item = QListWidgetItem(icon_of(signed_picture(weights)), _("unit {number}").format(number=number + 1))
            self.units.addItem(item)

    def _show_pictures(self, judgement: "LargestErrors") -> None:
        assert self.run_shown is not None
        self.pictures.clear()
        for wrong in judgement.wrong:
            picture = unscaled(self.run_shown.preparation, wrong.inputs).reshape(judgement.picture_size or ())
            item = QListWidgetItem(icon_of(grey_image(picture)), self._answer(wrong))
            item.setToolTip(_("row {row}, loss {loss:.4g}").format(row=wrong.row + 1, loss=wrong.loss))
            self.pictures.addItem(item)

    def _show_rows(self, judgement: "LargestErrors") -> None:
        assert self.run_shown is not None and self.dataset is not None
        preparation, texts = self.run_shown.preparation, self.dataset.texts
        names = [column.name for column in preparation.columns][:MOST_COLUMNS]
        preview = [_("Row"), _("Answer"), _("Loss"), *names]
        self.table.setColumnCount(len(preview))
        self.table.setHorizontalHeaderLabels(preview)
        self.table.setRowCount(len(judgement.wrong))
        for row, wrong in enumerate(judgement.wrong):
            columns = cells_of(preparation, wrong.inputs, len(names), texts, wrong.row)
            cells = [str(wrong.row + 1), self._answer(wrong), f"{wrong.loss:.4g}", *columns]
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(sentence_tooltip(text))
                self.table.setItem(row, column, item)
        self.table.verticalHeader().hide()
        self.table.resizeColumnsToContents()
        for column, width in ((column, self.table.columnWidth(column)) for column in range(len(preview))):
            self.table.setColumnWidth(column, min(WIDEST, width))
        self.table.horizontalHeader().setStretchLastSection([one.kind for one in preparation.columns] == ["text"])

    def _answer(self, wrong: "Misclassified") -> str:
        """What was answered, and what would have been right."""
        assert self.run_shown is not None
        classes = self.run_shown.preparation.classes
        if not classes:
            return _("{answer:.4g}, true {truth:.4g}").format(answer=wrong.answer, truth=wrong.truth)
        answer, truth = classes[int(wrong.answer)], classes[int(wrong.truth)]
        if wrong.answer == wrong.truth:
            return _("{truth} ✓ {share:.0%}").format(truth=truth, share=wrong.truth_share)
        return f"{truth} → {answer} {wrong.answer_share:.0%}"


def introduction(task: str) -> str:
    if task == "class":
        return _(
            "The validation samples with the largest loss, worst first: where the network was surest of a wrong "
            "answer. “5 → 7 90%” is a 5 taken for a 7 with 90 % probability. Look for what they have in common."
        )
    return _(
        "The validation samples with the largest loss, worst first: where the answer is farthest from the true value. "
        "Look for what they have in common."
    )


def gallery(name: str) -> QListWidget:
    """Pictures beside each other with a line of words below each."""
    made = QListWidget()
    made.setAccessibleName(name)
    made.setViewMode(QListView.ViewMode.IconMode)
    made.setResizeMode(QListView.ResizeMode.Adjust)
    made.setMovement(QListView.Movement.Static)
    made.setIconSize(QSize(PICTURE, PICTURE))
    made.setGridSize(QSize(PICTURE + 42, PICTURE + 36))
    made.setWordWrap(True)
    made.setUniformItemSizes(True)
    return made


def grey_image(picture: NDArray[np.float32]) -> QImage:
    """Dark ink on light paper, from the lowest value to the highest."""
    lowest, highest = float(picture.min()), float(picture.max())
    shades = 255 - (picture - lowest) / max(highest - lowest, 1e-9) * 255
    pixels = np.ascontiguousarray(shades.astype(np.uint8))
    height, width = pixels.shape
    return QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()


def icon_of(image: QImage) -> QIcon:
    """The picture, point by point."""
    scaled = image.scaled(
        PICTURE, PICTURE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
    )
    return QIcon(QPixmap.fromImage(scaled))
