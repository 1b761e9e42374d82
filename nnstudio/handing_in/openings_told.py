"""What a report says of the test set: how often it was opened, for which runs, what was expected and what came out."""

from nnstudio.data.sources import shown_source
from nnstudio.handing_in.numbers import DASH, number, number_of, share
from nnstudio.handing_in.outcomes import local_time
from nnstudio.handing_in.parts import Part, Table, Words
from nnstudio.project.model import Project
from nnstudio.project.openings import changed_after_opening, openings_of, openings_text, seal_text
from nnstudio.project.test_seal import Opening, TestResult
from nnstudio.text import Count
from nnstudio.text import translate as _


def opening_parts(project: Project) -> list[Part]:
    """A sentence and a line an opening; nothing where there is no test part and there was none."""
    openings = openings_of(project)
    has_test = project.facts is not None and project.facts.test > 0
    if not openings and not has_test:
        return []
    told = seal_text(project), openings_text(project), changed_after_opening(project)
    parts: list[Part] = [Words(" ".join(one for one in told if one))]
    if openings:
        head = _("When"), _("What"), _("Expected before"), _("Result"), _("Always the same answer")
        parts.append(Table(head, tuple(opening_row(one, project.data.source) for one in openings)))
    return parts


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
