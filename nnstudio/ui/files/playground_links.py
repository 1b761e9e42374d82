"""Links of TensorFlow Playground in the window: opened from a dialog or by pasting, and written to the clipboard."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from nnstudio.lessons.model import Lesson
from nnstudio.lessons.playground import hiding_lesson
from nnstudio.project.playground_address import written_link
from nnstudio.project.playground_link import LONGEST_LINK, PlaygroundLink, is_playground_link, read_link
from nnstudio.project.playground_project import OpenedLink, opened_link, summary
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.files.documents import Documents
from nnstudio.ui.look import theme
from nnstudio.ui.shell.dialogs import warn

WIDTH = 560
ANSWER_LINES = 5
MOST_LEFT_OUT = 8
"""So many things that a link cannot say are named."""


class PlaygroundLinks:
    """Opens links and writes them. `may_turn` asks whether the window may turn to another project, `begin` begins the
    lesson that puts away what a link hides."""

    def __init__(
        self,
        window: QWidget,
        documents: Documents,
        may_turn: Callable[[], bool],
        begin: Callable[[str, Lesson], object],
    ) -> None:
        self.window = window
        self.store = documents.store
        self.documents = documents
        self.may_turn = may_turn
        self.begin = begin

    def ask(self) -> None:
        """Ask for a link; one on the clipboard is there already."""
        dialog = PlaygroundDialog(self.window)
        dialog.accepted.connect(lambda: self.open(dialog.link))
        dialog.open()

    def open(self, link: PlaygroundLink | None) -> None:
        """Turn to the project that a link stands for, as to one that is opened from a file."""
        if link is None or not self.may_turn() or not self.documents.may_leave():
            return
        try:
            opened = opened_link(link)
        except UserError as mistake:
            warn(self.window, _("The link was not opened"), str(mistake))
            return
        self.store.replace(opened.project, None, name=_("Playground"))
        if lesson := hiding_lesson(opened.hidden):
            self.begin("playground", lesson)
        self.store.told.emit(told(opened))

    def paste(self, paste_layers: Callable[[], object]) -> None:
        """Open the link on the clipboard, or paste what else is there."""
        text = QGuiApplication.clipboard().text()
        if not is_playground_link(text):
            paste_layers()
            return
        try:
            link = read_link(text)
        except UserError as mistake:
            warn(self.window, _("The link was not opened"), str(mistake))
            return
        self.open(link)

    def copy(self) -> None:
        """Put the project on the clipboard as a link; what that cannot say is said."""
        try:
            written = written_link(self.store.project)
        except UserError as mistake:
            warn(self.window, _("There is no link for this project"), str(mistake))
            return
        QGuiApplication.clipboard().setText(written.address)
        words = _("The link is on the clipboard, and says all of what is learnt.")
        if written.left_out:
            some = written.left_out[:MOST_LEFT_OUT]
            listed = ", ".join(some) + (", …" if len(written.left_out) > len(some) else "")
            words = _("The link is on the clipboard. Who opens it has otherwise: {differences}.").format(
                differences=listed
            )
        self.store.told.emit(words)


def told(opened: OpenedLink) -> str:
    """What is said of a link that was opened."""
    first = _("Opened with the points, first weights and batches of its page. Its test points are the validation part.")
    return "\n".join([first, *opened.remarks])


class PlaygroundDialog(QDialog):
    """One line for the link, and at once what it says, or what is wrong with it. `link` is what was read."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("playgroundDialog")
        self.setWindowTitle(_("Open a Playground link"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.link: PlaygroundLink | None = None
        label = QLabel(_("The &address of TensorFlow Playground, or what follows the # in it:"))
        self.field = QLineEdit()
        self.field.setObjectName("playgroundLink")
        self.field.setAccessibleName(_("Playground link"))
        self.field.setPlaceholderText("https://playground.tensorflow.org/#dataset=circle&seed=0.5")
        self.field.setMaxLength(LONGEST_LINK + 1)
        self.field.setClearButtonEnabled(True)
        label.setBuddy(self.field)
        self.answer = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.answer.setObjectName("playgroundAnswer")
        self.answer.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.answer.setMinimumHeight(ANSWER_LINES * self.answer.fontMetrics().lineSpacing())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (label, self.field, self.answer, self.buttons):
            layout.addWidget(widget)
        layout.setStretchFactor(self.answer, 1)
        self.resize(WIDTH, self.sizeHint().height())
        self.field.textChanged.connect(self.read)
        copied = QGuiApplication.clipboard().text().strip()
        self.field.setText(copied if is_playground_link(copied) else "")
        self.read(self.field.text())

    def read(self, text: str) -> None:
        """Say what the link says, or why it is none."""
        self.link, words = None, ""
        try:
            if text.strip():
                self.link = read_link(text)
                opened_link(self.link)
                words = summary(self.link)
        except UserError as mistake:
            self.link, words = None, str(mistake)
        is_wrong = bool(text.strip()) and self.link is None
        self.answer.setStyleSheet(f"color: {theme.colors().problem};" if is_wrong else "")
        self.answer.setText(words)
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(self.link is not None)
