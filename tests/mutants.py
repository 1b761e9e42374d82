"""Thousands of spoilt project files: each must open as the project it was, or be refused, and nothing else may happen.

python -m tests.mutants COUNT [--seed N] [--reader sound|unpickles|unlisted|extra]

Prints what was found as JSON. An audit hook notes whatever a file makes the program run, import, start or write; since
a hook can never be taken away, this is a process of its own.
"""

import argparse
import hashlib
import io
import json
import math
import pickle
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import safetensors.numpy
from msgspec.structs import replace

from nnstudio import paths
from nnstudio.data.dataset import load
from nnstudio.project import archive, container, edits
from nnstudio.project.archive import open_project, to_bytes
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFile, EpochMetrics, Project, Run
from nnstudio.project.preparation import ColumnPreparation, Preparation
from nnstudio.project.weights import tensor_shapes
from nnstudio.text import UserError

WATCHED = (
    "exec", "compile", "import", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork",
    "socket.__new__", "socket.connect", "pickle.find_class", "ctypes.dlopen", "code.__new__", "marshal.loads",
)  # fmt: skip
MOST_GROWTH = 200 * 2**20
PICKLE = pickle.dumps(print)

Reader = Callable[[Path], Project]


def seeds() -> list[Project]:
    """Ten projects: every example with a run, and small networks of every kind of layer."""
    layers = (
        "dense:4,relu,dense:out",
        "dense:8,batch_norm,tanh,dropout:0.5,dense:out",
        "dense:3,layer_norm,sigmoid,dense:out",
        "dense:out",
        "dense:16,softplus,dense:16,elu,dense:out,softmax",
    )
    found = [open_project(path) for path in sorted(paths.examples().glob("*.nnstudio"))]
    base = edits.set_data(Project(), source="builtin:iris")
    facts = load(base.data).facts
    for stack in layers:
        found.append(with_stack(edits.set_facts(base, base.data, facts), stack, facts))
    return [with_run(project, number) for number, project in enumerate(found)]


def columns_of(shape: tuple[int, ...]) -> tuple[ColumnPreparation, ...]:
    """A column of numbers for each place of a sample."""
    return tuple(ColumnPreparation(f"x{place}", "number") for place in range(math.prod(shape)))


def with_run(project: Project, number: int) -> Project:
    """The project with a run of so many epochs and weights that fit."""
    shape = project.facts.sample_shape if project.facts else (4,)
    random = np.random.default_rng(number)
    weights = {
        name: random.normal(size=size).astype(np.float32)
        for name, size in tensor_shapes(project.network, shape).items()
    }
    values = tuple(random.random(number + 1).tolist())
    run = Run(
        "run-1", "2026-01-01T00:00:00+00:00", project.network, project.data, project.training,
        Preparation(columns_of(shape), shape, "class", "t", ("a", "b")),
        "epochs", number + 1, 1, number + 1, "cpu", 1, 1.0, 1.0,
        history=EpochMetrics(tuple(range(1, number + 2)), values, values), weights=safetensors.numpy.save(weights),
        checkpoint=b"whatever this is" * number,
        snapshots=safetensors.numpy.save(
            {name: np.stack([one, one]) for name, one in weights.items()} | {"epochs": np.array([0, number + 1])}
        ),
    )  # fmt: skip
    table = b"x,y\n1,2\n" * number
    files = (DataFile(f"/nowhere/{number}.csv", hashlib.sha256(table).hexdigest(), len(table), table),)
    data = replace(project.data, test_source=files[0].source)
    return replace(project, data=data, runs=(run,), files=files)


# --- how files are spoilt -------------------------------------------------------------------------------------------


