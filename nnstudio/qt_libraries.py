"""What Qt loads on Linux and PyPI does not ship. Standard library alone: the set-up command reads it before anything
is installed."""

import ctypes
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

# (library, Debian package)
LIBRARIES = {
    "gthread-2.0": "libglib2.0-0",
    "EGL": "libegl1",
    "GL": "libgl1",
    "xkbcommon": "libxkbcommon0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "dbus-1": "libdbus-1-3",
    "fontconfig": "libfontconfig1",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-randr": "libxcb-randr0",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xkb": "libxcb-xkb1",
}
ANSWER = 2.0
"""Seconds in which a compositor that is there answers."""
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path(os.environ.get("HOME", "/"), ".fonts"))


def missing_packages() -> list[str]:
    """The Debian packages whose libraries are not here; empty where Qt brings all it needs (Windows, macOS)."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for library, package in LIBRARIES.items() if not is_loadable(library)]
    if not any(name.endswith((".ttf", ".otf")) for folder in FONT_FOLDERS for name in names_below(folder)):
        missing.append("fonts-dejavu-core")
    return missing


def names_below(folder: Path) -> Iterator[str]:
    """The names of all files in a folder and those in it, as far as they are open to us."""
    for _folder, _folders, names in os.walk(folder):
        yield from names


def is_loadable(library: str) -> bool:
    """True when the dynamic linker finds the library under one of its usual versions."""
    for version in range(5):
        try:
            ctypes.CDLL(f"lib{library}.so.{version}")
        except OSError:
            continue
        return True
    return False


def install_command(packages: list[str]) -> list[str]:
    """What to type on Debian and Ubuntu, as root."""
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def has_display() -> bool:
    """Whether a window can open: always on Windows and macOS, with a display server or a named platform elsewhere."""
    if not sys.platform.startswith("linux"):
        return True
    if any(os.environ.get(name) for name in ("WAYLAND_SOCKET", "QT_QPA_PLATFORM")):
        return True
    return compositor_answers() or (bool(os.environ.get("DISPLAY")) and answers())


def compositor_answers() -> bool:
    """Whether the Wayland compositor that WAYLAND_DISPLAY names is there: Qt would abort on one that is gone."""
    name = os.environ.get("WAYLAND_DISPLAY", "")
    if not name:
        return False
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(ANSWER)
        try:
            asking.connect(str(Path(os.environ.get("XDG_RUNTIME_DIR", "")) / name))
        except OSError:  # a timeout too
            return False
    return True


def answers() -> bool:
    """Whether the X server that DISPLAY names is there: Qt would abort on one that is gone."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return True  # it cannot be asked, so Qt will
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if display:
        x11.XCloseDisplay(ctypes.c_void_p(display))
    return bool(display)
