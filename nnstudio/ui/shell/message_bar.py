"""What the user should know now: it floats below the network, fades in and out, and pushes nothing aside."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, QPropertyAnimation, Qt, QTimer
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.canvas.problems import Problems
from nnstudio.ui.look import theme

SHOWN_FOR = 12_000
JUST_TOLD = 300
"""Milliseconds in which a change still belongs to what was told."""
FADE = 160
WIDEST = 620
EDGE = 8


class MessageBar(QFrame):
    """One message at a time over the lower edge of `ground`, where it hides no layer; the newest wins. It keeps above
    `problems` while they tell something that can be mended."""

    def __init__(self, ground: QWidget, problems: Problems) -> None:
        super().__init__(ground)
        self.setObjectName("messageBar")
        self.ground, self.problems = ground, problems
        self.label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton(autoRaise=True)
        close.setText("×")
        close.setAccessibleName(_("Close this message"))
        close.setToolTip(_("Close this message"))
        close.clicked.connect(self.fade)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addWidget(self.label, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.buttons: list[QPushButton] = []
        self._opacity = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(self._opacity)
        self._fading = QPropertyAnimation(self._opacity, b"opacity", self)
        self._fading.setDuration(FADE)
        self._fading.finished.connect(self._faded)
        self._told = QElapsedTimer()
        self._timer = QTimer(self, interval=SHOWN_FOR, singleShot=True)
        self._timer.timeout.connect(self.fade)
        for widget in (ground, problems):
            widget.installEventFilter(self)
        problems.model().rowsInserted.connect(self._place_again)
        self.hide()

    def tell(self, message: str, suggestions: Sequence[tuple[str, Callable[[], object]]] = ()) -> None:
        """Show a message, with a button for each thing that can be done about it."""
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(words, do) for words, do in suggestions]
        colors = theme.colors()
        edge = colors.flag if suggestions else colors.selection
        self.setStyleSheet(
            f"#messageBar {{ background: {colors.surface}; border: 1px solid {colors.border}; "
            f"border-left: 4px solid {edge}; border-radius: 8px; }}"
        )
        self.label.setText(message)
        self.setAccessibleName(message)
        self._place()
        self.show()
        self.raise_()
        self._fade_to(1.0)
        self._told.start()
        self._timer.start()

    def overtaken(self) -> None:
        """The project has changed, or a training begins: what was told and offered before is of no more use."""
        if self.isVisible() and self._told.elapsed() > JUST_TOLD:
            self.hide()

    def fade(self) -> None:
        """Go away softly."""
        self._fade_to(0.0)

    def _fade_to(self, opacity: float) -> None:
        self._fading.stop()
        self._fading.setStartValue(self._opacity.opacity() if self.isVisible() and opacity == 0.0 else 0.3)
        self._fading.setEndValue(opacity)
        self._fading.start()

    def _faded(self) -> None:
        if self._opacity.opacity() == 0.0:
            self.hide()

    def _place_again(self) -> None:
        if self.isVisible():
            self._place()

    def _place(self) -> None:
        """In the middle of the lower edge, as high as the text needs."""
        width = max(120, min(WIDEST, self.ground.width() - 2 * EDGE))
        self.setFixedWidth(width)
        # The size it would like is that of a label as narrow as can be, and much higher.
        self.setFixedHeight(self.heightForWidth(width))
        foot = self.ground.height() - EDGE
        if self.problems.tell_some and self.problems.isVisibleTo(self.ground):
            foot = self.problems.mapTo(self.ground, QPoint(0, 0)).y()
        self.move((self.ground.width() - self.width()) // 2, foot - self.height())

    def _button(self, words: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words)
        button.clicked.connect(self.hide)
        button.clicked.connect(lambda _checked=False: do())
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(layout.count() - 1, button)
        return button

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place_again()
        return super().eventFilter(watched, event)
