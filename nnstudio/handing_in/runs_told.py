"""What a report says of the runs: a table of those that were asked for, one of the settings of each study, curves."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from nnstudio.handing_in.curve_drawing import curves_svg
from nnstudio.handing_in.network_told import settings_text
from nnstudio.handing_in.numbers import DASH, number, number_of, share
from nnstudio.handing_in.outcomes import run_of
from nnstudio.handing_in.parts import Figure, Part, Table, Words
from nnstudio.handing_in.table_columns import Column, table_of
from nnstudio.handing_in.trials_told import study_parts
from nnstudio.project import variants
from nnstudio.project.best_epoch import at_best
from nnstudio.project.model import Project, Run
from nnstudio.project.names import stop_text
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _

MOST_DRAWN = 12
"""The curves of so many runs are drawn, the newest."""
MOST_RUNS = 60
"""As many have a line in the table, the newest; starred ones always do."""
STAR = "★"


def run_parts(project: Project) -> list[Part]:
    """Single runs a line each, trials of studies by their settings."""
    single = [run for run in project.runs if run.trial is None]
    parts: list[Part] = []
    if single:
        listed = newest(single, MOST_RUNS)
        parts.append(runs_table(single, listed))
        if any(run.is_starred for run in listed):
            parts.append(Words(_("{star} marks runs that stand out.").format(star=STAR), is_faint=True))
        parts += left_out_words(len(single) - len(listed))
    return [*parts, *study_parts(project)]


def newest(runs: Sequence[Run], most: int) -> list[Run]:
    """The newest of many runs, and those with a star."""
    first = max(0, len(runs) - most)
    return [run for place, run in enumerate(runs) if place >= first or run.is_starred]


def left_out_words(count: int) -> list[Part]:
    if count <= 0:
        return []
    words = translate_count("{count} older run is not listed.", "{count} older runs are not listed.", count)
    return [Words(words.format(count=Count(count)), is_faint=True)]


def runs_table(runs: Sequence[Run], listed: Sequence[Run]) -> Table:
    """A line a run. What changed is told from the run before it, listed or not."""
    before: Mapping[str, Run] = {run.id: earlier for earlier, run in pairwise(runs)}
    changes = [variants.changed_since(before[run.id], run) if run.id in before else "" for run in listed]
    columns = [
        Column(_("No."), [f"{STAR} {number_of(run)}" if run.is_starred else number_of(run) for run in listed], True),
        Column(_("Changed"), [change or DASH for change in changes]),
        Column(_("Seed"), [str(run.training.seed) for run in listed], True),
        Column(_("Epochs"), [str(run.epochs_run) for run in listed], True),
        Column(_("Best epoch"), [str(run.best_epoch or DASH) for run in listed], True),
        Column(_("Training loss"), [number(at_best(run, run.history.train_loss)) for run in listed], True),
        Column(_("Validation loss"), [number(at_best(run, run.history.validation_loss)) for run in listed], True),
        Column(_("Accuracy"), [share(at_best(run, run.history.validation_accuracy)) for run in listed], True, True),
        Column(_("Ended by"), [stop_text(run) for run in listed]),
        Column(_("Note"), [run.note.strip() for run in listed], is_optional=True),
    ]
    return table_of([column for column in columns if column.is_told])


def curve_parts(project: Project) -> list[Part]:
    """The curves of the newest runs that were asked for, and of those with a star; of trials of these alone."""
    asked_for = [run for run in project.runs if not run.is_companion and (run.trial is None or run.is_starred)]
    parts: list[Part] = []
    for run in newest(asked_for, MOST_DRAWN)[-MOST_RUNS:]:
        sketches = [one.curve for one in project.predictions if one.curve and run_of(one, project) is run]
        title = _("Run {number}: {words}").format(number=number_of(run), words=curve_words(run))
        said = "\n".join(one for one in (run.note.strip(), run.message) if one)
        parts.append(Figure(curves_svg(run, sketches), title, curve_words(run), settings_text(run), said))
    if len(parts) < len(asked_for):
        words = _("{drawn} of {count} runs are drawn: the newest, and those with a star.")
        parts.append(Words(words.format(drawn=len(parts), count=Count(len(asked_for))), is_faint=True))
    return parts


def curve_words(run: Run) -> str:
    """A curve in a sentence."""
    best, lowest = run.best_epoch, number(at_best(run, run.history.validation_loss))
    if best:
        words = _("{epochs} epochs; lowest validation loss {loss} in epoch {best}.")
        return words.format(epochs=run.epochs_run, loss=lowest, best=best)
    words = translate_count(
        "{count} epoch; training loss {loss}.", "{count} epochs; training loss {loss}.", run.epochs_run
    )
    return words.format(count=run.epochs_run, loss=number(at_best(run, run.history.train_loss)))
