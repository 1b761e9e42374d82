"""The verbs that look at the machine and at the program itself: doctor and self-test."""

import importlib.metadata
import io
import os
import platform
import runpy
import sys
import tempfile
from argparse import Namespace
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from nnstudio import __version__, paths, qt_libraries
from nnstudio.data.processor import FOR_OLDER, can_run_polars
from nnstudio.packages import adding
from nnstudio.text import UserError
from nnstudio.text import translate as _

PACKAGES = ("torch", "PySide6-Essentials", "pyqtgraph", "numpy", "polars", "safetensors", "msgspec")


def doctor(options: Namespace) -> tuple[dict[str, Any], int]:
    """Versions, devices, what is missing and the command that mends it; status 2 when something is missing."""
    from nnstudio.training.engine import devices

    packages = {name: installed_version(name) for name in PACKAGES}
    missing = [adding(name) for name, version in packages.items() if not version]
    if not can_run_polars():
        missing.append(adding(FOR_OLDER))
    libraries = qt_libraries.missing_packages()
    if libraries:
        missing.append(" ".join(qt_libraries.install_command(libraries)))
    answer = {
        "nnstudio": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "packages": packages,
        "devices": devices.available(),
        "display": qt_libraries.has_display(),
        "missing": missing,
    }
    if not options.json:
        print_doctor(answer)
    return answer, 2 if missing else 0


def print_doctor(answer: dict[str, Any]) -> None:
    print(f"nnstudio {answer['nnstudio']}, Python {answer['python']}, {answer['system']}")
    for name, version in answer["packages"].items():
        print(f"  {name} " + (version or _("is missing")))
    print(_("Devices: {devices}").format(devices=", ".join(answer["devices"])))
    if not answer["display"]:
        print(_("There is no display: the window cannot open here, everything else works."))
    for command in answer["missing"]:
        words = (
            _("Missing; type this: {command}") if is_of_python(command) else _("Missing; type this, as root: {command}")
        )
        print(words.format(command=command))
    if not answer["missing"]:
        print(_("Nothing is missing."))


def is_of_python(command: str) -> bool:
    """Whether the user may type it; packages of the system are installed by root alone."""
    return command.startswith(("pip ", "uv "))


def installed_version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def said_by(script: Path) -> str:
    """What the script that was just written says when it is started.

    It runs in this process: in an installed program `sys.executable` is that program and no Python.
    """
    said, arguments = io.StringIO(), sys.argv
    sys.argv = [str(script)]
    try:
        with redirect_stdout(said):
            runpy.run_path(str(script), run_name="__main__")
    finally:
        sys.argv = arguments
    return said.getvalue()


def self_test(options: Namespace) -> tuple[dict[str, Any], int]:
    """Open, build, train, save, reopen and export a bundled example, in a folder of its own."""
    from nnstudio.cli.verbs import run_training, with_facts
    from nnstudio.data.dataset import load
    from nnstudio.export.files import export
    from nnstudio.project import edits
    from nnstudio.project.archive import open_project, save
    from nnstudio.training.engine import distributed
    from nnstudio.training.inference import measure, restore

    done = []

    def passed(step: str) -> None:
        done.append(step)
        if not options.json:
            print(f"  {step}")

    project = edits.set_training(open_project(paths.examples() / "iris.nnstudio"), epochs=5)
    passed(_("opened"))
    dataset = load(project.data)
    run, _interrupted = run_training(with_facts(project, dataset), dataset, distributed.SINGLE_PROCESS, show=False)
    passed(_("built and trained"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "self-test.nnstudio"
        save(edits.add_run(project, run), file)
        again = open_project(file)
        if again.runs[-1] != run:
            raise UserError(_("The saved project came back different; please report this."))
        passed(_("saved and reopened"))
        script = export(again.runs[-1], "pytorch", Path(folder) / "network.py")[0]
        if measure(restore(again.runs[-1]), dataset.validation).samples != len(dataset.validation):
            raise UserError(_("The reopened network could not be measured; please report this."))
        if "accuracy" not in said_by(script):
            raise UserError(_("The exported script does not say what it reached; please report this."))
        passed(_("exported"))
    return {"passed": done}, 0
