"""Choosing one of many networks by the test part, or by the validation part as it should be: by how many points
the number that is then told is too good.

On a copy of the project that lacks the rows of its test set. The network is trained from many seeds and with three
learning rates, as one does who looks for a better one. The rows of the pool, which no candidate learnt, are divided by
chance into a small validation part, as small a test part that stands in for the real one, and the rest, which is fresh:
nothing is chosen by it. What each candidate gives on each row is kept, so that the pool can be divided a thousand times
and nothing trained again.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset, Samples, load
from nnstudio.data.run_rows import load_part
from nnstudio.data.toys import CLASS_TOYS, VALUE_TOYS
from nnstudio.project.data_settings import LARGEST_SEED
from nnstudio.project.edits import set_training
from nnstudio.project.model import DataChoice, Project, Run
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.project.toy_source import PREFIX, toy_settings, toy_source
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.engine.lease import one_core
from nnstudio.training.engine.metrics import outputs_of
from nnstudio.training.inference import restore
from nnstudio.training.session import EpochDone, Trained, coded, placed, train_together

Floats = NDArray[np.float64]
By = Literal["validation", "test"]

MOST_EPOCHS = 30
"""How long the candidates are trained at most: nobody waits for the last tenth of a point here."""
TOGETHER = 10
"""As many are trained side by side."""
FRESH_POINTS = 5000
"""As many new points are drawn of a toy problem."""
POOL_SHARE = 0.5
"""Of other data this share of the rows beside the test set is not learnt."""
DIVISIONS = 1000
RATES = (1.0, 1 / 3, 3.0)
"""The candidates take these learning rates by turns, as multiples of the project's."""
HUGE = 1e30
"""The squared error where an answer is no number."""


@dataclass(frozen=True)
class Answers:
    """What each candidate gives on each row of the pool (k, n): 1 where it names the class right, else 0; of a value
    the squared error, and `targets` (n,) in the same scale."""

    scores: Floats
    targets: Floats | None = None

    def first(self, count: int) -> "Answers":
        """Those of the first candidates."""
        return Answers(self.scores[:count], self.targets)

    def with_more(self, others: "Answers") -> "Answers":
        """Those of more candidates behind them, on the same pool."""
        return Answers(np.concatenate([self.scores, others.scores]), self.targets)

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True)
class Choices:
    """The accuracy, or R², of each candidate on each part (k, d), division by division. The validation and the test
    part have `rows` each, and `fresh_rows` are left."""

    rows: int
    fresh_rows: int
    is_value: bool
    validation: Floats
    test: Floats
    fresh: Floats

    @property
    def divisions(self) -> int:
        return len(self.test[0])

    @cached_property
    def chosen(self) -> dict[By, NDArray[np.int64]]:
        """The best candidate (d,) by either part; of equal ones the first."""
        return {"validation": self.validation.argmax(0), "test": self.test.argmax(0)}

    def said(self, by: By) -> Floats:
        """What the chosen candidate has on the test part (d,): the number that is told."""
        found: Floats = self.test[self.chosen[by], np.arange(self.divisions)]
        return found

    def truth(self, by: By) -> Floats:
        """What it has on fresh rows (d,)."""
        found: Floats = self.fresh[self.chosen[by], np.arange(self.divisions)]
        return found

    def lies(self, by: By) -> Floats:
        """By how much the number told is too high (d,)."""
        return self.said(by) - self.truth(by)


def answers_of(
    project: Project, seeds: range, rows: int, control: Control, refused: Collection[str] = ()
) -> Iterator[float | Answers]:
    """Train the project's network from each seed on a copy without its test rows: the share that is done, again and
    again, and last what the candidates give on the pool. Nothing last where `control` stops it; UserError, before
    anything is trained, where there are too few rows for parts of so many."""
    copy, dataset, pool = copy_of(project, refused)
    check_pool(sum(len(samples) for samples in pool), rows)
    scores: list[Floats] = []
    targets: Floats | None = None
    for start in range(seeds.start, seeds.stop, TOGETHER):
        some = range(start, min(start + TOGETHER, seeds.stop))
        candidates = [candidate(copy, seed) for seed in some]
        whole = len(seeds) * copy.training.epochs
        runs: dict[int, Run] = {}
        done = (start - seeds.start) * copy.training.epochs
        curves = [Curves() for _one in candidates]
        for event in train_together(candidates, dataset, control, curves, spare_cores=1):
            if isinstance(event, EpochDone):
                done += 1
                yield done / whole
            elif isinstance(event, Trained):
                runs[event.variant] = event.run
        if control.is_stopped:
            return
        with one_core():
            for place in sorted(runs):
                found, targets = scores_of(runs[place], pool)
                scores.append(found)
    yield Answers(np.stack(scores), targets)


def candidate(copy: Project, seed: int) -> Project:
    """One of the networks to choose from: that of the project, from this seed."""
    largest = next(one.maximum for one in TRAINING_SETTINGS if one.name == "learning_rate")
    rate = copy.training.learning_rate * RATES[seed % len(RATES)]
    return set_training(copy, seed=seed, learning_rate=min(rate, largest))


