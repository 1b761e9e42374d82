"""What every test stands on: English texts, no screen, settings of its own, and short ways to projects and data."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["NNSTUDIO_LANG"] = "en"
# Threads of a kernel that wait for each other sleep: beside busy neighbours those that turn in a loop take ten times as
# long. Read when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings
from msgspec.structs import replace

from nnstudio import paths
from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.archive import save
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import Project
from nnstudio.training.engine import devices

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--examples", default="100", help="how many runs of 60 edits are made; of other things, half")
    parser.addoption("--commands", default="80", help="how many random commands of training are given")
    parser.addoption("--sizes", default="64", help="how many sizes the plots of a trained project are given")
    parser.addoption("--actions", default="120", help="how often the random hand does something to the canvas, a seed")
    parser.addoption("--mutants", default="10000", help="how many spoilt project files are opened")
    parser.addoption("--kills", default="10", help="how often a saving is killed at a random instant")
    parser.addoption("--workers-killed", default="2", help="how many workers of a study on a server are killed")
    parser.addoption("--device", default="cpu", help="where the tests of training compute: cpu, cuda, cuda:N or mps")
    parser.addoption("--install", default="", help="install as the page says: internet, or a folder with torch's wheel")


def pytest_configure(config: pytest.Config) -> None:
    """Also for processes that tests start. How long an example takes beside busy neighbours decides nothing."""
    settings.register_profile(
        "patient",
        deadline=None,
        max_examples=max(1, int(config.getoption("--examples")) // 2),
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("patient")
    os.environ["NNSTUDIO_TEST_DEVICE"] = str(config.getoption("--device"))


@pytest.fixture
def device(request: pytest.FixtureRequest) -> torch.device:
    """The device of --device; what is asked for and missing is skipped."""
    name = str(request.config.getoption("--device"))
    if name not in devices.available():
        pytest.skip(f"there is no device {name} on this machine")
    return torch.device(name)


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own settings."""
    folder = tmp_path_factory.mktemp("settings")
    monkeypatch.setattr(paths, "settings_file", lambda: folder / "settings.ini")
    monkeypatch.setattr(paths, "log_folder", lambda: folder / "logs")
    monkeypatch.setattr(paths, "recovery_folder", lambda: folder / "recovery")
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):  # also for programs that a test starts
        monkeypatch.setenv(name, str(folder))


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data; a user's checkout has none."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data lies beside the project in ../shared/data, which is not here")
    return SHARED_DATA


@pytest.fixture
def make_project(device: torch.device) -> Callable[..., Project]:
    """A project from a source, a stack of layers and settings of data (data_…) and training."""

    def make(source: str = "builtin:iris", layers: str = "dense:8,tanh,dense:out", **settings: object) -> Project:
        data = {name.removeprefix("data_"): value for name, value in settings.items() if name.startswith("data_")}
        plan = {name: value for name, value in settings.items() if not name.startswith("data_")}
        if device.type != "cpu":
            plan.setdefault("device", str(device))
        project = edits.set_data(Project(), source=source, **data)
        facts = load(project.data).facts
        project = edits.set_facts(project, project.data, facts)
        return edits.set_training(with_stack(project, layers, facts), **plan)

    return make


@pytest.fixture(scope="session")
def sound_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project file with a run of its own, to be spoilt."""
    from nnstudio.cli.main import main

    path = tmp_path_factory.mktemp("sound") / "x.nnstudio"
    assert main(["new", str(path), "--data", "builtin:iris", "--layers", "dense:8,tanh,dense:out"]) == 0
    assert main(["train", str(path), "--epochs", "2"]) == 0
    return path


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A table that nobody handed out."""
    path = tmp_path / "private" / "marks.csv"
    path.parent.mkdir()
    rows = (f"{n % 7},{n % 5},{'left' if n % 7 > n % 5 else 'right'}\n" for n in range(60))
    path.write_text("x,y,side\n" + "".join(rows))
    return path


@pytest.fixture
def homework(private: Path, tmp_path: Path, make_project: Callable[..., Project]) -> Path:
    """A stranger's project that names the table."""
    path = tmp_path / "downloads" / "homework.nnstudio"
    path.parent.mkdir()
    save(replace(make_project(str(private), epochs=2), files=()), path)
    return path
