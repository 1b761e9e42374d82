#!/usr/bin/env python3
"""Makes the Linux packages of a clone: one folder with the program and its Python, and of that .deb, .rpm and AppImage.

    python3 packaging/linux/build.py [--torch-index ADDRESS] [--appimage-runtime FILE] [STEP …]

Without a step it does all, one after the other; the AppImage where its runtime is given. All is made in build/linux;
README.md beside this folder says what each step needs. Only the standard library is imported here.
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
STEPS = "environment", "pages", "frozen", "packages", "appimage"
PLACES = {
    "packaging/desktop/nnstudio.desktop": "applications/nnstudio.desktop",
    "packaging/desktop/nnstudio.metainfo.xml": "metainfo/nnstudio.metainfo.xml",
    "packaging/desktop/nnstudio.xml": "mime/packages/nnstudio.xml",
    "packaging/desktop/nnstudio.thumbnailer": "thumbnailers/nnstudio.thumbnailer",
    "LICENSE": "doc/nnstudio/copyright",
    "THIRD_PARTY.md": "doc/nnstudio/THIRD_PARTY.md",
}
"""Where in usr/share of the AppImage a file of the clone lies; nfpm.yaml says the same of the packages."""
LINKS = {
    "AppRun": "usr/lib/nnstudio/nnstudio",
    "usr/bin/nnstudio": "../lib/nnstudio/nnstudio",
    "nnstudio.desktop": "usr/share/applications/nnstudio.desktop",
    "nnstudio.png": "usr/share/icons/hicolor/256x256/apps/nnstudio.png",
    ".DirIcon": "nnstudio.png",
}
"""What an AppImage is started and shown by, and where these lead."""
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch-index", metavar="ADDRESS", help="an index with the builds of torch without CUDA")
    parser.add_argument(
        "--appimage-runtime", metavar="FILE", type=Path, help="runtime-x86_64 of AppImage/type2-runtime"
    )
    parser.add_argument("steps", nargs="*", metavar="STEP", help="of " + ", ".join(STEPS))
    options = parser.parse_args()
    if unknown := set(options.steps) - set(STEPS):
        parser.error(f"there is no step {min(unknown)}")
    if "appimage" in options.steps and not options.appimage_runtime:
        parser.error("the step appimage needs --appimage-runtime")
    steps: dict[str, Callable[[], None]] = {
        "environment": partial(make_environment, options.torch_index),
        "pages": make_pages,
        "frozen": freeze,
        "packages": pack,
        "appimage": partial(make_appimage, options.appimage_runtime),
    }
    for name in options.steps or [name for name in STEPS if name != "appimage" or options.appimage_runtime]:
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
    for packager in ("deb", "rpm"):
        command = [BIN / "nfpm", "package", "-f", HERE / "nfpm.yaml", "-p", packager, "-t", OUT]
        print(run(*command, cwd=ROOT, VERSION=version()), end="")


def make_appimage(runtime: Path) -> None:
    """build/linux/nnstudio-*.AppImage: the runtime, and behind it the frozen folder and usr/share as a file system."""
    folder, image = OUT / "AppDir", OUT / "image.squashfs"
    made = OUT / f"nnstudio-{version()}-x86_64.AppImage"
    shutil.rmtree(folder, ignore_errors=True)
    # Linked and not copied: the folder is large.
    shutil.copytree(OUT / "frozen" / "nnstudio", folder / "usr/lib/nnstudio", symlinks=True, copy_function=os.link)
    shutil.copytree(SHARE, folder / "usr" / "share")
    for source, place in PLACES.items():
        target = folder / "usr" / "share" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / source, target)
        target.chmod(0o644)
    (folder / "usr" / "bin").mkdir()
    for link, target in LINKS.items():
        (folder / link).symlink_to(target)
        (folder / link).resolve(strict=True)
    print(run(folder / "AppRun", "self-test", cwd=OUT), end="")
    options = ["-noappend", "-root-owned", "-quiet", "-no-progress", "-b", "1M"]
    run("mksquashfs", folder, image, *options, "-comp", "zstd", "-Xcompression-level", 19)
    with made.open("wb") as whole:
        for part in (runtime, image):
            with part.open("rb") as stream:
                shutil.copyfileobj(stream, whole)
    made.chmod(0o755)
    image.unlink()
    print(made.relative_to(ROOT))


def version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


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
