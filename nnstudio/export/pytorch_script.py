"""A trained run as a script a teacher would show in class: the data, the module, the loop with early stopping."""

from collections.abc import Iterator

import numpy as np
import safetensors.torch
from numpy.typing import NDArray

from nnstudio.data.dataset import Divided
from nnstudio.export.data_code import data_lines, number_kind, words_file
from nnstudio.export.data_table import data_csv, weight_column
from nnstudio.export.training_code import as_double, training_lines, wrapped
from nnstudio.layers.catalogue import layer_type
from nnstudio.project.endings import CONTAINED, lowest_target
from nnstudio.project.model import Project, Run, TrainingPlan
from nnstudio.project.module_code import module_lines, own_modules
from nnstudio.project.shapes import incoming
from nnstudio.project.weights import weighing_names
from nnstudio.training.engine.build import follows_points
from nnstudio.training.session import loss_of, made_network

LOSS_CODE = {
    "cross_entropy": "nn.CrossEntropyLoss()",
    "binary_cross_entropy": "nn.BCEWithLogitsLoss()",
    "mse": "nn.MSELoss()",
    "mae": "nn.L1Loss()",
}
LOSS_ON = """def loss_on(part, model):
    return loss_function(outputs_of(parts[part], model), encode_targets(parts[part])).item()
"""
WEIGHTED_LOSS_ON = """def loss_on(part, model):
    rows = parts[part]
    weights = weights_of(rows)
    loss = loss_function(outputs_of(rows, model), encode_targets(rows), weights)
    return (loss / weights.mean()).item()
"""
BALANCED_ACCURACY_ON = """

def balanced_accuracy_on(part, model):
    rows, right_of = parts[part], {name: [] for name in CLASSES}
    for answer, row in zip(predictions(rows, model), rows):
        right_of[row[TARGET]].append(answer == row[TARGET])
    recalls = [sum(right) / len(right) for right in right_of.values() if right]
    return sum(recalls) / len(recalls)"""


def script_files(run: Run, divided: Divided, name: str, weights: NDArray[np.float32] | None = None) -> dict[str, bytes]:
    """The files of an export by name: the script, its weights and its data, made to lie side by side. `weights` (m,)
    say how much each row counts, as `divided` counts rows."""
    return {
        f"{name}.py": "\n".join(script_lines(run, name, is_weighted=weights is not None)).encode(),
        f"{name}.safetensors": run.weights,
        f"{name}_data.csv": data_csv(run, divided, weights),
        **words_file(run, name),
        **first_weights_file(run, name),
    }


def first_weights_file(run: Run, name: str) -> dict[str, bytes]:
    """The weights before the first step, where they are those of TensorFlow Playground, which torch does not draw."""
    if not follows_points(run.training, run.data.source):
        return {}
    network = made_network(Project(network=run.network, data=run.data, training=run.training), None, run.preparation)
    weights = {key: value.detach().contiguous() for key, value in network.trained.state_dict().items()}
    return {f"{name}_first_weights.safetensors": safetensors.torch.save(weights)}


def script_lines(run: Run, name: str, is_weighted: bool = False) -> Iterator[str]:
    """The script from top to bottom; `is_weighted` where rows count differently."""
    loss, outputs = loss_of(Project(network=run.network, training=run.training), run.preparation)
    yield from opening(name, changes_of(run))
    if follows_points(run.training, run.data.source):
        yield f"FIRST_WEIGHTS = HERE / {name + '_first_weights.safetensors'!r}"
    yield from data_lines(run, name)
    yield from network_lines(run, loss)
    yield from loss_lines(run, loss, outputs, is_weighted)
    yield from training_lines(run, is_weighted)
    yield from closing(run, loss, is_weighted)


def changes_of(run: Run) -> str:
    """What was changed while the run was trained, and the script does not do again, as lines of its docstring."""
    lines = []
    for event in run.events:
        if event.what == "learning_rate" or run.network.has(event.what):
            name = "the learning rate" if event.what == "learning_rate" else f"the rate of {event.what}"
            lines.append(f"    after {event.epoch:.4g} epochs: {name} from {event.before:g} to {event.after:g}\n")
    if not lines:
        return ""
    return "\nThis run was changed while it was trained; `train` keeps the rates it began with:\n" + "".join(lines)


