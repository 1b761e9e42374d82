"""What the project says of itself when it is handed on: its metadata, its licences, its page on an index, its start
without a console."""

import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

import nnstudio
from nnstudio.text import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    return message_from_bytes(wheel.read(f"nnstudio-{nnstudio.__version__}.dist-info/METADATA"))


def test_one_version_everywhere(metadata: Message) -> None:
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited
    assert {nnstudio.__version__, PROJECT["version"], metadata["Version"], cited[1].strip('"')} == {PROJECT["version"]}


def test_the_wheel_says_its_licence_and_carries_the_texts(wheel: zipfile.ZipFile, metadata: Message) -> None:
    assert metadata["License-Expression"] == "BSD-3-Clause"
    folder = f"nnstudio-{nnstudio.__version__}.dist-info/licenses/"
    carried = {name.removeprefix(folder) for name in wheel.namelist() if name.startswith(folder)}
    assert carried == set(metadata.get_all("License-File", []))
    assert carried >= {"LICENSE", "THIRD_PARTY.md", "LICENSES/CC-BY-4.0.txt", "LICENSES/OFL-1.1.txt"}


def test_the_wheel_carries_the_resources_and_the_command(wheel: zipfile.ZipFile) -> None:
    entries = wheel.read(f"nnstudio-{nnstudio.__version__}.dist-info/entry_points.txt").decode()
    assert "nnstudio = nnstudio.cli.main:entry" in entries
    for wanted in ("examples/digits.nnstudio", "translations/es/LC_MESSAGES/nnstudio.mo"):
        assert f"nnstudio/resources/{wanted}" in wheel.namelist()


def test_every_package_that_comes_along_has_its_licence_named() -> None:
    told = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").lower()
    needed = [re.split(r"[\[<>=!~; ]", line)[0].lower() for line in PROJECT["dependencies"]]
    assert needed and [name for name in needed if name not in told] == []


def test_every_table_and_font_that_comes_along_is_told() -> None:
    told = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    tables = [path.name for path in (ROOT / "resources" / "data").glob("*.csv")]
    assert [name for name in tables if name not in told] == []
    assert all(path.name.startswith(("Inter-", "OFL")) for path in (ROOT / "resources" / "fonts").iterdir())


# --- the page on an index -------------------------------------------------------------------------------------------


def index_page(readme: str, home: str) -> str:
    spec = importlib.util.spec_from_file_location("index_page", ROOT / "packaging" / "index_page.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    pytest.importorskip("hatchling")
    spec.loader.exec_module(module)
    page: str = module.index_page(readme, home)
    return page


def test_a_page_on_an_index_links_to_no_file_beside_it(metadata: Message) -> None:
    page = str(metadata.get_payload())
    links = re.findall(r"\]\(([^)\s]+)", page)
    assert page.startswith("# nnstudio")
    assert [link for link in links if not link.startswith(("https://", "#"))] == []


def test_pictures_are_served_from_home_where_there_is_one() -> None:
    readme = "![A window\nopen](docs/a.png) [this](docs/b.md) [that](https://c.org/d)"
    assert index_page(readme, "https://e.org/main/") == (
        "![A window\nopen](https://e.org/main/docs/a.png) [this](https://e.org/main/docs/b.md) [that](https://c.org/d)"
    )
    assert index_page(readme, "") == " this [that](https://c.org/d)"
    assert index_page("a\n\n| | |\n| --- | --- |\n| ![b](c.png) | ![d](e.png) |\n\nf\n", "") == "a\n\nf\n"
    assert index_page("| a | b |\n| --- | --- |\n| c | d |\n", "") == "| a | b |\n| --- | --- |\n| c | d |\n"


# --- on a bare system -----------------------------------------------------------------------------------------------

BARE = """
import sys
from nnstudio import qt_libraries
qt_libraries.missing_packages = lambda: ["libegl1"]
sys.modules["PySide6"] = None
from nnstudio.cli.main import main
sys.exit(main([]))
"""


def test_where_qt_does_not_load_the_line_that_mends_it_is_said() -> None:
    done = subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "apt-get install -y --no-install-recommends libegl1" in done.stderr


# --- without a console ----------------------------------------------------------------------------------------------

START = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QMessageBox
told = Path(sys.argv.pop(1))
QMessageBox.exec = lambda box: told.write_text(box.text(), encoding="utf-8")
sys.stdout = sys.stderr = None
from nnstudio.cli.main import window_entry
window_entry()
"""


def test_without_a_console_an_error_at_the_start_is_said_in_a_box(tmp_path: Path) -> None:
    told, missing = tmp_path / "told.txt", tmp_path / "missing.nnstudio"
    done = subprocess.run([sys.executable, "-c", START, str(told), str(missing)], capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "missing.nnstudio" in told.read_text(encoding="utf-8")
    assert done.stdout == done.stderr == ""


def test_the_program_without_a_console_is_installed_beside_the_command(wheel: zipfile.ZipFile) -> None:
    entries = wheel.read(f"nnstudio-{nnstudio.__version__}.dist-info/entry_points.txt").decode()
    assert "[gui_scripts]\nnnstudio-gui = nnstudio.cli.main:window_entry" in entries


def test_the_linux_program_keeps_qts_texts_in_our_languages_alone() -> None:
    spec = (ROOT / "packaging/linux/nnstudio.spec").read_text(encoding="utf-8")
    chosen, _rest = re.sub(r"(?m)^from PyInstaller.*$", "", spec).split("\nanalysis = ")
    said: dict[str, Any] = {}
    exec(chosen, said)  # noqa: S102 (our own file)
    texts = {code: f"PySide6/Qt/translations/qtbase_{code}.qm" for code in ("en", "es", "fr")}
    kept = {code for code, file in texts.items() if said["is_used"]((file, "", "DATA"))}
    assert kept == set(LANGUAGES)
