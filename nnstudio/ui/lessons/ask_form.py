"""What a step asks first, as a form: none, answers to choose from, a number, curves in order, the star, a sketch."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.lessons.asking import ORDERED_BY, numbers_typed, question_of_kind, settings_of, varied, varied_values
from nnstudio.lessons.conditions import MEASURE_NAMES, setting_name
from nnstudio.lessons.lesson_file import MOST_OPTIONS
from nnstudio.lessons.measures import shown
from nnstudio.lessons.model import Ask, Choice, Number, Option, Order, Sketch
from nnstudio.project.model import Project, Run
from nnstudio.text import translate as _
from nnstudio.ui.lessons.labels import text_label
from nnstudio.ui.lessons.words_field import LineWords
from nnstudio.ui.look.fields import Choice as ChoiceField

LETTERS = "abcdefghijkl"
Edited = Callable[[Ask], object]


class AskForm(QWidget):
    """`edited(ask)` comes with every change; None is no question. The form is made anew where another kind is
    chosen."""

    edited = Signal(object)

    def __init__(self, ask: Ask | None, project: Project, run: Run | None, both: bool) -> None:
        super().__init__()
        self.setObjectName("askForm")
        self.ask, self.project, self.run, self.both = ask, project, run, both
        self.kind = ChoiceField()
        self.kind.setObjectName("askKind")
        self.kind.setAccessibleName(_("What is asked first"))
        self.kinds = {
            "": _("No question"),
            "choice": _("One of several answers"),
            "number": _("A number"),
            "order": _("Curves to put in order"),
            "star": _("The star: the best epoch"),
            "sketch": _("A curve to sketch"),
        }
        for tag, words in self.kinds.items():
            self.kind.addItem(words, tag)
        self.kind.setCurrentIndex(max(0, self.kind.findData(ask.__struct_config__.tag if ask else "")))
        self.kind.activated.connect(lambda _place: self._choose(str(self.kind.currentData())))
        self.again = QCheckBox(self)
        self.body: QWidget | None = None
        self.layout_ = QVBoxLayout(self)
        self.layout_.setContentsMargins(0, 0, 0, 0)
        self.layout_.setSpacing(6)
        self.layout_.addWidget(self.kind)
        self._fill()

    def _choose(self, tag: str) -> None:
        again = bool(self.ask and self.ask.again)
        ask = question_of_kind(tag, self.project, self.run)
        self.ask = replace(ask, again=again) if ask is not None else None
        self._fill()
        self.edited.emit(self.ask)

    def _set_again(self, on: bool) -> None:
        if self.ask is not None and self.ask.again != on:
            self._edit(replace(self.ask, again=on))

    def _edit(self, ask: Ask) -> None:
        """Take another question of the same kind."""
        self.ask = replace(ask, again=self.again.isChecked())
        self.edited.emit(self.ask)

    def _fill(self) -> None:
        for old in (self.body, self.again):
            if old is not None:
                old.hide()
                old.deleteLater()
        self.body = self._made()
        if self.body is not None:
            self.layout_.addWidget(self.body)
        self.again = QCheckBox(_("Ask again after a talk with the neighbour"))  # behind the rest for the Tab key too
        self.again.setObjectName("askAgain")
        self.again.setChecked(bool(self.ask and self.ask.again))
        self.again.toggled.connect(self._set_again)
        self.layout_.addWidget(self.again)
        self.again.setVisible(self.ask is not None)
        inside = self.body.findChildren(QWidget) if self.body is not None else []
        typed = [one for one in inside if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.objectName()]
        for earlier, later in pairwise([self.kind, *typed, self.again]):
            QWidget.setTabOrder(earlier, later)

    def _made(self) -> QWidget | None:
        match self.ask:
            case Choice():
                return ChoiceForm(self.ask, self.both, self._edit)
            case Number():
                return NumberForm(self.ask, self._edit)
            case Order():
                return OrderForm(self.ask, self.project, self._edit)
            case Sketch():
                return SketchForm(self.ask, self._edit)
        return None


class ChoiceForm(QWidget):
    """One line an answer; the button before it says which turned out."""

    def __init__(self, ask: Choice, both: bool, edited: Edited) -> None:
        super().__init__()
        self.both, self.edited = both, edited
        self.rows: list[tuple[str, QRadioButton, LineWords]] = []
        self.group = QButtonGroup(self)
        self.layout_ = QVBoxLayout(self)
        self.layout_.setContentsMargins(0, 0, 0, 0)
        self.layout_.setSpacing(4)
        self.layout_.addWidget(note(_("One line an answer. Mark the one that turns out; it is told after the run.")))
        for option in ask.options:
            self._add(option, option.id == ask.answer)
        self.more = QPushButton(_("Another answer"))
        self.more.setObjectName("moreAnswers")
        self.more.clicked.connect(lambda _checked=False: self.add())
        self.layout_.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        while len(self.rows) < 2:
            self.add()
        self.group.buttonClicked.connect(lambda _button: self._tell())

    def add(self) -> None:
        """One more line, which takes the keys."""
        if len(self.rows) < MOST_OPTIONS:
            taken = {id for id, _button, _words in self.rows}
            self._add(Option(next(one for one in LETTERS if one not in taken), {}), False)
            next(iter(self.rows[-1][2].lines.values())).setFocus()

    def _add(self, option: Option, is_answer: bool) -> None:
        number = len(self.rows) + 1
        label = _("Answer {number}").format(number=number)
        button = QRadioButton()
        button.setObjectName(f"turnsOut_{option.id}")
        button.setToolTip(_("This one turns out"))
        button.setAccessibleName(_("Answer {number} turns out").format(number=number))
        button.setChecked(is_answer)
        self.group.addButton(button)
        words = LineWords(f"option_{option.id}", label, option.text, self.both, label)
        words.edited.connect(lambda _words: self._tell())
        words.returned.connect(lambda id=option.id: self._go_on(id))
        line = QHBoxLayout()
        line.addWidget(button)
        line.addWidget(words, 1)
        self.layout_.insertLayout(len(self.rows) + 1, line)
        self.rows.append((option.id, button, words))

    def _go_on(self, id: str) -> None:
        """Enter goes to the next line, behind the last to a new one."""
        place = [one for one, _button, _words in self.rows].index(id) + 1
        if place == len(self.rows):
            self.add()
        else:
            next(iter(self.rows[place][2].lines.values())).setFocus()

    def _tell(self) -> None:
        options = tuple(Option(id, words.words()) for id, _button, words in self.rows if words.words())
        answer = next((id for id, button, words in self.rows if button.isChecked() and words.words()), "")
        self.edited(Choice(options, answer))


class NumberForm(QWidget):
    """A number of the run, or one that is typed; between which bounds it is asked for, and how near counts as met."""

    def __init__(self, ask: Number, edited: Edited) -> None:
        super().__init__()
        self.ask, self.edited = ask, edited
        layout = form_of(self)
        self.measure = chooser(
            "askMeasure", _("Number"), {"": _("a number that I type"), **measure_words()}, ask.measure, self._chosen
        )
        layout.addRow(_("Number"), self.measure)
        self.answer = number_line("askAnswer", _("Answer"), ask.answer, self._typed)
        layout.addRow(_("Answer"), self.answer)
        self.lowest = number_line("askLowest", _("From"), ask.lowest, self._typed)
        self.highest = number_line("askHighest", _("To"), ask.highest, self._typed)
        bounds = QHBoxLayout()
        for line in (self.lowest, QLabel(_("to")), self.highest):
            bounds.addWidget(line)
        layout.addRow(_("From"), bounds)
        self.tolerance = number_line("askTolerance", _("Near enough"), ask.tolerance, self._typed)
        layout.addRow(_("Near enough"), self.tolerance)
        self.rows = layout
        layout.setRowVisible(self.answer, not ask.measure)

    def _chosen(self, measure: str) -> None:
        self.rows.setRowVisible(self.answer, not measure)
        self._typed()

    def _typed(self) -> None:
        measure = str(self.measure.currentData())
        values = [value_of(one) for one in (self.lowest, self.highest, self.tolerance, self.answer)]
        lowest, highest, tolerance, answer = values
        texts = [one.text() for one in (self.lowest, self.highest, self.answer)]
        self.edited(
            Number(
                lowest if lowest is not None else 0.0,
                highest if highest is not None else 0.0,
                measure,
                None if measure else answer,
                tolerance if tolerance is not None else -1.0,
                max(len(text.replace(",", ".").partition(".")[2]) for text in texts),
            )
        )


class OrderForm(QWidget):
    """Which setting the curves differ in, its values, and by what they are put in order."""

    def __init__(self, ask: Order, project: Project, edited: Edited) -> None:
        super().__init__()
        self.ask, self.project, self.edited = ask, project, edited
        layout = form_of(self)
        key, values = varied_values(ask)
        known = {one: setting_name(project, one) for one in settings_of(project)}
        self.setting = chooser("askSetting", _("Setting"), known, key, lambda _key: self._typed())
        self.values = QLineEdit("  ".join(values))
        self.values.setObjectName("askValues")
        self.values.setAccessibleName(_("Values"))
        self.values.setPlaceholderText("0.001  0.03  1")
        self.values.textEdited.connect(lambda _text: self._typed())
        by = {one: _(MEASURE_NAMES[one]) for one in ORDERED_BY}
        self.measure = chooser("askMeasure", _("In order of"), by, ask.measure, lambda _key: self._typed())
        if ask.curves and not key:
            layout.addRow(note(_("The curves of this step differ in several settings, and stay as they are.")))
            self.setting.hide()
            self.values.hide()
        else:
            layout.addRow(_("Setting"), self.setting)
            layout.addRow(_("Values"), self.values)
            layout.addRow(note(_("One curve for each value, with a blank between them. All are trained side by side.")))
        layout.addRow(_("In order of"), self.measure)

    def _typed(self) -> None:
        measure = str(self.measure.currentData())
        if self.values.isHidden():
            self.edited(replace(self.ask, measure=measure))
            return
        values = numbers_typed(self.values.text())
        self.edited(varied(str(self.setting.currentData()), values, measure, self.project, self.ask))


class SketchForm(QWidget):
    """Which curve is sketched."""

    def __init__(self, ask: Sketch, edited: Edited) -> None:
        super().__init__()
        layout = form_of(self)
        known = {"validation_loss": _("Validation loss"), "train_loss": _("Training loss")}
        curve = chooser("askMeasure", _("Curve"), known, ask.measure, lambda key: edited(Sketch(key)))
        layout.addRow(_("Curve"), curve)


# --- fields ---------------------------------------------------------------------------------------------------------


def form_of(widget: QWidget) -> QFormLayout:
    layout = QFormLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setVerticalSpacing(5)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return layout


def chooser(
    name: str, label: str, choices: Mapping[str, str], chosen: str, edited: Callable[[str], object]
) -> ChoiceField:
    """A list of which one entry is chosen; the keys are what is told."""
    field = ChoiceField()
    field.setObjectName(name)
    field.setAccessibleName(label)
    for key, words in choices.items():
        field.addItem(words, key)
    field.setCurrentIndex(max(0, field.findData(chosen)))
    field.activated.connect(lambda _place: edited(str(field.currentData())))
    return field


def number_line(name: str, label: str, value: float | None, edited: Callable[[], object]) -> QLineEdit:
    """A number typed as text."""
    line = QLineEdit("" if value is None else shown(value))
    line.setObjectName(name)
    line.setAccessibleName(label)
    line.textEdited.connect(lambda _text: edited())
    return line


def value_of(line: QLineEdit) -> float | None:
    """The number that is typed; None for what is none."""
    found = numbers_typed(line.text())
    try:
        return float(found[0]) if len(found) == 1 else None
    except ValueError:
        return None


def measure_words(names: Sequence[str] = ()) -> dict[str, str]:
    """What measures are called, the first letter small where it stands in a list."""
    return {name: _(MEASURE_NAMES[name]) for name in names or MEASURE_NAMES if name != "seconds"}


def note(words: str) -> QLabel:
    return text_label(words, faint=True)
