"""nnstudio from Python: three lines from a file to a module, and all else that a script or a notebook asks of it."""

import doctest
import importlib
import json
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest
import torch
from polars.testing import assert_frame_equal

import nnstudio
from nnstudio import paths
from nnstudio.cli.main import main
from nnstudio.text import use_language

ROOT = Path(__file__).resolve().parents[3]
NOTEBOOKS = sorted((ROOT / "docs").glob("*.ipynb"))
LAYERS = "dense:6,tanh,dense:out"


def points(rows: int = 120) -> polars.DataFrame:
    """Two classes of points, and a column of words that says nothing."""
    drawn = np.random.default_rng(1)
    x, y = drawn.normal(size=(2, rows))
    words = drawn.choice(["red", "blue"], rows)
    return polars.DataFrame({"x": x, "y": y, "word": words, "side": np.where(x + y > 0, "right", "left")})


@pytest.fixture
def project() -> nnstudio.Project:
    return nnstudio.new(points(), target="side", layers=LAYERS, epochs=8, learning_rate=0.05)


# --- from a file to a module ----------------------------------------------------------------------------------------


def test_three_lines_lead_from_a_file_to_a_module(tmp_path: Path) -> None:
    path = tmp_path / "iris.nnstudio"
    assert main(["new", str(path), "--data", "builtin:iris", "--layers", "dense:8,relu,dense:out"]) == 0
    assert main(["train", str(path), "--epochs", "5"]) == 0

    opened = nnstudio.open(path)
    run = opened.runs[-1]
    module = run.module()

    assert isinstance(module, torch.nn.Module) and not module.training
    assert run.history["epoch"].to_list() == [1, 2, 3, 4, 5]
    assert main(["predict", str(path), str(iris_rows(tmp_path)), "-o", str(tmp_path / "out.csv")]) == 0
    told = polars.read_csv(tmp_path / "out.csv")["prediction"].to_list()
    answers = module(run.prepare(iris_rows(tmp_path))).argmax(dim=1).tolist()
    assert [run.preparation.classes[answer] for answer in answers] == [str(one) for one in told]


def iris_rows(folder: Path) -> Path:
    table = polars.read_csv(paths.resources() / "data" / "iris.csv")
    path = folder / "rows.csv"
    table.select(table.columns[:-1]).write_csv(path)
    return path


def test_the_module_computes_what_its_named_weights_say(project: nnstudio.Project) -> None:
    run = project.train()
    inputs, weights = run.prepare(points(5)), run.weights
    hidden = torch.tanh(inputs @ weights["dense_1.weight"].T + weights["dense_1.bias"])
    outputs = hidden @ weights["dense_2.weight"].T + weights["dense_2.bias"]
    torch.testing.assert_close(run.module()(inputs), outputs)
    run.module().load_state_dict(weights)


def test_a_softmax_of_the_drawing_gives_probabilities_and_they_are_those_predicted() -> None:
    run = nnstudio.new(points(), layers="dense:out,softmax", epochs=3).train()
    given = run.module()(run.prepare(points(4))).detach().double().numpy()
    predicted = run.predict(points(4)).select("p(left)", "p(right)").to_numpy()
    np.testing.assert_allclose(given, predicted, atol=1e-6)


@pytest.mark.parametrize("how", ["presence", "tokens"])
def test_texts_are_prepared_as_the_module_takes_them(how: str) -> None:
    """Words are kept packed here, since most of them are in no text; whoever takes the module has all of them."""
    frame = polars.DataFrame({"line": ["red green", "blue green", "green", "red", ""] * 8, "kind": list("aabbc") * 8})
    layers = "embedding_bag:3,dense:out" if how == "tokens" else "dense:out"
    run = nnstudio.new(frame, layers=layers, epochs=1, data={"text": how, "min_count": 1, "kinds": "line:text"}).train()
    samples, module = run.prepare(frame[:6]), run.module()
    assert samples.shape == (6, *run.preparation.sample_shape)
    assert samples.dtype == (torch.int64 if how == "tokens" else torch.float32)
    probabilities = run.predict(frame[:6]).select("p(a)", "p(b)", "p(c)").to_numpy()
    np.testing.assert_allclose(module(samples).softmax(dim=1).detach().numpy(), probabilities, atol=1e-6)


