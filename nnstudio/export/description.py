"""What is written beside the weights of a run into files of other programs, as texts by name; lists are JSON."""

import json
from typing import Any

import msgspec
import safetensors.numpy

from nnstudio import __version__
from nnstudio.project.model import Run
from nnstudio.project.weights import check_kept


def described(run: Run) -> dict[str, str]:
    """The version, the run, its target and classes, and its layers."""
    preparation = run.preparation
    return {
        "nnstudio": __version__,
        "run": run.id,
        "task": preparation.task,
        "target": preparation.target,
        "classes": written(preparation.classes),
        "layers": written(layers_of(run)),
    }


def layers_of(run: Run) -> list[dict[str, Any]]:
    """The drawn layers; their ids are what the names of weights begin with."""
    return [
        {"id": one.id, "type": one.type, "name": one.name, "parameters": msgspec.to_builtins(one.parameters)}
        for one in run.network.layers
    ]


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def described_weights(run: Run) -> bytes:
    """The weights as a safetensors file that says what they are; "format" is as the Hugging Face Hub reads it.
    UserError for a run without its weights."""
    check_kept(run)
    tensors = safetensors.numpy.load(run.weights)
    content: bytes = safetensors.numpy.save(tensors, metadata={"format": "pt", **described(run)})
    return content
