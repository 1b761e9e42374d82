"""A class hands in: the table says of each file what it is, of each run whether it is that of its settings and seed,
and nothing of what is handed in is ever run."""

import csv
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from msgspec.structs import replace

from nnstudio.cli.main import main
from nnstudio.data.dataset import Dataset, load
from nnstudio.handing_in import handed_in, replay
from nnstudio.handing_in.attached import attached_bytes
from nnstudio.handing_in.content import sheet_page
from nnstudio.handing_in.html_page import html_of
from nnstudio.handing_in.replay import Again, Limits, reason_against, replayed, verdict
from nnstudio.handing_in.table import cell
from nnstudio.project import edits
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import DataFile, Prediction, Project, RunEvent
from nnstudio.project.sheet import Sheet
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.session import Trained, train

EPOCHS = 3


def run_of(project: Project, dataset: Dataset, seed: int) -> Project:
    """The project trained from a seed, with the run in it."""
    project = edits.set_training(project, seed=seed, epochs=EPOCHS)
    for event in train(project, dataset, Control(), Curves()):
        if isinstance(event, Trained):
            return edits.add_run(project, event.run)
    raise AssertionError("nothing was trained")


def sheet_of(project: Project) -> bytes:
    content, _remark = attached_bytes(project, Path())
    return html_of(sheet_page(project, "work", b"", {}), content, "work.nnstudio")


def with_run(project: Project, **changes: object) -> Project:
    """The project with its run changed; whoever writes it out again has all checksums right."""
    return replace(project, runs=(replace(project.runs[0], **changes),))


def with_curve(project: Project, name: str, place: int, factor: float) -> Project:
    """The project with one number of its curve another."""
    history = project.runs[0].history
    values = list(getattr(history, name))
    values[place] *= factor
    return with_run(project, history=replace(history, **{name: tuple(values)}))


def with_weight(project: Project, factor: float) -> Project:
    """The project with a single weight another."""
    tensors = safetensors.numpy.load(project.runs[0].weights)
    name = min(tensors)
    tensors[name] = tensors[name].copy()
    tensors[name].flat[0] = np.float32(tensors[name].flat[0] * factor + 1e-3)
    return with_run(project, weights=safetensors.numpy.save(tensors))


@pytest.fixture
def dataset(make_project: Callable[..., Project]) -> Dataset:
    return load(make_project().data)


@pytest.fixture
def project(make_project: Callable[..., Project], dataset: Dataset) -> Project:
    return run_of(make_project(), dataset, 0)


def collected(folder: Path, *options: str) -> list[dict[str, str]]:
    """The rows of the table of a folder."""
    out = folder.parent / "table.csv"
    assert main(["collect", str(folder), "-o", str(out), *options]) == 0
    return list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))


class Trap:
    """Unpickled, it leaves a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return open, (str(self.file), "w")  # type: ignore[return-value]


def hostile(trap: Path) -> bytes:
    """A page with a script, whose project is an archive with a pickle and an archive in it."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("project.json", "{}")
        archive.writestr("../../evil.py", "raise SystemExit")
        archive.writestr("data.pkl", pickle.dumps(Trap(trap)))
        archive.writestr("again.zip", bytes(1000))
    page = html_of(sheet_page(Project(), "x", b"", {}), inner.getvalue(), "x.nnstudio")
    return page.replace(b"<body>", f"<body onload=x><script>open({str(trap)!r},'w')</script>".encode())


# --- thirty sheets --------------------------------------------------------------------------------------------------


