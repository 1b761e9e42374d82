"""Words: what each does to the answer to a message, which speak for a class, and which lie near each other."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from nnstudio.project.preparation import Preparation
from nnstudio.text import Count, percent, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.class_words_view import ClassWordsView
from nnstudio.ui.labs.coloured_text import MOST_SHOWN, ColouredText, ColouredWord, EffectLegend, word_tip
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.neighbours_view import NeighboursView
from nnstudio.ui.labs.sample_picker import SamplePicker
from nnstudio.ui.labs.word_tables import FAINTEST, WordRow, WordTable, points, scale_of, shade
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.plots.confusion import shortened
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Word, WordEffects

MESSAGE, CLASSES, NEIGHBOURS = range(3)
"""The tabs."""
MOST_OF_A_NAME = 18
WIDEST_CHOICE = 220
SMALLEST = 760, 460


class WordsLab(Lab):
    """The message in the field is asked about, that of a sample or one's own: once as it is, and once without each of
    its words. The other columns of the data, where there are some, are those of the sample."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("Words"),
            _(
                "Which words mattered? The network is asked once more without each word, wherever it stands in the "
                "message: what the probability of the class loses is what the word did. Change the message, or type "
                "one of your own, and watch."
            ),
        )
        self.setObjectName("wordsLab")
        self.found: WordEffects | None = None
        self.column = ""
        self._made_for: object = None
        self._make_controls()
        self.class_words, self.neighbours = ClassWordsView(), NeighboursView()
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self._message_page(), _("Message"))
        self.tabs.addTab(self.class_words, _("Words of the classes"))
        self.tabs.addTab(self.neighbours, _("Nearest words"))
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self._connect()
        self.setMinimumSize(*SMALLEST)
        resize_on_screen(self, 1040, 640)
        self.field.setFocus()
        self.look()

    # --- what is there ----------------------------------------------------------------------------------------------

    def _make_controls(self) -> None:
        self.picker = SamplePicker()
        self.columns, self.classes = Choice(), Choice()
        self.columns.setAccessibleName(_("Column of text"))
        self.columns.setMaximumWidth(WIDEST_CHOICE)
        self.classes.setAccessibleName(_("Class whose probability is looked at"))
        self.classes.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.classes.setMaximumWidth(WIDEST_CHOICE)
        self.field = QLineEdit()
        self.field.setObjectName("wordsMessage")
        self.field.setMaxLength(MOST_SHOWN)
        self.field.setAccessibleName(_("Message"))
        self.field.setPlaceholderText(_("Type a message: the answer follows at once"))
        self.back = QPushButton(_("Back to the sample"))
        self.back.setAccessibleName(self.back.text())
        self.back.setAutoDefault(False)
        self.answer = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.answer.setObjectName("wordsAnswer")
        self.answer.setFont(sized(self.answer.font(), 1.15, bold=True))
        self.text = ColouredText(_("Message with its words coloured"))
        self.legend = EffectLegend()
        self.notes = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.notes.setObjectName("wordsNotes")
        titles = _("Word"), _("Times"), _("Effect in points")
        self.table = WordTable(_("Words with their effects"), titles)

    def _message_page(self) -> QWidget:
        page = QWidget()
        asked, typed = QHBoxLayout(), QHBoxLayout()
        for row in (asked, typed):
            row.setSpacing(8)
        asked.addWidget(self.picker, 1)
        asked.addWidget(self.columns)
        asked.addWidget(QLabel(_("Effect on the probability of")))
        asked.addWidget(self.classes)
        label = QLabel(_("M&essage"))
        label.setBuddy(self.field)
        for widget in (label, self.field, self.back):
            typed.addWidget(widget)
        left = QVBoxLayout()
        left.addWidget(self.answer)
        left.addWidget(self.text, 1)
        left.addWidget(self.legend)
        left.addWidget(self.notes)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.addLayout(asked, 0, 0, 1, 2)
        grid.addLayout(typed, 1, 0, 1, 2)
        grid.addLayout(left, 2, 0)
        grid.addWidget(self.table, 2, 1)
        for column, stretch in enumerate((3, 2)):
            grid.setColumnStretch(column, stretch)
        grid.setRowStretch(2, 1)
        return page

    def _connect(self) -> None:
        self.picker.picked.connect(self.take_sample)
        self.columns.activated.connect(self._choose_column)
        self.classes.currentIndexChanged.connect(self._draw)
        self.field.textEdited.connect(self._ask)
        self.back.clicked.connect(self.take_sample)
        self.text.pointed.connect(self._choose_word)
        self.table.chosen.connect(self._choose_word)
        for source in (self.table.opened, self.class_words.opened):
            source.connect(self._open_word)
        self.tabs.currentChanged.connect(self.class_words.ask_if_seen)

    # --- the network ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Another network or other data."""
        run, dataset = self.run_shown, self.dataset
        if run is None or dataset is None:
            return
        preparation = run.preparation
        names = [column.name for column in preparation.columns if column.text]
        if not names or preparation.task != "class":
            self.ask(partial(lab_jobs.word_effects_of, run, dataset.train.all_inputs[:1], "", ""), self._show)
            return
        self.tabs.setTabVisible(NEIGHBOURS, any(layer.role == "embedding" for layer in run.network.layers))
        if self._made_for is not dataset:
            self._made_for = dataset
            self._offer(names, preparation)
            self.picker.show_dataset(dataset)
            self.take_sample()
        else:
            self._ask()
        self.class_words.ask(run, dataset, self.column)
        if self.tabs.isTabVisible(NEIGHBOURS):
            self.neighbours.ask(run, dataset)

    def _offer(self, names: list[str], preparation: Preparation) -> None:
        """The columns of text, and the classes."""
        self.columns.clear()
        self.columns.addItems(names)
        self.columns.setVisible(len(names) > 1)
        self.column = names[0]
        self.classes.blockSignals(True)
        self.classes.clear()
        self.classes.addItems([_("the answer"), *preparation.classes])
        self.classes.blockSignals(False)

    def _choose_column(self, place: int) -> None:
        self.column = self.columns.itemText(place)
        self.take_sample()
        if self.run_shown is not None and self.dataset is not None:
            self.class_words.ask(self.run_shown, self.dataset, self.column)

    def sample_text(self) -> str:
        """The text of the sample that is picked, on one line."""
        if self.dataset is None or self.column not in self.dataset.texts or not len(self.picker.samples):
            return ""
        return " ".join(str(self.dataset.texts[self.column][self.picker.row]).splitlines())[:MOST_SHOWN]

    def take_sample(self) -> None:
        """Ask about the sample that is picked."""
        self.field.setText(self.sample_text())
        self.field.setCursorPosition(0)
        self._ask()

    def _ask(self) -> None:
        if self.run_shown is None or self.dataset is None or not self.column or self.picker.dataset is None:
            return
        self.back.setEnabled(self.field.text() != self.sample_text())
        question = partial(
            lab_jobs.word_effects_of, self.run_shown, self.picker.inputs(), self.column, self.field.text()
        )
        self.ask(question, self._show)

    # --- the answer -------------------------------------------------------------------------------------------------

    def _show(self, found: "WordEffects") -> None:
        self.found = found
        self._draw()

    def _draw(self) -> None:
        """Show the answer, and each word by its effect on the class that is chosen."""
        if self.found is None or self.run_shown is None:
            return
        found, classes = self.found, self.run_shown.preparation.classes
        answered = int(found.probabilities.argmax())
        number = self.classes.currentIndex() - 1
        number = answered if number < 0 else number
        name = shortened(classes[number], MOST_OF_A_NAME)
        words = _("The network answers: {answer}").format(answer=classes[answered])
        words += f"  ({percent(float(found.probabilities[answered]))})"
        if number != answered:
            words += "  ·  " + _("p({name})").format(name=name)
            words += f" = {percent(float(found.probabilities[number]))}"
        self.answer.setText(words)
        effects = [float(word.effects[number]) for word in found.words]
        scale = scale_of(effects)
        self.legend.show_scale(name, scale)
        standing = [
            ColouredWord(word.word, start, end, effect, word.is_known)
            for word, effect in zip(found.words, effects, strict=True)
            for start, end in word.spans
        ]
        self.text.show_text(found.text, sorted(standing, key=lambda one: one.start), scale, found.read_until)
        order = sorted(zip(found.words, effects, strict=True), key=lambda pair: -abs(pair[1]))
        self.table.show_rows([row_of(word, effect, scale) for word, effect in order])
        self.notes.setText(notes_on(found, effects))
        self.notes.setVisible(bool(self.notes.text()))

    def _choose_word(self, word: str) -> None:
        """Show a word in the text and in the table, and its neighbours where they are looked at."""
        self.text.choose(word)
        self.table.choose(word)
        if self.tabs.isTabVisible(NEIGHBOURS):
            self.neighbours.look_up(word)

    def _open_word(self, word: str) -> None:
        """Go to the neighbours of a word; without an embedding it has none."""
        if self.tabs.isTabVisible(NEIGHBOURS):
            self.neighbours.look_up(word)
            self.tabs.setCurrentIndex(NEIGHBOURS)

    def done(self, result: int) -> None:
        for view in (self.class_words, self.neighbours):
            view.newest.forget()
        super().done(result)


def row_of(word: "Word", effect: float, scale: float) -> WordRow:
    """A row of the table."""
    tip = plain_tooltip([word_tip(word.word, effect, word.is_known)])
    return WordRow(
        word.word, (f"{Count(len(word.spans))}", points(effect)), shade(effect, scale), not word.is_known, tip
    )


def notes_on(found: "WordEffects", effects: list[float]) -> str:
    """What is to be known beside the colours."""
    notes = []
    if not found.words:
        notes.append(_("There is no word in it: this is what the network answers to nothing."))
    if found.read_until < len(found.text):
        notes.append(_("Only so much of it is read as the network has places for; the rest is faint."))
    if found.left:
        left = translate_count(
            "{count} more word was not left out.", "{count} more words were not left out.", found.left
        )
        notes.append(left.format(count=Count(found.left)))
    if effects and max(abs(effect) for effect in effects) < FAINTEST:
        notes.append(_("No single word changes the answer: the others say enough."))
    return " ".join(notes)
