"""The settings of data and training: names, ranges and words. The form, the file and `--set` are checked by these."""

from typing import TypeVar

import msgspec

from nnstudio.layers.spec import Parameter, Value
from nnstudio.project.data_settings import DATA_SETTINGS, LARGEST_SEED
from nnstudio.project.drawn_points import format_points, parse_points
from nnstudio.project.model import DataChoice, Project, TrainingPlan
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

Settings = TypeVar("Settings", DataChoice, TrainingPlan)

CHOICE_NAMES = {
    "crop": mark("cut"),
    "pad": mark("borders"),
    "stretch": mark("stretch"),
    "presence": mark("presence of words"),
    "counts": mark("counts of words"),
    "tfidf": "tf-idf",
    "tokens": mark("tokens"),
    "words": mark("words"),
    "words_and_signs": mark("words and signs"),
    "characters": mark("characters"),
    "together": mark("together"),
    "apart": mark("apart"),
    "last": mark("the last step"),
    "all": mark("every step"),
    "auto": mark("automatic"),
    "yes": mark("yes"),
    "no": mark("no"),
    "none": mark("none"),
    "tab": mark("tab"),
    "blank": mark("blank"),
    "blanks": mark("blanks"),
    "balanced": mark("balanced"),
    "training": mark("the training part"),
    "all_rows": mark("all rows (wrong)"),
    "class": mark("class"),
    "value": mark("value"),
    "cross_entropy": mark("cross-entropy"),
    "binary_cross_entropy": mark("binary cross-entropy"),
    "mse": mark("mean squared error"),
    "half_mse": mark("½ mean squared error"),
    "mae": mark("mean absolute error"),
    "adam": "Adam",
    "sgd": "SGD",
    "momentum": mark("SGD with momentum"),
    "nesterov": mark("SGD with Nesterov momentum"),
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
    "each_epoch": mark("each epoch"),
    "once": mark("once"),
    "never": mark("never"),
    "random": mark("by chance"),
    "in_order": mark("in the order of the rows"),
    "smaller": mark("a smaller batch"),
    "carried_over": mark("carried over"),
    "subgradient": mark("subgradient"),
    "pruned_at_zero": mark("pruned at 0"),
    "constant": mark("constant"),
    "step": mark("step"),
    "exponential": mark("exponential"),
    "cosine": mark("cosine"),
    "plateau": mark("on a plateau"),
    "validation_loss": mark("validation loss"),
    "validation_accuracy": mark("validation accuracy"),
    "validation_balanced_accuracy": mark("balanced validation accuracy"),
    "default": mark("PyTorch's default"),
    "normal": mark("normal"),
    "uniform": mark("uniform"),
    "xavier": "Xavier (Glorot)",
    "he": "He (Kaiming)",
    "lecun": "LeCun (±2.4 / n)",
    "zeros": mark("zeros"),
    "numpy": "NumPy",
    "playground": "TensorFlow Playground",
    "cpu": "CPU",
    "cuda": "CUDA",
    "mps": "Apple MPS",
}
"""What choices are called on screen; one that is not here is shown as it is written."""

