"""The window of the report: names and words, what is in it in its order, and of each the picture, title and comment."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.project import sheet_edits
from nnstudio.project.model import Project
from nnstudio.project.sheet import PROJECT, SECTIONS, SheetItem
from nnstudio.project.sheet_rows import is_empty
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.look import theme
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.look.picture import pixmap
from nnstudio.ui.sheet.fields import line_field, retext, text_field, within
from nnstudio.ui.sheet.rows import SheetRows, nothing_yet
from nnstudio.ui.store import Store

LARGE = QSize(420, 250)
WORDS_HEIGHT, COMMENT_HEIGHT = 84, 90
ABOUT = {
    "predictions": mark("What was predicted in lessons, when, and what then happened."),
    "words": mark("The words above."),
    "runs": mark("A table of the runs with their notes and stars; of each study its settings, with median and spread."),
    "curves": mark("Loss and accuracy of the newest runs, and of those with a star."),
    "openings": mark("How often the test set was opened and for which runs, what was expected and what came out."),
    "network": mark("The drawing, and every layer with its shape and parameters."),
    "formula": mark("The whole network as a formula."),
    "data": mark("Where the data is from, how it is divided, and everything that was done to it."),
    "settings": mark("The training settings of the project as they are now."),
}


class SheetDialog(QDialog):
    """`return_asked(id)` comes when what a picture shows is to be seen again, `write_asked` when the report is to be
    written."""

    NAME = "sheet"
    return_asked = Signal(str)
    write_asked = Signal()

    def __init__(self, parent: QWidget, store: Store) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName(self.NAME)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Report"))
        self.store = store
        self.window_ = parent
        self._is_showing = False
        self.names = line_field("sheetNames", _("Names"), sheet_edits.LONGEST_NAMES)
        self.names.setPlaceholderText(_("Whose report it is"))
        self.words = text_field("sheetWords", _("What I found out"), WORDS_HEIGHT)
        self.list = SheetRows()
        self.about = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.about.setObjectName("sheetAbout")
        self.about.setAlignment(Qt.AlignmentFlag.AlignCenter)
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
        self.back.setToolTip(_("Show the run, the epoch and the view of this picture in the window"))
        self.with_project = QCheckBox(_("With the project in it"))
        self.with_project.setObjectName("sheetProject")
        self.with_project.setToolTip(_("Whoever gets the report can save the project from it; needed to hand it in"))
        self.write = self._button("mdi6.content-save-outline", _("Write the report …"), self.write_asked.emit)
        self.write.setToolTip(_("As HTML to read or to hand in, or as PDF to print"))
        self._lay_out()
        self._connect()
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
        self.one = QWidget()
        form = QVBoxLayout(self.one)
        form.setContentsMargins(0, 0, 0, 0)
        form.addWidget(self.picture, 1, Qt.AlignmentFlag.AlignCenter)
        form.addWidget(self.about, 1)
        self.fields = QFormLayout()
        self.fields.addRow(_("Title"), self.title)
        self.fields.addRow(_("Comment"), self.comment)
        form.addLayout(self.fields)
        order = QHBoxLayout()
        for button in (self.back, self.up, self.down, self.delete):
            order.addWidget(button)
        order.addStretch()
        form.addLayout(order)
        middle = QHBoxLayout()
        middle.addWidget(self.list, 2)
        middle.addWidget(self.one, 3)
        foot = QHBoxLayout()
        foot.addWidget(self.message, 1)
        foot.addWidget(self.with_project)
        foot.addWidget(self.write)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(middle, 1)
        layout.addLayout(foot)
        resize_on_screen(self, 880, 640)

    def _connect(self) -> None:
        self.names.textEdited.connect(lambda text: self._set_sheet(_("Names in the report"), names=text))
        self.words.textChanged.connect(self._words_changed)
        self.title.textEdited.connect(self._title_changed)
        self.comment.textChanged.connect(self._comment_changed)
        self.list.chosen.connect(self._show_one)
        self.list.ticked.connect(self._include)
        self.list.dragged.connect(self._dragged)
        self.list.delete_asked.connect(self._delete)
        self.list.itemActivated.connect(lambda _item: self._return())
        self.picture.clicked.connect(self._return)
        self.with_project.clicked.connect(lambda on: self._include(PROJECT, on))
        for keys, step in (("Ctrl+Shift+Up", -1), ("Ctrl+Shift+Down", 1)):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda step=step: self._move(step))
        QShortcut(QKeySequence.StandardKey.Undo, self).activated.connect(self.store.undo)
        QShortcut(QKeySequence.StandardKey.Redo, self).activated.connect(self.store.redo)
        self.store.changed.connect(self.follow)

    # --- showing ----------------------------------------------------------------------------------------------------

    def follow(self, change: Change) -> None:
        if change.touches(Part.SHEET, Part.RUNS, Part.STRUCTURE, Part.FACTS):
            self.show_sheet()

    def show_sheet(self) -> None:
        """Show the report that the project has now; what is being typed stays as it is."""
        sheet = self.store.project.sheet
        self._is_showing = True
        retext(self.names, sheet.names)
        retext(self.words, sheet.words)
        self.with_project.setChecked(PROJECT not in sheet.left_out)
        self._is_showing = False
        self.list.show_project(self.store.project)

    @property
    def chosen(self) -> SheetItem | None:
        """The picture that is chosen; None while a section is."""
        return next((item for item in self.store.project.sheet.items if item.id == self.list.chosen_id), None)

    def _show_one(self, id: str) -> None:
        """Show the chosen section or picture."""
        sheet, item = self.store.project.sheet, self.chosen
        self._is_showing = True
        for widget in (self.picture, self.back, self.delete):
            widget.setVisible(item is not None)
        self.fields.setRowVisible(self.title, item is not None)
        self.fields.setRowVisible(self.comment, id != "words")
        self.about.setVisible(item is None)
        self.about.setText(self._about(id) if item is None else "")
        retext(self.comment, sheet.comments.get(id, "") if item is None else item.comment)
        if item is not None:
            retext(self.title, item.title)
            self.picture.setIcon(QIcon(pixmap(item.picture)))
            self.picture.setAccessibleName(_("Show “{title}” again").format(title=item.title))
            self.picture.setToolTip(self.back.toolTip())
        order = sheet.sections if item is None else [one.id for one in sheet.items]
        self.up.setEnabled(order.index(id) > 0)
        self.down.setEnabled(order.index(id) < len(order) - 1)
        self._is_showing = False

    def _about(self, key: str) -> str:
        """What a section tells, and how something comes into it."""
        if key == "items":
            action = self.window_.findChild(QAction, "actionPutOnSheet")
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) if action is not None else ""
            return _(
                "Point at a plot or at the canvas, or open a lab, and press {keys}: a picture of it comes into the "
                "report, and a click on it shows its run, epoch and view again."
            ).format(keys=keys)
        about = _(ABOUT[key])
        return f"{about}\n\n{nothing_yet()}" if is_empty(self.store.project, key) else about

    def comment_newest(self) -> None:
        """Choose the newest picture, with the cursor in its comment."""
        items = self.store.project.sheet.items
        if items:
            self.list.choose(items[-1].id)
        self.comment.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, message: str) -> None:
        """Say what came of a command."""
        self.message.setText(message)

    # --- changing ---------------------------------------------------------------------------------------------------

    def _words_changed(self) -> None:
        if not self._is_showing:
            text = within(self.words, sheet_edits.LONGEST_WORDS)
            self._set_sheet(_("Words in the report"), words=text)

    def _title_changed(self, text: str) -> None:
        if self.chosen is not None:
            self._change_item(_("Title in the report"), self.chosen, title=text)

    def _comment_changed(self) -> None:
        if self._is_showing:
            return
        text = within(self.comment, sheet_edits.LONGEST_COMMENT)
        label, item, key = _("Comment in the report"), self.chosen, self.list.chosen_id
        if item is not None:
            self._change_item(label, item, comment=text)
        elif key in SECTIONS:
            self._edit(
                label, lambda: sheet_edits.comment_section(self.store.project, key, text), f"sheet {key} comment"
            )

    def _set_sheet(self, label: str, **changes: str) -> None:
        self._edit(label, lambda: sheet_edits.set_sheet(self.store.project, **changes), f"sheet {list(changes)}")

    def _change_item(self, label: str, item: SheetItem, **changes: str) -> None:
        merge = f"sheet {item.id} {list(changes)}"
        self._edit(label, lambda: sheet_edits.change_item(self.store.project, item.id, **changes), merge)

    def _edit(self, label: str, change: Callable[[], Project], merge: str = "") -> None:
        try:
            self.store.edit(label, change(), merge)
        except UserError as mistake:
            self.say(str(mistake))

    def _include(self, id: str, on: bool) -> None:
        label = _("Put into the report") if on else _("Leave out of the report")
        self._edit(label, lambda: sheet_edits.include(self.store.project, id, on))

    def _move(self, step: int) -> None:
        """Move what is chosen among its like: a section among the sections, a picture among the pictures."""
        project, item, id = self.store.project, self.chosen, self.list.chosen_id
        order = project.sheet.sections if item is None else tuple(one.id for one in project.sheet.items)
        place = min(len(order) - 1, max(0, order.index(id) + step))
        if place != order.index(id):
            move = sheet_edits.move_section if item is None else sheet_edits.move_item
            self._edit(_("Move in the report"), lambda: move(project, id, place))

    def _dragged(self, sections: tuple[str, ...], pictures: tuple[str, ...]) -> None:
        items = tuple(self.store.project.sheet.item(id) for id in pictures)
        moved = sheet_edits.with_order(sheet_edits.with_items(self.store.project, items), sections)
        if moved.sheet == self.store.project.sheet:
            self.list.show_project(moved)  # a picture that was dropped beyond its section goes back
        else:
            self._edit(_("Move in the report"), lambda: moved)

    def _delete(self) -> None:
        item = self.chosen
        if item is not None:
            label = _("Delete “{title}” from the report").format(title=item.title)
            self._edit(label, lambda: sheet_edits.remove_item(self.store.project, item.id))

    def _return(self) -> None:
        if self.chosen is not None:
            self.return_asked.emit(self.chosen.id)
