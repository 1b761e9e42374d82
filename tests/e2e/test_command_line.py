"""The command line as programs outside use it: every verb, its JSON, its exit status, and what bad input is told."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from nnstudio import paths, qt_libraries
from nnstudio.cli import machine
from nnstudio.cli.main import main
from nnstudio.project import edits
from nnstudio.project.archive import open_project, save
from nnstudio.project.model import Link
from tests.patience import PATIENCE

EXAMPLES = [path.name for path in sorted(paths.examples().glob("*.nnstudio"))]


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:  # type: ignore[type-arg]
    """The one JSON object a verb prints."""
    status = main([*map(str, arguments), "--json"])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    assert printed.out.count("\n") == 1
    return json.loads(printed.out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a mistake is told; its exit status is 2, it is one line, and it is no traceback."""
    status = main([*map(str, arguments)])
    printed = capsys.readouterr()
    assert status == 2 and printed.err.startswith("nnstudio: error: ") and printed.out == ""
    assert printed.err.count("\n") == 1 and "Traceback" not in printed.err
    return printed.err


@pytest.fixture
def iris(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "iris.nnstudio"
    answer(
        capsys,
        "new",
        path,
        "--data",
        "builtin:iris",
        "--layers",
        "dense:8,tanh,dense:out",
        "--set",
        "training.epochs=15",
        "--set",
        "training.learning_rate=0.02",
    )
    return path


def test_the_whole_way_on_the_command_line(iris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    info = answer(capsys, "info", iris)
    assert [layer["type"] for layer in info["layers"]] == ["input", "dense", "tanh", "dense", "output"]
    assert [layer["output_shape"] for layer in info["layers"]] == [[4], [8], [8], [3], [3]]
    assert info["parameters"] == 67 and info["problems"] == [] and info["runs"] == []

    trained = answer(capsys, "train", iris, "--out", tmp_path / "out.nnstudio", "--seed", 3)
    assert open_project(iris).runs == ()
    assert trained["stop_reason"] in ("epochs", "patience") and trained["device"] == "cpu"
    history = trained["history"]
    assert history["epoch"] == list(range(1, trained["epochs_run"] + 1))
    assert min(history["validation_loss"]) == history["validation_loss"][trained["best_epoch"] - 1]
    assert {"run", "parameters", "seconds", "samples_per_second"} <= set(trained)
    assert all(len(values) == trained["epochs_run"] for values in history.values())

    out = tmp_path / "out.nnstudio"
    evaluated = answer(capsys, "evaluate", out, "--split", "test")
    assert evaluated["samples"] == 30 == sum(map(sum, evaluated["confusion"]))
    assert evaluated["error"] == pytest.approx(1 - evaluated["accuracy"])
    recalls = [row[number] / sum(row) for number, row in enumerate(evaluated["confusion"])]
    assert evaluated["balanced_accuracy"] == pytest.approx(sum(recalls) / 3)
    validation = answer(capsys, "evaluate", out)
    assert validation["loss"] == pytest.approx(min(history["validation_loss"]), rel=1e-6)

    predicted = answer(capsys, "predict", out, "builtin:iris", "-o", tmp_path / "p.csv")
    assert predicted["samples"] == 150 == len((tmp_path / "p.csv").read_text().splitlines()) - 1
    assert (tmp_path / "p.csv").read_text().startswith("prediction,p(setosa),p(versicolor),p(virginica)")

    kinds = ("pytorch", "n.py"), ("safetensors", "n.st"), ("csv", "n.csv"), ("onnx", "n.onnx"), ("pt2", "n.pt2")
    for kind, name in (*kinds, ("tensorboard", "curves")):
        files = answer(capsys, "export", out, "--to", kind, "-o", tmp_path / name)["files"]
        assert all(Path(file).stat().st_size > 0 for file in files)


def test_weights_of_a_plain_network_become_a_run_that_can_be_used(
    iris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    torch.save(network.state_dict() | {"extra": torch.ones(2)}, tmp_path / "theirs.pt")
    given = answer(capsys, "import-weights", iris, tmp_path / "theirs.pt", "--out", tmp_path / "a.nnstudio")
    assert open_project(iris).runs == () and given["run"] == "run-1" and given["missing"] == {}
    assert {(one["source"], one["name"], one["by"]) for one in given["fitted"]} == {
        ("0.weight", "dense_1.weight", "order"),
        ("0.bias", "dense_1.bias", "order"),
        ("2.weight", "dense_2.weight", "order"),
        ("2.bias", "dense_2.bias", "order"),
    }
    assert given["unused"] == {"extra": [2]} and "extra (2)" in given["message"]
    assert main(["import-weights", str(tmp_path / "a.nnstudio"), str(tmp_path / "theirs.pt")]) == 0
    printed = capsys.readouterr().out
    assert "0.weight → dense_1.weight" in printed and "run 2" in printed and "extra (2)" in printed

    out = tmp_path / "a.nnstudio"
    assert answer(capsys, "evaluate", out)["samples"] == 30
    assert answer(capsys, "predict", out, "builtin:iris", "-o", tmp_path / "p.csv")["samples"] == 150
    assert main(["info", str(out)]) == 0
    assert "weights from a file, not trained here" in capsys.readouterr().out
    (tmp_path / "bad.pt").write_bytes(b"something else")
    assert "could run as a program" in refused(capsys, "import-weights", out, tmp_path / "bad.pt")
    assert "does not exist" in refused(capsys, "import-weights", tmp_path / "gone.nnstudio", tmp_path / "theirs.pt")


def test_a_value_has_r_squared_and_no_accuracy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.nnstudio"
    answer(capsys, "new", path, "--data", "builtin:diabetes", "--layers", "dense:16,relu,dense:out")
    trained = answer(capsys, "train", path, "--epochs", 30)
    assert set(trained["history"]) == {"epoch", "train_loss", "validation_loss"}
    evaluated = answer(capsys, "evaluate", path, "--split", "test")
    assert evaluated["r2"] > 0.2 and "accuracy" not in evaluated


def test_before_other_words_the_option_of_the_window_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--new-window", "--help"]) == 0
    assert "--new-window" in capsys.readouterr().out
    assert main(["--new-window", "new", str(tmp_path / "p.nnstudio"), "--example", "symmetry_1986"]) == 0
    assert (tmp_path / "p.nnstudio").exists()


def test_people_get_text(iris: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(iris)]) == 0
    assert main(["info", str(iris)]) == 0
    assert main(["evaluate", str(iris), "--split", "test"]) == 0
    printed = capsys.readouterr().out
    assert "Lowest validation loss" in printed and "67 parameters in all" in printed and "Confusion matrix" in printed
    assert "balanced accuracy" in printed
    assert main(["train", str(iris), "--set", "training.monitor=validation_balanced_accuracy"]) == 0
    printed = capsys.readouterr().out
    assert "Highest balanced validation accuracy in epoch" in printed
    assert "Balanced validation accuracy there: " in printed


def test_columns_that_are_no_inputs_are_said_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"A{n},{n * 7 % 61},{'xy'[n % 2]}\n" for n in range(40))
    (tmp_path / "table.csv").write_text("code,a,y\n" + rows)
    made = ["new", str(tmp_path / "p.nnstudio"), "--data", str(tmp_path / "table.csv"), "--layers", "dense:out"]
    assert main(made) == 0
    said = "Left out, since they only number the rows: code (It is different in every row)."
    assert said in capsys.readouterr().out


def test_several_targets_have_an_accuracy_and_no_confusion_matrix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f.nnstudio"
    answer(capsys, "new", path, "--data", "builtin:family_trees", "--layers", "dense:24")
    answer(capsys, "train", path, "--epochs", 2)
    assert main(["evaluate", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "accuracy" in printed and "balanced" not in printed and "Confusion matrix" not in printed


def test_new_rows_without_the_target_and_without_names_are_predicted(
    iris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "train", iris)
    (tmp_path / "new.csv").write_text("5.1,3.5,1.4,0.2\n6.7,3.0,5.2,2.3\n")
    answer(capsys, "predict", iris, tmp_path / "new.csv", "-o", tmp_path / "p.csv")
    lines = (tmp_path / "p.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["prediction", "setosa", "virginica"]


def test_mistakes_are_told_in_one_line_and_leave_the_output_alone(
    iris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.csv").write_text("")
    out = tmp_path / "keep.nnstudio"
    out.write_bytes(b"precious")
    new = ["new", out, "--layers", "dense:4,dense:out", "--data"]
    assert "does not exist" in refused(capsys, *new, tmp_path / "none.csv")
    assert "is empty" in refused(capsys, *new, tmp_path / "empty.csv")
    assert "no column “colour”" in refused(capsys, *new, "builtin:iris", "--target", "colour")
    iris_data = ["--data", "builtin:iris", "--layers"]
    assert "Unknown layer type “lambda”" in refused(capsys, "new", out, *iris_data, "lambda,dense:out")
    assert "Units must be a whole number from 1" in refused(capsys, "new", out, *iris_data, "dense:0")
    assert "3 classes" in refused(capsys, "new", out, *iris_data, "dense:4")
    assert "120 %" in refused(
        capsys, "new", out, *iris_data, "dense:out", "--set", "data.validation=0.6", "--set", "data.test=0.6"
    )
    assert "Unknown setting “training.lr”" in refused(
        capsys, "new", out, *iris_data, "dense:out", "--set", "training.lr=1"
    )
    for value in ("nan", "inf", "0", "-1", "", "1e-3x"):
        assert "Learning rate must be a number above 0 and at most 10" in refused(
            capsys, "train", iris, "--out", out, "--set", f"training.learning_rate={value}"
        )
    assert "Epochs must be" in refused(capsys, "train", iris, "--out", out, "--epochs", "1.5")
    assert "Seed must be" in refused(capsys, "train", iris, "--out", out, "--seed", 2**64)
    assert "“cuda:7” is not on this machine" in refused(capsys, "train", iris, "--out", out, "--device", "cuda:7")
    assert "not an nnstudio project" in refused(capsys, "train", tmp_path / "keep.nnstudio", "--out", out)
    assert "no trained run" in refused(capsys, "evaluate", iris)
    assert "is not a verb" in refused(capsys, "trian", iris)
    assert "--data" in refused(capsys, "new", out, "--layers", "relu")
    assert out.read_bytes() == b"precious"


def test_a_loose_layer_is_a_mistake(iris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, _id = edits.add_layer(open_project(iris), "dense")
    save(project, iris)
    assert "“Dense 3” is loose" in refused(capsys, "train", iris, "--out", tmp_path / "out.nnstudio")
    save(edits.remove(project, ["dense_3"], [Link("dense_1", "tanh_1")]), iris)
    assert "leads nowhere" in refused(capsys, "train", iris, "--out", tmp_path / "out.nnstudio")
    assert not (tmp_path / "out.nnstudio").exists()


def test_a_mistake_with_json_is_one_object_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "none.nnstudio", "--json"]) == 2
    assert "does not exist" in json.loads(capsys.readouterr().out)["error"]


def test_a_project_opens_again_whose_training_could_not_be_validated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The weights of an epoch are kept for which the curve has no point."""
    path = tmp_path / "x.nnstudio"
    answer(capsys, "new", path, "--data", "builtin:diabetes", "--layers", "dense:4,relu,dense:out")
    settings = "training.optimizer=sgd", "training.learning_rate=0.78"
    assert main(["train", str(path), *(word for one in settings for word in ("--set", one))]) == 3
    assert "the validation loss is not a number" in capsys.readouterr().err
    assert len(answer(capsys, "info", path)["runs"]) == 1


def test_divergence_has_its_own_status_and_keeps_sound_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "d.nnstudio"
    answer(
        capsys,
        "new",
        path,
        "--data",
        "builtin:diabetes",
        "--layers",
        "dense:64,relu,dense:64,relu,dense:1",
        "--set",
        "data.standardize=false",
        "--set",
        "training.optimizer=sgd",
        "--set",
        "training.learning_rate=1",
    )
    assert main(["train", str(path), "--json"]) == 3
    printed = capsys.readouterr()
    assert json.loads(printed.out)["stop_reason"] == "diverged" and "lower learning rate" in printed.err
    assert answer(capsys, "evaluate", path)["loss"] > 0


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a POSIX signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_keeps_what_was_trained(iris: Path, number: signal.Signals) -> None:
    command = [
        sys.executable,
        "-m",
        "nnstudio",
        "train",
        str(iris),
        "--epochs",
        "100000",
        "--progress",
        "--set",
        "training.patience=0",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stderr is not None
    seen = b""
    deadline = time.monotonic() + PATIENCE
    while b"validation" not in seen and time.monotonic() < deadline:
        seen += os.read(process.stderr.fileno(), 1000)
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number
    run = open_project(iris).runs[-1]
    assert run.stop_reason == "user" and run.epochs_run > 0 and run.best_epoch == run.weights_epoch


def test_doctor_and_self_test_find_this_machine_sound(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "nnstudio")  # as in an installed program, which is no Python
    found = answer(capsys, "doctor")
    assert found["missing"] == [] and "cpu" in found["devices"]
    assert answer(capsys, "self-test")["passed"]


def test_doctor_says_what_root_must_type(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qt_libraries, "missing_packages", lambda: ["libegl1"])
    monkeypatch.setattr(machine, "can_run_polars", lambda: False)
    assert main(["doctor"]) == 2
    said = capsys.readouterr().out.splitlines()
    assert 'Missing; type this: pip install "polars[rtcompat]"' in said
    assert [one for one in said if one.startswith("Missing; type this, as root: ") and one.endswith(" libegl1")] != []


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_opens_without_problems_and_learns(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = paths.examples() / name
    assert answer(capsys, "info", example)["problems"] == []
    trained = answer(capsys, "train", example, "--out", tmp_path / name, "--epochs", 25)
    losses = trained["history"]["validation_loss"]
    assert min(losses) < 0.9 * losses[0]


def test_the_overfitting_example_overfits_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trained = answer(capsys, "train", paths.examples() / "overfitting.nnstudio", "--out", tmp_path / "o.nnstudio")
    validation, training = trained["history"]["validation_loss"], trained["history"]["train_loss"]
    assert trained["best_epoch"] < 0.3 * trained["epochs_run"]
    assert validation[-1] > 1.8 * min(validation) and training[-1] < 0.3 * training[trained["best_epoch"] - 1]


def test_playgrounds_default_has_its_parameters_and_learns_the_circle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reached = []
    for seed in range(5):
        path = tmp_path / f"{seed}.nnstudio"
        settings = (
            "data.validation=0.5 data.test=0 data.standardize=false training.loss=half_mse training.optimizer=sgd "
            "training.learning_rate=0.03 training.batch_size=10 training.initialization=uniform training.patience=0 "
            "training.initialization_scale=0.5 training.bias_initialization=0.1 training.shuffle=once "
            "training.epochs=150"
        )
        words = [word for setting in settings.split() for word in ("--set", setting)]
        made = answer(
            capsys,
            "new",
            path,
            "--data",
            f"toy:circle?seed={seed}",
            "--layers",
            "dense:4,tanh,dense:2,tanh,dense:1,tanh",
            *words,
        )
        assert made["parameters"] == 25
        losses = answer(capsys, "train", path, "--seed", seed)["history"]["validation_loss"]
        reached.append(next((epoch for epoch, loss in enumerate(losses, 1) if loss < 0.05), 999))
    assert 30 <= sorted(reached)[2] <= 80


def test_points_drawn_are_learnt_and_what_is_none_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "drawn.nnstudio"
    corners = ((-3, -3, 0), (3, 3, 0), (-3, 3, 1), (3, -3, 1))
    drawn = ";".join(f"{x + step / 10:g} {y - step / 20:g} {label}" for step in range(20) for x, y, label in corners)
    layers = "--layers", "dense:8,tanh,dense:out"
    words = refused(capsys, "new", path, "--data", "drawn", *layers)
    assert "Draw points of two classes" in words
    words = refused(capsys, "new", path, "--data", "toy:xor", "--set", "data.points=1 2", *layers)
    assert "Drawn point 1 is “1 2”" in words and not path.exists()
    made = answer(capsys, "new", path, "--data", "drawn", "--set", f"data.points={drawn}", *layers)
    assert made["data"]["classes"] == ["0", "1"] and made["data"]["points"] == drawn and made["data"]["rows"] == 80
    trained = answer(capsys, "train", path, "--set", "training.learning_rate=0.05", "--epochs", 60, "--seed", 1)
    assert trained["epochs_run"] > 5
    assert answer(capsys, "evaluate", path, "--split", "test")["accuracy"] == 1.0


def test_the_zip_code_digits_are_read_with_few_errors(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "zip.nnstudio"
    answer(
        capsys,
        "new",
        path,
        "--data",
        shared_data / "zip.train.gz",
        "--target",
        1,
        "--test",
        shared_data / "zip.test.gz",
        "--set",
        "data.standardize=false",
        "--layers",
        "dense:128,relu,dropout:0.3,dense:64,relu,dropout:0.3,dense:out",
    )
    trained = answer(capsys, "train", path)
    assert trained["seconds"] < 60
    assert answer(capsys, "evaluate", path, "--split", "test")["error"] <= 0.07


def test_no_output_replaces_what_it_is_made_from_or_what_is_no_file(
    iris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "train", iris, "--epochs", 2)
    table = tmp_path / "rows.csv"
    table.write_text("a,b,c,d\n1,2,3,4\n5,6,7,8\n")
    assert "made from" in refused(capsys, "predict", iris, table, "-o", table)
    assert "made from" in refused(capsys, "predict", iris, table, "-o", iris)
    assert "made from" in refused(capsys, "export", iris, "--to", "csv", "-o", iris)
    if os.name == "posix":
        os.mkfifo(tmp_path / "pipe")
        assert "not a plain file" in refused(capsys, "train", iris, "--out", tmp_path / "pipe")
    assert "cannot be used as a file name" in refused(capsys, "train", iris, "--out", tmp_path / ("x" * 300))
    assert table.read_text().startswith("a,b,c,d") and open_project(iris).runs


def test_a_network_without_weights_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = refused(capsys, "new", tmp_path / "a.nnstudio", "--data", "toy:circle", "--layers", "relu")
    assert "nothing to learn" in words


@pytest.mark.skipif(os.name != "posix", reason="a pipe that closes early is POSIX's")
def test_a_reader_that_has_enough_is_no_error(iris: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m nnstudio info {iris} --json | head -c 1; exit ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr == ""


def test_too_large_a_batch_is_told_with_one_that_fits(
    iris: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.training.memory.free", lambda device: 30_000)
    before = iris.read_bytes()
    told = refused(capsys, "train", iris, "--set", "training.batch_size=90")
    assert "Take it with --set training.batch_size=45." in told and iris.read_bytes() == before
    assert answer(capsys, "train", iris, "--set", "training.batch_size=45")["epochs_run"] == 15


def test_a_device_that_the_plan_names_and_is_missing_is_said_and_the_cpu_used(
    iris: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(edits.set_training(open_project(iris), device="cuda:7", epochs=1), iris)
    assert main(["train", str(iris), "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["device"] == "cpu"
    assert "“cuda:7” is not on this machine; the CPU is used" in printed.err


def test_an_output_that_cannot_be_written_is_told_before_training(
    iris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_file(**_place: object) -> None:
        raise PermissionError(13, "closed")

    monkeypatch.setattr("nnstudio.project.files.tempfile.TemporaryFile", no_file)
    monkeypatch.setattr("nnstudio.cli.verbs.run_training", lambda *_given: pytest.fail("it was trained"))
    assert "permission" in refused(capsys, "train", iris, "--out", tmp_path / "out.nnstudio")


@pytest.mark.parametrize(
    "name",
    ["torch.py", "csv.py", "numpy.py", "Math.py", "pathlib.py", "random.py", "typing_extensions.py", "torchgen.py"],
)
def test_a_script_that_would_hide_what_it_imports_is_refused(
    name: str, iris: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "train", iris, "--epochs", "2")
    assert "would hide the module" in refused(capsys, "export", iris, "--to", "pytorch", "-o", tmp_path / name)
    assert not (tmp_path / name).exists()
