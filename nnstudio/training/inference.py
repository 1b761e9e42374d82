"""A finished run put to use: its network with its weights, measured on samples or asked for predictions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import safetensors
import safetensors.torch
import torch
from msgspec.structs import replace
from numpy.typing import NDArray
from torch import fx

from nnstudio.data.dataset import Samples
from nnstudio.data.new_rows import kept_columns, remarks_on
from nnstudio.data.preparation import encode_inputs
from nnstudio.data.tables import unique_names
from nnstudio.modules import CodeDistances
from nnstudio.project.model import Project, Run
from nnstudio.project.preparation import Preparation, Task
from nnstudio.project.weights import check_kept, remark_on
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.engine.build import BuiltNetwork, build, spread
from nnstudio.training.engine.losses import mean_loss
from nnstudio.training.engine.metrics import balanced_accuracy, confusion_matrix, outputs_of, r_squared
from nnstudio.training.session import check_weights, coded, loss_of, placed

if TYPE_CHECKING:
    import polars

    from nnstudio.data.columns import Columns


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with the weights of a run, the loss it was trained by and the preparation its rows need."""

    network: BuiltNetwork
    loss: str
    outputs: int
    preparation: Preparation
    label_smoothing: float = 0.0

    @property
    def coding(self) -> tuple[str, Task, int, float, float]:
        """How targets are coded for the loss, as `code_targets` takes it behind the targets."""
        return self.loss, self.preparation.task, self.outputs, self.label_smoothing, self.network.lowest


@dataclass(frozen=True)
class Measures:
    """What `evaluate` answers; accuracies and confusion for classes, r2 for a value."""

    loss: float
    samples: int
    accuracy: float | None = None
    balanced_accuracy: float | None = None
    confusion: list[list[int]] | None = None
    r2: float | None = None

    @property
    def baseline(self) -> float | None:
        """What is right where always the most frequent class is answered; None where there are no classes."""
        rows = [sum(row) for row in self.confusion or ()]
        return max(rows) / sum(rows) if any(rows) else None


def find_run(project: Project, id: str | None) -> Run:
    """The run of this id; left out, the newest that was asked for, and none that was trained beside it to compare with.
    UserError when there is none."""
    if not project.runs:
        raise UserError(_("The project holds no trained run yet. Train it first: nnstudio train PROJECT"))
    if id is None:
        asked_for = [run for run in project.runs if not run.is_companion]
        return (asked_for or project.runs)[-1]
    for run in project.runs:
        if run.id == id:
            return run
    raise UserError(
        _("There is no run “{id}”. There are: {known}.").format(
            id=id[:40], known=", ".join(run.id for run in project.runs)
        )
    )


def restore(run: Run) -> TrainedNetwork:
    """The network of a run with its weights; UserError when they do not belong together, or were not kept."""
    check_kept(run)
    project = Project(network=run.network, training=run.training)
    loss, outputs = loss_of(project, run.preparation)
    # Without memory or weights of its own: drawing them would disturb a training that begins meanwhile.
    with torch.device("meta"):
        network = build(run.network, run.preparation.shape, loss, task=run.preparation.task)
    try:
        weights = safetensors.torch.load(run.weights)
        network.trained.load_state_dict(weights, assign=True)
    except (RuntimeError, safetensors.SafetensorError):
        raise UserError(
            _("The weights of {run} do not fit its network; the file is damaged.").format(run=run.id)
        ) from None
    if remark := remark_on(run):
        raise UserError(remark)
    network.drawn.eval()
    return TrainedNetwork(network, loss, outputs, run.preparation, run.training.label_smoothing)


def module_of(run: Run) -> fx.GraphModule:
    """The drawn network as other programs use it: samples (n, *sample_shape) go in with all their zeros, and not packed
    as the samples of words are kept here. UserError as `restore`."""
    return restore(replace(run, preparation=replace(run.preparation, is_sparse=False))).network.drawn


