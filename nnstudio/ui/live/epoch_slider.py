"""The timeline under the curves: drag it, and all views show the network as it was after that epoch."""

from bisect import bisect_left

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStyle, QStyleOptionSlider, QToolButton, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Slider
from nnstudio.ui.training.trainer import Trainer

FRAME = 120
"""Milliseconds between two moments while the timeline plays, and between two looks while it is dragged."""
PLAYED = 100
"""As many moments are played at most: a long training is played in larger steps."""


class JumpingSlider(Slider):
    """Goes where it is clicked, and not a page towards it."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        parts = QStyle.SubControl.SC_SliderHandle, QStyle.SubControl.SC_SliderGroove
        handle, groove = (
            self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self) for part in parts
        )
        place = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(place):
            span = groove.width() - handle.width()
            along = place.x() - groove.x() - handle.width() // 2
            self.setValue(
                QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), along, span, option.upsideDown)
            )
        super().mousePressEvent(event)


class TimeSlider(QWidget):
    """A slider over the stored epochs, Play, and what can be done with the weights of an epoch."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        self.setObjectName("timeline")
        self.trainer = trainer
        self.slider = JumpingSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("timelineSlider")
        self.slider.setAccessibleName(_("Epoch to look back at"))
        self.slider.setToolTip(_("Go back in time: boundary, weights, histograms and confusion matrix follow"))
        self.label = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.label.setMinimumWidth(self.fontMetrics().horizontalAdvance(_("epoch {epoch}").format(epoch=99999)))
        self.play = self._button("mdi6.play-outline", _("Play the training again"))
        self.play.setCheckable(True)
        self.now = self._button("mdi6.skip-forward", _("Back to now"))
        self.more = self._button("mdi6.dots-horizontal", _("What to do with the weights of this epoch"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.load = QAction(_("&Load these weights into the run"), self)
        self.go_on = QAction(_("&Go on from here as a new run"), self)
        self.more.addActions([self.load, self.go_on])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.play, self.slider, self.label, self.now, self.more):
            layout.addWidget(widget, 1 if widget is self.slider else 0)
        self.stored: list[int] = []
        self._drawing = False
        self._rest = QTimer(self, singleShot=True, interval=FRAME // 2)
        self._rest.timeout.connect(self._look)
        self._frames = QTimer(self, interval=FRAME)
        self._frames.timeout.connect(self._next_frame)
        self.slider.valueChanged.connect(self._moved)
        self.play.toggled.connect(self._play)
        self.now.clicked.connect(self._back_to_now)
        self.load.triggered.connect(self._load)
        self.go_on.triggered.connect(self._go_on)
        trainer.changed.connect(self.follow)
        self.follow()

    def _button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(theme.icon(icon))
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button

    @property
    def epoch(self) -> int:
        """The epoch the slider stands at."""
        place = self.slider.value()
        return self.stored[place] if place < len(self.stored) else 0

    @property
    def now_epoch(self) -> int:
        """The epoch of the weights as they are: the newest of a training, those that a run has kept."""
        run, newest = self.trainer.last_run, self.stored[-1] if self.stored else 0
        return newest if run is None else run.weights_epoch

    def follow(self) -> None:
        """Show the epochs that are stored now, and the one that is looked at."""
        timeline = self.trainer.timeline
        self.stored = timeline.epochs() if timeline else []
        self.setVisible(len(self.stored) > 2)
        self._drawing = True
        last, shown_epoch = max(0, len(self.stored) - 1), self.trainer.shown_epoch
        self.slider.setRange(0, last)
        if not (self._rest.isActive() or self._frames.isActive() or self.slider.isSliderDown()):
            self.slider.setValue(bisect_left(self.stored, self.now_epoch if shown_epoch is None else shown_epoch))
        self._drawing = False
        self.label.setText(_("epoch {epoch}").format(epoch=self.epoch))
        self.now.setEnabled(shown_epoch is not None)
        self.load.setEnabled(shown_epoch is not None and self.trainer.last_run is not None)
        self.go_on.setEnabled(bool(self.stored) and not self.trainer.is_active and self.trainer.last_run is not None)

    def _moved(self) -> None:
        if not self._drawing:
            self.label.setText(_("epoch {epoch}").format(epoch=self.epoch))
            if not self._rest.isActive():
                self._rest.start()

    def _look(self) -> None:
        self.trainer.look_at(None if self.epoch == self.now_epoch else self.epoch)

    def _back_to_now(self) -> None:
        self.play.setChecked(False)
        self._rest.stop()
        self.trainer.look_at(None)
        self.follow()

    def _play(self, on: bool) -> None:
        self.play.setIcon(theme.icon("mdi6.pause" if on else "mdi6.play-outline"))
        if not on:
            self._frames.stop()
            return
        if self.trainer.shown_epoch is None or self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._frames.start()

    def _next_frame(self) -> None:
        last = len(self.stored) - 1
        self.slider.setValue(min(last, self.slider.value() + max(1, len(self.stored) // PLAYED)))
        if self.slider.value() >= last or not self.isVisible():
            self._back_to_now()

    def _load(self) -> None:
        if self.trainer.shown_epoch is not None:
            self.trainer.load_weights(self.trainer.shown_epoch)

    def _go_on(self) -> None:
        self.trainer.start_from(self.epoch)
