"""What a desktop is given beside the program: its entry in the menu, its icon, how a project file is known, what a
software centre shows, and what the packages take along. Each is read by the system's own tools where they are here."""

import configparser
import gzip
import runpy
import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QIcon, QImage

from nnstudio import paths
from nnstudio.cli.main import verb_names
from nnstudio.project.archive import open_project, save
from nnstudio.qt_libraries import LIBRARIES

ROOT = Path(__file__).resolve().parent.parent
DESKTOP = ROOT / "packaging" / "desktop"
TYPE = "application/x-nnstudio"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


def tool(name: str) -> str:
    found = shutil.which(name)
    if not found:
        pytest.skip(f"there is no {name} here")
    return found


def said(*command: object, **options: object) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


def entry(name: str, section: str) -> configparser.SectionProxy:
    read = configparser.ConfigParser(interpolation=None, delimiters="=")
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(DESKTOP / name, encoding="utf-8")
    return read[section]


def test_the_menu_entry_is_valid() -> None:
    assert said(tool("desktop-file-validate"), DESKTOP / "nnstudio.desktop") == ""


def test_one_name_everywhere(qapp: object) -> None:
    """A window is joined with its menu entry by the id that the program gives itself; both with the icon by name."""
    program = (ROOT / "nnstudio" / "ui" / "app.py").read_text(encoding="utf-8")
    assert 'setDesktopFileName("nnstudio")' in program
    menu = entry("nnstudio.desktop", "Desktop Entry")
    assert menu["Icon"] == menu["StartupWMClass"] == paths.icon().stem == "nnstudio"
    shown = ElementTree.parse(DESKTOP / "nnstudio.metainfo.xml").getroot()
    assert shown.findtext("id") == "nnstudio" and shown.findtext("launchable") == "nnstudio.desktop"
    known = ElementTree.parse(DESKTOP / "nnstudio.xml").getroot()
    types = {
        known[0].get("type"),
        shown.findtext("provides/mediatype"),
        menu["MimeType"].rstrip(";"),
        entry("nnstudio.thumbnailer", "Thumbnailer Entry")["MimeType"].rstrip(";"),
    }
    assert types == {TYPE}


def test_what_a_software_centre_shows_is_valid() -> None:
    # The name of the program is no address: it has no place of its own yet.
    override = "--override=cid-desktopapp-is-not-rdns=info"
    said(tool("appstreamcli"), "validate", "--no-net", override, DESKTOP / "nnstudio.metainfo.xml")


