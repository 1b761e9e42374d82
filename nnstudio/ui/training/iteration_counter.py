"""Epoch, batch and iteration written out: how many steps make an epoch, and where training stands in it."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nnstudio.project.model import TrainingPlan
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.store import Store
from nnstudio.ui.training.trainer import Trainer


class IterationCounter(QLabel):
    """250 samples ÷ batches of 10 = 25 iterations an epoch; iteration 7 of 25, epoch 3."""

    def __init__(self, store: Store, trainer: Trainer) -> None:
        super().__init__(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.setObjectName("counter")
        self.store = store
        self.trainer = trainer
        store.changed.connect(self.follow)
        trainer.changed.connect(self.show_place)

    def follow(self, change: Change) -> None:
        if change.touches(Part.TRAINING, Part.FACTS):
            self.show_place()

    def show_place(self) -> None:
        """Show the numbers as they are now; first when this has its place, without which it would be a window."""
        lines = [words for words in (self._division(), self._place()) if words]
        self.setVisible(bool(lines))
        self.setText("\n".join(lines))

    def _division(self) -> str:
        project = self.store.project
        if project.facts is None or not project.facts.train:
            return ""
        samples = project.facts.train
        size = min(project.training.batch_size, samples)
        count, rest = math.ceil(samples / size), samples % size
        words = translate_count(
            "{samples} samples ÷ batches of {size} = {count} iteration an epoch",
            "{samples} samples ÷ batches of {size} = {count} iterations an epoch",
            count,
        ).format(samples=Count(samples), size=size, count=Count(count))
        return words + rest_words(project.training, samples, rest)

    def _place(self) -> str:
        progress = self.trainer.progress
        if progress is None or not self.trainer.is_active:
            return ""
        return _("Iteration {batch} of {batches}, epoch {epoch} of {epochs}").format(
            batch=progress.batch, batches=progress.batches, epoch=progress.epoch, epochs=progress.most_epochs
        )


def rest_words(plan: TrainingPlan, samples: int, rest: int) -> str:
    """What becomes of the samples that fill no batch; "" where there are none."""
    carries = plan.last_batch == "carried_over"
    if carries and samples < plan.batch_size:
        return _(", which never fills a batch of {size}: no step is taken").format(size=Count(plan.batch_size))
    if not rest:
        return ""
    if carries:
        return _(", the last with {rest} samples that wait for the first step of the next epoch").format(rest=rest)
    return _(", the last with {rest} samples").format(rest=rest)
