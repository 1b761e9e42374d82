"""What is asked before the test set is opened: for which run, and what is expected; nothing only on purpose."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from nnstudio.project import openings
from nnstudio.project.model import Project, Run
from nnstudio.text import Count, percent, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.look.fields import Choice

WIDTH = 460


class OpeningForm(QDialog):
    """`given(run, expected)` comes when both are chosen."""

    given = Signal(object, str)

    def __init__(self, parent: QWidget, project: Project, shown: Run | None) -> None:
        super().__init__(parent)
        self.setObjectName("openingForm")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(_("Open the test set"))
        self.project = project
        self.runs = openable(project)
        self.said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.said.setObjectName("openingSaid")
        self.run = Choice()
        self.run.setAccessibleName(_("Run"))
        self.run.addItems([run_text(run) for run in self.runs])
        self.run.setCurrentIndex(self.runs.index(shown) if shown in self.runs else 0)
        self.expected = QLineEdit(maxLength=openings.LONGEST_EXPECTED)
        self.expected.setObjectName("expected")
        self.expected.setAccessibleName(_("What do you expect?"))
        self.nothing = QCheckBox(_("I expect nothing, and write nothing down"))
        self.nothing.setAccessibleName(self.nothing.text())
        buttons = QDialogButtonBox()
        self.opens = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.keeps = buttons.addButton(_("&Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.opens.setAutoDefault(False)
        self.keeps.setAccessibleName(_("Cancel"))
        self.form = QFormLayout()
        self.form.addRow(_("Run"), self.run)
        self.form.addRow(_("What do you expect?"), self.expected)
        self.form.addRow("", self.nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        for part in (self.said, self.form, buttons):
            layout.addWidget(part) if isinstance(part, QWidget) else layout.addLayout(part)
        self.setMinimumWidth(WIDTH)
        self.run.currentIndexChanged.connect(self._show)
        self.expected.textChanged.connect(self._enable)
        self.nothing.toggled.connect(self._enable)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._show()
        (self.expected if self.is_counted else self.run).setFocus()

    @property
    def chosen(self) -> Run:
        return self.runs[self.run.currentIndex()]

    @property
    def is_counted(self) -> bool:
        """Whether the test part of the chosen run is sealed."""
        return openings.is_sealed(self.project, self.chosen.data)

    def _show(self) -> None:
        """What this look would be: that of the chosen run."""
        for row in (self.expected, self.nothing):
            self.form.setRowVisible(row, self.is_counted)
        is_value = self.chosen.preparation.task == "value"
        self.expected.setPlaceholderText(_("R², such as 0.6") if is_value else _("accuracy, such as 93 %"))
        words = _("&Open the test set") if self.is_counted else _("&Measure")
        self.opens.setText(words)
        self.opens.setAccessibleName(words.replace("&", ""))
        self.said.setText(counted_text(self.project) if self.is_counted else uncounted_text(self.project, self.chosen))
        self._enable()

    def _enable(self) -> None:
        is_said = bool(self.expected.text().strip()) or self.nothing.isChecked()
        self.opens.setEnabled(is_said or not self.is_counted)

    def accept(self) -> None:
        run, expected = self.chosen, self.expected.text().strip()
        super().accept()
        self.given.emit(run, expected)


def openable(project: Project) -> list[Run]:
    """The runs that can be measured, the newest first."""
    return [run for run in reversed(project.runs) if run.weights]


def counted_text(project: Project) -> str:
    """How often the test set was opened, and what this time would be."""
    count = len(openings.opened(project))
    before = translate_count(
        "The test set was opened {count} time so far.", "The test set was opened {count} times so far.", count
    )
    words = [
        before.format(count=Count(count)),
        _("This time is counted as well, in the project and in the run: nothing takes it back."),
        _("Write down what you expect before you look."),
    ]
    return " ".join(words)


def uncounted_text(project: Project, run: Run) -> str:
    return " ".join([openings.seal_text(project, run.data), _("This look is not counted.")])


def run_text(run: Run) -> str:
    """A run by its number and what tells it from others."""
    number = run.id.removeprefix("run-")
    words = translate_count("Run {number}: {count} epoch", "Run {number}: {count} epochs", run.epochs_run)
    said = words.format(number=number, count=Count(run.epochs_run))
    place = (run.best_epoch or run.epochs_run) - 1
    accuracies, losses = run.history.validation_accuracy, run.history.validation_loss
    if 0 <= place < len(accuracies):
        return said + ", " + _("validation accuracy {share}").format(share=percent(accuracies[place]))
    if 0 <= place < len(losses):
        return said + ", " + _("validation loss {loss:.4g}").format(loss=losses[place])
    return said
