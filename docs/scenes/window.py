"""The window after a training, and beside the twin without dropout."""

from docs.scenes.registry import Target, scene
from docs.stage import Stage


@scene
def circle(stage: Stage, target: Target) -> None:
    """The window: TensorFlow Playground's circle after training."""
    window = stage.open("circle")
    stage.train(window)
    stage.grab(window, target("circle"))


@scene
def early_stopping(stage: Stage, target: Target) -> None:
    """The plots of a training that early stopping has ended."""
    window = stage.open("digits")
    stage.train(window)
    stage.grab(window, target("digits"))
    stage.grab(window.plots, target("early_stopping"))


@scene
def twin(stage: Stage, target: Target) -> None:
    """A network with dropout, and the same one without it trained in step."""
    window = stage.open("overfitting")
    window.canvas.network.select(["relu_1"])
    stage.double_click_layer(window, "dropout")
    stage.choose(window.comparison_picker, "dropout")
    stage.do(window, "actionDropout")
    stage.train(window)
    stage.grab(window, target("twin"))
