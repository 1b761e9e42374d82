"""A project trained from Python: its settings, what is heard of each epoch, and the run that comes of it."""

import signal
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from nnstudio.data.dataset import Dataset, load
from nnstudio.library.remarks import remark
from nnstudio.project import edits, variants
from nnstudio.project.endings import warnings
from nnstudio.project.model import Project, Run
from nnstudio.project.settings import check_shares, set_value
from nnstudio.project.shapes import all_problems, infer
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    from nnstudio.training.curves import Curves


@dataclass(frozen=True)
class Epoch:
    """One complete epoch of a training: losses are means over samples, accuracies shares from 0 to 1. None where there
    is no such number: no validation part, or a value to tell and no class."""

    number: int
    train_loss: float
    validation_loss: float | None = None
    train_accuracy: float | None = None
    validation_accuracy: float | None = None


def with_settings(project: Project, data: Mapping[str, object], training: Mapping[str, object]) -> Project:
    """The project with settings changed, by the names of `data.*` and `training.*`. UserError for what cannot be."""
    for group, settings in (("data", data), ("training", training)):
        for name, value in settings.items():
            plain = value.item() if hasattr(value, "item") else value  # a number of NumPy's
            project = set_value(project, f"{group}.{name}", plain)
    check_shares(project.data)
    return project


def read(project: Project, refused: Collection[str]) -> tuple[Project, Dataset]:
    """The project with what was found in its data, and the data. UserError where it cannot be read."""
    dataset = load(project.data, project.files, refused)
    found = edits.set_facts(project, project.data, dataset.facts, dataset.files)
    remark([variants.changed_data(found, project)])
    return found, dataset


def checked(project: Project) -> Project:
    """The project itself, its warnings as remarks. UserError with its first problem where it cannot be trained."""
    for problem in all_problems(project):
        raise UserError(problem.message)
    remark(one.problem.message for one in warnings(project, infer(project)))
    return project


def trained(
    project: Project, dataset: Dataset, on_epoch: Callable[[Epoch], object] | None, progress: bool
) -> tuple[Run, bool]:
    """The finished run, and whether Ctrl-C ended it. KeyboardInterrupt where that came before the first step."""
    from nnstudio.training.control import Control, Mode
    from nnstudio.training.curves import Curves
    from nnstudio.training.interrupts import interrupts
    from nnstudio.training.session import EpochDone, Ready, Trained, train
    from nnstudio.training.timeline import timeline_of

    control, curves = Control(), Curves()
    bar = tqdm(total=project.training.epochs, unit=_("epoch"), disable=not progress, file=sys.stderr)
    with bar, interrupts(lambda: control.command(Mode.STOP), [signal.SIGINT]) as came:
        for event in train(project, dataset, control, curves):
            if isinstance(event, Ready):
                remark([event.remark])
                for state in event.training_states:
                    state.keep_timeline(timeline_of(state.weights.layout(state.network), None))
            elif isinstance(event, EpochDone):
                bar.update()
                if on_epoch is not None and on_epoch(epoch_of(curves, event.epoch)) is True:
                    control.command(Mode.STOP)
            elif isinstance(event, Trained):
                remark([event.run.message])
                return event.run, bool(came)
    raise KeyboardInterrupt


def epoch_of(curves: "Curves", number: int) -> Epoch:
    """The numbers of a complete epoch."""

    def at(name: str) -> Any:
        values = getattr(curves, name).values
        return float(values[number - 1]) if len(values) >= number else None

    return Epoch(number, at("train_loss"), at("validation_loss"), at("train_accuracy"), at("validation_accuracy"))
