"""What a lab sheet says, as plain values: sections of words, tables and figures. How they look is decided elsewhere."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nnstudio import __version__
from nnstudio.data.sources import shown_source
from nnstudio.handing_in.curve_drawing import curves_svg
from nnstudio.handing_in.outcomes import Outcome, local_time, outcomes, run_of
from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Parameter, shown_shape
from nnstudio.lessons.model import Lesson
from nnstudio.project import variants
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.model import DataChoice, Project, Run, TrainingPlan
from nnstudio.project.names import shown_name, stop_text
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.project.shapes import infer
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _

MOST_DRAWN = 12
"""The curves of so many runs are drawn, the newest."""
MOST_RUNS = 60
"""As many have a line in the table."""
MOST_LAYERS = 200
ALWAYS = ("loss", "optimizer", "learning_rate", "batch_size", "epochs", "patience", "seed")
"""Settings that are told whatever they are; the others where they are not as at first."""
DASH = "–"


@dataclass(frozen=True)
class Words:
    """A paragraph of plain text, with its line breaks."""

    text: str
    is_faint: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and what they are, a pair a line."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows of plain text under a head; the columns of `numbers` stand right-aligned."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A picture (SVG or PNG) with what stands above and below it; `alt` says it to whoever cannot see it."""

    picture: bytes
    title: str
    alt: str
    note: str = ""
    words: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    parts: tuple[Words | Facts | Table | Figure, ...]


@dataclass(frozen=True)
class SheetPage:
    """A whole sheet, but for the project that goes with it."""

    title: str
    names: str
    written: str
    sections: tuple[Section, ...]


def sheet_page(
    project: Project, title: str, drawing: bytes, lessons: Mapping[str, Lesson], drawn_since: str = ""
) -> SheetPage:
    """What the sheet of a project says. `drawing` is a picture of its network (SVG or PNG), b"" where there is none;
    `drawn_since` what is to be said of it."""
    sections = (
        predictions_section(project, lessons),
        items_section(project),
        words_section(project),
        runs_section(project),
        network_section(project, drawing, drawn_since),
        data_section(project),
    )
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    written = _("Written {time} with nnstudio {version}").format(time=now, version=__version__)
    return SheetPage(title, project.sheet.names, written, tuple(section for section in sections if section.parts))


# --- what the student did -------------------------------------------------------------------------------------------


def predictions_section(project: Project, lessons: Mapping[str, Lesson]) -> Section:
    found = outcomes(project, lessons)
    if not found:
        return Section("", ())
    head = _("Lesson"), _("Question"), _("Predicted"), _("When"), _("What happened")
    rows = tuple(prediction_row(one) for one in found)
    return Section(_("Predictions"), (Table(head, rows),))


def prediction_row(one: Outcome) -> tuple[str, ...]:
    return one.lesson, one.question, one.predicted, local_time(one.prediction.made), one.happened


def items_section(project: Project) -> Section:
    parts: list[Words | Facts | Table | Figure] = []
    for number, item in enumerate(project.sheet.items, 1):
        note = ", ".join(one for one in (where_text(item.run, item.epoch), local_time(item.made)) if one)
        title = f"{number}. {item.title}"
        if item.picture:
            parts.append(Figure(item.picture, title, item.title, note, item.comment))
        else:
            parts += [Words(f"{title} ({note})", is_faint=True), Words(item.comment)]
    return Section(_("What I looked at"), tuple(parts))


def where_text(run: str, epoch: int | None) -> str:
    """The run and the epoch that were looked at, in words."""
    if not run:
        return _("before training")
    number = run.removeprefix("run-")
    if epoch is None:
        return _("run {number}").format(number=number)
    return _("run {number}, epoch {epoch}").format(number=number, epoch=epoch)


def words_section(project: Project) -> Section:
    text = project.sheet.words.strip()
    return Section(_("What I found out"), (Words(text),) if text else ())


# --- runs -----------------------------------------------------------------------------------------------------------


def runs_section(project: Project) -> Section:
    runs = project.runs[-MOST_RUNS:]
    if not runs:
        return Section("", ())
    parts: list[Words | Facts | Table | Figure] = [runs_table(runs)]
    asked_for = [run for run in runs if not run.is_companion]
    for run in asked_for[-MOST_DRAWN:]:
        sketches = [one.curve for one in project.predictions if one.curve and run_of(one, project) is run]
        title = _("Run {number}: {words}").format(number=number_of(run), words=curve_words(run))
        parts.append(Figure(curves_svg(run, sketches), title, curve_words(run), settings_text(run), run.message))
    if len(asked_for) > MOST_DRAWN or len(project.runs) > MOST_RUNS:
        parts.append(Words(_("The attached project holds all runs; the newest are drawn here."), is_faint=True))
    return Section(_("Runs"), tuple(parts))


