"""The trials of one setting, trained side by side: every seed of it, as one stack of networks.

The last bits of a training depend on how many networks take their steps together, so a trial is always trained with all
of its setting's seeds, on one thread: again alone, with one worker or eight, it gives the same numbers to the bit.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from nnstudio.data.dataset import Dataset, load
from nnstudio.project import variants
from nnstudio.project.edits import set_facts
from nnstudio.project.model import DataChoice, Project, Run, Study
from nnstudio.project.studies import trial_projects
from nnstudio.project.study import Trial
from nnstudio.project.validation_rows import validation_bytes
from nnstudio.studies.state import Assignment
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.checkpoint_file import read_checkpoint
from nnstudio.training.control import Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.engine import devices
from nnstudio.training.run_record import InitialState
from nnstudio.training.session import EpochDone, Trained, train_together
from nnstudio.training.validation_rows import validation_rows

MOST_DATASETS = 4
"""As many ways of preparing the data are kept in memory."""


class Datasets:
    """The data of a study, read once for each way of preparing it that varies."""

    def __init__(self, project: Project, refused: Collection[str] = ()) -> None:
        self.project = project
        self.refused = refused
        self._read: dict[DataChoice, Dataset] = {}

    def of(self, choice: DataChoice) -> Dataset:
        """The data as this choice divides and prepares it. UserError for what cannot be used."""
        if choice not in self._read:
            if len(self._read) >= MOST_DATASETS:
                self._read.pop(next(iter(self._read)))
            self._read[choice] = load(choice, self.project.files, self.refused)
        return self._read[choice]


@dataclass(frozen=True)
class Beginning:
    """What one of the seeds begins with: its place among them, its project, and the trial that goes on."""

    seed: int
    project: Project
    earlier: Run | None


def train_setting(
    project: Project, study: Study, assignment: Assignment, datasets: Datasets, control: Control
) -> Iterator[int | tuple[Run, ...]]:
    """Train the seeds of a setting: the number of epochs done, again and again, and then its trials; nothing more where
    the control said stop. A setting that cannot be trained gives trials that have failed, and say why."""
    try:
        projects = trial_projects(project, study, assignment.values)
        dataset = datasets.of(projects[0].data)
        projects = [set_facts(one, one.data, dataset.facts, dataset.files) for one in projects]
    except UserError as mistake:
        yield tuple(failed(project, study, assignment, str(mistake), datasets))
        return
    earlier = {run.trial.seed: run for run in assignment.earlier if run.trial and run.checkpoint}
    going_on = bool(assignment.earlier)
    known = {run.trial.seed for run in assignment.earlier if run.trial}
    beginnings = [
        Beginning(seed, one, earlier.get(seed)) for seed, one in enumerate(projects) if not going_on or seed in known
    ]
    if any(one.earlier is None for one in beginnings):  # where one stood is gone, all begin anew: they are one stack
        beginnings = [Beginning(one.seed, one.project, None) for one in beginnings]
    try:
        yield from trained_trials(study, assignment, beginnings, dataset, control)
    except UserError as mistake:
        yield tuple(failed(project, study, assignment, str(mistake), datasets))


def trained_trials(
    study: Study, assignment: Assignment, beginnings: list[Beginning], dataset: Dataset, control: Control
) -> Iterator[int | tuple[Run, ...]]:
    """Train these seeds up to the budget."""
    curves, initial = zip(*(begun(one) for one in beginnings), strict=True)
    going, reached, is_enough = set(range(len(beginnings))), set[int](), False
    runs: dict[int, Run] = {}
    spare = devices.usable_cores() - 1  # one thread, whatever this machine has
    for event in train_together(
        [one.project for one in beginnings], dataset, control, curves, spare, initial_states=initial
    ):
        if isinstance(event, EpochDone):
            yield 1
            if event.epoch == assignment.budget:
                reached.add(event.variant)
                if reached >= going:
                    is_enough = True
                    control.command(Mode.STOP)
        elif isinstance(event, Trained):
            going.discard(event.variant)
            runs[event.variant] = event.run
    if control.is_stopped and not is_enough:
        return
    yield tuple(as_trial(study, assignment, one.seed, runs[place], dataset) for place, one in enumerate(beginnings))


def begun(beginning: Beginning) -> tuple[Curves, InitialState | None]:
    """The curves and the state that a trial begins with."""
    if beginning.earlier is None:
        return Curves(), None
    run = beginning.earlier
    checkpoint, losses = read_checkpoint(run)
    curves = Curves.of(run.history, run.events)
    curves.batch_loss.extend(losses)
    return curves, InitialState(run, checkpoint=checkpoint)


def as_trial(study: Study, assignment: Assignment, seed: int, run: Run, dataset: Dataset) -> Run:
    """A run as the trial that it is."""
    is_given_up = run.stop_reason == "user"
    has_rows = len(dataset.validation) > 0 and (run.stop_reason != "diverged" or run.best_epoch is not None)
    light = {} if study.keeps_weights else {"weights": b"", "snapshots": b""}
    if not is_given_up:
        light["checkpoint"] = b"" if not study.keeps_weights else run.checkpoint
    return replace(
        run,
        trial=Trial(study.id, assignment.setting, seed, dict(assignment.values)),
        stop_reason="pruned" if is_given_up else run.stop_reason,
        validation=validation_bytes(validation_rows(run, dataset.validation)) if has_rows else b"",
        **light,
    )


def failed(project: Project, study: Study, assignment: Assignment, message: str, datasets: Datasets) -> Iterator[Run]:
    """The trials of a setting that cannot be trained. UserError where the data of the study itself cannot be used:
    then no setting can."""
    preparation = datasets.of(study.data).preparation
    plain = replace(project, network=study.network, data=study.data, training=study.training)
    for seed in range(study.seeds):
        yield replace(
            variants.unfinished(plain, preparation, b""),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            stop_reason="failed",
            message=message,
            trial=Trial(study.id, assignment.setting, seed, dict(assignment.values)),
        )


def trained_again(project: Project, run: Run, refused: Collection[str] = ()) -> Run:
    """A trial trained once more, to where it stands. UserError where its study is gone."""
    study = next((one for one in project.studies if run.trial and one.id == run.trial.study), None)
    if study is None or run.trial is None:
        raise UserError(_("Run {number} is no trial of a study.").format(number=run.id.removeprefix("run-")))
    return setting_again(study, run, Datasets(project, refused), Control())[run.trial.seed]


def setting_again(study: Study, run: Run, datasets: Datasets, control: Control) -> tuple[Run, ...]:
    """The trials of a run's setting, trained once more to where it stands. UserError where they were stopped."""
    assert run.trial is not None
    budget = run.epochs_run if run.stop_reason == "pruned" else 0
    assignment = Assignment(run.trial.setting, run.trial.values, budget)
    for answer in train_setting(datasets.project, study, assignment, datasets, control):
        if isinstance(answer, tuple):
            return answer
    raise UserError(_("The training was stopped."))