TRAINING_SETTINGS: tuple[Parameter, ...] = (
    Parameter(
        "loss",
        mark("Loss"),
        "choice",
        "auto",
        choices=("auto", "cross_entropy", "binary_cross_entropy", "mse", "half_mse", "mae"),
        help=mark(
            "What training makes small. Auto is cross-entropy for classes, binary cross-entropy for two "
            "classes and one output, and mean squared error for a value."
        ),
    ),
    Parameter(
        "label_smoothing",
        mark("Label smoothing"),
        "number",
        0.0,
        0,
        1,
        below=True,
        help=mark(
            "For the two cross-entropies: so much of the target is shared by all classes, so that none is asked to "
            "have the probability 1. 0 does not."
        ),
    ),
    Parameter(
        "optimizer",
        mark("Optimizer"),
        "choice",
        "adam",
        choices=("adam", "sgd", "momentum", "nesterov", "adamw", "rmsprop", "adagrad"),
        help=mark("The rule that turns gradients into steps."),
    ),
    Parameter(
        "learning_rate", mark("Learning rate"), "number", 0.001, 0, 10, above=True, help=mark("How long each step is.")
    ),
    Parameter(
        "schedule",
        mark("Schedule"),
        "choice",
        "constant",
        choices=("constant", "step", "exponential", "cosine", "plateau"),
        help=mark(
            "How the learning rate goes with the epochs. Step multiplies it by the factor every so many epochs, "
            "exponential in every epoch, plateau where the validation loss has not fallen for so many; cosine lets it "
            "fall to 0 along a half wave over all epochs."
        ),
    ),
    Parameter(
        "schedule_factor",
        mark("Factor (gamma)"),
        "number",
        0.1,
        0,
        1,
        above=True,
        help=mark("What the schedule multiplies the learning rate by each time."),
    ),
    Parameter(
        "schedule_epochs",
        mark("Every … epochs"),
        "integer",
        10,
        1,
        100_000,
        help=mark("After how many epochs the schedule lowers the rate; for plateau, how many it waits."),
    ),
    Parameter(
        "clip_norm",
        mark("Gradient clipping (max norm)"),
        "number",
        0.0,
        0,
        1_000_000,
        help=mark("Shortens the gradient of all weights together to this length where it is longer. 0 never does."),
    ),
    Parameter(
        "momentum",
        mark("Momentum"),
        "number",
        0.9,
        0,
        1,
        below=True,
        help=mark("How much of the last step is kept; used by the optimizers momentum and nesterov."),
    ),
    Parameter(
        "weight_decay",
        mark("Weight decay"),
        "number",
        0.0,
        0,
        10,
        help=mark("L2 regularisation: pulls every weight towards 0 in proportion to its size."),
    ),
    Parameter(
        "l1",
        mark("L1"),
        "number",
        0.0,
        0,
        10,
        help=mark("L1 regularisation: adds this times the sum of the absolute weights (not biases) to the loss."),
    ),
    Parameter(
        "l1_rule",
        mark("L1 rule"),
        "choice",
        "subgradient",
        choices=("subgradient", "pruned_at_zero"),
        help=mark(
            "Subgradient leaves L1 to the optimizer, as a part of the loss: weights come near 0 and seldom stay there. "
            "Pruned at 0 pulls each weight after the optimizer's step by learning rate · L1, and one that the pull "
            "carries across 0 stays 0 for good, as in TensorFlow Playground."
        ),
    ),
    Parameter(
        "batch_size", mark("Batch size"), "integer", 32, 1, 1_000_000, help=mark("How many samples one step looks at.")
    ),
    Parameter(
        "epochs",
        mark("Epochs"),
        "integer",
        100,
        1,
        100_000,
        help=mark("How many times training goes through all training samples, at most."),
    ),
    Parameter(
        "shuffle",
        mark("Shuffle"),
        "choice",
        "each_epoch",
        choices=("each_epoch", "once", "never"),
        help=mark(
            "Whether the samples are put into a new order before every epoch, only before the first, or never: then "
            "they come as they stand in the training part."
        ),
    ),
    Parameter(
        "last_batch",
        mark("Last batch"),
        "choice",
        "smaller",
        choices=("smaller", "carried_over"),
        help=mark(
            "What becomes of the samples that fill no whole batch at the end of an epoch: they are a smaller batch, or "
            "their gradients are carried over and count in the first step of the next epoch, as in TensorFlow "
            "Playground. Carried over, a batch larger than the training part never takes a step."
        ),
    ),
    Parameter(
        "initialization",
        mark("Initialisation"),
        "choice",
        "default",
        choices=("default", "normal", "uniform", "xavier", "he", "lecun", "zeros", "playground"),
        help=mark(
            "How the weights are drawn before the first step. Default is PyTorch's own. TensorFlow Playground's are "
            "uniform in ±0.5: with seed 0 and points of its generator, the very numbers its page begins with."
        ),
    ),
    Parameter(
        "initialization_scale",
        mark("σ or half-width"),
        "number",
        0.5,
        0,
        1000,
        help=mark("The standard deviation σ of the normal, or half the width of the uniform distribution."),
    ),
    Parameter(
        "bias_initialization",
        mark("Initial bias"),
        "number",
        0.0,
        -1000,
        1000,
        help=mark("The value of every bias at the start, where the initialisation is not the default one."),
    ),
    Parameter(
        "patience",
        mark("Patience"),
        "integer",
        10,
        0,
        100_000,
        help=mark("Early stopping: stop after this many epochs without improvement. 0 never stops early."),
    ),
    Parameter(
        "monitor",
        mark("Measure (monitor)"),
        "choice",
        "validation_loss",
        choices=("validation_loss", "validation_accuracy", "validation_balanced_accuracy"),
        help=mark(
            "What early stopping follows, and what the best epoch is the best in. The loss tells small gains that the "
            "accuracy does not; of equal accuracies the earliest counts. In the balanced accuracy every class counts "
            "the same, however many rows it has."
        ),
    ),
    Parameter(
        "min_delta",
        mark("Minimum improvement (min delta)"),
        "number",
        0.0,
        0,
        1000,
        help=mark("By how much the loss must fall, or the accuracy rise, to count as an improvement for patience."),
    ),
    Parameter(
        "restore_best",
        mark("Restore best weights"),
        "boolean",
        True,
        help=mark("Give back the weights of the best epoch, however training ends."),
    ),
    Parameter(
        "seed",
        mark("Seed"),
        "integer",
        0,
        0,
        LARGEST_SEED,
        help=mark("Decides the first weights, the order of the samples and what dropout switches off."),
    ),
    Parameter(
        "device",
        mark("Device"),
        "choice",
        "auto",
        choices=("auto", "cpu", "cuda", "mps"),
        help=mark("Where to compute. Auto takes a GPU where it helps, otherwise the CPU."),
    ),
    Parameter(
        "precision",
        mark("Precision"),
        "choice",
        "float32",
        choices=("float32", "mixed", "float64"),
        help=mark(
            "Mixed multiplies matrices in bfloat16, with 3 digits in place of 7: faster on GPUs made for it. Weights, "
            "losses and updates stay in float32. Float64 computes with 16 digits, as TensorFlow Playground does, so "
            "that rounding does not grow from step to step into another curve; weights are kept in float32."
        ),
    ),
)

