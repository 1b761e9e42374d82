"""What the views ask about the data and the networks, and what is written for use outside: run on threads."""

from collections.abc import Collection, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.project.model import DataFile, Project, Run
from nnstudio.project.progress import FileProgress
from nnstudio.ui.background.one_core import on_one_core

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nnstudio.data.dataset import Dataset
    from nnstudio.data.plane import Plane
    from nnstudio.insight.tried import Tried
    from nnstudio.training.probes import Weights


def plane_of(dataset: "Dataset", axes: tuple[int, int] | None) -> Iterator["Plane | None"]:
    """The points of the data on a plane; None for samples of a single number."""
    from nnstudio.data.plane import plane_of as find

    yield find(dataset, axes)


@on_one_core
def weights_of(run: Run) -> Iterator[dict[str, "Weights"]]:
    """What the dense layers of a run have learnt."""
    from nnstudio.training.inference import restore
    from nnstudio.training.probes import weights_of as read

    yield read(restore(run).network)


@on_one_core
def stacks_of(run: Run, inputs: "NDArray[np.float32]") -> Iterator[dict[str, "NDArray[np.float32]"]]:
    """Some of the maps that the layers of a run give for one picture, by layer."""
    from nnstudio.training.inference import restore
    from nnstudio.training.probes import stacks

    yield stacks(restore(run).network, inputs)


@on_one_core
def confusion_of(run: Run, dataset: "Dataset") -> Iterator[list[list[int]] | None]:
    """Which class of the validation samples a run takes for which; None for a value or without such samples."""
    from nnstudio.training.inference import measure, restore

    yield measure(restore(run), dataset.validation).confusion if len(dataset.validation) else None


@on_one_core
def answers_of(run: Run, inputs: "NDArray[np.float32]") -> Iterator["NDArray[np.float32]"]:
    """What the network of a run says to some inputs: a probability a class, or the value as its loss compares it."""
    yield answers_to(run, inputs)


def answers_to(run: Run, inputs: "NDArray[np.float32]") -> "NDArray[np.float32]":
    from nnstudio.training.inference import restore
    from nnstudio.training.probes import answers

    trained = restore(run)
    return answers(trained.network, trained.loss, run.preparation.task != "value", inputs)


def batch_losses_of(run: Run) -> Iterator[tuple[list[float], int]]:
    """The loss of each batch of a run that knows where it stood, and how many batches an epoch had."""
    from nnstudio.training.checkpoint_file import read_checkpoint

    checkpoint, losses = read_checkpoint(run)
    if checkpoint.epoch:
        yield losses.tolist(), (len(losses) - checkpoint.batch) // checkpoint.epoch


@on_one_core
def tried(run: Run, inputs: "NDArray[np.float32]") -> Iterator["Tried"]:
    """What the network of a run says to some inputs, and what every layer gives on the way."""
    from nnstudio.insight.tried import tried as ask

    yield ask(run, inputs)


def warm() -> Iterator[None]:
    """Load torch while the user is looking at the window, so that Train answers at once."""
    import_module("nnstudio.training.session")
    import_module("nnstudio.training.engine.scripted").warm_up()
    yield None


def export(run: Run, kind: str, out: Path, kept: Sequence[DataFile], refused: Collection[str]) -> Iterator[list[Path]]:
    """Write a run for use outside nnstudio, with its data as `training_jobs.load_data` reads them."""
    from nnstudio.data.reader import Reader
    from nnstudio.export.files import export as write

    yield write(run, kind, out, Reader(kept, refused))


def export_curves(runs: Sequence[Run], folder: Path) -> Iterator[list[Path]]:
    """Write the curves of some runs into a folder for TensorBoard."""
    from nnstudio.export.files import export_curves as write

    yield write(runs, folder)


def import_weights(
    project: Project, dataset: "Dataset", path: Path, _progress: FileProgress
) -> Iterator[tuple[Run, bool]]:
    """A run with the weights of a file, and whether they are just those of the network."""
    from nnstudio.training.given_weights import run_with_weights

    run, fitting = run_with_weights(project, dataset, path)
    yield run, fitting.is_whole


def formulas(pieces: Sequence[str], color: str, size: float) -> Iterator[tuple[str, bytes]]:
    """Pieces of LaTeX, each with its drawing as SVG, in which the baseline is at 0."""
    import ziamath

    # Qt draws SVG 1.2 Tiny, without the <use> elements of SVG 2.
    ziamath.config.svg2 = False  # type: ignore[attr-defined]
    for latex in pieces:
        yield latex, ziamath.Latex(latex, size=size, color=color).svg().encode()  # type: ignore[attr-defined]
