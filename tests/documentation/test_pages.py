"""The documentation is made in both languages without a warning, is whole in Spanish, and shows pictures of today."""

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import nnstudio
from docs import catalogues
from docs.extension import verbs
from nnstudio.layers.catalogue import CATALOGUE
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.model import Project, Run
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.project.test_seal import Opening
from nnstudio.text import LANGUAGES
from tests.documentation.fences import ROOT

pytest.importorskip("sphinx")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages in all languages, with pictures grabbed now."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "docs.build", str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def page(site: Path, language: str, name: str) -> str:
    return (site / language / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_of_every_page_is_there_and_in_its_language(site: Path, language: str) -> None:
    shown: set[str] = set()
    for path in (site / language).rglob("*.html"):
        for source in re.findall(r'<img [^>]*src="([^"]+)"', path.read_text(encoding="utf-8")):
            if not source.startswith("data:"):
                assert (path.parent / source).exists(), f"{path.name}: {source}"
                shown.add(Path(source).name)
    grabbed = [name for name in shown if name.endswith(".png")]
    assert len(grabbed) > len(CATALOGUE)
    assert all((".es" in name) == (language == "es") for name in grabbed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_has_every_layer_and_every_setting(site: Path, language: str) -> None:
    layers, settings = page(site, language, "reference/layers"), page(site, language, "reference/settings")
    assert [one.type for one in CATALOGUE if f">{one.type}</span>" not in layers] == []
    names = [f"training.{one.name}" for one in TRAINING_SETTINGS] + [f"data.{one.name}" for one in DATA_SETTINGS]
    assert [name for name in names if f">{name}</span>" not in settings] == []
    assert layers.count("<math") > len(CATALOGUE)


def test_the_page_of_verbs_has_the_arguments_that_help_lists() -> None:
    text = verbs.page()
    assert "--workers N" in text and "SUPPRESS" not in text and "--heartbeat" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_has_the_library_and_every_object_of_the_file(site: Path, language: str) -> None:
    library, file = page(site, language, "reference/library"), page(site, language, "reference/project-file")
    names = [f"nnstudio.{name}" for name in nnstudio.__all__ if name != "__version__"]
    assert [name for name in names if f'id="{name}"' not in library] == []
    fields = {*Project.__struct_fields__, *Run.__struct_fields__, *Opening.__struct_fields__}
    assert [name for name in fields if f">{name}</span>" not in file] == []


def test_nothing_is_fetched_from_elsewhere_when_a_page_is_read(site: Path) -> None:
    for path in site.rglob("*.html"):
        fetched = re.findall(
            r'<(?:script|img|link|iframe)\b[^>]*(?:src|href)="(?:https?:)?//[^"]*"', path.read_text(encoding="utf-8")
        )
        assert fetched == [], path.name


def test_each_page_leads_to_itself_in_the_other_language(site: Path) -> None:
    for path in (site / "en").rglob("*.html"):
        name = path.relative_to(site / "en")
        if (ROOT / "docs" / name).with_suffix(".md").exists():
            found = re.search(r'<a class="language" [^>]*href="([^"]+)"', path.read_text(encoding="utf-8"))
            assert found, name
            assert (path.parent / html.unescape(found[1])).resolve() == (site / "es" / name).resolve()


def test_every_text_of_every_page_has_its_spanish() -> None:
    for name, template in catalogues.templates().items():
        path = catalogues.catalogue_path("es", name)
        assert path.exists(), f"{name} has no Spanish; type: python3 packaging/develop.py texts"
        with path.open("rb") as file:
            stored = read_po(file, locale="es")
        assert {one.id for one in stored} - {""} == {one.id for one in template} - {""}, name
        assert [one.id for one in stored if one.id and not one.string] == [], name
