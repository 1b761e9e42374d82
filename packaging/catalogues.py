"""Compiles the translation catalogues: gettext reads .mo files, and only their sources, the .po files, are kept.

    python packaging/catalogues.py

Needs Babel and nothing of nnstudio, since packages are built where nothing of it is installed.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent.parent / "resources" / "translations"


def compile_all() -> None:
    """Compile every catalogue that is newer than what was compiled of it."""
    for source in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns <= source.stat().st_mtime_ns:
            compile_one(source, compiled)


def compile_one(source: Path, compiled: Path) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    with compiled.open("wb") as file:
        write_mo(file, catalogue)


if __name__ == "__main__":
    compile_all()
