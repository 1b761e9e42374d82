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
from nnstudio.training.augmentation import Augmentation
from nnstudio.training.checkpoint import Checkpoint
from nnstudio.training.control import LEARNING_RATE, Control, Mode
from nnstudio.training.engine.epoch_buffer import EpochBuffer
from nnstudio.training.engine.evaluation import Evaluation
from nnstudio.training.engine.lease import CORES
from nnstudio.training.engine.metrics import Measured, PreparedSamples, confusion_matrix, outputs_of
from nnstudio.training.engine.step import Step
from nnstudio.training.epochs_ahead import EpochsAhead
from nnstudio.training.probes import OF_EPOCHS, Reading, Request, read
from nnstudio.training.resume import checkpoint_of, resume_from
from nnstudio.training.training_state import TrainingState

MEASURING = 0.02
"""The share of the time that full passes over the training samples may take; they are only looked at."""

FREE_MEASURING = 0.1
"""Seconds of such passes that are never too many: a short training is measured in every epoch."""

ANSWERING = 0.06
"""The share of the time that looking inside may take where nobody follows single steps."""

BLOCK = 0.015
"""Seconds for which steps are taken as one call, so that a command is heard soon."""
INTERVAL = 1 / 30
"""Seconds between two looks at what a running epoch has given."""


@dataclass(frozen=True)
class EpochDone:
    """An epoch is complete and its numbers are in the curves of its training."""

    epoch: int
    training_state: TrainingState


@dataclass(frozen=True)
class Finished:
    """A training has ended, and its network holds the weights of `weights_epoch` (0: before the first was complete)."""

    reason: StopReason
    weights_epoch: int
    backend: str
    training_state: TrainingState


Event = EpochDone | Finished


@dataclass(frozen=True)
class Taken:
    """A step that was taken: the number of its batch, counted from 0, in an epoch, and the rows of its samples."""

    epoch: int
    number: int
    rows: Tensor

    @classmethod
    def of(cls, training_state: TrainingState, number: int) -> "Taken":
        return cls(training_state.progress.epoch, number, training_state.batches[number])