def opening(name: str, changes: str) -> Iterator[str]:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    yield f'''"""A network made with nnstudio, as plain PyTorch.

    python {quoted}.py                   show how good the stored weights are
    python {quoted}.py test              the same on the test part, which nothing was chosen by: once, at the end
    python {quoted}.py predict FILE.csv  print a prediction for each row of a table
    python {quoted}.py train             train again from the first random weights, with early stopping

Beside this file lie {quoted}.safetensors (the weights) and {quoted}_data.csv (the data and its split).
It needs: pip install torch numpy safetensors
{changes}"""

import csv
import json
import math
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE / {name + ".safetensors"!r}
DATA = HERE / {name + "_data.csv"!r}
'''


def network_lines(run: Run, loss: str) -> Iterator[str]:
    last = last_layer(run)
    contained = layer_type(run.network.layer(last).type).contained_in == loss
    yield "# --- the network " + "-" * 63 + "\n\n"
    yield from own_modules(run.network, run.preparation.shape)
    lines = module_lines(run.network, run.preparation.shape, last if contained else "")
    yield from (line for _id, line in lines)
    matrices, biases = weighing_names(run.network, run.preparation.shape)
    if needs_names(run.training):
        yield ""
        yield ""
        yield f"MATRICES = {wrapped(matrices)}"
        yield f"BIASES = {wrapped(biases)}"
    yield ""
    yield ""


def needs_names(plan: TrainingPlan) -> bool:
    """Whether something acts on some parameters and not on others."""
    return bool(plan.initialization != "default" or plan.l1 or plan.weight_decay or plan.optimizer == "adamw")


def last_layer(run: Run) -> str:
    """The id of the layer before the output."""
    output = next(layer.id for layer in run.network.layers if layer.role == "output")
    return incoming(run.network)[output][0]


def loss_lines(run: Run, loss: str, outputs: int, is_weighted: bool) -> Iterator[str]:
    """The targets in the code that the loss compares with, and the loss."""
    preparation, kind = run.preparation, number_kind(run.training)
    yield "# --- the loss " + "-" * 66 + "\n\n"
    yield "def encode_targets(rows):"
    if preparation.task == "value":
        if run.data.standardize:
            yield "    # The target is scaled like the columns; predictions are scaled back."
            yield "    values = (numbers_of(rows, TARGET) - TARGET_MEAN) / TARGET_SCALE"
        else:
            yield "    values = numbers_of(rows, TARGET)"
        yield f"    return torch.tensor(values, dtype=torch.{kind}).reshape(-1, 1)"
    else:
        if preparation.task == "labels":
            yield "    numbers = torch.tensor([[number(row[name]) for name in CLASSES] for row in rows])"
        else:
            yield "    numbers = torch.tensor([CLASSES.index(row[TARGET]) for row in rows])"
        if loss == "cross_entropy":
            yield "    return numbers"
        elif loss == "binary_cross_entropy":
            smoothing = run.training.label_smoothing
            smoothed = f" * {1 - smoothing!r} + {smoothing / 2!r}  # smoothed" if smoothing else "  # 0 or 1"
            shaped = "" if preparation.task == "labels" else ".reshape(-1, 1)"
            yield f"    return numbers{as_floats(run)}{shaped}{smoothed}"
        else:
            yield from coded_lines(run, outputs)
    yield ""
    yield ""
    if preparation.task == "value" and run.data.standardize:
        yield 'TARGET_MEAN = numbers_of(parts["train"], TARGET).mean()'
        yield 'TARGET_SCALE = numbers_of(parts["train"], TARGET).std() or 1.0'
        yield ""
        yield ""
    if is_weighted:
        yield from weight_lines(run, loss)
    elif loss == "half_mse":
        yield "def loss_function(outputs, targets):"
        yield "    return 0.5 * ((outputs - targets) ** 2).mean()"
    else:
        yield from contained_lines(loss)
        yield f"loss_function = {loss_code(loss, run.training)}"
    yield ""
    yield ""


def weight_lines(run: Run, loss: str) -> Iterator[str]:
    """The loss of rows that count differently."""
    yield f'''def weights_of(rows):
    """How much each row counts; the mean over the training rows is 1."""
    return torch.tensor([float(row[{weight_column(run.preparation)!r}]) for row in rows])

'''
    if loss == "half_mse":
        yield "def loss_of_each(outputs, targets):"
        yield "    return 0.5 * (outputs - targets) ** 2\n"
    else:
        yield from contained_lines(loss)
        settings = loss_code(loss, run.training).removesuffix(")")
        more = "" if settings.endswith("(") else ", "
        yield f'loss_of_each = {settings}{more}reduction="none")\n'
    yield """
def loss_function(outputs, targets, weights):
    losses = loss_of_each(outputs, targets).reshape(len(outputs), -1).mean(dim=1)
    return (weights * losses).mean()"""


