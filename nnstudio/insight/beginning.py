"""A network before its first step, as a run, so that whatever looks at runs can look at it."""

import safetensors.torch

from nnstudio.project.model import Preparation, Project, Run
from nnstudio.training.session import made_network


def untrained(project: Project, preparation: Preparation) -> Run:
    """The network of a project with the first weights its seed gives."""
    network = made_network(project, None, preparation)
    weights = {name: value.detach().contiguous() for name, value in network.trained.state_dict().items()}
    return Run(
        id="",
        created="",
        network=project.network,
        data=project.data,
        training=project.training,
        preparation=preparation,
        stop_reason="user",
        epochs_run=0,
        best_epoch=None,
        weights_epoch=0,
        device="cpu",
        parameters=network.parameter_count(),
        seconds=0.0,
        samples_per_second=0.0,
        weights=safetensors.torch.save(weights),
    )
