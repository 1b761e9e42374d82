"""The second page of the lab “What a map looks for”: what of a picture the answer hangs on."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.project.preparation import Preparation
from nnstudio.text import percent
from nnstudio.text import translate as _
from nnstudio.ui.labs.map_columns import heading
from nnstudio.ui.labs.map_strip import Scale
from nnstudio.ui.labs.map_words import span_text, written
from nnstudio.ui.labs.page import Page
from nnstudio.ui.labs.picture_views import OverPicture
from nnstudio.ui.labs.sample_picker import SamplePicker
from nnstudio.ui.look.fields import NumberBox
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.heatmap import strongest_of

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Occlusion

SMALLEST, USUAL, LARGEST = 2, 3, 8
"""Pixels of the square's side."""


class OcclusionPage(Page):
    """On the left the picture with how the probability changes where the square is, on the right the gradient."""

    asked = Signal()
    """Another sample, or another square."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Occlusion | None = None
        self.place = -1, -1
        self._preparation: Preparation | None = None
        self.picker = SamplePicker()
        self.size_of = NumberBox()
        self.size_of.setRange(SMALLEST, LARGEST)
        self.size_of.setValue(USUAL)
        self.size_of.setAccessibleName(_("Side of the grey square"))
        self.covers = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.over = OverPicture(_("Probability with the square at each place"))
        self.slope = OverPicture(_("Gradient of the probability by the picture"))
        self.over_title, self.slope_title = heading(), heading()
        self.over_scale, self.slope_scale = Scale(), Scale()
        self.words = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.words.setObjectName("occlusionWords")
        self.words.setFont(sized(self.words.font(), 1.15, bold=True))
        self.where = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.where.setObjectName("occlusionPlace")
        for title in (self.over_title, self.slope_title):
            title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top, columns = QHBoxLayout(), QHBoxLayout()
        label = QLabel(_("Grey square"), textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(self.size_of)
        for widget in (label, self.size_of, self.covers):
            top.addWidget(widget)
        top.addSpacing(16)
        top.addWidget(self.picker, 1)
        for title, view, scale in (
            (self.over_title, self.over, self.over_scale),
            (self.slope_title, self.slope, self.slope_scale),
        ):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(title)
            column.addWidget(view, 1)
            column.addWidget(scale)
            columns.addLayout(column, 1)
        columns.setSpacing(20)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(QMargins())
        layout.addLayout(top)
        layout.addLayout(columns, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.where)

    def _connect(self) -> None:
        self.picker.picked.connect(self.asked)
        self.size_of.valueChanged.connect(self.asked)
        for view, go in ((self.over, self.go_to), (self.slope, self._go_to_pixel)):
            view.pointed.connect(go)
            view.pressed.connect(go)
            view.moved.connect(go)
            view.turned.connect(lambda step: self.picker.number.setValue(self.picker.number.value() + step))

    def first_focus(self) -> QWidget:
        return self.over

    # --- what is shown ----------------------------------------------------------------------------------------------

    def show_occlusion(self, found: "Occlusion", preparation: Preparation) -> None:
        self.show_body()
        is_other = self.found is None or self.found.shares.shape != found.shares.shape
        self.found, self._preparation = found, preparation
        if is_other:
            rows, columns = found.shares.shape
            self.place = rows // 2, columns // 2
        changes = found.shares - found.probability
        steepest, strongest = strongest_of(found.gradient), strongest_of(changes)
        self.covers.setText(_("{side} × {side} pixels").format(side=found.side))
        self.over.show_over(found.colors, changes, strongest, found.shares.round(3), found.step)
        self.slope.show_alone(found.gradient, steepest)
        self.over_scale.show_strongest(strongest)
        self.slope_scale.show_strongest(steepest, has_signs=False)
        name = preparation.classes[found.true]
        self.over_title.setText(_("How the probability of “{name}” changes where the square is").format(name=name))
        self.slope_title.setText(
            _("|∂p/∂x|: how much the probability of “{name}” hangs on each pixel").format(name=name)
        )
        self.words.setText(self._whole_words(name))
        self.go_to(*self.place)

    def _whole_words(self, name: str) -> str:
        """What is found in the whole picture."""
        assert self.found is not None
        words = _("p({name}): {share} without the square").format(name=name, share=percent(self.found.probability))
        if not self.found.is_whole:
            done = 1.0 - float(np.isnan(self.found.shares).mean())
            return words + "; " + _("{done:.0%} of the places are computed …").format(done=done)
        least = np.unravel_index(int(self.found.shares.argmin()), self.found.shares.shape)
        rows, columns = self._spans(int(least[0]), int(least[1]))
        return (
            words
            + "; "
            + _("lowest, {share}, with the square on rows {rows}, columns {columns}").format(
                share=percent(float(self.found.shares.min())), rows=rows, columns=columns
            )
        )

    def _go_to_pixel(self, row: int, column: int) -> None:
        if self.found is not None:
            self.go_to(row // self.found.step, column // self.found.step)

    def go_to(self, row: int, column: int) -> None:
        """Look at the square at a place."""
        if self.found is None:
            return
        step = self.found.step
        self.place = row, column
        square = self.found.square(row, column)
        self.over.place = row, column
        self.over.frame_pixels(square)
        middle = [
            min(one * step + step // 2, most - 1)
            for one, most in zip(self.place, self.found.gradient.shape, strict=True)
        ]
        self.slope.place = middle[0], middle[1]
        self.slope.frame_pixels(square)
        self.where.setText(self._place_words(row, column, float(self.found.gradient[middle[0], middle[1]])))
        for one in (self.over, self.slope):
            one.setAccessibleDescription(f"{self.words.text()}. {self.where.text()}")

    def _place_words(self, row: int, column: int, slope: float) -> str:
        assert self.found is not None and self._preparation is not None
        share = self.found.shares[row, column]
        rows, columns = self._spans(row, column)
        name = self._preparation.classes[self.found.true]
        if np.isnan(share):
            words = _("Square on rows {rows}, columns {columns}: not computed yet.").format(rows=rows, columns=columns)
        else:
            words = _("Square on rows {rows}, columns {columns}: p({name}): {share}.").format(
                rows=rows, columns=columns, name=name, share=percent(float(share))
            )
        return words + "  " + _("|∂p/∂x| in its middle: {slope}.").format(slope=written(slope))

    def _spans(self, row: int, column: int) -> tuple[str, str]:
        """The rows and the columns that the square at a place covers, in words."""
        assert self.found is not None
        top, left, bottom, right = self.found.square(row, column)
        height, width = self.found.gradient.shape
        return span_text(np.arange(top, bottom + 1), height), span_text(np.arange(left, right + 1), width)
