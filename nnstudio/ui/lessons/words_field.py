"""Fields for what a lesson says: in the language in use, and in the others below it where both are typed."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.lessons.model import Words
from nnstudio.text import LANGUAGES, current_language, mark
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized

NAMES = {"en": mark("English"), "es": mark("Spanish")}


def language_name(code: str) -> str:
    """What a language is called in the one in use."""
    return _(NAMES.get(code, LANGUAGES[code]))


def languages_typed(both: bool) -> list[str]:
    """The languages that are typed, that in use first."""
    first = current_language()
    return [first, *(code for code in LANGUAGES if code != first)] if both else [first]


class TextBox(QPlainTextEdit):
    """A text of several lines, as high as it is given; Tab goes on to the next field. `entered` comes with the
    focus."""

    entered = Signal()

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 16)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class WordsField(QWidget):
    """A text by language, with its name, how much of the room it takes, and what is wrong with it.

    `edited(words)` comes with every letter.
    """

    edited = Signal(object)

    def __init__(
        self, name: str, label: str, words: Words, lines: int, longest: int, both: bool, tip: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName(f"words_{name}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.longest = longest
        self._words = dict(words)
        self.boxes: dict[str, TextBox] = {}
        self.current = current_language()
        """The language that was typed last."""
        self.counter = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.problem = problem_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        head = QHBoxLayout()
        title = QLabel(label, textFormat=Qt.TextFormat.PlainText)
        title.setFont(sized(title.font(), 1.0, bold=True))
        head.addWidget(title)
        self.head = head
        head.addStretch()
        head.addWidget(self.counter)
        layout.addLayout(head)
        for code in languages_typed(both):
            box = TextBox(lines)
            box.setObjectName(f"{name}_{code}")
            box.setAccessibleName(f"{label} ({LANGUAGES[code]})" if both else label)
            box.setPlaceholderText(LANGUAGES[code] if both else tip)
            box.setPlainText(words.get(code, ""))
            box.textChanged.connect(lambda code=code: self._typed(code))
            box.entered.connect(lambda code=code: self._entered(code))
            self.boxes[code] = box
            layout.addWidget(box)
        title.setBuddy(self.boxes[self.current])
        layout.addWidget(self.problem)
        self._count()

    def words(self) -> Words:
        return dict(self._words)

    def insert(self, text: str) -> None:
        """Write at the place of the cursor."""
        box = self.boxes[self.current]
        box.insertPlainText(text)
        box.setFocus()

    def show_problem(self, problem: str) -> None:
        show_problem(self.problem, problem)

    def _typed(self, code: str) -> None:
        self._words = with_text(self._words, code, self.boxes[code].toPlainText())
        self.current = code
        self._count()
        self.edited.emit(self.words())

    def _entered(self, code: str) -> None:
        self.current = code
        self._count()

    def _count(self) -> None:
        found = len(self._words.get(self.current, ""))
        colors = theme.colors()
        self.counter.setText(_("{count} of {most}").format(count=found, most=self.longest))
        color = colors.problem if found > self.longest else colors.faint_text
        self.counter.setStyleSheet(f"color: {color};")
        # What is far from full needs no number.
        self.counter.setVisible(self.longest <= 200 or found > 0.8 * self.longest)


class LineWords(QWidget):
    """A text of one line by language. `edited(words)` comes with every letter, `returned` with Enter."""

    edited = Signal(object)
    returned = Signal()

    def __init__(self, name: str, label: str, words: Words, both: bool, tip: str = "") -> None:
        super().__init__()
        self._words = dict(words)
        self.lines: dict[str, QLineEdit] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for code in languages_typed(both):
            line = QLineEdit(words.get(code, ""))
            line.setObjectName(f"{name}_{code}")
            line.setAccessibleName(f"{label} ({LANGUAGES[code]})" if both else label)
            line.setPlaceholderText(LANGUAGES[code] if both else tip)
            line.textEdited.connect(lambda text, code=code: self._typed(code, text))
            line.returnPressed.connect(self.returned)
            self.lines[code] = line
            layout.addWidget(line)

    def words(self) -> Words:
        return dict(self._words)

    def _typed(self, code: str, text: str) -> None:
        self._words = with_text(self._words, code, text)
        self.edited.emit(self.words())


def with_text(words: Mapping[str, str], code: str, text: str) -> dict[str, str]:
    """With another text in a language; one that is empty is none."""
    rest = {key: value for key, value in words.items() if key != code}
    return {key: value for key in LANGUAGES if (value := text.strip() if key == code else rest.get(key, ""))}


def problem_label() -> QLabel:
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setObjectName("fieldProblem")
    label.hide()
    return label


def show_problem(label: QLabel, problem: str) -> None:
    """Say what is wrong, or nothing."""
    label.setText(problem)
    label.setStyleSheet(f"color: {theme.colors().problem};")
    label.setVisible(bool(problem))
