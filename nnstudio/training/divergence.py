"""A loss that is not a number any more: in which layer that began, why, and what to do about it."""

import math
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from nnstudio.text import translate as _
from nnstudio.training.loop import Loop
from nnstudio.training.training_state import TrainingState

LONGEST_SEARCH = 5.0
"""Seconds in which an epoch may be gone through once more; a longer one is left alone."""
LOOKED_BACK = 20
"""As many iterations before the last sound one tell how the loss grew."""
GROWN = 2.0
"""A loss that grew this many times points to the learning rate."""


def layer_of_divergence(loop: Loop, failed: TrainingState) -> str:
    """The name of the module whose values, or whose gradient, first were no numbers; "" where that is not found.

    `loop` is a new one for the same single network, standing where the failed training stood after its last sound
    epoch: the same steps are taken again, up to the one that failed.
    """
    training_state, end = loop.training_states[0], time.perf_counter() + LONGEST_SEARCH
    first = training_state.begin_epoch()
    with torch.no_grad():
        for batch in training_state.batches[first : max(0, failed.progress.batch - 1)]:
            loop.step([batch])
            if time.perf_counter() > end:
                return ""
        batch = training_state.batches[max(0, failed.progress.batch - 1)]
        return first_unsound(training_state, lambda: loop.step.look_through([batch]))


def first_unsound(training_state: TrainingState, run: Callable[[], Tensor]) -> str:
    """Which module gives what is not finite while a batch runs, or makes the losses () so; then which layer's
    gradient is not; "" for none."""
    found: list[str] = []
    last = [""]

    def note(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def hook(_module: nn.Module, _given: object, output: Tensor) -> None:
            last[0] = name
            if not bool(output.isfinite().all()):
                found.append(name)

        return hook

    modules = [one for one in training_state.network.trained.named_modules() if one[0]]
    hooks = [module.register_forward_hook(note(name)) for name, module in modules]
    try:
        losses = run()
    finally:
        for one in hooks:
            one.remove()
    if found:
        return found[0]
    if not bool(losses.isfinite().all()):
        return last[0]
    # Gradients run from the last layer to the first: the last layer is where it began.
    for name, parameter in reversed(list(training_state.network.trained.named_parameters())):
        if not bool(training_state.weights.gradient_of[parameter].isfinite().all()):
            return name.rpartition(".")[0]
    return ""


def explain(training_state: TrainingState, weights_epoch: int, layer: str) -> str:
    """What to tell the user about a training that diverged, whose kept weights are back in its network; `layer` is
    where that began, or ""."""
    kept = _("The weights from before the first step are kept.")
    if weights_epoch:
        kept = _("The weights of epoch {epoch} are kept.").format(epoch=weights_epoch)
    if training_state.cannot_be_validated:
        return f"{cause_in_validation(training_state)} {kept}"
    words = _("Training stopped in epoch {epoch}, iteration {batch}: the loss is not a number any more.").format(
        epoch=training_state.progress.epoch, batch=training_state.progress.batch
    )
    if layer:
        words += " " + _("That began in “{layer}”.").format(layer=layer)
    if not np.isfinite(training_state.curves.batch_loss.values).any():
        return f"{words} {cause_before_any_step(training_state)}"
    advice = _("Try a lower learning rate: {rate:g} instead of {now:g}.").format(
        rate=training_state.learning_rate / 10, now=training_state.learning_rate
    )
    return " ".join(one for one in (words, cause(training_state), kept, advice) if one)


def cause_in_validation(training_state: TrainingState) -> str:
    """Only the loss of the validation samples is not a number: they are the cause, and not the steps."""
    return _(
        "Training stopped after epoch {epoch}: the validation loss is not a number, though the training loss is one. "
        "Some validation samples must lie far outside what the network was trained on: look for wrong values among "
        "them."
    ).format(epoch=training_state.progress.epoch)


def cause_before_any_step(training_state: TrainingState) -> str:
    """Why the loss was no number before a step was taken: the values of the data or the first weights, whichever make
    numbers larger. A matrix makes them larger by about σ · √inputs."""
    rows, train = training_state.batches[0], training_state.train
    data = max(float(values[rows].abs().max()) for values in (train.inputs, train.targets))
    weights = 0.0
    for layer in training_state.network.weighing().values():
        deviation = float(layer.weight.detach().double().square().mean().sqrt())
        weights += math.log(max(1.0, deviation * math.sqrt(layer.weight[0].numel())))
    words = _("It was none from the first iteration on, before any step:")
    if math.log(max(1.0, data)) > weights:
        return f"{words} " + _("the data has values as large as {size:.3g}. Have them standardised.").format(size=data)
    return f"{words} " + _(
        "the first weights are too large. Choose xavier or he as initialisation, or a smaller σ or half-width."
    )


def cause(training_state: TrainingState) -> str:
    """What probably made the loss no number, from how it went before; "" where that shows nothing."""
    losses = training_state.curves.batch_loss.values
    last_complete = losses[np.isfinite(losses)][-LOOKED_BACK:]
    lowest = int(last_complete.argmin())
    iterations, growth = len(last_complete) - 1 - lowest, float(last_complete[-1] / max(last_complete[lowest], 1e-30))
    if iterations == 0 or growth < GROWN:
        return ""
    return _("Learning rate {rate:g}: the loss grew {times:.3g}-fold in {count} iterations.").format(
        rate=training_state.learning_rate, times=growth, count=iterations
    )
