"""Puts a project into the system's own list of recently used files, where the user lets such a list be kept."""

import configparser
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import platformdirs

from nnstudio.project.files import write_whole
from nnstudio.text import UserError
from nnstudio.ui.files.recent_bookmarks import with_file

LARGEST = 2**23
"""Bytes of a list that is still read."""
TRIES = 3
WINDOWS_PATH = 3
"""SHARD_PATHW: what is given to SHAddToRecentDocs is a path."""
SWITCHES = (
    ("kdeglobals", "RecentDocuments", "UseRecent"),
    ("gtk-3.0/settings.ini", "Settings", "gtk-recent-files-enabled"),
    ("gtk-4.0/settings.ini", "Settings", "gtk-recent-files-enabled"),
)
"""Where users of KDE, and of other desktops than GNOME, say that no such list is kept."""
GNOME_SWITCH = "gsettings", "get", "org.gnome.desktop.privacy", "remember-recent-files"


def add_to_system(file: Path) -> Iterator[None]:
    """Put a file first in the system's list. Whatever keeps it from being there is no reason to bother anyone."""
    if sys.platform == "win32":
        ctypes.windll.ole32.CoInitialize(None)
        ctypes.windll.shell32.SHAddToRecentDocs(WINDOWS_PATH, ctypes.c_wchar_p(str(file.absolute())))
    elif sys.platform != "darwin" and is_wanted():  # macOS keeps a list for what it has opened itself
        with suppress(OSError, UserError, ValueError):
            add_to_list(file.absolute(), platformdirs.user_data_path() / "recently-used.xbel")
    yield None


def add_to_list(file: Path, list_file: Path) -> None:
    """Put a file into the list that desktops share; a list that is broken, or huge, is left alone."""
    list_file.parent.mkdir(parents=True, exist_ok=True)
    for _try in range(TRIES):
        before = state_of(list_file)
        if before and before[1] > LARGEST:
            return
        content = list_file.read_bytes() if before else b""
        changed = with_file(content, file)
        if state_of(list_file) == before:  # programs that write it do not wait for each other
            list_file.touch(0o600)  # for the user alone, where there was none
            write_whole(list_file, changed)
            return


def state_of(path: Path) -> tuple[int, int] | None:
    """What tells one state of a file from another; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


def is_wanted() -> bool:
    """Whether the user has not switched off that desktops remember files."""
    for name, section, key in SWITCHES:
        read = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=True)
        with suppress(OSError, configparser.Error, UnicodeDecodeError):
            read.read(platformdirs.user_config_path() / name, encoding="utf-8")
            if (read.get(section, key, fallback=None) or "true").lower() in ("false", "0"):
                return False
    if "gnome" not in os.environ.get("XDG_CURRENT_DESKTOP", "").lower() or not shutil.which(GNOME_SWITCH[0]):
        return True
    try:
        done = subprocess.run(GNOME_SWITCH, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return True
    return done.stdout.strip() != "false"
