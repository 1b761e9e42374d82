"""What a report says of studies: a line a setting, with the median and the spread of its seeds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from nnstudio.handing_in.numbers import DASH, number, share
from nnstudio.handing_in.parts import Part, Table, Words
from nnstudio.handing_in.table_columns import Column, table_of
from nnstudio.project.best_epoch import at_best
from nnstudio.project.model import Network, Project, Run, Study
from nnstudio.project.study import Measure, Trial
from nnstudio.project.study_variables import value_text, variable_text
from nnstudio.studies.outcomes import outcomes_of
from nnstudio.studies.row_scores import study_optimism
from nnstudio.studies.words import best_text
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _

MOST_SETTINGS = 40
"""As many settings of a study have a line, the best."""


@dataclass(frozen=True)
class Setting:
    """A setting of a study: its first trial, how many there are and how many were given up, and what the others
    reached."""

    first: Trial
    trials: int
    given_up: int
    scores: tuple[float, ...]

    @property
    def middle(self) -> float:
        return median(self.scores) if self.scores else math.nan


def study_parts(project: Project) -> list[Part]:
    """A table for each study that has trials, also for one that is gone from the project."""
    ids = dict.fromkeys(run.trial.study for run in project.runs if run.trial is not None)
    studies = {study.id: study for study in project.studies}
    parts: list[Part] = []
    for id in ids:
        trials = [run for run in project.runs if run.trial is not None and run.trial.study == id]
        parts += one_study(id, studies.get(id), trials)
        if id in studies:
            outcomes = outcomes_of(project, studies[id])
            parts.append(Words(best_text(outcomes, study_optimism(outcomes))))
    return parts


def one_study(id: str, study: Study | None, trials: Sequence[Run]) -> list[Part]:
    measure: Measure = study.measure if study else "validation_loss"
    settings = folded(trials, measure)
    network = (study or trials[0]).network
    name = (study.name if study else "") or id.removeprefix("study-")
    words = translate_count("Study {name}: {count} trial", "Study {name}: {count} trials", len(trials))
    title = words.format(name=name, count=Count(len(trials)))
    parts: list[Part] = [settings_table(settings[:MOST_SETTINGS], measure, title, network)]
    if len(settings) > MOST_SETTINGS:
        words = translate_count(
            "{count} more setting is not listed.",
            "{count} more settings are not listed.",
            len(settings) - MOST_SETTINGS,
        )
        parts.append(Words(words.format(count=Count(len(settings) - MOST_SETTINGS)), is_faint=True))
    return parts


def folded(trials: Sequence[Run], measure: Measure) -> list[Setting]:
    """The settings of a study, that of the best median first."""
    by_setting: dict[int, list[tuple[Trial, Run]]] = {}
    for run in trials:
        if run.trial is not None:
            by_setting.setdefault(run.trial.setting, []).append((run.trial, run))
    sign = 1 if measure == "validation_loss" else -1
    found = []
    for pairs in by_setting.values():
        scores = [score_of(run, measure) for _trial, run in pairs]
        given_up = sum(run.stop_reason == "pruned" for _trial, run in pairs)
        found.append(Setting(pairs[0][0], len(pairs), given_up, tuple(filter(math.isfinite, scores))))
    return sorted(found, key=lambda one: sign * one.middle if math.isfinite(one.middle) else math.inf)


def score_of(run: Run, measure: Measure) -> float:
    """What a study chooses by; NaN of a trial that was given up: it had fewer epochs than the others."""
    return math.nan if run.stop_reason == "pruned" else at_best(run, getattr(run.history, measure))


def settings_table(settings: Sequence[Setting], measure: Measure, title: str, network: Network) -> Table:
    heads = {
        "validation_loss": _("Validation loss, median"),
        "validation_accuracy": _("Validation accuracy, median"),
        "validation_balanced_accuracy": _("Balanced validation accuracy, median"),
    }
    as_text = number if measure == "validation_loss" else share
    keys = dict.fromkeys(key for one in settings for key in one.first.values)
    columns = [
        Column(_("Setting no."), [str(one.first.setting + 1) for one in settings], True),
        *(
            Column(variable_text(network, key), [told_value(network, one.first, key) for one in settings], True)
            for key in keys
        ),
        Column(_("Trials"), [str(one.trials) for one in settings], True),
        Column(_("Given up"), [str(one.given_up or DASH) for one in settings], True, True),
        Column(heads[measure], [as_text(one.middle) for one in settings], True),
        Column(_("From – to"), [spread_text(one, as_text) for one in settings], True),
    ]
    return table_of([column for column in columns if column.is_told], title)


def told_value(network: Network, trial: Trial, key: str) -> str:
    return value_text(network, key, trial.values[key]) if key in trial.values else DASH


def spread_text(setting: Setting, as_text: Callable[[float], str]) -> str:
    """The lowest and the highest of the seeds."""
    return f"{as_text(min(setting.scores))} – {as_text(max(setting.scores))}" if setting.scores else DASH
