"""Words shown to people: English here in the code, other languages from the catalogues in resources/translations."""

import gettext
import locale
import os

from nnstudio import paths

# To add a language: its code and its own name here, and its catalogue in resources/translations (packaging/texts.py
# makes it).
LANGUAGES = {"en": "English", "es": "Español"}

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


class UserError(Exception):
    """Something a person can mend: its text says what is wrong, where, and what to do, and is shown as it stands."""


def translate(text: str) -> str:
    """The text in the language in use."""
    return _catalogue.gettext(text) if text else ""


def translate_into(code: str, text: str) -> str:
    """The text in another language than the one in use."""
    folder = paths.resources() / "translations"
    return gettext.translation("nnstudio", folder, languages=[code], fallback=True).gettext(text) if text else ""


def translate_count(singular: str, plural: str, count: int) -> str:
    """The form of the text that the language in use takes for this count."""
    return _catalogue.ngettext(singular, plural, count)


def mark(text: str) -> str:
    """Mark a text for the catalogues where it is declared; `translate` it where it is shown."""
    return text


def mark_count(singular: str, plural: str) -> tuple[str, str]:
    """Likewise the two forms of a text with a count; `translate_count` them where they are shown."""
    return singular, plural


class Count(int):
    """A whole number that is shown with its thousands apart: by a space, which no language takes for a decimal sign."""

    def __format__(self, spec: str) -> str:
        return format(int(self), spec) if spec else f"{int(self):,}".replace(",", "\u00a0")


def shown_path(path: object) -> str:
    """A whole path on one line, with nothing in it that cannot be seen or that turns the words around."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in str(path))


def shown_bytes(size: int) -> str:
    """A number of bytes as people read it, in thousands."""
    for unit, length in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if size >= length:
            return f"{size / length:.1f} {unit}"
    return f"{size / 1000:.0f} kB" if size >= 10_000 else f"{size / 1000:.1f} kB"


def current_language() -> str:
    """The code of the language in use."""
    return _catalogue.info().get("language", "en")


def use_language(code: str) -> str:
    """Switch to a language, "" meaning the user's own; returns the code in use (English where there is no other)."""
    global _catalogue
    chosen = code if code in LANGUAGES else wanted_language()
    folder = paths.resources() / "translations"
    _catalogue = gettext.translation("nnstudio", folder, languages=[chosen], fallback=True)
    return chosen


def wanted_language() -> str:
    """What NNSTUDIO_LANG names, otherwise what the system speaks, otherwise English."""
    wishes = [os.environ.get(name, "") for name in ("NNSTUDIO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")]
    for wish in [*wishes, system_language()]:
        code = wish.replace("-", "_").split("_")[0].split(".")[0].lower()
        if code in LANGUAGES:
            return code
    return "en"


def system_language() -> str:
    """The language of the system's settings; Windows and macOS keep it outside the environment."""
    try:
        return locale.getlocale()[0] or ""
    except ValueError:
        return ""


def percent(share: float, digits: int = 1) -> str:
    """A share as a book writes it: 98.6 %, and below one in a thousand no digits that nobody reads."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{share:.{digits}%}".replace("%", "\u202f%")
