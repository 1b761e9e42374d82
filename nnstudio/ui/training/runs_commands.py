"""What can be done with the runs that are selected in their table; all but carrying on can be undone."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu

from nnstudio.project import run_edits, variants
from nnstudio.project.model import Run
from nnstudio.text import UserError, shown_bytes, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.store import Store
from nnstudio.ui.training.runs_view import RunsView


class RunsCommands:
    """The commands of buttons, menus and keys."""

    def __init__(
        self, store: Store, table: RunsView, carry_on: Callable[[Run], object], export: Callable[[], object]
    ) -> None:
        self.store = store
        self.table = table
        self._carry_on = carry_on
        self._export = export

    def note(self, run: Run, text: str) -> None:
        """Another note on a run."""
        try:
            project = run_edits.write_note(self.store.project, run.id, text)
        except UserError as mistake:
            self.store.told.emit(str(mistake))
            return
        self.store.edit(_("Note on run {number}").format(number=number_of(run)), project, f"note on {run.id}")

    def star(self, runs: Sequence[Run], on: bool) -> None:
        """Stars on runs, or no more."""
        if not runs:
            return
        ids = [run.id for run in runs]
        if on:
            label = translate_count("Star {count} run", "Star {count} runs", len(ids))
        else:
            label = translate_count("Take the star off {count} run", "Take the stars off {count} runs", len(ids))
        self.store.edit(label.format(count=len(ids)), run_edits.star_runs(self.store.project, ids, on))

    def restore(self) -> None:
        """Take the settings of the selected run again."""
        (run,) = self.table.selected_runs()
        self.store.edit(
            _("Restore the settings of run {number}").format(number=number_of(run)),
            variants.restored(self.store.project, run),
        )

    def delete(self) -> None:
        """Delete the selected runs."""
        ids = {run.id for run in self.table.selected_runs()}
        if not ids:
            return
        label = translate_count("Delete {count} run", "Delete {count} runs", len(ids)).format(count=len(ids))
        self.store.edit(label, run_edits.remove_runs(self.store.project, ids))

    def forget(self) -> None:
        """Keep the selected runs without their weights."""
        runs = [run for run in self.table.selected_runs() if run_edits.weights_size(run)]
        ids = {run.id for run in runs}
        words = translate_count("Forget the weights of {count} run", "Forget the weights of {count} runs", len(ids))
        freed = shown_bytes(sum(map(run_edits.weights_size, runs)))
        self.store.edit(words.format(count=len(ids)), run_edits.forget_weights(self.store.project, ids))
        told = _("The file will be {size} smaller. Undo brings the weights back until the project is closed.")
        self.store.told.emit(told.format(size=freed))

    def carry_on(self) -> None:
        """Go on with the selected run."""
        self._carry_on(self.table.selected_runs()[0])

    def fill(self, menu: QMenu) -> None:
        """Everything that can be done with the selected runs."""
        menu.clear()
        runs = self.table.selected_runs()
        one, some = len(runs) == 1, bool(runs)
        menu.addAction(_("&Restore settings"), self.restore).setEnabled(one)
        menu.addAction(_("&Carry on past the stop"), self.carry_on).setEnabled(one and bool(runs[0].weights))
        are_starred = some and all(run.is_starred for run in runs)
        words = _("Take the &star off") if are_starred else _("&Star")
        menu.addAction(f"{words}\tS", partial(self.star, runs, not are_starred)).setEnabled(some)
        menu.addAction(_("Write a &note") + "\tF2", self.table.write_note).setEnabled(one)
        menu.addSeparator()
        freed = sum(map(run_edits.weights_size, runs))
        words = _("&Forget weights (frees {size})").format(size=shown_bytes(freed)) if freed else _("&Forget weights")
        forget = menu.addAction(words, self.forget)
        forget.setEnabled(freed > 0)
        menu.addAction(_("&Delete") + "\tDel", self.delete).setEnabled(some)
        menu.addSeparator()
        menu.addAction(_("Save the rows shown as a &table …"), self._export).setEnabled(
            bool(self.table.runs_model.rows)
        )


def number_of(run: Run) -> str:
    return run.id.removeprefix("run-")
