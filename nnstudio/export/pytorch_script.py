"""A trained run as a script a teacher would show in class: the data, the module, the loop with early stopping."""

from collections.abc import Iterator

from nnstudio.data.dataset import Divided
from nnstudio.data.tables import MISSING
from nnstudio.export.data_table import data_csv, part_column
from nnstudio.layers.catalogue import layer_type
from nnstudio.project.endings import CONTAINED
from nnstudio.project.model import Project, Run, TrainingPlan
from nnstudio.project.module_code import module_lines, weighing_classes
from nnstudio.project.shapes import incoming
from nnstudio.training.session import loss_of

LOSS_CODE = {
    "cross_entropy": "nn.CrossEntropyLoss()",
    "binary_cross_entropy": "nn.BCEWithLogitsLoss()",
    "mse": "nn.MSELoss()",
    "mae": "nn.L1Loss()",
}


def script_files(run: Run, divided: Divided, name: str) -> dict[str, bytes]:
    """The files of an export by name: the script, its weights and its data, made to lie side by side."""
    return {
        f"{name}.py": "\n".join(script_lines(run, name)).encode(),
        f"{name}.safetensors": run.weights,
        f"{name}_data.csv": data_csv(run, divided),
    }


def script_lines(run: Run, name: str) -> Iterator[str]:
    """The script from top to bottom."""
    loss, outputs = loss_of(Project(network=run.network, training=run.training), run.preparation)
    yield from opening(name, changes_of(run))
    yield from data_lines(run)
    yield from network_lines(run, loss)
    yield from loss_lines(run, loss, outputs)
    yield from training_lines(run)
    yield from closing(run, loss)


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
    python {quoted}.py predict FILE.csv  print a prediction for each row of a table
    python {quoted}.py train             train again from the first random weights, with early stopping

Beside this file lie {quoted}.safetensors (the weights) and {quoted}_data.csv (the data and its split).
It needs: pip install torch numpy safetensors
{changes}"""

import csv
import math
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE / {name + ".safetensors"!r}
DATA = HERE / {name + "_data.csv"!r}
'''


def data_lines(run: Run) -> Iterator[str]:
    """Reading, filling, scaling and encoding, fitted on the training rows alone."""
    preparation = run.preparation
    numbers = [column.name for column in preparation.columns if column.kind == "number"]
    categories = {column.name: list(column.categories) for column in preparation.columns if column.kind == "category"}
    order = [column.name for column in preparation.columns]
    yield "\n# --- the data " + "-" * 66 + "\n"
    yield f"COLUMNS = {wrapped(order)}"
    yield f"CATEGORIES = {categories!r}  # columns of words, and the words each can hold"
    yield f"TARGET = {preparation.target!r}"
    if preparation.task == "class":
        yield f"CLASSES = {wrapped(list(preparation.classes))}"
    yield f'''

def read_table(path):
    """The rows of a CSV file, each a dictionary from column to text."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MISSING = {MISSING!r}


def number(text):
    text = text.strip()
    return math.nan if text in MISSING else float({{"true": "1", "false": "0"}}.get(text.lower(), text))


def numbers_of(rows, column):
    return np.array([number(row[column]) for row in rows])


rows = read_table(DATA)
parts = {{part: [row for row in rows if row[{part_column(preparation)!r}] == part]
         for part in ("train", "validation", "test")}}

# What is measured to fill and scale a column is measured on the training rows alone.
MEAN, SCALE = {{}}, {{}}
for column in COLUMNS:
    if column not in CATEGORIES:
        values = numbers_of(parts["train"], column)
        MEAN[column] = np.nanmean(values)'''
    if run.data.standardize:
        yield "        deviation = np.nanstd(values)"
        yield "        # A constant column becomes 0 and not infinite."
        yield "        SCALE[column] = deviation if deviation > 1e-12 * max(1, abs(MEAN[column])) else 1.0"
    if not numbers:
        yield "        # (Here every column holds words.)"
    yield '''

