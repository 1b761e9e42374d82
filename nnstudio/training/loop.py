"""The only training loop: a generator of events. It never touches the live project and never knows who listens."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from nnstudio.project.model import StopReason
from nnstudio.stages import BATCH, NOTING, VALIDATING, stage
from nnstudio.training.checkpoint import Standing
from nnstudio.training.control import LEARNING_RATE, Control, Mode
from nnstudio.training.engine.epoch_buffer import EpochRecord
from nnstudio.training.engine.evaluation import FullPass
from nnstudio.training.engine.losses import predicted_classes
from nnstudio.training.engine.metrics import PreparedSamples, confusion_matrix, outputs_of
from nnstudio.training.engine.step import Step
from nnstudio.training.probes import OF_EPOCHS, Reading, Wish, read
from nnstudio.training.resume import go_on_from, standing_of
from nnstudio.training.training_state import Course

MEASURING = 0.03
"""The share of the time that full passes over the training samples may take; they are only looked at."""

INTERVAL = 1 / 30
"""Seconds between two looks at what a running epoch has given."""


@dataclass(frozen=True)
class EpochDone:
    """An epoch is complete and its numbers are in the curves of its course."""

    epoch: int
    course: Course


@dataclass(frozen=True)
class Finished:
    """A training has ended, and its network holds the weights of `weights_epoch` (0: before the first was complete)."""

    reason: StopReason
    weights_epoch: int
    engine: str
    course: Course


Event = EpochDone | Finished


@dataclass(frozen=True)
class Taken:
    """A step that was taken: the number of its batch, counted from 0, in an epoch, and the rows of its samples."""

    epoch: int
    number: int
    rows: Tensor


class Loop:
    """Trains the networks of one step, a course each, on the same samples in batches of one size.

    The same seeds on the same machine, device and number of threads give the same curves, bit for bit.
    """

    def __init__(self, step: Step, courses: Sequence[Course], validation: PreparedSamples, control: Control) -> None:
        self.step = step
        self.engine = step.engine
        self.team = step.team
        self.full_pass = FullPass(step.learners, validation, step.team)
        self.courses = list(courses)
        self.validation = validation
        self.control = control
        self.taken: list[Taken] = []
        """The newest step of each network; none before the first of these networks together."""
        self.record = self.new_record()
        self.first = 0
        """The batch that the epoch under way began with here; not 0 where it was gone on with."""
        self.began = self.next_look = 0.0
        self.training_pass: FullPass | None = None
        """Over the training samples; made when somebody first wants it."""
        self.training_pass_took = 0.0
        self._changes_made = 0

    def new_record(self) -> EpochRecord:
        """Room for what an epoch gives: as many rows in each batch as are this process's."""
        batch_size, samples = self.courses[0].plan.batch_size, self.step.samples
        batches = torch.split(torch.empty(len(samples), device="meta"), batch_size)
        sizes = [len(self.team.part(rows)) for rows in batches]
        return EpochRecord(sizes, len(self.courses), self.step.device, samples.classes is not None)

    def epochs(self) -> Iterator[list[Event]]:
        """Train until every course has ended: patience runs out, the epochs are done, the control says stop, or the
        loss is not a number. Each epoch gives its events.

        However a training ends, the best weights are back in its network before its `Finished`.
        """
        self.began = time.perf_counter() - self.control.waited
        for place, course in enumerate(self.courses):
            course.standing = course.standing or standing_of(course, self.step, place)
        while self.courses:
            stopped = not self.epoch()
            events: list[Event] = []
            if stopped or any(course.ended for course in self.courses):
                self.answer_standing()  # before the best weights come back
            for course in self.courses:
                if stopped and not course.ended:
                    course.ended = "user"
                if course.curves.epochs == course.progress.epoch:
                    events.append(EpochDone(course.progress.epoch, course))
                if course.ended:
                    events.append(finished(course, course.ended, self.engine))
            yield events
            self.let_go()
            if self.courses:
                self.control.after_epoch()

    @torch.no_grad()
    def epoch(self) -> bool:
        """Every batch once, then a full pass over the validation samples; False when the control said stop."""
        self.first, *_same = [course.begin_epoch() for course in self.courses]
        self.record.begin(self.first)
        with stage(BATCH):
            goes_on = self.batches()
        if not goes_on or self.has_ended():
            return goes_on
        # The order of the epoch is let go of before there is another.
        self.taken = [replace(taken, rows=taken.rows.clone()) for taken in self.taken]
        count = len(self.courses[0].batches)
        self.look(count)
        self.measure()
        self.look(count)
        self.control.after_batch()
        return True

    def batches(self) -> bool:
        """Every batch once; False when the control said stop."""
        count = len(self.courses[0].batches)
        for number in range(self.first, count):
            if not self.team.agree(self.control.before_batch(self.answer_standing)):
                self.look(number)
                self.stand_within(number)
                return False
            if len(self.control.changes) > self._changes_made:
                self.make_changes(number)
            self.record.keep(number, *self.step([course.batches[number] for course in self.courses]))
            self.taken = [Taken(course.progress.epoch, number, course.batches[number]) for course in self.courses]
            self.answer()
            # Every look waits for the device, so there are few; after a single step somebody waits for it.
            if time.perf_counter() >= self.next_look or self.control.mode is Mode.BATCH:
                self.look(number + 1)
            if self.has_ended():
                return True
            if number + 1 < count:
                self.control.after_batch()
        return True

    def has_ended(self) -> bool:
        """Whether no network learns any more. In a team each looks when its own clock says so, and all of them end
        together, with the epoch."""
        return self.team.size == 1 and bool(self.courses[0].ended) and all(course.ended for course in self.courses)

    def stand_within(self, number: int) -> None:
        """Note where each course stands before the batch of this number.

        Before the first of all batches it stands at the end of the last epoch, as it did.
        """
        if number == 0 or self.team.size > 1:
            return
        taken = self.count_right(slice(self.first, number))
        for place, (course, right) in enumerate(zip(self.courses, taken, strict=True)):
            if not course.ended and course.weights.is_sound():
                course.standing = standing_of(course, self.step, place, number, right)

    def answer(self) -> None:
        """Answer the wishes of all courses about the step just taken."""
        for course, taken in zip(self.courses, self.taken, strict=True):
            course.probes.known = frozenset()
            wishes = course.probes.wishes - OF_EPOCHS
            if wishes:
                self.read(course, taken, wishes)

    def answer_standing(self) -> None:
        """While training stands still: answer what is watched or wished for, each wish once, for nothing changes."""
        for course, taken in zip(self.courses, self.taken, strict=False):  # none before the first step
            wishes = course.probes.unknown()
            if wishes - OF_EPOCHS:
                self.read(course, taken, wishes - OF_EPOCHS)
            if wishes & OF_EPOCHS:
                self.read_confusion(course, taken.epoch)

    def read(self, course: Course, taken: Taken, wishes: frozenset[Wish]) -> None:
        """Look inside one of the networks after a step, for these wishes."""
        inputs = course.probes.inputs
        moment = self.step.moment(self.courses.index(course), taken.rows)
        course.probes.keep(wishes, read(moment, wishes, taken.epoch, taken.number + 1, inputs), inputs)

    def make_changes(self, number: int) -> None:
        """Go on with other rates from the batch of this number on, and mark that on the curves."""
        new = self.control.changes[self._changes_made :]
        self._changes_made += len(new)
        for change in new:
            for place, course in enumerate(self.courses):
                rates = {LEARNING_RATE: course.learning_rate, **self.step.dropout_rates(place)}
                if rates.get(change.what) != change.before or change.before == change.after:
                    continue
                if change.what == LEARNING_RATE:
                    self.step.change(place, learning_rate=change.after)
                    course.learning_rate = change.after
                else:
                    self.step.change(place, dropout_rates={**self.step.dropout_rates(place), change.what: change.after})
                course.mark(number, change.what, change.before, change.after)

    def measure(self) -> None:
        """Close the epoch of every course with the full pass, and with how many samples were named right during it."""
        measured: Sequence[tuple[float, float] | None] = [None] * len(self.courses)
        if self.team.size > 1:
            for weights in self.step.weights:
                self.team.average(weights.buffers)  # batch norm's, each of its own part
        if len(self.validation):
            with stage(VALIDATING):
                measured = self.full_pass()
        self.answer_confusion()
        taken = self.count_right(slice(self.first, None))
        closing = zip(self.courses, measured, taken, self.training_losses(), strict=True)
        for place, (course, validation, right, training) in enumerate(closing):
            with stage(NOTING):
                course.close_epoch(validation, right, training)
            if course.ended != "diverged":
                course.standing = standing_of(course, self.step, place)

    def training_losses(self) -> list[float]:
        """The loss of each network over all training samples with dropout off; NaN where nobody wants it, and in epochs
        that are left out because measuring would take too much of the time."""
        now = time.perf_counter()
        is_wanted = any(course.probes.measures_training for course in self.courses)
        if not is_wanted or self.training_pass_took > MEASURING * (now - self.began - self.control.waited):
            return [math.nan] * len(self.courses)
        if self.training_pass is None:
            self.training_pass = FullPass(self.step.learners, self.step.samples, self.team)
            now = time.perf_counter()  # making it is not measuring
        losses = [loss for loss, _accuracy in self.training_pass()]
        self.training_pass_took += time.perf_counter() - now
        return losses

    def go_on(self, place: int, standing: Standing) -> None:
        """Before the first epoch: have a course stand where another of the same network and plan stood."""
        go_on_from(standing, self.courses[place], self.step, place)

    def answer_confusion(self) -> None:
        """Count for whoever wished it which class was taken for which."""
        for course in self.courses:
            if "confusion" in course.probes.wishes:
                self.read_confusion(course, course.progress.epoch)

    def read_confusion(self, course: Course, epoch: int) -> None:
        """Count which class of the validation samples was taken for which, where there are some."""
        samples = self.full_pass.samples.part(slice(None)).to(self.step.device)
        found = None
        if len(self.validation) and samples.classes is not None:
            outputs = outputs_of(course.network.trained, samples.inputs)
            found = confusion_matrix(samples.classes, predicted_classes(outputs), max(2, outputs.shape[1]))
        course.probes.keep(OF_EPOCHS, Reading(epoch, 0, np.empty(0, np.int64), confusion=found))

    def count_right(self, batches: slice) -> list[int]:
        """How many training samples each network has named right in the epoch: in these batches, and in those before it
        was gone on with. 0 where there are no classes."""
        classes = self.step.samples.classes
        if classes is None:
            return [0] * len(self.courses)
        right = torch.stack(
            [
                self.record.count_right(place, course.rows(), classes, batches)
                for place, course in enumerate(self.courses)
            ]
        ).to(self.step.device)
        self.team.add([right])
        return [course.right_before + count for course, count in zip(self.courses, right.tolist(), strict=True)]

    def look(self, batches: int) -> None:
        """Bring up to date what is shown, after so many batches of the epoch."""
        losses = self.record.new_losses(batches)
        now = time.perf_counter()
        self.next_look = now + INTERVAL
        for place, course in enumerate(self.courses):
            course.take(losses[:, place])
            course.count_time(now - self.began - self.control.waited)

    def let_go(self) -> None:
        """Go on with those courses alone that have not ended."""
        going_on = [place for place, course in enumerate(self.courses) if not course.ended]
        if len(going_on) == len(self.courses):
            return
        self.courses = [self.courses[place] for place in going_on]
        self.taken = []  # what was to be read of the last step has been read; the new one has not run yet
        if self.courses:
            self.step = self.step.only(going_on)
            self.record = self.new_record()
            self.full_pass = FullPass(self.step.learners, self.validation, self.team)
            self.training_pass = None
            for course, weights in zip(self.courses, self.step.weights, strict=True):
                course.weights = weights


def finished(course: Course, reason: StopReason, engine: str) -> Finished:
    """Put the right weights back."""
    weights_epoch = course.settle()
    return Finished(reason, weights_epoch, engine, course)
