"""What is to be known and is no error, as a warning of Python's: the command line says it on standard error."""

import sys
import warnings
from collections.abc import Iterable


class Remark(UserWarning):
    """Something to know about data, a network or a run. `warnings.simplefilter("ignore", nnstudio.Remark)` hides it."""


def remark(texts: Iterable[str]) -> None:
    """Warn of each text, at the line outside the library that asked for what it did."""
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("nnstudio.library"):
        frame, level = frame.f_back, level + 1
    for text in texts:
        if text:
            warnings.warn(text, Remark, stacklevel=level)
