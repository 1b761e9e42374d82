"""nnstudio: assemble neural networks on a canvas, train them with PyTorch and watch live what happens.

From Python, `open` opens a project file and `new` begins a project from a data frame; nothing is loaded before that.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["Epoch", "Measures", "Project", "Remark", "Run", "TestResult", "UserError", "__version__", "new", "open"]

if TYPE_CHECKING:
    from nnstudio.library import Epoch, Measures, Project, Remark, Run, TestResult, UserError, new, open
else:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from nnstudio import library

        return getattr(library, name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