def contained_lines(loss: str) -> Iterator[str]:
    if loss in CONTAINED:
        yield f"# This loss contains the {CONTAINED[loss]}: it takes the values before it, which is exact."


def coded_lines(run: Run, outputs: int) -> Iterator[str]:
    """Classes as what the last activation gives for yes and for no."""
    if run.preparation.task == "class":
        shaped = ".reshape(-1, 1)" if outputs == 1 else ""
        one_hot = "numbers" if outputs == 1 else "nn.functional.one_hot(numbers, len(CLASSES))"
        yield f"    numbers = {one_hot}{as_floats(run)}{shaped}"
    if lowest_target(run.network, outputs) < 0:
        yield "    return 2 * numbers - 1  # -1 for no, +1 for yes"
    else:
        yield "    return numbers  # 0 for no, 1 for yes"


def as_floats(run: Run) -> str:
    """What makes numbers with decimals of whole ones."""
    return ".double()" if number_kind(run.training) == "float64" else ".float()"


def loss_code(loss: str, plan: TrainingPlan) -> str:
    """PyTorch's loss of a plan."""
    if loss == "cross_entropy" and plan.label_smoothing:
        return f"nn.CrossEntropyLoss(label_smoothing={plan.label_smoothing!r})"
    return LOSS_CODE[loss]


def closing(run: Run, loss: str, is_weighted: bool) -> Iterator[str]:
    preparation = run.preparation
    yield "# --- use " + "-" * 71 + "\n\n"
    yield """@torch.no_grad()
def outputs_of(rows, model):
    model.eval()  # dropout off, batch norm's kept averages in use
    return model(encode_inputs(rows))

"""
    yield WEIGHTED_LOSS_ON if is_weighted else LOSS_ON
    yield '''
def predictions(rows, model):
    """The answer for each row, in the words or units of the target."""
    outputs = outputs_of(rows, model)'''
    if preparation.task == "value":
        scaled = " * TARGET_SCALE + TARGET_MEAN" if run.data.standardize else ""
        yield f"    return (outputs[:, 0].double(){scaled}).tolist()"
    elif preparation.task == "labels":
        middle = middle_of(run, loss)
        yield f'    return [" ".join(name for name, one in zip(CLASSES, row) if one > {middle}) for row in outputs]'
    elif len(preparation.classes) == 2 and loss != "cross_entropy" and one_output(run):
        yield f"    return [CLASSES[int(output > {middle_of(run, loss)})] for output in outputs[:, 0]]"
    else:
        yield "    return [CLASSES[number] for number in outputs.argmax(dim=1)]"
    if preparation.task != "value":
        right = "row[TARGET]"
        if preparation.task == "labels":
            right = '" ".join(name for name in CLASSES if number(row[name]))'
        yield f"""

def accuracy_on(part, model):
    rows = parts[part]
    return sum(a == {right} for a, row in zip(predictions(rows, model), rows)) / len(rows)"""
    if run.training.monitor == "validation_balanced_accuracy":
        yield BALANCED_ACCURACY_ON
    yield '''

def report(model, *shown):
    for part in shown:
        rows = parts[part]
        if rows:
            line = f"{part}: {len(rows)} rows, loss {loss_on(part, model):.4f}"'''
    if preparation.task != "value":
        yield '            line += f", accuracy {accuracy_on(part, model):.4f}"'
    yield f"""            print(line)


def load():
    model = Network(){as_double(run.training)}
    model.load_state_dict(load_file(WEIGHTS))
    return model


if __name__ == "__main__":
    if sys.argv[1:] == ["train"]:
        report(train(), "train", "validation")
    elif len(sys.argv) == 3 and sys.argv[1] == "predict":
        print("prediction", *predictions(read_table(sys.argv[2]), load()), sep="\\n")
    elif sys.argv[1:] == ["test"]:
        report(load(), "test")
    elif len(sys.argv) == 1:
        report(load(), "train", "validation")
    else:
        sys.exit(__doc__)
"""


def middle_of(run: Run, loss: str) -> float:
    """Above what an output says yes."""
    return 0 if loss in CONTAINED else (lowest_target(run.network, len(run.preparation.classes)) + 1) / 2


def one_output(run: Run) -> bool:
    return loss_of(Project(network=run.network, training=run.training), run.preparation)[1] == 1
