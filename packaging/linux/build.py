#!/usr/bin/env python3
"""Makes the Linux packages of a clone: one folder with the program and its Python, and a .deb and an .rpm of it.

    python3 packaging/linux/build.py [--torch-index ADDRESS] [environment|pages|frozen|packages …]

Without a step it does all four, one after the other. All is made in build/linux; README.md beside this folder says what
each step needs. Only the standard library is imported here.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "packaging" / "linux"
OUT = ROOT / "build" / "linux"
BIN = OUT / "environment" / "bin"
SHARE = OUT / "share"
LARGE = "torch/lib/*.so", "_polars_runtime_32/*.so", "libpython3*.so.1.0"
"""Libraries whose names of functions, which nothing looks up, are a sixth of the folder."""
STEPS = "environment", "pages", "frozen", "packages"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch-index", metavar="ADDRESS", help="an index with the builds of torch without CUDA")
    parser.add_argument("steps", nargs="*", metavar="STEP", help="of " + ", ".join(STEPS))
    options = parser.parse_args()
    if unknown := set(options.steps) - set(STEPS):
        parser.error(f"there is no step {min(unknown)}")
    steps: dict[str, Callable[[], None]] = {
        "environment": partial(make_environment, options.torch_index),
        "pages": make_pages,
        "frozen": freeze,
        "packages": pack,
    }
    for name in options.steps or STEPS:
        print(f"== {name}", flush=True)
        steps[name]()


def make_environment(torch_index: str | None) -> None:
    """An environment with the wheel of this clone, its optional packages, and the tools."""
    shutil.rmtree(OUT, ignore_errors=True)
    run(sys.executable, "-m", "venv", OUT / "environment")
    torch = next(line for line in CONSTRAINTS.read_text().splitlines() if line.startswith("torch=="))
    pip("install", torch, *(["--index-url", torch_index] if torch_index else []))
    if run(BIN / "python", "-c", "import torch; print(torch.version.cuda or '')", cwd=OUT).strip():
        sys.exit("This torch is built for CUDA, which is several gigabytes: give --torch-index.")
    pip("wheel", "--no-deps", "-w", OUT / "wheel", ROOT)
    wheel = next((OUT / "wheel").glob("nnstudio-*.whl"))
    pip("install", "-c", CONSTRAINTS, f"{wheel}[onnx,tensorboard,postgresql,mysql]", "-r", HERE / "tools.txt")


def make_pages() -> None:
    """What lies in /usr/share: manual page, completions, icons."""
    shutil.rmtree(SHARE, ignore_errors=True)
    run(BIN / "python", HERE / "pages.py", SHARE, cwd=OUT)
    run(BIN / "python", ROOT / "packaging" / "icons.py", OUT / "icons", cwd=OUT)
    shutil.copytree(OUT / "icons" / "hicolor", SHARE / "icons" / "hicolor")


def freeze() -> None:
    """The folder build/linux/frozen/nnstudio, tried by its own self-test."""
    folders = ["--distpath", OUT / "frozen", "--workpath", OUT / "work"]
    run(BIN / "pyinstaller", "--noconfirm", "--log-level", "WARN", *folders, HERE / "nnstudio.spec", cwd=OUT)
    folder = OUT / "frozen" / "nnstudio"
    for pattern in LARGE:
        for library in (folder / "_internal").glob(pattern):
            run("strip", "--strip-unneeded", library)
    print(run(folder / "nnstudio", "self-test", cwd=OUT), end="")


def pack() -> None:
    """build/linux/nnstudio_*.deb and nnstudio-*.rpm."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for packager in ("deb", "rpm"):
        command = [BIN / "nfpm", "package", "-f", HERE / "nfpm.yaml", "-p", packager, "-t", OUT]
        print(run(*command, cwd=ROOT, VERSION=version), end="")


def pip(*arguments: object) -> None:
    run(BIN / "python", "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments)


def run(*command: object, cwd: Path = ROOT, **environment: str) -> str:
    """What the command prints; the end of all where it fails."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\nThis failed: {' '.join(map(str, command))}")
    return done.stdout


if __name__ == "__main__":
    main()
