"""Studies over a database: what is taken, given back, collected and refused. SQLite stands in for a server here; a real
one, with workers killed, is in tests/e2e/test_study_postgresql.py."""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from msgspec.structs import replace

from nnstudio.cli.main import main
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import Project, Run
from nnstudio.project.studies import add_study, new_study
from nnstudio.project.study import Halving
from nnstudio.project.study_variables import parse_variable
from nnstudio.project.test_seal import Opening, TestResult
from nnstudio.studies import parcels, server
from nnstudio.studies.collecting import publish, run_shared
from nnstudio.studies.control import SettingDone, StudyControl
from nnstudio.studies.joining import Invitation, Part, joined, work, work_in_processes
from nnstudio.studies.kept import run_kept
from nnstudio.studies.parcels import Trained, pieces, put_together
from nnstudio.studies.server import Server, address, network_kind, shown
from nnstudio.text import UserError

OTHERWISE = "id", "created", "seconds", "samples_per_second", "checkpoint"
VARY = "training.learning_rate=0.001,0.01", "training.batch_size=16,32"
MakeProject = Callable[..., Project]


def stored(project: Project, path: Path, vary: tuple[str, ...] = VARY, **choice: object) -> Path:
    """A project file with a study."""
    study = new_study(project, [parse_variable(project.network, one) for one in vary], **choice)  # type: ignore[arg-type]
    save(add_study(project, study), path)
    return path


@pytest.fixture
def path(tmp_path: Path, make_project: MakeProject) -> Path:
    """A study of four settings with two seeds."""
    return stored(make_project(epochs=3), tmp_path / "x.nnstudio", seeds=2)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'studies.db'}"


@contextmanager
def published(path: Path, url: str) -> Iterator[Part]:
    """The study of a project file on a server, where it may be already."""
    project = open_project(path)
    with Server(address(url), 1, makes_tables=True) as found:
        yield publish(found, path, Invitation(url, "", project, project.studies[0], heartbeat=1))


def all_of(part: Part) -> list[SettingDone]:
    return [event for event in work(part, StudyControl()) if isinstance(event, SettingDone)]


def collected(path: Path, url: str, workers: int = 0) -> Project:
    for _event in run_shared(path, "", url, StudyControl(), workers, heartbeat=1):
        pass
    return open_project(path)


def alone(path: Path) -> Project:
    """What comes of the study on this machine alone."""
    other = path.with_name(f"alone-{path.name}")
    other.write_bytes(path.read_bytes())
    for _event in run_kept(other, "", StudyControl()):
        pass
    return open_project(other)


def numbers(project: Project) -> list[Run]:
    return [replace(run, **{name: type(getattr(run, name))() for name in OTHERWISE}) for run in project.runs]


# --- the same trials ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "vary", "choice"),
    [
        ("iris", VARY, {"seeds": 2}),
        ("diabetes", ("training.learning_rate=0.0001..1:log", "dense_1.units=2..9"), {"method": "tpe", "settings": 10}),
        ("iris", VARY, {"method": "random", "settings": 3, "seeds": 2, "measure": "validation_balanced_accuracy"}),
        ("diabetes", ("training.learning_rate=0.0001,0.001,0.01,0.1",), {"seeds": 3, "halving": Halving(1, 2)}),
        ("diabetes", ("training.learning_rate=0.01,10",), {"seeds": 2}),
    ],
    ids=["grid", "tpe", "random", "halving", "diverging"],
)
def test_a_study_over_a_server_gives_what_it_gives_alone(
    source: str,
    vary: tuple[str, ...],
    choice: dict[str, object],
    tmp_path: Path,
    url: str,
    make_project: MakeProject,
) -> None:
    project = make_project(f"builtin:{source}", "dense:8,relu,dense:out", epochs=6, optimizer="sgd")
    path = stored(project, tmp_path / "x.nnstudio", vary, **choice)
    expected = alone(path)
    assert ("diverged" in {run.stop_reason for run in expected.runs}) == (
        source == "diabetes" and "halving" not in choice
    )
    with joined_after_publishing(path, url) as part:
        all_of(part)
    assert numbers(collected(path, url)) == numbers(expected)
    assert open_project(path).studies[0].url == url