@pytest.mark.parametrize("name", ["iris.nnstudio", "iris", "iris.zip"])
def test_a_project_is_known_by_what_it_holds(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "share" / "mime"
    (folder / "packages").mkdir(parents=True)
    shutil.copy(DESKTOP / "nnstudio.xml", folder / "packages")
    said(tool("update-mime-database"), folder)
    file = tmp_path / name
    save(open_project(paths.examples() / "iris.nnstudio"), file)
    if name.endswith(".zip"):  # another archive that only holds one
        file = tmp_path / "packed.zip"
        with zipfile.ZipFile(file, "w") as archive:
            archive.write(tmp_path / name, "iris.nnstudio")
    environment = {"XDG_DATA_HOME": str(tmp_path / "share"), "HOME": str(tmp_path)}
    answer = said(tool("gio"), "info", "-a", "standard::content-type", file, env=environment)
    assert answer.split()[-1] == ("application/zip" if name.endswith(".zip") else TYPE)


def test_the_picture_in_a_project_becomes_its_thumbnail(tmp_path: Path) -> None:
    tool("unzip")
    project, picture, out = tmp_path / "a 'b'.nnstudio", tmp_path / "picture.png", tmp_path / "out put.png"
    QImage(paths.icon()).scaled(40, 30).save(str(picture))
    save(open_project(paths.examples() / "iris.nnstudio"), project, picture.read_bytes())
    command = shlex.split(entry("nnstudio.thumbnailer", "Thumbnailer Entry")["Exec"])
    said(*[{"%i": project, "%o": out}.get(word, word) for word in command])
    assert out.read_bytes() == picture.read_bytes()


def test_the_icon_is_drawn_in_every_size(qapp: object, tmp_path: Path) -> None:
    assert not QIcon(str(paths.icon())).pixmap(64).isNull()
    runpy.run_path(str(ROOT / "packaging" / "icons.py"))["draw_icons"](tmp_path)
    for size in (16, 48, 256):
        image = QImage(tmp_path / "hicolor" / f"{size}x{size}" / "apps" / "nnstudio.png")
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(0, 0).alpha() == 0
        assert image.pixelColor(round(size * 0.2), round(size * 0.9)).name() == "#0072b2"
    assert (tmp_path / "nnstudio.ico").read_bytes()[:4] == b"\0\0\1\0"
    assert (tmp_path / "nnstudio.icns").read_bytes()[:4] == b"icns"


# --- the packages for Linux -----------------------------------------------------------------------------------------


def test_the_packages_ask_for_the_libraries_that_doctor_names() -> None:
    yaml = pytest.importorskip("yaml")
    described = yaml.safe_load((ROOT / "packaging" / "linux" / "nfpm.yaml").read_text(encoding="utf-8"))
    depends = {kind: set(described["overrides"][kind]["depends"]) for kind in ("deb", "rpm")}
    assert depends["deb"] >= {*LIBRARIES.values(), "fonts-dejavu-core"}
    named = {name.split(".so.")[0].removeprefix("lib") for name in depends["rpm"]}
    assert named == {*LIBRARIES, "c"}


def test_all_that_the_packages_take_from_the_clone_is_there() -> None:
    yaml = pytest.importorskip("yaml")
    described = yaml.safe_load((ROOT / "packaging" / "linux" / "nfpm.yaml").read_text(encoding="utf-8"))
    sources = [one["src"] for one in described["contents"] if one.get("type") not in ("symlink", "dir")]
    taken = [path for path in sources if not path.startswith("build/")]
    assert {DESKTOP / path.name for path in DESKTOP.iterdir()} <= {ROOT / path for path in taken}
    assert [path for path in taken if not (ROOT / path).is_file()] == []


def test_the_appimage_holds_what_the_packages_do() -> None:
    yaml = pytest.importorskip("yaml")
    described = yaml.safe_load((ROOT / "packaging" / "linux" / "nfpm.yaml").read_text(encoding="utf-8"))
    files = [one for one in described["contents"] if one.get("type") not in ("symlink", "dir", "tree")]
    places = {one["src"]: one["dst"] for one in files}
    build = runpy.run_path(str(ROOT / "packaging" / "linux" / "build.py"))
    assert {source: f"/usr/share/{place}" for source, place in build["PLACES"].items()} == {
        source: place for source, place in places.items() if not source.startswith("build/")
    }


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for module in ("shtab", "argparse_manpage"):
        pytest.importorskip(module)
    folder = tmp_path_factory.mktemp("share")
    runpy.run_path(str(ROOT / "packaging" / "linux" / "pages.py"))["write_pages"](folder)
    return folder


@pytest.mark.parametrize(("folder", "word"), [("man1", "and watch live"), ("es/man1", "entrénalas")])
def test_the_manual_page_names_every_verb(share: Path, folder: str, word: str) -> None:
    page = gzip.decompress((share / "man" / folder / "nnstudio.1.gz").read_bytes()).decode()
    assert word in page
    assert [verb for verb in verb_names() if verb.replace("-", r"\-") not in page and verb not in page] == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("nnstudio tr", {"train"}),
        ("nnstudio train --ep", {"--epochs"}),
        ("nnstudio export iris.nnstudio --to pt", {"pt2"}),
        ("nnstudio study ru", {"run"}),
    ],
)
def test_bash_completes_verbs_and_options(share: Path, typed: str, offered: set[str]) -> None:
    words = typed.split()
    script = (
        f"source {share}/bash-completion/completions/nnstudio; COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; "
        '_shtab_nnstudio nnstudio "${COMP_WORDS[-1]}"; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert set(said(tool("bash"), "-c", script).split()) == offered
    assert "-o default" in (share / "bash-completion" / "completions" / "nnstudio").read_text(encoding="utf-8")
