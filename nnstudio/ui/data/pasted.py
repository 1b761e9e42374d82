"""A table from the clipboard: kept as a file of the user's own, so that it is data like any other."""

from datetime import datetime
from pathlib import Path

from nnstudio import paths
from nnstudio.project.files import write_whole
from nnstudio.text import UserError
from nnstudio.text import translate as _

MOST_LETTERS = 50_000_000


def keep_pasted(text: str) -> Path:
    """The file that a pasted table was written to. UserError for what is no table."""
    if len(text.strip().splitlines()) < 2:
        raise UserError(
            _("There is no table on the clipboard. Copy its cells, with their names above, then paste them here.")
        )
    if len(text) > MOST_LETTERS:
        raise UserError(_("What is on the clipboard is too long for a table that is pasted: save it as a file."))
    folder = paths.pasted_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = _("pasted table")
    path = folder / f"{name} {datetime.now():%Y-%m-%d %H-%M-%S}.tsv"
    write_whole(path, text.encode())
    return path