def test_a_module_can_be_trained_further_and_the_run_stays_as_it_is(project: nnstudio.Project) -> None:
    run = project.train()
    module, before = run.module(), run.weights
    module(run.prepare(points(8))).sum().backward()
    with torch.no_grad():
        for parameter in module.parameters():
            assert parameter.grad is not None
            parameter -= parameter.grad
    assert not torch.equal(module.state_dict()["dense_1.weight"], before["dense_1.weight"])
    assert all(torch.equal(now, before[name]) for name, now in run.weights.items())


def test_a_value_comes_back_in_its_own_units() -> None:
    x = np.linspace(0.0, 1.0, 80)
    run = nnstudio.new(polars.DataFrame({"x": x, "price": 1000 + 500 * x}), layers="dense:out", epochs=2).train()
    scaled = run.module()(run.prepare(polars.DataFrame({"x": [0.5]}))).item()
    told = run.predict(polars.DataFrame({"x": [0.5]}))["prediction"].item()
    assert told == pytest.approx(scaled * run.preparation.target_scale + run.preparation.target_mean)
    assert run.evaluate().r2 is not None


# --- training -------------------------------------------------------------------------------------------------------


def test_training_is_that_of_the_command_line_to_the_bit(project: nnstudio.Project, tmp_path: Path) -> None:
    project.save(tmp_path / "a.nnstudio")
    run = project.train(seed=3)
    assert main(["train", str(tmp_path / "a.nnstudio"), "--seed", "3"]) == 0
    other = nnstudio.open(tmp_path / "a.nnstudio").runs[-1]
    assert run.history.to_dict(as_series=False) == other.history.to_dict(as_series=False)
    assert all(torch.equal(one, other.weights[name]) for name, one in run.weights.items())


def test_settings_stay_in_the_project_and_those_of_a_run_can_be_taken_again(project: nnstudio.Project) -> None:
    first = project.train(epochs=np.int64(4), data={"validation": 0.3})
    assert (first.epochs, project.settings["epochs"], project.value.data.validation) == (4, 4, 0.3)
    project.train(epochs=2, optimizer="sgd")
    again = project.train(**first.settings)
    assert again.history.to_dict(as_series=False) == first.history.to_dict(as_series=False)
    assert [run.id for run in project.runs] == ["run-1", "run-2", "run-3"]


def test_each_epoch_is_heard_of_and_can_be_the_last(project: nnstudio.Project) -> None:
    heard: list[nnstudio.Epoch] = []

    def stop_at_the_third(epoch: nnstudio.Epoch) -> bool:
        heard.append(epoch)
        return epoch.number >= 3

    run = project.train(epochs=500, on_epoch=stop_at_the_third)
    assert run.stop_reason == "user" and 3 <= run.epochs < 500
    history = run.history
    assert [epoch.number for epoch in heard][:3] == [1, 2, 3]
    assert [epoch.train_loss for epoch in heard[:3]] == history["train_loss"].to_list()[:3]
    assert [epoch.validation_accuracy for epoch in heard[:3]] == history["validation_accuracy"].to_list()[:3]


def test_ctrl_c_ends_the_training_and_what_was_learnt_is_there(project: nnstudio.Project) -> None:
    def interrupt(epoch: nnstudio.Epoch) -> None:
        if epoch.number == 2:
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        project.train(epochs=500, patience=0, on_epoch=interrupt)
    assert signal.getsignal(signal.SIGINT) is before
    assert project.runs[-1].stop_reason == "user" and project.runs[-1].epochs < 500
    assert project.predict(points(2)).height == 2


