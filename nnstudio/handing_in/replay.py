"""A run trained again from its settings and seed, to see whether its curve and weights are what these give here.

Bits can be asked of the same machine, torch, backend and threads alone. Elsewhere rounding differs from the first step
on and grows; a curve that was written by hand differs otherwise: not at all in some epochs, or much in the first.
"""

import math
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import safetensors
import safetensors.numpy
from torch import Tensor

from nnstudio.data.dataset import Dataset
from nnstudio.project import variants
from nnstudio.project.model import Project, Run, Study
from nnstudio.studies.trials import Datasets, setting_again
from nnstudio.text import UserError, translate_count
from nnstudio.text import translate as _
from nnstudio.training.control import Control, Mode
from nnstudio.training.curves import Curves
from nnstudio.training.engine import devices
from nnstudio.training.engine.flat_parameters import Layout
from nnstudio.training.session import EpochDone, Ready, Trained, train
from nnstudio.training.timeline import Timeline

CLOSE = 1e-5
FIRST = 1e-4
"""How far rounding alone may take the first epoch, as a share."""
DRIFTED = 1e-2
"""How far it may have taken the last by the end."""
DRIFTED_SHARE = 0.05
"""And the accuracies, and the weights."""
LOSSES = ("train_loss", "validation_loss")
SHARES = ("train_accuracy", "validation_accuracy", "validation_balanced_accuracy")
CIRCUMSTANCES = ("torch", "machine", "device", "backend", "threads")
WITHIN = "user", "interrupted", "failed"
"""Why a run may have ended within an epoch."""


@dataclass(frozen=True)
class Limits:
    """What may be trained again: runs of so many epochs at most, and so many seconds each; 0 is no limit."""

    epochs: int = 0
    seconds: float = 60.0


@dataclass(frozen=True)
class Verdict:
    """What came of a run trained again. `same` is whether it is the run of its settings; None where that is not
    known. `text` says it."""

    run: str
    same: bool | None
    text: str


@dataclass(frozen=True)
class Again:
    """What training again gave: the run, whose curve may have more epochs, and the weights of the epoch that those of
    the claimed run are of, b"" where there are none."""

    run: Run
    weights: bytes


class OneMoment(Timeline):
    """The weights after one epoch alone."""

    def __init__(self, layout: Layout, epoch: int) -> None:
        super().__init__(layout)
        self.epoch = epoch

    def keep(self, epoch: int, snapshot: list[Tensor], is_best: bool = False) -> None:
        if epoch == self.epoch:
            super().keep(epoch, snapshot)


class TooLongError(UserError):
    """A training that was given up."""


def replayed(project: Project, limits: Limits, refused: Collection[str] = ()) -> list[Verdict]:
    """Every run of a project trained again. `refused` are files that may not be read."""
    replayer = Replayer(project, limits, refused)
    verdicts = []
    for run in project.runs:
        if reason := reason_against(run, limits):
            verdicts.append(not_replayed(run, reason))
            continue
        try:
            found = replayer.again(run)
            verdicts.append(verdict(run, found))
        except UserError as mistake:
            verdicts.append(not_replayed(run, str(mistake)))
        except MemoryError:
            verdicts.append(not_replayed(run, _("There is not enough memory for this.")))
    return verdicts


def not_replayed(run: Run, reason: str) -> Verdict:
    return Verdict(run.id, None, _("not replayed: {reason}").format(reason=reason))


def reason_against(run: Run, limits: Limits) -> str:
    """Why a run cannot be trained again from its settings and seed alone; "" where it can."""
    if run.origin:
        return _("it began with the weights of run {number}.").format(number=run.origin.removeprefix("run-"))
    if run.events:
        return _("it was changed by hand on the way ({what}).").format(
            what=variants.event_text(run.events[0], run.network)
        )
    if run.epochs_run < 1:
        return _("no epoch was completed.")
    if limits.epochs and run.epochs_run > limits.epochs:
        words = translate_count(
            "it has {count} epoch, more than --epochs.", "it has {count} epochs, more than --epochs.", run.epochs_run
        )
        return words.format(count=run.epochs_run)
    return ""


