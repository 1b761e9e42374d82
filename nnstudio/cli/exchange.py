"""The verbs that exchange files with other programs: `export`, but for the report, and `import-weights`."""

import argparse
from argparse import Namespace
from pathlib import Path
from typing import Any

from nnstudio.cli import verbs
from nnstudio.cli.options import add_out, add_run
from nnstudio.data.dataset import load
from nnstudio.data.reader import Reader
from nnstudio.project import edits
from nnstudio.project.archive import save
from nnstudio.project.files import check_writable
from nnstudio.project.outside_data import remember
from nnstudio.text import translate as _

Answer = tuple[dict[str, Any], int]
KINDS = ("pytorch", "onnx", "pt2", "safetensors", "csv", "tensorboard", "sheet", "optuna")


def add_export(parser: argparse.ArgumentParser) -> None:
    """The arguments of `export` beside the project."""
    parser.add_argument(
        "--to",
        choices=KINDS,
        required=True,
        help=_(
            "pytorch: a script with data and weights; onnx: a file that takes raw rows (opset 17); pt2: a program of "
            "torch.export; safetensors: the weights; csv: the curve; tensorboard: a folder with the curves of all "
            "runs; sheet: the report; optuna: the newest study, as a journal of Optuna"
        ),
    )
    add_out(parser, "OUT", _("the file or folder to write"))
    add_run(parser)


def export(options: Namespace) -> Answer:
    """Files for use outside nnstudio."""
    from nnstudio.export import files
    from nnstudio.training.inference import find_run

    verbs.check_overwriting(options.out, options.project)
    project, refused = verbs.opened(options)
    run = find_run(project, options.run)
    if options.to == "tensorboard":
        written = files.export_curves([run] if options.run else project.runs, options.out)
    else:
        written = files.export(run, options.to, options.out, Reader(project.files, refused))
    names = [str(path) for path in written]
    return verbs.finish(options, {"run": run.id, "files": names}, lambda: print(*names, sep="\n"))


def add_import(parser: argparse.ArgumentParser) -> None:
    """The arguments of `import-weights` beside the project."""
    parser.add_argument(
        "weights", metavar="FILE", type=Path, help=_("a safetensors file, or what torch.save makes of a state_dict")
    )
    parser.add_argument("--out", metavar="OUT", type=Path, help=_("where to store it; PROJECT itself when left out"))


def import_weights(options: Namespace) -> Answer:
    """Weights of another program fitted to the network as it is drawn, and kept as a run."""
    from nnstudio.training.given_weights import run_with_weights

    out = options.out or options.project
    check_writable(out)
    project, refused = verbs.opened(options)
    dataset = load(project.data, project.files, refused)
    project = verbs.check_no_problems(verbs.with_facts(project, dataset))
    run, fitting = run_with_weights(project, dataset, options.weights)
    whole = edits.add_run(project, run)
    save(whole, out)
    remember(whole, out, refused)
    answer = {
        "run": run.id,
        "message": run.message,
        "fitted": [{"name": one.name, "source": one.source, "by": one.by} for one in fitting.fits],
        "missing": {name: list(shape) for name, shape in fitting.missing.items()},
        "unused": {name: list(shape) for name, shape in fitting.unused.items()},
        "project": str(out),
    }

    def show() -> None:
        for one in fitting.fits:
            if one.source != one.name:
                print(f"{one.source} → {one.name}")
        print(run.message)
        print(_("Kept as run {number} in {file}").format(number=run.id.removeprefix("run-"), file=out))

    return verbs.finish(options, answer, show)