def test_of_thirty_sheets_the_table_says_which_is_forged_damaged_and_hostile(
    make_project: Callable[..., Project], dataset: Dataset, tmp_path: Path
) -> None:
    folder, trap = tmp_path / "class", tmp_path / "trap"
    (folder / "group b").mkdir(parents=True)
    made: dict[str, Project] = {}
    for number in range(28):
        project = run_of(make_project(), dataset, number)
        prediction = Prediction("06-learning-rate", "order", f"2026-11-{number + 1:02}T08:00:00+00:00", order=("good",))
        project = replace(project, sheet=Sheet(f"=Student {number}; Ñandú"), predictions=(prediction,))
        made[f"{'group b/' if number % 2 else ''}{number:02}.html"] = project
    forged = {"03.html", "group b/05.html", "group b/07.html"}
    made = {name.replace("group b/03", "03"): project for name, project in made.items()}
    made["03.html"] = with_curve(made["03.html"], "validation_loss", 1, 0.9)
    made["group b/05.html"] = with_weight(made["group b/05.html"], 1.0)
    claimed = replace(made["group b/07.html"].runs[0].training, seed=99)
    made["group b/07.html"] = with_run(made["group b/07.html"], training=claimed)
    for name, project in made.items():
        (folder / name).write_bytes(sheet_of(project))
    whole = sheet_of(made["00.html"])
    (folder / "28.html").write_bytes(whole[: len(whole) // 2])
    (folder / "29.html").write_bytes(hostile(trap))

    rows = {row["file"]: row for row in collected(folder, "--replay")}
    assert len(rows) == 30
    for name, project in made.items():
        row, (run,) = rows[name], project.runs
        assert row["state"] == "ok"
        assert row["names"] == f"'{project.sheet.names}"
        assert (row["runs"], row["run"], row["epochs"]) == ("1", "run-1", str(EPOCHS))
        assert row["seed"] == str(run.training.seed) and "training.epochs=3" in row["settings"]
        assert run.best_epoch is not None and row["best_epoch"] == str(run.best_epoch)
        best = run.best_epoch - 1
        assert float(row["training_loss"]) == run.history.train_loss[best]
        assert float(row["validation_loss"]) == run.history.validation_loss[best]
        assert float(row["accuracy"]) == run.history.validation_accuracy[best]
        assert project.predictions[0].made in row["predictions"]
        if name not in forged:
            assert row["replay"] == "run-1: same to the bit"
    assert rows["03.html"]["replay"].startswith("run-1: not the curve of its settings: validation loss")
    assert "in epoch 2" in rows["03.html"]["replay"]
    assert rows["group b/05.html"]["replay"].startswith("run-1: not the weights of its settings")
    assert rows["group b/07.html"]["replay"].startswith("run-1: not the curve of its settings")
    assert rows["28.html"]["state"].startswith("damaged: “28.html” is cut short")
    assert rows["29.html"]["state"].startswith("refused: ")
    assert not trap.exists() and not list(tmp_path.rglob("evil*"))


# --- what is handed in ----------------------------------------------------------------------------------------------


def test_whatever_lies_in_the_folder_has_a_row_that_says_what_it_is(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    save(project, folder / "sound.nnstudio")
    (folder / "sound.nnstudio.bak").write_bytes(b"not looked at")
    (folder / "notes.txt").write_text("not looked at")
    (folder / ".hidden.html").write_text("not looked at")
    (folder / "empty.html").write_bytes(b"")
    (folder / "empty.nnstudio").write_bytes(b"")
    (folder / "folder.html").mkdir()
    (folder / "picture.nnstudio").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "cut.nnstudio").write_bytes((folder / "sound.nnstudio").read_bytes()[:-40])
    (folder / "printed.pdf").write_bytes(b"%PDF-1.7")
    (folder / "huge.html").write_bytes(b"x" * 60_000)
    (folder / "model.html").write_bytes(pickle.dumps(Trap(tmp_path / "trap")))
    with zipfile.ZipFile(folder / "torch.nnstudio", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Trap(tmp_path / "trap")))
    monkeypatch.setattr(handed_in, "MOST_BYTES", 50_000)
    states = {row["file"]: row["state"] for row in collected(folder)}
    assert states.pop("sound.nnstudio") == "ok"
    assert states.pop("cut.nnstudio").startswith("damaged: ")
    assert set(states) == {
        "empty.html",
        "empty.nnstudio",
        "huge.html",
        "model.html",
        "picture.nnstudio",
        "printed.pdf",
        "torch.nnstudio",
    }
    assert all(state.startswith("refused: ") for state in states.values()), states
    assert "60 kB" in states["huge.html"] and "as HTML" in states["printed.pdf"]
    assert not (tmp_path / "trap").exists()


def test_a_fault_that_nobody_foresaw_costs_the_others_nothing(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.html").write_bytes(sheet_of(project))
    save(project, folder / "b.nnstudio")
    monkeypatch.setattr(handed_in, "open_attached", lambda page, path: 1 / 0)
    states = [row["state"] for row in collected(folder)]
    assert states == ["refused: it cannot be read (ZeroDivisionError).", "ok"]


def test_what_cannot_be_collected_is_said_and_no_table_is_written(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    assert main(["collect", str(tmp_path / "none"), "-o", str(out)]) == 2
    assert main(["collect", str(tmp_path), "-o", str(out), "--epochs", "many"]) == 2
    assert not out.exists()


def test_the_answer_for_programs_has_each_run_with_its_verdict(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    save(replace(project, sheet=Sheet("Ana")), folder / "a.nnstudio")
    (folder / "b.html").write_bytes(b"<html></html>")
    assert main(["collect", str(folder), "-o", str(tmp_path / "t.csv"), "--replay", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["ok"], answer["damaged"], answer["refused"]) == (1, 0, 1)
    sound, strange = answer["files"]
    assert sound["names"] == "Ana" and sound["runs"][0]["replay"] == {"same": True, "text": "same to the bit"}
    assert sound["runs"][0]["settings"]["training"]["epochs"] == EPOCHS
    assert strange["state"] == "refused" and "is no report" in strange["reason"]


def test_a_cell_is_never_a_formula_and_a_number_has_all_its_digits() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "%x", "\t=1", " \n=1"):
        assert cell(text).startswith("'"), text
    assert cell("a\n=1") == "a =1" and cell("José") == "José"
    assert (cell(1 / 3), cell(-0.5), cell(7), cell(float("nan"))) == (repr(1 / 3), "-0.5", "7", "")


# --- trained again --------------------------------------------------------------------------------------------------


def verdict_on(project: Project, limits: Limits | None = None) -> str:
    (found,) = replayed(project, limits or Limits())
    return found.text


def test_a_run_that_went_another_way_than_its_settings_alone_is_not_trained_again(project: Project) -> None:
    (run,) = project.runs
    event = RunEvent(1.5, "learning_rate", 0.1, 0.2)
    for changes, words in (
        ({"origin": "run-7", "origin_epoch": 2}, "it began with the weights of run 7"),
        ({"events": (event,)}, "it was changed by hand on the way"),
        ({"epochs_run": 0}, "no epoch was completed"),
    ):
        assert words in reason_against(replace(run, **changes), Limits())
    assert verdict_on(project, Limits(epochs=2)) == "not replayed: it has 3 epochs, more than --epochs."
    gone = replace(project, runs=(replace(run, data=replace(run.data, source="/nowhere/a.csv")),))
    assert verdict_on(gone).startswith("not replayed: ")


def test_a_replay_that_takes_too_long_is_given_up(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    class Impatient:
        """A timer whose time is over at once."""

        daemon = False

        def __init__(self, seconds: float, give_up: Callable[[], None]) -> None:
            self.start = give_up

        def cancel(self) -> None: ...

    monkeypatch.setattr(replay.threading, "Timer", Impatient)
    assert verdict_on(project, Limits(seconds=5)) == "not replayed: it takes more than 5 seconds (--seconds)."


def test_a_run_stopped_by_hand_and_one_with_other_weights_loaded_are_known_again(
    make_project: Callable[..., Project], dataset: Dataset
) -> None:
    long = edits.set_training(make_project(), epochs=6, patience=0)
    (whole,) = run_of(long, dataset, 0).runs
    longer = replace(long, training=replace(whole.training, epochs=50))
    stopped = replace(whole, stop_reason="user", training=longer.training)
    assert verdict_on(replace(longer, runs=(stopped,))) == "same to the bit"
    claimed = replace(stopped, stop_reason="epochs")
    assert "training goes on here" in verdict_on(replace(longer, runs=(claimed,)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"best_epoch": 1, "weights_epoch": 1}, "not the curve of its settings: it names epoch 1 the best"),
        ({"parameters": 5}, "not the curve of its settings: it has 5 parameters"),
        ({"stop_reason": "patience"}, "not the curve of its settings: it ended otherwise"),
        ({"torch": "2.0.0", "machine": "another", "threads": 9}, "same to the bit"),
    ],
)
def test_what_a_run_says_of_itself_is_looked_at_too(project: Project, changes: dict[str, object], words: str) -> None:
    assert verdict_on(with_run(project, **changes)).startswith(words)


def test_a_curve_that_drifted_by_rounding_is_told_from_one_that_was_written(project: Project, dataset: Dataset) -> None:
    (run,) = project.runs

    def judged(train_loss: tuple[float, ...], validation_loss: tuple[float, ...]) -> str:
        history = replace(run.history, train_loss=train_loss, validation_loss=validation_loss, epoch=(1, 2, 3))
        claimed = replace(run, history=history, machine="another", torch="2.12.0")
        return verdict(claimed, Again(run, run.weights)).text

    def drifted(*gaps: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
        both = run.history.train_loss, run.history.validation_loss
        return tuple(tuple(v * (1 + gap) for v, gap in zip(values, gaps, strict=True)) for values in both)  # type: ignore[return-value]

    assert judged(*drifted(1e-7, 1e-6, 5e-6)) == "same to 1e-5 (another here: PyTorch, machine)"
    words = "same to 1e-3 at the end, drifting from the first epoch on (another here: PyTorch, machine)"
    assert judged(*drifted(1e-7, 1e-5, 9e-4)) == words
    for forged in ((0.0, 0.0, 9e-4), (1e-3, 1e-3, 1e-3), (1e-7, 1e-5, 0.3), (0.0, 1e-4, 0.0)):
        assert judged(*drifted(*forged)).startswith("not the curve of its settings"), forged


def test_data_outside_what_was_handed_in_is_read_only_where_that_is_allowed(
    make_project: Callable[..., Project], tmp_path: Path
) -> None:
    folder, outside = tmp_path / "class", tmp_path / "secret.csv"
    folder.mkdir()
    rows = [f"{n},{n * n % 7},{'abc'[n % 3]}" for n in range(60)]
    outside.write_text("x,y,kind\n" + "\n".join(rows) + "\n")
    chosen = edits.set_data(make_project(), source=str(outside), target="kind")
    dataset = load(chosen.data)
    project = run_of(edits.set_facts(chosen, chosen.data, dataset.facts, dataset.files), dataset, 0)
    bare = replace(project, files=tuple(DataFile(one.source, one.sha256, one.size) for one in project.files))
    save(bare, folder / "a.nnstudio")
    (folder / "b.html").write_bytes(sheet_in(folder, bare))
    save(project, folder / "c.nnstudio")
    refused = {row["file"]: row["replay"] for row in collected(folder, "--replay")}
    assert refused["a.nnstudio"].startswith("run-1: not replayed: ")
    assert refused["b.html"].startswith("run-1: not replayed: ")
    assert refused["c.nnstudio"] == "run-1: same to the bit", "its copy is in the project"
    allowed = [row["replay"] for row in collected(folder, "--replay", "--allow-data")]
    assert allowed == ["run-1: same to the bit"] * 3


def sheet_in(folder: Path, project: Project) -> bytes:
    content, _remark = attached_bytes(project, folder)
    return html_of(sheet_page(project, "work", b"", {}), content, "work.nnstudio")


def test_the_museum_is_collected_like_any_class(tmp_path: Path) -> None:
    """Projects of every format there was."""
    museum = Path(__file__).resolve().parents[2] / "museum"
    rows = collected_from(museum, tmp_path / "t.csv")
    assert len(rows) >= 8 and {row["state"] for row in rows} == {"ok"}


def collected_from(folder: Path, out: Path) -> list[dict[str, str]]:
    assert main(["collect", str(folder), "-o", str(out)]) == 0
    return list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))


def test_a_sheet_that_was_opened_is_the_project_that_was_handed_in(project: Project, tmp_path: Path) -> None:
    save(project, tmp_path / "a.nnstudio")
    (tmp_path / "a.html").write_bytes(sheet_of(open_project(tmp_path / "a.nnstudio")))
    first, second = handed_in.handed_in(tmp_path)
    assert (first.name, second.name) == ("a.html", "a.nnstudio")
    assert first.project == second.project == project