class Replayer:
    """Trains the runs of a project again; `refused` are files that may not be read."""

    def __init__(self, project: Project, limits: Limits, refused: Collection[str]) -> None:
        self.project = project
        self.limits = limits
        self.datasets = Datasets(project, refused)
        self._settings: dict[tuple[str, int, int], tuple[Run, ...]] = {}
        """The trials of a setting are trained together, and so once for all of them."""

    def again(self, run: Run) -> Again:
        """A run trained again. UserError where it cannot be, or takes too long."""
        dataset = self.datasets.of(run.data)
        if run.rows_sha256 and dataset.facts.rows_sha256 != run.rows_sha256:
            raise UserError(_("the data that is here is not what it was trained on."))
        study = next((one for one in self.project.studies if run.trial and one.id == run.trial.study), None)
        with given_up(self.limits) as control:
            if study is not None:
                return self._trial(study, run, control)
            return alone(self.project, run, dataset, control)

    def _trial(self, study: Study, run: Run, control: Control) -> Again:
        """A trial, with the other seeds of its setting."""
        assert run.trial is not None
        key = study.id, run.trial.setting, run.epochs_run if run.stop_reason == "pruned" else 0
        if key not in self._settings:
            self._settings[key] = setting_again(study, run, self.datasets, control)
        found = self._settings[key]
        if run.trial.seed >= len(found):
            raise UserError(_("its study has no such trial."))
        one = found[run.trial.seed]
        if (one.network, one.data, one.training) != (run.network, run.data, run.training):
            raise UserError(_("its network or settings are not those of the trial that it claims to be."))
        return Again(one, one.weights if one.weights_epoch == run.weights_epoch else b"")


@contextmanager
def given_up(limits: Limits) -> Iterator[Control]:
    """A control that stops after the time there is. UserError where it had to."""
    control, is_late = Control(), threading.Event()

    def give_up() -> None:
        is_late.set()
        control.command(Mode.STOP)

    timer = threading.Timer(limits.seconds, give_up) if limits.seconds else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield control
    except UserError:
        if not is_late.is_set():
            raise
    finally:
        if timer:
            timer.cancel()
    if is_late.is_set():
        raise TooLongError(_("it takes more than {seconds:g} seconds (--seconds).").format(seconds=limits.seconds))


def alone(project: Project, run: Run, dataset: Dataset, control: Control) -> Again:
    """A run that was trained by itself."""
    moment, ended = None, None
    spare = max(0, devices.usable_cores() - run.threads) if run.threads > 1 else 0
    for event in train(variants.restored(project, run), dataset, control, Curves(), spare_cores=spare):
        match event:
            case Ready(training_states=(training_state,)):
                layout = training_state.weights.layout(training_state.network)
                moment = OneMoment(layout, run.weights_epoch)
                training_state.keep_timeline(moment)
            case EpochDone():
                if event.epoch >= run.epochs_run + (run.stop_reason not in WITHIN):
                    control.command(Mode.STOP)
            case Trained():
                ended = event.run
    if ended is None or moment is None:
        raise UserError(_("nothing was trained."))
    return Again(ended, moment.weights(run.weights_epoch) if run.weights_epoch in moment.epochs() else b"")


# --- comparing ------------------------------------------------------------------------------------------------------


def verdict(run: Run, found: Again) -> Verdict:
    """Whether a run is what training again gave."""
    if reason := other_end(run, found.run):
        return Verdict(run.id, False, not_its_curve(reason))
    gaps = {name: gaps_of(run, found.run, name) for name in (*LOSSES, *SHARES)}
    worst = max((float(gap.max()) for gap in gaps.values() if len(gap)), default=0.0)
    weights = weights_gap(run, found)
    if worst == 0:
        return same_curve(run, found, weights)
    if worst <= CLOSE and (weights is None or weights <= DRIFTED_SHARE):
        return Verdict(run.id, True, with_reason(_("same to 1e-5"), run, found.run))
    if has_drifted(gaps) and (weights is None or weights <= DRIFTED_SHARE):
        power = math.ceil(math.log10(max(float(gaps[name].max()) for name in LOSSES if len(gaps[name]))))
        words = _("same to 1e{power} at the end, drifting from the first epoch on").format(power=power)
        return Verdict(run.id, True, with_reason(words, run, found.run))
    return Verdict(run.id, False, not_its_curve(first_gap(run, found.run, gaps, weights)))


def same_curve(run: Run, found: Again, weights: float | None) -> Verdict:
    """The verdict on a run whose curve is the same to the bit."""
    if run.stop_reason not in WITHIN and run.best_epoch != found.run.best_epoch:
        words = _("it names epoch {claimed} the best, and {found} is")
        return Verdict(run.id, False, not_its_curve(words.format(claimed=run.best_epoch, found=found.run.best_epoch)))
    if weights is None:
        words = _("same to the bit (its weights are those of a moment within an epoch, and were not compared)")
        return Verdict(run.id, True, words)
    if weights == 0:
        return Verdict(run.id, True, _("same to the bit"))
    words = _("not the weights of its settings: the curve is the same to the bit, the weights of epoch {epoch} are not")
    return Verdict(run.id, False, words.format(epoch=run.weights_epoch))


