"""The user's own choices: language, light or dark, switches, recent files. One small file, never in a project."""

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from nnstudio import paths
from nnstudio.project.files import is_plain

MOST_RECENT = 8


class Preferences:
    """Reads and writes the settings file."""

    def __init__(self) -> None:
        self._settings = QSettings(str(paths.settings_file()), QSettings.Format.IniFormat)

    @property
    def language(self) -> str:
        """The language chosen in the window, "" for the system's; NNSTUDIO_LANG goes before it."""
        return os.environ.get("NNSTUDIO_LANG", "")[:2].lower() or str(self._settings.value("language", ""))

    @language.setter
    def language(self, code: str) -> None:
        self._settings.setValue("language", code)

    @property
    def scheme(self) -> str:
        """ "light", "dark" or "system"."""
        return str(self._settings.value("scheme", "system"))

    @scheme.setter
    def scheme(self, name: str) -> None:
        self._settings.setValue("scheme", name)

    @property
    def text_size(self) -> int:
        """By how many steps text is larger than usual."""
        try:
            return int(str(self._settings.value("text_size", 0)))
        except ValueError:
            return 0

    @text_size.setter
    def text_size(self, steps: int) -> None:
        self._settings.setValue("text_size", steps)

    def layout(self, name: str) -> QByteArray | None:
        """How a window or its dividers were left; None where that is not known."""
        kept = self._settings.value(f"layout/{name}")
        return kept if isinstance(kept, QByteArray) and kept.size() else None

    def keep_layout(self, name: str, state: QByteArray) -> None:
        self._settings.setValue(f"layout/{name}", state)

    def is_on(self, switch: str, at_first: bool) -> bool:
        """Whether a switch of the window was left on."""
        # An INI file gives text back.
        return str(self._settings.value(f"switches/{switch}", at_first)).lower() == "true"

    def set_on(self, switch: str, on: bool) -> None:
        self._settings.setValue(f"switches/{switch}", on)

    @property
    def remembered_files(self) -> list[Path]:
        """The project files last opened or saved, newest first. Some may be gone: the disk is not asked."""
        stored = self._settings.value("recent", [])
        # An INI file gives a list of one back as the one itself.
        names = stored if isinstance(stored, list) else [stored]
        return [Path(name) for name in names if isinstance(name, str) and name]

    @property
    def recent_files(self) -> list[Path]:
        """Those of them that are there."""
        return [path for path in self.remembered_files if is_plain(path)]

    def remember(self, path: Path) -> None:
        """Put a file first among the recent ones."""
        others = [one for one in self.recent_files if one != path.absolute()]
        self._settings.setValue("recent", [str(one) for one in [path.absolute(), *others]][:MOST_RECENT])

    def forget_files(self) -> None:
        """Have no file among the recent ones; the files stay."""
        self._settings.remove("recent")