def encode_inputs(rows):
    """One row of numbers a sample."""
    encoded = []
    for column in COLUMNS:
        if column in CATEGORIES:
            encoded += [np.array([row[column] == word for row in rows], dtype=float) for word in CATEGORIES[column]]
        else:
            values = numbers_of(rows, column)
            values = np.where(np.isnan(values), MEAN[column], values)'''
    if run.data.standardize:
        yield "            encoded.append((values - MEAN[column]) / SCALE[column])"
    else:
        yield "            encoded.append(values)"
    shape = ", ".join(str(size) for size in preparation.sample_shape)
    yield "    return torch.tensor(np.stack(encoded, axis=1), dtype=torch.float32)" + (
        f".reshape(-1, {shape})" if len(preparation.sample_shape) > 1 else ""
    )
    yield ""
    yield ""


def network_lines(run: Run, loss: str) -> Iterator[str]:
    last = last_layer(run)
    contained = layer_type(run.network.layer(last).type).contained_in == loss
    yield "# --- the network " + "-" * 63 + "\n\n"
    lines = module_lines(run.network, run.preparation.sample_shape, last if contained else "")
    yield from (line for _id, line in lines)
    yield ""
    yield ""


def last_layer(run: Run) -> str:
    """The id of the layer before the output."""
    output = next(layer.id for layer in run.network.layers if layer.role == "output")
    return incoming(run.network)[output][0]


def loss_lines(run: Run, loss: str, outputs: int) -> Iterator[str]:
    """The targets in the code that the loss compares with, and the loss."""
    preparation = run.preparation
    yield "# --- the loss " + "-" * 66 + "\n\n"
    yield "def encode_targets(rows):"
    if preparation.task == "value":
        if run.data.standardize:
            yield "    # The target is scaled like the columns; predictions are scaled back."
            yield "    values = (numbers_of(rows, TARGET) - TARGET_MEAN) / TARGET_SCALE"
        else:
            yield "    values = numbers_of(rows, TARGET)"
        yield "    return torch.tensor(values, dtype=torch.float32).reshape(-1, 1)"
    else:
        yield "    numbers = torch.tensor([CLASSES.index(row[TARGET]) for row in rows])"
        if loss == "cross_entropy":
            yield "    return numbers"
        elif loss == "binary_cross_entropy":
            smoothing = run.training.label_smoothing
            smoothed = f" * {1 - smoothing!r} + {smoothing / 2!r}  # smoothed" if smoothing else "  # 0 or 1"
            yield f"    return numbers.float().reshape(-1, 1){smoothed}"
        elif outputs == 1:
            yield "    return (2.0 * numbers - 1).reshape(-1, 1)  # -1 or +1"
        else:
            yield "    return nn.functional.one_hot(numbers, len(CLASSES)).float()"
    yield ""
    yield ""
    if preparation.task == "value" and run.data.standardize:
        yield 'TARGET_MEAN = numbers_of(parts["train"], TARGET).mean()'
        yield 'TARGET_SCALE = numbers_of(parts["train"], TARGET).std() or 1.0'
        yield ""
        yield ""
    if loss == "half_mse":
        yield "def loss_function(outputs, targets):"
        yield "    return 0.5 * ((outputs - targets) ** 2).mean()"
    else:
        if loss in CONTAINED:
            yield f"# This loss contains the {CONTAINED[loss]}: it takes the values before it, which is exact."
        yield f"loss_function = {loss_code(loss, run.training)}"
    yield ""
    yield ""


def loss_code(loss: str, plan: TrainingPlan) -> str:
    """PyTorch's loss of a plan."""
    if loss == "cross_entropy" and plan.label_smoothing:
        return f"nn.CrossEntropyLoss(label_smoothing={plan.label_smoothing!r})"
    return LOSS_CODE[loss]


def training_lines(run: Run) -> Iterator[str]:
    plan = run.training
    yield "# --- training " + "-" * 66 + "\n\n"
    yield f'''def train():
    """Train with early stopping; the weights of the best epoch are stored."""
    torch.manual_seed({plan.seed})
    order_generator = torch.Generator().manual_seed({plan.seed})
    inputs, targets = encode_inputs(parts["train"]), encode_targets(parts["train"])
    model = Network()'''
    weighing = weighing_classes(run.network, run.preparation.sample_shape)
    yield from initialization_lines(plan, weighing)
    if plan.l1 or plan.weight_decay or plan.optimizer == "adamw":
        yield f"    matrices = [layer.weight for layer in model.modules() if isinstance(layer, {weighing})]"
        yield "    others = [p for p in model.parameters() if all(p is not matrix for matrix in matrices)]"
    yield f"    optimizer = {optimizer_code(plan)}"
    if plan.schedule != "constant":
        yield f"    scheduler = torch.optim.lr_scheduler.{scheduler_code(plan)}"
    yield "    lowest, best_weights, waited = math.inf, model.state_dict(), 0"
    if plan.min_delta:
        yield "    to_beat = math.inf"
    once = plan.shuffle == "once"
    if once:
        yield "    order = torch.randperm(len(inputs), generator=order_generator)"
    yield f"    for epoch in range(1, {plan.epochs} + 1):"
    yield "        model.train()"
    if not once:
        yield "        order = torch.randperm(len(inputs), generator=order_generator)"
    yield f"        total_loss = 0.0\n        for batch in order.split({plan.batch_size}):"
    yield "            optimizer.zero_grad()"
    if plan.precision == "mixed":
        yield '            with torch.autocast("cpu", torch.bfloat16):  # matrices are multiplied in bfloat16'
        yield "                outputs = model(inputs[batch]).float()"
        yield "            loss = loss_function(outputs, targets[batch])"
    else:
        yield "            loss = loss_function(model(inputs[batch]), targets[batch])"
    if plan.l1:
        yield f"            penalty = {plan.l1!r} * sum(weight.abs().sum() for weight in matrices)"
        yield "            (loss + penalty).backward()"
    else:
        yield "            loss.backward()"
    if plan.clip_norm:
        yield f"            nn.utils.clip_grad_norm_(model.parameters(), {plan.clip_norm!r})"
    yield """            optimizer.step()
            total_loss += loss.item() * len(batch)
        train_loss = total_loss / len(inputs)"""
    if plan.schedule not in ("constant", "plateau"):
        yield "        scheduler.step()"
    yield from stopping_lines(plan)
    yield """    model.load_state_dict(best_weights)
    save_file(best_weights, WEIGHTS)
    return model

"""


def initialization_lines(plan: TrainingPlan, weighing: str) -> Iterator[str]:
    if plan.initialization == "default":
        return
    scale = plan.initialization_scale
    code = {
        "normal": f"nn.init.normal_(layer.weight, 0.0, {scale!r})",
        "uniform": f"nn.init.uniform_(layer.weight, {-scale!r}, {scale!r})",
        "xavier": "nn.init.xavier_uniform_(layer.weight)",
        "he": "nn.init.kaiming_normal_(layer.weight)",
        "zeros": "nn.init.zeros_(layer.weight)",
    }[plan.initialization]
    yield "    for layer in model.modules():"
    yield f"        if isinstance(layer, {weighing}):"
    yield f"            {code}"
    yield "            if layer.bias is not None:"
    yield f"                nn.init.constant_(layer.bias, {plan.bias_initialization!r})"


def optimizer_code(plan: TrainingPlan) -> str:
    rate = f"lr={plan.learning_rate!r}"
    parameters = "model.parameters()"
    decay = plan.weight_decay
    if decay or plan.optimizer == "adamw":
        # Biases are never pulled towards 0.
        parameters = (
            "[\n"
            f'        {{"params": matrices, "weight_decay": {decay!r}}},\n'
            '        {"params": others, "weight_decay": 0.0},\n'
            "    ]"
        )
    names = {
        "sgd": "SGD",
        "momentum": "SGD",
        "nesterov": "SGD",
        "adam": "Adam",
        "adamw": "AdamW",
        "rmsprop": "RMSprop",
        "adagrad": "Adagrad",
    }
    words = [parameters, rate]
    if plan.optimizer in ("momentum", "nesterov"):
        words.append(f"momentum={plan.momentum!r}")
    if plan.optimizer == "nesterov" and plan.momentum > 0:
        words.append("nesterov=True")
    return f"torch.optim.{names[plan.optimizer]}({', '.join(words)})"


def scheduler_code(plan: TrainingPlan) -> str:
    factor, epochs = plan.schedule_factor, plan.schedule_epochs
    return {
        "step": f"StepLR(optimizer, step_size={epochs}, gamma={factor!r})",
        "exponential": f"ExponentialLR(optimizer, gamma={factor!r})",
        "cosine": f"CosineAnnealingLR(optimizer, T_max={plan.epochs})",
        "plateau": f"ReduceLROnPlateau(optimizer, factor={factor!r}, patience={epochs})",
    }[plan.schedule]


def stopping_lines(plan: TrainingPlan) -> Iterator[str]:
    """Validation after each epoch; without a validation part the last weights are kept."""
    keep = "{name: value.clone() for name, value in model.state_dict().items()}"
    value = "validation_loss"
    watched = ""
    if plan.monitor == "validation_accuracy":
        value = "wrong"
        watched = '\n        wrong = 1 - accuracy_on("validation", model)  # early stopping follows the accuracy'
    unvalidated = "\n            scheduler.step(train_loss)" if plan.schedule == "plateau" else ""
    yield f"""        if not parts["validation"]:
            best_weights = {keep}
            print(f"epoch {{epoch}}: training loss {{train_loss:.4f}}"){unvalidated}
            continue
        validation_loss = loss_on("validation", model){watched}
        print(f"epoch {{epoch}}: training loss {{train_loss:.4f}}, validation loss {{validation_loss:.4f}}")"""
    if plan.schedule == "plateau":
        yield "        scheduler.step(validation_loss)"
    if plan.min_delta:
        # What counts for patience must be lower by a margin; what counts as best need only be lower.
        yield f"        improved = {value} < to_beat - {plan.min_delta!r}"
        yield "        waited = 0 if improved else waited + 1"
        yield f"        to_beat = {value} if improved else to_beat"
        yield f"        if {value} < lowest:"
    else:
        yield f"        improved = {value} < lowest"
        yield "        waited = 0 if improved else waited + 1"
        yield "        if improved:"
    yield f"            lowest = {value}"
    yield f"            best_weights = {keep}"
    if not plan.restore_best:
        yield f"        best_weights = {keep}  # the last weights are kept, not the best"
    if plan.patience:
        yield f"        if waited == {plan.patience}:"
        better = "higher validation accuracy" if watched else "lower validation loss"
        yield f'            print("Stopped: {plan.patience} epochs without a {better}.")'
        yield "            break"


def closing(run: Run, loss: str) -> Iterator[str]:
    preparation = run.preparation
    yield "# --- use " + "-" * 71 + "\n\n"
    yield '''@torch.no_grad()
