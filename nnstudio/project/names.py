"""What layers, and the ends of runs, are called on screen."""

from nnstudio.layers.catalogue import layer_type
from nnstudio.project.model import Layer, Run
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _

WITHOUT_ONEDNN = " without oneDNN"
"""What the way of a run's steps ends in where its small convolutions went so; it decides the last bits."""


def shown_name(layer: Layer) -> str:
    """The name the user gave, otherwise the type's name and number in the language in use."""
    return layer.name or f"{_(layer_type(layer.type).label)} {layer.id.rpartition('_')[2]}"


def stop_text(run: Run) -> str:
    """Why a run ended."""
    if has_given_weights(run):
        return _("weights from a file, not trained here")
    impatient = {
        "validation_loss": _("early stopping: {patience} epochs without a lower validation loss"),
        "validation_accuracy": _("early stopping: {patience} epochs without a higher validation accuracy"),
        "validation_balanced_accuracy": _(
            "early stopping: {patience} epochs without a higher balanced validation accuracy"
        ),
    }
    words = {
        "patience": impatient[run.training.monitor],
        "epochs": _("all epochs done"),
        "user": _("stopped by hand"),
        "diverged": _("the loss was not a number any more"),
        "interrupted": _("interrupted by the end of the program"),
        "failed": _("ended by an error inside nnstudio"),
        "pruned": _("given up by its study: others were better"),
    }
    return words[run.stop_reason].format(patience=run.training.patience)


def ended_text(reason: str) -> str:
    """Likewise in a word or two, for a table."""
    return {
        "patience": _("early stopping"),
        "epochs": _("all epochs"),
        "user": _("hand"),
        "diverged": _("divergence"),
        "interrupted": _("interrupted"),
        "failed": _("failure"),
        "pruned": _("its study"),
        "file": _("a file"),
    }[reason]


def has_given_weights(run: Run) -> bool:
    """Whether a run was never trained here, but has the weights of a file: its message says of which. A training that
    is stopped before its first epoch has nothing to say."""
    return run.stop_reason == "user" and run.epochs_run == 0 and bool(run.message)


def is_improving(run: Run) -> bool:
    """Whether the loss of the last epoch was the lowest so far, so that more of them would have helped."""
    by_loss = run.training.monitor == "validation_loss"
    return by_loss and run.stop_reason == "epochs" and run.best_epoch == run.epochs_run > 1


def backend_text(run: Run) -> str:
    """How the steps of a run were computed, and how fast."""
    way, _comma, beside = run.backend.replace(WITHOUT_ONEDNN, "").partition(", ")
    ways = {
        "eager": _("PyTorch's modules and autograd, step by step"),
        "traced": _("the step as a fixed list of PyTorch's kernels"),
        "scripted": _("the step as one call of TorchScript's, with a fixed list of PyTorch's kernels"),
        "graph": _("the step as one CUDA graph"),
    }
    words = ways.get(way, way)
    if WITHOUT_ONEDNN in run.backend:
        words += ", " + _("small convolutions without oneDNN")
    if beside:
        words += ", " + _("{count} networks side by side").format(count=beside.split()[0])
    threads = translate_count("{count} thread", "{count} threads", run.threads).format(count=run.threads)
    precision = _("mixed precision") if run.training.precision == "mixed" else run.training.precision
    return _("{speed} samples a second on {device} ({threads}, {precision}): {way}.").format(
        speed=Count(run.samples_per_second), device=run.device, threads=threads, precision=precision, way=words
    )
