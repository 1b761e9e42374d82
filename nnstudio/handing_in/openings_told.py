"""What a report says of the test set: how often it was opened, for which runs, what was expected and what came out."""

from nnstudio.data.sources import shown_source
from nnstudio.handing_in.numbers import DASH, number, number_of, share
from nnstudio.handing_in.outcomes import local_time
from nnstudio.handing_in.parts import Part, Table, Words
from nnstudio.project.model import Project
from nnstudio.project.test_seal import Opening, TestResult, together
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _


def opening_parts(project: Project) -> list[Part]:
    """A sentence and a line an opening; nothing where there is no test part and there was none."""
    openings = together(project.openings, *(run.openings for run in project.runs if run.openings))
    has_test = project.facts is not None and project.facts.test > 0
    if not openings and not has_test:
        return []
    parts: list[Part] = [Words(opened_text(openings))]
    if openings:
        head = _("When"), _("What"), _("Expected before"), _("Result"), _("Always the same answer")
        parts.append(Table(head, tuple(opening_row(one, project.data.source) for one in openings)))
    return parts


def opened_text(openings: tuple[Opening, ...]) -> str:
    """How often the test set was opened and for which runs, in a sentence."""
    opened = [one for one in openings if one.what == "opened"]
    if not opened:
        return _("The test set was never opened: it stays sealed.")
    numbers = list(dict.fromkeys(number_of(one.run) for one in opened if one.run))
    words = translate_count(
        "The test set was opened {count} time, for run {runs}.",
        "The test set was opened {count} times; runs: {runs}.",
        len(opened),
    )
    return words.format(count=Count(len(opened)), runs=", ".join(numbers) or DASH)


def opening_row(one: Opening, source: str) -> tuple[str, ...]:
    """An opening, with its data where that is not `source`."""
    whats = {
        "opened": _("opened for run {number}").format(number=number_of(one.run)),
        "lifted": _("seal lifted: the data is public knowledge"),
        "sealed": _("sealed again"),
    }
    what = whats[one.what] + (f" ({shown_source(one.source)})" if one.source not in ("", source) else "")
    result = one.result
    told = (result_text(result), baseline_text(result)) if result is not None else (DASH, DASH)
    return local_time(one.made), what, one.expected.strip() or DASH, *told


def result_text(result: TestResult) -> str:
    """A result with its uncertainty, in words."""
    if result.accuracy is not None:
        words = _("{accuracy} correct (95 % interval: {low} to {high}), loss {loss}, {samples} samples")
        return words.format(
            accuracy=share(result.accuracy),
            low=share(result.low),
            high=share(result.high),
            loss=number(result.loss),
            samples=Count(result.samples),
        )
    return _("R² {r2}, loss {loss}, {samples} samples").format(
        r2=number(result.r2), loss=number(result.loss), samples=Count(result.samples)
    )


def baseline_text(result: TestResult) -> str:
    return share(result.baseline) if result.accuracy is not None else f"R² {number(result.baseline)}"
