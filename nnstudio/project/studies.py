"""Defining a study, and its trials as the runs they are. How the next setting is chosen is in studies/proposals.py."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import PureWindowsPath

import msgspec
from msgspec.structs import replace

from nnstudio.layers.spec import Value
from nnstudio.project.edits import LONGEST_NAME, free_run_id
from nnstudio.project.model import Project, Run, Study
from nnstudio.project.shapes import all_problems
from nnstudio.project.study import Halving, Measure, Method, Variable
from nnstudio.project.study_variables import check_variable, grid_values, variable_text, with_values
from nnstudio.project.variants import seeds
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

MOST_TRIALS = 10_000
MOST_SEEDS = 1000
MOST_VARIABLES = 20
SETTINGS = 20
"""So many settings are tried where nobody has said how many."""


def new_study(
    project: Project,
    variables: Sequence[Variable],
    seeds: int = 1,
    method: Method = "grid",
    settings: int = 0,
    measure: Measure = "validation_loss",
    halving: Halving | None = None,
    seed: int = 0,
    name: str = "",
    keeps_weights: bool = True,
) -> Study:
    """A study of the project as it is drawn and planned now. UserError for what cannot be studied."""
    if method == "grid" and not settings:
        settings = math.prod(len(grid_values(project.network, one)) for one in variables)
    # A project has no notes and no facts of its own in a study: what is computed counts.
    study = Study(
        id=free_study_id(project),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        network=project.network,
        data=project.data,
        training=project.training,
        variables=tuple(variables),
        name=name,
        method=method,
        settings=settings or SETTINGS,
        seeds=seeds,
        seed=seed,
        measure=measure,
        halving=halving,
        keeps_weights=keeps_weights,
    )
    check_study(study)
    check_possible(project, study)
    return study


def check_study(study: Study) -> None:
    """UserError for a study that says of itself what cannot be; it may come from anybody's file."""
    network = study.network
    if not 1 <= len(study.variables) <= MOST_VARIABLES:
        raise UserError(_("A study varies at least one setting, and at most {most}.").format(most=MOST_VARIABLES))
    keys = [one.key for one in study.variables]
    for variable in study.variables:
        check_variable(network, variable)
        if keys.count(variable.key) > 1:
            raise UserError(_("{name} is varied twice.").format(name=variable_text(network, variable.key)))
    if not 1 <= study.seeds <= MOST_SEEDS or study.settings < 1:
        raise UserError(_("A study tries at least one setting, each with 1 to {most} seeds.").format(most=MOST_SEEDS))
    if study.settings * study.seeds > MOST_TRIALS:
        raise UserError(
            _("A study has at most {most} trials; {settings} settings with {seeds} seeds each are {count}.").format(
                most=Count(MOST_TRIALS),
                settings=Count(study.settings),
                seeds=Count(study.seeds),
                count=Count(study.settings * study.seeds),
            )
        )
    if study.method == "grid":
        points = math.prod(len(grid_values(network, one)) for one in study.variables)
        if study.settings != points:
            words = _(
                "A grid of these values has {count} settings, all of which are tried: leave out the number of trials."
            )
            raise UserError(words.format(count=Count(points)))
    if study.halving is not None:
        check_halving(study, study.halving)


def check_halving(study: Study, halving: Halving) -> None:
    if study.method == "tpe":
        raise UserError(
            _(
                "Successive halving compares all settings from the first epoch on, and TPE chooses the next by whole "
                "trials. Take a grid or random settings, or no halving."
            )
        )
    if any(one.key == "training.epochs" for one in study.variables):
        raise UserError(_("With successive halving epochs are what is saved: they cannot be varied too."))
    if not (1 <= halving.first < study.training.epochs and 2 <= halving.factor <= 100):
        raise UserError(
            _("Successive halving begins with 1 to {most} epochs, and keeps one setting in 2 to 100.").format(
                most=study.training.epochs - 1
            )
        )


def check_possible(project: Project, study: Study) -> None:
    """UserError where the data has nothing to choose by, or where a value does not go with the others."""
    facts = project.facts
    for problem in all_problems(project):
        raise UserError(problem.message)
    if facts is not None and facts.validation == 0:
        raise UserError(
            _(
                "There is no validation part to choose by, and the test set is not for choosing. Set data.validation "
                "above 0."
            )
        )
    if facts is not None and facts.task == "value" and study.measure != "validation_loss":
        raise UserError(_("A value has no accuracy: choose by the validation loss."))
    for variable in study.variables:
        for value in variable.values or (variable.low, variable.high):
            with_values(base(project, study), {variable.key: round(value) if variable.is_whole else value})  # type: ignore[arg-type]


def free_study_id(*projects: Project) -> str:
    """An id that no study bears in any of these projects, nor one that is gone and has left trials."""
    taken = {study.id for project in projects for study in project.studies}
    held = {id(project.runs): project.runs for project in projects}  # most steps of a history hold the very same
    taken |= {run.trial.study for runs in held.values() for run in runs if run.trial is not None}
    return next(name for name in map("study-{}".format, count(1)) if name not in taken)


