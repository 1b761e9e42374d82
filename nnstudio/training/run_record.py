"""What a training begins with, and what is kept of it, as a run."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import safetensors.torch
import torch
from msgspec.structs import replace

from nnstudio.data.dataset import Dataset
from nnstudio.project.edits import free_run_id
from nnstudio.project.model import RESUMED, Mark, Project, Run
from nnstudio.training.checkpoint import Standing
from nnstudio.training.checkpoint_file import state_of
from nnstudio.training.engine import devices
from nnstudio.training.loop import Finished
from nnstudio.training.training_state import Course


@dataclass(frozen=True)
class Beginning:
    """What a training begins with where that is not weights drawn afresh.

    Either the weights (a safetensors file) that `run` had after its epoch `epoch`, with an optimizer that remembers
    nothing; or `standing`, from where that very run goes on.
    """

    run: Run
    weights: bytes = b""
    epoch: int = 0
    standing: Standing | None = None


def circumstances_of(device: torch.device, engine: str, dataset: Dataset) -> dict[str, Any]:
    """What the last bits of a run depend on beside its project, as its fields."""
    return {
        "device": str(device),
        "engine": engine,
        "threads": torch.get_num_threads(),
        "torch": str(torch.__version__),
        "machine": devices.machine(device),
        "data_sha256": dataset.facts.sha256,
        "rows": dataset.facts.rows,
    }


@dataclass(frozen=True)
class Record:
    """All that makes a run of a course, whether it has ended or is under way; `circumstances` are fields of the run."""

    project: Project
    beginning: Beginning | None
    dataset: Dataset
    course: Course
    circumstances: dict[str, Any]

    def mark_differences(self) -> None:
        """Mark a run that goes on in a way that cannot give the bits of one that never stopped."""
        begun, now = self.beginning, self.circumstances
        if begun is None or begun.standing is None:
            return
        meaning = {
            "data": ("data_sha256", "rows"),
            "device": ("device",),
            "machine": ("machine",),
            "version": ("torch",),
            "engine": ("engine", "threads"),
        }
        at = begun.standing.epoch + begun.standing.batch / self.course.progress.batches
        before = replace(begun.run, engine=begun.standing.engine)
        for what, fields in meaning.items():
            if any(getattr(before, field) != now[field] for field in fields):
                self.course.curves.marks.append(Mark(at, RESUMED + what))

    def run(self, finished: Finished, message: str) -> Run:
        """What is kept of a training that has ended."""
        course = self.course
        weights = {name: value.cpu().contiguous() for name, value in course.network.trained.state_dict().items()}
        return self._run(
            stop_reason=finished.reason,
            epochs_run=course.curves.epochs,
            best_epoch=course.stopping.best_epoch or None,
            weights_epoch=finished.weights_epoch,
            seconds=course.progress.seconds,
            message=message,
            marks=tuple(course.curves.marks),
            history=course.curves.history(),
            weights=safetensors.torch.save(weights),
            state=state_of(course.standing, course.curves) if course.team.size == 1 else b"",
        )

    def so_far(self) -> Run | None:
        """What is to be kept of a training under way: where it stood after its last complete epoch, as one consistent
        whole; None before the first. Any thread may ask."""
        course, standing = self.course, self.course.standing
        if standing is None or standing.epoch == 0 or standing.batch or course.team.size > 1:
            return None
        best_epoch = standing.stopping.best_epoch
        is_best = course.plan.restore_best and best_epoch > 0
        named = course.weights.layout(course.network).named(standing.best if is_best else standing.weights)
        return self._run(
            stop_reason="interrupted",
            epochs_run=standing.epoch,
            best_epoch=best_epoch or None,
            weights_epoch=best_epoch if is_best else standing.epoch,
            seconds=standing.seconds,
            message="",
            marks=tuple(course.curves.marks[: standing.marks]),
            history=course.curves.history(standing.epoch),
            weights=safetensors.torch.save({name: value.cpu() for name, value in named.items()}),
            state=state_of(standing, course.curves),
        )

    def _run(self, epochs_run: int, **fields: Any) -> Run:
        """A run that went on stays the same run."""
        begun, course = self.beginning, self.course
        same = begun.run if begun and begun.standing else None
        origin = begun.run.id if begun and begun.weights else same.origin if same else ""
        origin_epoch = begun.epoch if begun and begun.weights else same.origin_epoch if same else 0
        return Run(
            id=same.id if same else free_run_id(self.project),
            created=same.created if same else datetime.now(UTC).isoformat(timespec="seconds"),
            network=self.project.network,
            data=self.project.data,
            training=self.project.training,
            preparation=self.dataset.preparation,
            parameters=course.network.parameter_count(),
            samples_per_second=course.progress.samples_per_second,
            origin=origin,
            origin_epoch=origin_epoch,
            engine=course.standing.engine if course.standing else self.circumstances["engine"],
            moments=course.timeline.stored(epochs_run) if course.timeline else b"",
            epochs_run=epochs_run,
            **{name: value for name, value in self.circumstances.items() if name != "engine"},
            **fields,
        )
