"""One small trained run, of which studies are made."""

from collections.abc import Callable

import pytest

from nnstudio.project.model import Project
from tests.studies import trained_run


@pytest.fixture
def trained(make_project: Callable[..., Project]) -> Project:
    """A project with one run."""
    return trained_run(make_project(epochs=1))
