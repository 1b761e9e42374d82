"""The window of the lab sheet: names and words, the items in their order, each with its picture, title and comment."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project import sheet_edits
from nnstudio.project.model import Project
from nnstudio.project.sheet import SheetItem
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.store import Store

ID = Qt.ItemDataRole.UserRole
SMALL = QSize(96, 64)
LARGE = QSize(420, 250)
WORDS_HEIGHT, COMMENT_HEIGHT = 84, 90


class SheetDialog(QDialog):
    """`return_asked(id)` comes when what an item shows is to be seen again, `write_asked` when the sheet is to be
    written."""

    NAME = "sheet"
    return_asked = Signal(str)
    write_asked = Signal()

    def __init__(self, parent: QWidget, store: Store) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName(self.NAME)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Lab sheet"))
        self.store = store
        self.window_ = parent
        self.items: tuple[SheetItem, ...] = ()
        self._is_showing = False
        self.names = line_field("sheetNames", _("Names"), sheet_edits.LONGEST_NAMES)
        self.names.setPlaceholderText(_("Who hands it in"))
        self.words = text_field("sheetWords", _("What I found out"), WORDS_HEIGHT)
        self.list = QListWidget()
        self.list.setObjectName("sheetItems")
        self.list.setAccessibleName(_("What is on the sheet"))
        self.list.setIconSize(SMALL)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setWordWrap(True)
        self.hint = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture = QToolButton(autoRaise=True)
        self.picture.setObjectName("itemPicture")
        self.picture.setIconSize(LARGE)
        self.title = line_field("itemTitle", _("Title"), sheet_edits.LONGEST_TITLE)
        self.comment = text_field("itemComment", _("Comment"), COMMENT_HEIGHT)
        self.comment.setPlaceholderText(_("What is to be seen here, and why"))
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.message.setObjectName("sheetMessage")
        self.up = self._button("mdi6.arrow-up", _("Up"), lambda: self._move(-1))
        self.down = self._button("mdi6.arrow-down", _("Down"), lambda: self._move(1))
        self.delete = self._button("mdi6.delete-outline", _("Delete"), self._delete)
        self.back = self._button("mdi6.arrow-u-left-top", _("Show it again"), self._return)
        self.back.setToolTip(_("Show the run, the epoch and the view of this item in the window"))
        self.write = self._button("mdi6.content-save-outline", _("Write the sheet …"), self.write_asked.emit)
        self.write.setToolTip(_("As HTML to hand in, with the project in it, or as PDF to print"))
        self._lay_out()
        self.names.textEdited.connect(lambda text: self._set_sheet(_("Names on the sheet"), names=text))
        self.words.textChanged.connect(self._words_changed)
        self.title.textEdited.connect(lambda text: self._change_item(_("Title on the sheet"), title=text))
        self.comment.textChanged.connect(self._comment_changed)
        self.list.currentRowChanged.connect(self._show_item)
        self.list.itemActivated.connect(lambda _item: self._return())
        self.list.model().rowsMoved.connect(self._dragged)
        self.picture.clicked.connect(self._return)
        for keys, step in (("Ctrl+Shift+Up", -1), ("Ctrl+Shift+Down", 1)):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda step=step: self._move(step))
        QShortcut(
            QKeySequence.StandardKey.Delete, self.list, context=Qt.ShortcutContext.WidgetShortcut
        ).activated.connect(self._delete)
        QShortcut(QKeySequence.StandardKey.Undo, self).activated.connect(store.undo)
        QShortcut(QKeySequence.StandardKey.Redo, self).activated.connect(store.redo)
        store.changed.connect(self.follow)
        self.show_sheet()

    def _button(self, icon: str, words: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(theme.icon(icon), words)
        button.setAccessibleName(words)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: do())
        return button

    def _lay_out(self) -> None:
        head = QFormLayout()
        head.addRow(_("Names"), self.names)
        head.addRow(_("What I found out"), self.words)
        self.item = QWidget()
        form = QVBoxLayout(self.item)
        form.setContentsMargins(0, 0, 0, 0)
        form.addWidget(self.picture, 1, Qt.AlignmentFlag.AlignCenter)
        fields = QFormLayout()
        fields.addRow(_("Title"), self.title)
        fields.addRow(_("Comment"), self.comment)
        form.addLayout(fields)
        order = QHBoxLayout()
        for button in (self.back, self.up, self.down, self.delete):
            order.addWidget(button)
        order.addStretch()
        form.addLayout(order)
        middle = QHBoxLayout()
        middle.addWidget(self.list, 2)
        middle.addWidget(self.hint, 3)
        middle.addWidget(self.item, 3)
        foot = QHBoxLayout()
        foot.addWidget(self.message, 1)
        foot.addWidget(self.write)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(middle, 1)
        layout.addLayout(foot)
        self.resize(880, 620)

    # --- showing ----------------------------------------------------------------------------------------------------

    def follow(self, change: Change) -> None:
        if change.touches(Part.SHEET):
            self.show_sheet()

    def show_sheet(self) -> None:
        """Show the sheet that the project has now; what is being typed stays as it is."""
        sheet, chosen = self.store.project.sheet, self.chosen
        self._is_showing = True
        retext(self.names, sheet.names)
        retext(self.words, sheet.words)
        if sheet.items != self.items:
            pictures = [item.picture for item in self.items], [item.picture for item in sheet.items]
            ids = [item.id for item in self.items], [item.id for item in sheet.items]
            row, self.items = self.list.currentRow(), sheet.items
            if ids[0] != ids[1] or pictures[0] != pictures[1]:
                self._fill(self._next_chosen(chosen, ids[0], row))
            for row, item in enumerate(self.items):
                self.list.item(row).setText(item.title)
                self.list.item(row).setToolTip(plain_tooltip([one for one in (item.title, item.comment) if one]))
        self._is_showing = False
        self._show_item()

    def _next_chosen(self, chosen: SheetItem | None, before: list[str], row: int) -> int:
        """The row of the item that has just come, or of the one that was chosen; else of what is in its place now."""
        ids = [item.id for item in self.items]
        came = [id for id in ids if id not in before]
        if len(came) == 1:
            return ids.index(came[0])
        if chosen is not None and chosen.id in ids:
            return ids.index(chosen.id)
        return min(max(0, row), len(ids) - 1) if before else len(ids) - 1

    def _fill(self, row: int) -> None:
        self.list.clear()
        for item in self.items:
            shown = QListWidgetItem(QIcon(pixmap(item.picture)), item.title)
            shown.setData(ID, item.id)
            self.list.addItem(shown)
        self.list.setCurrentRow(row)

    @property
    def chosen(self) -> SheetItem | None:
        """The item that is chosen."""
        current = self.list.currentItem()
        id = current.data(ID) if current is not None else ""
        return next((item for item in self.items if item.id == id), None)

    def _show_item(self) -> None:
        """Show the chosen item, or how one is put here."""
        if self._is_showing:
            return
        self._is_showing = True
        item = self.chosen
        self.item.setVisible(item is not None)
        self.list.setVisible(bool(self.items))
        self.hint.setVisible(item is None)
        action = self.window_.findChild(QAction, "actionPutOnSheet")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) if action is not None else ""
        self.hint.setText(
            _(
                "Nothing is on the sheet yet. Point at a plot or at the canvas, or open a lab, and press {keys}: a "
                "picture of it comes here, and a click on it shows its run, epoch and view again."
            ).format(keys=keys)
        )
        if item is not None:
            retext(self.title, item.title)
            retext(self.comment, item.comment)
            self.picture.setIcon(QIcon(pixmap(item.picture)))
            self.picture.setAccessibleName(_("Show “{title}” again").format(title=item.title))
            self.picture.setToolTip(self.back.toolTip())
            place = self.items.index(item)
            self.up.setEnabled(place > 0)
            self.down.setEnabled(place < len(self.items) - 1)
        self._is_showing = False

    def comment_newest(self) -> None:
        """Choose the newest item, with the cursor in its comment."""
        self.list.setCurrentRow(self.list.count() - 1)
        self.comment.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, message: str) -> None:
        """Say what came of a command."""
        self.message.setText(message)

    # --- changing ---------------------------------------------------------------------------------------------------

    def _words_changed(self) -> None:
        if not self._is_showing:
            text = within(self.words, sheet_edits.LONGEST_WORDS)
            self._set_sheet(_("Words on the sheet"), words=text)

    def _comment_changed(self) -> None:
        if not self._is_showing:
            text = within(self.comment, sheet_edits.LONGEST_COMMENT)
            self._change_item(_("Comment on the sheet"), comment=text)

    def _set_sheet(self, label: str, **changes: str) -> None:
        self._edit(label, lambda: sheet_edits.set_sheet(self.store.project, **changes), f"sheet {list(changes)}")

    def _change_item(self, label: str, **changes: str) -> None:
        item = self.chosen
        if item is not None:
            self._edit(
                label,
                lambda: sheet_edits.change_item(self.store.project, item.id, **changes),
                f"sheet {item.id} {list(changes)}",
            )

    def _edit(self, label: str, change: Callable[[], Project], merge: str = "") -> None:
        try:
            self.store.edit(label, change(), merge)
        except UserError as mistake:
            self.say(str(mistake))

    def _move(self, step: int) -> None:
        item = self.chosen
        if item is not None:
            place = min(len(self.items) - 1, max(0, self.items.index(item) + step))
            self._edit(_("Move on the sheet"), lambda: sheet_edits.move_item(self.store.project, item.id, place))

    def _dragged(self) -> None:
        """An item was dropped elsewhere in the list: the sheet follows the list."""
        ids = [self.list.item(row).data(ID) for row in range(self.list.count())]
        if self._is_showing or set(ids) != {item.id for item in self.items}:
            return
        items = tuple(self.store.project.sheet.item(id) for id in ids)
        self._edit(_("Move on the sheet"), lambda: sheet_edits.with_items(self.store.project, items))

    def _delete(self) -> None:
        item = self.chosen
        if item is not None:
            label = _("Delete “{title}” from the sheet").format(title=item.title)
            self._edit(label, lambda: sheet_edits.remove_item(self.store.project, item.id))

    def _return(self) -> None:
        if self.chosen is not None:
            self.return_asked.emit(self.chosen.id)


def line_field(name: str, words: str, longest: int) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(words)
    field.setMaxLength(longest)
    return field


def text_field(name: str, words: str, height: int) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setObjectName(name)
    field.setAccessibleName(words)
    field.setTabChangesFocus(True)
    field.setFixedHeight(height)
    return field


def retext(field: QLineEdit | QPlainTextEdit, text: str) -> None:
    """Show a text, without moving the cursor where it is there already."""
    if isinstance(field, QLineEdit):
        if field.text() != text:
            field.setText(text)
    elif field.toPlainText() != text:
        field.setPlainText(text)


def within(field: QPlainTextEdit, longest: int) -> str:
    """The text of a field, cut where it is longer than the sheet takes."""
    text = field.toPlainText()
    if len(text) > longest:
        field.blockSignals(True)
        field.setPlainText(text[:longest])
        field.blockSignals(False)
    return text[:longest]


def pixmap(picture: bytes) -> QPixmap:
    made = QPixmap()
    made.loadFromData(picture, "PNG")
    return made
