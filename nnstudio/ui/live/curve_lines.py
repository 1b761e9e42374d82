"""What the curve plots draw of the networks in training, or of the runs that are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from nnstudio.project import variants
from nnstudio.project.model import Run
from nnstudio.text import translate as _
from nnstudio.ui.background.training_jobs import Curves, EarlyStopping
from nnstudio.ui.plots.curve_plot import ShownEvent
from nnstudio.ui.plots.earlier_lines import Earlier
from nnstudio.ui.plots.lines import VARIANTS, Line, Numbers, by_batch, by_epoch
from nnstudio.ui.training.shown_training import ShownNetwork, ShownTraining
from nnstudio.ui.training.status_text import stopping_of

MOST_EARLIER = 12
"""As many of the earlier runs are drawn: the newest of them."""
MOST_CHOSEN = 30
"""As many runs that were chosen are drawn over the one that is shown."""
MOST_COMPARED = 200
"""As many of the newest runs are asked whether they can be compared; this is told ten times a second."""


def of(curves: Curves, name: str) -> Numbers:
    """One value for each complete epoch."""
    values: Numbers = getattr(curves, name).values[: curves.epochs]
    return values


def is_pair(shown: ShownTraining) -> bool:
    """Whether two networks are compared."""
    return len(shown.networks) == 2


def are_many(shown: ShownTraining) -> bool:
    """Whether more networks are drawn than two that are compared."""
    return len(shown.networks) > 2


def are_starts(shown: ShownTraining) -> bool:
    """Whether many starts of one network are drawn as a median and a band."""
    return are_many(shown) and not are_variants(shown)


def are_variants(shown: ShownTraining) -> bool:
    """Whether a few networks that differ in more than their seeds are drawn line by line."""
    plans = [(replace(one.project.training, seed=0), one.project.network) for one in shown.networks]
    return 2 < len(plans) <= len(VARIANTS) and any(plan != plans[0] for plan in plans)


def loss_lines(shown: ShownTraining) -> list[Line]:
    """Training and validation; each batch; and the other network's validation."""
    if are_starts(shown):
        return [by_epoch("middle", spread_of_starts(shown)[1])]
    if are_variants(shown):
        found = zip(VARIANTS, shown.networks, strict=False)
        compared = shown.compared_by if len(shown.curves.validation_loss) else "train_loss"
        return [by_epoch(kind, of(network.curves, compared)) for kind, network in found]
    lines = epoch_lines(shown, "loss")
    if shown.batches:
        lines.insert(0, by_batch(shown.curves.batch_loss.values, shown.batches, shown.is_active))
    return lines


def accuracy_lines(shown: ShownTraining) -> list[Line]:
    """Training and validation accuracy, and the other network's."""
    return epoch_lines(shown, "accuracy")


def epoch_lines(shown: ShownTraining, quantity: str) -> list[Line]:
    """Training and validation of a quantity, and the other network's validation."""
    curves = shown.curves
    lines = [
        by_epoch("training", of(curves, f"train_{quantity}")),
        by_epoch("validation", of(curves, f"validation_{quantity}")),
    ]
    if is_pair(shown):
        lines.append(by_epoch("other_validation", of(shown.networks[1].curves, f"validation_{quantity}")))
    return lines


def dropout_lines(shown: ShownTraining) -> list[Line]:
    """Training as trained and with dropout off, validation; and the same of the other network."""
    curves = shown.curves
    lines = [
        by_epoch("training", of(curves, "train_loss")),
        by_epoch("full_pass", of(curves, "train_loss_full_pass")),
        by_epoch("validation", of(curves, "validation_loss")),
    ]
    if is_pair(shown):
        other = shown.networks[1].curves
        lines += [
            by_epoch("other_full_pass", of(other, "train_loss_full_pass")),
            by_epoch("other_validation", of(other, "validation_loss")),
        ]
    return lines


def spread_of_starts(shown: ShownTraining) -> tuple[Numbers, Numbers, Numbers]:
    """The lowest, the middle and the highest validation loss of all starts, an epoch each; of those that got so far."""
    rows = [measured(shown.curves) for shown in shown.networks]
    longest = max(len(row) for row in rows)
    if longest == 0:
        return np.empty(0), np.empty(0), np.empty(0)
    table = np.full((len(rows), longest), np.nan)
    for row, values in zip(table, rows, strict=True):
        row[: len(values)] = values
    return np.nanmin(table, axis=0), np.nanmedian(table, axis=0), np.nanmax(table, axis=0)


