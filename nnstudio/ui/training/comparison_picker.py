"""The A/B desk: what the network is compared with when it is trained, in step and from the same start."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox

from nnstudio.project import variants
from nnstudio.text import translate as _
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.store import Store
from nnstudio.ui.training.trainer import Trainer

SAME_BATCHES = ("seed", "batch_size", "shuffle")
"""The settings that make batches the same."""
SHORTEST = 14
"""Characters of the list that are always seen."""


class ComparisonPicker(Choice):
    """Nothing, or another network that trains beside the one drawn; the tip names what they differ in."""

    def __init__(self, store: Store, trainer: Trainer) -> None:
        super().__init__()
        self.setObjectName("opponents")
        self.setAccessibleName(_("Compare with"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(SHORTEST)
        self.store = store
        self.trainer = trainer
        self._keys: list[str] = [""]
        store.replaced.connect(self._begin_anew)
        self.activated.connect(self._choose)
        self.addItem(_("Compare with …"))
        if trainer.comparison:
            self.show_choices()

    # What there is to compare with is found when it is asked for, and not at every edit.

    def showPopup(self) -> None:
        self.show_choices()
        super().showPopup()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # Not when its own list has closed: what was clicked in that is taken only afterwards.
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.show_choices()

    def _begin_anew(self) -> None:
        """Another project is compared with nothing, until something is chosen."""
        self.trainer.comparison, self._keys = "", [""]
        self.clear()
        self.addItem(_("Compare with …"))
        self._show_tip()

    def show_choices(self) -> None:
        """Offer what the network can be compared with as it is now."""
        project = self.store.project
        found = variants.choices(project)
        if self.trainer.comparison not in found:
            self.trainer.comparison = ""
        self._keys = ["", *found]
        self.clear()
        self.addItem(_("Compare with …"))
        for key, (words, other) in found.items():
            self.addItem(words)
            tip = variants.changed_since(project, other)
            self.setItemData(self._keys.index(key), tip, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(self._keys.index(self.trainer.comparison))
        self._show_tip()

    def _choose(self, place: int) -> None:
        self.trainer.comparison = self._keys[place]
        self._show_tip()
        if self.trainer.comparison:
            own = self.store.project
            other, project = variants.choices(own)[self.trainer.comparison]
            words = _("The next training is compared with: {other} ({differences}).").format(
                other=other, differences=variants.changed_since(own, project)
            )
            if all(getattr(own.training, name) == getattr(project.training, name) for name in SAME_BATCHES):
                words += " " + _("Both begin from the same seed and see the same batches.")
            self.store.told.emit(words)

    def _show_tip(self) -> None:
        tip = self.itemData(self.currentIndex(), Qt.ItemDataRole.ToolTipRole)
        what = _("Train another network in step with this one and compare their curves")
        self.setToolTip(f"{what}: {tip}" if tip else what)
