"""Makes the documentation in both languages, pictures first.

    python3 packaging/develop.py docs [FOLDER]

Any warning ends it. The pages go to FOLDER/en and FOLDER/es, build/docs when none is named.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from nnstudio.text import LANGUAGES

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
START = """<!doctype html>
<meta charset="utf-8">
<title>nnstudio</title>
<script>location.replace((navigator.language || "en").startsWith("es") ? "es/index.html" : "en/index.html")</script>
<p><a href="en/index.html">English</a> · <a href="es/index.html">Español</a></p>
"""


def build(folder: Path) -> int:
    """Pictures and pages of all languages, each language by a process of its own; 1 where one failed."""
    pictures = [[sys.executable, "-m", "docs.grab", language] for language in LANGUAGES]
    if not all_succeed(pictures):
        return 1
    if not all_succeed([pages(folder, language) for language in LANGUAGES]):
        return 1
    (folder / "index.html").write_text(START, encoding="utf-8")
    return 0


def pages(folder: Path, language: str) -> list[str]:
    """The command that makes the pages of one language anew."""
    out = folder / language
    shutil.rmtree(out, ignore_errors=True)
    kept = folder / f".{language}"
    options = ["--fail-on-warning", "--keep-going", "--fresh-env", "--quiet", "-D", f"language={language}"]
    return [sys.executable, "-m", "sphinx", *options, "-d", str(kept), str(DOCS), str(out)]


def all_succeed(commands: Sequence[list[str]]) -> bool:
    """Runs them at the same time."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    running = [subprocess.Popen(command, cwd=ROOT, env=environment) for command in commands]
    ended = [process.wait() for process in running]  # of all of them, whatever the first has come to
    return not any(ended)


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "docs").resolve()))
