"""The dialog that asks for a file of data."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio import paths
from nnstudio.text import translate as _

TABLES = "*.csv *.tsv *.txt *.data *.xlsx *.xlsm *.xlsb *.xls *.ods *.arff *.parquet *.npy *.npz *.zip *.gz *ubyte"
"""What the names of data files look like."""


def asked_file(parent: QWidget, title: str, project: Path | None, name: str = "") -> str:
    """The file that is chosen, "" for none. The dialog begins beside the project, or with the user's own files where it
    is in none yet: a program that a menu starts works in the root of the disk."""
    folder = project.parent if project else paths.home()
    pattern = _("Tables") + f" ({TABLES});;" + _("All files") + " (*)"
    chosen, _filter = QFileDialog.getOpenFileName(parent, title, str(folder / name), pattern)
    return chosen
