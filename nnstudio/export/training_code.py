"""The training loop of an exported script: first weights, optimizer, schedule and early stopping."""

from collections.abc import Iterator

from nnstudio.project.model import Run, TrainingPlan
from nnstudio.training.engine.build import follows_points
from nnstudio.training.engine.optimizers import carries, prunes


def training_lines(run: Run, is_weighted: bool) -> Iterator[str]:
    plan, given = run.training, "targets[batch], weights[batch]" if is_weighted else "targets[batch]"
    yield "# --- training " + "-" * 66 + "\n\n"
    yield f'''def train():
    """Train with early stopping; the weights of the best epoch are stored."""
    torch.manual_seed({plan.seed})
    order_generator = torch.Generator().manual_seed({plan.seed})
    inputs, targets = encode_inputs(parts["train"]), encode_targets(parts["train"])'''
    if is_weighted:
        yield '    weights = weights_of(parts["train"])'
    yield "    model = Network()"
    tables = [layer for layer in run.network.layers if layer.parameters.get("connections")]
    yield from initialization_lines(plan, bool(tables), follows_points(plan, run.data.source))
    if plan.l1 or plan.weight_decay or plan.optimizer == "adamw":
        yield "    matrices = [model.get_parameter(name) for name in MATRICES]"
        yield "    others = [p for p in model.parameters() if all(p is not matrix for matrix in matrices)]"
    yield f"    optimizer = {optimizer_code(plan)}"
    if plan.schedule != "constant":
        yield f"    scheduler = torch.optim.lr_scheduler.{scheduler_code(plan)}"
    yield "    lowest, best_weights, waited = math.inf, model.state_dict(), 0"
    if plan.min_delta:
        yield "    to_beat = math.inf"
    if carries(plan):
        yield "    rows_waiting = 0  # whose gradients wait for the next step"
    if prunes(plan):
        yield "    pruned = [torch.zeros_like(matrix, dtype=torch.bool) for matrix in matrices]"
    drawn = "torch.randperm(len(inputs), generator=order_generator)"
    if plan.shuffle != "each_epoch":
        yield f"    order = {drawn if plan.shuffle == 'once' else 'torch.arange(len(inputs))'}"
    yield f"    for epoch in range(1, {plan.epochs} + 1):"
    yield "        model.train()"
    if plan.shuffle == "each_epoch":
        yield f"        order = {drawn}"
    yield f"        total_loss = 0.0\n        for batch in order.split({plan.batch_size}):"
    yield from step_lines(plan, given)
    yield "        train_loss = total_loss / len(inputs)"
    if plan.schedule not in ("constant", "plateau"):
        yield "        scheduler.step()"
    yield from stopping_lines(plan)
    yield """    model.load_state_dict(best_weights)
    save_file(best_weights, WEIGHTS)
    return model

"""


def step_lines(plan: TrainingPlan, given: str) -> Iterator[str]:
    """One batch: its loss, the gradients, and the step."""
    if carries(plan):
        yield "            if rows_waiting == 0:"
        yield "                optimizer.zero_grad()"
    else:
        yield "            optimizer.zero_grad()"
    if plan.precision == "mixed":
        yield '            with torch.autocast("cpu", torch.bfloat16):  # matrices are multiplied in bfloat16'
        yield "                outputs = model(inputs[batch]).float()"
        yield f"            loss = loss_function(outputs, {given})"
    else:
        yield f"            loss = loss_function(model(inputs[batch]), {given})"
    yield "            total_loss += loss.item() * len(batch)"
    minimised = "loss"
    if plan.l1 and not prunes(plan):
        yield f"            penalty = {plan.l1!r} * sum(weight.abs().sum() for weight in matrices)"
        minimised = "(loss + penalty)"
    if carries(plan):
        yield f"            ({minimised} * len(batch)).backward()"
        yield "            rows_waiting += len(batch)"
        yield f"            if len(batch) < {plan.batch_size}:"
        yield "                continue  # it counts in the first step of the next epoch"
        yield "            for parameter in model.parameters():"
        yield "                parameter.grad /= rows_waiting"
        yield "            rows_waiting = 0"
    else:
        yield f"            {minimised}.backward()"
    if plan.clip_norm:
        yield f"            nn.utils.clip_grad_norm_(model.parameters(), {plan.clip_norm!r})"
    if prunes(plan):
        yield "            signs = [matrix.detach().sign() for matrix in matrices]"
    yield "            optimizer.step()"
    if prunes(plan):
        yield from pruning_lines(plan)


