"""What a class has handed in as a table: a row a file, for a spreadsheet and for programs."""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from nnstudio.data.sources import shown_source
from nnstudio.handing_in.handed_in import HandedIn
from nnstudio.handing_in.outcomes import Outcome, outcomes
from nnstudio.lessons.model import Lesson
from nnstudio.project import openings
from nnstudio.project.best_epoch import at_best
from nnstudio.project.model import DataChoice, Network, Project, Run, TrainingPlan

if TYPE_CHECKING:
    from nnstudio.handing_in.replay import Verdict

COLUMNS = (
    "file",
    "state",
    "names",
    "lessons",
    "predictions",
    "runs",
    "run",
    "network",
    "data",
    "rows_sha256",
    "settings",
    "seed",
    "epochs",
    "best_epoch",
    "training_loss",
    "validation_loss",
    "accuracy",
    "items",
    "words",
    "replay",
    "test_openings",
    "tested_runs",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
"""What a text must not begin with in a table: a spreadsheet would take it for a formula."""
LONGEST_CELL = 30_000
"""A spreadsheet's cell holds no more."""


@dataclass(frozen=True)
class Row:
    """A file that was handed in, with what is told of it; `verdicts` are there where its runs were trained again."""

    handed_in: HandedIn
    outcomes: tuple[Outcome, ...] = ()
    verdicts: "tuple[Verdict, ...]" = ()


def row_of(one: HandedIn, lessons: Mapping[str, Lesson], verdicts: "Sequence[Verdict]" = ()) -> Row:
    told = outcomes(one.project, lessons) if one.project else []
    return Row(one, tuple(told), tuple(verdicts))


def newest_run(project: Project) -> Run | None:
    """The newest run that was asked for, and none that was trained beside it."""
    asked_for = [run for run in project.runs if not run.is_companion]
    return next(reversed(asked_for or project.runs), None)


def as_csv(rows: Sequence[Row]) -> bytes:
    """The table; every text is data, whatever it begins with."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = cells_of(row)
        writer.writerow([cell(cells.get(column, "")) for column in COLUMNS])
    return text.getvalue().encode("utf-8", "replace")


def cell(value: object) -> str:
    """A value as it stands in the table: numbers with all their digits, a text on one line and never a formula."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ""
    if isinstance(value, int):
        return str(value)
    raw = str(value)
    text = " ".join(raw.split())[:LONGEST_CELL]
    return f"'{text}" if text.startswith(FORMULA) else text


def cells_of(row: Row) -> dict[str, object]:
    """The cells of a row by their columns."""
    project = row.handed_in.project
    cells: dict[str, object] = {"file": row.handed_in.name, "state": row.handed_in.state_text}
    if project is None:
        return cells
    lessons = dict.fromkeys(one.lesson for one in row.outcomes)
    cells |= {
        "names": project.sheet.names,
        "lessons": "; ".join(lessons),
        "predictions": "; ".join(prediction_text(one) for one in row.outcomes),
        "runs": len(project.runs),
        "items": "; ".join(f"{item.title}: {item.comment}".rstrip(": ") for item in project.sheet.items),
        "words": project.sheet.words,
        "test_openings": len(openings.opened(project)),
        "tested_runs": " ".join(dict.fromkeys(one.run for one in openings.opened(project))),
        "replay": "; ".join(f"{one.run}: {one.text}" for one in row.verdicts),
    }
    run = newest_run(project)
    return cells | run_cells(run) if run else cells


def run_cells(run: Run) -> dict[str, object]:
    return {
        "run": run.id,
        "network": network_text(run.network),
        "data": shown_source(run.data.source),
        "rows_sha256": run.rows_sha256,
        "settings": " ".join((*changed(run.training, "training"), *changed(run.data, "data"))),
        "seed": run.training.seed,
        "epochs": run.epochs_run,
        "best_epoch": run.best_epoch or "",
        "training_loss": at_best(run, run.history.train_loss),
        "validation_loss": at_best(run, run.history.validation_loss),
        "accuracy": at_best(run, run.history.validation_accuracy),
    }


def prediction_text(one: Outcome) -> str:
    """A prediction, when it was made and what happened, on one line."""
    return f"{one.question} [{one.prediction.made}]: {one.predicted} → {one.happened}"


def network_text(network: Network) -> str:
    """The layers between the ends in their order on the canvas, as --layers has them."""
    told = []
    for layer in network.layers:
        if layer.role not in ("input", "output"):
            values = [str(value) for value in layer.parameters.values()]
            told.append(":".join([layer.type, *values[:1]]))
    return ",".join(told)


def changed(values: TrainingPlan | DataChoice, group: str) -> Iterator[str]:
    """The settings that are not as at first, as --set has them."""
    usual = type(values)()
    for name in values.__struct_fields__:
        value = getattr(values, name)
        if value != getattr(usual, name) and name not in ("source", "seed", "points"):
            yield f"{group}.{name}={value}"


# --- for programs ---------------------------------------------------------------------------------------------------


def as_json(row: Row) -> dict[str, Any]:
    """A row with its parts apart."""
    project = row.handed_in.project
    answer: dict[str, Any] = {
        "file": row.handed_in.name,
        "state": row.handed_in.state,
        "reason": row.handed_in.reason,
    }
    if project is None:
        return answer
    verdicts = {one.run: one for one in row.verdicts}
    return answer | {
        "names": project.sheet.names,
        "words": project.sheet.words,
        "items": [{"title": item.title, "comment": item.comment, "made": item.made} for item in project.sheet.items],
        "lessons": list(dict.fromkeys(one.lesson for one in row.outcomes)),
        "predictions": [
            {
                **msgspec.to_builtins(one.prediction),
                "question": one.question,
                "predicted": one.predicted,
                "happened": one.happened,
            }
            for one in row.outcomes
        ],
        "runs": [run_json(run, verdicts.get(run.id)) for run in project.runs],
        "test_set": openings.described(project),
    }


def run_json(run: Run, verdict: "Verdict | None") -> dict[str, Any]:
    answer = run_cells(run) | {"created": run.created, "stop_reason": run.stop_reason}
    answer["settings"] = {"training": msgspec.to_builtins(run.training), "data": msgspec.to_builtins(run.data)}
    if verdict is not None:
        answer["replay"] = {"same": verdict.same, "text": verdict.text}
    return answer
