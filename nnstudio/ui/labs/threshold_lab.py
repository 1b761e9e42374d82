"""The threshold of a two-class answer on a slider: what is found, missed and falsely alarmed, and both curves."""

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QStandardItemModel
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.text import Count, percent, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.threshold_plots import ScoreHistogram, ThresholdCurve
from nnstudio.ui.labs.threshold_rows import MOST, Ranked, WrongTable, score_text
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice, NumberBox, Slider
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.plots.confusion import shortened
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Counts, Dataset, TwoClassScores

STEPS = 1000
"""Places of the slider."""
PAGE = 50
USUAL_WISH = 99
"""Per cent of precision that are wished at first: of a hundred mails taken for spam, one may be none."""
NOTHING = "–"
"""What would be divided by nothing."""
MOST_OF_A_NAME = 18
SMALLEST = 820, 500
WIDEST_CHOICE, WIDEST_HEADER = 260, 150
TINT = 0.22


class ThresholdLab(Lab):
    """Whatever moves the threshold sets `threshold`, and everything else follows at once: the network is asked only
    when it, the part of the data or the positive class is another."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(
            trainer,
            parent,
            _("Threshold"),
            _(
                "A sample is answered positive where its score is at least the threshold. The higher it is, the fewer "
                "false alarms there are, and the more is missed. Drag the line and watch both: which of them is worse "
                "is for people to say and not for the network."
            ),
        )
        self.setObjectName("thresholdLab")
        self.found: TwoClassScores | None = None
        self.threshold = 0.5
        self._classes: tuple[str, ...] = ()
        self._positive: int | None = None
        self._span = 0.0, 1.0
        self._make_controls()
        self.histogram = ScoreHistogram()
        self.roc = ThresholdCurve("plotRoc", _("ROC curve"), _("false positive rate"), _("recall"))
        self.precise = ThresholdCurve("plotPrecision", _("Precision and recall"), _("recall"), _("precision"))
        self.confusion = confusion_table()
        self.missed_title, self.alarmed_title = heading(), heading()
        self.missed, self.alarmed = WrongTable(_("Missed samples")), WrongTable(_("False alarms"))
        self._lay_out()
        self.part.currentIndexChanged.connect(self.refresh)
        self.positive.currentIndexChanged.connect(self._choose_positive)
        self.slider.valueChanged.connect(self._slide)
        self.histogram.moved.connect(self.set_threshold)
        self.back.clicked.connect(self._go_back)
        self.reach.clicked.connect(self._reach_precision)
        self.setMinimumSize(*SMALLEST)
        resize_on_screen(self, 1160, 660)
        self.slider.setFocus()
        self.look()

    # --- what is there ----------------------------------------------------------------------------------------------

    def _make_controls(self) -> None:
        self.part, self.positive = Choice(), Choice()
        self._parts = QStandardItemModel(self)
        self.part.setModel(self._parts)
        self.part.addItems([_("Validation"), _("Training")])
        self.part.setAccessibleName(_("Part of the data"))
        self.positive.setAccessibleName(_("Positive class"))
        self.positive.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.positive.setMaximumWidth(WIDEST_CHOICE)
        self.positive.setToolTip(_("The class that is looked for: spam, an illness. At first the rarer one."))
        self.slider = Slider()
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(PAGE)
        self.slider.setAccessibleName(_("Threshold"))
        self.value = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.value.setObjectName("thresholdValue")
        self.back = QPushButton()
        self.back.setAutoDefault(False)  # Enter in the field of the wish means the button beside it
        self.wish = NumberBox()
        self.wish.setRange(1, 100)
        self.wish.setValue(USUAL_WISH)
        self.wish.setSuffix("\u202f%")
        self.wish.setAccessibleName(_("Wished precision in per cent"))
        self.reach = QPushButton(_("Set threshold"))
        self.reach.setAccessibleName(_("Set the threshold with the highest recall at this precision"))
        self.reach.setToolTip(_("The threshold that finds most at the precision that is wished"))
        self.reached = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.reached.setObjectName("thresholdReached")
        self.numbers = {
            "precision": NumberField(_("Precision"), _("Of what is answered positive, the share that is")),
            "recall": NumberField(_("Recall"), _("Of the positives, the share that is found")),
            "f1": NumberField(_("F1"), _("The harmonic mean of precision and recall")),
            "accuracy": NumberField(_("Accuracy"), _("Of all samples, the share that is answered rightly")),
            "baseline": NumberField("", _("What whoever always gives the more frequent answer has right")),
        }

    def _lay_out(self) -> None:
        asked, dragged, told = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (asked, dragged):
            row.setSpacing(8)
        for name, field in ((_("Part"), self.part), (_("Positive"), self.positive)):
            asked.addWidget(QLabel(name))
            asked.addWidget(field)
            asked.addSpacing(10)
        asked.addWidget(QLabel(_("Precision at least")))
        for widget in (self.wish, self.reach, self.reached):
            asked.addWidget(widget)
        asked.addStretch(1)
        dragged.addWidget(QLabel(_("Threshold")))
        dragged.addWidget(self.slider, 1)
        dragged.addWidget(self.value)
        dragged.addWidget(self.back)
        for number in self.numbers.values():
            told.addWidget(number)
            told.addSpacing(14)
        told.addStretch(1)
        curves = QHBoxLayout()
        curves.addWidget(self.roc)
        curves.addWidget(self.precise)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addLayout(told)
        left.addWidget(self.histogram, 5)
        left.addLayout(curves, 6)
        right.addWidget(self.confusion)
        for title, table in ((self.missed_title, self.missed), (self.alarmed_title, self.alarmed)):
            right.addWidget(title)
            right.addWidget(table, 1)
        grid = QGridLayout(self.content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.addLayout(asked, 0, 0, 1, 2)
        grid.addLayout(dragged, 1, 0, 1, 2)
        grid.addLayout(left, 2, 0)
        grid.addLayout(right, 2, 1)
        for column, stretch in enumerate((3, 2)):
            grid.setColumnStretch(column, stretch)
        grid.setRowStretch(2, 1)

    # --- the network ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if self.dataset is None or self.run_shown is None:
            return
        self._offer(self.dataset, self.run_shown.preparation.classes)
        part: Literal["validation", "train"] = "train" if self.part.currentIndex() == 1 else "validation"
        question = partial(lab_jobs.two_class_scores_of, self.run_shown, self.dataset, part, self._positive)
        self.ask(question, partial(self._show, self.dataset, self.run_shown.preparation.classes))

    def _offer(self, dataset: "Dataset", classes: tuple[str, ...]) -> None:
        """The parts there are, and the classes; other classes begin anew."""
        self.part.blockSignals(True)
        for place, samples in enumerate((dataset.validation, dataset.train)):
            self._parts.item(place).setEnabled(len(samples) > 0)
        if not len(dataset.validation):
            self.part.setCurrentIndex(1)
        self.part.blockSignals(False)
        if classes != self._classes:
            self._classes, self._positive, self.found = classes, None, None

    def _show(self, dataset: "Dataset", classes: tuple[str, ...], found: "TwoClassScores") -> None:
        assert self.run_shown is not None
        before = self.found
        self.found = found
        if before is None or (before.positive, before.is_probability) != (found.positive, found.is_probability):
            self._begin(found, classes)
        low, high = found.span
        self._span = min(low, self.threshold), max(high, self.threshold)
        score = self._score_name()
        self.histogram.show_scores(found, classes, score)
        roc, precise = found.roc, found.precision_recall
        area = share_text(roc.area)
        titles = _("ROC curve, area {area}").format(area=area), _("area {area}").format(area=area)
        self.roc.show_curve(roc, (0.0, 1.0), titles)
        area = share_text(precise.area)
        titles = (
            _("Precision and recall, average precision {area}").format(area=area),
            _("average precision {area}").format(area=area),
        )
        self.precise.show_curve(precise, (found.share, found.share), titles)
        for table, rows, scores in (
            (self.missed, found.positive_rows, found.positive_scores),
            (self.alarmed, found.negative_rows, found.negative_scores),
        ):
            inputs, size = dataset.train.all_inputs, found.picture_size
            ranked = Ranked(rows, scores, inputs, self.run_shown.preparation, size, dataset.texts)
            table.show_ranked(ranked, score)
        self._show_baseline(found, classes)
        self._follow()

    def _begin(self, found: "TwoClassScores", classes: tuple[str, ...]) -> None:
        """Another kind of score: the threshold is where the more probable class is answered."""
        if self._positive is None:
            self._positive = found.positive
            self.positive.blockSignals(True)
            self.positive.clear()
            self.positive.addItems(list(classes))
            self.positive.setCurrentIndex(found.positive)
            self.positive.blockSignals(False)
        self.threshold = found.default
        self.reached.clear()
        self.back.setText(_("Back to {threshold}").format(threshold=f"{found.default:g}"))
        self.back.setAccessibleName(self.back.text())
        widest = _("{score} ≥ {threshold}").format(score=self._score_name(), threshold="0.99999")
        self.value.setMinimumWidth(self.value.fontMetrics().horizontalAdvance(widest))
        named = [shortened(classes[number], MOST_OF_A_NAME) for number in (found.positive, 1 - found.positive)]
        self.confusion.setHorizontalHeaderLabels([_("answer: {name}").format(name=name) for name in named])
        self.confusion.setVerticalHeaderLabels([_("true: {name}").format(name=name) for name in named])

    def _score_name(self) -> str:
        """What is compared with the threshold."""
        assert self.found is not None
        if not self.found.is_probability:
            return _("score")
        return _("p({name})").format(name=shortened(self._classes[self.found.positive], MOST_OF_A_NAME))

    def _show_baseline(self, found: "TwoClassScores", classes: Sequence[str]) -> None:
        number, share = found.majority
        field = self.numbers["baseline"]
        field.caption.setText(_("always “{name}”").format(name=shortened(classes[number], MOST_OF_A_NAME)))
        field.show_text(share_text(share))

    # --- the threshold ----------------------------------------------------------------------------------------------

    def set_threshold(self, threshold: float) -> None:
        """Divide at another place."""
        self.threshold = threshold
        self.reached.clear()
        self._follow()

    def _slide(self, place: int) -> None:
        low, high = self._span
        self.set_threshold(low + (high - low) * place / STEPS)

    def _go_back(self) -> None:
        if self.found is not None:
            self.set_threshold(self.found.default)

    def _choose_positive(self, number: int) -> None:
        self._positive = number
        self.refresh()

    def _reach_precision(self) -> None:
        if self.found is None:
            return
        threshold = self.found.threshold_of_precision(self.wish.value() / 100)
        if threshold is None:
            self.reached.setText(_("No threshold reaches this precision."))
        else:
            self.set_threshold(threshold)
            self.reached.setText(_("Set to {threshold}.").format(threshold=score_text(threshold)))

    def _follow(self) -> None:
        """Everything that hangs on the threshold."""
        if self.found is None:
            return
        counts = self.found.counts(self.threshold)
        low, high = self._span
        self.slider.blockSignals(True)
        self.slider.setValue(round((self.threshold - low) / (high - low) * STEPS))
        self.slider.blockSignals(False)
        text = _("{score} ≥ {threshold}").format(score=self._score_name(), threshold=score_text(self.threshold))
        self.value.setText(text)
        self.slider.setAccessibleDescription(text)
        for name in ("precision", "recall", "f1", "accuracy"):
            self.numbers[name].show_text(share_text(getattr(counts, name)))
        self.histogram.show_threshold(self.threshold, counts)
        words = _("precision {precision}, recall {recall}, false positive rate {rate}").format(
            precision=share_text(counts.precision),
            recall=share_text(counts.recall),
            rate=share_text(counts.false_positive_rate),
        )
        self.roc.show_point(counts.false_positive_rate, counts.recall, words)
        self.precise.show_point(counts.recall, counts.precision, words)
        self._show_confusion(counts)
        self._list_wrong(counts)

    def _show_confusion(self, counts: "Counts") -> None:
        for place, (count, words) in enumerate(
            (
                (counts.true_positives, _("true positives")),
                (counts.false_negatives, _("false negatives")),
                (counts.false_positives, _("false positives")),
                (counts.true_negatives, _("true negatives")),
            )
        ):
            cell = self.confusion.item(place // 2, place % 2)
            if cell is not None:
                cell.setText(f"{Count(count)}\n{words}")

    def _list_wrong(self, counts: "Counts") -> None:
        missed = translate_count("{count} missed", "{count} missed", counts.false_negatives)
        alarmed = translate_count("{count} false alarm", "{count} false alarms", counts.false_positives)
        for title, table, words, count in (
            (self.missed_title, self.missed, missed, counts.false_negatives),
            (self.alarmed_title, self.alarmed, alarmed, counts.false_positives),
        ):
            text = words.format(count=Count(count))
            if count > MOST:
                text += _(", the worst {most}").format(most=MOST)
            title.setText(text)
            table.setAccessibleDescription(text)
            table.rows.show_first(count)


class NumberField(QWidget):
    """A number with what it is called above it."""

    def __init__(self, name: str, help: str) -> None:
        super().__init__()
        self.caption = QLabel(name, textFormat=Qt.TextFormat.PlainText)
        self.number = QLabel(NOTHING, textFormat=Qt.TextFormat.PlainText)
        self.number.setFont(sized(self.number.font(), 1.15, bold=True))
        self.number.setMinimumWidth(self.number.fontMetrics().horizontalAdvance(percent(0.888)))
        self.setToolTip(help)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.caption)
        layout.addWidget(self.number)

    def show_text(self, text: str) -> None:
        self.number.setText(text)
        self.number.setAccessibleName(f"{self.caption.text()}: {text}")


def heading() -> QLabel:
    """The title of a list."""
    made = QLabel(textFormat=Qt.TextFormat.PlainText)
    made.setFont(sized(made.font(), 1.0, bold=True))
    return made


def confusion_table() -> QTableWidget:
    """Two by two: a row for each true class, a column for each answer, what is right and wrong in tints of its own."""
    made = QTableWidget(2, 2)
    made.setObjectName("thresholdConfusion")
    made.setAccessibleName(_("Confusion matrix at the threshold"))
    made.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    made.setTabKeyNavigation(False)
    colors = theme.colors()
    for row in range(2):
        for column in range(2):
            cell = QTableWidgetItem()
            cell.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            tint = colors.training if row == column else colors.validation
            cell.setBackground(QColor(theme.mixed(colors.surface, tint, TINT)))
            cell.setForeground(QColor(colors.text))
            made.setItem(row, column, cell)
    line = made.fontMetrics().height()
    for header in (made.horizontalHeader(), made.verticalHeader()):
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
    made.verticalHeader().setMaximumWidth(WIDEST_HEADER)
    made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    made.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    made.verticalHeader().setDefaultSectionSize(2 * line + 8)
    made.setFixedHeight(2 * (2 * line + 8) + made.horizontalHeader().sizeHint().height() + 4)
    made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


def share_text(share: float) -> str:
    """A share in per cent; a dash where it is none."""
    return NOTHING if math.isnan(share) else percent(share)