GROUPS = {"data": DATA_SETTINGS, "training": TRAINING_SETTINGS}


def check_setting(settings: tuple[Parameter, ...], name: str, value: object) -> Value:
    """The value when the named setting takes it; UserError otherwise."""
    parameter = next(one for one in settings if one.name == name)
    if name == "device" and isinstance(value, str) and value.startswith("cuda:") and value[5:].isdigit():
        return value
    return parameter.check(value)


def check_settings(settings: tuple[Parameter, ...], values: Settings) -> Settings:
    """The values themselves when every one is in its range; UserError for the first that is not."""
    for parameter in settings:
        check_setting(settings, parameter.name, getattr(values, parameter.name))
    return values


def check_shares(data: DataChoice) -> None:
    """UserError when validation and test leave nothing to train on."""
    test = 0.0 if data.test_source else data.test
    if data.validation + test >= 1:
        raise UserError(
            _(
                "Validation and test take {percent:.0f} % of the rows and leave nothing to train on; together "
                "they must stay below 100 %."
            ).format(percent=100 * (data.validation + test))
        )


def set_by_key(project: Project, key: str, text: str) -> Project:
    """The project with one setting changed, as `--set KEY=VALUE` names it; UserError for what cannot be."""
    group, parameter = setting_of(key)
    is_device = parameter.name == "device"
    value = check_setting(GROUPS[group], parameter.name, text) if is_device else parameter.parse(text)
    return set_value(project, key, value)


def set_value(project: Project, key: str, value: object) -> Project:
    """The project with the setting of this key at a value; UserError for what cannot be."""
    group, parameter = setting_of(key)
    value = check_setting(GROUPS[group], parameter.name, value)
    if (group, parameter.name) == ("data", "points"):
        value = format_points(parse_points(str(value)))
    changed = msgspec.structs.replace(getattr(project, group), **{parameter.name: value})
    return msgspec.structs.replace(project, **{group: changed})


def setting_of(key: str) -> tuple[str, Parameter]:
    """The group and the setting that a key, `data.NAME` or `training.NAME`, stands for; UserError for another."""
    group, _dot, name = key.partition(".")
    for parameter in GROUPS.get(group, ()):
        if parameter.name == name:
            return group, parameter
    known = ", ".join(f"{group}.{parameter.name}" for group in GROUPS for parameter in GROUPS[group])
    raise UserError(_("Unknown setting “{key}”. Known settings: {known}.").format(key=key[:60], known=known))