def samples_of(rows: "Columns", preparation: Preparation) -> torch.Tensor:
    """Rows as `module_of` takes them, (n, *sample_shape) in float32, or in int64 where they are the numbers of words.
    UserError for rows without the columns of the preparation."""
    samples = torch.from_numpy(encode_inputs(rows, preparation, fills=True))
    if preparation.is_sparse:
        return spread(samples, preparation.shape[0])
    return samples.long() if preparation.vocabulary else samples


def measure(trained: TrainedNetwork, samples: Samples) -> Measures:
    """Loss, and accuracy with confusion matrix or R², on samples that went through the run's preparation."""
    preparation = trained.preparation
    whole = placed(samples, preparation.task, torch.device("cpu"))
    prepared = coded(whole, *trained.coding).part(slice(None))
    outputs = outputs_of(trained.network.trained, prepared.inputs)
    check_weights(prepared)
    loss = float(mean_loss(trained.loss, outputs, prepared.targets, prepared.weights))
    if prepared.classes is None:
        return Measures(loss, len(samples), r2=r_squared(outputs, prepared.targets))
    predicted = trained.network.named(outputs)
    accuracy = float((predicted == prepared.classes).sum()) / len(samples)
    if preparation.task == "labels":
        return Measures(loss, len(samples), accuracy)
    confusion = confusion_matrix(prepared.classes, predicted, len(preparation.classes))
    right = [row[number] for number, row in enumerate(confusion)]
    balanced = balanced_accuracy(right, [sum(row) for row in confusion])
    return Measures(loss, len(samples), accuracy, balanced, confusion)


def predict_rows(trained: TrainedNetwork, rows: "Columns") -> "polars.DataFrame":
    """One row a sample: the prediction in the target's own words or units, a probability for each class, a remark on
    what is odd about the row, and the row itself, its ids first."""
    import polars

    preparation = trained.preparation
    remarks = polars.Series("remark", remarks_on(rows, preparation), dtype=polars.String)
    kept = kept_columns(rows, preparation)
    answers = predict(trained, rows)
    given = [*answers.columns, "remark", *(column.name for column in kept)]
    names = unique_names(given, len(given))
    columns = [*answers.get_columns(), remarks, *kept]
    return polars.DataFrame([column.alias(name) for column, name in zip(columns, names, strict=True)])


def predict(trained: TrainedNetwork, rows: "Columns") -> "polars.DataFrame":
    """One row a sample: the prediction in the target's own words or units, and a probability for each class."""
    import polars

    preparation = trained.preparation
    inputs = torch.from_numpy(encode_inputs(rows, preparation, fills=True))
    outputs = outputs_of(trained.network.trained, inputs, exact_codes(trained))
    if preparation.task == "value":
        values = outputs[:, 0].double().numpy() * preparation.target_scale + preparation.target_mean
        return polars.DataFrame({"prediction": values})
    probabilities: NDArray[Any] = trained.network.probabilities(outputs, trained.loss).double().numpy()
    if preparation.task == "labels":
        answers = (outputs > trained.network.middle).numpy()
        names = np.array([" ".join(np.array(preparation.classes)[one]) for one in answers])
    else:
        names = np.array(preparation.classes)[trained.network.named(outputs).numpy()]
    columns = {f"p({name})": probabilities[:, place] for place, name in enumerate(preparation.classes)}
    return polars.DataFrame({"prediction": names, **columns})


def exact_codes(trained: TrainedNetwork) -> dict[str, torch.Tensor]:
    """The codes of a last layer of distances in float64, by their name: they make its distances float64 too. Empty
    where the network ends otherwise.

    Such distances are hundreds, of which float32 keeps five decimals. A softmax passes an absolute error on: of float32
    it would give probabilities that are right to 4e-6, and of float64 to 1e-6.
    """
    model = trained.network.trained
    end = next(reversed(model.graph.nodes)).args[0]
    if trained.loss != "cross_entropy" or not isinstance(end, fx.Node) or end.op != "call_module":
        return {}
    module = model.get_submodule(str(end.target))
    return {f"{end.target}.codes": module.codes.double()} if isinstance(module, CodeDistances) else {}