def test_a_bar_is_shown_where_it_is_asked_for(project: nnstudio.Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.train()
    assert capsys.readouterr() == ("", "")
    project.train(progress=True)
    assert "8/8" in capsys.readouterr().err


def test_a_training_that_diverges_says_so_and_keeps_sound_weights() -> None:
    x = np.linspace(0.0, 1000.0, 60)
    project = nnstudio.new(polars.DataFrame({"x": x, "y": x**2}), layers="dense:out", optimizer="sgd")
    with pytest.warns(nnstudio.Remark):
        run = project.train(learning_rate=10, data={"standardize": False})
    assert run.stop_reason == "diverged"
    assert all(one.isfinite().all() for one in run.weights.values())


# --- data from memory -----------------------------------------------------------------------------------------------


def test_a_project_reopens_without_the_frame_it_was_made_from(project: nnstudio.Project, tmp_path: Path) -> None:
    assert not any("not here" in note for note in project.notes)
    project.train()
    kept = project.save(tmp_path / "kept.nnstudio")
    moved = tmp_path / "elsewhere" / "other.nnstudio"
    moved.parent.mkdir()
    kept.rename(moved)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [moved]
    opened = nnstudio.open(moved)
    assert opened.evaluate() == project.evaluate()
    assert opened.train().history.to_dict(as_series=False) == project.runs[0].history.to_dict(as_series=False)
    assert main(["train", str(moved)]) == 0
    assert str(Path.cwd()) not in json.dumps(description_of(moved))


def description_of(path: Path) -> Any:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("project.json"))


def test_a_frame_of_its_own_can_be_the_test_part(tmp_path: Path) -> None:
    project = nnstudio.new(points(), target="side", layers=LAYERS, test=points(30), epochs=2)
    assert project.value.facts is not None and project.value.facts.test == 30
    project.train()
    project.save(tmp_path / "a.nnstudio")
    assert nnstudio.open(tmp_path / "a.nnstudio").open_test_set().samples == 30


def test_a_path_of_data_is_read_from_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points().write_csv(tmp_path / "points.csv")
    monkeypatch.chdir(tmp_path)
    project = nnstudio.new("points.csv", target="side", layers=LAYERS.split(","), epochs=2)
    assert project.value.data.source == str(tmp_path / "points.csv")
    with pytest.warns(nnstudio.Remark, match="open the test set"):
        answers = project.train().predict(Path("points.csv"))
    assert answers.shape[0] == 120


def test_arrays_are_taken_by_their_places() -> None:
    frame = points()
    samples, targets = frame.select("x", "y").to_numpy(), frame["side"].to_numpy()
    project = nnstudio.new((torch.tensor(samples), targets), layers=LAYERS, epochs=3)
    run = project.train()
    by_name = run.predict(polars.DataFrame({"x2": samples[:4, 1], "x1": samples[:4, 0]}))
    by_place = run.predict(samples[:4]).to_native()
    assert_frame_equal(by_name.select("prediction", "p(left)"), by_place.select("prediction", "p(left)"))


def test_an_array_of_objects_has_columns_of_numbers_and_of_words() -> None:
    """As a data frame of pandas gives its values where one of its columns is of words."""
    frame = points(40).with_columns(polars.when(polars.col("x") < 1).then("x"))
    samples, targets = np.array(frame.select("x", "y", "word").rows(), dtype=object), frame["side"].to_numpy()
    run = nnstudio.new((samples, targets.astype(object)), layers="dense:out", epochs=1).train()
    assert [column.kind for column in run.preparation.columns] == ["number", "number", "category"]
    by_name = run.predict(frame.rename({"x": "x1", "y": "x2", "word": "x3"}))
    assert_frame_equal(by_name.select("p(left)"), run.predict(samples).to_native().select("p(left)"))


def test_objects_are_classes_of_yes_and_no_and_numbers_of_databases() -> None:
    samples = np.array([[Decimal(number) / 7, number % 3 == 0] for number in range(40)], dtype=object)
    targets = np.array([True, False] * 20, dtype=object)
    run = nnstudio.new((samples, targets), layers="dense:out", epochs=1).train()
    assert run.preparation.classes == ("false", "true")  # as in an array of booleans
    assert [column.kind for column in run.preparation.columns] == ["number", "number"]


def test_tensors_of_bfloat16_are_numbers_too() -> None:
    samples = torch.randn(40, 2).bfloat16()
    run = nnstudio.new((samples, samples[:, 0] > 0), layers="dense:out", epochs=1).train()
    assert torch.equal(run.prepare(samples), run.prepare(samples.float()))


