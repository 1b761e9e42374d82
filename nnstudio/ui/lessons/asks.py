"""What asks a step's question: answers to choose, a number, curves to put in order, a star and a curve on the plot."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QLocale, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.lessons.measures import said
from nnstudio.lessons.model import Ask, Choice, Number, Order, Sketch, Star
from nnstudio.lessons.progress import LETTERS
from nnstudio.text import translate as _
from nnstudio.ui.lessons.plot_answers import PlotAnswer
from nnstudio.ui.look.fields import Slider

STEPS = 200


class Question(QWidget):
    """Takes an answer. `answered` comes when there is one, or another."""

    answered = Signal()

    def answer(self) -> dict[str, Any] | None:
        """The answer as the player keeps it; None while there is none."""
        raise NotImplementedError


class ChoiceQuestion(Question):
    """One of several answers; digits choose too."""

    def __init__(self, ask: Choice) -> None:
        super().__init__()
        self.setObjectName("lessonChoice")
        self.ids = [one.id for one in ask.options]
        self.group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for place, one in enumerate(ask.options):
            line = QHBoxLayout()
            line.setSpacing(6)
            button = QRadioButton()
            words = QLabel(said(one.text), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            button.setObjectName(f"answer_{one.id}")
            button.setAccessibleName(said(one.text))
            words.setBuddy(button)
            words.installEventFilter(Presser(words, button.click))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(words, 1)
            layout.addLayout(line)
            self.group.addButton(button, place)
        self.group.idClicked.connect(lambda _place: self.answered.emit())

    def answer(self) -> dict[str, Any] | None:
        place = self.group.checkedId()
        return {"choice": self.ids[place]} if place >= 0 else None


class Presser(QObject):
    """Lets a click on a text act as one on what it names."""

    def __init__(self, words: QWidget, press: Callable[[], object]) -> None:
        super().__init__(words)
        self.press = press

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease:
            self.press()
        return super().eventFilter(watched, event)


class NumberQuestion(Question):
    """A number, typed or dragged along a line."""

    def __init__(self, lowest: float, highest: float, decimals: int) -> None:
        super().__init__()
        self.setObjectName("lessonNumber")
        self.is_answered = False
        self.lowest, self.highest = lowest, highest
        self.box = NumberField(decimals=decimals, minimum=lowest, maximum=highest)
        self.box.setObjectName("numberAnswer")
        self.box.setAccessibleName(_("Your prediction"))
        self.box.setSingleStep((highest - lowest) / 100 if decimals else 1)
        self.slider = Slider()
        self.slider.setAccessibleName(_("Your prediction"))
        self.slider.setRange(0, STEPS)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.slider, 1)
        line.addWidget(self.box)
        self.box.setValue(lowest)
        self.slider.valueChanged.connect(self._slid)
        self.box.valueChanged.connect(self._typed)

    def _slid(self, place: int) -> None:
        self.box.setValue(self.lowest + place * (self.highest - self.lowest) / STEPS)

    def _typed(self, value: float) -> None:
        self.is_answered = True
        self.slider.blockSignals(True)
        self.slider.setValue(round((value - self.lowest) / (self.highest - self.lowest) * STEPS))
        self.slider.blockSignals(False)
        self.answered.emit()

    def answer(self) -> dict[str, Any] | None:
        return {"number": self.box.value()} if self.is_answered else None


class NumberField(QDoubleSpinBox):
    """A number with decimals, that leaves the wheel to what scrolls."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.setLocale(QLocale.c())  # decimals are written with a point, as everywhere in the program
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: Any) -> None:
        event.ignore()


class OrderQuestion(Question):
    """Curves to drag, or to move with the buttons, into their order: the lowest first."""

    def __init__(self, ask: Order) -> None:
        super().__init__()
        self.setObjectName("lessonOrder")
        self.list = QListWidget()
        self.list.setObjectName("orderAnswer")
        self.list.setAccessibleName(_("Your order, the lowest first"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for place, one in enumerate(ask.curves):
            item = QListWidgetItem(f"{LETTERS[place]}   {said(one.text)}")
            item.setData(Qt.ItemDataRole.UserRole, one.id)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        rows = self.list.sizeHintForRow(0) * len(ask.curves)
        self.list.setFixedHeight(rows + 2 * self.list.frameWidth() + 6)
        buttons = QHBoxLayout()
        for words, by in ((_("Up"), -1), (_("Down"), 1)):
            button = QPushButton(words)
            button.clicked.connect(lambda _checked=False, by=by: self.move_by(by))
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel(_("The lowest first:"), textFormat=Qt.TextFormat.PlainText))
        layout.addWidget(self.list)
        layout.addLayout(buttons)

    def move_by(self, by: int) -> None:
        """Move the chosen curve up or down."""
        row = self.list.currentRow()
        if 0 <= row + by < self.list.count():
            self.list.insertItem(row + by, self.list.takeItem(row))
            self.list.setCurrentRow(row + by)
            self.answered.emit()

    def answer(self) -> dict[str, Any] | None:
        ids = [self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())]
        return {"order": tuple(ids)}


class StarQuestion(Question):
    """The star on the plot, dragged to the epoch where the validation loss will be lowest; its number can be typed."""

    def __init__(self, epochs: int, plot: PlotAnswer) -> None:
        super().__init__()
        self.setObjectName("lessonStar")
        self.plot = plot
        self.number = NumberQuestion(1, max(2, epochs), 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        words = _("Drag the star on the plot, or say the epoch:")
        layout.addWidget(QLabel(words, wordWrap=True, textFormat=Qt.TextFormat.PlainText))
        layout.addWidget(self.number)
        plot.ask_star(epochs, self.number.box.value())
        plot.star_moved.connect(self.number.box.setValue)
        self.number.box.valueChanged.connect(plot.move_star)
        self.number.answered.connect(self.answered)

    def answer(self) -> dict[str, Any] | None:
        return self.number.answer()


class SketchQuestion(Question):
    """A curve drawn over the plot with the mouse."""

    def __init__(self, ask: Sketch, epochs: int, plot: PlotAnswer) -> None:
        super().__init__()
        self.setObjectName("lessonSketch")
        self.plot = plot
        words = _("Draw the validation loss on the plot, from left to right.")
        if ask.measure == "train_loss":
            words = _("Draw the training loss on the plot, from left to right.")
        clear = QPushButton(_("Draw again"))
        clear.clicked.connect(lambda _checked=False: plot.clear_sketch())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel(words, wordWrap=True, textFormat=Qt.TextFormat.PlainText))
        layout.addWidget(clear, 0, Qt.AlignmentFlag.AlignLeft)
        plot.ask_sketch(epochs)
        plot.sketched.connect(self.answered)

    def answer(self) -> dict[str, Any] | None:
        curve = self.plot.sketch()
        return {"curve": curve} if len(curve) > 1 else None


def question(ask: Ask, epochs: int, plot: PlotAnswer) -> Question:
    """The widget that asks it; `epochs` is how many the plan has."""
    match ask:
        case Choice():
            return ChoiceQuestion(ask)
        case Number():
            return NumberQuestion(ask.lowest, ask.highest, ask.decimals)
        case Order():
            return OrderQuestion(ask)
        case Star():
            return StarQuestion(epochs, plot)
        case Sketch():
            return SketchQuestion(ask, epochs, plot)
