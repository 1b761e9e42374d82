"""The window after a training, on the examples that most pages speak of, and what is opened from there."""

from PySide6.QtCore import QPoint

from docs.scenes.registry import Target, scene
from docs.stage import Stage
from nnstudio.ui.labs.errors_lab import ErrorsLab
from nnstudio.ui.labs.softmax_lab import SoftmaxLab
from nnstudio.ui.labs.try_lab import TryLab


@scene
def circle(stage: Stage, target: Target) -> None:
    """TensorFlow Playground's circle after training, and a report with its loss in it."""
    window = stage.open("circle")
    stage.train(window)
    stage.grab(window, target("circle"))
    window.sheet.put_plot(window.plots.views["loss"].plot)
    report = window.sheet.open()
    report.resize(960, 620)
    stage.grab(report, target("report"))
    report.close()


@scene
def digits(stage: Stage, target: Target) -> None:
    """Handwritten digits: a training that early stopping has ended; a digit that is drawn; logits, probabilities and
    loss of one; and those that are taken for others."""
    window = stage.open("digits")
    stage.train(window)
    stage.grab(window, target("digits"))
    stage.grab(window.plots, target("early_stopping"))
    asked = stage.lab(window, "actionTryLab", TryLab, (900, 540))
    stage.click(asked.clear)
    pad = asked.picture
    line, end = pad.rect().center().x() - 16, pad.height() - 18
    stage.drag(pad, [QPoint(line, 18 + (end - 18) * step // 8) for step in range(9)])
    stage.grab(asked, target("try_it"))
    softmax = stage.lab(window, "actionSoftmaxLab", SoftmaxLab, (760, 620))
    stage.grab(softmax, target("softmax"))
    errors = stage.lab(window, "actionErrorsLab", ErrorsLab, (760, 420))
    stage.grab(errors, target("largest_errors"))


@scene
def twin(stage: Stage, target: Target) -> None:
    """A network with dropout, and the same one without it trained in step."""
    window = stage.open("overfitting")
    window.canvas.network.select(["relu_1"])
    stage.double_click_layer(window, "dropout")
    stage.choose_first(window.comparison_picker)
    stage.do(window, "actionDropout")
    stage.train(window)
    stage.grab(window, target("twin"))
