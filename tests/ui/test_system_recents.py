"""The system's list of recently used files: what was opened here is in it, and what others wrote stays as it was."""

import ctypes
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from nnstudio.ui.files.recent_bookmarks import EMPTY, with_file
from nnstudio.ui.files.system_recents import LARGEST, add_to_list, is_wanted
from tests.patience import PATIENCE
from tests.ui.driving import IRIS, Open

ROOT = Path(__file__).parents[2]
FILE = Path("/home/ana/Redes & más/a'b (1).nnstudio")
ADDRESS = "file:///home/ana/Redes%20&amp;%20m%C3%A1s/a'b%20(1).nnstudio"
FIRST, SECOND = datetime(2026, 5, 4, 3, 2, 1, 5, UTC), datetime(2026, 5, 4, 3, 2, 2, 0, UTC)
BOOKMARK = "{http://www.freedesktop.org/standards/desktop-bookmarks}"
OTHERS = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- a list of somebody's own -->
<xbel version="1.0"
      xmlns:bookmark="http://www.freedesktop.org/standards/desktop-bookmarks"
      xmlns:kdepriv="http://www.kde.org/kdepriv"
      xmlns:mime="http://www.freedesktop.org/standards/shared-mime-info"
>
  <bookmark href='file:///tmp/a%20>%20b.txt' added="2026-01-01T00:00:00Z" modified="2026-01-01T00:00:00Z">
    <title>caf\xc3\xa9 &lt;/xbel&gt;</title>
    <info><metadata owner="http://freedesktop.org"><mime:mime-type type="text/plain"/>
    <bookmark:applications><bookmark:application name="gedit" exec="gedit %u" count="3"/></bookmark:applications>
    </metadata></info></bookmark>
