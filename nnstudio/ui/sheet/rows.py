"""The list of what is in the report: a row a section, and below theirs a row a picture; each can be left out by its
tick, and be dragged to another place."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from nnstudio.project.model import Project
from nnstudio.project.sheet import SECTIONS, Sheet
from nnstudio.project.sheet_rows import is_empty, parted, row_ids
from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.look.picture import pixmap
from nnstudio.ui.look.tooltips import plain_tooltip

ID = Qt.ItemDataRole.UserRole
SMALL = QSize(84, 54)


class SheetRows(QListWidget):
    """`chosen` comes with the key or id of the current row, `ticked` with that of one that is to be written or not,
    `dragged` with the orders of the sections and of the pictures, `delete_asked` when the current one is to go."""

    chosen = Signal(str)
    ticked = Signal(str, bool)
    dragged = Signal(object, object)
    delete_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sheetItems")
        self.setAccessibleName(_("What is in the report"))
        self.setIconSize(SMALL)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setWordWrap(True)
        self.setSpacing(1)
        self.shown = Sheet()
        self._is_showing = False
        self.currentRowChanged.connect(self._chose)
        self.itemChanged.connect(self._ticked)
        self.model().rowsMoved.connect(self._dragged)
        delete = QShortcut(QKeySequence.StandardKey.Delete, self, context=Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.delete_asked)

    @property
    def chosen_id(self) -> str:
        """The key or id of the current row, "" for none."""
        current = self.currentItem()
        return "" if current is None else str(current.data(ID))

    def choose(self, id: str) -> None:
        """Make the row of a key or id the current one."""
        self.setCurrentRow(self._ids().index(id))

    def show_project(self, project: Project) -> None:
        """Show what is in the report of a project now; a picture that has just come is chosen."""
        before, self.shown, chosen = self.shown, project.sheet, self.chosen_id
        ids = list(row_ids(project.sheet))
        self._is_showing = True
        if ids != self._ids() or [one.picture for one in before.items] != [one.picture for one in self.shown.items]:
            place = self._next_chosen(chosen, self._ids(), ids)
            self._fill(ids)
            self.setCurrentRow(place)
        for row, id in enumerate(ids):
            self._write(self.item(row), id, project)
        self._is_showing = False
        self._chose()

    def _next_chosen(self, chosen: str, before: list[str], ids: list[str]) -> int:
        """The row of the picture that has just come, or of the row that was chosen; else what is in its place now. At
        first the newest picture, or where one would stand."""
        came = [id for id in ids if id not in before]
        newest = ids.index(self.shown.items[-1].id if self.shown.items else "items")
        if not before:
            return newest
        if len(came) == 1:
            return ids.index(came[0])
        return ids.index(chosen) if chosen in ids else min(max(0, self.currentRow()), newest)

    def _fill(self, ids: list[str]) -> None:
        self.clear()
        pictures = {item.id: item.picture for item in self.shown.items}
        for id in ids:
            row = QListWidgetItem()
            row.setData(ID, id)
            if id in pictures:
                row.setIcon(QIcon(pixmap(pictures[id])))
            else:
                font = row.font()
                font.setBold(True)
                row.setFont(font)
            self.addItem(row)

    def _write(self, row: QListWidgetItem, id: str, project: Project) -> None:
        sheet = project.sheet
        is_section = id in SECTIONS
        title = _(SECTIONS[id]) if is_section else sheet.item(id).title
        comment = sheet.comments.get(id, "") if is_section else sheet.item(id).comment
        is_blank = is_section and is_empty(project, id)
        row.setText(title)
        row.setToolTip(plain_tooltip([one for one in (title, nothing_yet() if is_blank else "", comment) if one]))
        row.setCheckState(Qt.CheckState.Unchecked if id in sheet.left_out else Qt.CheckState.Checked)
        is_faint = is_blank or id in sheet.left_out
        row.setForeground(QColor(theme.colors().faint_text if is_faint else theme.colors().text))

    def _ids(self) -> list[str]:
        return [str(self.item(row).data(ID)) for row in range(self.count())]

    def _chose(self, _row: int = 0) -> None:
        if not self._is_showing:
            self.chosen.emit(self.chosen_id)

    def _ticked(self, row: QListWidgetItem) -> None:
        id, on = str(row.data(ID)), row.checkState() is Qt.CheckState.Checked
        if not self._is_showing and on == (id in self.shown.left_out):
            self.ticked.emit(id, on)

    def _dragged(self) -> None:
        """A row was dropped elsewhere: the report follows, a picture as far as its section goes."""
        if self._is_showing:
            return
        sections, pictures = parted(self._ids())
        if {*sections, *pictures} == set(row_ids(self.shown)):
            self.dragged.emit(sections, pictures)


def nothing_yet() -> str:
    return _("There is nothing to tell here yet: it is not written.")
