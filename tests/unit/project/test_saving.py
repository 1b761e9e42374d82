"""Whatever happens while a project is saved, the old file or the new one is there whole; failures are told in words."""

import errno
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from msgspec.structs import replace

from nnstudio.project import edits, files
from nnstudio.project.archive import open_project, save
from nnstudio.project.container import backup_of
from nnstudio.project.model import Project
from nnstudio.project.weights import tensor_shapes
from nnstudio.text import UserError
from tests.mutants import seeds

CALLS = ("write", "fsync", "replace", "link", "open", "unlink", "stat", "chmod")
"""The doors through which a saving reaches the disk."""

posix = pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed as POSIX has it")


def version(project: Project, number: int) -> Project:
    """The project with a seed that tells which version it is."""
    return edits.set_training(project, seed=number)


@pytest.fixture
def project() -> Project:
    return seeds()[6]


@pytest.fixture
def large() -> Project:
    """With a run of some 12 MB."""
    project = seeds()[5]
    run = project.runs[0]
    network = edits.set_parameter(replace(project, network=run.network), "dense_1", "units", 300_000).network
    weights = {
        name: np.zeros(shape, np.float32)
        for name, shape in tensor_shapes(network, run.preparation.sample_shape).items()
    }
    changed = replace(run, network=network, weights=safetensors.numpy.save(weights), snapshots=b"")
    return replace(project, runs=(changed,))


def killed_at(number: int) -> Iterator[str]:
    """Have this process killed at the call of this number, counted from 1; gives the names of the calls."""
    seen = [0]
    for name in CALLS:
        real = getattr(os, name)

        def counted(*given: object, real: Callable[..., object] = real, **words: object) -> object:
            seen[0] += 1
            if seen[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **words)

        setattr(os, name, counted)
        yield name


