"""A network before its first step, as a run, so that whatever looks at runs can look at it."""

import safetensors.torch

from nnstudio.project.model import Project, Run
from nnstudio.project.preparation import Preparation
from nnstudio.project.variants import unfinished
from nnstudio.training.engine.flat_parameters import kept_weights
from nnstudio.training.session import made_network


def untrained(project: Project, preparation: Preparation) -> Run:
    """The network of a project with the first weights its seed gives."""
    network = made_network(project, None, preparation)
    weights = safetensors.torch.save(kept_weights(network.trained.state_dict()))
    return unfinished(project, preparation, weights, parameters=network.learnt)