def test_pictures_are_arrays_of_more_axes() -> None:
    drawn = np.random.default_rng(0)
    pictures = drawn.random((60, 1, 6, 6))
    project = nnstudio.new((pictures, drawn.integers(0, 2, 60)), layers="conv:2,flatten,dense:out", epochs=1)
    run = project.train()
    assert run.prepare(pictures[:3]).shape == (3, 1, 6, 6)
    assert run.predict(pictures[:3]).shape[0] == 3


@pytest.mark.parametrize("library", ["pandas", "pyarrow", "polars"])
def test_answers_come_in_the_library_that_the_rows_came_in(library: str) -> None:
    module = pytest.importorskip(library, reason=f"{library} is not installed here, and no dependency")
    values = points().to_dict(as_series=False)
    frame = module.table(values) if library == "pyarrow" else module.DataFrame(values)
    run = nnstudio.new(frame, target="side", layers=LAYERS, epochs=2).train()
    answers = run.predict(frame[:20])
    assert type(answers) is type(frame)
    told = answers["prediction"]
    told = told.to_pylist() if library == "pyarrow" else told.to_list()
    assert told == run.predict(points()[:20])["prediction"].to_list()


def test_rows_keep_the_index_that_pandas_gave_them() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed here, and no dependency")
    frame = pandas.DataFrame(points().to_dict(as_series=False), index=range(1000, 1120))
    run = nnstudio.new(frame, target="side", layers=LAYERS, epochs=1).train()
    assert run.predict(frame[frame["x"] > 0]).index.to_list() == frame[frame["x"] > 0].index.to_list()


def test_a_frame_of_narwhals_gives_one_back(project: nnstudio.Project) -> None:
    import narwhals.stable.v2 as nw

    frame = nw.from_native(points(3), eager_only=True)
    assert isinstance(project.train().predict(frame), nw.DataFrame)


# --- the seal -------------------------------------------------------------------------------------------------------


def test_the_test_set_is_opened_on_purpose_and_that_is_in_the_file(project: nnstudio.Project, tmp_path: Path) -> None:
    run = project.train()
    with pytest.raises(nnstudio.UserError, match="sealed"):
        run.evaluate("test")
    with pytest.raises(nnstudio.UserError, match="Save the project first"):
        run.open_test_set()
    path = project.save(tmp_path / "a.nnstudio")
    result = run.open_test_set(expect="about 90 %")
    assert result.accuracy is not None and result.low <= result.accuracy <= result.high
    (opening,) = nnstudio.open(path).openings
    assert (opening.expected, opening.run, opening.result) == ("about 90 %", run.id, result)
    assert project.openings == (opening,)


def test_an_opening_stays_whatever_an_older_value_is_saved(project: nnstudio.Project, tmp_path: Path) -> None:
    project.train()
    path = project.save(tmp_path / "a.nnstudio")
    nnstudio.open(path).open_test_set()
    project.save()
    assert len(nnstudio.open(path).openings) == 1


def test_a_lifted_seal_lets_the_test_part_be_looked_at(project: nnstudio.Project, tmp_path: Path) -> None:
    project.train()
    path = project.save(tmp_path / "a.nnstudio")
    assert main(["seal", str(path), "--lift"]) == 0
    opened = nnstudio.open(path)
    assert opened.evaluate("test").samples == opened.open_test_set().samples == 24
    assert not opened.openings


def test_where_the_opening_cannot_be_written_no_number_is_told(project: nnstudio.Project, tmp_path: Path) -> None:
    project.train()
    path = project.save(tmp_path / "a.nnstudio")
    path.unlink()
    path.mkdir()
    with pytest.raises(nnstudio.UserError):
        project.open_test_set()
    assert not project.openings


# --- what is wrong is told in words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (3, "is no table"),
        (points().lazy(), "collect"),
        (points()["x"], "is no table"),
        ((np.zeros((4, 2)), np.zeros(3)), "must be as many"),
        ((np.zeros(4), np.zeros(4)), "must be as many"),
        ((np.zeros((4, 2)),), "is no table"),
        (points(0), "no rows"),
        ((np.random.default_rng(0).random((60_000, 12)), np.arange(60_000)), "give the path"),
        ("nowhere.csv", "does not exist"),
    ],
    ids=["number", "lazy", "series", "lengths", "axes", "single", "empty", "large", "missing"],
)
def test_data_that_cannot_be_used_is_refused_in_words(data: Any, words: str) -> None:
    with pytest.raises(nnstudio.UserError, match=words):
        nnstudio.new(data, layers=LAYERS)


