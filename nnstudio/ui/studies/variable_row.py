"""One thing that varies in the form of a study: which values, or which range, checked as the command line checks it."""

import math
from collections.abc import Mapping
from contextlib import suppress

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.layers.spec import Parameter, Value
from nnstudio.project.model import Network
from nnstudio.project.study import Variable
from nnstudio.project.study_variables import parse_variable, setting_of, value_text, variable_text
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice, NumberBox
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.numbers_text import written

VALUES, RANGE, LOGARITHMIC = "values", "range", "logarithmic"
POINTS = 5
"""How many points a grid takes of a range at first."""
COLUMNS = 2
"""In which choices stand."""


class VariableRow(QFrame):
    """`changed` comes with every change, `removed` when it is not to vary any more."""

    changed = Signal()
    removed = Signal()

    def __init__(self, network: Network, key: str, start: Variable) -> None:
        super().__init__()
        self.network, self.key = network, key
        self.setting = setting_of(network, key)
        self.name = variable_text(network, key)
        self.setObjectName(f"vary_{key}")
        self.setAccessibleName(self.name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(5)
        layout.addLayout(self._heading())
        self.boxes = self._boxes(layout)
        self.values = QLineEdit()
        self.values.setObjectName("studyValues")
        self.values.setAccessibleName(_("Values of {name}").format(name=self.name))
        self.values.setPlaceholderText(_("A, B, C"))
        self.values.setToolTip(_("The values, with commas between them; decimals with a point. 0,1; 0,2 goes as well."))
        self.range = RangeFields(self.name)
        self.kind = Choice()
        self.kind.setObjectName("studyKind")
        self.kind.setAccessibleName(_("How {name} varies").format(name=self.name))
        for kind, words in ((VALUES, _("values")), (RANGE, _("range")), (LOGARITHMIC, _("range, logarithmic"))):
            self.kind.addItem(words, kind)
        for widget in (self.kind, self.values, self.range):
            layout.addWidget(widget)
        self.refusal = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.refusal.setObjectName("studyRefusal")
        self.refusal.setStyleSheet(f"color: {theme.colors().problem};")
        self.refusal.hide()
        layout.addWidget(self.refusal)
        self.show_variable(start)
        self.values.textChanged.connect(self.changed)
        self.range.changed.connect(self.changed)
        self.kind.activated.connect(self._change_kind)

    def _heading(self) -> QHBoxLayout:
        title = QLabel(self.name, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        title.setFont(sized(title.font(), 1.0, bold=True))
        title.setToolTip(_(self.setting.help))
        self.remover = QToolButton(autoRaise=True)
        self.remover.setText("×")
        words = _("Do not vary {name}").format(name=self.name)
        self.remover.setAccessibleName(words)
        self.remover.setToolTip(words)
        self.remover.clicked.connect(self.removed)
        line = QHBoxLayout()
        line.addWidget(title, 1)
        line.addWidget(self.remover, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _boxes(self, layout: QVBoxLayout) -> dict[Value, QCheckBox]:
        """A box for each value of a setting that has few."""
        choices: tuple[Value, ...] = self.setting.choices if self.setting.kind == "choice" else ()
        if self.setting.kind == "boolean":
            choices = (False, True)
        grid = QGridLayout()
        grid.setVerticalSpacing(3)
        boxes: dict[Value, QCheckBox] = {}
        for place, choice in enumerate(choices):
            words = value_text(self.network, self.key, choice)
            boxes[choice] = QCheckBox(words.replace("&", "&&"))
            boxes[choice].setAccessibleName(f"{self.name}: {words}")
            boxes[choice].toggled.connect(lambda _on: self.changed.emit())
            grid.addWidget(boxes[choice], place // COLUMNS, place % COLUMNS)
        layout.addLayout(grid)
        return boxes

    @property
    def has_range(self) -> bool:
        return self.setting.kind in ("number", "integer")

    def show_variable(self, variable: Variable) -> None:
        """Fill the fields."""
        for value, box in self.boxes.items():
            box.setChecked(value in variable.values)
        self.values.setText(", ".join(written(one) for one in variable.values))
        if not variable.values:
            self.kind.setCurrentIndex(self.kind.findData(LOGARITHMIC if variable.is_logarithmic else RANGE))
            self.range.show_range(variable)
        self.show_kind()

    def show_kind(self) -> None:
        """Show the fields of the way in which it varies."""
        kind = self.kind.currentData()
        self.kind.setVisible(self.has_range)
        self.values.setVisible(not self.boxes and kind == VALUES)
        self.range.setVisible(kind != VALUES)

    def _change_kind(self) -> None:
        """Another way to vary: a range begins with the ends of the values that were written."""
        if self.kind.currentData() != VALUES and not (self.range.low.text() or self.range.high.text()):
            with suppress(UserError):
                values = self._values().values
                self.range.low.setText(written(min(values)))
                self.range.high.setText(written(max(values)))
        self.show_kind()
        self.changed.emit()

    def show_points(self, are_asked: bool) -> None:
        """Whether it is asked how many points of a range are taken: by a grid alone."""
        self.range.show_points(are_asked)

    def variable(self) -> Variable:
        """What varies, and over what. UserError says what is not understood or not possible."""
        kind = self.kind.currentData()
        if self.boxes:
            chosen = [written_choice(value) for value, box in self.boxes.items() if box.isChecked()]
            if not chosen:
                raise UserError(_("{name}: tick at least one.").format(name=self.name))
            return parse_variable(self.network, f"{self.key}={','.join(chosen)}")
        if kind == VALUES:
            return self._values()
        return parse_variable(self.network, f"{self.key}={self.range.text(kind == LOGARITHMIC)}")

    def _values(self) -> Variable:
        """The values that are written. UserError where they are none."""
        text = self.values.text()
        if not text.strip():
            raise UserError(_("{name}: write at least one value.").format(name=self.name))
        if ";" in text:  # decimal commas stand between them
            text = text.replace(",", ".").replace(";", ",")
        return parse_variable(self.network, f"{self.key}={text}")

    def fields(self) -> list[QWidget]:
        """All fields, in an order that stays."""
        return [self.kind, self.values, self.range.low, self.range.high, self.range.points, *self.boxes.values()]

    def refuse(self, message: str) -> None:
        """Say at the field what is wrong with it, "" for nothing."""
        self.refusal.setText(message)
        self.refusal.setVisible(bool(message))
        edge = f"QLineEdit {{ border: 2px solid {theme.colors().problem}; }}" if message else ""
        for field in (self.values, self.range.low, self.range.high):
            field.setStyleSheet(edge)
            field.setAccessibleDescription(message)

    def first_field(self) -> QWidget:
        """Where one begins to write."""
        if self.boxes:
            return next(iter(self.boxes.values()))
        return self.values if self.kind.currentData() == VALUES else self.range.low


class RangeFields(QWidget):
    """From, to, and how many points a grid takes of it."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.low, self.high = QLineEdit(), QLineEdit()
        self.points = NumberBox()
        self.points.setRange(2, 1000)
        self.points.setValue(POINTS)
        self.points.setAccessibleName(_("Points of {name} in a grid").format(name=name))
        self.points.setToolTip(_("How many points of the range a grid takes"))
        self.low.setAccessibleName(_("Lowest {name}").format(name=name))
        self.high.setAccessibleName(_("Highest {name}").format(name=name))
        self.low.setObjectName("studyLow")
        self.high.setObjectName("studyHigh")
        self.points_label = QLabel(_("points"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in (
            (self.low, 1),
            (QLabel("–"), 0),
            (self.high, 1),
            (self.points, 0),
            (self.points_label, 0),
        ):
            line.addWidget(widget, stretch)
        self.low.textChanged.connect(self.changed)
        self.high.textChanged.connect(self.changed)
        self.points.valueChanged.connect(lambda _value: self.changed.emit())

    def show_range(self, variable: Variable) -> None:
        self.low.setText(f"{variable.low:.10g}")
        self.high.setText(f"{variable.high:.10g}")
        self.points.setValue(variable.points or POINTS)

    def show_points(self, are_asked: bool) -> None:
        self.points.setVisible(are_asked)
        self.points_label.setVisible(are_asked)

    def text(self, is_logarithmic: bool) -> str:
        """The range as the command line takes it."""
        low, high = (field.text().strip().replace(",", ".") for field in (self.low, self.high))
        points = f":{self.points.value()}" if self.points.isVisibleTo(self) else ""
        return f"{low}..{high}{':log' if is_logarithmic else ''}{points}"


def written_choice(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- what is proposed -----------------------------------------------------------------------------------------------


def proposed(setting: Parameter, key: str, value: Value) -> Variable:
    """A beginning for what varies around the value it has now."""
    if setting.kind == "boolean":
        return Variable(key, (False, True))
    if key in PROPOSED:
        return Variable(key, PROPOSED[key])
    if setting.name == "rate":
        return Variable(key, (0.0, 0.25, 0.5))
    around: list[Value] = [value]
    if isinstance(value, int) and not isinstance(value, bool) and value > 1:
        around = [max(1, value // 2), value, value * 2]
    elif isinstance(value, float) and value > 0:
        around = [float(f"{value / 10:.6g}"), value, float(f"{value * 10:.6g}")]
    return Variable(key, tuple(one for one in around if takes(setting, one)), is_whole=setting.kind == "integer")


PROPOSED: Mapping[str, tuple[Value, ...]] = {
    "network.dense_blocks": (1, 2, 3),
    "network.activation": ("sigmoid", "tanh", "relu"),
    "training.optimizer": ("sgd", "adam"),
    "training.weight_decay": (0.0, 0.0001, 0.01),
}


def takes(setting: Parameter, value: Value) -> bool:
    """Whether it is a value that the setting can have."""
    try:
        setting.check(value)
    except UserError:
        return False
    return not (isinstance(value, float) and math.isnan(value))
