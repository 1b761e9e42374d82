#!/usr/bin/env python3
"""Set up, run and test nnstudio from a clone: needs Python 3.11 or newer and nothing else.

    python3 packaging/develop.py run [ARGUMENTS OF nnstudio]
    python3 packaging/develop.py test [ARGUMENTS OF pytest]
    python3 packaging/develop.py bench [WHAT]    measure engine and window (minutes); tests/bench/__main__.py says what
    python3 packaging/develop.py docs [FOLDER]    make the documentation, in build/docs when no folder is named
    python3 packaging/develop.py texts       bring the translation catalogues up to date with code and documentation

Everything is installed into .venv in the project. Only the standard library is imported here.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
STAMP = ENVIRONMENT / "nnstudio-setup.txt"
EXAMPLE = ROOT / "resources" / "examples" / "digits.nnstudio"

sys.path.insert(0, str(ROOT))
from nnstudio.qt_libraries import has_display, install_command, missing_packages  # noqa: E402


def main(arguments: list[str]) -> int:
    """Do the named command; the exit status is the command's own."""
    commands = {"run": run, "test": test, "bench": bench, "docs": docs, "texts": texts}
    if not arguments or arguments[0] not in commands:
        print(__doc__)
        return 2
    set_up()
    compile_catalogues()
    return commands[arguments[0]](arguments[1:])


# --- the commands ---------------------------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    """Open the window on the digits example, or train it without a screen where there is no display."""
    if arguments:
        return become("-m", "nnstudio", *arguments)
    if has_display():
        return become("-m", "nnstudio", str(EXAMPLE))
    trained = ROOT / "build" / "digits-trained.nnstudio"
    trained.parent.mkdir(exist_ok=True)
    print("There is no display here, so the digits example is trained without a window.", flush=True)
    print(f"The trained project goes to {trained.relative_to(ROOT)}.\n", flush=True)
    return become("-m", "nnstudio", "train", str(EXAMPLE), "--out", str(trained), "--progress")


def test(arguments: list[str]) -> int:
    """Lint, check arrows between packages, types and licences, and run every test on all cores; all must pass."""
    checks = {
        "ruff": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "import-linter": ["-c", "from importlinter.cli import lint_imports_command as c; c()"],
        "mypy": ["-m", "mypy"],
        "pytest": ["-m", "pytest", "-n", "auto", "--dist", "loadfile", *arguments],
    }
    if (ROOT / ".git").exists():  # by which it tells our files from those in .venv
        checks["reuse"] = ["-m", "reuse", "lint", "--lines"]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    failed = [name for name, command in checks.items() if not passes(name, command)]
    print("\n" + (f"Failed: {', '.join(failed)}" if failed else "All checks passed."))
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Measure the engine; without arguments, beside the peers, which get an environment of their own."""
    return become("-m", "tests.bench", *arguments)


def docs(arguments: list[str]) -> int:
    """Make the documentation in both languages, with pictures of the window as it is now."""
    return become("-m", "docs.build", *arguments)


def texts(arguments: list[str]) -> int:
    """Collect the texts of the code into the catalogues and compile them."""
    return become(str(ROOT / "packaging" / "texts.py"), *arguments)


def passes(name: str, command: list[str]) -> bool:
    print(f"\n== {name}", flush=True)
    return subprocess.run([python(), *command], cwd=ROOT).returncode == 0


# --- set-up ---------------------------------------------------------------------------------------------------------


def set_up() -> None:
    """Make the environment whole; costs nothing when it already is."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may start
        stop(f"nnstudio needs Python 3.11 or newer; this is {sys.version.split()[0]}. Install it and run it with that.")
    install_system_libraries()
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    if not has_pip():
        print("Creating the environment in .venv …", flush=True)
        create_environment()
    print("Installing PyTorch, then the rest (some minutes the first time) …", flush=True)
    # torch first and by itself: a looser request would take the build with gigabytes of CUDA packages.
    torch = next(line for line in CONSTRAINTS.read_text().splitlines() if line.startswith("torch=="))
    pip("install", torch)
    pip("install", "-c", str(CONSTRAINTS), "-e", f"{ROOT}[dev]")
    STAMP.write_text(wanted)


def compile_catalogues() -> None:
    """Translations may have come with a pull or an edit since the last time."""
    if subprocess.run([python(), str(ROOT / "packaging" / "catalogues.py")]).returncode != 0:
        stop("The translations could not be compiled; the lines above say why.")


def fingerprint() -> str:
    """What the installed packages depend on; it changes when the set-up has to run again."""
    contents = (ROOT / "pyproject.toml").read_bytes() + CONSTRAINTS.read_bytes() + str(ROOT).encode()
    return hashlib.sha256(contents + sys.version.encode()).hexdigest()


def create_environment() -> None:
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)])
    if made.returncode != 0:
        stop("Python could not create an environment. On Debian and Ubuntu: apt-get install python3-venv")


def has_pip() -> bool:
    """Whether there is an environment, and a whole one: without the package venv, Python leaves half of one behind."""
    if not Path(python()).exists():
        return False
    return subprocess.run([python(), "-m", "pip", "--version"], capture_output=True).returncode == 0


def pip(*arguments: str) -> None:
    command = [python(), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    if subprocess.run(command, cwd=ROOT).returncode != 0:
        stop("Installing failed; the lines above say why. Run the same command again once it is mended.")


def install_system_libraries() -> None:
    """On Linux, have the libraries Qt needs: installed when we may, otherwise said before anything fails."""
    packages = missing_packages()
    if not packages:
        return
    install = install_command(packages)
    if not Path("/usr/bin/apt-get").exists():
        stop(f"Qt needs libraries that are missing here; on Debian they are called: {' '.join(packages)}")
    if os.geteuid() != 0:
        stop(f"Qt needs libraries that are missing here. Type this, then start again:\n  sudo {' '.join(install)}")
    print("Installing the system libraries Qt needs …", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    if subprocess.run(["apt-get", "update"], **quiet).returncode or subprocess.run(install, **quiet).returncode:
        stop(f"Installing them failed. Type this, then start again:\n  {' '.join(install)}")


# --- small things ---------------------------------------------------------------------------------------------------


def python() -> str:
    windows = os.name == "nt"
    return str(ENVIRONMENT / ("Scripts/python.exe" if windows else "bin/python"))


def become(*arguments: str) -> int:
    """Run the environment's Python with these arguments, in place of this process where the system can do that."""
    if os.name == "nt":
        return subprocess.run([python(), *arguments]).returncode
    sys.stdout.flush()
    os.execv(python(), [python(), *arguments])
    return 0


def stop(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
