"""The tables that come with the program are scikit-learn's, value for value; an old processor is told what it lacks."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets

from nnstudio.data import processor
from nnstudio.data.sources import BUILTINS, read_source
from nnstudio.data.toys import moons
from nnstudio.text import UserError


@pytest.mark.parametrize("name", [name for name in BUILTINS if hasattr(datasets, f"load_{name}")])
def test_a_builtin_table_is_scikit_learns(name: str) -> None:
    raw = read_source(f"builtin:{name}")
    bunch = datasets.load_diabetes(scaled=False) if name == "diabetes" else getattr(datasets, f"load_{name}")()
    *inputs, target = raw.columns.columns
    assert target == raw.target and inputs == [str(one) for one in bunch.feature_names]
    assert np.array_equal(raw.columns.select(inputs).to_numpy(), bunch.data)
    words = np.asarray(getattr(bunch, "target_names", []))
    expected = words[bunch.target] if words.dtype.kind in "US" else bunch.target
    assert raw.columns[target].to_list() == expected.tolist()


def test_the_moons_are_scikit_learns() -> None:
    for samples, noise in ((2, 0.0), (101, 0.1), (500, 0.4)):
        seed = int(np.random.default_rng(3).integers(2**31))
        points, labels = datasets.make_moons(samples, noise=noise, random_state=seed, shuffle=False)
        ours, signs = moons(samples, noise, np.random.default_rng(3))
        assert np.array_equal(ours, points) and np.array_equal(signs, 2.0 * labels - 1)


def test_the_program_does_without_scikit_learn(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "from nnstudio.cli.main import main\n"
        "for data in ('toy:moons', 'builtin:wine'):\n"
        "    file = sys.argv[1] + data.partition(':')[2] + '.nnstudio'\n"
        "    assert main(['new', file, '--data', data, '--layers', 'dense:2,tanh,dense:out']) == 0\n"
        "    assert main(['train', file, '--epochs', '1']) == 0\n"
    )
    done = subprocess.run([sys.executable, "-c", code, f"{tmp_path}/"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_processor_without_avx2_is_told_the_command_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor.platform, "machine", lambda: "AMD64")
    monkeypatch.setattr(processor, "has_avx2", lambda: False)
    with pytest.raises(UserError, match=r'pip install "polars\[rtcompat\]"'):
        read_source("builtin:iris")
    monkeypatch.setattr(processor.platform, "machine", lambda: "arm64")
    assert read_source("builtin:iris").target == "species"
