"""Brings the translation catalogues up to date with the texts in the code and in the documentation, and has those of
the code compiled.

A text without a translation is listed, and makes the exit status 1.
"""

import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs import catalogues as docs  # noqa: E402
from nnstudio import text  # noqa: E402

LANGUAGES = tuple(code for code in text.LANGUAGES if code != "en")
# The functions of nnstudio/text.py, under the names by which modules import them, and which arguments are texts.
KEYWORDS = {"_": None, "mark": None, "translate": None, "translate_count": (1, 2), "mark_count": (1, 2)}


def main() -> int:
    """Update every catalogue; 1 when a text is not translated yet."""
    missing = 0
    templates = docs.templates()
    for language in LANGUAGES:
        places = {catalogue_path(language): texts_in_code()}
        places |= {docs.catalogue_path(language, page): template for page, template in templates.items()}
        remove_all_but({*places, docs.catalogue_path(language, docs.THEME)}, docs.DOCS / "translations" / language)
        for path, template in places.items():
            catalogue = updated_catalogue(language, path, template)
            write(path, catalogue)
            for message in untranslated(catalogue):
                print(f"{path.relative_to(ROOT)}: not translated: {message}")
                missing += 1
    subprocess.run([sys.executable, str(ROOT / "packaging" / "catalogues.py")], check=True)
    return 1 if missing else 0


def catalogue_path(language: str) -> Path:
    return ROOT / "resources" / "translations" / language / "LC_MESSAGES" / "nnstudio.po"


def texts_in_code() -> Catalog:
    """Every text that the code marks for translation."""
    template = Catalog(project="nnstudio", charset="utf-8")
    for folder in ("nnstudio", "docs/extension"):
        for _file, _line, message, _comments, context in extract_from_dir(ROOT / folder, keywords=KEYWORDS):
            if message:
                # No places: they would change with every line added to the code.
                template.add(message, None, context=context)
    return template


def remove_all_but(wanted: Iterable[Path], folder: Path) -> None:
    """Removes the catalogues of pages that are gone."""
    for path in set(folder.rglob("*.po")) - set(wanted):
        path.unlink()
        path.with_suffix(".mo").unlink(missing_ok=True)


def read_catalogue(language: str, path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, project="nnstudio", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated_catalogue(language: str, path: Path, template: Catalog) -> Catalog:
    """The catalogue at this place with the texts of the template, and no others."""
    catalogue = read_catalogue(language, path)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    # The same texts give the same file, whenever it is written.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    catalogue.header_comment = "# Translations of nnstudio"
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts of which a form is empty."""
    found = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and not all(forms):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, omit_header=False)


if __name__ == "__main__":
    sys.exit(main())
