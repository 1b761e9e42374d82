"""How the file is read: each guess with its reason, and a choice that overrules it with one click."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from nnstudio.layers.spec import Parameter
from nnstudio.project.archive import is_path
from nnstudio.project.model import DataChoice, ReadingFact
from nnstudio.project.reading_settings import READING_SETTINGS
from nnstudio.project.settings import CHOICE_NAMES
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fonts import sized

AUTO = "auto"
OF_TEXT = ("encoding", "separator", "quote")
OF_SHEETS = ("sheet",)
SAMPLE = "sample_fraction"
"""What any file can be read by."""
FEWEST, MOST = 0, 6
"""The numbers of lines to skip that the list offers at least."""


class ReadingForm(QWidget):
    """A row for each option. `edited(name, value)` comes with each choice, `refused(message)` with one that cannot
    be."""

    edited = Signal(str, object)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Choice | QLineEdit] = {}
        self.reasons: dict[str, QLabel] = {}
        self._labels: dict[str, QLabel] = {}
        self.nothing = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.nothing.setText(_("These rows come from no file of text or cells: there is no other way to read them."))
        self.nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.nothing)
        for parameter in READING_SETTINGS:
            field = self._field(parameter)
            field.setObjectName(f"reading_{parameter.name}")
            field.setAccessibleName(_(parameter.label))
            field.setAccessibleDescription(_(parameter.help))
            field.setToolTip(_(parameter.help))
            label = QLabel(_(parameter.label))
            label.setBuddy(field)
            label.setFont(sized(label.font(), 1.0))
            reason = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            reason.setFont(sized(reason.font(), 0.88))
            reason.setContentsMargins(2, 0, 0, 0)
            label.setContentsMargins(0, 7, 0, 0)
            for widget in (label, field, reason):
                layout.addWidget(widget)
            self.fields[parameter.name] = field
            self.reasons[parameter.name] = reason
            self._labels[parameter.name] = label
        layout.addStretch()

    def show_reading(self, data: DataChoice, facts: tuple[ReadingFact, ...], is_read: bool) -> None:
        """Show what was chosen, and what was found where it was left to the guess; all options where nothing could be
        read."""
        found = {fact.option: fact for fact in facts}
        is_known = is_read or not is_path(data.source)
        for parameter in READING_SETTINGS:
            name = parameter.name
            field, fact, value = self.fields[name], found.get(name), str(getattr(data, name))
            is_chosen = getattr(data, name) != parameter.default
            field.blockSignals(True)
            if isinstance(field, QComboBox):
                guess = shown(fact.value) if fact is not None and fact.is_guess and fact.value else ""
                text = _("automatic: {guess}").format(guess=guess) if guess else _("automatic")
                field.setItemText(0, text)
                if is_chosen and field.findData(value) < 0:
                    field.addItem(shown(value), value)
                field.setCurrentIndex(max(0, field.findData(value)) if is_chosen else 0)
            elif not field.hasFocus():
                field.setText(value if is_chosen else "")
            field.blockSignals(False)
            reason = self.reasons[name]
            reason.setText(fact.reason if fact is not None and fact.is_guess else "")
            is_shown = is_chosen or not is_known or has_effect(name, found) or (name == SAMPLE and is_path(data.source))
            for widget in (self._labels[name], field):
                widget.setVisible(is_shown)
            reason.setVisible(is_shown and bool(reason.text()))
            reason.setStyleSheet(f"color: {theme.colors().faint_text};")
            strong = self._labels[name].font()
            strong.setBold(is_chosen)
            self._labels[name].setFont(strong)
        self.nothing.setVisible(all(label.isHidden() for label in self._labels.values()))

    def _field(self, parameter: Parameter) -> Choice | QLineEdit:
        name = parameter.name
        if parameter.kind in ("text", "number"):
            line = QLineEdit()
            line.setPlaceholderText(_("all") if name == SAMPLE else _("automatic"))
            line.editingFinished.connect(lambda: self._typed(parameter, line.text()))
            return line
        choice = Choice()
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.setMinimumContentsLength(10)
        choice.addItem(_("automatic"), AUTO)
        offered = [one for one in parameter.choices if one != AUTO]
        if parameter.kind == "integer":
            offered = [str(number) for number in range(FEWEST, MOST + 1)]
        for one in offered:
            choice.addItem(shown(one), one)
        choice.activated.connect(lambda place: self._typed(parameter, str(choice.itemData(place))))
        choice.setObjectName(name)
        return choice

    def _typed(self, parameter: Parameter, text: str) -> None:
        try:
            self.edited.emit(parameter.name, parameter.parse(text) if text.strip() else parameter.default)
        except UserError as mistake:
            self.refused.emit(str(mistake))


def has_effect(name: str, found: Mapping[str, ReadingFact]) -> bool:
    """Whether an option can change how the rows are read, by what was found: the sheet is one of a spreadsheet alone,
    the separator one of a file of text."""
    if not found:
        return False
    if name in OF_SHEETS:
        return "sheet" in found
    return name not in OF_TEXT or "sheet" not in found


def shown(value: str) -> str:
    """A value of an option as it is called on screen: signs with their names."""
    names = {
        ",": _("comma  ,"),
        ";": _("semicolon  ;"),
        "|": _("bar  |"),
        ".": _("point  ."),
        "'": _("apostrophe  '"),
        '"': _('double  "'),
    }
    return names.get(value) or _(CHOICE_NAMES.get(value, value))
