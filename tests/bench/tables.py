"""The table that a measurement leaves behind."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path


def medians(found: Mapping[str, Sequence[float]], asked: Mapping[str, str]) -> list[str]:
    """A row for each quantity: its median, its range and what is asked of it."""
    rows = ["| what | median | range | asked |", "| --- | ---: | ---: | --- |"]
    for name, values in found.items():
        span = f"{min(values):.3g} – {max(values):.3g}"
        rows.append(f"| {name} | {statistics.median(values):.3g} | {span} | {asked.get(name, '')} |")
    return rows


def keep(path: Path, lines: Sequence[str]) -> None:
    """Print a report and write it among the results."""
    report = "\n".join([*lines, ""])
    print(report)
    path.parent.mkdir(exist_ok=True)
    path.write_text(report, encoding="utf-8")
