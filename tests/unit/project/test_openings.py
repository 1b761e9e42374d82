"""The seal of the test set: sealed at first, every opening counted and kept, and what was made after it marked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from nnstudio.project import edits, openings
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import DataChoice, Project, Run
from nnstudio.project.opening_file import write_opening
from nnstudio.project.openings import openings_of, with_opening
from nnstudio.project.test_seal import Opening, TestResult
from nnstudio.project.undo import UndoHistory
from nnstudio.text import UserError
from tests.bad_files import openings as make_entries
from tests.unit.project.test_archive import trained

RESULT = TestResult(30, 0.25, 0.9, 0.9, baseline=0.4, low=0.744, high=0.965)
VALUE = TestResult(30, 0.25, r2=0.5, baseline=0.0)


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    """Iris with one run, of 2026-01-01."""
    return trained(make_project())


def opened(project: Project, run: Run | None = None, expected: str = "") -> Project:
    return with_opening(project, openings.new_opening(run or project.runs[-1], expected, RESULT))


def another(project: Project, id: str, after: timedelta = timedelta(hours=1), **changes: object) -> Project:
    """With one more run, made some time from now, and with other settings where that is said."""
    made = (datetime.now(UTC) + after).isoformat(timespec="seconds")
    project = edits.set_training(project, **changes)
    return edits.add_run(project, replace(project.runs[0], id=id, created=made, training=project.training, openings=()))


def test_the_test_set_is_sealed_until_the_seal_is_lifted(project: Project) -> None:
    assert openings.is_sealed(project) and openings.openings_text(project) == "Never opened."
    assert openings.seal_text(project) == "The test set is sealed."
    lifted = with_opening(project, openings.turned(project, "lifted"))
    assert not openings.is_sealed(lifted) and openings.openings_text(lifted) == "Never opened."
    day = datetime.now().astimezone()
    assert openings.seal_text(lifted) == f"The seal is lifted since {day:%Y-%m-%d}: public test set."
    assert openings.is_sealed(lifted, DataChoice("builtin:wine"))  # it was lifted for one set of data
    again = with_opening(lifted, openings.turned(lifted, "sealed"))
    assert openings.is_sealed(again) and len(openings_of(again)) == 2


def test_it_is_said_how_often_it_was_opened_and_for_which_runs(project: Project) -> None:
    once = opened(project)
    assert openings.openings_text(once) == "Opened 1 time, for run 1."
    twice = opened(another(once, "run-12"), None)
    assert openings.openings_text(twice) == "Opened 2 times, for runs 1, 12."
    assert openings.openings_text(opened(twice)) == "Opened 3 times, for runs 1, 12."
    assert openings.is_sealed(twice)


def test_an_opening_is_in_the_project_and_in_its_run(project: Project) -> None:
    found = opened(another(project, "run-2"), expected="  93 %  ")
    (one,) = found.openings
    assert [run.openings for run in found.runs] == [(), (one,)]
    assert (one.run, one.source, one.expected, one.result) == ("run-2", "builtin:iris", "93 %", RESULT)
    assert openings.run_of(found, one) == found.runs[1]
    gone = edits.remove_run(found, "run-2")
    assert openings_of(gone) == (one,) and openings.run_of(gone, one) is None
    reborn = edits.add_run(gone, replace(project.runs[0], id="run-2"))  # another run that bears its id
    assert openings.run_of(reborn, one) is None


def test_the_count_goes_with_a_run_into_another_project(project: Project, tmp_path: Path) -> None:
    run = opened(project).runs[0]
    other = edits.add_run(replace(project, runs=(), openings=()), run)
    assert openings.openings_text(other) == "Opened 1 time, for run 1."
    save(other, tmp_path / "other.nnstudio")
    found = open_project(tmp_path / "other.nnstudio")
    assert found.openings == run.openings
    assert openings_of(edits.remove_run(found, "run-1")) == run.openings  # and stays when the run is gone
    # Back where it came from, it is the same opening and no second one.
    assert len(openings_of(edits.add_run(opened(project), run))) == 2
    assert len(openings_of(edits.add_run(with_opening(project, run.openings[0]), run))) == 1


def test_undo_keeps_it(project: Project) -> None:
    history = UndoHistory(project)
    history.push("", edits.set_training(project, epochs=9))
    history.amend(lambda one: opened(one))
    history.push("", edits.remove_run(history.present, "run-1"))
    for step in (history.undo(), history.undo()):
        assert openings.openings_text(step) == "Opened 1 time, for run 1."
        assert step.runs[0].openings


def test_a_run_that_goes_on_keeps_its_openings(project: Project) -> None:
    found = opened(project)
    gone_on = edits.add_run(found, replace(project.runs[0], note="further"))
    assert gone_on.runs[0].openings == found.openings and gone_on.runs[0].note == "further"
    other = edits.add_run(found, replace(project.runs[0], created="2026-02-02T00:00:00+00:00"))
    assert other.runs[0].openings == ()


def test_no_edit_takes_an_opening_away(project: Project) -> None:
    found = opened(project)
    stale = edits.set_training(project, epochs=3)
    kept = openings.with_openings_of(stale, found)
    assert kept.openings == found.openings and kept.runs[0].openings == found.openings
    assert kept.training.epochs == 3 and openings.with_openings_of(found, found) is found


def test_what_was_made_after_it_is_marked_and_what_changed_is_said(project: Project) -> None:
    assert openings.changed_after_opening(project) == ""
    found = opened(project)
    assert openings.changed_after_opening(found) == "" and not openings.began_after_opening(found, found.runs[0])
    early = another(found, "run-2", timedelta(hours=-1))
    assert not openings.began_after_opening(early, early.runs[1])
    later = another(found, "run-3", learning_rate=0.05)
    assert openings.began_after_opening(later, later.runs[1])
    assert openings.runs_after_opening(later) == later.runs[1:]
    said = openings.changed_after_opening(later)
    assert said == (
        "Changed after the test set was opened: learning rate 0.001 → 0.05. Made after it was opened: run 3."
    )
    # One that it was opened for is still after the first opening; one of other data never is.
    again = opened(later)
    assert openings.began_after_opening(again, again.runs[1])
    wine = replace(later.runs[1], id="run-4", data=replace(later.data, source="builtin:wine"))
    assert not openings.began_after_opening(later, wine)


def test_with_the_seal_lifted_every_later_run_is_marked(project: Project) -> None:
    lifted = another(with_opening(project, openings.turned(project, "lifted")), "run-2")
    assert [run.id for run in openings.runs_after_opening(lifted)] == ["run-2"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (DataChoice("toy:xor?samples=50"), "toy:xor?samples=50"),
        (DataChoice("drawn"), "drawn"),
        (DataChoice("/home/me/zip.train.gz", test_source="/home/me/zip.test.gz"), "zip.test.gz"),
        (DataChoice("C:\\data\\table.csv"), "table.csv"),
    ],
)
def test_data_is_called_without_its_folder(data: DataChoice, name: str) -> None:
    assert openings.data_name(data) == name


def test_results_are_told_with_their_interval_and_baseline() -> None:
    plain = openings.result_text(RESULT).replace("\u202f", " ")
    assert plain == (
        "accuracy 90.0 %; 95 % interval 74.4 % to 96.5 %; baseline 40.0 %: always the most frequent class; "
        "loss 0.25; 30 samples"
    )
    assert openings.result_text(VALUE) == "R² 0.500; baseline R² 0.000: always the mean; loss 0.25; 30 samples"
    assert openings.short_text(RESULT).replace("\u202f", " ") == "90.0 % (74.4 – 96.5 %)"


def test_programs_are_told(project: Project) -> None:
    found = openings.described(another(opened(project, expected="93"), "run-2"))
    assert (found["sealed"], found["openings"], found["made_after"]) == (True, 1, ["run-2"])
    assert found["entries"][0]["expected"] == "93" and found["entries"][0]["result"]["accuracy"] == 0.9


# --- in the file ----------------------------------------------------------------------------------------------------


def test_an_opening_is_written_into_a_file_and_the_rest_stays(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "x.nnstudio"
    save(project, path, b"\x89PNG\r\n\x1a\n")
    entry = openings.new_opening(project.runs[0], "", RESULT)
    write_opening(path, entry)
    assert open_project(path) == with_opening(project, entry)
    before = path.read_bytes()
    write_opening(path, entry)  # the same one again is no second one
    assert open_project(path).openings == (entry,) and path.read_bytes() == before


def test_where_it_cannot_be_written_that_is_said(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "x.nnstudio"
    path.write_bytes(b"no project")
    with pytest.raises(UserError):
        write_opening(path, openings.new_opening(project.runs[0], "", RESULT))
    assert path.read_bytes() == b"no project"


def test_the_times_of_entries_are_in_order_and_their_ids_their_own(project: Project) -> None:
    entries = [openings.new_opening(project.runs[0], "", RESULT) for _one in range(50)]
    assert len({one.id for one in entries}) == 50
    assert [one.made for one in entries] == sorted(one.made for one in entries)


def test_a_run_of_an_older_program_without_a_time_is_before_every_opening(project: Project) -> None:
    run = replace(project.runs[0], id="run-0", created="")
    entry = Opening("a", openings.now(), "opened", "run-1", "x", "builtin:iris")
    assert not openings.is_after(run, entry)


def test_a_sound_list_of_openings_is_opened(sound_file: Path, tmp_path: Path) -> None:
    """What makes the unsound ones of bad_files.py makes a sound one too."""
    make_entries({}, {"what": "lifted", "run": "", "result": None})(sound_file, tmp_path / "x.nnstudio")
    assert [one.what for one in open_project(tmp_path / "x.nnstudio").openings] == ["opened", "lifted"]