def runs_table(runs: Sequence[Run]) -> Table:
    head = (
        _("No."),
        _("Changed"),
        _("Seed"),
        _("Epochs"),
        _("Best epoch"),
        _("Training loss"),
        _("Validation loss"),
        _("Accuracy"),
        _("Ended by"),
    )
    rows = []
    for place, run in enumerate(runs):
        changed = variants.changed_since(runs[place - 1], run) if place else ""
        rows.append(
            (
                number_of(run),
                changed or DASH,
                str(run.training.seed),
                str(run.epochs_run),
                str(run.best_epoch or DASH),
                number(at_best(run, run.history.train_loss)),
                number(at_best(run, run.history.validation_loss)),
                share(at_best(run, run.history.validation_accuracy)),
                stop_text(run),
            )
        )
    is_told = any(row[7] != DASH for row in rows)
    kept = [column for column in range(len(head)) if column != 7 or is_told]
    picked = tuple(tuple(row[column] for column in kept) for row in rows)
    return Table(tuple(head[one] for one in kept), picked, frozenset({0, 2, 3, 4, 5, 6, *([7] if is_told else [])}))


def at_best(run: Run, values: Sequence[float]) -> float:
    """The value at the best epoch, of a run without one at the last; NaN where there is none."""
    place = (run.best_epoch or run.epochs_run) - 1
    return values[place] if 0 <= place < len(values) else math.nan


def number(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else DASH


def share(value: float) -> str:
    return f"{100 * value:.1f} %" if math.isfinite(value) else DASH


def number_of(run: Run) -> str:
    return run.id.removeprefix("run-")


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


def settings_text(run: Run) -> str:
    """The settings of a run on one line."""
    return ", ".join(f"{name} {value}" for name, value in settings_of(TRAINING_SETTINGS, run.training, ALWAYS))


def settings_of(
    settings: Sequence[Parameter], values: TrainingPlan | DataChoice, always: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """The settings that are told, by what they are called."""
    told = []
    for setting in settings:
        value = getattr(values, setting.name)
        if setting.name in always or value != setting.default:
            told.append((_(setting.label), shown(setting, value)))
    return told


def shown(setting: Parameter, value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(variants.called(setting, value))


# --- what was trained, and on what ----------------------------------------------------------------------------------


def network_section(project: Project, drawing: bytes, drawn_since: str) -> Section:
    inference = infer(project)
    layers = project.network.layers[:MOST_LAYERS]
    rows = tuple(
        (
            shown_name(layer),
            _(layer_type(layer.type).label),
            shown_shape(inference.shapes[layer.id]) if layer.id in inference.shapes else "?",
            f"{Count(inference.parameters.get(layer.id, 0))}",
        )
        for layer in layers
    )
    total = _("{count} parameters in all").format(count=Count(inference.total_parameters))
    parts: list[Words | Facts | Table | Figure] = []
    if drawing:
        parts.append(Figure(drawing, "", _("The network as it is drawn"), drawn_since))
    if rows:
        parts += [Table((_("Layer"), _("Type"), _("Output"), _("Parameters")), rows, frozenset({3})), Words(total)]
    return Section(_("Network"), tuple(parts))


def data_section(project: Project) -> Section:
    facts = project.facts
    pairs = [(_("Source"), shown_source(project.data.source))]
    if project.data.test_source:
        pairs.append((_("Test file"), shown_source(project.data.test_source)))
    if facts is not None:
        words = _("{rows}: {train} to train, {validation} to validate, {test} to test")
        pairs.append(
            (
                _("Rows"),
                words.format(
                    rows=Count(facts.rows),
                    train=Count(facts.train),
                    validation=Count(facts.validation),
                    test=Count(facts.test),
                ),
            )
        )
        target = ", ".join((*facts.classes[:12], *(["…"] if len(facts.classes) > 12 else [])))
        pairs.append((_("Target"), f"{facts.target}: {target}" if facts.target and target else facts.target or target))
        pairs += [(_("Checksum of the rows"), facts.rows_sha256), (_("Checksum of the files"), facts.sha256)]
    told = [setting for setting in DATA_SETTINGS if setting.name != "points"]
    pairs += settings_of(told, project.data, ("seed",))
    pairs += settings_of(TRAINING_SETTINGS, project.training, ALWAYS)
    return Section(_("Data and settings"), (Facts(tuple(pair for pair in pairs if pair[1])),))
