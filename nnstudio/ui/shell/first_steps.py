"""The first steps, on a canvas where nothing is drawn yet: an example to open, data to choose, a layer to add."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QMenu, QPushButton, QVBoxLayout

from nnstudio.text import translate as _
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.shell.menus import EXAMPLES, fill_history

ENDS = 2
"""A new network has an input and an output, and nothing between them."""
BELOW = 16
ABOVE = 64
"""So much of the canvas is left for the network; where it would be less, the network has all of it."""
WIDTH = 460
"""As wide at least; wider where the names of the examples are longer."""


class FirstSteps(QFrame):
    """Lies below the network, in the lower part of the canvas, until the first layer is there."""

    def __init__(
        self,
        canvas: Canvas,
        open_example: Callable[[str], object],
        choose_data: Callable[[], object],
        show_lessons: Callable[[], object],
    ) -> None:
        super().__init__(canvas)
        self.setObjectName("firstSteps")
        self.canvas = canvas
        title = QLabel(_("First steps"), textFormat=Qt.TextFormat.PlainText)
        title.setFont(sized(title.font(), 1.15, bold=True))
        words = QLabel(
            _("Open an example and press Train, or build a network of your own: choose data, then drag layers here."),
            textFormat=Qt.TextFormat.PlainText,
            wordWrap=True,
        )
        buttons = QGridLayout()
        buttons.setSpacing(8)
        for place, (name, label) in enumerate(EXAMPLES.items()):
            button = self._button(_(label), partial(open_example, name))
            buttons.addWidget(button, place // 2, place % 2)
        last = len(EXAMPLES)
        history = self._button(_("From 1986 to 2012, and language"), lambda: None)
        menu = QMenu(history)
        fill_history(menu, open_example)
        history.setMenu(menu)
        buttons.addWidget(history, last // 2, last % 2)
        buttons.addWidget(self._button(_("Choose data …"), choose_data), (last + 1) // 2, (last + 1) % 2)
        lessons = self._button(_("Lessons: predict, train, understand"), show_lessons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 18)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addWidget(lessons)
        layout.addLayout(buttons)
        colors = theme.colors()
        self.setStyleSheet(
            f"#firstSteps {{ background: {colors.surface}; border: 1px solid {colors.grid}; border-radius: 10px; }}"
        )
        self._inside = layout
        canvas.installEventFilter(self)
        canvas.store.changed.connect(self.follow)
        self.fit()

    def fit(self) -> None:
        """Be as wide as the names of the examples are in the style in use."""
        self._inside.activate()  # what it knows of its buttons is of another style
        self.setFixedWidth(max(WIDTH, self._inside.minimumSize().width()))
        self.show_if_new()

    def follow(self, change: Change) -> None:
        if change.touches(Part.STRUCTURE, Part.LAYOUT, Part.RUNS):
            self.show_if_new()

    def show_if_new(self) -> None:
        """Be there while nothing is drawn between the two ends, on a canvas that is high enough."""
        network = self.canvas.store.project.network
        is_new = len(network.layers) <= ENDS and not network.annotations and not self.canvas.store.project.runs
        if is_new:
            self.adjustSize()
        above = self.canvas.height() - self.height() - BELOW
        is_shown = is_new and above >= ABOVE
        self.setVisible(is_shown)
        self.move((self.canvas.width() - self.width()) // 2, above)
        self.canvas.leave_room(self.height() + BELOW if is_shown else 0)

    def _button(self, label: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(label)
        button.setAccessibleName(label)
        button.clicked.connect(lambda _checked=False: do())
        return button

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.show_if_new()
        return super().eventFilter(watched, event)
