"""Each kind of export as files; all are written whole or not at all."""

import sys
from collections.abc import Sequence
from pathlib import Path

from nnstudio.data.dataset import divide
from nnstudio.data.reader import Reader
from nnstudio.data.run_rows import weights_of_all
from nnstudio.export.description import described_weights
from nnstudio.export.onnx_file import onnx_bytes
from nnstudio.export.pytorch_script import script_files
from nnstudio.export.tensorboard import write_events
from nnstudio.export.torch_program import program_bytes
from nnstudio.project.curve_table import metrics_to_csv
from nnstudio.project.files import check_target, is_folder, is_there, write_whole
from nnstudio.project.model import Run
from nnstudio.project.weights import check_kept
from nnstudio.text import UserError
from nnstudio.text import translate as _

KINDS = ("pytorch", "safetensors", "onnx", "pt2", "csv", "tensorboard")
"""The last is for `export_curves`."""
IMPORTED = sys.stdlib_module_names | {"numpy", "torch", "torchgen", "safetensors", "typing_extensions", "nnstudio"}
"""What the script imports, and what that imports in turn: a script of such a name would be imported in its place."""


def export(run: Run, kind: str, out: Path, reader: Reader | None = None) -> list[Path]:
    """Write a run as a PyTorch script with weights and data beside it, as an ONNX file that takes raw rows, as a
    program of torch.export, as bare weights, or as the CSV of its curve.

    The data are read by `reader`, which has the copies that a project keeps of files that are not here. UserError for a
    name that will not do, and for data that cannot be read.
    """
    check_target(out)
    if kind != "csv":
        check_kept(run)
    if kind == "pytorch":
        if out.suffix != ".py":
            raise UserError(_("A PyTorch script needs a name that ends in .py; found “{name}”.").format(name=out.name))
        if out.stem.lower() in IMPORTED:
            words = _("A script called “{name}” would hide the module {module} from Python. Choose another name.")
            raise UserError(words.format(name=out.name, module=out.stem.lower()))
        divided = divide(run.data, reader)
        contents = script_files(run, divided, out.stem, weights_of_all(divided, run.data, run.preparation))
    elif kind == "safetensors":
        contents = {out.name: described_weights(run)}
    elif kind == "onnx":
        contents = {out.name: onnx_bytes(run)}
    elif kind == "pt2":
        contents = {out.name: program_bytes(run)}
    elif kind == "csv":
        contents = {out.name: metrics_to_csv(run.history)}
    else:
        raise ValueError(kind)
    for name, content in contents.items():
        write_whole(out.with_name(name), content)
    return [out.with_name(name) for name in contents]


def export_curves(runs: Sequence[Run], folder: Path) -> list[Path]:
    """Write the curves of some runs into a folder for TensorBoard. UserError as above."""
    if is_there(folder) and not is_folder(folder):
        raise UserError(_("“{file}” is a file. Choose the name of a folder.").format(file=folder))
    return write_events(runs, folder)
