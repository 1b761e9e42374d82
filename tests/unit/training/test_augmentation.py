"""Augmentation: the training samples alone, anew in every epoch, and the same from the same seed."""

import numpy as np
import torch

from nnstudio.data.dataset import load
from nnstudio.project.model import DataChoice
from nnstudio.training.augmentation import Augmentation, augments, shifted
from nnstudio.training.session import placed


def test_pictures_are_shifted_whole_and_repeat_their_edge() -> None:
    picture = torch.arange(12.0).reshape(1, 1, 3, 4)
    moved = shifted(picture, torch.tensor([[1], [-2]]))[0, 0]
    assert moved.tolist() == [[2, 3, 3, 3], [2, 3, 3, 3], [6, 7, 7, 7]]


def augmented(**choice: object) -> tuple[DataChoice, Augmentation, torch.Tensor]:
    made = DataChoice("builtin:digits", image="1x8x8", **choice)  # type: ignore[arg-type]
    dataset = load(made)
    samples = placed(dataset.train, "class", torch.device("cpu"))
    return made, Augmentation(samples, made), samples.inputs


def test_only_training_rows_change_and_the_data_never() -> None:
    _choice, augmentation, original = augmented(augment_shift=1, augment_noise=0.1)
    before = original.clone()
    augmentation.renew(1)
    assert torch.equal(original, before)
    rows = augmentation.rows.long()
    changed = (augmentation.samples.inputs != original).flatten(1).any(dim=1)
    assert changed[rows].all() and changed.sum() == len(rows)


def test_every_epoch_has_its_own_and_the_seed_decides_it() -> None:
    _choice, first, _original = augmented(augment_shift=2, augment_mirror=True)
    _choice, again, _original = augmented(augment_shift=2, augment_mirror=True)
    found = []
    for epoch in (1, 2, 3):
        first.renew(epoch)
        found.append(first.samples.inputs.clone())
    again.renew(3)
    assert torch.equal(again.samples.inputs, found[2])
    assert not torch.equal(found[0], found[1]) and not torch.equal(found[1], found[2])


def test_half_of_the_pictures_are_mirrored() -> None:
    _choice, augmentation, original = augmented(augment_mirror=True)
    augmentation.renew(1)
    rows = augmentation.rows.long()
    now, was = augmentation.samples.inputs[rows], original[rows]
    is_mirrored = (now == was.flip(3)).flatten(1).all(dim=1)
    assert ((now == was).flatten(1).all(dim=1) | is_mirrored).all()
    assert 0.4 < float(is_mirrored.float().mean()) < 0.6


def test_columns_are_made_noisy_and_not_shifted() -> None:
    assert augments(DataChoice(augment_noise=0.1), (4,)) and not augments(DataChoice(augment_shift=2), (4,))
    noisy = DataChoice("builtin:iris", augment_noise=0.5)
    samples = placed(load(noisy).train, "class", torch.device("cpu"))
    augmentation = Augmentation(samples, noisy)
    augmentation.renew(1)
    rows = augmentation.rows.long()
    noise = (augmentation.samples.inputs[rows] - samples.inputs[rows]).numpy()
    assert abs(float(np.std(noise)) - 0.5) < 0.05
