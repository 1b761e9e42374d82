"""The commands of the report: put the view that is looked at into it, open it, go back to what an item shows, write
it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QToolTip

from nnstudio import paths
from nnstudio.project import sheet_edits
from nnstudio.project.sheet import SheetItem
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.background.task import Task
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.opened import Labs
from nnstudio.ui.live.panel import Plots
from nnstudio.ui.look.collected import Looked
from nnstudio.ui.look.picture import as_svg
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.sheet.dialog import SheetDialog
from nnstudio.ui.sheet.views import SheetViews
from nnstudio.ui.sheet.writing import FORMS, written
from nnstudio.ui.shell.dialogs import warn

Offer = Callable[[str, list[tuple[str, Callable[[], object]]]], object]


class SheetDesk:
    """What is done with the report of a window. `offer` shows a message with something that can be done."""

    def __init__(self, window: QMainWindow, labs: Labs, canvas: Canvas, plots: Plots, offer: Offer) -> None:
        self.window = window
        self.trainer = labs.trainer
        self.store = labs.trainer.store
        self.canvas = canvas
        self.offer = offer
        self.views = SheetViews(window, labs, canvas, plots)
        self.is_writing = False
        for plot in plots.grid.findChildren(Plot):
            plot.sheet_asked.connect(self.put_plot)
        earlier = window.findChild(SheetDialog)
        if earlier is not None:  # of another language or other colours
            earlier.setObjectName("")
            earlier.close()
            self.open()

    def functions(self) -> dict[str, Callable[[], object]]:
        """What each command does, by its name."""
        return {"actionPutOnSheet": self.put_here, "actionSheet": self.open}

    def put_here(self) -> None:
        """Put the view that is looked at into the report."""
        self.put(self.views.looked_at())

    def put_plot(self, plot: Plot) -> None:
        """Put a plot into the report."""
        self.put(self.views.of_plot(plot))

    def put(self, looked: Looked) -> None:
        """Put a view into the report, with the run and the epoch that are shown now."""
        run, epoch, shown = self.trainer.last_run, self.trainer.shown_epoch, ""
        if ":" in looked.view:  # of no single run
            run = epoch = None
        elif run is None and (under_way := self.trainer.under_way()):
            shown, epoch = under_way[0].id, self.trainer.curves.epochs
        try:
            project = sheet_edits.put_on(
                self.store.project, looked.title, looked.view, looked.picture, run, epoch, looked.words
            )
            if shown:
                project = sheet_edits.change_item(project, project.sheet.items[-1].id, run=shown)
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            return
        self.store.edit(_("Put “{title}” into the report").format(title=looked.title), project)
        words = _("“{title}” is in the report.").format(title=looked.title)
        self.offer(words, [(_("Write a comment …"), self.comment_newest)])
        lab = QApplication.activeWindow()
        if isinstance(lab, Lab):  # the message is in the window behind
            QToolTip.showText(lab.mapToGlobal(QPoint(20, 20)), plain_tooltip([words]), lab)

    def open(self) -> SheetDialog:
        """Open the report, or bring it to the front."""
        dialog = self.window.findChild(SheetDialog, SheetDialog.NAME)
        if dialog is None:
            dialog = SheetDialog(self.window, self.store)
            dialog.return_asked.connect(self.go_back)
            dialog.write_asked.connect(self.ask_write)
            dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def comment_newest(self) -> None:
        self.open().comment_newest()

    def go_back(self, id: str) -> None:
        """Show what was looked at when an item was put into the report: its run, the epoch and the view."""
        item = self.store.project.sheet.item(id)
        if not self.trainer.is_idle():
            return
        if (not item.is_of_run or self._bring_back(item)) and (said := self.views.show(item.view)):
            self.store.told.emit(said)

    def _bring_back(self, item: SheetItem) -> bool:
        """Show the run and the epoch that an item is of; whether they are still there."""
        run = sheet_edits.run_of(self.store.project, item)
        if run is not None:
            if run is not self.trainer.last_run:
                self.trainer.show(run)
            self.trainer.look_at(item.epoch)
        elif item.run:
            number = item.run.removeprefix("run-")
            self.store.told.emit(_("Run {number} is not in the project any more.").format(number=number))
            return False
        elif not self.trainer.is_blank:
            self.trainer.reset()
        return True

    # --- writing ----------------------------------------------------------------------------------------------------

    def ask_write(self) -> None:
        """Ask for a name and write the report there, in the form its ending says."""
        kinds = {_("Page to read or to hand in (*.html)"): FORMS[0], _("Pages to print (*.pdf)"): FORMS[1]}
        folder = self.store.path.parent if self.store.path else paths.home()
        start = str(folder / f"{self.title()}.html")
        parent = self.window.findChild(SheetDialog, SheetDialog.NAME) or self.window
        name, chosen = QFileDialog.getSaveFileName(parent, _("Write the report"), start, ";;".join(kinds))
        if name:
            path = Path(name)
            self.write(path if path.suffix.lower() in FORMS else path.with_name(path.name + kinds[chosen]))

    def title(self) -> str:
        """What the project is called."""
        return self.store.path.stem if self.store.path else self.store.name or _("New project")

    def write(self, path: Path) -> Task | None:
        """Write the report on a thread; None while another is being written."""
        if self.is_writing:
            self.store.told.emit(_("The report is being written."))
            return None
        self.is_writing = True
        drawing = self.canvas.picture(as_svg) if self.store.project.network.layers else b""
        task = Task(partial(written, self.store.project, self.title(), drawing, path), self.window)
        task.arrived.connect(partial(self._written, path))
        task.failed.connect(partial(warn, self.window, _("The report was not written")))
        task.ended.connect(self._ended)
        self.store.told.emit(_("Writing {file} …").format(file=path.name))
        return task.start()

    def _written(self, path: Path, remark: str) -> None:
        said = _("Report written: {file}").format(file=path)
        self.store.told.emit(" ".join(one for one in (said, remark) if one))
        dialog = self.window.findChild(SheetDialog, SheetDialog.NAME)
        if dialog is not None:
            dialog.say(said)

    def _ended(self) -> None:
        self.is_writing = False
