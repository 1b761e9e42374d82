"""Augmentation: training samples shifted, mirrored and made noisy, anew in every epoch; no other sample is touched."""

from dataclasses import replace

import torch
from torch import Tensor

from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.project.model import DataChoice
from nnstudio.training.engine.metrics import PreparedSamples

AT_ONCE = 2**22
"""Values that are changed at a time."""


def augments(choice: DataChoice, sample_shape: tuple[int, ...]) -> bool:
    """Whether a choice asks for something that can be done to samples of a shape."""
    moves = choice.augment_shift > 0 or choice.augment_mirror
    return choice.augment_noise > 0 or (moves and len(sample_shape) == IMAGE_AXES)


class Augmentation:
    """Writes the training samples of an epoch into memory of its own, `samples`, which those of all parts lie in.

    What an epoch gets is drawn from the seed of the split and the number of the epoch alone: a training that goes on
    has what one that never stopped would have.
    """

    def __init__(self, original: PreparedSamples, choice: DataChoice) -> None:
        self.original = original.inputs
        self.rows = torch.arange(len(original.inputs)) if original.rows is None else original.rows
        self.choice = choice
        self.samples = replace(original, inputs=original.inputs.clone())

    @torch.no_grad()
    def renew(self, epoch: int) -> None:
        """Change the training samples as this epoch has them."""
        generator = torch.Generator().manual_seed(self.choice.seed * 1_000_003 + epoch)
        size = max(1, AT_ONCE // max(1, self.original[0].numel()))
        for rows in torch.split(self.rows, size):
            self.samples.inputs[rows] = self._changed(self.original[rows], generator)

    def _changed(self, inputs: Tensor, generator: torch.Generator) -> Tensor:
        """Some samples (n, *shape), changed."""
        choice, device = self.choice, inputs.device
        if inputs.dim() == 1 + IMAGE_AXES:
            if choice.augment_mirror:
                is_mirrored = torch.rand(len(inputs), generator=generator).to(device) < 0.5
                inputs = torch.where(is_mirrored.view(-1, 1, 1, 1), inputs.flip(3), inputs)
            if choice.augment_shift:
                most = choice.augment_shift
                steps = torch.randint(-most, most + 1, (2, len(inputs)), generator=generator).to(device)
                inputs = shifted(inputs, steps)
        if choice.augment_noise:
            noise = torch.randn(inputs.shape, generator=generator).to(device)
            inputs = inputs + choice.augment_noise * noise
        return inputs


def shifted(pictures: Tensor, steps: Tensor) -> Tensor:
    """Pictures (n, channels, height, width), each moved by so many pixels down and across (2, n); what comes in at the
    edge repeats it."""
    for axis, by in ((2, steps[0]), (3, steps[1])):
        size = pictures.shape[axis]
        places = (torch.arange(size, device=pictures.device) - by.unsqueeze(1)).clamp(0, size - 1)
        shape = [len(pictures), 1, 1, 1]
        shape[axis] = size
        pictures = pictures.gather(axis, places.view(shape).expand_as(pictures))
    return pictures