</xbel>
"""


def applications(content: bytes) -> dict[str, list[tuple[str | None, str | None]]]:
    """Which programs are said to have used a file, and how often."""
    return {
        str(one.get("href")): [(two.get("name"), two.get("count")) for two in one.iter(BOOKMARK + "application")]
        for one in ElementTree.fromstring(content).iter("bookmark")
    }


def test_a_list_begins_with_the_first_file() -> None:
    made = with_file(b"", FILE, FIRST)
    assert ADDRESS.encode() in made and made.startswith(EMPTY[:-9])
    assert applications(made) == {ADDRESS.replace("&amp;", "&"): [("nnstudio", "1")]}
    assert b'added="2026-05-04T03:02:01.000005Z"' in made


def test_what_others_wrote_stays_byte_for_byte() -> None:
    made = with_file(with_file(OTHERS, FILE, FIRST), FILE, SECOND)
    cut = OTHERS.rindex(b"</xbel>")
    assert made.startswith(OTHERS[:cut]) and made.endswith(OTHERS[cut:])
    assert applications(made)[ADDRESS.replace("&amp;", "&")] == [("nnstudio", "2")]
    assert made.count(b"03:02:01.000005Z") == 1 and made.count(b"03:02:02.000000Z") == 3  # added; all the rest


def test_a_file_that_others_used_too_keeps_what_they_say_of_it() -> None:
    theirs = Path("/tmp/a > b.txt")
    made = with_file(OTHERS, theirs, FIRST)
    assert applications(made) == {"file:///tmp/a%20>%20b.txt": [("gedit", "3"), ("nnstudio", "1")]}
    again = with_file(made, theirs, SECOND)
    assert applications(again) == {"file:///tmp/a%20>%20b.txt": [("gedit", "3"), ("nnstudio", "2")]}
    lines = set(OTHERS.splitlines()) - set(again.splitlines())
    assert len(lines) == 2 and b'added="2026-01-01T00:00:00Z" modified="2026-05-04' in again  # its own two alone


@pytest.mark.parametrize(
    "content",
    [
        b"nonsense",
        OTHERS[:-9],
        OTHERS.replace(b"<xbel", b"<abel").replace(b"</xbel", b"</abel"),
        OTHERS.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"'),
        OTHERS.replace(b"xmlns:mime=", b"xmlns:mine=").replace(b"mime:mime", b"mine:mime"),
        b'<xbel xmlns:bookmark="a" xmlns:mime="b"/>',
        b'<!DOCTYPE xbel [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xbel xmlns:bookmark="a" xmlns:mime="b">&b;</xbel>',
        OTHERS.replace(b"bookmark:applications>", b"bookmark:others>").replace(b"/tmp/a%20>%20b.txt", b"/tmp/it"),
    ],
    ids=["no XML", "cut", "another root", "Latin 1", "undeclared", "empty element", "entities", "no programs"],
)
def test_what_is_no_such_list_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        with_file(content, Path("/tmp/it"))


def test_a_huge_list_is_left_alone_and_a_new_one_is_the_users_alone(tmp_path: Path) -> None:
    file = tmp_path / "share" / "recently-used.xbel"
    add_to_list(FILE, file)
    assert file.stat().st_mode & 0o777 == 0o600 and applications(file.read_bytes())
    with file.open("r+b") as opened:
        opened.truncate(LARGEST + 1)
    before = file.stat()
    add_to_list(FILE, file)
    assert file.stat() == before or file.stat().st_mtime_ns == before.st_mtime_ns


def test_glib_reads_it(tmp_path: Path) -> None:
    """The library that most desktops read the list with."""
    try:
        glib = ctypes.CDLL("libglib-2.0.so.0")
    except OSError:
        pytest.skip("there is no GLib here")
    glib.g_bookmark_file_new.restype = ctypes.c_void_p
    glib.g_bookmark_file_get_applications.restype = ctypes.POINTER(ctypes.c_char_p)
    glib.g_bookmark_file_get_mime_type.restype = ctypes.c_char_p
    read, error = ctypes.c_void_p(glib.g_bookmark_file_new()), ctypes.c_void_p()
    file = tmp_path / "recently-used.xbel"
    file.write_bytes(with_file(with_file(OTHERS, FILE), Path("/tmp/a > b.txt")))
    assert glib.g_bookmark_file_load_from_file(read, bytes(file), ctypes.byref(error))
    for address, programs, type in (
        (ADDRESS.replace("&amp;", "&"), [b"nnstudio"], b"application/x-nnstudio"),
        ("file:///tmp/a%20>%20b.txt", [b"gedit", b"nnstudio"], b"text/plain"),
    ):
        count = ctypes.c_size_t()
        found = glib.g_bookmark_file_get_applications(read, address.encode(), ctypes.byref(count), None)
        assert sorted(found[place] for place in range(count.value)) == programs
        assert glib.g_bookmark_file_get_mime_type(read, address.encode(), None) == type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("kdeglobals", "[$Version]\nupdate_info=a\n[RecentDocuments]\nUseRecent=false\n"),
        ("gtk-3.0/settings.ini", "[Settings]\ngtk-recent-files-enabled=0\n"),
    ],
)
def test_who_wants_no_such_list_has_none(
    name: str, content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)
    assert is_wanted()
    (tmp_path / name).parent.mkdir(exist_ok=True)
    for kept in ("nonsense", content.rpartition("=")[0]):  # a key without a value says nothing
        (tmp_path / name).write_text(kept)
        assert is_wanted()
    (tmp_path / name).write_text(content)
    assert not is_wanted()


PROGRAM = """
import sys
from pathlib import Path
import nnstudio.ui.app as app
from PySide6.QtCore import QTimer
made = app.create_window
def create(project):
    window = made(project)
    QTimer.singleShot(0, window, window.close)
    return window
app.create_window = create
sys.exit(app.run(Path(sys.argv[1])))
"""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="they have lists of their own")
def test_the_program_tells_the_system_what_it_has_opened(tmp_path: Path) -> None:
    mine = tmp_path / "mine.nnstudio"
    shutil.copy(IRIS, mine)
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    for file in (mine, IRIS):  # an example is nobody's file
        command = [sys.executable, "-c", PROGRAM, str(file)]
        subprocess.run(command, timeout=PATIENCE, env=environment, cwd=ROOT, check=True)
    assert applications((tmp_path / "recently-used.xbel").read_bytes()) == {mine.as_uri(): [("nnstudio", "1")]}


def test_the_list_of_the_window_can_be_cleared(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    mine = tmp_path / "mine.nnstudio"
    shutil.copy(IRIS, mine)
    window = open_window(mine)
    assert window.preferences.recent_files == [mine]
    window.welcome.show()
    (recent,) = [one for one in window.menuBar().findChildren(QMenu) if one.title() == "Open &recent"]
    recent.popup(window.mapToGlobal(window.rect().center()))
    qtbot.waitUntil(recent.isVisible)
    assert [one.text() for one in recent.actions() if one.text()] == [str(mine), "&Clear this list"]
    QTest.keyClick(recent, Qt.Key.Key_C)
    QApplication.processEvents()
    assert window.preferences.remembered_files == [] and mine.exists()
    page = window.welcome.page
    assert page is not None
    assert "What you open or save is shown here." in [label.text() for label in page.findChildren(QLabel)]