def measured(curves: Curves) -> Numbers:
    """The validation loss, or the training loss where nothing validates."""
    return of(curves, "validation_loss") if len(curves.validation_loss) else of(curves, "train_loss")


# --- what is said of them -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Best:
    """The best epoch of a network, its validation loss, and how many epochs there were; epoch 0 for none yet."""

    epoch: int
    loss: float
    epochs: int


def best_of(curves: Curves, monitor: str) -> Best:
    """The best by what early stopping follows."""
    epochs = curves.epochs  # once: the training goes on meanwhile
    losses = curves.validation_loss.values[:epochs]
    if len(losses) == 0:
        return Best(0, 0.0, epochs)
    followed = getattr(curves, monitor).values[:epochs]
    by_accuracy = monitor != "validation_loss" and np.isfinite(followed).any()  # not in runs of older programs
    place = int(np.nanargmax(followed) if by_accuracy else losses.argmin())
    return Best(place + 1, float(losses[place]), len(losses))


def stopping(shown: ShownTraining) -> EarlyStopping | None:
    """Early stopping as it stands now."""
    if shown.progress is not None:
        return shown.progress.stopping
    return stopping_of(shown.last_run) if shown.last_run else None


def happenings(shown: ShownTraining) -> list[ShownEvent]:
    """Rates changed on the way, and where and why the run ended."""
    network = shown.main.project.network
    found = [ShownEvent(mark.epoch, variants.event_text(mark, network)) for mark in shown.curves.events]
    run = shown.last_run
    if run is not None and run.origin:
        words = _("went on from epoch {epoch} of run {number}")
        found.append(ShownEvent(0, words.format(epoch=run.origin_epoch, number=run.origin.removeprefix("run-"))))
    if run is not None and run.epochs_run:
        found.append(ShownEvent(run.epochs_run, end_text(run)))
    return found


def end_text(run: Run) -> str:
    """Why a run ended, in a few words."""
    return {
        "patience": _("early stopping: patience {patience} used up"),
        "epochs": _("all epochs done"),
        "user": _("stopped by hand"),
        "diverged": _("diverged"),
        "interrupted": _("interrupted"),
        "failed": _("failed"),
        "pruned": _("given up by its study"),
    }[run.stop_reason].format(patience=run.training.patience)


def earlier_runs(shown: ShownTraining, runs: Sequence[Run], hidden: frozenset[str], quantity: str) -> list[Earlier]:
    """The lines of the newest runs that are not shown themselves, each named by what changed since the one before it;
    those of other data or another loss are not of this axis."""
    current = {one.run.id for one in shown.networks if one.run}
    found: list[Earlier] = []
    for place in range(len(runs) - 1, -1, -1):
        run = runs[place]
        if run.id in current or run.id in hidden or not is_comparable(shown, run):
            continue
        line = line_of(run, quantity)
        if line is not None:
            words = run_title(run, runs[place - 1] if place else None)
            # Trials of a study differ from the one before in what the study says: their numbers are enough here.
            found.append(Earlier(run.id, words, line, name=run.id.removeprefix("run-") if run.trial else ""))
        if len(found) == MOST_EARLIER:
            break
    return found[::-1]


def chosen_runs(shown: ShownTraining, chosen: Sequence[Run], quantity: str) -> list[Earlier]:
    """The lines of runs that were chosen to be looked at together, but for those that are shown themselves."""
    current = {one.run.id for one in shown.networks if one.run}
    found: list[Earlier] = []
    for run in chosen:
        line = line_of(run, quantity) if run.id not in current and is_comparable(shown, run) else None
        if line is not None:
            number = run.id.removeprefix("run-")
            found.append(Earlier(run.id, run_title(run, None), line, len(found), number))
        if len(found) == MOST_CHOSEN:
            break
    return found


