"""Files of other programs in the window: runs are exported for them, and weights of theirs become a run."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtWidgets import QFileDialog

from nnstudio import paths
from nnstudio.project import edits
from nnstudio.project.model import Run
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.files.documents import Documents
from nnstudio.ui.shell.dialogs import warn

EXPORTS = {".py": "pytorch", ".onnx": "onnx", ".pt2": "pt2", ".safetensors": "safetensors", ".csv": "csv"}
FOLDER = ""
"""The ending of what is a folder: the curves for TensorBoard."""


class Exchange:
    """Exports the run that is shown, and imports weights."""

    def __init__(self, documents: Documents) -> None:
        self.window = documents.window
        self.store = documents.store
        self.trainer = documents.trainer
        self.documents = documents

    def export(self) -> None:
        """Ask for a name and write the run that is shown there, in the form its ending says."""
        if not self.store.project.runs:
            self.store.told.emit(_("There is nothing to export yet: train the network first."))
            return
        kinds = {
            _("PyTorch script with weights and data (*.py)"): ".py",
            _("ONNX, which takes raw rows (*.onnx)"): ".onnx",
            _("Program of torch.export (*.pt2)"): ".pt2",
            _("Weights alone (*.safetensors)"): ".safetensors",
            _("Curve as a table (*.csv)"): ".csv",
            _("Curves of all runs for TensorBoard, in a folder (*)"): FOLDER,
        }
        name, chosen = QFileDialog.getSaveFileName(
            self.window,
            _("Export run {number}").format(number=number_of(self.exported_run())),
            str(paths.home() / _("network")),
            ";;".join(kinds),
        )
        if not name:
            return
        named = Path(name)
        if named.suffix in EXPORTS or not kinds[chosen]:
            self._export_to(named)
        elif path := self.documents.with_suffix(named, kinds[chosen]):
            self._export_to(path)

    def exported_run(self) -> Run:
        """The run that is shown, or the newest where none is."""
        return self.trainer.last_run or self.store.project.runs[-1]

    def _export_to(self, path: Path) -> None:
        run, project = self.exported_run(), self.store.project
        if path.suffix in EXPORTS:
            kind = EXPORTS[path.suffix]
            work = partial(view_jobs.export, run, kind, path, project.files, self.store.refused)
        else:
            work = partial(view_jobs.export_curves, project.runs, path)
        task = Task(work, self.window)
        task.arrived.connect(partial(self._exported, run, path))
        task.failed.connect(lambda message: warn(self.window, _("The run was not exported"), message))
        task.start()
        self.store.told.emit(_("Exporting …"))

    def _exported(self, run: Run, path: Path, files: Sequence[Path]) -> None:
        if path.suffix not in EXPORTS:
            self.store.told.emit(_("The curves are in {folder}: tensorboard --logdir {folder}").format(folder=path))
            return
        names = ", ".join(file.name for file in files)
        self.store.told.emit(_("Exported run {number}: {files}").format(number=number_of(run), files=names))

    def import_weights(self) -> None:
        """Ask for a file of weights and make a run of them."""
        if not self.trainer.is_idle():
            return
        if self.store.problems:
            problem = self.store.problems[0].message
            self.store.told.emit(_("Weights have nowhere to go yet. {problem}").format(problem=problem))
            return
        pattern = _("Weights") + " (*.safetensors *.pt *.pth *.bin *.ckpt);;" + _("All files") + " (*)"
        name, _filter = QFileDialog.getOpenFileName(self.window, _("Import weights"), str(paths.home()), pattern)
        if name:
            self.import_from(Path(name))

    def import_from(self, path: Path) -> None:
        """Make a run of the weights in a file, and say what of them did not fit."""
        self.documents.await_data()
        project = self.store.project
        dataset = self.trainer.loader.dataset_for(project.data)
        if dataset is None:
            self.store.told.emit(_("The data is not read yet. Import the weights once it is."))
            return
        try:
            reads = partial(view_jobs.import_weights, project, dataset, path)
            run, is_whole = self.documents.busy.do(
                _("Reading {file} …").format(file=path.name), reads, can_cancel=False
            )
        except UserError as mistake:
            warn(self.window, _("The weights were not imported"), str(mistake))
            return
        run = replace(run, id=self.store.free_run_id())
        self.store.edit(_("Import weights"), edits.add_run(self.store.project, run))
        self.trainer.show(run)
        if is_whole:
            self.store.told.emit(run.message)
        else:
            warn(self.window, _("Not all weights fit"), run.message)


def number_of(run: Run) -> str:
    return run.id.removeprefix("run-")
