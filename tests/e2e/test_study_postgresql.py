"""A study on a real PostgreSQL, worked on by four programs of which two are killed: the same trials, with the same
numbers, as on one machine that was never stopped, and none counted twice."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from nnstudio.cli.main import main
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import Project, Run

pytest.importorskip("psycopg")
USER, PASSWORD = "class", "a-secret"
OTHERWISE = "id", "created", "seconds", "samples_per_second", "checkpoint"
"""What of a run differs from one training to the next; of the checkpoint the time it took."""

ENDED = "SELECT state, value_json FROM trials JOIN trial_user_attributes USING (trial_id) WHERE key = 'setting'"
"""Of each trial of Optuna that stands for a setting how it ended, and which setting that is."""


def tools() -> Path | None:
    """Where Debian, or a PATH, has the programs of PostgreSQL's server."""
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.environ["PATH"].split(os.pathsep))]
    return next((place for place in sorted(places, reverse=True) if (place / "initdb").exists()), None)


@pytest.fixture(scope="module")
def cluster() -> "Iterator[Cluster]":
    found = tools()
    if found is None:
        pytest.skip("there is no PostgreSQL server on this machine (Debian: apt install postgresql)")
    # Not in pytest's own folder: that is closed to the user postgres, as whom root has to run the server.
    with tempfile.TemporaryDirectory() as name:
        if os.getuid() == 0:
            try:
                shutil.chown(name, "postgres", "postgres")
            except LookupError:
                pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        made = Cluster(found, Path(name))
        made.start()
        try:
            yield made
        finally:
            made.stop()


