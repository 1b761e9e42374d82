"""In which order runs stand in a table, and under which headings: those of a study together, with what it came to."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from nnstudio.project.model import Study
from nnstudio.project.run_columns import Cell, Column, RunFacts, RunTable
from nnstudio.text import translate as _
from nnstudio.text import translate_count


@dataclass(frozen=True)
class Heading:
    """What stands above the runs of a study: its id, "" for runs that are in none, and what it came to, in words."""

    study: str
    text: str
    is_open: bool = True


Row = RunFacts | Heading


def ordered(rows: Sequence[RunFacts], column: Column | None, is_descending: bool = False) -> list[RunFacts]:
    """The rows by the values of a column, those without one last; newest first without a column. What is equal stays
    newest first."""
    newest = list(reversed(rows))
    if column is None:
        return newest
    value = column.value
    known = [facts for facts in newest if value(facts) is not None]
    without = [facts for facts in newest if value(facts) is None]
    return sorted(known, key=lambda facts: place_of(value(facts)), reverse=is_descending) + without


def place_of(cell: Cell) -> tuple[int, float, str]:
    """Numbers before texts."""
    return (1, 0.0, cell.casefold()) if isinstance(cell, str) else (0, float(cell or 0), "")


def grouped(table: RunTable, rows: Sequence[RunFacts], closed: frozenset[str]) -> list[Row]:
    """The rows under a heading for each study, in the order in which the first of each stands; without those of the
    closed ones. As they are where no run is in a study."""
    groups: dict[str, list[RunFacts]] = {}
    for facts in rows:
        groups.setdefault(facts.run.trial.study if facts.run.trial is not None else "", []).append(facts)
    if not any(groups):
        return list(rows)
    found: list[Row] = []
    for id, members in groups.items():
        is_open = id not in closed
        found.append(Heading(id, heading_text(table.studies.get(id), id, members), is_open))
        if is_open:
            found += members
    return found


def heading_text(study: Study | None, id: str, rows: Sequence[RunFacts]) -> str:
    """The name of a study, how many of its runs there are, and its best setting with its seeds and their spread."""
    count = translate_count("{count} run", "{count} runs", len(rows)).format(count=len(rows))
    if not id:
        return _("In no study: {runs}").format(runs=count)
    name = study.name if study is not None and study.name else id
    best = best_text(study, rows)
    return f"{name}: {count}" + (f"; {best}" if best else "")


def best_text(study: Study | None, rows: Sequence[RunFacts]) -> str:
    """The best setting by the median of its seeds: never a bare number."""
    by_accuracy = study is not None and study.measure != "validation_loss"
    by_setting: dict[int, list[float]] = {}
    for facts in rows:
        value = measured(study, facts)
        if value is not None and facts.run.trial is not None:
            by_setting.setdefault(facts.run.trial.setting, []).append(value)
    if not by_setting:
        return ""
    choose = max if by_accuracy else min
    best = choose(by_setting, key=lambda setting: statistics.median(by_setting[setting]))
    values = by_setting[best]
    measure = _("accuracy") if by_accuracy else _("loss")
    given = {"measure": measure, "setting": best + 1, "count": len(values)}
    if len(values) == 1:
        return _("best {measure} {value:.4g} (setting {setting}, one seed)").format(value=values[0], **given)
    return _(
        "best {measure} {value:.4g} (setting {setting}, median of {count} seeds from {low:.4g} to {high:.4g})"
    ).format(value=statistics.median(values), low=min(values), high=max(values), **given)


def measured(study: Study | None, facts: RunFacts) -> float | None:
    """What a study chooses by, of one of its runs."""
    measure = "validation_loss" if study is None else study.measure
    value: float | None = getattr(facts, measure.removeprefix("validation_"))
    return value
