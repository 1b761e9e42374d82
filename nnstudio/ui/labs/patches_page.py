"""The first page of the lab “What a map looks for”: the patches that excite one map most, and the best of each map."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.project.model import Network
from nnstudio.project.names import shown_name
from nnstudio.text import Count
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.map_columns import heading
from nnstudio.ui.labs.map_strip import GAP, MapStrip
from nnstudio.ui.labs.map_words import span_text, written
from nnstudio.ui.labs.page import Page
from nnstudio.ui.labs.picture_views import FramedPicture
from nnstudio.ui.look.fields import Choice, NumberBox

if TYPE_CHECKING:
    from nnstudio.ui.background.results import BestPatches, Dataset

LARGE = 92
"""Pixels of a side of the nine patches."""
IN_A_ROW = 3
WIDEST = 260
"""Pixels of the names of layers; of a longer one the end is left out."""
MOST_POINTS = 128
"""Of more points along a side every k-th is drawn."""


class PatchesPage(Page):
    """Layer and map at the top; below them the nine patches, the sample that one of them is from, and all maps."""

    layer_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.patches: BestPatches | None = None
        self.dataset: Dataset | None = None
        self.map = self.rank = 0
        self._named: list[tuple[str, str]] = []
        self._make_controls()
        self._lay_out()
        self.layers.activated.connect(self.layer_chosen)
        self.number.valueChanged.connect(lambda value: self.choose_map(value - 1))
        self.nine.chosen.connect(self.choose_rank)
        self.all.chosen.connect(self.choose_map)
        self.all.laid_out.connect(self._reveal)

    def _make_controls(self) -> None:
        self.layers = Choice()
        self.layers.setAccessibleName(_("Layer"))
        self.layers.setMaximumWidth(WIDEST)
        self.layers.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.number = NumberBox()
        self.number.setMinimum(1)
        self.number.setAccessibleName(_("Map"))
        self.of, self.seen = (QLabel(textFormat=Qt.TextFormat.PlainText) for _place in range(2))
        self.nine_title, self.sample_title, self.all_title = heading(), heading(), heading()
        self.nine = MapStrip(_("Patches that excite the map most"), LARGE)
        self.sample = FramedPicture(_("The sample that the patch is from"))
        self.where = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.where.setObjectName("patchPlace")
        self.where.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.all = MapStrip(_("The best patch of each map"))
        self.small = QScrollArea(widgetResizable=True)
        self.small.setFrameShape(QFrame.Shape.NoFrame)
        self.small.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.small.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.small.setWidget(self.all)
        for title in (self.nine_title, self.sample_title, self.all_title):
            title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _lay_out(self) -> None:
        top, columns = QHBoxLayout(), QHBoxLayout()
        for words, field in ((_("Layer"), self.layers), (_("Map"), self.number)):
            label = QLabel(words, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(field)
            top.addWidget(label)
            top.addWidget(field)
        top.addWidget(self.of)
        top.addSpacing(16)
        top.addWidget(self.seen, 1)
        left, middle, right = (QVBoxLayout() for _place in range(3))
        for column in (left, middle, right):
            column.setSpacing(4)
        left.addWidget(self.nine_title)
        left.addWidget(self.nine)
        left.addStretch()
        middle.addWidget(self.sample_title)
        middle.addWidget(self.sample, 1)
        middle.addWidget(self.where)
        right.addWidget(self.all_title)
        right.addWidget(self.small, 1)
        self.nine.setFixedWidth(IN_A_ROW * (LARGE + GAP))
        self.nine_title.setFixedWidth(IN_A_ROW * (LARGE + GAP))
        columns.addLayout(left)
        columns.addLayout(middle, 4)
        columns.addLayout(right, 5)
        columns.setSpacing(20)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(QMargins())
        layout.addLayout(top)
        layout.addLayout(columns, 1)

    # --- what is asked and answered ---------------------------------------------------------------------------------

    def chosen_layer(self) -> str:
        """The layer that is asked about; "" for the first there is."""
        place = self.layers.currentIndex()
        return self._named[place][0] if 0 <= place < len(self._named) else ""

    def first_focus(self) -> QWidget:
        return self.nine

    def show_patches(self, patches: "BestPatches", dataset: "Dataset", network: Network) -> None:
        self.show_body()
        self._name_layers(patches, network)
        if self.patches is None or self.patches.layer != patches.layer:
            self.map = self.rank = 0
        self.patches, self.dataset = patches, dataset
        count = len(patches.values)
        self.of.setText(_("of {count}").format(count=count))
        self.number.blockSignals(True)
        self.number.setMaximum(count)
        self.number.blockSignals(False)
        self.seen.setText(seen_text(patches.seen, patches.samples))
        self.all_title.setText(_("What excites each of the {count} maps most").format(count=count))
        self.all.show_pictures(patches.sheet)
        self.choose_map(min(self.map, count - 1))

    def _name_layers(self, patches: "BestPatches", network: Network) -> None:
        named = [(id, shown_name(network.layer(id))) for id in patches.layers]
        if named != self._named:
            self._named = named
            self.layers.clear()
            self.layers.addItems([name for _id, name in named])
            self.layers.setMinimumWidth(min(WIDEST, self.layers.sizeHint().width()))
        self.layers.setCurrentIndex(patches.layers.index(patches.layer))

    # --- what is looked at ------------------------------------------------------------------------------------------

    def choose_map(self, number: int) -> None:
        """Look at another map of the layer."""
        if self.patches is None or self.dataset is None or not 0 <= number < len(self.patches.values):
            return
        self.map = number
        self.number.blockSignals(True)
        self.number.setValue(number + 1)
        self.number.blockSignals(False)
        self.all.choose(number)
        self._reveal()
        self.nine_title.setText(_("What excites map {number} most").format(number=number + 1))
        self.nine.show_pictures(nine_patches(self.patches, self.dataset, number))
        classes = self.dataset.preparation.classes
        captions = [self._caption(rank, classes) for rank in range(len(self.patches.values[number]))]
        self.nine.show_captions(captions, None)
        self.choose_rank(self.rank)

    def _caption(self, rank: int, classes: Sequence[str]) -> str:
        """Value and class of a patch."""
        assert self.patches is not None
        row = int(self.patches.rows[self.map, rank])
        if row < 0:
            return "–"
        value = written(float(self.patches.values[self.map, rank]), 2)
        return " · ".join(one for one in (value, self._class(row, classes)) if one)

    def _class(self, row: int, classes: Sequence[str]) -> str:
        assert self.dataset is not None
        return classes[int(self.dataset.train.all_targets[row])] if self.dataset.preparation.task == "class" else ""

    def choose_rank(self, rank: int) -> None:
        """Look at the sample that a patch is from."""
        if self.patches is None or self.dataset is None:
            return
        self.rank = rank
        self.nine.choose(rank)
        row, field = int(self.patches.rows[self.map, rank]), self.patches.fields[self.map][rank]
        if row < 0:
            self.sample.clear()
            self._tell("", "")
            return
        light = self.patches.pixels.light(self.dataset.train.all_inputs[[row]])
        framed = None if field is None else (field.rows[0], field.columns[0], field.rows[1], field.columns[1])
        self.sample.show_picture(lab_jobs.colors_of(light)[0], framed)
        self._tell(self._sample_words(row), self._place_words(rank))

    def _sample_words(self, row: int) -> str:
        assert self.dataset is not None
        name = self._class(row, self.dataset.preparation.classes)
        words = _("Training sample, row {row}, class {name}") if name else _("Training sample, row {row}")
        return words.format(row=row + 1, name=name)

    def _place_words(self, rank: int) -> str:
        assert self.patches is not None
        value, (row, column) = self.patches.values[self.map, rank], self.patches.places[self.map, rank]
        field, (height, width) = self.patches.fields[self.map][rank], self.patches.pixels.shape[1:]
        words = _("Value {value} at row {row}, column {column} of the map.").format(
            value=written(float(value)), row=row + 1, column=column + 1
        )
        if field is None:
            return words + " " + _("It comes from the padding alone.")
        rows, columns = (
            span_text(np.arange(span[0], span[1] + 1), size)
            for span, size in ((field.rows, height), (field.columns, width))
        )
        return (
            words
            + " "
            + _("It sees rows {rows} and columns {columns} of the picture.").format(rows=rows, columns=columns)
        )

    def _tell(self, title: str, words: str) -> None:
        self.sample_title.setText(title)
        self.sample_title.setToolTip(title)
        self.where.setText(words)
        self.nine.setAccessibleDescription(f"{title}. {words}" if title else "")
        self.sample.setAccessibleDescription(words)

    def _reveal(self) -> None:
        """Scroll to the small picture of the map that is chosen."""
        slot = self.all.slot_of(self.all.current)
        self.small.ensureVisible(slot.center().x(), slot.center().y(), 0, slot.height() // 2)


def nine_patches(patches: "BestPatches", dataset: "Dataset", map: int) -> NDArray[np.uint8]:
    """The patches of a map (9, h, w, 4), all of one size."""
    ranks = range(len(patches.values[map]))
    height, width = (max(patches.frames[map][rank].size[axis] for rank in ranks) for axis in (0, 1))
    step = max(1, -(-max(height, width) // MOST_POINTS))
    found = np.zeros((len(ranks), -(-height // step), -(-width // step), 4), np.uint8)
    for rank in ranks:
        patch = lab_jobs.patch_of(dataset, patches, map, rank, step)
        found[rank, : patch.shape[0], : patch.shape[1]] = patch
    return found


def seen_text(seen: int, samples: int) -> str:
    """Over how many samples the largest values were looked for."""
    if seen < samples:
        return _("{seen} of {samples} training samples so far …").format(seen=Count(seen), samples=Count(samples))
    return _("The largest values over all {samples} training samples").format(samples=Count(samples))
