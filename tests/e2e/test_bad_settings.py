"""Settings that cannot be are refused by the command line before anything is read or trained."""

from pathlib import Path

import pytest

from nnstudio.cli.main import main
from tests.bad_settings import LAYERS, SETTINGS, told


@pytest.mark.parametrize(("key", "text", "words"), SETTINGS)
def test_a_setting_is_refused_in_text(
    key: str, text: str, words: str, sound_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.nnstudio"
    assert main(["train", str(sound_file), "--out", str(out), "--set", f"{key}={text}"]) == 2
    assert capsys.readouterr().err == f"nnstudio: error: {told(text, words)}\n"
    assert not out.exists()


@pytest.mark.parametrize(("type", "parameter", "text", "words"), LAYERS)
def test_a_layer_is_refused_in_text(
    type: str, parameter: str, text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.nnstudio"
    for spec in (f"{type}:{text}", f"{type}:{parameter}={text}"):
        assert main(["new", str(out), "--data", "builtin:iris", "--layers", f"{spec},dense:out"]) == 2
        assert capsys.readouterr().err == f"nnstudio: error: “{spec}”: {told(text, words)}\n"
        assert not out.exists()


@pytest.mark.parametrize("size", [89, 1])
def test_batch_norm_is_named_where_a_batch_has_one_sample(
    size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "a.nnstudio"
    layers = "dense:8,batch_norm,tanh,dense:out"
    assert main(["new", str(project), "--data", "builtin:iris", "--layers", layers]) == 0
    capsys.readouterr()
    assert main(["train", str(project), "--set", f"training.batch_size={size}"]) == 2
    said = capsys.readouterr().err
    assert (
        f"“Batch norm 1” needs at least 2 samples in every batch, and with 90 training samples in batches of {size}"
        in said
    )
    assert "Choose another batch size." in said


def test_a_network_beyond_all_memory_is_refused_by_its_largest_layer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layers = "dense:1000000,dense:1000000,dense:out"
    assert main(["new", str(tmp_path / "a.nnstudio"), "--data", "builtin:iris", "--layers", layers]) == 2
    assert (
        "most of them in “Dense 2”; the limit is 500\u00a0000\u00a0000. Give it fewer units." in capsys.readouterr().err
    )
