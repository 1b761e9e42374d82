"""What a report says: its sections in their order, with what a person wrote, chose and put into it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from nnstudio import __version__
from nnstudio.handing_in.network_told import data_parts, formula_parts, network_parts, settings_parts
from nnstudio.handing_in.openings_told import opening_parts
from nnstudio.handing_in.outcomes import Outcome, local_time, outcomes
from nnstudio.handing_in.parts import Figure, Part, Section, SheetPage, Table, Words
from nnstudio.handing_in.runs_told import curve_parts, run_parts
from nnstudio.lessons.model import Lesson
from nnstudio.project.model import Project
from nnstudio.project.sheet import SECTIONS
from nnstudio.text import translate as _


def sheet_page(
    project: Project, title: str, drawing: bytes, lessons: Mapping[str, Lesson], drawn_since: str = ""
) -> SheetPage:
    """What the report on a project says. `drawing` is a picture of its network (SVG or PNG), b"" where there is none;
    `drawn_since` what is to be said of it."""
    sheet = project.sheet
    written: Mapping[str, Callable[[], list[Part]]] = {
        "predictions": partial(prediction_parts, project, lessons),
        "items": partial(item_parts, project),
        "words": partial(word_parts, project),
        "runs": partial(run_parts, project),
        "curves": partial(curve_parts, project),
        "openings": partial(opening_parts, project),
        "network": partial(network_parts, project, drawing, drawn_since),
        "formula": partial(formula_parts, project),
        "data": partial(data_parts, project),
        "settings": partial(settings_parts, project),
    }
    sections = [
        Section(_(SECTIONS[key]), tuple(written[key]()), sheet.comments.get(key, "").strip())
        for key in sheet.sections
        if key not in sheet.left_out
    ]
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    when = _("Written {time} with nnstudio {version}").format(time=now, version=__version__)
    return SheetPage(title, sheet.names, when, tuple(one for one in sections if one.parts or one.comment))


def prediction_parts(project: Project, lessons: Mapping[str, Lesson]) -> list[Part]:
    found = outcomes(project, lessons)
    if not found:
        return []
    head = _("Lesson"), _("Question"), _("Predicted"), _("When"), _("What happened")
    return [Table(head, tuple(prediction_row(one) for one in found))]


def prediction_row(one: Outcome) -> tuple[str, ...]:
    return one.lesson, one.question, one.predicted, local_time(one.prediction.made), one.happened


def item_parts(project: Project) -> list[Part]:
    """The pictures that were put in, as they are numbered."""
    parts: list[Part] = []
    included = [item for item in project.sheet.items if item.id not in project.sheet.left_out]
    for number, item in enumerate(included, 1):
        where = where_text(item.run, item.epoch) if item.is_of_run else ""
        note = ", ".join(one for one in (where, local_time(item.made)) if one)
        title = f"{number}. {item.title}"
        if item.picture:
            alt = f"{item.title}. {item.alt}" if item.alt else item.title
            parts.append(Figure(item.picture, title, alt, note, item.comment))
        else:
            parts += [Words(f"{title} ({note})", is_faint=True), *([Words(item.comment)] if item.comment else [])]
    return parts


def where_text(run: str, epoch: int | None) -> str:
    """The run and the epoch that were looked at, in words."""
    if not run:
        return _("before training")
    number = run.removeprefix("run-")
    if epoch is None:
        return _("run {number}").format(number=number)
    return _("run {number}, epoch {epoch}").format(number=number, epoch=epoch)


def word_parts(project: Project) -> list[Part]:
    text = project.sheet.words.strip()
    return [Words(text)] if text else []
