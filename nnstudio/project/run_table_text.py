"""The table of runs as text for other programs."""

import csv
import io
from collections.abc import Callable, Sequence

from nnstudio.project.run_columns import Cell, Column, RunFacts

Told = Callable[[RunFacts], str]


def csv_of(columns: Sequence[Column], rows: Sequence[RunFacts], told: Told) -> str:
    """A row a run, a column each by its key, with all digits; `told` says what changed since the run before."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([one.key for one in columns])
    for facts in rows:
        writer.writerow([told(facts) if one.key == "changed" else written(one.value(facts)) for one in columns])
    return text.getvalue()


def written(cell: Cell) -> str:
    """A cell as other programs read it: nothing where there is none, and no text that a spreadsheet would compute."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text[:1] in "=+-@\t\r" and text else text
