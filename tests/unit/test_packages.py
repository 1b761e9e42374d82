"""The command that adds a package must reach the Python that runs the program."""

import sys
from pathlib import Path

import pytest

from nnstudio.packages import adding


def test_where_pip_installed_the_program_pip_adds_a_package() -> None:
    assert adding("nnstudio[onnx]") == 'pip install "nnstudio[onnx]"'


def test_a_tool_of_uv_is_named_by_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "uv-receipt.toml").touch()  # uv keeps one in the Python of each tool
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert adding("nnstudio[onnx]") == f'uv pip install --python "{tmp_path}" "nnstudio[onnx]"'
