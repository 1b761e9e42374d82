"""Trainings that several test files look at."""

from collections.abc import Callable

import pytest

from nnstudio.project.model import Project


@pytest.fixture
def diverging(make_project: Callable[..., Project]) -> Project:
    """Sound at its own learning rate, but not at 1: the table is not standardised."""
    return make_project(
        "builtin:diabetes",
        "dense:64,relu,dense:64,relu,dense:1",
        data_standardize=False,
        optimizer="sgd",
        learning_rate=3e-6,
        epochs=5,
        patience=0,
    )