def chosen_text(shown: ShownTraining, chosen: Sequence[Run]) -> str:
    """Which runs are drawn over each other, and which of those that were chosen are not; "" where none were."""
    if not chosen:
        return ""
    apart = sum(1 for run in chosen if not is_comparable(shown, run))
    drawn = min(len(chosen) - apart, MOST_CHOSEN + 1)
    words = _("{drawn} of {count} selected runs are drawn over each other.").format(drawn=drawn, count=len(chosen))
    if shown.last_run is not None:
        words = _("{drawn} of {count} selected runs are drawn over each other, run {number} with its training.").format(
            drawn=drawn, count=len(chosen), number=shown.last_run.id.removeprefix("run-")
        )
    if apart:
        words += " " + _("{count} are on other data or with another loss.").format(count=apart)
    return words


def line_of(run: Run, quantity: str) -> Line | None:
    """The validation of a quantity, or its training where nothing validates; None where a run has neither."""
    values = getattr(run.history, f"validation_{quantity}") or getattr(run.history, f"train_{quantity}")
    return by_epoch("validation", np.array(values)) if values else None


def is_comparable(shown: ShownTraining, run: Run) -> bool:
    """Whether a run's losses can stand on one axis with those that are shown."""
    made_as = shown.main.run or shown.main.project
    ours, other = made_as.training, run.training
    same_loss = (ours.loss, ours.label_smoothing) == (other.loss, other.label_smoothing)
    return run.data == made_as.data and same_loss


def set_apart_text(shown: ShownTraining) -> str:
    """That earlier runs are not drawn with these, and why; "" where all can be compared."""
    if all(is_comparable(shown, run) for run in shown.store.project.runs[-MOST_COMPARED:]):
        return ""
    return _("Earlier runs on other data or with another loss are not drawn: show one in the list of runs to see it.")


def run_title(run: Run, before: Run | None) -> str:
    """A run's number, and what changed since the one before."""
    words = variants.changed_since(before, run) if before else ""
    title = _("run {number}").format(number=run.id.removeprefix("run-"))
    return f"{title}: {words}" if words else title


def comparison_text(shown: ShownTraining) -> str:
    """One line on how two networks compare, on how many starts ended where, or on runs that cannot be compared; ""
    where there is nothing to say."""
    if is_pair(shown):
        return pair_text(shown.networks[0], shown.networks[1])
    if are_variants(shown):
        return variants_text(shown)
    return starts_text(shown) if are_starts(shown) else set_apart_text(shown)


def variants_text(shown: ShownTraining) -> str:
    """What each letter of the legend stands for."""
    named = zip(VARIANTS.values(), shown.networks, strict=False)
    return "; ".join(f"{letter}: {network.words}" for letter, network in named if network.words)


def pair_text(left: ShownNetwork, right: ShownNetwork) -> str:
    """Best losses of both, and since when each overfits."""
    found = [best_of(shown.curves, "validation_loss") for shown in (left, right)]
    if not all(best.epoch for best in found):
        return _("Compared with: {other}").format(other=right.words)
    parts = [
        _("{who}: lowest validation loss {loss:.4g} in epoch {epoch}{rest}").format(
            who=who,
            loss=best.loss,
            epoch=best.epoch,
            rest=_(", overfitting since") if best.epochs > best.epoch else "",
        )
        for who, best in zip((_("This network"), right.words), found, strict=True)
    ]
    return "; ".join(parts) + "."


def starts_text(shown: ShownTraining) -> str:
    """Where the starts ended: the best, the middle and the worst, and how many failed."""
    lowest = [float(measured(shown.curves).min()) for shown in shown.networks if shown.curves.epochs]
    count = len(shown.networks)
    diverged = sum(1 for shown in shown.networks if shown.run and shown.run.stop_reason == "diverged")
    if not lowest and diverged:
        return _(
            "{count} starts: {diverged} diverged before their first epoch was over. Take a lower learning rate."
        ).format(count=count, diverged=diverged)
    if not lowest:
        return _("{count} starts").format(count=count)
    middle = float(np.median(lowest))
    stuck = sum(1 for loss in lowest if loss > 2 * middle)
    return _(
        "{count} starts: lowest loss from {low:.4g} to {high:.4g}, median {middle:.4g}. {stuck} ended in a minimum "
        "more than twice as high as the median, {diverged} diverged."
    ).format(count=count, low=min(lowest), high=max(lowest), middle=middle, stuck=stuck, diverged=diverged)