class Cluster:
    """A server of its own, in a folder of the test."""

    def __init__(self, tools: Path, folder: Path) -> None:
        self.tools, self.folder = tools, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (folder / "password").write_text(PASSWORD)
        self.call("initdb", "-D", folder / "data", "-A", "scram-sha-256", "-U", USER, "--pwfile", folder / "password")

    def call(self, program: str, *arguments: object) -> None:
        command = [str(self.tools / program), *map(str, arguments)]
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, **user)  # type: ignore[call-overload]
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -k {self.folder}"
        self.call("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-o", options, "-w", "start")

    def stop(self) -> None:
        self.call("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def url(self, database: str = "postgres", user: str = USER, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def ask(self, words: str, database: str = "postgres") -> list[tuple[object, ...]]:
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(words)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def database(self, name: str) -> str:
        self.ask(f"CREATE DATABASE {name}")
        return self.url(name)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> tuple[Path, Project]:
    """A project with a study of 3 × 3 settings with 5 seeds, and what it is when the study has run on one machine. The
    more workers are to be killed, the longer it trains."""
    epochs = min(400, 12 * kills_of(request))
    path = tmp_path_factory.mktemp("alone") / "digits.nnstudio"
    assert main(["new", str(path), "--data", "builtin:digits", "--layers", "dense:12,relu,dense:out"]) == 0
    project = open_project(path)
    save(replace(project, training=replace(project.training, epochs=epochs, patience=0)), path)
    vary = ["--vary", "training.learning_rate=0.001,0.01,0.1", "--vary", "training.batch_size=16,32,64"]
    assert main(["study", "new", str(path), *vary, "--seeds", "5"]) == 0
    content = path.read_bytes()
    assert main(["study", "run", str(path)]) == 0
    whole = open_project(path)
    assert len(whole.runs) == 45
    path.write_bytes(content)
    return path, whole


def numbers(run: Run) -> Run:
    return replace(run, **{name: type(getattr(run, name))() for name in OTHERWISE})


def check_same(path: Path, expected: Project) -> None:
    found = open_project(path)
    assert [run.id for run in found.runs] == [run.id for run in expected.runs]
    for run, other in zip(found.runs, expected.runs, strict=True):
        assert numbers(run) == numbers(other)


def worker(url: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "nnstudio", "study", "work", url, "--heartbeat", "1", "--json", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(what: Callable[[], object], *needed: subprocess.Popen[str]) -> None:
    """Wait for something that comes as long as these processes are there."""
    while not what():
        assert all(one.poll() is None for one in needed), "it comes no more"
        time.sleep(0.05)


def kills_of(request: pytest.FixtureRequest) -> int:
    return max(2, int(request.config.getoption("--workers-killed")))


def begun(cluster: Cluster, database: str) -> int:
    """How often a worker has taken a setting."""
    return int(str(cluster.ask("SELECT count(*) FROM trial_heartbeats", database)[0][0]))


def running(cluster: Cluster, database: str) -> int:
    found = cluster.ask("SELECT count(*) FROM trials WHERE state = 'RUNNING'", database)
    return int(str(found[0][0]))


def test_four_workers_some_of_them_killed(
    cluster: Cluster, alone: tuple[Path, Project], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    started, expected = alone
    kills = kills_of(request)
    path = tmp_path / "digits.nnstudio"
    path.write_bytes(started.read_bytes())
    url = cluster.database("killed")
    command = [sys.executable, "-m", "nnstudio", "study", "run", str(path), "--storage", url, "--workers", "0"]
    collecting = subprocess.Popen([*command, "--heartbeat", "1", "--json"], stdout=subprocess.PIPE, text=True)
    until(lambda: cluster.ask("SELECT 1 FROM pg_tables WHERE tablename = 'trials'", "killed"), collecting)
    until(lambda: cluster.ask("SELECT 1 FROM trials WHERE state = 'WAITING'", "killed"), collecting)
    workers = [worker(url) for _number in range(4)]
    until(lambda: running(cluster, "killed") == 4, collecting, *workers)
    for number in range(kills):  # all four are at something
        before = begun(cluster, "killed")
        victim = workers.pop(0)
        victim.send_signal(signal.SIGKILL)
        assert victim.wait() == -signal.SIGKILL
        victim.communicate()
        if number + 2 < kills:
            workers.append(worker(url))
            until(lambda before=before: begun(cluster, "killed") > before or collecting.poll() is not None)  # type: ignore[misc]
    answers = [json.loads(one.communicate()[0]) for one in workers]
    assert [one.returncode for one in workers] == [0] * len(workers)
    answer = json.loads(collecting.communicate()[0])
    assert collecting.returncode == 0 and answer["is_done"] and answer["done"] == 45
    check_same(path, expected)
    ended = cluster.ask(ENDED, "killed")
    states = Counter(str(state) for state, _setting in ended)
    assert states["COMPLETE"] == 9 and states["FAIL"] >= max(2, kills // 2)
    assert {int(str(setting)) for state, setting in ended if state == "COMPLETE"} == set(range(9))
    assert 0 < sum(one["settings"] for one in answers) <= 9 and all(one["is_done"] for one in answers)
    assert open_project(path).studies[0].url == cluster.url("killed").replace(f":{PASSWORD}", "")
    assert PASSWORD not in path.read_bytes().decode(errors="replace")


def test_a_server_that_goes_is_waited_for_and_what_was_trained_is_kept(
    cluster: Cluster,
    alone: tuple[Path, Project],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from nnstudio.studies import joining, server

    started, expected = alone
    path = tmp_path / "digits.nnstudio"
    path.write_bytes(started.read_bytes())
    url = cluster.database("gone")
    monkeypatch.setattr(server, "PATIENCE", 1.0)
    monkeypatch.setattr(server, "PAUSE", 0.2)
    trained = joining.anywhere
    taken = []

    def then_it_goes(runs: tuple[Run, ...]) -> tuple[Run, ...]:
        taken.append(runs)
        if len(taken) == 3:
            cluster.stop()
        return trained(runs)

    monkeypatch.setattr(joining, "anywhere", then_it_goes)
    try:
        assert main(["study", "run", str(path), "--storage", url]) == 2
    finally:
        cluster.start()
    said = capsys.readouterr().err
    assert "does not answer: it is waited for" in said and "cannot be used" in said and PASSWORD not in said
    assert len(open_project(path).runs) == 15
    assert main(["study", "run", str(path), "--storage", url]) == 0
    check_same(path, expected)


def test_what_a_server_refuses_is_said_without_the_password(
    cluster: Cluster, alone: tuple[Path, Project], capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.database("closed")
    cluster.ask("CREATE ROLE guest LOGIN PASSWORD 'guest-secret'", "closed")
    path = str(alone[0])
    for url, words in (
        (cluster.url("closed", password="wrong-secret"), "refuses the user or the password"),
        (cluster.url("closed", "guest", "guest-secret"), "does not let this user do that"),
        (cluster.url("nowhere"), "does not exist"),
        (cluster.url().replace(str(cluster.port), "1"), "cannot be used"),
    ):
        assert main(["study", "run", path, "--storage", url]) == 2
        said = capsys.readouterr().err
        assert words in said and "secret" not in said and "Traceback" not in said, said
    assert main(["study", "work", cluster.url("closed")]) == 2
    assert "holds no study yet" in capsys.readouterr().err
