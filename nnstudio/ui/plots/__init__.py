"""Views of a run's numbers, drawn by pyqtgraph.

pyqtgraph copies all of Qt into modules of its own when it is imported, by which PySide6 makes a thousand classes that
nobody uses: a tenth of the whole start. It finds modules there already that ask Qt for a class when one is wanted.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import ModuleType

MIRRORED = ("QtCore", "QtGui", "QtWidgets")


class Mirror(ModuleType):
    """What pyqtgraph takes for its copy of a module of Qt."""

    def __init__(self, name: str) -> None:
        super().__init__(f"pyqtgraph.Qt.{name}")
        self.qt = import_module(f"PySide6.{name}")

    def __getattr__(self, name: str) -> object:
        found = getattr(self.qt, name)
        setattr(self, name, found)
        return found


@contextmanager
def unlisted(module: ModuleType) -> Iterator[None]:
    """Have `dir` say for a while that there is nothing in a module."""
    names = vars(module)
    before = {"__dir__": names["__dir__"]} if "__dir__" in names else {}
    names["__dir__"] = list
    try:
        yield
    finally:
        del names["__dir__"]
        names.update(before)


def import_pyqtgraph() -> None:
    """Import pyqtgraph without its copying, where nobody has imported it yet."""
    if "pyqtgraph" in sys.modules:
        return
    with ExitStack() as stack:
        for name in MIRRORED:
            mirror = Mirror(name)
            sys.modules[mirror.__name__] = mirror
            stack.enter_context(unlisted(mirror.qt))
        import_module("pyqtgraph")


import_pyqtgraph()
