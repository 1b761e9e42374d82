"""The nearest words of a word in an embedding, as a list and on a plane."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from nnstudio.project.model import Run
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.newest_question import GoOn, NewestQuestion
from nnstudio.ui.labs.word_plane import WordPlane
from nnstudio.ui.labs.word_tables import WordRow, WordTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnstudio.ui.background.results import Dataset, WordVectors

MOST_LIKE = 6
"""Known words that are named in place of one that is not."""
SIDE = 300
"""Pixels of the list."""


class NeighboursView(QWidget):
    """A word is typed, clicked on the plane, or taken from another list; its neighbours follow at once."""

    def __init__(self) -> None:
        super().__init__()
        self.vectors: WordVectors | None = None
        self.field = QLineEdit()
        self.field.setObjectName("neighbourWord")
        self.field.setAccessibleName(_("Word whose neighbours are shown"))
        self.sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.sentence.setObjectName("neighboursSentence")
        self.table = WordTable(_("Nearest words"), (_("Nearest words"), _("Cosine")))
        self.plane = WordPlane()
        label = QLabel(_("&Word"))
        label.setBuddy(self.field)
        asked = QHBoxLayout()
        asked.setSpacing(8)
        asked.addWidget(label)
        asked.addWidget(self.field, 1)
        left = QWidget()
        left.setMaximumWidth(SIDE)
        listed = QVBoxLayout(left)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.addLayout(asked)
        listed.addWidget(self.sentence)
        listed.addWidget(self.table, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.addWidget(left, 0, 0)
        grid.addWidget(self.plane, 0, 1)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 5)
        self._lower_case = True
        self.newest = NewestQuestion(self, self._show, self.sentence.setText)
        self.field.textEdited.connect(self._find)
        self.table.opened.connect(self.look_up)
        self.plane.picked.connect(self._picked)

    def ask(self, run: Run, dataset: "Dataset") -> None:
        """Tell of the embedding of this run."""
        texts = [column.text for column in run.preparation.columns if column.text]
        self._lower_case = bool(texts) and texts[0].lower_case

        def question(_go_on: GoOn) -> "Iterator[WordVectors]":
            return lab_jobs.word_vectors_of(run, dataset)

        self.newest.ask(question)

    def look_up(self, word: str) -> None:
        """Show the neighbours of a word that is found elsewhere."""
        with QSignalBlocker(self.field):
            self.field.setText(word)
        self._find()

    def _picked(self, place: int) -> None:
        if self.vectors is not None:
            self.look_up(self.vectors.words[place])

    def _show(self, vectors: "WordVectors") -> None:
        self.vectors = vectors
        self.plane.show_vectors(vectors)
        if not self.field.text() and len(vectors.frequent):
            self.field.setText(vectors.words[self._first(vectors)])
        self._find()

    def _first(self, vectors: "WordVectors") -> int:
        """The most frequent word that is more than a sign."""
        worded = (int(place) for place in vectors.frequent if len(vectors.words[int(place)]) > 3)
        return next(worded, int(vectors.frequent[0]))

    def _find(self) -> None:
        """The neighbours of what stands in the field."""
        if self.vectors is None:
            return
        text = self.field.text().strip()
        word = text.lower() if self._lower_case else text
        place = self.vectors.place_of(word)
        if place is None:
            self._say_unknown(word)
            return
        self.sentence.setText(_("Near are words that training has given vectors of the same direction."))
        near = lab_jobs.neighbours_of(self.vectors, place)
        self.table.show_rows([WordRow(self.vectors.words[one], (signed(cosine),)) for one, cosine in near])
        self.plane.show_chosen(place, [one for one, _cosine in near])

    def _say_unknown(self, word: str) -> None:
        assert self.vectors is not None
        self.table.show_rows([])
        self.plane.show_chosen(None, [])
        alike = [one for one in self.vectors.words if one.startswith(word)][:MOST_LIKE] if word else []
        if not word:
            self.sentence.setText(_("Type a word, or click one on the plane."))
        elif alike:
            words = _("“{word}” is not in the vocabulary. These begin so: {known}.")
            self.sentence.setText(words.format(word=word, known=", ".join(alike)))
        else:
            self.sentence.setText(_("“{word}” is not in the vocabulary of the training part.").format(word=word))


def signed(cosine: float) -> str:
    return f"{cosine:.3f}".replace("-", "−")