@posix
def test_killed_at_any_call_of_a_saving_a_whole_version_is_there(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.nnstudio"
    old, new = version(project, 1), version(project, 2)
    number, ended = 0, False
    while not ended:
        number += 1
        for left in tmp_path.iterdir():
            left.unlink()
        save(old, path)
        child = os.fork()
        if child == 0:
            list(killed_at(number))
            save(new, path)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        ended = status == 0
        found = open_project(path)
        assert found in (old, new) and (found == new or not ended), number
        if backup_of(path).exists():
            assert open_project(backup_of(path)) == old, number
        save(found, path)  # as after the next start
        assert {one.name for one in tmp_path.iterdir()} == {path.name, backup_of(path).name}, number
    assert number > 8  # there was something to be killed at


@posix
def test_killed_at_random_instants_no_acknowledged_version_is_lost(
    large: Project, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path, random = tmp_path / "a.nnstudio", np.random.default_rng(0)
    save(version(large, 0), path)
    acknowledged = 0
    for _time in range(int(request.config.getoption("--kills"))):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            for number in range(acknowledged + 1, acknowledged + 1000):
                save(version(large, number), path)
                os.write(writer, number.to_bytes(8, "little"))
            os._exit(0)
        os.close(writer)
        time.sleep(random.uniform(0.0, 0.4))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader, "rb") as told:
            content = told.read()
        if content:
            acknowledged = int.from_bytes(content[-8:], "little")
        found = open_project(path).training.seed
        assert acknowledged <= found <= acknowledged + 1
        acknowledged = found
    save(version(large, acknowledged), path)
    assert {one.name for one in tmp_path.iterdir()} == {path.name, backup_of(path).name}


ERRORS = {
    errno.ENOSPC: r"disk is full at .* \(needs [\d.]+ kB, [\d.]+ .B free\)\. The earlier file is unchanged",
    errno.EDQUOT: r"disk is full at .* \(needs [\d.]+ kB, [\d.]+ .B free\)\. The earlier file is unchanged",
    errno.EACCES: "no permission to write",
    errno.EROFS: "no permission to write",
    errno.ENOENT: "is gone or takes no files. Choose another place",
    errno.EIO: r"the disk reported an error \(Input/output error\)\. The earlier file is unchanged",
    errno.EFBIG: r"the disk reported an error \(File too large\)\. The earlier file is unchanged",
}


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
@pytest.mark.parametrize("number", ERRORS)
def test_each_error_of_the_disk_leaves_the_old_bytes_and_is_told(
    call: str, number: int, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.nnstudio"
    save(version(project, 1), path)
    before = path.read_bytes()

    def fail(*_given: object, **_words: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(UserError, match=ERRORS[number]):
            save(version(project, 2), path)
    assert path.read_bytes() == before
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(files.PART)]


@pytest.mark.parametrize(
    "name",
    ["CON", "con.nnstudio", "NUL.nnstudio", "a.", "a ", "a\0b", "a:b", "a?", "LPT1.txt", "x" * 300 + ".nnstudio"],
)
def test_a_name_that_no_system_or_not_every_one_takes_is_refused(name: str, project: Project, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be used as a file name"):
        save(project, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_place_that_is_no_file_is_refused(project: Project, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(UserError, match=r"out” is a folder\. Choose a file name"):
        save(project, tmp_path / "out")
    with pytest.raises(UserError, match=r"The folder “.*gone” does not exist\. Choose another place"):
        save(project, tmp_path / "gone" / "a.nnstudio")


@posix
def test_a_link_to_itself_is_refused(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.nnstudio"
    path.symlink_to(path)
    with pytest.raises(UserError, match="is a link that leads to itself"):
        save(project, path)
    assert path.is_symlink()


def test_what_does_not_read_as_it_was_written_is_not_put_in_place(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that takes every byte and keeps others."""
    path = tmp_path / "a.nnstudio"
    save(version(project, 1), path)
    before, real = path.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda handle, content: real(handle, bytes(len(content))))
    with pytest.raises(UserError, match="reads otherwise"):
        save(version(project, 2), path)
    assert path.read_bytes() == before


def test_the_version_before_is_kept_and_named_where_the_file_is_damaged(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.nnstudio"
    for number in (1, 2, 3):
        save(version(project, number), path)
    assert open_project(backup_of(path)) == version(project, 2)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UserError, match=r"open “a\.nnstudio\.bak”"):
        open_project(path)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a small disk of its own is made as Linux has it")
def test_a_disk_that_is_full_or_read_only(tmp_path: Path) -> None:
    """A real one, of 1 MiB; the same saving succeeds where there is room and it may be written."""
    import subprocess

    script = """
import sys
from pathlib import Path
from nnstudio.project import edits
from nnstudio.project.archive import open_project, save
from nnstudio.text import UserError
from tests.unit.project.test_saving import version
from tests.mutants import seeds
import subprocess
project, folder = seeds()[5], Path(sys.argv[1])
path = folder / "a.nnstudio"
def told(number):
    try:
        save(version(project, number), path)
    except UserError as mistake:
        return str(mistake)
    return ""
assert told(1) == ""
ballast = (folder / "ballast").open("wb", buffering=0)
try:
    while ballast.write(bytes(4096)):
        pass
except OSError:
    ballast.close()
before = path.read_bytes()
assert "disk is full" in told(2), "full"
assert path.read_bytes() == before
(folder / "ballast").unlink()
assert told(3) == ""
subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
assert "no permission" in told(4), "read-only"
subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
assert told(5) == "" and open_project(path).training.seed == 5
"""
    mounted = f"mount -t tmpfs -o size=1m none {tmp_path} && exec {sys.executable} -c '{script}' {tmp_path}"
    possible = subprocess.run(["unshare", "-Urm", "true"], check=False, capture_output=True).returncode == 0
    if not possible:
        pytest.skip("no file systems can be mounted by a user here")
    done = subprocess.run(["unshare", "-Urm", "sh", "-c", mounted], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@posix
def test_a_new_file_takes_its_permissions_and_the_mask_stays_as_it_is(project: Project, tmp_path: Path) -> None:
    """For a moment with no mask, another thread would write files that all may read."""
    before = os.umask(0o027)
    try:
        save(project, tmp_path / "a.nnstudio")
        assert (tmp_path / "a.nnstudio").stat().st_mode & 0o777 == 0o640
        (tmp_path / "a.nnstudio").chmod(0o666)
        save(project, tmp_path / "a.nnstudio")
        assert (tmp_path / "a.nnstudio").stat().st_mode & 0o777 == 0o666
    finally:
        assert os.umask(before) == 0o027


def test_a_file_that_another_program_holds_for_a_moment_is_waited_for(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.nnstudio"
    save(version(project, 1), path)
    real, held = Path.replace, [files.HELD_BY_ANOTHER[1], files.HELD_BY_ANOTHER[0]]

    def replace_later(self: Path, target: Path) -> Path:
        if held:
            error = PermissionError(errno.EACCES, "held")
            error.winerror = held.pop()  # type: ignore[attr-defined]
            raise error
        return real(self, target)

    monkeypatch.setattr(files, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(Path, "replace", replace_later)
    save(version(project, 2), path)
    assert open_project(path) == version(project, 2)
    held += [32] * 10  # and one that is never let go of is told
    with pytest.raises(UserError, match="no permission to write"):
        save(version(project, 3), path)


def test_no_name_of_a_device_of_windows_is_deprecated_to_ask_for() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert files.is_reserved("CON") and files.is_reserved("lpt9") and not files.is_reserved("consul")
