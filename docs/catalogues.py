"""The texts of the documentation's pages, for translation: a catalogue for each page."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

DOCS = Path(__file__).resolve().parent
THEME = "sphinx"
"""The catalogue of what the theme says, which is kept by hand."""


def templates() -> dict[str, Catalog]:
    """The texts that each page has now, by the page's name; collected by Sphinx, with no places, which would change
    with every line."""
    with TemporaryDirectory() as folder:
        without_pictures = ["-D", "suppress_warnings=image.not_readable"]
        options = ["--builder", "gettext", "--fresh-env", "--quiet", *without_pictures]
        subprocess.run([sys.executable, "-m", "sphinx", *options, str(DOCS), folder], cwd=DOCS.parent, check=True)
        return {
            found.relative_to(folder).with_suffix("").as_posix(): without_places(found)
            for found in sorted(Path(folder).rglob("*.pot"))
            if found.stem != THEME
        }


def without_places(path: Path) -> Catalog:
    """The texts of a template that Sphinx has written."""
    with path.open("rb") as file:
        found = read_po(file)
    template = Catalog(project="nnstudio", charset="utf-8")
    for message in found:
        if message.id:
            template.add(message.id, None, context=message.context)
    return template


def catalogue_path(language: str, page: str) -> Path:
    """Where the texts of a page are in a language."""
    return DOCS / "translations" / language / "LC_MESSAGES" / f"{page}.po"