@contextmanager
def joined_after_publishing(path: Path, url: str) -> Iterator[Part]:
    with published(path, url):
        pass
    with joined(url, "", path.parent) as part:
        yield part


def test_two_programs_take_different_settings(path: Path, url: str) -> None:
    with published(path, url) as here, joined(url, "", path.parent) as there:
        claims = [one.shared.claim() for one in (here, there, here, there)]
        assert {claim.assignment.setting for claim in claims if claim} == {0, 1, 2, 3}
        assert here.shared.claim() is None and not here.shared.is_done


def test_sqlite_lets_one_program_at_a_time_take_a_setting(path: Path, url: str) -> None:
    """It knows no rows that are read to be changed."""
    with (
        published(path, url) as part,
        closing(sqlite3.connect(path.with_name("studies.db"), timeout=0)) as other,
        part.shared.server.storage.engine.connect() as connection,
    ):
        other.execute("BEGIN IMMEDIATE").connection.rollback()
        connection.begin()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_several_processes_share_the_settings(path: Path, url: str) -> None:
    expected = alone(path)
    with joined_after_publishing(path, url) as part:
        events = list(work_in_processes(part, StudyControl(), 2))
    assert sorted(event.setting for event in events if isinstance(event, SettingDone)) == [0, 1, 2, 3]
    assert numbers(collected(path, url)) == numbers(expected)


def test_a_setting_that_was_put_up_twice_counts_once(path: Path, url: str) -> None:
    with published(path, url) as here, joined(url, "", path.parent) as there:
        here.shared.look()
        there.shared.look()
        assert here.shared.supply() and there.shared.supply()
        assert len(all_of(here)) == 4 and not all_of(there)
    assert len(collected(path, url).runs) == 8


def test_what_a_dead_worker_was_at_is_trained_by_another_and_counts_once_though_it_was_not_dead(
    path: Path, url: str
) -> None:
    expected = alone(path)
    with published(path, url) as slow, joined(url, "", path.parent, heartbeat=1) as quick:
        claim = slow.shared.claim()
        assert claim is not None
        say_silent_for(slow, 60)
        assert sorted(event.setting for event in all_of(quick)) == [0, 1, 2, 3]
        runs = trained_by(slow, claim)
        assert not slow.shared.finish(claim, runs)
    assert numbers(collected(path, url)) == numbers(expected)


def say_silent_for(part: Part, seconds: int) -> None:
    """As it stands in the database when nothing was heard of a worker so long."""
    import sqlalchemy

    with part.shared.server.storage.engine.begin() as connection:
        words = f"UPDATE trial_heartbeats SET heartbeat = datetime('now', '-{seconds} seconds')"
        connection.execute(sqlalchemy.text(words))


def trained_by(part: Part, claim: object) -> tuple[Run, ...]:
    from nnstudio.studies.joining import answers

    return [one for one in answers(part, claim, StudyControl()) if isinstance(one, tuple)][-1]  # type: ignore[arg-type]


