"""The speed of training: from one step a second, so that a class can follow, to as fast as it goes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.look.fields import Slider
from nnstudio.ui.training.trainer import Trainer

PACES = (1, 2, 4, 8, 15, 30, 60, 125, 250, 500, 1000, 0)
"""Steps a second; 0 is full speed."""


class SpeedSlider(QWidget):
    """A slider over the paces, with the chosen one in words."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        self.setObjectName("pace")
        self.trainer = trainer
        self.slider = Slider()
        self.slider.setRange(0, len(PACES) - 1)
        self.slider.setPageStep(2)
        self.slider.setObjectName("paceSlider")
        self.slider.setAccessibleName(_("Speed of training"))
        self.slider.setToolTip(_("How many steps are taken a second; at the right end as many as can be"))
        self.words = QLabel(textFormat=Qt.TextFormat.PlainText)
        longest = max(self.fontMetrics().horizontalAdvance(speed_text(steps_per_second)) for steps_per_second in PACES)
        self.words.setMinimumWidth(longest)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        self.slider.setFixedWidth(96)
        layout.addWidget(QLabel(_("Speed")))
        layout.addWidget(self.slider)
        layout.addWidget(self.words)
        layout.addStretch(1)  # in a wide bar the three stay together
        self.slider.setValue(PACES.index(int(trainer.steps_per_second)))
        self.slider.valueChanged.connect(self._choose)
        self.words.setText(speed_text(PACES[self.slider.value()]))

    def _choose(self, place: int) -> None:
        self.trainer.set_pace(PACES[place])
        self.words.setText(speed_text(PACES[place]))


def speed_text(steps_per_second: int) -> str:
    if steps_per_second == 0:
        return _("full speed")
    return translate_count("{count} step a second", "{count} steps a second", steps_per_second).format(
        count=Count(steps_per_second)
    )
