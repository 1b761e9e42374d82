"""The words that speak most for each class over the validation part: two lists, each for a class of one's choice."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.project.model import Run
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.newest_question import NewestQuestion
from nnstudio.ui.labs.word_tables import FAINTEST, WordRow, WordTable, points, scale_of, shade
from nnstudio.ui.look.fields import Choice

if TYPE_CHECKING:
    from nnstudio.ui.background.results import ClassWords, Dataset

MOST = 50
"""Words of a list."""
WIDEST_CHOICE = 220


class ClassWordsView(QWidget):
    """Asks only while it is looked at: each text is asked about once without each of its words.

    `opened(word)` comes with a word that is to be looked at more closely.
    """

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.found: ClassWords | None = None
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.words.setObjectName("classWordsSentence")
        self.classes = Choice(), Choice()
        titles = _("Word"), _("Messages"), _("Mean effect")
        self.tables = tuple(WordTable(name, titles) for name in (_("Words for a class"), _("Words for another class")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        for place, (choice, table) in enumerate(zip(self.classes, self.tables, strict=True)):
            choice.setAccessibleName(_("Class of list {number}").format(number=place + 1))
            choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
            choice.setMaximumWidth(WIDEST_CHOICE)
            head = QHBoxLayout()
            head.setSpacing(8)
            head.addWidget(QLabel(_("Words that speak most for")))
            head.addWidget(choice)
            head.addStretch(1)
            grid.addLayout(head, 0, place)
            grid.addWidget(table, 1, place)
            choice.currentIndexChanged.connect(self._fill)
            table.opened.connect(self.opened)
        grid.setRowStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.words)
        layout.addLayout(grid, 1)
        self._names: tuple[str, ...] = ()
        self._subject: tuple[object, ...] = ()
        self._question: tuple[Run, Dataset, str] | None = None
        self._is_asked = False
        self.newest = NewestQuestion(self, self._show, self.words.setText)

    def ask(self, run: Run, dataset: "Dataset", column: str) -> None:
        """Tell of this run; at once where it is looked at."""
        subject = run.network, run.preparation, run.data, column
        if subject != self._subject:
            self.newest.forget()
            self._subject, self.found = subject, None
            self._offer(run.preparation.classes)
            self.words.setText(_("Leaving out each word of each message …"))
            self._fill()
        if self._question is None or self._question[0] is not run or self._question[2] != column:
            self._question, self._is_asked = (run, dataset, column), False
        self.ask_if_seen()

    def ask_if_seen(self) -> None:
        """Ask what was put off until it is looked at."""
        if self._question is not None and not self._is_asked and self.isVisible():
            self._is_asked = True
            self.newest.ask(partial(lab_jobs.class_words_of, *self._question))

    def _offer(self, names: tuple[str, ...]) -> None:
        """The classes; the first two at first."""
        self._names = names
        for place, choice in enumerate(self.classes):
            choice.blockSignals(True)
            choice.clear()
            choice.addItems(list(names))
            choice.setCurrentIndex(min(place, len(names) - 1))
            choice.blockSignals(False)

    def _show(self, found: "ClassWords") -> None:
        # Of another look at the same network all is known already: what is known of a part of the messages waits.
        if found.looked_at < found.wanted and self.found is not None and self.found.looked_at == self.found.wanted:
            return
        self.found = found
        text = translate_count(
            "The mean of what leaving a word out changes, in points of probability, over the messages that hold it: "
            "words in at least 3 of {count} message.",
            "The mean of what leaving a word out changes, in points of probability, over the messages that hold it: "
            "words in at least 3 of {count} messages.",
            found.wanted,
        ).format(count=Count(found.wanted))
        if found.wanted < found.total:
            text += " " + _("These are the first of {total}.").format(total=Count(found.total))
        if found.looked_at < found.wanted:
            text += " " + _("{count} are done …").format(count=Count(found.looked_at))
        self.words.setText(text)
        self._fill()

    def _fill(self) -> None:
        numbers = [choice.currentIndex() for choice in self.classes]
        lists = [self._listed(number) for number in numbers]
        scale = scale_of([effect for listed in lists for _word, effect, _texts in listed])
        for number, listed, table in zip(numbers, lists, self.tables, strict=True):
            rows = [
                WordRow(word, (f"{Count(texts)}", points(effect)), shade(effect, scale))
                for word, effect, texts in listed
            ]
            table.show_rows(rows)
            name = self._names[number] if 0 <= number < len(self._names) else ""
            table.setAccessibleName(_("Words that speak most for {name}").format(name=name))

    def _listed(self, number: int) -> list[tuple[str, float, int]]:
        """The words of a class with their effects, and in how many messages they are."""
        is_known = number >= 0 and self.found is not None and self.found.effects.size > 0
        listed = self.found.speaking_for(number, MOST) if is_known and self.found is not None else []
        return [one for one in listed if one[1] >= FAINTEST]