def add_study(project: Project, study: Study) -> Project:
    return replace(project, studies=(*project.studies, study))


def find_study(project: Project, id: str = "") -> Study:
    """The study of this id or name, the newest where none is given. UserError where there is none."""
    if not project.studies:
        raise UserError(_("The project holds no study yet. Define one: nnstudio study new PROJECT --vary KEY=VALUES"))
    if not id:
        return project.studies[-1]
    for study in project.studies:
        if id in (study.id, study.name):
            return study
    raise UserError(
        _("There is no study “{id}”. There are: {known}.").format(
            id=id[:40], known=", ".join(study.id for study in project.studies)
        )
    )


def rename_study(project: Project, id: str, name: str) -> Project:
    """The project with another name for a study, "" for none: then what varies is its name. UserError for one that is
    too long or that another study has."""
    name = name.strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise UserError(_("A name has at most {most} characters, all of them printable.").format(most=LONGEST_NAME))
    if name and any(one.name == name and one.id != id for one in project.studies):
        raise UserError(_("There is a study “{name}” already.").format(name=name))
    return replace(project, studies=tuple(replace(one, name=name) if one.id == id else one for one in project.studies))


def remove_study(project: Project, id: str) -> Project:
    """The project without a study and its trials."""
    runs = tuple(run for run in project.runs if run.trial is None or run.trial.study != id)
    return replace(project, studies=tuple(one for one in project.studies if one.id != id), runs=runs)


def definition(study: Study) -> bytes:
    """What makes a study the one it is, wherever its files lie: trials of another do not belong to it, though it bear
    the same id."""
    sources = {name: PureWindowsPath(getattr(study.data, name)).name for name in ("source", "test_source")}
    return msgspec.json.encode(replace(study, name="", url="", data=replace(study.data, **sources)))


# --- trials ---------------------------------------------------------------------------------------------------------


def base(project: Project, study: Study) -> Project:
    """The project that the study varies."""
    facts = project.facts if project.data == study.data else None
    return replace(
        project, network=study.network, data=study.data, training=study.training, facts=facts, runs=(), studies=()
    )


def trial_projects(project: Project, study: Study, values: Mapping[str, Value]) -> list[Project]:
    """The projects of a setting, one a seed: the study's own and those that follow it."""
    return seeds(with_values(base(project, study), values), study.seeds)


def trials_of(project: Project, study: Study) -> dict[int, dict[int, Run]]:
    """The trials there are: by setting, and by seed."""
    found: dict[int, dict[int, Run]] = {}
    for run in project.runs:
        trial = run.trial
        if trial is not None and trial.study == study.id and 0 <= trial.setting < study.settings:
            found.setdefault(trial.setting, {})[trial.seed] = run
    return found


def with_trials(project: Project, runs: Sequence[Run]) -> Project:
    """The project with these trials: each in the place of the one of the same setting and seed, where that is shorter,
    or behind all runs, with an id of its own."""
    return replace(project, runs=put_trials(project.runs, numbered_trials([project], runs)))


def numbered_trials(projects: Sequence[Project], runs: Iterable[Run]) -> list[Run]:
    """Trials with the ids that they have in the first of these projects, or that no run of any of them bears."""
    new = {place_of(run): run for run in runs}
    ids = {place: run.id for run in projects[0].runs if run.trial is not None and (place := place_of(run)) in new}
    number = int(free_run_id(*projects).removeprefix("run-"))
    for place in new:
        if place not in ids:
            ids[place] = f"run-{number}"
            number += 1
    return [replace(run, id=ids[place]) for place, run in new.items()]


def put_trials(runs: tuple[Run, ...], trials: Sequence[Run]) -> tuple[Run, ...]:
    """Runs with trials among them, which bear ids: each in the place of the one of the same setting and seed, where
    that is shorter, or behind all. One pass: there may be ten thousand."""
    wanted = {place_of(run) for run in trials}
    known = {key: place for place, run in enumerate(runs) if run.trial is not None and (key := place_of(run)) in wanted}
    found = list(runs)
    for run in trials:
        place = known.get(place_of(run))
        if place is None:
            known[place_of(run)] = len(found)
            found.append(run)
        elif goes_further(run, before := found[place]):
            found[place] = replace(
                run, id=before.id, note=before.note, is_starred=before.is_starred, openings=before.openings
            )
    return tuple(found)


def place_of(run: Run) -> tuple[str, int, int]:
    """Which study a trial belongs to, and its setting and seed there."""
    assert run.trial is not None
    return run.trial.study, run.trial.setting, run.trial.seed


def goes_further(run: Run, before: Run) -> bool:
    """Whether a trial is what became of an earlier state of itself."""
    is_open = before.stop_reason in ("pruned", "interrupted", "user")
    return is_open and (run.epochs_run, run.stop_reason != before.stop_reason) > (before.epochs_run, False)
