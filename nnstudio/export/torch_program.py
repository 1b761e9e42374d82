"""A run as a program of torch.export (.pt2): the network that PyTorch runs without the code that built it."""

import io
import json

import torch

from nnstudio.export.description import described, written
from nnstudio.layers.spec import Tokens
from nnstudio.project.model import Run
from nnstudio.training.inference import module_of

TRACED_ROWS = 3
"""As many samples it is looked through with; then their number is left open."""
DESCRIPTION = "nnstudio.json"
"""What is written beside the program: `extra_files` of torch.export.load."""


def program_bytes(run: Run) -> bytes:
    """The file. The program takes prepared samples (n, *sample_shape), of text the numbers of its words or a value for
    each, and gives what the output layer shows. UserError for a run without its weights."""
    shape = run.preparation.shape
    samples = torch.zeros(TRACED_ROWS, *shape, dtype=torch.int64 if isinstance(shape, Tokens) else torch.float32)
    # Whether the rows stay open is torch's to say: a layer that counts them would keep them as they are here.
    program = torch.export.export(
        module_of(run), (samples,), dynamic_shapes=({0: torch.export.Dim("batch")},), strict=False
    )
    content = io.BytesIO()
    told = {**described(run), "sample_shape": written(list(shape))}
    torch.export.save(program, content, extra_files={DESCRIPTION: json.dumps(told, ensure_ascii=False)})
    return content.getvalue()