class Loop:
    """Trains the networks of one step, a training each, on the same samples in batches of one size.

    The same seeds on the same machine, device and number of threads give the same curves, bit for bit.
    """

    def __init__(
        self,
        step: Step,
        training_states: Sequence[TrainingState],
        validation: PreparedSamples,
        control: Control,
        augmentation: Augmentation | None = None,
    ) -> None:
        self.step = step
        self.augmentation = augmentation
        self.backend = step.backend_text
        self.group = step.group
        self.full_pass = Evaluation(step.networks, validation, step.group)
        self.training_states = list(training_states)
        self.validation = validation
        self.control = control
        self.taken: list[Taken] = []
        """The newest step of each network; none before the first of these networks together."""
        self.epoch_buffer = self.new_record()
        self.step_took = 0.0
        """Seconds of a step, as last measured; how many are taken as one call follows from it, and nothing else."""
        self.first = 0
        """The batch that the epoch under way began with here; not 0 where it was gone on with."""
        self.ahead = EpochsAhead(step, self.training_states, self.full_pass)
        self.began = self.next_look = 0.0
        self.threads = 1
        self.training_pass: Evaluation | None = None
        """Over the training samples; made when somebody first wants it."""
        self.training_pass_took = 0.0
        self.answering_took = 0.0
        self._changes_made = 0

    def new_record(self) -> EpochBuffer:
        """Room for what an epoch gives: as many rows in each batch as are this process's."""
        batch_size, samples = self.training_states[0].plan.batch_size, self.step.samples
        batches = torch.split(torch.empty(len(samples), device="meta"), batch_size)
        sizes = [len(self.group.part(rows)) for rows in batches]
        named = self.step.built[0].named
        return EpochBuffer(sizes, len(self.training_states), self.step.device, samples.classes is not None, named)

    def epochs(self) -> Iterator[list[Event]]:
        """Train until every training has ended: patience runs out, the epochs are done, the control says stop, or the
        loss is not a number. Each epoch gives its events.

        However a training ends, the best weights are back in its network before its `Finished`.
        """
        self.began = time.perf_counter() - self.control.waited
        self.threads = torch.get_num_threads()
        for place, training_state in enumerate(self.training_states):
            training_state.checkpoint = training_state.checkpoint or checkpoint_of(training_state, self.step, place)
        while self.training_states:
            before = self.training_states[0].progress.epoch
            yield from self.epochs_together()
            if self.training_states[0].progress.epoch > before:
                continue
            began = time.perf_counter() - self.control.waited
            stopped = not self.epoch()
            self.ahead.note(time.perf_counter() - self.control.waited - began)
            events: list[Event] = []
            if stopped or any(training_state.ended for training_state in self.training_states):
                self.answer_while_paused()  # before the best weights come back
            for training_state in self.training_states:
                if stopped and not training_state.ended:
                    training_state.ended = "user"
                if training_state.curves.epochs == training_state.progress.epoch:
                    events.append(EpochDone(training_state.progress.epoch, training_state))
                if training_state.ended:
                    events.append(finished(training_state, training_state.ended, self.backend))
            yield events
            self.let_go()
            if self.training_states:
                self.control.after_epoch()

    @property
    def is_free(self) -> bool:
        """Whether nobody follows single steps or wants something changed."""
        is_running = self.control.mode is Mode.RUN and not self.control.steps_per_second
        return is_running and len(self.control.changes) == self._changes_made

    def epochs_together(self) -> Iterator[list[Event]]:
        """Several short epochs as one call, and the events of each; none where the next is to be taken by itself.

        Whoever gets the events may stop or pause the training: it then stands at the end of that very epoch.
        """
        if self.augmentation or not self.is_free or self.group.size > 1 or self.training_states[0].is_within:
            return
        if self.measures_training and self.training_pass_took < FREE_MEASURING:
            return
        with torch.no_grad(), CORES.held(self.threads), stage(BATCH):
            count = self.ahead.take()
            measured = self.training_losses() if count else []
        if count == 0 and self.ahead.ends_next:
            self.taken = []  # what the last step left belongs to an epoch that does not count
        for number in range(count):
            is_last = number == count - 1
            self.ahead.close(number, measured if is_last else ())
            if is_last:
                self.end_together(number, is_last)
            yield [EpochDone(one.progress.epoch, one) for one in self.training_states]
            self.control.after_epoch()
            if not self.is_free and not is_last:
                self.end_together(number, is_last)
                break

    @torch.no_grad()
    def end_together(self, number: int, is_last: bool) -> None:
        """Stand at the end of one of the epochs that were taken, and answer what is asked."""
        self.ahead.end_with(number, is_last)
        for place, training_state in enumerate(self.training_states):
            training_state.checkpoint = checkpoint_of(training_state, self.step, place)
            training_state.count_time(time.perf_counter() - self.began - self.control.waited)
        last = len(self.training_states[0].batches) - 1
        self.taken = [Taken.of(training_state, last) for training_state in self.training_states]
        self.answer()
        self.answer_confusion()

    @torch.no_grad()
    def epoch(self) -> bool:
        """Every batch once, then a full pass over the validation samples; False when the control said stop."""
        self.first, *_same = [training_state.begin_epoch() for training_state in self.training_states]
        for place, training_state in enumerate(self.training_states):
            self.step.change(place, learning_rate=training_state.scheduled_rate)
        if self.augmentation:
            self.augmentation.renew(self.training_states[0].progress.epoch)
        self.epoch_buffer.begin(self.first)
        with stage(BATCH):
            goes_on = self.batches()
        if not goes_on or self.has_ended():
            return goes_on
        # The order of the epoch is let go of before there is another.
        self.taken = [replace(taken, rows=taken.rows.clone()) for taken in self.taken]
        count = len(self.training_states[0].batches)
        self.look(count)
        with CORES.held(self.threads):
            self.measure()
        self.look(count)
        self.control.after_batch()
        return True

    def batches(self) -> bool:
        """Every batch once; False when the control said stop."""
        count = len(self.training_states[0].batches)
        number = self.first
        while number < count:
            if not self.group.all_agree(self.control.before_batch(self.answer_while_paused)):
                self.look(number)
                self.checkpoint_mid_epoch(number)
                return False
            if len(self.control.changes) > self._changes_made:
                self.make_changes(number)
            with CORES.held(self.threads):
                number += self.take_steps(number)
            self.taken = [Taken.of(training_state, number - 1) for training_state in self.training_states]
            self.answer()
            # Every look waits for the device, so there are few; after a single step somebody waits for it.
            if time.perf_counter() >= self.next_look or self.control.mode is Mode.BATCH:
                self.look(number)
            if self.has_ended():
                return True
            if number < count:
                self.control.after_batch()
        return True

    def take_steps(self, number: int) -> int:
        """Take the step of this batch, or of some more as one call; how many were taken.

        One call gives the interpreter's lock away once: beside a window that draws, each step by itself would wait
        for it.
        """
        batches = self.training_states[0].batches
        size = len(batches[number])
        full = len(self.step.samples) // size - number if number + 1 < len(batches) else 1  # the last may be short
        wanted = min(full, int(BLOCK / self.step_took)) if self.step_took else 1
        goes_through = self.control.mode in (Mode.RUN, Mode.EPOCH) and not self.control.steps_per_second
        # Made ready after a short first epoch, which would wait for it.
        is_worthwhile = self.training_states[0].curves.epochs > 0 or wanted * self.step_took > BLOCK / 2
        block = self.step.block(size) if wanted > 1 and goes_through and is_worthwhile else None
        places = self.epoch_buffer.places(number, number + wanted, block.iteration.outputs) if block else None
        began = time.perf_counter()
        if places is None:
            wanted = 1
            rows_of = [training_state.batches[number] for training_state in self.training_states]
            self.epoch_buffer.keep(number, *self.step(rows_of))
        else:
            rows = slice(number * size, (number + wanted) * size)
            orders = [one.permutation[rows].view(wanted, size) for one in self.training_states]
            self.step.take_block(orders, *places)
        self.step_took = (time.perf_counter() - began) / wanted
        return wanted

    def has_ended(self) -> bool:
        """Whether no network learns any more. In a group each looks when its own clock says so, and all of them end
        together, with the epoch."""
        return (
            self.group.size == 1
            and bool(self.training_states[0].ended)
            and all(training_state.ended for training_state in self.training_states)
        )

    def checkpoint_mid_epoch(self, number: int) -> None:
        """Note where each training stands before the batch of this number.

        Before the first of all batches it stands at the end of the last epoch, as it did.
        """
        if number == 0 or self.group.size > 1:
            return
        taken = self.count_correct(slice(self.first, number))
        for place, (training_state, correct) in enumerate(zip(self.training_states, taken, strict=True)):
            if not training_state.ended and training_state.weights.is_finite():
                training_state.checkpoint = checkpoint_of(training_state, self.step, place, number, correct)

    def answer(self) -> None:
        """Answer the requests of all trainings about the step just taken, or leave them for a later one where answers
        take too much of the time."""
        for training_state in self.training_states:
            training_state.probes.known = frozenset()
        began = time.perf_counter()
        if self.is_free and self.answering_took > ANSWERING * (began - self.began - self.control.waited):
            return
        for training_state, taken in zip(self.training_states, self.taken, strict=True):
            requests = training_state.probes.requests - OF_EPOCHS
            if requests:
                self.read(training_state, taken, requests)
        self.answering_took += time.perf_counter() - began

    def answer_while_paused(self) -> None:
        """While training stands still: answer what is watched or requested, each request once, for nothing changes."""
        for training_state, taken in zip(self.training_states, self.taken, strict=False):  # none before the first step
            requests = training_state.probes.unknown()
            if requests - OF_EPOCHS:
                self.read(training_state, taken, requests - OF_EPOCHS)
            if requests & OF_EPOCHS:
                self.read_confusion(training_state, taken.epoch)

    def read(self, training_state: TrainingState, taken: Taken, requests: frozenset[Request]) -> None:
        """Look inside one of the networks after a step, for these requests."""
        inputs = dict(training_state.probes.inputs)
        last_step = self.step.last_step(self.training_states.index(training_state), taken.rows)
        training_state.probes.answer(requests, read(last_step, requests, taken.epoch, taken.number + 1, inputs), inputs)

    def make_changes(self, number: int) -> None:
        """Go on with other rates from the batch of this number on, and mark that on the curves."""
        new = self.control.changes[self._changes_made :]
        self._changes_made += len(new)
        for change in new:
            for place, training_state in enumerate(self.training_states):
                rates = {LEARNING_RATE: training_state.learning_rate, **self.step.dropout_rates(place)}
                if rates.get(change.what) != change.before or change.before == change.after:
                    continue
                if change.what == LEARNING_RATE:
                    training_state.learning_rate = change.after
                    self.step.change(place, learning_rate=training_state.scheduled_rate)
                else:
                    self.step.change(place, dropout_rates={**self.step.dropout_rates(place), change.what: change.after})
                training_state.mark(number, change.what, change.before, change.after)

    def measure(self) -> None:
        """Close the epoch of every training with the full pass, and with how many samples were named right during
        it."""
        measured: Sequence[Measured | None] = [None] * len(self.training_states)
        if self.group.size > 1:
            for weights in self.step.weights:
                self.group.average(weights.buffers)  # batch norm's, each of its own part
        if len(self.validation):
            with stage(VALIDATING):
                measured = self.full_pass()
        self.answer_confusion()
        taken = self.count_correct(slice(self.first, None))
        closing = zip(self.training_states, measured, taken, self.training_losses(), strict=True)
        for place, (training_state, validation, correct, training) in enumerate(closing):
            with stage(NOTING):
                training_state.close_epoch(validation, correct, training)
            if training_state.ended != "diverged":
                training_state.checkpoint = checkpoint_of(training_state, self.step, place)

    @property
    def measures_training(self) -> bool:
        """Whether anybody wants the loss over all training samples with dropout off."""
        return any(training_state.probes.measures_training for training_state in self.training_states)

    def training_losses(self) -> list[float]:
        """The loss of each network over all training samples with dropout off; NaN where nobody wants it, and in epochs
        that are left out because measuring would take too much of the time."""
        now = time.perf_counter()
        afforded = max(FREE_MEASURING, MEASURING * (now - self.began - self.control.waited))
        if not self.measures_training or self.training_pass_took > afforded:
            return [math.nan] * len(self.training_states)
        if self.training_pass is None:
            self.training_pass = Evaluation(self.step.networks, self.step.samples, self.group)
            now = time.perf_counter()  # making it is not measuring
        losses = [measured.loss for measured in self.training_pass()]
        self.training_pass_took += time.perf_counter() - now
        return losses

    def go_on(self, place: int, checkpoint: Checkpoint) -> None:
        """Before the first epoch: have a training stand where another of the same network and plan stood."""
        resume_from(checkpoint, self.training_states[place], self.step, place)

    def answer_confusion(self) -> None:
        """Count for whoever requested it which class was taken for which."""
        for training_state in self.training_states:
            if "confusion" in training_state.probes.requests:
                self.read_confusion(training_state, training_state.progress.epoch)

    def read_confusion(self, training_state: TrainingState, epoch: int) -> None:
        """Count which class of the validation samples was taken for which, where there are some."""
        samples = self.full_pass.samples.part(slice(None)).to(self.step.device)
        found = None
        network = training_state.network
        if len(self.validation) and samples.classes is not None and not network.tells_labels:
            outputs = outputs_of(network.trained, samples.inputs)
            found = confusion_matrix(samples.classes, network.named(outputs), max(2, outputs.shape[1]))
        training_state.probes.answer(OF_EPOCHS, Reading(epoch, 0, np.empty(0, np.int64), confusion=found))

    def count_correct(self, batches: slice) -> list[int]:
        """How many training samples each network has named right in the epoch: in these batches, and in those before it
        was gone on with. 0 where there are no classes."""
        classes = self.step.samples.classes
        if classes is None:
            return [0] * len(self.training_states)
        correct = torch.stack(
            [
                self.epoch_buffer.count_correct(place, training_state.rows(), classes, batches)
                for place, training_state in enumerate(self.training_states)
            ]
        ).to(self.step.device)
        self.group.add([correct])
        return [
            training_state.correct_before + count
            for training_state, count in zip(self.training_states, correct.tolist(), strict=True)
        ]

    def look(self, batches: int) -> None:
        """Bring up to date what is shown, after so many batches of the epoch."""
        losses = self.epoch_buffer.new_losses(batches)
        now = time.perf_counter()
        self.next_look = now + INTERVAL
        for place, training_state in enumerate(self.training_states):
            training_state.take(losses[:, place])
            training_state.count_time(now - self.began - self.control.waited)

    def let_go(self) -> None:
        """Go on with those trainings alone that have not ended."""
        going_on = [place for place, training_state in enumerate(self.training_states) if not training_state.ended]
        if len(going_on) == len(self.training_states):
            return
        self.training_states = [self.training_states[place] for place in going_on]
        self.taken = []  # what was to be read of the last step has been read; the new one has not run yet
        if self.training_states:
            self.step = self.step.only(going_on)
            self.epoch_buffer = self.new_record()
            self.full_pass = Evaluation(self.step.networks, self.validation, self.group)
            self.training_pass = None
            self.ahead = EpochsAhead(self.step, self.training_states, self.full_pass)
            for training_state, weights in zip(self.training_states, self.step.weights, strict=True):
                training_state.weights = weights


def finished(training_state: TrainingState, reason: StopReason, backend: str) -> Finished:
    """Put the right weights back."""
    weights_epoch = training_state.settle()
    return Finished(reason, weights_epoch, backend, training_state)
