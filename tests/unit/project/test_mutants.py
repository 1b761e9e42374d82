"""A spoilt file opens as what it was or is refused in words, and runs nothing; the harness would catch a bad reader."""

import json
import subprocess
import sys

import pytest


def examined(count: int, seed: int = 0, reader: str = "sound") -> dict:  # type: ignore[type-arg]
    """What `tests.mutants` finds, in a process of its own."""
    command = [sys.executable, "-m", "tests.mutants", str(count), "--seed", str(seed), "--reader", reader]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict = json.loads(done.stdout)  # type: ignore[type-arg]
    assert found["count"] == count
    return found


@pytest.mark.parametrize("seed", [0, 1])
def test_no_spoilt_file_is_taken_for_another_or_does_anything(seed: int, request: pytest.FixtureRequest) -> None:
    found = examined(int(request.config.getoption("--mutants")) // 2, seed)
    assert found["wrong"] == [] and found["noted"] == []
    assert 0 < found["opened"] < found["count"]


@pytest.mark.parametrize(
    ("reader", "noticed"),
    [("unpickles", "pickle.find_class"), ("unlisted", "opened as another project"), ("extra", "does not belong")],
)
def test_a_bad_reader_would_be_caught(reader: str, noticed: str) -> None:
    found = examined(600, reader=reader)
    assert any(noticed in one for one in [*found["wrong"], *found["noted"]])