def not_its_curve(reason: str) -> str:
    return _("not the curve of its settings: {reason}").format(reason=reason)


def other_end(run: Run, found: Run) -> str:
    """In words what does not fit where a run ended; "" where all does."""
    if found.epochs_run < run.epochs_run:
        words = _("it has {claimed} epochs, and training ended after {found} here")
        return words.format(claimed=run.epochs_run, found=found.epochs_run)
    if run.stop_reason not in WITHIN and found.epochs_run > run.epochs_run:
        return _("it ended in epoch {claimed}, and training goes on here").format(claimed=run.epochs_run)
    for name in (*LOSSES, *SHARES):
        claims, there = bool(getattr(run.history, name)), bool(getattr(found.history, name))
        if claims != there and (claims or name in LOSSES):  # older versions measured less
            return _("it has another kind of curve")
    if run.stop_reason not in WITHIN and run.stop_reason != found.stop_reason:
        return _("it ended otherwise")
    if run.parameters != found.parameters:
        return _("it has {claimed} parameters, and not {found}").format(claimed=run.parameters, found=found.parameters)
    return ""


def gaps_of(run: Run, found: Run, name: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """How far a curve is from the one found here, epoch by epoch, as a share of it; accuracies as they are."""
    claimed = np.array(getattr(run.history, name), dtype=float)
    there = np.array(getattr(found.history, name)[: len(claimed)], dtype=float)
    gaps = np.abs(claimed - there)
    if name in LOSSES:
        gaps = gaps / np.maximum(np.abs(there), 1e-12)
    gaps[(claimed == there) | (np.isnan(claimed) & np.isnan(there))] = 0.0
    return np.where(np.isnan(gaps), np.inf, gaps)


def has_drifted(gaps: "dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]") -> bool:
    """Whether rounding alone can have made these gaps: little in the first epoch and yet something, never much."""
    losses = [gaps[name] for name in LOSSES if len(gaps[name])]
    shares = [gaps[name] for name in SHARES if len(gaps[name])]
    if not losses or not 0 < float(gaps[LOSSES[0]][0]) <= FIRST:
        return False
    return all(gap[0] <= FIRST and gap.max() <= DRIFTED for gap in losses) and all(
        gap.max() <= DRIFTED_SHARE for gap in shares
    )


def first_gap(
    run: Run,
    found: Run,
    gaps: "dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]",
    weights: float | None,
) -> str:
    """The first place where a curve is another, in words."""
    names = {
        "train_loss": _("training loss"),
        "validation_loss": _("validation loss"),
        "train_accuracy": _("training accuracy"),
        "validation_accuracy": _("validation accuracy"),
        "validation_balanced_accuracy": _("balanced validation accuracy"),
    }
    places = [(int(np.argmax(gap > CLOSE)), name) for name, gap in gaps.items() if len(gap) and gap.max() > CLOSE]
    if not places:
        return _("its weights are not those of its epoch {epoch}").format(epoch=run.weights_epoch)
    place, name = min(places, key=lambda one: one[0])
    return _("{what} {claimed:.6g} in epoch {epoch}, and {found:.6g} here").format(
        what=names[name],
        claimed=getattr(run.history, name)[place],
        epoch=place + 1,
        found=getattr(found.history, name)[place],
    )


def weights_gap(run: Run, found: Again) -> float | None:
    """How far the weights are from those found here, as a share of the largest of their tensor; None where they cannot
    be compared."""
    if run.weights == found.weights:
        return 0.0
    if not run.weights or not found.weights or (run.stop_reason in WITHIN and run.weights_epoch != run.best_epoch):
        return None
    claimed, there = (safetensors.numpy.load(weights) for weights in (run.weights, found.weights))
    if claimed.keys() != there.keys():
        return math.inf
    gap = 0.0
    for name, values in there.items():
        if claimed[name].shape != values.shape:
            return math.inf
        if values.size:
            most = max(float(np.abs(values.astype(float)).max()), 1e-12)
            own = float(np.abs(claimed[name].astype(float) - values.astype(float)).max()) / most
            gap = max(gap, own if math.isfinite(own) else math.inf)
    return gap


def with_reason(words: str, run: Run, found: Run) -> str:
    """The words with what is another here than where the run was trained."""
    others = [name for name in CIRCUMSTANCES if getattr(run, name) != getattr(found, name)]
    names = {
        "torch": _("PyTorch"),
        "machine": _("machine"),
        "device": _("device"),
        "backend": _("way of computing"),
        "threads": _("threads"),
    }
    if not others:
        return words
    reason = _("another here: {what}").format(what=", ".join(names[one] for one in others))
    return f"{words} ({reason})"
