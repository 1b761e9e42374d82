"""Fields for declared parameters: the forms for a layer, the data and training come from the declarations alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from nnstudio.layers.spec import Parameter, Value
from nnstudio.project.settings import CHOICE_NAMES
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.numbers_text import written

Field = QWidget
FIELD = 118
"""Pixels that every field has at least: one left edge, whatever the labels."""


@dataclass(frozen=True)
class Section:
    """Rows of a form under a heading, which may be folded away."""

    label: str
    names: tuple[str, ...]
    is_open: bool = True


class NumberField(QLineEdit):
    """A number typed as text: what does not fit is marked and explained, never silently changed.

    `entered(value)` comes with each valid text, `refused(message)` with an invalid one ("" when it is mended), `left`
    when typing is over, and `taken_back(message)` when it was over with an invalid text.
    """

    entered = Signal(object)
    refused = Signal(str)
    left = Signal()
    taken_back = Signal(str)

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self.parameter = parameter
        self._value: Value = parameter.default
        self._before_typing: Value | None = None
        self._message = ""
        self.textEdited.connect(self._typed)
        self.editingFinished.connect(self._settle)

    def set_value(self, value: Value) -> None:
        """Show a value, unless the text already stands for it or is being typed (0. on the way to 0.05)."""
        is_being_typed = self._before_typing is not None and value == self._value
        self._value = value
        if is_being_typed:
            return
        if self._read() != value:
            self.setText(written(value))
        self._mark("")

    def _read(self) -> Value | None:
        try:
            return self._meant(self.text())
        except UserError:
            return None

    def _meant(self, text: str) -> Value:
        """What a text stands for; a decimal comma is a point. UserError where it can be nothing."""
        return self.parameter.parse(text if self.parameter.kind == "text" else text.replace(",", "."))

    def _typed(self, text: str) -> None:
        if self._before_typing is None:
            self._before_typing = self._value
        try:
            value = self._meant(text)
        except UserError as mistake:
            self._mark(str(mistake))
            return
        self._mark("")
        self._value = value
        self.entered.emit(value)

    def _settle(self) -> None:
        """Typing is over: a text that cannot be used gives way to the value there was before it."""
        if self._read() is None and self._before_typing is not None:
            self._value = self._before_typing
            self.entered.emit(self._value)
            self.taken_back.emit(self._message)
        self._before_typing = None
        self.setText(written(self._value))
        self._mark("")
        self.left.emit()

    def _put_back(self) -> None:
        """The value there was before the typing, shown and in the project."""
        assert self._before_typing is not None
        self._value, self._before_typing = self._before_typing, None
        self.setText(written(self._value))
        self._mark("")
        self.entered.emit(self._value)
        self.left.emit()

    def _mark(self, message: str) -> None:
        self._message = message
        self.setStyleSheet(f"QLineEdit {{ border: 2px solid {theme.colors().problem}; }}" if message else "")
        self.refused.emit(message)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._before_typing is not None:
            self._put_back()
            return
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or self.parameter.kind != "integer":
            super().keyPressEvent(event)
            return
        try:
            value = self.parameter.check(int(self._value) + step)
        except UserError:
            return
        self.setText(written(value))
        self._typed(self.text())


class ParameterForm(QWidget):
    """A row for each parameter, and a line that says what is wrong with the field being typed into.

    `edited(name, value)` comes with each valid change, `left` when a field is left, `taken_back(message)` when it was
    left with a text that could not be used. `vary_asked(key)` comes with a setting that a study is to vary.
    """

    edited = Signal(str, object)
    left = Signal()
    taken_back = Signal(str)
    vary_asked = Signal(str)

    def __init__(self, parameters: tuple[Parameter, ...], sections: Sequence[Section] = ()) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self.study_keys: Mapping[str, str] = {}
        """By which keys a study varies these settings, by their names; those that it cannot are left out."""
        self._labels: dict[str, QLabel] = {}
        self._hidden: set[str] = set()
        self._folded: dict[str, tuple[str, ...]] = {}
        """What is folded away, by the heading of its section."""
        self._headings: dict[str, QToolButton] = {}
        layout = self._rows = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        layout.setVerticalSpacing(7)
        layout.setHorizontalSpacing(12)
        listed = {name for section in sections for name in section.names}
        first = [parameter for parameter in parameters if parameter.name not in listed]
        self._add_rows(first)
        for section in sections:
            self._add_heading(section)
            self._add_rows([parameter for parameter in parameters if parameter.name in section.names])
        self.refusal = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.refusal.setVisible(False)
        layout.addRow(self.refusal)
        for section in sections:
            self._fold(section, section.is_open)

    def _add_heading(self, section: Section) -> None:
        """A line that a click folds and unfolds."""
        heading = QToolButton(autoRaise=True)
        heading.setCheckable(True)
        heading.setProperty("heading", True)
        heading.setObjectName(f"section_{section.names[0]}")
        heading.setText(_(section.label))
        heading.setAccessibleName(_(section.label))
        heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        heading.setFont(sized(heading.font(), 1.0, bold=True))
        heading.setChecked(section.is_open)
        heading.toggled.connect(lambda is_open: self._fold(section, is_open))
        self._headings[section.label] = heading
        self._rows.addRow(heading)

    def _fold(self, section: Section, is_open: bool) -> None:
        self._headings[section.label].setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._folded[section.label] = () if is_open else section.names
        for name in section.names:
            self._show_row(name)

    def unfold(self, name: str) -> None:
        """Have a field be seen: its section is opened."""
        for label, names in self._folded.items():
            if name in names:
                self._headings[label].setChecked(True)

    def _add_rows(self, parameters: Sequence[Parameter]) -> None:
        for parameter in parameters:
            field = self._field(parameter)
            field.setObjectName(f"field_{parameter.name}")
            field.setAccessibleName(_(parameter.label))
            field.setAccessibleDescription(_(parameter.help))
            field.setToolTip(_(parameter.help))
            label = QLabel(_(parameter.label))
            label.setToolTip(_(parameter.help))
            label.setBuddy(field)
            label.setWordWrap(True)
            field.setMinimumWidth(FIELD)
            for widget in (label, field):
                widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
                widget.customContextMenuRequested.connect(partial(self._show_menu, parameter.name, widget))
            self._rows.addRow(label, field)
            self.fields[parameter.name] = field
            self._labels[parameter.name] = label

    def _show_menu(self, name: str, widget: QWidget, place: QPoint) -> None:
        """What can be done with a field: what a text field offers by itself, and to vary it in a study."""
        menu = widget.createStandardContextMenu() if isinstance(widget, QLineEdit) else QMenu(widget)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if name in self.study_keys:
            menu.addSeparator()
            menu.addAction(_("&Vary in a study"), partial(self.vary_asked.emit, self.study_keys[name]))
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(widget.mapToGlobal(place))

    def put_first(self, label: str, widget: QWidget) -> None:
        """A row above the parameters, in line with them."""
        self._rows.insertRow(0, label, widget)

    def show_values(self, get: Callable[[str], Value]) -> None:
        """Show the value of each parameter, without counting as an edit."""
        for name, field in self.fields.items():
            field.blockSignals(True)
            value = get(name)
            if isinstance(field, NumberField):
                field.set_value(value)
            elif isinstance(field, QCheckBox):
                field.setChecked(bool(value))
            elif isinstance(field, QComboBox):
                select_choice(field, str(value))
            field.blockSignals(False)
        self._refuse("")

    def set_row_visible(self, name: str, visible: bool) -> None:
        self._hidden = self._hidden - {name} if visible else self._hidden | {name}
        self._show_row(name)

    def _show_row(self, name: str) -> None:
        folded = any(name in names for names in self._folded.values())
        visible = name not in self._hidden and not folded
        self.fields[name].setVisible(visible)
        self._labels[name].setVisible(visible)

    def _field(self, parameter: Parameter) -> Field:
        name = parameter.name
        if parameter.kind == "boolean":
            box = QCheckBox()
            box.toggled.connect(lambda checked: self._chosen(name, checked))
            return box
        if parameter.kind == "choice":
            choice = Choice()
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(8)
            for one in parameter.choices:
                choice.addItem(_(CHOICE_NAMES.get(one, one)), one)
            choice.activated.connect(lambda place: self._chosen(name, choice.itemData(place)))
            return choice
        number = NumberField(parameter)
        number.entered.connect(lambda value: self.edited.emit(name, value))
        number.refused.connect(self._refuse)
        number.left.connect(self.left)
        number.taken_back.connect(self.taken_back)
        return number

    def _chosen(self, name: str, value: object) -> None:
        """A choice is an edit of its own; only typing merges."""
        self.edited.emit(name, value)
        self.left.emit()

    def _refuse(self, message: str) -> None:
        self.refusal.setStyleSheet(f"color: {theme.colors().problem};")
        self.refusal.setText(message)
        self.refusal.setVisible(bool(message))


def select_choice(field: QComboBox, value: str) -> None:
    place = field.findData(value)
    if place < 0:
        field.addItem(value, value)
        place = field.count() - 1
    field.setCurrentIndex(place)