def test_a_setting_that_is_none_or_out_of_range_leaves_the_project_as_it_was(project: nnstudio.Project) -> None:
    before = project.value
    for wrong in ({"lr": 0.1}, {"epochs": 0}, {"learning_rate": "fast"}, {"data": {"validation": 1.0}}):
        with pytest.raises(nnstudio.UserError):
            project.train(**wrong)  # type: ignore[arg-type]
    assert project.value is before


def test_a_project_without_a_run_says_what_to_do(project: nnstudio.Project, tmp_path: Path) -> None:
    assert project.runs == ()
    with pytest.raises(nnstudio.UserError, match=r"project\.train\(\)"):
        project.predict(points(2))
    with pytest.raises(nnstudio.UserError, match="Give a path"):
        project.save()
    with pytest.raises(nnstudio.UserError, match="nnstudio"):
        project.save(tmp_path / "a.zip")
    with pytest.raises(nnstudio.UserError, match="no part"):
        project.train().evaluate("dev")


def test_errors_speak_spanish_where_that_is_chosen() -> None:
    use_language("es")
    try:
        with pytest.raises(nnstudio.UserError, match="no es una tabla"):
            nnstudio.new(3, layers=LAYERS)  # type: ignore[arg-type]
    finally:
        use_language("en")


def test_a_remark_names_the_line_that_asked_for_it(project: nnstudio.Project) -> None:
    run = project.train()
    with pytest.warns(nnstudio.Remark) as caught:
        run.predict(points())
    assert [Path(one.filename).name for one in caught] == [Path(__file__).name]


def test_data_outside_the_folder_is_read_only_where_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "allowed_data_file", lambda: tmp_path / "settings" / "allowed.json")
    points().write_csv(tmp_path / "points.csv")
    (tmp_path / "in").mkdir()
    project = nnstudio.new(tmp_path / "points.csv", target="side", layers=LAYERS, epochs=1)
    path = project.save(tmp_path / "in" / "a.nnstudio")
    (tmp_path / "settings" / "allowed.json").unlink()
    small = without_copies(path)
    with pytest.raises(nnstudio.UserError, match="allow_data"):
        nnstudio.open(small).train()
    assert nnstudio.open(small, allow_data=True).train().epochs == 1


def without_copies(path: Path) -> Path:
    """The project without the files of data that are kept in it."""
    from msgspec.structs import replace

    from nnstudio.project.archive import open_project, save

    project = open_project(path)
    save(replace(project, files=tuple(replace(file, content=b"") for file in project.files)), path)
    return path


# --- what it is to be a library -------------------------------------------------------------------------------------


def test_importing_is_cheap_and_opening_brings_no_torch() -> None:
    code = (
        "import sys, nnstudio\n"
        "heavy = {'torch', 'PySide6', 'polars', 'msgspec', 'narwhals', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        f"project = nnstudio.open({str(paths.examples() / 'iris.nnstudio')!r})\n"
        "project.runs, project.problems, nnstudio.UserError\n"
        "assert not {'torch', 'PySide6'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_all_public_names_are_there_and_no_others() -> None:
    assert all(getattr(nnstudio, name) is not None for name in nnstudio.__all__)
    assert set(nnstudio.__all__) <= set(dir(nnstudio))
    assert (Path(nnstudio.__file__).parent / "py.typed").exists()
    with pytest.raises(AttributeError):
        nnstudio.opne  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("name", ["__init__", "project", "run", "training", "frames", "remarks", "state"])
def test_the_examples_in_the_documentation_are_true(name: str) -> None:
    module = importlib.import_module(f"nnstudio.library.{name}".removesuffix(".__init__"))
    found = doctest.testmod(module)
    assert found.failed == 0
    assert found.attempted or name in ("training", "frames", "remarks", "state")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_cell_by_cell(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cells and notebook["nbformat"] == 4
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        assert cell["outputs"] == [] and cell["execution_count"] is None
        exec(compile("".join(cell["source"]), str(path), "exec"), namespace)  # noqa: S102


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS
