"""How a map comes about: one value of it, its window in the maps that enter, and the sum of weight times value."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QMargins, Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.project.names import shown_name
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.cells import MapCells, PlaceMap
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.map_columns import MapColumn, WindowColumn
from nnstudio.ui.labs.map_words import backward_text, place_text, sum_text, written
from nnstudio.ui.labs.sample_picker import SamplePicker
from nnstudio.ui.look.fields import Choice, Slider
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.heatmap import ALL_ZERO, strongest_of
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import LayerMaps, MapValue

SLOWEST, USUAL, FASTEST = 1, 4, 30
"""Places a second while it plays."""
WIDEST = 260
"""Pixels of the names of layers; of a longer one the end is left out."""


class MapsLab(Lab):
    """On the left what enters a layer, on the right what leaves it, in the middle the window of one value."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("How a map comes about"),
            _(
                "Every value on the right comes from a small window on the left: a convolution adds up the values in "
                "it, each times a weight of its kernel, and a bias; pooling keeps the largest, or the mean. Move over "
                "the map on the right, or press Play, and see the window slide. Blue is positive, orange negative."
            ),
        )
        self.setObjectName("mapsLab")
        self.maps: LayerMaps | None = None
        self.value: MapValue | None = None
        self.map, self.channel, self.place = 0, 0, (-1, -1)
        self._named: list[tuple[str, str]] = []
        self._scales = 1.0, 1.0, 1.0
        self._paused_at: tuple[int, int] | None = None
        self._make_controls()
        self.incoming = MapColumn(_("Maps that come in"), _("Channel"), MapCells(_("The map that comes in")))
        self.target = PlaceMap(_("The map that comes out"))
        self.outgoing = MapColumn(_("Maps that come out"), _("Map"), self.target)
        self.middle = WindowColumn()
        self._lay_out()
        self._connect()
        resize_on_screen(self, 1120, 640)
        self.target.setFocus()  # the arrow keys move the window from the start
        self.look()

    def _make_controls(self) -> None:
        self.layers = Choice()
        self.layers.setAccessibleName(_("Layer"))
        self.layers.setMaximumWidth(WIDEST)
        self.layers.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.picker = SamplePicker()
        self.play = QPushButton()
        self.speed = Slider()
        self.speed.setRange(SLOWEST, FASTEST)
        self.speed.setValue(USUAL)
        self.speed.setFixedWidth(120)
        self.speed.setAccessibleName(_("Places a second"))
        self.speed.setToolTip(_("How fast the window slides"))
        self.hold = QCheckBox(_("Hold the place"))
        self.hold.setAccessibleName(self.hold.text())
        self.hold.setToolTip(_("The pointer no longer moves the window"))
        self.play.setAutoDefault(False)  # Enter holds a place
        self.clock = QTimer(self)
        self.sum = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.sum.setObjectName("mapSum")
        self.sum.setFont(sized(self.sum.font(), 1.15, bold=True))
        self.where = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.where.setObjectName("mapPlace")
        self.back = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.back.setObjectName("mapGradient")
        for label in (self.sum, self.where, self.back):
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._name_play()

    def _lay_out(self) -> None:
        top, columns, buttons = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        label = QLabel(_("Layer"))
        label.setBuddy(self.layers)
        top.addWidget(label)
        top.addWidget(self.layers)
        top.addSpacing(16)
        top.addWidget(self.picker, 1)
        for column, share in ((self.incoming, 5), (self.middle, 4), (self.outgoing, 5)):
            columns.addWidget(column, share)
        columns.setSpacing(16)
        for widget in (self.play, self.speed, self.hold):
            buttons.addWidget(widget)
        keys = QLabel(
            _(
                "The pointer, or ← → ↑ ↓ on the map, chooses the value; a click or Enter holds it. Page ↑ and Page ↓: "
                "another map. Space: play."
            ),
            wordWrap=True,
            textFormat=Qt.TextFormat.PlainText,
        )  # no tooltip: it would lie over what is looked at
        keys.setFont(sized(keys.font(), 0.88))
        buttons.addWidget(keys, 1)
        buttons.setContentsMargins(0, 4, 0, 0)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(QMargins())
        layout.addLayout(top)
        layout.addLayout(columns, 1)
        layout.addWidget(self.sum)
        layout.addWidget(self.where)
        layout.addWidget(self.back)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.layers.activated.connect(self.refresh)
        self.picker.picked.connect(self.refresh)
        self.incoming.chosen.connect(self._choose_channel)
        self.outgoing.chosen.connect(self._choose_map)
        self.target.pointed.connect(self._point)
        self.target.pressed.connect(self._press)
        self.target.moved.connect(self.go_to)
        self.target.turned.connect(lambda step: self._choose_map(self.map + step))
        self.target.held.connect(self.hold.toggle)
        self.target.played.connect(self.play.click)
        self.play.clicked.connect(self._play_or_pause)
        self.speed.valueChanged.connect(lambda value: self.clock.setInterval(1000 // value))
        self.clock.timeout.connect(self.next_place)

    # --- what is asked ----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if self.dataset is None or self.run_shown is None:
            return
        self.picker.show_dataset(self.dataset)
        sample = self.picker.inputs(), self._chosen_layer(), self.picker.target()
        self.ask(partial(lab_jobs.layer_maps_of, self.run_shown, *sample), self._show)

    def _chosen_layer(self) -> str:
        place = self.layers.currentIndex()
        return self._named[place][0] if 0 <= place < len(self._named) else ""

    def _show(self, maps: "LayerMaps") -> None:
        assert self.run_shown is not None
        network = self.run_shown.network
        named = [(id, shown_name(network.layer(id))) for id in maps.layers]
        if named != self._named:
            self._named = named
            self.layers.clear()
            self.layers.addItems([name for _id, name in named])
            self.layers.setCurrentIndex(maps.layers.index(maps.layer))
            self.layers.setMinimumWidth(min(WIDEST, self.layers.sizeHint().width()))
        elif maps.layer != self._chosen_layer():
            return  # of the layer that was chosen before
        is_other = self.maps is None or self.maps.layer != maps.layer or self.maps.outputs.shape != maps.outputs.shape
        self.maps = maps
        if is_other:
            _maps, height, width = maps.outputs.shape
            self._stop()
            self.map = self.channel = 0
            self.place = height // 2, width // 2
        self._show_columns(maps)
        self._choose_map(self.map)
        focused = self.focusWidget()
        if focused is None or not focused.isVisible():
            self.target.setFocus()  # where a sentence was shown before, the arrow keys move the window again

    def _show_columns(self, maps: "LayerMaps") -> None:
        inputs = self.incoming.show_maps(_("What comes in: {shape}").format(shape=shape_text(maps.inputs)), maps.inputs)
        self.outgoing.show_maps(_("What comes out: {shape}").format(shape=shape_text(maps.outputs)), maps.outputs)
        self._scales = inputs, max(maps.strongest, ALL_ZERO), 1.0
        lines = 2 if maps.kind == "sum" and len(maps.inputs) > maps.groups else 1
        self.sum.setMinimumHeight(lines * self.sum.fontMetrics().lineSpacing())  # its neighbours stay where they are

    # --- what is looked at ------------------------------------------------------------------------------------------

    def _choose_map(self, number: int) -> None:
        """Look at another map that leaves, and at a map it is made of."""
        if self.maps is None or not 0 <= number < len(self.maps.outputs):
            return
        self.map = number
        channels = self.maps.channels_of(number)
        if self.channel not in channels:
            self.channel = channels.start
        if self.maps.weights is not None:
            inputs = np.abs(self.maps.inputs[channels.start : channels.stop]).max(axis=(1, 2))
            with np.errstate(all="ignore"):  # weights may be no numbers any more
                products = np.abs(self.maps.weights[number]).max(axis=(1, 2)) * inputs
            self._scales = *self._scales[:2], strongest_of(products)
        self.outgoing.choose(number)
        self.target.show_map(self.maps.outputs[number], self.outgoing.scale.strongest)
        self._choose_channel(self.channel)

    def _choose_channel(self, number: int) -> None:
        """Look at another map that enters; where it has no part in the map that leaves, at one that it has."""
        if self.maps is None:
            return
        self.channel = number
        if number not in self.maps.channels_of(self.map):
            self._choose_map(self.maps.maps_of(number).start)
            return
        self.incoming.choose(number)
        sliding = self.maps.sliding
        around = (sliding.before, sliding.after) if sliding else ()
        self.incoming.view.outside_text = "–" if self.maps.kind == "max" else "0"
        self.incoming.view.show_map(self.maps.inputs[number], self.incoming.scale.strongest, *around)
        self._explain(*self.place)

    def _point(self, row: int, column: int) -> None:
        if not self.hold.isChecked() and not self.clock.isActive() and (row, column) != self.place:
            self.go_to(row, column)

    def _press(self, row: int, column: int) -> None:
        """A click holds a place; another one on it lets go."""
        is_again = self.hold.isChecked() and (row, column) == self.place
        self.go_to(row, column)
        self.hold.setChecked(not is_again)

    def go_to(self, row: int, column: int) -> None:
        """Look at a place; what plays ends."""
        self._stop()
        self._explain(row, column)

    def _explain(self, row: int, column: int) -> None:
        """Show where the value at a place of the map comes from."""
        if self.maps is None:
            return
        value = self.value = lab_jobs.window_of(self.maps, self.map, row, column)
        self.place = row, column
        width = self.maps.outputs.shape[2]
        is_playing = self.clock.isActive() or self._paused_at == self.place
        self.target.show_place(row, column, row * width + column + 1 if is_playing else None)
        self.incoming.view.show_window(value.rows, value.columns)
        self.middle.show_value(value, self.channel, self._scales)
        self._tell(self.maps, value)

    def _tell(self, maps: "LayerMaps", value: "MapValue") -> None:
        if maps.kind == "sum" and len(maps.inputs) > 1:
            sums = dict(zip(value.channels, value.sums, strict=True))
            captions = [written(sums[one], 3) if one in sums else "" for one in range(len(maps.inputs))]
            self.incoming.strip.show_captions(captions, value.channels)
        else:
            captions = [str(number + 1) for number in range(len(maps.inputs))]
            self.incoming.strip.show_captions(captions, value.channels)
        self.sum.setText(sum_text(maps.kind, value))
        self.where.setText(place_text(maps.inputs.shape[1:], value))
        self.back.setText(backward_text(maps, value, self.channel))
        self.target.setAccessibleDescription(f"{self.sum.text()} {self.where.text()}")
        self.incoming.view.setAccessibleDescription(self.where.text())

    # --- playing ----------------------------------------------------------------------------------------------------

    def _play_or_pause(self) -> None:
        if self.maps is None:
            return
        if self.clock.isActive():
            self.clock.stop()
            self._paused_at = self.place
        else:
            starts_anew = self._paused_at != self.place
            self.clock.start(1000 // self.speed.value())
            self._paused_at = None
            self._explain(*((0, 0) if starts_anew else self.place))
        self._name_play()

    def next_place(self) -> None:
        """Let the window slide on, row by row; after the last place the whole map is there."""
        if self.maps is None:
            return
        _maps, height, width = self.maps.outputs.shape
        number = self.place[0] * width + self.place[1] + 1
        if number < height * width:
            self._explain(*divmod(number, width))
        else:
            self.go_to(*self.place)

    def _stop(self) -> None:
        self.clock.stop()
        self._paused_at = None
        self._name_play()

    def _name_play(self) -> None:
        self.play.setText(_("Pause") if self.clock.isActive() else _("Play"))
        self.play.setAccessibleName(self.play.text())

    def say(self, message: str) -> None:
        self._stop()
        super().say(message)

    def done(self, result: int) -> None:
        self.clock.stop()
        super().done(result)


def shape_text(maps: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> str:
    """Maps, rows and columns."""
    return " × ".join(str(size) for size in maps.shape)
