"""A state or settings folder that is closed, a file, or gone costs what lies in it, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project import edits, recovery
from nnstudio.project.archive import open_project
from nnstudio.ui.shell.preferences import Preferences
from tests.patience import PATIENCE
from tests.ui.driving import IRIS, Open


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "closed"
    folder.mkdir()
    yield folder
    folder.chmod(0o700)


def test_the_program_works_beside_a_closed_state_folder(
    open_window: Open, qtbot: QtBot, tmp_path: Path, closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = closed / "a.nnstudio"
    inside.write_bytes(IRIS.read_bytes())
    Preferences().remember(inside)
    recovery.RecoveryStore(tmp_path / "left").keep(open_project(IRIS), inside)
    closed.chmod(0)
    if os.access(closed, os.R_OK):
        pytest.skip("nothing is closed to this user")
    assert Preferences().recent_files == []
    monkeypatch.setattr(recovery, "is_gone", lambda *_given: True)
    (found,) = recovery.left_behind(tmp_path / "left")
    assert found.path == inside and found.saved is None  # the work is offered all the same
    monkeypatch.setattr(paths, "recovery_folder", lambda: closed / "recovery")
    monkeypatch.setattr(paths, "log_folder", lambda: closed / "logs")
    monkeypatch.setattr(paths, "settings_file", lambda: closed / "settings.ini")
    assert recovery.left_behind(closed / "recovery") == [] == recovery.put_aside(closed / "recovery")
    window = open_window(IRIS)
    window.store.edit("more", edits.set_training(window.project, epochs=77))
    window.autosave.keep()
    qtbot.waitUntil(lambda: "cannot be kept safe" in window.messages.label.text(), timeout=10_000)
    assert window.documents._write(tmp_path / "a.nnstudio")
    window.documents.open(tmp_path / "a.nnstudio")
    assert window.project.training.epochs == 77


PROGRAM = """
import sys
from pathlib import Path
from nnstudio.cli.main import main
folder = Path(sys.argv[1])
data = folder / "a 'b\\" #%&{x}\\u00e9.csv"
rows = [f"{n % 7}.5,{n % 5},{'left' if n % 7 > n % 5 else 'right'}" for n in range(60)]
data.write_text("\\n".join(["x,y,side", *rows]))
project = folder / "net 'b\\" #%&{x}\\u00e9.nnstudio".replace('"', "")
assert main(["new", str(project), "--data", str(data), "--layers", "dense:4,tanh,dense:out"]) == 0
assert main(["train", str(project), "--epochs", "1"]) == 0
assert main(["evaluate", str(project)]) == 0
"""

# Each is a process that loads torch, so what has nothing to do with each other is tried at once.
SURROUNDINGS: dict[str, dict[str, str | None]] = {
    "no home, plain C": {
        "HOME": None, "XDG_CONFIG_HOME": None, "XDG_STATE_HOME": None, "LANG": "C", "LC_ALL": "C",
    },
    "a home that is no folder, Arabic": {"HOME": "/dev/null", "LANG": "ar_EG.UTF-8", "LC_ALL": "ar_EG.UTF-8"},
    "Turkish, far west": {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
    "German, no such zone": {"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "TZ": "nowhere"},
}  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="the environment and the names of POSIX")
@pytest.mark.parametrize("name", SURROUNDINGS)
def test_it_works_in_any_surroundings(name: str, tmp_path: Path) -> None:
    environment = {**os.environ, "NNSTUDIO_LANG": "en", "XDG_CONFIG_HOME": str(tmp_path / "config")}
    for variable, value in SURROUNDINGS[name].items():
        environment.pop(variable, None)
        if value is not None:
            environment[variable] = value
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
