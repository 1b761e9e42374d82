"""The verbs for studies: `study new`, `run`, `work`, `status`, `show` and `export`."""

import dataclasses
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from tqdm import tqdm

from nnstudio.cli import report, verbs
from nnstudio.cli.options import whole
from nnstudio.cli.shared_studies import shared_events
from nnstudio.data.dataset import load
from nnstudio.project.archive import open_project, save, thumbnail_of
from nnstudio.project.files import check_target, check_writable, write_whole
from nnstudio.project.model import Project, Study
from nnstudio.project.outside_data import refused_sources, remember
from nnstudio.project.studies import add_study, find_study, new_study, remove_study, trials_of
from nnstudio.project.study import Halving
from nnstudio.project.study_variables import parse_variable, setting_text
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _
from nnstudio.training.interrupts import ENDING, interrupts

if TYPE_CHECKING:
    from nnstudio.studies.outcomes import Outcomes
    from nnstudio.studies.row_scores import StudyOptimism

Answer = tuple[dict[str, Any], int]


# --- the verbs ------------------------------------------------------------------------------------------------------


def new(options: Namespace) -> Answer:
    """Write a study into a project."""
    check_writable(options.project)
    project, refused = verbs.opened(options)
    if not options.vary:
        raise UserError(_("Say what varies: --vary KEY=VALUES, as in --vary training.learning_rate=0.001,0.01,0.1"))
    project = verbs.check_no_problems(verbs.with_facts(project, load(project.data, project.files, refused)))
    if options.replace and any(options.name and one.name == options.name for one in project.studies):
        project = remove_study(project, find_study(project, options.name).id)
    if options.name and any(one.name == options.name for one in project.studies):
        words = _(
            "There is a study “{name}” already. Give the new one another name, or put it in its place with --replace."
        )
        raise UserError(words.format(name=options.name))
    study = new_study(
        project,
        [parse_variable(project.network, one) for one in options.vary],
        seeds=whole(options.seeds, "--seeds", 1),
        method=options.method,
        settings=whole(options.trials, "--trials"),
        measure=options.measure,
        halving=halving_of(options.halving),
        seed=whole(options.seed, "--seed"),
        name=options.name,
        keeps_weights=not options.without_weights,
    )
    whole_project = add_study(project, study)
    save(whole_project, options.project, thumbnail_of(options.project))
    remember(whole_project, options.project, refused)
    answer = {
        "study": study.id,
        "settings": study.settings,
        "seeds": study.seeds,
        "trials": study.settings * study.seeds,
    }
    return verbs.finish(options, answer, lambda: print_new(study))


def halving_of(text: str) -> Halving | None:
    if not text:
        return None
    first, colon, factor = text.partition(":")
    return Halving(whole(first, "--halving", 1), whole(factor, "--halving", 2) if colon else Halving().factor)


def print_new(study: Study) -> None:
    words = translate_count(
        "{study}: {count} setting, each with {seeds} seeds: {trials} trainings.",
        "{study}: {count} settings, each with {seeds} seeds: {trials} trainings.",
        study.settings,
    )
    trials = Count(study.settings * study.seeds)
    print(words.format(study=study.id, count=Count(study.settings), seeds=study.seeds, trials=trials))
    print(_("Run it with: nnstudio study run PROJECT"))


def run(options: Namespace) -> Answer:
    """Run a study of a project until it is done, or interrupted: it goes on where it was the next time."""
    from nnstudio.studies.control import StudyControl
    from nnstudio.studies.kept import opened_with_trials, run_kept

    workers = whole(options.workers, "--workers", 0 if options.storage else 1)
    check_writable(options.project)
    project, study = opened_with_trials(options.project, options.study)
    refused = frozenset() if options.allow_data else refused_sources(project, options.project)
    control = StudyControl()
    if study.url and not options.storage:
        words = _("{study} is on {server} too. It goes on here alone; with --storage URL it goes on there.")
        print("nnstudio: " + words.format(study=study.id, server=study.url), file=sys.stderr)
    with interrupts(control.stop, ENDING) as came, study_bar(options, project, study) as told:
        if options.storage:
            events = shared_events(options, study.id, refused, control)
        else:
            events = run_kept(options.project, study.id, control, workers, refused)
        for event in events:
            told(event)
    project = open_project(options.project)
    status = 128 + came[0] if came else 0
    return verbs.finish(options, status_of(project, study), lambda: print_status(project, study), status)


@contextmanager
def study_bar(options: Namespace, project: Project, study: Study) -> Iterator[Any]:
    """A progress bar that counts trials, and epochs beside them; what is yielded takes the events of a study."""
    from nnstudio.studies.control import EpochsDone, SettingDone

    done, epochs = sum(len(seeds) for seeds in trials_of(project, study).values()), 0
    show = options.progress or sys.stderr.isatty()
    with tqdm(
        total=study.settings * study.seeds, initial=done, unit=_("trial"), disable=not show, file=sys.stderr
    ) as bar:

        def told(event: Any) -> None:
            nonlocal epochs
            if isinstance(event, EpochsDone):
                epochs += event.count
                bar.set_postfix_str(
                    translate_count("{count} epoch", "{count} epochs", epochs).format(count=Count(epochs)),
                    refresh=False,
                )
                bar.update(0)
            elif isinstance(event, SettingDone):
                bar.update(len(event.runs))

        yield told


