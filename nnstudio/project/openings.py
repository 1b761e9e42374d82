"""The openings of the test set: whether its seal holds, how often it was opened and for which runs, and what was
changed after that. Pure functions of the project; opening_file.py writes an opening into a project file."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import PureWindowsPath
from typing import Any, Literal
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from nnstudio.project import variants
from nnstudio.project.drawn_points import DRAWN
from nnstudio.project.model import DataChoice, Project, Run
from nnstudio.project.test_seal import Opening, TestResult, together
from nnstudio.text import Count, percent, shown_path, translate_count
from nnstudio.text import translate as _

ID_LETTERS = 12
LONGEST_EXPECTED = 500
LIFTED: Literal["lifted"] = "lifted"
SEALED: Literal["sealed"] = "sealed"
MOST_NAMED = 12
"""Of more runs only so many are named."""


# --- what is known of it --------------------------------------------------------------------------------------------


def openings_of(project: Project) -> tuple[Opening, ...]:
    """Every entry that the project or one of its runs knows of, in the order of time."""
    return together(project.openings, *(run.openings for run in project.runs if run.openings))


def opened(project: Project) -> tuple[Opening, ...]:
    """Every time that the test set was opened, of whatever data."""
    return tuple(one for one in openings_of(project) if one.what == "opened")


def data_name(data: DataChoice) -> str:
    """What the data is called that the test part is of: a source, or the name of a file without its folder, so that it
    stays the same when project and data are moved."""
    source = data.test_source or data.source
    if source == DRAWN or source.startswith(("builtin:", "toy:")):
        return source
    return PureWindowsPath(source).name or source


def lifted_since(project: Project, data: DataChoice | None = None) -> str:
    """Since when the seal of this data, or of that of the project, is lifted; "" while it holds, as it does at
    first."""
    name = data_name(data or project.data)
    turns = [one for one in openings_of(project) if one.what != "opened" and one.source == name]
    return turns[-1].made if turns and turns[-1].what == "lifted" else ""


def is_sealed(project: Project, data: DataChoice | None = None) -> bool:
    return not lifted_since(project, data)


def began_after_opening(project: Project, run: Run) -> bool:
    """Whether a run was made when the test set of its data had been opened for another, or its seal lifted."""
    return any(is_after(run, one) for one in openings_of(project))


def runs_after_opening(project: Project) -> tuple[Run, ...]:
    """The runs of which that is so, all at once."""
    entries = openings_of(project)
    return tuple(run for run in project.runs if any(is_after(run, one) for one in entries)) if entries else ()


def is_after(run: Run, opening: Opening) -> bool:
    """Whether a run was made after an entry that let its test part be seen. A run's time is known to the second."""
    is_own = (run.id, run.created) == (opening.run, opening.run_created)
    if is_own or opening.what == "sealed" or opening.source != data_name(run.data):
        return False
    return moment(run.created) >= moment(opening.made).replace(microsecond=0)


def run_of(project: Project, opening: Opening) -> Run | None:
    """The run that the test set was opened for; None where it is not in the project any more."""
    named = (opening.run, opening.run_created)
    return next((run for run in project.runs if (run.id, run.created) == named), None)


def moment(text: str) -> datetime:
    """The time that a text names, in UTC; the first there is for what names none."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


# --- writing it down ------------------------------------------------------------------------------------------------


def new_opening(run: Run, expected: str, result: TestResult) -> Opening:
    """That the test set was opened for a run, now: what was expected of it, and what it gave."""
    expected = expected.strip()[:LONGEST_EXPECTED]
    return Opening(new_id(), now(), "opened", run.id, run.created, data_name(run.data), expected, result)


def turned(project: Project, what: Literal["lifted", "sealed"]) -> Opening:
    """That the seal of the project's data is lifted, or put on again, now."""
    return Opening(new_id(), now(), what, source=data_name(project.data))


def new_id() -> str:
    return uuid4().hex[:ID_LETTERS]