def pruning_lines(plan: TrainingPlan) -> Iterator[str]:
    """L1 as a pull after the step; a weight that it carries across 0 stays 0."""
    yield f"""            with torch.no_grad():
                pull = optimizer.param_groups[0]["lr"] * {plan.l1!r}
                for matrix, sign, gone in zip(matrices, signs, pruned):
                    pulled = matrix - pull * sign
                    gone |= matrix.sign() * pulled.sign() < 0  # carried across 0: it stays 0
                    matrix.copy_(torch.where(gone, 0.0, pulled))"""


def initialization_lines(plan: TrainingPlan, has_table: bool, is_given: bool = False) -> Iterator[str]:
    """The first weights; those that are `is_given` stand in a file."""
    if is_given:
        yield f"    model{as_double(plan)}.load_state_dict(load_file(FIRST_WEIGHTS))  # TensorFlow Playground's"
        return
    if plan.initialization == "default":
        if plan.precision == "float64":
            yield "    model.double()"
        return
    scale = plan.initialization_scale
    code = {
        "normal": f"nn.init.normal_(weight, 0.0, {scale!r})",
        "uniform": f"nn.init.uniform_(weight, {-scale!r}, {scale!r})",
        "xavier": "nn.init.xavier_uniform_(weight)",
        "he": "nn.init.kaiming_normal_(weight)",
        "lecun": "nn.init.uniform_(weight, -2.4, 2.4).div_(fan_in)",
        "zeros": "nn.init.zeros_(weight)",
        "playground": "nn.init.uniform_(weight, -0.5, 0.5)",
    }[plan.initialization]
    yield "    with torch.no_grad():"
    yield "        for name in MATRICES:"
    yield "            weight = model.get_parameter(name)"
    if has_table:  # what it leaves out is 0
        yield '            table = getattr(model.get_submodule(name.rpartition(".")[0]), "table", torch.ones(1))'
    if plan.initialization == "lecun":
        connected = "torch.ones_like(weight) * table" if has_table else "torch.ones_like(weight)"
        yield f"            fan_in = ({connected}).flatten(1).sum(dim=1).view(-1, *[1] * (weight.dim() - 1))"
    yield f"            {code}"
    if has_table:
        yield "            weight.mul_(table)"
    if plan.precision == "float64":
        yield "        model.double()"
    yield "        for name in BIASES:"
    yield f"            nn.init.constant_(model.get_parameter(name), {plan.bias_initialization!r})"


def as_double(plan: TrainingPlan) -> str:
    """What makes a network compute as the plan says."""
    return ".double()" if plan.precision == "float64" else ""


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
    value, watched, better = "validation_loss", "", "lower validation loss"
    if plan.monitor == "validation_accuracy":
        value = "wrong"
        watched = '\n        wrong = 1 - accuracy_on("validation", model)  # early stopping follows the accuracy'
        better = "higher validation accuracy"
    if plan.monitor == "validation_balanced_accuracy":
        value = "wrong"
        watched = '\n        wrong = 1 - balanced_accuracy_on("validation", model)  # which early stopping follows'
        better = "higher balanced validation accuracy"
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
        yield f'            print("Stopped: {plan.patience} epochs without a {better}.")'
        yield "            break"


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