def test_a_setting_over_which_workers_die_again_and_again_has_failed(
    path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.studies.joining.MOST_DEATHS_OF_A_SETTING", 2)
    with published(path, url) as part:
        for _death in range(8):
            part.shared.claim()
            say_silent_for(part, 60)
        all_of(part)
    runs = collected(path, url).runs
    assert {run.stop_reason for run in runs} == {"failed"} and "2 times" in runs[0].message


def test_a_worker_that_is_stopped_gives_its_setting_back(path: Path, url: str) -> None:
    control = StudyControl()
    with published(path, url) as part:
        for _event in work(part, control):
            control.stop()
        again = part.shared
        again.look()
        assert not again.done and not again.deaths
        assert len(all_of(part)) == 4


def test_collecting_again_changes_nothing(path: Path, url: str) -> None:
    once = collected(path, url, workers=1)
    content = path.read_bytes()
    again = collected(path, url)
    assert again == once and path.read_bytes() == content and len(once.runs) == 8


def test_what_was_trained_before_a_study_was_shared_is_not_trained_again(path: Path, url: str) -> None:
    control = StudyControl()
    for event in run_kept(path, "", control):
        if isinstance(event, SettingDone) and event.setting == 1:
            control.stop()
    assert len(open_project(path).runs) == 4
    with published(path, url):
        pass
    events = [event for event in run_shared(path, "", url, StudyControl(), 1) if isinstance(event, SettingDone)]
    assert [event.setting for event in events] == [2, 3]
    # Whoever has the project without its runs gets all of them from the server.
    bare = path.with_name("bare.nnstudio")
    project = open_project(path)
    save(replace(project, runs=()), bare)
    bare.rename(path)
    assert numbers(collected(path, url)) == numbers(project)


def test_a_setting_that_cannot_be_trained_arrives_as_trials_that_have_failed(
    tmp_path: Path, url: str, make_project: MakeProject
) -> None:
    path = stored(make_project(epochs=1), tmp_path / "x.nnstudio", ("data.validation=0.2,0.9",), seeds=2)
    expected = alone(path)
    assert [run.stop_reason for run in expected.runs] == ["epochs", "epochs", "failed", "failed"]
    assert numbers(collected(path, url, workers=1)) == numbers(expected)


def test_more_weights_than_a_server_takes_are_left_out_and_that_is_said(
    path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.studies.parcels.MOST_WEIGHTS", 100)
    said: list[str] = []
    with published(path, url) as part:
        part.shared.server.tell = said.append
        all_of(part)
    assert len(said) == 4 and "more than goes over a server" in said[0]
    runs = collected(path, url).runs
    assert len(runs) == 8 and not any(run.weights or run.checkpoint for run in runs)


# --- the data -------------------------------------------------------------------------------------------------------


@pytest.fixture
def of_a_table(private: Path, tmp_path: Path, make_project: MakeProject) -> Path:
    """A study of a table in another folder."""
    return stored(make_project(str(private), epochs=2), tmp_path / "x.nnstudio")


def test_a_small_file_of_data_travels_with_the_study(of_a_table: Path, url: str, tmp_path: Path) -> None:
    with joined_after_publishing(of_a_table, url) as part:
        assert len(all_of(part)) == 4


def test_a_large_file_of_data_is_looked_for_by_its_name_and_must_be_the_same(
    of_a_table: Path, private: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.data.reader.MOST_KEPT", 10)
    private.write_text(private.read_text() + "1,0,left\n")  # as it was read before it is in memory
    with published(of_a_table, url):
        pass
    content = private.read_bytes()
    with pytest.raises(UserError, match=r"marks\.csv"), joined(url, "", tmp_path):
        pass
    (tmp_path / "marks.csv").write_bytes(content.replace(b"left", b"west"))
    with pytest.raises(UserError, match="another than that of the study"), joined(url, "", tmp_path):
        pass
    (tmp_path / "marks.csv").write_bytes(content)
    with joined(url, "", tmp_path) as part:
        assert len(all_of(part)) == 4
    assert {run.data.source for run in collected(of_a_table, url).runs} == {str(private)}


def test_no_folder_of_this_machine_goes_to_the_server(of_a_table: Path, url: str, tmp_path: Path) -> None:
    collected(of_a_table, url, workers=1)
    content = (tmp_path / "studies.db").read_bytes()
    with joined(url, "", tmp_path) as part:
        found = part.shared.published
        part.shared.look()
        (_number, parcel) = part.shared.done[0, 0]
        runs = part.shared.trials(0, parcel)
    assert found.study.data.source == "./marks.csv" and {run.data.source for run in runs} == {"./marks.csv"}
    assert str(tmp_path).encode() not in content


def test_what_the_test_set_gave_and_what_a_person_wrote_stays_with_the_project(path: Path, url: str) -> None:
    for _event in run_kept(path, "", StudyControl()):
        pass
    project = open_project(path)
    opening = Opening(
        "opening-1", "2026-01-01T00:00:00+00:00", run="run-1", expected="a-guess", result=TestResult(9, 0.5)
    )
    told = replace(project.runs[0], openings=(opening,), note="a-remark", is_starred=True)
    save(replace(project, runs=(told, *project.runs[1:])), path)
    collected(path, url)
    assert open_project(path).runs[0] == told
    with joined(url, "", path.parent) as part:
        part.shared.look()
        done = part.shared.done.items()
        sent = [run for (setting, _budget), (_number, parcel) in done for run in part.shared.trials(setting, parcel)]
    assert len(sent) == 8
    assert not any(run.openings or run.note or run.is_starred for run in sent)


# --- strangers ------------------------------------------------------------------------------------------------------


def test_what_is_in_a_database_is_checked(path: Path, url: str) -> None:
    collected(path, url, workers=1)
    project = open_project(path)
    save(replace(project, runs=()), path)
    with published(path, url) as part:
        shared = part.shared
        shared.look()
        _number, parcel = shared.done[0, 0]
        runs = shared.trials(0, parcel)
        spoilt = {
            "another setting": [replace(run, trial=replace(run.trial, setting=1)) for run in runs if run.trial],
            "other values": [replace(run, trial=replace(run.trial, values={"a": 1})) for run in runs if run.trial],
            "one seed twice": [runs[0], runs[0]],
            "a curve that is not its own": [replace(run, epochs_run=99) for run in runs],
            "weights that are none": [replace(run, weights=b"{}") for run in runs],
            "rows that are none": [replace(run, validation=b"{}") for run in runs],
            "a note": [replace(run, note="best") for run in runs],
            "a network that loops": [replace(run, network=looping(run)) for run in runs],
        }
        for what, trials in spoilt.items():
            rewrite(part, parcel, pieces(Trained(tuple(trials))))
            with pytest.raises(UserError, match="cannot be read"):
                shared.trials(0, parcel)
                pytest.fail(what)
        for broken in ({"sha256": "0"}, {"piece 0": "!"}, {"piece 0": 7}, {"piece 0": "A" * 45_000}):
            rewrite(part, parcel, pieces(Trained(runs)) | broken)
            with pytest.raises(UserError, match="cannot be read"):
                shared.trials(0, parcel)
        rewrite(part, parcel, pieces(Trained(runs)))
        assert shared.trials(0, parcel) == runs


def looping(run: Run) -> object:
    link = run.network.links[0]
    return replace(run.network, links=(*run.network.links, replace(link, source=link.target, target=link.source)))


def rewrite(part: Part, trial: int, attributes: dict[str, object]) -> None:
    """Put other pieces in the place of those of a parcel, as who has the database can."""
    import sqlalchemy

    with part.shared.server.storage.engine.begin() as connection:
        for key, value in attributes.items():
            connection.execute(
                sqlalchemy.text("UPDATE trial_user_attributes SET value_json = :v WHERE trial_id = :t AND key = :k"),
                {"v": json.dumps(value), "t": trial, "k": key},
            )


def test_a_study_that_names_a_folder_of_this_machine_is_refused(of_a_table: Path, url: str, tmp_path: Path) -> None:
    with published(of_a_table, url) as part:
        found, place = part.shared.published, part.shared.place.definition
        for source in ("/etc/passwd", "../marks.csv", "\\\\server\\share\\marks.csv"):
            data = replace(found.study.data, source=source)
            rewrite(part, place, pieces(replace(found, study=replace(found.study, data=data))))
            with pytest.raises(UserError, match="names a folder"), joined(url, "", tmp_path):
                pass


def test_trials_that_others_have_put_beside_ours_are_left_alone(path: Path, url: str) -> None:
    import optuna

    with published(path, url) as part:
        for attributes in (
            {},
            {"setting": 99, "budget": 0},
            {"setting": "0", "budget": 0},
            {"setting": 0, "budget": 7},
        ):
            trial = optuna.create_trial(state=optuna.trial.TrialState.WAITING, user_attrs=attributes)
            part.shared.optuna.add_trial(trial)
        assert len(all_of(part)) == 4
    assert len(collected(path, url).runs) == 8


def test_pieces_fit_into_the_text_of_any_database(path: Path) -> None:
    study = open_project(path).studies[0]
    found = parcels.Published(study, (), "é" * 200_000, "", "")
    made = pieces(found)
    assert len(made) > 5 and all(len(one.encode()) < 2**16 - 2 for one in made.values())
    assert put_together(json.loads(json.dumps(made)), parcels.Published) == found


# --- addresses ------------------------------------------------------------------------------------------------------


def test_an_address_is_shown_without_its_secrets() -> None:
    for text, expected in (
        ("postgresql://u:secret@h:5/d", "postgresql://u@h:5/d"),
        ("postgresql+psycopg://u:secret@h/d?password=secret&host=/tmp", "postgresql://u@h/d?host=%2Ftmp"),
        ("mysql://u:secret@h/d?ssl_key=secret", "mysql://u@h/d"),
    ):
        assert shown(address(text)) == expected


@pytest.mark.parametrize("text", ["", "x", "oracle://u@h/d", "http://h", "postgresql://u:p@h:port/d", "sqlite://"])
def test_what_is_no_address_is_refused(text: str, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if text:
        assert main(["study", "run", str(path), "--storage", text]) == 2
    assert main(["study", "work", text]) == 2
    said = capsys.readouterr().err
    assert "sqlite:///FILE" in said and "Traceback" not in said


def test_a_driver_that_is_missing_is_named_with_what_installs_it(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, module in (("postgresql", "psycopg"), ("mysql", "pymysql")):
        monkeypatch.setitem(sys.modules, module, None)
        assert main(["study", "run", str(path), "--storage", f"{kind}://u:secret@127.0.0.1/d"]) == 2
        said = capsys.readouterr().err
        assert f'pip install "nnstudio[{kind}]"' in said and "secret" not in said


MOUNTS = [("/", "ext4"), ("/home", "nfs4"), ("/home/me/local", "xfs"), ("/mnt/ssh", "fuse.sshfs"), ("/data", "ext4")]


def test_a_folder_of_another_machine_is_known_by_the_deepest_mount() -> None:
    for folder, expected in (
        ("/tmp", ""),
        ("/home/me", "nfs4"),
        ("/home/me/local/a", ""),
        ("/homework", ""),
        ("/mnt/ssh/a/b", "fuse.sshfs"),
    ):
        assert network_kind(PurePosixPath(folder), MOUNTS) == expected
    # What was mounted last over a place hides what was there.
    assert network_kind(PurePosixPath("/data/x"), [*MOUNTS, ("/data", "CIFS")]) == "cifs"
    drives = [("C:\\", "NTFS"), ("Z:\\", "remote")]
    assert network_kind(PureWindowsPath("C:\\Users"), drives) == ""
    assert network_kind(PureWindowsPath("z:\\class"), drives) == "remote"
    assert network_kind(PureWindowsPath("\\\\server\\class"), drives) == "\\\\"


def test_a_file_in_a_network_folder_is_refused_with_the_reason(
    path: Path, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "mounted", lambda: [("/", "nfs")])
    assert main(["study", "run", str(path), "--storage", url]) == 2
    assert "another machine (nfs)" in capsys.readouterr().err


# --- the command line -----------------------------------------------------------------------------------------------


def test_work_says_what_it_did_and_where(path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "work", url, "--json"]) == 2
    assert "holds no study yet" in capsys.readouterr().err
    assert not (path.parent / "studies.db").exists()
    with published(path, url) as part:
        name = part.shared.name
    assert main(["study", "work", url, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"study": name, "server": url, "settings": 4, "trials": 8, "is_done": True}
    assert main(["study", "work", url, "--study", "other"]) == 2
    assert name in capsys.readouterr().err


def test_with_several_studies_on_a_server_one_has_to_be_named(
    path: Path, url: str, tmp_path: Path, make_project: MakeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    other = stored(make_project(epochs=1), tmp_path / "y.nnstudio", VARY[:1])
    with published(path, url) as first, published(other, url) as second:
        names = first.shared.name, second.shared.name
    assert main(["study", "work", url]) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in names)
    assert main(["study", "work", url, "--study", names[1], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["settings"] == 2