def outputs_of(rows, model):
    model.eval()  # dropout off, batch norm's kept averages in use
    return model(encode_inputs(rows))


def loss_on(part, model):
    return loss_function(outputs_of(parts[part], model), encode_targets(parts[part])).item()


def predictions(rows, model):
    """The answer for each row, in the words or units of the target."""
    outputs = outputs_of(rows, model)'''
    if preparation.task == "value":
        scaled = " * TARGET_SCALE + TARGET_MEAN" if run.data.standardize else ""
        yield f"    return (outputs[:, 0].double(){scaled}).tolist()"
    elif len(preparation.classes) == 2 and loss != "cross_entropy" and one_output(run):
        yield "    return [CLASSES[int(output > 0)] for output in outputs[:, 0]]"
    else:
        yield "    return [CLASSES[number] for number in outputs.argmax(dim=1)]"
    if preparation.task == "class":
        yield """

def accuracy_on(part, model):
    rows = parts[part]
    return sum(a == row[TARGET] for a, row in zip(predictions(rows, model), rows)) / len(rows)"""
    yield '''

def report(model):
    for part, rows in parts.items():
        if rows:
            line = f"{part}: {len(rows)} rows, loss {loss_on(part, model):.4f}"'''
    if preparation.task == "class":
        yield '            line += f", accuracy {accuracy_on(part, model):.4f}"'
    yield """            print(line)


def load():
    model = Network()
    model.load_state_dict(load_file(WEIGHTS))
    return model


if __name__ == "__main__":
    if sys.argv[1:] == ["train"]:
        report(train())
    elif len(sys.argv) == 3 and sys.argv[1] == "predict":
        print("prediction", *predictions(read_table(sys.argv[2]), load()), sep="\\n")
    elif len(sys.argv) == 1:
        report(load())
    else:
        sys.exit(__doc__)
"""


def one_output(run: Run) -> bool:
    return loss_of(Project(network=run.network, training=run.training), run.preparation)[1] == 1


def wrapped(names: list[str]) -> str:
    """A list literal over several lines when it is long."""
    text = repr(names)
    if len(text) <= 100:
        return text
    lines, line = ["["], "   "
    for name in names:
        if len(line) + len(repr(name)) > 110:
            lines.append(line)
            line = "   "
        line += f" {name!r},"
    return "\n".join([*lines, line, "]"])
