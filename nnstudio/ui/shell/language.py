"""Switching the language of the window: our own texts and Qt's."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from nnstudio.text import use_language

_translator: list[QTranslator] = []


def apply_language(code: str) -> str:
    """Use a language, "" for the system's, in our texts and in Qt's own dialogs; returns the code in use."""
    used = use_language(code)
    application = QCoreApplication.instance()
    assert application is not None
    while _translator:
        application.removeTranslator(_translator.pop())
    QLocale.setDefault(QLocale(used))
    translator = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{used}", folder):
        application.installTranslator(translator)
        _translator.append(translator)
    return used
