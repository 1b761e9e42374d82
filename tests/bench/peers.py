"""Samples a second of nnstudio beside its peers, each run a process of its own, in turn; the table goes to results/.

python3 packaging/develop.py bench peers [--rounds N] [--only WORK ...]
"""

import json
import platform
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from tests.bench.contenders import PEERS
from tests.bench.works import WORKS, Work, write_project

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = ROOT / ".venv-bench"
RESULTS = Path(__file__).parent / "results" / "peers.md"
PACKAGES = ["scikit-learn", "skorch", "lightning", "keras", "jax"]
LONGEST = 900


def main(rounds: int = 5, only: Sequence[str] = tuple(WORKS)) -> int:
    make_environment()
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        for name in only:
            speeds = compare(name, WORKS[name], Path(folder), rounds)
            tables.append(table(name, WORKS[name], speeds))
            print(tables[-1], flush=True)
    if set(only) == set(WORKS):
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(report(tables, rounds), encoding="utf-8")
    return 0


def make_environment() -> None:
    """The peers in an environment of their own: they are no dependencies of the program."""
    if ENVIRONMENT.exists():
        return
    venv.create(ENVIRONMENT, with_pip=True)
    constraints = ROOT / "packaging" / "constraints.txt"
    torch = next(line for line in constraints.read_text().splitlines() if line.startswith("torch=="))
    for packages in ([torch], ["-c", str(constraints), *PACKAGES]):
        subprocess.run([peer_python(), "-m", "pip", "install", "--quiet", *packages], check=True)


def peer_python() -> str:
    return str(ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))


def compare(name: str, work: Work, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Samples a second of every contender, a list of one for each round."""
    project = write_project(name, folder)
    data = project.with_suffix(".npz")
    ours = [sys.executable, "-m", "nnstudio", "train", str(project), "--json", "--out", str(folder / "out.nnstudio")]
    contenders = {"nnstudio": ours}
    script = str(Path(__file__).with_name("contenders.py"))
    contenders |= {peer: [peer_python(), script, peer, name, str(data)] for peer in PEERS}
    speeds: dict[str, list[float]] = {contender: [] for contender in contenders}
    for _round in range(rounds):
        for contender, command in contenders.items():
            done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, cwd=ROOT)
            if done.returncode:
                print(f"{contender} failed on {name}: {done.stderr[-500:]}", file=sys.stderr)
                continue
            speeds[contender].append(json.loads(done.stdout.splitlines()[-1])["samples_per_second"])
    return speeds


def table(name: str, work: Work, speeds: dict[str, list[float]]) -> str:
    """Medians and ranges, and nnstudio's median as a multiple of each."""
    ours = statistics.median(speeds["nnstudio"])
    lines = [
        f"## {name}",
        "",
        f"{work.rows:,} × {work.inputs}, {work.layers()}, {work.optimizer}, batch {work.batch}",
        "",
        "| contender | samples a second | range | nnstudio is |",
        "| --- | ---: | ---: | ---: |",
    ]
    for contender, values in speeds.items():
        if not values:
            lines.append(f"| {contender} | failed | | |")
            continue
        middle = statistics.median(values)
        lines.append(
            f"| {contender} | {middle:,.0f} | {min(values):,.0f} – {max(values):,.0f} | {ours / middle:.2f} × |"
        )
    return "\n".join([*lines, ""])


def report(tables: list[str], rounds: int) -> str:
    head = [
        "# Samples a second",
        "",
        f"Medians of {rounds} alternating runs, each a process of its own, a validation pass "
        "after every epoch, loading left out.",
        f"{platform.machine()}, Python {platform.python_version()}, `python3 packaging/develop.py bench peers`.",
        "",
    ]
    return "\n".join([*head, *tables])
