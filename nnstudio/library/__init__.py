"""nnstudio from Python: a project opened or begun, trained, and its runs as modules of PyTorch and as data frames.

    >>> import nnstudio
    >>> from nnstudio import paths
    >>> project = nnstudio.open(paths.examples() / "iris.nnstudio")
    >>> run = project.train(epochs=5)
    >>> module = run.module()

What is wrong is told by `nnstudio.UserError` in words, and what is merely to be known by the warning `nnstudio.Remark`;
both are in English, or in the language that `nnstudio.text.use_language("es")` chooses.
"""

from typing import TYPE_CHECKING, Any

from nnstudio.library.project import Project, new, open
from nnstudio.library.remarks import Remark
from nnstudio.library.run import Run
from nnstudio.library.training import Epoch
from nnstudio.project.test_seal import TestResult
from nnstudio.text import UserError

__all__ = ["Epoch", "Measures", "Project", "Remark", "Run", "TestResult", "UserError", "new", "open"]

if TYPE_CHECKING:
    from nnstudio.training.inference import Measures
else:

    def __getattr__(name: str) -> Any:
        """`Measures`, which brings torch with it."""
        if name != "Measures":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from nnstudio.training.inference import Measures

        return Measures
