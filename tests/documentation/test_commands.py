"""Every command and every line of Python in the pages is run, in the page's order, in a folder of the page's own.

A block of `console` holds commands of nnstudio, one of `python` what is typed in a notebook. What needs a network, root
or another machine stands in a block of `sh` and is named in ELSEWHERE, with where it is tried. Files that a page
takes for granted lie in tests/documentation/given, in a folder that is called as the page is.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from nnstudio.cli.main import main
from tests.documentation.fences import PAGES, ROOT, Block, blocks, name_of

GIVEN = Path(__file__).parent / "given"

BY_WHEEL = "tests/documentation/test_installing.py with --install, and the CI job `package`"
BY_PIP = "the CI job `bounds` takes the same packages by uv; by pip, by hand"
BY_DESKTOP = "by hand in a folder that stands in for the home; the files themselves in tests/test_desktop.py"
BY_PACKAGES = "packaging/linux/try_deb.sh and the CI job `package`"
SERVER = "postgresql://USER:PASSWORD@HOST/DATABASE"
ELSEWHERE: dict[str, str] = {
    "nnstudio": "tests/ui/test_window.py opens it",
    "nnstudio --new-window": "tests/ui/test_first_window.py",
    "python3 packaging/develop.py run": "the same file runs these tests; what it opens is tests/ui/test_window.py's",
    "sudo apt-get install ./nnstudio_0.1.0_amd64.deb": BY_PACKAGES,
    "sudo apt-get purge nnstudio": BY_PACKAGES,
    "sudo apt-get autoremove": BY_PACKAGES,
    "sudo dnf install ./nnstudio-0.1.0-1.x86_64.rpm": "nowhere yet, which the page says",
    "python -m pip wheel --no-deps -w dist .": BY_WHEEL,
    "pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu": BY_PIP,
    "pip install nnstudio-0.1.0-py3-none-any.whl": BY_PIP,
    "uv tool install nnstudio-0.1.0-py3-none-any.whl": BY_WHEEL,
    "uv tool install --torch-backend=cpu nnstudio-0.1.0-py3-none-any.whl": BY_WHEEL,
    "uv tool install --torch-backend=auto nnstudio-0.1.0-py3-none-any.whl": "on a computer with such a card, by hand",
    "uv tool uninstall nnstudio": BY_WHEEL,
    "uv cache clean": BY_WHEEL,
    "install -Dm644 -t '~/.local/share/applications' packaging/desktop/nnstudio.desktop": BY_DESKTOP,
    "install -Dm644 -t '~/.local/share/mime/packages' packaging/desktop/nnstudio.xml": BY_DESKTOP,
    "install -Dm644 -t '~/.local/share/icons/hicolor/scalable/apps' resources/icons/nnstudio.svg": BY_DESKTOP,
    "update-mime-database '~/.local/share/mime'": BY_DESKTOP,
    "update-desktop-database '~/.local/share/applications'": BY_DESKTOP,
    "pip install 'nnstudio[postgresql]'": "its one package is what tests/e2e/test_study_postgresql.py works with",
    "pip install 'nnstudio[mysql]'": "no server of this kind is where the tests run",
    "pip install 'nnstudio[onnx]'": "its one package is what tests/unit/export/test_onnx_file.py works with",
    "pip install onnxruntime": "its one package is what tests/unit/export/test_onnx_file.py works with",
    "pip install tensorboard": "a program of its own, which needs nothing of nnstudio",
    "uv pip install --python '$(uv tool dir)/nnstudio' 'nnstudio[onnx]'": BY_WHEEL,
    "pip install 'nnstudio[tensorboard]'": "its one package is what tests/unit/export/test_open_formats.py works with",
    f"nnstudio study run digits.nnstudio --storage {SERVER}": "tests/e2e/test_study_postgresql.py",
    f"nnstudio study work {SERVER} --workers 4": "tests/e2e/test_study_postgresql.py",
    f"optuna-dashboard {SERVER.replace(':', '+psycopg:', 1)}": "a program of Optuna's, which reads what Optuna wrote",
    "torchrun --nproc-per-node 2 -m nnstudio train digits.nnstudio": "tests/e2e/test_distributed.py",
    "python iris_network.py": "tests/unit/export/test_pytorch_script.py",
    "python iris_network.py train": "tests/unit/export/test_pytorch_script.py",
    "python iris_network.py predict new_rows.csv": "tests/unit/export/test_pytorch_script.py",
    "tensorboard --logdir curves": "a program of its own; tests/unit/export/test_open_formats.py reads the events",
}
"""Commands that cannot be typed here, and what runs them instead."""

LOOSE = re.compile(r"^(?: {4}|\t)(?:nnstudio|pip|uv|python3?) .*", re.MULTILINE)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "console", "python")], ids=name_of)
def test_what_a_page_says_to_type_works(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "here"
    given = GIVEN / name_of(page).replace("/", "-")
    shutil.copytree(given, folder) if given.exists() else folder.mkdir()
    monkeypatch.chdir(folder)
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page, "console", "python"):
        if block.kind == "python":
            exec(compile(block.text, f"{page.name}: {block.text.splitlines()[0]}", "exec"), names)  # noqa: S102
        else:
            for line in block.lines():
                assert type_in(line) == 0, line


def type_in(line: str) -> int:
    """The exit status of a command."""
    words = shlex.split(line)
    assert words[0] == "nnstudio", f"not a command of nnstudio: {line}"
    return main(words[1:])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_is_not_run_here_is_run_elsewhere(page: Path) -> None:
    lines = [line for block in blocks(page, "sh", "powershell") for line in block.lines()]
    assert [line for line in lines if line not in ELSEWHERE] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_command_stands_where_nothing_runs_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert LOOSE.findall(text) == []
    assert [block.text for block in blocks(page, "bash", "shell", "text", "bat") if "nnstudio " in block.text] == []


def test_each_command_that_is_run_elsewhere_is_in_a_page() -> None:
    said = {line for page in PAGES for block in blocks(page, "sh", "powershell") for line in block.lines()}
    assert sorted(set(ELSEWHERE) - said) == []


def test_a_command_over_several_lines_is_one() -> None:
    block = Block(
        "console",
        "nnstudio new a.nnstudio \\\n    --data builtin:iris  # flowers\n\n# a remark\nnnstudio info a.nnstudio\n",
    )
    assert list(block.lines()) == ["nnstudio new a.nnstudio --data builtin:iris", "nnstudio info a.nnstudio"]
    assert (ROOT / "docs" / "index.md") in PAGES