def now() -> str:
    """As exactly as it is known, so that entries keep their order."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def with_opening(project: Project, opening: Opening) -> Project:
    """The project with one more entry, which the run it was for has too, so that it goes where the run goes."""
    named = (opening.run, opening.run_created)
    runs = tuple(
        replace(run, openings=together(run.openings, (opening,))) if (run.id, run.created) == named else run
        for run in project.runs
    )
    return replace(project, openings=together(project.openings, (opening,)), runs=runs)


def with_openings_of(project: Project, other: Project) -> Project:
    """The project with every entry that another knows of: no edit takes one away, whatever it was made from."""
    return project if project.openings is other.openings else with_openings(project, openings_of(other))


def with_openings(project: Project, entries: Iterable[Opening]) -> Project:
    """The project with all of these entries."""
    for one in entries:
        if one not in project.openings:
            project = with_opening(project, one)
    return project


# --- for programs ---------------------------------------------------------------------------------------------------


def described(project: Project) -> dict[str, Any]:
    """The seal and its openings, as `info --json` answers."""
    return {
        "sealed": is_sealed(project),
        "lifted_since": lifted_since(project) or None,
        "openings": len(opened(project)),
        "entries": [msgspec.to_builtins(one) for one in openings_of(project)],
        "made_after": [run.id for run in runs_after_opening(project)],
        "changed": changed_after_opening(project),
    }


# --- in words -------------------------------------------------------------------------------------------------------


def seal_text(project: Project, data: DataChoice | None = None) -> str:
    """Whether the seal of this data, or of that of the project, holds, in a sentence."""
    since = lifted_since(project, data)
    if since:
        return _("The seal is lifted since {date}: public test set.").format(date=shown_day(since))
    return _("The test set is sealed.")


def openings_text(project: Project) -> str:
    """How often the test set was opened, and for which runs: “Opened 1 time, for run 12.”"""
    times = opened(project)
    if not times:
        return _("Never opened.")
    numbers = list(dict.fromkeys(one.run.removeprefix("run-") for one in times))
    told = translate_count("for run {numbers}", "for runs {numbers}", len(numbers)).format(numbers=listed(numbers))
    words = translate_count("Opened {count} time, {runs}.", "Opened {count} times, {runs}.", len(times))
    return words.format(count=Count(len(times)), runs=told)


def changed_after_opening(project: Project) -> str:
    """In words what is other in the project than in the run that the test set of its data was last opened for, and
    which runs were made after an opening; "" where nothing is."""
    times = [one for one in opened(project) if one.source == data_name(project.data)]
    words = []
    before = run_of(project, times[-1]) if times else None
    if before is not None and (changes := variants.changed_since(before, project)):
        words.append(_("Changed after the test set was opened: {changes}.").format(changes=changes))
    later = [run.id.removeprefix("run-") for run in runs_after_opening(project)]
    if later:
        told = translate_count(
            "Made after it was opened: run {numbers}.", "Made after it was opened: runs {numbers}.", len(later)
        )
        words.append(told.format(numbers=listed(later)))
    return " ".join(words)


def entry_text(one: Opening) -> str:
    """An entry on one line: when, what, and what came out beside what was expected."""
    if one.what != "opened":
        words = _("seal lifted ({data})") if one.what == "lifted" else _("sealed again ({data})")
        return f"{shown_time(one.made)}  " + words.format(data=shown_path(one.source))
    told = _("opened for run {number}; expected: {expected}; {result}").format(
        number=one.run.removeprefix("run-"),
        expected=expected_text(one),
        result=result_text(one.result) if one.result else "–",
    )
    return f"{shown_time(one.made)}  {told}"


def expected_text(opening: Opening) -> str:
    """What was written down before, on one line."""
    return shown_path(" ".join(opening.expected.split())) or _("nothing written down")


def result_text(result: TestResult) -> str:
    """What a run gave on the test part, with its uncertainty and what always the same answer gives."""
    return f"{score_text(result)}; {details_text(result)}"


def details_text(result: TestResult) -> str:
    """What stands beside the accuracy, or R²."""
    words = [interval_text(result), *([baseline_text(result)] if result.baseline is not None else [])]
    words.append(_("loss {loss:.4g}").format(loss=result.loss))
    told = translate_count("{count} sample", "{count} samples", result.samples)
    return "; ".join(one for one in (*words, told.format(count=Count(result.samples))) if one)


def short_text(result: TestResult) -> str:
    """The accuracy with its interval, or R², in the room of a cell."""
    if result.accuracy is None:
        return score_text(result)
    return f"{percent(result.accuracy)} ({100 * result.low:.1f} – {percent(result.high)})"


def score_text(result: TestResult) -> str:
    """The accuracy, or R²; the loss where there is neither."""
    if result.accuracy is not None:
        return _("accuracy {share}").format(share=percent(result.accuracy))
    if result.r2 is not None:
        return f"R² {result.r2:.3f}"
    return _("loss {loss:.4g}").format(loss=result.loss)


def interval_text(result: TestResult) -> str:
    """Where the accuracy lies with 95 % confidence; "" for a value."""
    if result.accuracy is None:
        return ""
    return _("95 % interval {low} to {high}").format(low=percent(result.low), high=percent(result.high))


def baseline_text(result: TestResult) -> str:
    if result.accuracy is None:
        return _("baseline R² {value:.3f}: always the mean").format(value=result.baseline or 0.0)
    return _("baseline {share}: always the most frequent class").format(share=percent(result.baseline or 0.0))


def shown_day(text: str) -> str:
    """The day of a moment as the clock here shows it."""
    return f"{moment(text).astimezone():%Y-%m-%d}"


def shown_time(text: str) -> str:
    return f"{moment(text).astimezone():%Y-%m-%d %H:%M}"


def listed(numbers: list[str]) -> str:
    return ", ".join(numbers[:MOST_NAMED]) + (", …" if len(numbers) > MOST_NAMED else "")
