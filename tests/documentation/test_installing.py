"""The wheel as the page of installing makes it, installs it by uv, sees that it works, and takes it away again.

It downloads some hundred MB and takes minutes, so it is asked for: `--install internet`, or `--install FOLDER` where
the wheel of PyTorch lies in a folder and cannot be had from its index. Everything is kept in folders of its own, the
cache of uv too, which the page has cleaned at the end.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documentation.fences import ROOT, blocks

PAGE = ROOT / "docs" / "install.md"
BACKEND = "--torch-backend=cpu"
LINE_OF_WHEEL = "uv tool install " + (BACKEND if sys.platform == "linux" else "nnstudio")
CUDA = ("nvidia", "triton", "cuda")


@pytest.fixture
def whence(request: pytest.FixtureRequest) -> str:
    """internet, or the folder with the wheel of PyTorch."""
    found = str(request.config.getoption("--install"))
    if not found:
        pytest.skip("the wheel is installed with --install internet or --install FOLDER: hundreds of MB, minutes")
    if not shutil.which("uv"):
        pytest.skip("uv is not on the PATH")
    return found


class Computer:
    """A user's folders, and a terminal in which commands of the page are typed."""

    def __init__(self, folder: Path) -> None:
        self.home, self.programs, self.tools = folder / "home", folder / "programs", folder / "tools"
        for one in (self.home, self.programs, self.tools):
            one.mkdir()
        kept = {
            name: text for name, text in os.environ.items() if not name.startswith(("XDG_", "NNSTUDIO_", "VIRTUAL_"))
        }
        self.environment = kept | {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "LOCALAPPDATA": str(self.home),
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            "UV_TOOL_DIR": str(self.tools),
            "UV_TOOL_BIN_DIR": str(self.programs),
            "UV_CACHE_DIR": str(self.home / ".cache" / "uv"),
            "PIP_NO_CACHE_DIR": "1",  # who makes the wheel is somebody else
            "NNSTUDIO_LANG": "en",
        }

    def type_in(self, words: list[str], folder: Path) -> list[str]:
        """The lines of what it says; it must succeed."""
        program = shutil.which(words[0], path=self.environment["PATH"])
        assert program, f"no {words[0]} on the PATH"
        done = subprocess.run(
            [program, *words[1:]], cwd=folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout.splitlines()

    def left(self) -> list[str]:
        """The files in the home."""
        return sorted(one.relative_to(self.home).as_posix() for one in self.home.rglob("*") if one.is_file())


def line(beginning: str) -> list[str]:
    """The words of the one command of the page that begins so."""
    typed = [one for block in blocks(PAGE, "sh", "console") for one in block.lines() if one.startswith(beginning)]
    assert len(typed) == 1, f"{PAGE.name} has {len(typed)} commands that begin with {beginning!r}"
    return shlex.split(typed[0])


def reachable(words: list[str], whence: str) -> list[str]:
    """The command; where a folder stands in for the index of PyTorch, the build without CUDA has a name."""
    if whence == "internet" or BACKEND not in words:
        return words
    version = next(word for word in line("pip install torch") if word.startswith("torch=="))
    at = words.index(BACKEND)
    return [*words[:at], "--find-links", str(Path(whence).resolve()), "--with", f"{version}+cpu", *words[at + 1 :]]


def named_folders() -> list[str]:
    """The folders of a home on Linux that the page says are left."""
    return re.findall(r"`~/([^`]*nnstudio)`", PAGE.read_text(encoding="utf-8"))


@pytest.mark.timeout(1800)
def test_the_wheel_is_made_installed_used_and_taken_away_as_the_page_says(whence: str, tmp_path: Path) -> None:
    computer, dist = Computer(tmp_path), tmp_path / "dist"
    making = line("python -m pip wheel")
    assert making[-3:] == ["-w", "dist", "."]
    computer.type_in([sys.executable, *making[1:-2], str(dist), "."], ROOT)
    computer.type_in(reachable(line(LINE_OF_WHEEL), whence), dist)
    adding = [word.replace("$(uv tool dir)", str(computer.tools)) for word in line("uv pip install")]
    computer.type_in(adding, dist)
    packages = computer.type_in(["uv", "pip", "list", "--python", str(computer.tools / "nnstudio")], dist)
    assert [package for package in packages if package.startswith(CUDA)] == []
    assert [package for package in packages if package.startswith("onnx ")] != []
    assert computer.type_in(line("nnstudio doctor"), computer.home)[-1] == "Nothing is missing."
    steps = computer.type_in(line("nnstudio self-test"), computer.home)
    assert (len(steps), steps[-1].strip()) == (4, "exported")
    computer.type_in(line("uv tool uninstall"), computer.home)
    computer.type_in(line("uv cache clean"), computer.home)
    assert list(computer.programs.iterdir()) == []
    assert not (computer.tools / "nnstudio").exists()
    left = [file for file in computer.left() if "nnstudio" in file]
    assert sys.platform != "linux" or [file for file in left if not file.startswith(tuple(named_folders()))] == []
