"""What a training begins with, and what is kept of it, as a run."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import safetensors.torch
import torch
from msgspec.structs import replace

from nnstudio.data.dataset import Dataset
from nnstudio.project.edits import free_run_id
from nnstudio.project.model import RESUMED, Project, Run, RunEvent
from nnstudio.training.checkpoint import Checkpoint
from nnstudio.training.checkpoint_file import checkpoint_bytes
from nnstudio.training.engine import devices
from nnstudio.training.engine.flat_parameters import kept_weights
from nnstudio.training.loop import Finished
from nnstudio.training.training_state import TrainingState


@dataclass(frozen=True)
class InitialState:
    """What a training begins with where that is not weights drawn afresh.

    Either the weights (a safetensors file) that `run` had after its epoch `epoch`, with an optimizer that remembers
    nothing; or `checkpoint`, from where that very run goes on.
    """

    run: Run
    weights: bytes = b""
    epoch: int = 0
    checkpoint: Checkpoint | None = None


def circumstances_of(device: torch.device, backend: str, dataset: Dataset) -> dict[str, Any]:
    """What the last bits of a run depend on beside its project, as its fields."""
    return {
        "device": str(device),
        "backend": backend,
        "threads": torch.get_num_threads(),
        "torch": str(torch.__version__),
        "machine": devices.machine(device),
        "data_sha256": dataset.facts.sha256,
        "rows_sha256": dataset.facts.rows_sha256,
        "rows": dataset.facts.rows,
    }


@dataclass(frozen=True)
class RunRecorder:
    """All that makes a run of a training, whether it has ended or is under way; `circumstances` are fields of the
    run."""

    project: Project
    initial_state: InitialState | None
    dataset: Dataset
    training_state: TrainingState
    circumstances: dict[str, Any]

    def mark_differences(self) -> None:
        """Mark a run that goes on in a way that cannot give the bits of one that never stopped."""
        begun, now = self.initial_state, self.circumstances
        if begun is None or begun.checkpoint is None:
            return
        meaning = {
            "data": ("data_sha256", "rows"),
            "device": ("device",),
            "machine": ("machine",),
            "version": ("torch",),
            "backend": ("backend", "threads"),
        }
        at = begun.checkpoint.epoch + begun.checkpoint.batch / self.training_state.progress.batches
        before = replace(begun.run, backend=begun.checkpoint.backend)
        for what, fields in meaning.items():
            if any(getattr(before, field) != now[field] for field in fields):
                self.training_state.curves.events.append(RunEvent(at, RESUMED + what))

    def run(self, finished: Finished, message: str) -> Run:
        """What is kept of a training that has ended."""
        training_state = self.training_state
        named = {name: value.cpu() for name, value in training_state.network.trained.state_dict().items()}
        return self._run(
            stop_reason=finished.reason,
            epochs_run=training_state.curves.epochs,
            best_epoch=training_state.stopping.best_epoch or None,
            weights_epoch=finished.weights_epoch,
            seconds=training_state.progress.seconds,
            message=message,
            events=tuple(training_state.curves.events),
            history=training_state.curves.history(),
            weights=safetensors.torch.save(kept_weights(named)),
            checkpoint=checkpoint_bytes(training_state.checkpoint, training_state.curves)
            if training_state.group.size == 1
            else b"",
        )

    def so_far(self) -> Run | None:
        """What is to be kept of a training under way: where it stood after its last complete epoch, as one consistent
        whole; None before the first. Any thread may ask."""
        training_state, checkpoint = self.training_state, self.training_state.checkpoint
        if checkpoint is None or checkpoint.epoch == 0 or checkpoint.batch or training_state.group.size > 1:
            return None
        best_epoch = checkpoint.stopping.best_epoch
        is_best = training_state.plan.restore_best and best_epoch > 0
        named = training_state.weights.layout(training_state.network).named(
            checkpoint.best if is_best else checkpoint.weights
        )
        return self._run(
            stop_reason="interrupted",
            epochs_run=checkpoint.epoch,
            best_epoch=best_epoch or None,
            weights_epoch=best_epoch if is_best else checkpoint.epoch,
            seconds=checkpoint.seconds,
            message="",
            events=tuple(training_state.curves.events[: checkpoint.events]),
            history=training_state.curves.history(checkpoint.epoch),
            weights=safetensors.torch.save({name: value.cpu() for name, value in named.items()}),
            checkpoint=checkpoint_bytes(checkpoint, training_state.curves),
        )

    def _run(self, epochs_run: int, **fields: Any) -> Run:
        """A run that went on stays the same run; a trial of a study stays as it is, and what goes on from it is another
        run."""
        begun, training_state = self.initial_state, self.training_state
        same = begun.run if begun and begun.checkpoint and begun.run.trial is None else None
        origin = begun.run.id if begun and begun.weights else same.origin if same else ""
        origin_epoch = begun.epoch if begun and begun.weights else same.origin_epoch if same else 0
        return Run(
            id=same.id if same else free_run_id(self.project),
            created=same.created if same else datetime.now(UTC).isoformat(timespec="seconds"),
            network=self.project.network,
            data=self.project.data,
            training=self.project.training,
            preparation=self.dataset.preparation,
            parameters=training_state.network.learnt,
            samples_per_second=training_state.progress.samples_per_second,
            origin=origin,
            origin_epoch=origin_epoch,
            snapshots=training_state.timeline.stored(epochs_run) if training_state.timeline else b"",
            epochs_run=epochs_run,
            note=same.note if same else "",
            is_starred=same is not None and same.is_starred,
            openings=same.openings if same else (),
            **self.circumstances
            | ({"backend": training_state.checkpoint.backend} if training_state.checkpoint else {}),
            **fields,
        )
