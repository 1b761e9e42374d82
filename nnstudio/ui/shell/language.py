"""Switching the language of the window: our own texts and Qt's."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from nnstudio.text import mark, use_language
from nnstudio.text import translate as _

_translators: list[QTranslator] = []

LEFT_OUT = {
    "&Look in:": mark("&Look in:"),
    "Files of &type:": mark("Files of &type:"),
    '<b>The name "%1" cannot be used.</b>': mark('<b>The name "%1" cannot be used.</b>'),
    "Paste": mark("Paste"),
}
"""What Qt's own catalogues do not translate, of what its dialogs and fields show."""


class LeftOut(QTranslator):
    """Translates these from our catalogue."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        return _(LEFT_OUT[source]) if source in LEFT_OUT else None  # an empty text would count as a translation

    def isEmpty(self) -> bool:
        return False


def apply_language(code: str) -> str:
    """Use a language, "" for the system's, in our texts and in Qt's own dialogs; returns the code in use."""
    used = use_language(code)
    application = QCoreApplication.instance()
    assert application is not None
    while _translators:
        application.removeTranslator(_translators.pop())
    QLocale.setDefault(QLocale(used))
    ours, qts = LeftOut(), QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if qts.load(f"qtbase_{used}", folder):
        for translator in (ours, qts):
            application.installTranslator(translator)
            _translators.append(translator)
    return used