def status(options: Namespace) -> Answer:
    from nnstudio.studies.kept import opened_with_trials

    project, study = opened_with_trials(options.project, options.study)
    return verbs.finish(options, status_of(project, study), lambda: print_status(project, study))


def status_of(project: Project, study: Study) -> dict[str, Any]:
    """How far a study is."""
    from nnstudio.studies.state import StudyState

    state = StudyState(study, trials_of(project, study))
    reasons = [run.stop_reason for seeds in state.trials.values() for run in seeds.values()]
    return {
        "study": study.id,
        "name": study.name,
        "server": study.url,
        "method": study.method,
        "measure": study.measure,
        "settings": study.settings,
        "seeds": study.seeds,
        "trials": study.settings * study.seeds,
        "done": state.done,
        "is_done": state.is_done,
        "pruned": reasons.count("pruned"),
        "diverged": reasons.count("diverged"),
        "failed": reasons.count("failed"),
        "variables": [msgspec.to_builtins(one) for one in study.variables],
    }


def print_status(project: Project, study: Study) -> None:
    answer = status_of(project, study)
    words = translate_count(
        "{study}: {done} of {count} trial done.", "{study}: {done} of {count} trials done.", answer["trials"]
    )
    print(words.format(study=study.id, done=Count(answer["done"]), count=Count(answer["trials"])))
    if not answer["is_done"]:
        print(_("Go on with: nnstudio study run PROJECT"))


def show(options: Namespace) -> Answer:
    """What came of each setting of a study, and the best with its seeds, its spread and how much of it is luck."""
    from nnstudio.studies.importance import importances
    from nnstudio.studies.kept import opened_with_trials
    from nnstudio.studies.outcomes import outcomes_of
    from nnstudio.studies.row_scores import study_optimism

    project, study = opened_with_trials(options.project, options.study)
    outcomes = outcomes_of(project, study)
    optimism = study_optimism(outcomes)
    answer = {
        **status_of(project, study),
        "results": [result_of(outcomes, place) for place in range(len(outcomes.numbers))],
        "best": best_of(outcomes, optimism),
        "importance": [dataclasses.asdict(one) for one in importances(outcomes)],
    }
    return verbs.finish(options, answer, lambda: print_results(outcomes, optimism))


def result_of(outcomes: "Outcomes", place: int) -> dict[str, Any]:
    """A setting with the measure of each of its seeds, and their median and spread."""
    runs = [outcomes.runs[one] for one in outcomes.trials_of(place)]
    spread = outcomes.spread
    return {
        "setting": int(outcomes.numbers[place]),
        "values": outcomes.values_of(place),
        "runs": [run.id for run in runs],
        "measure": [float(outcomes.scores[one]) for one in outcomes.trials_of(place)],
        "median": float(spread.median[place]),
        "low": float(spread.low[place]),
        "high": float(spread.high[place]),
        "epochs": [run.epochs_run for run in runs],
        "ended": [run.stop_reason for run in runs],
    }


def best_of(outcomes: "Outcomes", optimism: "StudyOptimism") -> dict[str, Any] | None:
    """The best setting, with by how much the best of so many looks too good, or why that is not told."""
    if outcomes.best is None:
        return None
    count = len(outcomes.numbers)
    told = {"optimism": optimism.after(count), "of_settings": count} if optimism.found else {"reason": optimism.reason}
    return result_of(outcomes, outcomes.best) | told


def print_results(outcomes: "Outcomes", optimism: "StudyOptimism") -> None:
    from nnstudio.studies.words import best_text, measure_text, spread_text

    print(best_text(outcomes, optimism))
    network = outcomes.study.network
    rows = [
        (
            str(outcomes.numbers[place]),
            setting_text(network, outcomes.values_of(place)),
            spread_text(outcomes, place),
        )
        for place in map(int, outcomes.ranked)
    ]
    report.print_table((_("setting"), _("values"), measure_text(outcomes.study.measure)), rows)


def export(options: Namespace) -> Answer:
    """A study for other programs: a journal of Optuna, or a table with a row for each run."""
    from nnstudio.studies.exported import csv_table, optuna_journal
    from nnstudio.studies.kept import opened_with_trials

    check_target(options.out)
    verbs.check_overwriting(options.out, options.project)
    project, study = opened_with_trials(options.project, getattr(options, "study", ""))
    name = study.name or f"{options.project.stem} {study.id}"
    content = csv_table(project, study) if options.to == "csv" else optuna_journal(project, study, name)
    write_whole(options.out, content)
    answer = {"study": study.id, "files": [str(options.out)], "trials": status_of(project, study)["done"]}
    return verbs.finish(options, answer, lambda: print(options.out))