def bits(content: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _number in range(chance.choice((1, 1, 1, 3, 20))):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def cut(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] if chance.random() < 0.5 else content[:start] + content[start + chance.randrange(1, 200) :]


def insert(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.randbytes(chance.choice((1, 4, 100))) + content[place:]


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def rebuilt(content: bytes, chance: random.Random) -> bytes:
    """A member spoilt, and the archive's own checksums made right again."""
    members = members_of(content)
    name = chance.choice(list(members))
    members[name] = chance.choice((bits, cut, insert))(members[name], chance)
    return container.pack(members)


def places_in(value: object) -> list[tuple[object, object]]:
    """Every container with every key or index in it, at any depth."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[tuple[object, object]] = []
    for key, inner in items:
        found += [(value, key), *places_in(inner)]
    return found


def edited(content: bytes, chance: random.Random) -> bytes:
    """An edit of the description that is still JSON."""
    members = members_of(content)
    description = json.loads(members["project.json"])
    holder, key = chance.choice(places_in(description))
    values = (None, True, -1, 0, 10**30, 1e308, "", "x" * 5000, [], {}, "../../evil", "os.system", [[[]]], 99)
    if chance.random() < 0.3:
        del holder[key]  # type: ignore[attr-defined]
    else:
        holder[key] = chance.choice(values)  # type: ignore[index]
    return container.pack(members | {"project.json": json.dumps(description).encode()})


def reheaded(content: bytes, chance: random.Random) -> bytes:
    """The header of the weights edited, and its length made right again."""
    members = members_of(content)
    name = next((one for one in members if one.endswith("safetensors")), "")
    weights = members[name]
    length = int.from_bytes(weights[:8], "little")
    header = json.loads(weights[8 : 8 + length])
    holder, key = chance.choice(places_in(header))
    holder[key] = chance.choice((0, -1, [1], [2**40], "F64", "", {}, [0, 2**62], None))  # type: ignore[index]
    spoilt = json.dumps(header).encode()
    return container.pack(members | {name: len(spoilt).to_bytes(8, "little") + spoilt + weights[8 + length :]})


def extended(content: bytes, chance: random.Random) -> bytes:
    """A member more, of any name."""
    names = ("run.pkl", "../../evil", "/etc/evil", "runs/run-9/weights.pt", "data/x", "archive/data.pkl", "__init__.py")
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as opened:
        opened.writestr(chance.choice(names), PICKLE)
    return buffer.getvalue()


WAYS = (bits, cut, insert, rebuilt, edited, reheaded, extended)


def mutant(contents: list[bytes], chance: random.Random) -> tuple[str, bytes]:
    """A way, and what it made of one of the files."""
    content = chance.choice(contents)
    if chance.random() < 0.1:
        other = chance.choice(contents)
        return "splice", content[: chance.randrange(len(content))] + other[chance.randrange(len(other)) :]
    way = chance.choice(WAYS)
    return way.__name__, way(content, chance)


# --- readers that are not sound -------------------------------------------------------------------------------------


def unpickles(path: Path) -> Project:
    """One that runs what it finds."""
    with zipfile.ZipFile(path) as opened:
        for name in opened.namelist():
            if name.endswith("pkl"):
                pickle.loads(opened.read(name))  # noqa: S301
    return open_project(path)


def unlisted(path: Path) -> Project:
    """One that does not look at the checksums."""
    archive.check_listed = lambda *_given: None  # type: ignore[assignment]
    return open_project(path)


def extra(path: Path) -> Project:
    """One that takes any member."""
    container.check_members = lambda *_given: None  # type: ignore[assignment]
    archive.check_listed = lambda *_given: None  # type: ignore[assignment]
    return open_project(path)


READERS: dict[str, Reader] = {"sound": open_project, "unpickles": unpickles, "unlisted": unlisted, "extra": extra}


# --- the count ------------------------------------------------------------------------------------------------------


def examine(count: int, seed: int, reader: Reader) -> dict[str, object]:
    """How many mutants were opened and refused, and everything that should not have been."""
    chance, wrong, noted = random.Random(seed), list[str](), list[str]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.nnstudio"
        contents = [to_bytes(project, Path(folder), b"\x89PNG picture") for project in seeds()]
        originals = []
        for content in contents:
            path.write_bytes(content)
            originals.append(open_project(path))
        "".encode("cp437")
        is_open = [False]

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            writes = event == "open" and isinstance(arguments[1], str) and set("wax+") & set(arguments[1])
            if is_open[0] and (event in WATCHED or writes):
                noted.append(f"{event} {str(arguments)[:100]}")

        sys.addaudithook(hook)
        start, opened, slowest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0, 0.0
        for number in range(count):
            way, content = mutant(contents, chance)
            path.write_bytes(content)
            began, is_open[0] = time.perf_counter(), True
            try:
                project = reader(path)
            except UserError:
                project = None
            except Exception as error:
                wrong.append(f"{number} {way}: {type(error).__name__} {error}")
                project = None
            is_open[0] = False
            slowest = max(slowest, time.perf_counter() - began)
            if project is not None:
                opened += 1
                if project not in originals or (way == "extended" and content not in contents):
                    wrong.append(f"{number} {way}: opened as another project, or with a part that does not belong")
        growth = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)
    if growth > MOST_GROWTH:
        wrong.append(f"grew by {growth} bytes")
    found = {"count": count, "opened": opened, "wrong": wrong[:20], "noted": noted[:20]}
    return {**found, "slowest": slowest, "growth": growth}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", choices=list(READERS), default="sound")
    options = parser.parse_args()
    sys.stdout.write(json.dumps(examine(options.count, options.seed, READERS[options.reader])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
