"""By how much a run is flattered whose numbers were scaled before splitting: the wrong way, shown for what it is."""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from nnstudio.data.dataset import load
from nnstudio.project.model import DataFile, Run
from nnstudio.training.inference import measure, restore


def flattered(run: Run, kept: Sequence[DataFile] = (), refused: Collection[str] = ()) -> float | None:
    """The accuracy, or R², that the network of a run has on validation rows scaled as it was trained, less what it has
    where means and deviations are measured on the training part alone; None for a run that was scaled so. The rows and
    the weights are the same both times."""
    if run.data.scale_on == "training":
        return None
    wrong = load(run.data, kept, refused)
    honest = load(replace(run.data, scale_on="training"), kept, refused)
    scores = []
    for dataset in (wrong, honest):
        found = measure(restore(replace(run, preparation=dataset.preparation)), dataset.validation)
        scores.append(found.accuracy if found.accuracy is not None else found.r2 or 0.0)
    return scores[0] - scores[1]
