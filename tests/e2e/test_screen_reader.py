"""The whole window read over AT-SPI while a network trains: every text is there, each plot is a sentence, and the
beginning and the end of training are announced."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio import paths
from tests.patience import PATIENCE

READER = Path(__file__).with_name("screen_reader.py")
PROGRAM = """
import sys
from pathlib import Path
from nnstudio.ui import app
sys.exit(app.run(Path(sys.argv[1])))
"""
SYSTEM_PYTHON = "/usr/bin/python3"


def is_missing() -> str:
    """What keeps a screen reader from being tried here; "" where nothing does."""
    for program in ("dbus-run-session", "Xvfb", SYSTEM_PYTHON):
        if shutil.which(program) is None:
            return f"there is no {program}"
    asked = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    if subprocess.run([SYSTEM_PYTHON, "-c", asked], capture_output=True).returncode:
        return "the system's Python has no AT-SPI (python3-pyatspi)"
    return ""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """What a screen reader finds."""
    if reason := is_missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("home")
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "NNSTUDIO_LANG": "en",
    }
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    program = folder / "program.py"
    program.write_text(PROGRAM)
    example = folder / "iris.nnstudio"
    shutil.copy(paths.examples() / "iris.nnstudio", example)
    # The display's number is asked of the server, and everything ends with the shell.
    script = f"""
        exec 3>display; Xvfb -displayfd 3 -screen 0 1366x768x24 -nolisten tcp 2>/dev/null & X=$!
        while ! [ -s display ]; do sleep 0.1; done
        export DISPLAY=:$(cat display)
        PYTHONPATH={Path.cwd()} "{sys.executable}" program.py "{example}" >program.log 2>&1 & P=$!
        {SYSTEM_PYTHON} "{READER}" found.json
        kill $P $X
    """
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE + 60,
    )  # fmt: skip
    if not (folder / "found.json").exists():
        pytest.fail(f"{done.stdout}\n{done.stderr}\n{(folder / 'program.log').read_text()}")
    answer: dict[str, list[list[str]]] = json.loads((folder / "found.json").read_text())
    return answer


def words(rows: list[list[str]]) -> str:
    return "\n".join(" | ".join(row) for row in rows)


def test_every_label_is_read_with_its_text(read: dict[str, list[list[str]]]) -> None:
    empty = [row for row in read["after"] if row[0] == "label" and not any(row[1:])]
    assert empty == []
    said = words(read["before"])
    for text in ("Ready to train", "Learning rate", "Input 1", "Dense 1", "Link from “Input 1” to “Dense 1”"):
        assert text in said, text
    assert "Ended after epoch" in words(read["after"])


def test_everything_that_can_be_pressed_has_a_name(read: dict[str, list[list[str]]]) -> None:
    pressed = {"push button", "button", "toggle button", "check box", "radio button", "combo box", "menu item"}
    assert [row for row in (*read["before"], *read["after"]) if row[0] in pressed and not row[1]] == []


def test_each_plot_is_a_sentence(read: dict[str, list[list[str]]]) -> None:
    plots = {row[1]: row[2] for row in read["after"] if row[0] == "chart"}
    assert "epochs; " in plots["Loss"] and "lowest" in plots["Loss"] and "validation" in plots["Loss"]
    assert "%" in plots["Accuracy"]
    assert all(plots.values())


def test_the_beginning_and_the_end_of_training_are_announced(read: dict[str, list[list[str]]]) -> None:
    said = "\n".join(map(str, read["said"]))
    assert "Training has begun." in said and "Ended after epoch" in said
