"""A study on a server, where many machines work on it: what is to be done waits there as Optuna's trials, and what was
trained comes back. The engine is Optuna's RDBStorage; here is how a study of ours lies in it.

A setting, with all of its seeds, is one trial of Optuna: waiting, running (with a heartbeat), complete, or failed when
its worker died; then it is put up again. What comes next follows from the study and the outcomes of its trials alone
(state.py), so that any machine may put it up. Should two do so, the trial with the lower number counts.

The trials themselves, with their weights, lie as parcels in a second study of Optuna, so that whoever looks at the
first, as optuna-dashboard does, does not read them. A parcel is written before its trial is complete.
"""

import math
import random
import statistics
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from nnstudio.project.model import Run
from nnstudio.studies.parcels import (
    MOST_WEIGHTS,
    Published,
    Trained,
    check_published,
    check_trials,
    lightened,
    pieces,
    put_together,
)
from nnstudio.studies.proposals import distributions
from nnstudio.studies.seed_results import SettingResults, result_of, run_of
from nnstudio.studies.server import Server
from nnstudio.studies.state import FINAL, Assignment, StudyState, measure_of
from nnstudio.text import UserError, shown_bytes
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import optuna

MARK = "nnstudio"
"""The attribute of Optuna's study that says where the rest of it lies."""
PARCELS = " (trials)"
"""What the name of the study that holds the parcels ends with."""
AHEAD = 32
"""So many settings wait at most: Optuna reads all that wait whenever one is taken."""
MOST_DEATHS = 10
"""A setting whose workers die so often is not tried again."""
SHOWN_EPOCHS = 20
"""As many points of a curve are told to Optuna."""


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the rest of a study lies: the study of its parcels, and the parcel of its definition, by Optuna's numbers;
    and the version of this program that put it there."""

    parcels: int
    definition: int
    version: str


@dataclass(frozen=True)
class Claim:
    """A setting that this program has taken, as the trial of Optuna of this number and place in the database; after
    `deaths` workers that died over it."""

    trial: int
    number: int
    assignment: Assignment
    deaths: int = 0


# --- the study ------------------------------------------------------------------------------------------------------


def put_up(server: Server, name: str, found: Published, version: str) -> "SharedStudy":
    """The study of this name on the server, published there if it is not yet; any machine can join it then."""
    import optuna

    is_loss = found.study.measure == "validation_loss"
    directions = [optuna.study.StudyDirection.MINIMIZE if is_loss else optuna.study.StudyDirection.MAXIMIZE]

    def created(full: str) -> "optuna.Study":
        return optuna.create_study(storage=server.storage, study_name=full, directions=directions, load_if_exists=True)

    study = server.ask(lambda: created(name))
    if MARK not in server.ask(lambda: study.user_attrs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # names of measures are called experimental
            server.ask(lambda: study.set_metric_names([found.study.measure]))
        parcels = server.ask(lambda: created(name + PARCELS))._study_id
        definition = server.ask(lambda: server.storage.create_new_trial(parcels, parcel_trial(found)))
        place = msgspec.to_builtins(Place(parcels, definition, version))
        server.ask(lambda: study.set_user_attr(MARK, place))
    return SharedStudy(server, study)


def parcel_trial(parcel: Any) -> "optuna.trial.FrozenTrial":
    """A parcel as a trial of Optuna, which comes into the database whole or not at all."""
    import optuna

    return optuna.create_trial(state=optuna.trial.TrialState.COMPLETE, value=0.0, user_attrs=pieces(parcel))


def open_studies(server: Server) -> list[str]:
    """The studies of this program on the server, the newest first."""
    found = server.ask(lambda: server.storage.get_all_studies())
    mine = [one for one in found if MARK in one.user_attrs]
    return [one.study_name for one in sorted(mine, key=lambda one: -one._study_id)]


def find(server: Server, name: str = "") -> "SharedStudy":
    """The study of this name on the server, the only one where none is given. UserError where it cannot be told."""
    import optuna

    names = open_studies(server)
    if not names:
        raise server.no_study()
    if not name and len(names) > 1:
        words = _("{server} holds {count} studies: say which with --study NAME. There are: {known}.")
        raise UserError(words.format(server=server.name, count=len(names), known=", ".join(names[:20])))
    if name and name not in names:
        words = _("There is no study “{id}” on {server}. There are: {known}.")
        raise UserError(words.format(id=name[:80], server=server.name, known=", ".join(names[:20])))
    chosen = name or names[0]
    return SharedStudy(server, server.ask(lambda: optuna.load_study(study_name=chosen, storage=server.storage)))


class SharedStudy:
    """A study on a server, as one program sees it."""

    def __init__(self, server: Server, study: "optuna.Study") -> None:
        """UserError where what lies on the server is no study of this program."""
        self.server = server
        self.name = study.study_name
        self.optuna = study
        try:
            self.place = msgspec.convert(server.ask(lambda: study.user_attrs)[MARK], Place)
            self.published = put_together(self._attributes(self.place.definition), Published)
            check_published(self.published)
        except (KeyError, msgspec.ValidationError, UserError) as error:
            raise self._unsound(str(error)) from None
        self.study = self.published.study
        self.state = StudyState(self.study)
        self.waiting: list[tuple[int, int, int, int]] = []
        """Of each trial that waits its number, its place in the database, its setting and its budget."""
        self.open: dict[int, list[int]] = {}
        """The numbers of the trials that wait or run, by setting."""
        self.done: dict[tuple[int, int], tuple[int, int]] = {}
        """The number of the trial, and the place of the parcel, of each setting and budget that is done."""
        self.deaths: dict[int, int] = {}
        self._seen: set[int] = set()
        self._distributions = distributions(self.study)

    def _unsound(self, reason: str) -> UserError:
        words = _("What “{name}” on {server} holds cannot be read: {reason}")
        return UserError(words.format(name=self.name, server=self.server.name, reason=reason))

    def _attributes(self, place: int) -> dict[str, Any]:
        found: dict[str, Any] = self.server.ask(lambda: self.server.storage.get_trial(place)).user_attrs
        return found

    # --- looking ----------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """See what has changed; what a worker that died was at is free again."""
        import optuna

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # called experimental
            self.server.ask(lambda: optuna.storages.fail_stale_trials(self.optuna))
        trials = self.server.ask(lambda: self.optuna.get_trials(deepcopy=False))
        self.waiting, self.open = [], {}
        for trial in trials:
            if trial.number in self._seen:
                continue
            setting: int = trial.user_attrs.get("setting", -1)
            budget: int = trial.user_attrs.get("budget", -1)
            if not self._is_ours(setting, budget):
                self._seen.add(trial.number)
            elif trial.state.is_finished():
                self._seen.add(trial.number)
                self._take(trial, setting, budget)
            else:
                self.open.setdefault(setting, []).append(trial.number)
                if trial.state.name == "WAITING":
                    self.waiting.append((trial.number, trial._trial_id, setting, budget))
        for setting in [one for one in self.state.under_way if one not in self.open]:
            self.state.give_back(Assignment(setting, {}))
        self.state.under_way |= set(self.open)

    def _is_ours(self, setting: Any, budget: Any) -> bool:
        is_setting = type(setting) is int and 0 <= setting < self.study.settings
        return is_setting and type(budget) is int and budget in self.state.budgets

    def _take(self, trial: "optuna.trial.FrozenTrial", setting: int, budget: int) -> None:
        """A trial of Optuna that has ended."""
        if trial.state.name == "FAIL":
            if "given back" not in trial.user_attrs:
                self.deaths[setting] = self.deaths.get(setting, 0) + 1
            return
        try:
            results = put_together(trial.user_attrs, SettingResults).seeds
            parcel = trial.user_attrs["parcel"]
            runs = [run_of(one, self.study, setting) for one in results]
            if not self.state.has_reached(setting, budget):
                self.state.take(runs)
                self.done[setting, budget] = (trial.number, parcel)
            if type(parcel) is not int or not self.state.has_reached(setting, budget):
                raise UserError(_("the outcome of a setting cannot be"))
        except (KeyError, UserError) as error:
            raise self._unsound(f"{trial.number}: {error}") from None

    @property
    def is_done(self) -> bool:
        """Whether all is done, as far as was seen when last looked."""
        last = self.state.members(len(self.state.budgets) - 1)
        return last is not None and all(self.state.has_reached(setting, 0) for setting in last)

    # --- what is to be done -----------------------------------------------------------------------------------------

    def supply(self, most: int = AHEAD) -> bool:
        """Put up what comes next until so many settings wait; whether there was anything."""
        import optuna

        found = False
        for _number in range(most - len(self.waiting)):
            assignment = self.state.next_assignment()
            if assignment is None:
                break
            found = True
            trial = self._trial(assignment.setting, assignment.budget, optuna.trial.TrialState.WAITING)
            self.server.ask(lambda trial=trial: self.optuna.add_trial(trial))  # type: ignore[misc]
        return found

    def _trial(self, setting: int, budget: int, state: Any, **more: Any) -> "optuna.trial.FrozenTrial":
        """A setting as a trial of Optuna."""
        import optuna

        values = self.state.proposals.setting(setting, self.state.results)
        attributes = {"setting": setting, "budget": budget, **more.pop("attributes", {})}
        return optuna.create_trial(
            state=state, params=dict(values), distributions=self._distributions, user_attrs=attributes, **more
        )

    def claim(self) -> Claim | None:
        """Take the setting that has waited longest; None where nothing is to be done now."""
        from optuna.trial import TrialState

        storage = self.server.storage
        self.look()
        if not self.waiting and not self.is_done and self.supply():
            self.look()
        for number, trial, setting, budget in self._first_in_line():
            # Before it runs: whoever dies right after having taken it is known by its silence.
            self.server.ask(lambda trial=trial: storage.record_heartbeat(trial))  # type: ignore[misc]
            if not self._changed(trial, TrialState.RUNNING):
                continue
            self.look()
            earlier_numbers = [one for one in self.open.get(setting, []) if one < number]
            if earlier_numbers or self.state.has_reached(setting, budget):
                self.give_back(trial)
                continue
            values = self.state.proposals.setting(setting, self.state.results)
            assignment = Assignment(setting, values, budget, self._given_up(setting))
            return Claim(trial, number, assignment, self.deaths.get(setting, 0))
        return None

    def _first_in_line(self) -> list[tuple[int, int, int, int]]:
        """What waits, the oldest first; among as many as there are programs at work by chance, so that not all of them
        reach for the same."""
        waiting = sorted(self.waiting)
        running = sum(map(len, self.open.values())) - len(waiting)
        first = waiting[: running + 1]
        random.shuffle(first)
        return first + waiting[running + 1 :]

    def _given_up(self, setting: int) -> tuple[Run, ...]:
        """The trials of a setting that go on on a higher rung."""
        places = [place for (one, _budget), place in self.done.items() if one == setting]
        runs = self.trials(setting, max(places)[1]) if places else ()
        return tuple(run for run in runs if run.stop_reason == "pruned")

    def _changed(self, trial: int, state: Any, values: Sequence[float] | None = None) -> bool:
        """Whether a trial of Optuna is in this state now by our doing."""
        from optuna.exceptions import UpdateFinishedTrialError

        try:
            return bool(self.server.ask(lambda: self.server.storage.set_trial_state_values(trial, state, values)))
        except UpdateFinishedTrialError:
            return False

    def give_back(self, trial: int) -> None:
        """What was taken is not going to be trained by us."""
        from optuna.exceptions import UpdateFinishedTrialError
        from optuna.trial import TrialState

        try:
            self.server.ask(lambda: self.server.storage.set_trial_user_attr(trial, "given back", True))
        except UpdateFinishedTrialError:
            return
        self._changed(trial, TrialState.FAIL)

    @contextmanager
    def alive(self, claim: Claim) -> Iterator[None]:
        """Give signs of life meanwhile."""
        from optuna.storages._heartbeat import get_heartbeat_thread

        with get_heartbeat_thread(claim.trial, self.server.storage):
            yield

    # --- what was trained -------------------------------------------------------------------------------------------

    def finish(self, claim: Claim, runs: Sequence[Run]) -> bool:
        """Give the trials of a setting; whether they count: not where we were thought dead, and another has it."""
        from optuna.exceptions import UpdateFinishedTrialError

        storage, assignment = self.server.storage, claim.assignment
        attributes, curve = self._parcelled(runs)
        try:
            for key, value in attributes.items():
                self.server.ask(lambda key=key, value=value: storage.set_trial_user_attr(claim.trial, key, value))  # type: ignore[misc]
            for step, value in curve.items():
                self.server.ask(
                    lambda step=step, value=value: storage.set_trial_intermediate_value(claim.trial, step, value)  # type: ignore[misc]
                )
        except UpdateFinishedTrialError:
            return False
        state, value = self._ended(assignment.setting, assignment.budget, runs)
        return self._changed(claim.trial, state, [value])

    def add(self, setting: int, budget: int, runs: Sequence[Run]) -> None:
        """Give the trials of a setting that were trained without the server."""
        attributes, curve = self._parcelled(runs)
        state, value = self._ended(setting, budget, runs)
        trial = self._trial(setting, budget, state, value=value, intermediate_values=curve, attributes=attributes)
        self.server.ask(lambda: self.optuna.add_trial(trial))

    def _parcelled(self, runs: Sequence[Run]) -> tuple[dict[str, Any], dict[int, float]]:
        """Write the trials of a setting as a parcel; what Optuna's trial says of them, and the points of their
        curve."""
        light, left_out = lightened(runs)
        if left_out:
            self.server.tell(left_out_text(runs))
        parcel = self.server.ask(
            lambda: self.server.storage.create_new_trial(self.place.parcels, parcel_trial(Trained(light)))
        )
        results = SettingResults(tuple(result_of(run, self.study) for run in runs))
        attributes = {"parcel": parcel, **pieces(results)}
        message = next((run.message for run in runs if run.message), "")
        return attributes | ({"message": message[:2000]} if message else {}), self._curve(runs)

    def _curve(self, runs: Sequence[Run]) -> dict[int, float]:
        """Points of the curve of the measure, its median over the seeds, by epoch."""
        curves = [getattr(run.history, self.study.measure) for run in runs]
        length = min(map(len, curves), default=0)
        epochs = sorted({length - 1 - place * length // SHOWN_EPOCHS for place in range(min(length, SHOWN_EPOCHS))})
        medians = {epoch + 1: statistics.median(curve[epoch] for curve in curves) for epoch in epochs}
        return {epoch: median for epoch, median in medians.items() if math.isfinite(median)}

    def _ended(self, setting: int, budget: int, runs: Sequence[Run]) -> tuple[Any, float]:
        """The state of Optuna's trial, and its value: that of all seeds, also of those that ended on a lower rung."""
        from optuna.trial import TrialState

        seeds = {**self.state.trials.get(setting, {}), **{run.trial.seed: run for run in runs if run.trial}}
        value = statistics.median(measure_of(run, self.study, budget) for run in seeds.values())
        is_final = budget == 0 or all(run.stop_reason in FINAL for run in seeds.values())
        return TrialState.COMPLETE if is_final else TrialState.PRUNED, value

    def trials(self, setting: int, parcel: int) -> tuple[Run, ...]:
        """The trials in a parcel, checked. UserError for what is none."""
        try:
            runs = put_together(self._attributes(parcel), Trained).runs
            check_trials(runs, self.study, setting)
            values = self.state.proposals.setting(setting, self.state.results)
            if any(run.trial is None or dict(run.trial.values) != dict(values) for run in runs):
                raise UserError(_("the trials are not those of the setting"))
        except (KeyError, UserError) as error:
            raise self._unsound(f"{setting}: {error}") from None
        return runs


def left_out_text(runs: Sequence[Run]) -> str:
    assert runs[0].trial is not None
    size = sum(len(run.weights) + len(run.checkpoint) + len(run.snapshots) for run in runs)
    words = _("Setting {number}: its weights ({size}) are more than goes over a server ({most}): a part is left out.")
    return words.format(number=runs[0].trial.setting, size=shown_bytes(size), most=shown_bytes(MOST_WEIGHTS))
