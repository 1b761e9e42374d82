"""A project that names data outside its folder: neither read nor stored until whoever sits here has chosen it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

import pytest
from msgspec.structs import replace

from nnstudio import paths
from nnstudio.cli.main import main
from nnstudio.data.dataset import load
from nnstudio.data.reader import Reader
from nnstudio.project import outside_data
from nnstudio.project.archive import open_project, save
from nnstudio.project.files import is_share
from nnstudio.project.model import DataChoice, Project
from nnstudio.project.outside_data import refused_sources
from nnstudio.project.studies import new_study
from nnstudio.project.study import Variable
from nnstudio.text import UserError


def test_it_is_not_read_and_the_error_names_the_file_and_the_way(
    homework: Path, private: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = homework.read_bytes()
    assert main(["train", str(homework), "--epochs", "1"]) == 2
    said = capsys.readouterr().err
    assert str(private) in said and "--allow-data" in said and said.count("\n") == 1
    assert homework.read_bytes() == before
    assert main(["train", str(homework), "--epochs", "1", "--allow-data"]) == 0
    assert main(["evaluate", str(homework)]) == 0  # remembered for this project
    other = homework.with_name("other.nnstudio")
    shutil.copy(homework, other)
    capsys.readouterr()
    assert refused_sources(open_project(other), other) == {str(private)}  # and for no other


def test_a_study_may_not_read_what_its_project_may_not(
    homework: Path, private: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A project whose own data is harmless, with a study that names a table of this computer."""
    stranger = open_project(homework)
    study = new_study(stranger, [Variable("training.learning_rate", (0.1, 0.2))])
    save(replace(stranger, data=DataChoice(), facts=None, studies=(study,)), homework)
    assert main(["study", "run", str(homework)]) == 2
    assert str(private) in capsys.readouterr().err
    url = f"sqlite:///{homework.with_name('studies.db')}"
    assert main(["study", "run", str(homework), "--storage", url]) == 2
    assert str(private) in capsys.readouterr().err


def test_what_was_chosen_here_goes_on_being_read(
    private: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, out = tmp_path / "mine" / "a.nnstudio", tmp_path / "mine" / "b.nnstudio"
    project.parent.mkdir()
    assert main(["new", str(project), "--data", str(private), "--layers", "dense:4,tanh,dense:out"]) == 0
    assert main(["train", str(project), "--epochs", "1", "--out", str(out)]) == 0
    assert main(["train", str(out), "--epochs", "1"]) == 0
    assert capsys.readouterr().err == ""
    assert json.loads(paths.allowed_data_file().read_text()) == {
        str(one.resolve()): [str(private)] for one in (project, out)
    }


def test_a_copy_in_the_project_is_used_instead(
    private: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A project handed to a class, whose data lies elsewhere on the teacher's computer."""
    project = tmp_path / "mine" / "a.nnstudio"
    project.parent.mkdir()
    assert main(["new", str(project), "--data", str(private), "--layers", "dense:4,tanh,dense:out"]) == 0
    moved = tmp_path / "mine" / "b.nnstudio"
    project.rename(moved)
    rows = private.read_text()
    private.write_text("secret\n")
    assert main(["train", str(moved), "--epochs", "1"]) == 0
    opened = open_project(moved)
    assert [file.content.decode() for file in opened.files] == [rows]
    assert any("outside the project's folder; the copy kept" in note for note in opened.facts.notes)  # type: ignore[union-attr]


@pytest.mark.skipif(os.name != "posix", reason="symbolic links of POSIX")
def test_a_link_in_the_folder_leads_nowhere_else(
    private: Path, tmp_path: Path, make_project: Callable[..., Project]
) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "points.csv").symlink_to(private)
    path = folder / "a.nnstudio"
    save(make_project(str(folder / "points.csv")), path)
    assert refused_sources(open_project(path), path) == {str(folder / "points.csv")}


def test_data_in_the_folder_is_read(private: Path, tmp_path: Path, make_project: Callable[..., Project]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text(private.read_text())
    path = tmp_path / "a.nnstudio"
    save(make_project(str(tmp_path / "data" / "a.csv")), path)
    assert refused_sources(open_project(path), path) == frozenset()


def test_the_labels_beside_refused_images_are_refused_too() -> None:
    reader = Reader(refused=["/away/train-images-idx3-ubyte"])
    assert reader.is_refused(Path("/away/train-labels-idx1-ubyte"))


def test_a_share_is_told_by_its_name() -> None:
    assert is_share(PureWindowsPath(r"\\server\share\a.csv")) and is_share(PureWindowsPath(r"\\.\pipe\a"))
    assert not is_share(PureWindowsPath(r"C:\a.csv")) and not is_share(PureWindowsPath("a.csv"))


@pytest.mark.skipif(os.name != "posix", reason="files of Linux")
@pytest.mark.parametrize("source", ["/proc/self/environ", "/dev/zero", "/dev/stdin"])
def test_what_a_system_shows_of_itself_is_no_data(source: str) -> None:
    if not Path(source).exists():
        pytest.skip("this system has no such file")
    with pytest.raises(UserError, match="is not a plain file"):
        load(DataChoice(source))
    assert outside_data.askable(Project(data=DataChoice(source)), frozenset([source])) == []


def test_a_memory_of_what_was_allowed_that_is_no_such_file_allows_nothing(homework: Path, private: Path) -> None:
    for content in (b"", b"[]", b'{"a": 1}', b"\xff", b"[" * 100_000):
        paths.allowed_data_file().parent.mkdir(parents=True, exist_ok=True)
        paths.allowed_data_file().write_bytes(content)
        assert refused_sources(open_project(homework), homework) == {str(private)}
