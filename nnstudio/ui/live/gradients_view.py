"""How large the gradient is in each layer, of the training under way."""

from typing import TYPE_CHECKING

from nnstudio.project.names import shown_name
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.live.paint_now import paint_now
from nnstudio.ui.live.view import Switch, View, ViewType
from nnstudio.ui.plots.gradients import GradientStrip
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Reading


class GradientsView(View):
    """The gradients of the last step stay when a training has ended; of other runs and moments none are known."""

    def __init__(self, trainer: Trainer, loader: DataLoader) -> None:
        self.strip = GradientStrip()
        super().__init__(trainer, loader, self.strip)
        self.strip.hide()
        self._shown: Reading | None = None
        trainer.changed.connect(self.draw)

    def look(self) -> bool:
        probes = self.trainer.probes
        if probes is None or not self.strip.isVisible() or self.trainer.shown_run is not None:
            return False
        is_new = self._show(probes.newest.get("gradients"))
        if is_new:
            paint_now(self.strip)
        probes.request("gradients")
        return is_new

    def draw(self) -> None:
        probes, shown_epoch = self.trainer.probes, self.trainer.shown_epoch
        if probes is not None and self.strip.isVisible():
            probes.watched |= {"gradients"}  # a training may end before its first gradients are asked for
        reading = probes.newest.get("gradients") if probes and shown_epoch is None else None
        if not self._show(reading) and (probes is None or shown_epoch is not None):
            self._shown = None
            self.strip.show_sizes({})
        is_learning = self.trainer.is_active and shown_epoch is None
        self.strip.say("" if reading is not None or is_learning else _("Shown while a network trains."))

    def _show(self, reading: "Reading | None") -> bool:
        """Draw a reading; whether it is another than the one that is drawn."""
        if reading is None or reading is self._shown:
            return False
        self._shown = reading
        self.strip.show_sizes(self._by_name(reading.gradient_sizes))
        return True

    def _by_name(self, sizes: dict[str, float]) -> dict[str, float]:
        """The sizes by what the layers are called."""
        network = self.trainer.network
        if network is None:
            return sizes
        names = {layer.id: shown_name(layer) for layer in network.layers}
        return {names.get(id, id): size for id, size in sizes.items()}


VIEW = ViewType(
    "gradients",
    GradientsView,
    Switch(
        "actionGradients",
        mark("Gra&dients"),
        mark("Show how large the gradient is in each layer: where it vanishes, nothing is learnt"),
        ("Ctrl+Shift+D",),
    ),
)