def copy_of(project: Project, refused: Collection[str] = ()) -> tuple[Project, Dataset, list[Samples]]:
    """The project as its candidates are trained, its data without the rows of its test set, and the pool.

    The split cuts the test part off the same end whatever the validation part has, so its rows are those of the
    project. Of a toy problem, as many points as are needed are new ones.
    """
    choice = choice_of_copy(project.data)
    read = load(choice, project.files, refused)
    train, pool = alone(read.train), [alone(read.validation)] if len(read.validation) else []
    nothing = replace(train, rows=train.rows[:0])
    dataset = replace(read, train=train, validation=nothing, test=nothing, table=None)
    if is_drawn_anew(choice):
        pool.append(load_part(with_new_points(choice), read.preparation, "train"))
    epochs = min(project.training.epochs, MOST_EPOCHS)
    precision = "float32" if project.training.precision == "float64" else project.training.precision
    copy = msgspec.structs.replace(project, data=choice, facts=dataset.facts, runs=(), studies=())
    # Early stopping would choose too, by rows that are to be divided yet.
    return set_training(copy, epochs=epochs, patience=0, precision=precision), dataset, pool


def choice_of_copy(choice: DataChoice) -> DataChoice:
    """The data with half of what is beside the test set kept from learning, and prepared by what is learnt alone; a
    test file is not even read."""
    changed = msgspec.structs.replace(choice, scale_on="training")
    if choice.test_source:
        changed = msgspec.structs.replace(changed, test_source="", test=0.0)
    if is_drawn_anew(choice):
        return changed
    return msgspec.structs.replace(changed, validation=(1 - changed.test) * POOL_SHARE)


def is_drawn_anew(choice: DataChoice) -> bool:
    """Whether there are as many new points of the same problem as one likes."""
    source = choice.source
    return source.startswith(PREFIX) and toy_settings(source)[0] in {**CLASS_TOYS, **VALUE_TOYS}


def with_new_points(choice: DataChoice) -> DataChoice:
    """The same toy problem from another seed, all of it in one part."""
    name, values = toy_settings(choice.source)
    seed = values["seed"]
    other = (seed + 1) % LARGEST_SEED if isinstance(seed, int) else f"{seed} anew"
    source = toy_source(name, {**values, "samples": FRESH_POINTS, "seed": other})
    return msgspec.structs.replace(choice, source=source, validation=0.0, test=0.0)


def alone(samples: Samples) -> Samples:
    """A part in arrays of its own, which hold no row of another."""
    return Samples(samples.inputs, samples.targets, np.arange(len(samples), dtype=np.int32), samples.weights)


def scores_of(run: Run, pool: Sequence[Samples]) -> tuple[Floats, Floats | None]:
    """What a run gives on each row (n,), and the targets of a value, as `Answers` has them."""
    trained = restore(run)
    scores, values = [], []
    for samples in pool:
        prepared = coded(placed(samples, run.preparation.task, torch.device("cpu")), *trained.coding)
        outputs = outputs_of(trained.network.trained, prepared.inputs)
        if prepared.classes is None:
            errors = (outputs - prepared.targets).double().square().mean(dim=1)
            scores.append(errors.nan_to_num(nan=HUGE, posinf=HUGE))
            values.append(prepared.targets.double().mean(dim=1))
        else:
            scores.append((trained.network.named(outputs) == prepared.classes).double())
    return torch.cat(scores).numpy(), torch.cat(values).numpy() if values else None


def check_pool(count: int, rows: int) -> None:
    """UserError where two parts of so many rows leave fewer than as many fresh ones."""
    if count < 3 * rows:
        words = translate_count(
            "There is {count} row beside the test set that is not learnt; two parts of {rows} rows and as many fresh "
            "rows need {needed}. Choose smaller parts, or take more data.",
            "There are {count} rows beside the test set that are not learnt; two parts of {rows} rows and as many "
            "fresh rows need {needed}. Choose smaller parts, or take more data.",
            count,
        )
        raise UserError(words.format(count=Count(count), rows=Count(rows), needed=Count(3 * rows)))


def choices_of(answers: Answers, rows: int, divisions: int = DIVISIONS) -> Choices:
    """Divide the pool by chance, again and again, into parts of so many rows and the rest. UserError where it is too
    small, or the values in such parts are all equal."""
    count = answers.scores.shape[1]
    check_pool(count, rows)
    random = np.random.default_rng(0)
    drawn = np.stack([random.permutation(count)[: 2 * rows] for _number in range(divisions)])
    parts = [drawn[:, :rows], drawn[:, rows:]]
    sizes = [rows, rows, count - 2 * rows]
    scores = with_rest(answers.scores.sum(1)[:, None], [answers.scores[:, part].sum(2) for part in parts])
    if answers.targets is None:
        validation, test, fresh = (sums / size for sums, size in zip(scores, sizes, strict=True))
        return Choices(rows, sizes[2], False, validation, test, fresh)
    values = answers.targets
    sums = with_rest(values.sum(), [values[part].sum(1) for part in parts])
    squares = with_rest((values**2).sum(), [(values[part] ** 2).sum(1) for part in parts])
    spreads = [square - one**2 / size for square, one, size in zip(squares, sums, sizes, strict=True)]
    # R² divides by the spread of a part's own values.
    usable = np.all([spread > 1e-9 * size for spread, size in zip(spreads, sizes, strict=True)], axis=0)
    if not usable.any():
        raise UserError(_("The values in parts of so few rows are all equal. Choose larger parts."))
    validation, test, fresh = (
        1 - errors[:, usable] / spread[usable] for errors, spread in zip(scores, spreads, strict=True)
    )
    return Choices(rows, sizes[2], True, validation, test, fresh)


def with_rest(total: Floats, sums: Sequence[Floats]) -> list[Floats]:
    """The sums over the parts, and over what they leave of the total."""
    return [*sums, total - sum(sums)]
