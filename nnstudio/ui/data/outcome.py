"""What becomes of a table: the inputs that are made, how the rows are divided, the classes, and all remarks."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.project.column_lists import listed
from nnstudio.project.model import DataChoice, DataFacts
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.background.task import SHOWN_AFTER
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized

MOST_CLASSES = 12
ROW = 20
NAME_AIR = 14
FAINT = 0.45
"""How opaque bars are that are of the past."""
MOST_SHOWN = 20_000
"""Letters of remarks: laying out more of them would hold the window up."""


class Bars(QWidget):
    """Named bars with their numbers, one below the other."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.rows: list[tuple[str, int, str]] = []

    def show_rows(self, rows: list[tuple[str, int, str]]) -> None:
        """A name, a number and a colour for each bar."""
        self.rows = rows
        self.setAccessibleDescription(", ".join(f"{name}: {count}" for name, count, _color in rows))
        self.setVisible(bool(rows))
        self.updateGeometry()
        self.update()

    def _height(self) -> int:
        return max(ROW, self.fontMetrics().height() + 4)

    def sizeHint(self) -> QSize:
        return QSize(180, len(self.rows) * self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((count for _name, count, _color in self.rows), default=1) or 1
        widest = max((painter.fontMetrics().horizontalAdvance(name) for name, _count, _color in self.rows), default=0)
        names, height = min(widest + NAME_AIR, self.width() // 2), self._height()
        texts = [f"{Count(count)}" for _name, count, _color in self.rows]
        numbers = 8 + max((painter.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
        painter.setOpacity(1.0 if self.isEnabled() else FAINT)
        for place, (name, count, color) in enumerate(self.rows):
            top = place * height
            painter.setPen(QColor(colors.text))
            words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, names - 6)
            side = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, names - 6, height), Qt.AlignmentFlag.AlignLeft | side, words)
            room = self.width() - names - numbers
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(QRectF(names, top + 4, max(2.0, room * count / most), height - 8), 2, 2)
            painter.setPen(QColor(colors.faint_text))
            box = QRectF(self.width() - numbers, top, numbers, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | side, texts[place])


class Outcome(QWidget):
    """The findings on one project's data. `undone(text)` comes when a derived input is to go."""

    undone = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.head = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.warning = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.warning.setObjectName("wrongWay")
        self.parts, self.classes = Bars(_("Rows of each part")), Bars(_("Rows of each class"))
        self.class_title = titled(_("Classes in the training part"))
        self.baseline = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.notes = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._flattered: DataChoice | None = None
        self._flattery = ""
        self.derived_title = titled(_("Derived inputs"))
        self.derived = QWidget()
        self._listed: tuple[str, ...] | None = None
        self._fading = QTimer(self, interval=SHOWN_AFTER, singleShot=True)
        self._fading.timeout.connect(lambda: self._set_faint(True))
        self._derived_rows = QVBoxLayout(self.derived)
        self._derived_rows.setContentsMargins(0, 0, 0, 0)
        self._derived_rows.setSpacing(3)
        self.parts_title, self.notes_title = titled(_("Parts")), titled(_("Remarks"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (
            *(self.head, self.warning, self.parts_title, self.parts, self.class_title, self.classes, self.baseline),
            *(self.derived_title, self.derived, self.notes_title, self.notes),
        ):
            layout.addWidget(widget)
        layout.addStretch()

    def show_facts(self, data: DataChoice, facts: DataFacts | None, problem: str) -> None:
        """Show what was found, or why nothing was."""
        colors = theme.colors()
        self.notes.setStyleSheet(f"color: {colors.problem};" if problem else "")
        self._show_derived(data)
        self._set_faint(False)
        for title in (self.parts_title, self.notes_title):
            title.setVisible(facts is not None and not problem)
        self.notes.setVisible(bool(problem) or facts is not None)
        if problem or facts is None:
            self.head.setText(_("The data cannot be used as it is.") if problem else _("Reading the data …"))
            self.notes.setText(problem)
            for widget in (self.warning, self.class_title, self.baseline):
                widget.hide()
            self.parts.show_rows([])
            self.classes.show_rows([])
            return
        self.head.setText(head_of(facts))
        self.warning.setVisible(data.scale_on != "training")
        self.warning.setText("\n".join([wrong_way(), *([self._flattery] if data == self._flattered else [])]))
        self.warning.setStyleSheet(
            f"border: 2px solid {colors.problem}; border-radius: 6px; padding: 6px; color: {colors.problem};"
        )
        self.parts.show_rows(
            [
                (_("training"), facts.train, colors.training),
                (_("validation"), facts.validation, colors.validation),
                (_("test"), facts.test, colors.full_pass),
            ]
        )
        counted = sorted(zip(facts.classes, facts.class_rows, strict=False), key=lambda one: -one[1])
        self.classes.show_rows([(name, count, colors.flag) for name, count in counted[:MOST_CLASSES]])
        self.class_title.setVisible(bool(counted))
        self.baseline.setVisible(bool(counted))
        self.baseline.setText(
            _("Baseline: {share:.1%} right by always answering “{name}”.").format(
                share=facts.baseline, name=counted[0][0] if counted else ""
            )
        )
        text = "\n".join(f"• {note}" for note in facts.notes)
        self.notes.setText(text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + " …")

    def show_waiting(self, data: DataChoice) -> None:
        """Show that this is what was found before, until what is chosen now is read."""
        self._show_derived(data)
        if not self._fading.isActive():
            self._fading.start()
        self.head.setText(_("Reading the data …"))

    def _set_faint(self, is_faint: bool) -> None:
        self._fading.stop()
        for widget in (self.parts, self.classes, self.baseline, self.notes, self.warning):
            widget.setEnabled(not is_faint)

    def show_flattery(self, data: DataChoice, share: float) -> None:
        """Say what scaling before splitting is worth to the network that was trained so."""
        words = _("The network trained so looks {points:+.2f} points better on the validation part than it is.")
        self._flattered, self._flattery = data, words.format(points=100 * share)
        self.warning.setText("\n".join([wrong_way(), self._flattery]))

    def _show_derived(self, data: DataChoice) -> None:
        if listed(data.derived) == self._listed:
            return
        self._listed = listed(data.derived)
        while (item := self._derived_rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        names = listed(data.derived)
        self.derived_title.setVisible(bool(names))
        self.derived.setVisible(bool(names))
        for name in names:
            self._derived_rows.addWidget(self._derived_row(name))

    def _derived_row(self, text: str) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
        away = QPushButton()
        away.setIcon(theme.icon("mdi6.close"))
        away.setAccessibleName(_("Remove {name}").format(name=text))
        away.setToolTip(away.accessibleName().replace("<", "‹"))
        away.setFixedWidth(30)
        away.clicked.connect(lambda: self.undone.emit(text))
        line.addWidget(label, 1)
        line.addWidget(away)
        return row


def wrong_way() -> str:
    return _("Standardised before splitting: the wrong way. What validation measures flatters the network.")


def titled(text: str) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    label.setFont(sized(label.font(), 1.0, bold=True))
    label.setContentsMargins(0, 6, 0, 0)
    return label


def head_of(facts: DataFacts) -> str:
    """The size of a sample and what is learnt, in a sentence or two."""
    size = 1
    for one in facts.sample_shape:
        size *= one
    inputs = translate_count("{count} input", "{count} inputs", size).format(count=Count(size))
    rows = translate_count("{count} row", "{count} rows", facts.rows).format(count=Count(facts.rows))
    if facts.task == "class":
        task = translate_count("{count} class", "{count} classes", len(facts.classes))
        return _("{rows}, {inputs}; to be told: “{target}”, {task}.").format(
            rows=rows, inputs=inputs, target=facts.target, task=task.format(count=len(facts.classes))
        )
    return _("{rows}, {inputs}; to be told: the value of “{target}”.").format(
        rows=rows, inputs=inputs, target=facts.target
    )
