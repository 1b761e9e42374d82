"""What all views of learning have in common: a plot that is kept true to the training, the run or the moment shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.training.trainer import Trainer


@dataclass(frozen=True)
class Switch:
    """The command of the menu *View* that shows a view and takes it away."""

    command: str
    text: str
    help: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class ViewType:
    """The declaration of a view: its name, what makes it, and its switch; None where the data alone decide whether it
    is there. Its module lists it in opened.py; nothing else knows it."""

    name: str
    make: "Callable[[Trainer, DataLoader], View]"
    switch: Switch | None = None


class View(QObject):
    """A plot of what `trainer` shows. What is not visible asks for nothing and costs nothing."""

    def __init__(self, trainer: Trainer, loader: DataLoader, plot: Plot) -> None:
        super().__init__(plot)
        self.trainer = trainer
        self.loader = loader
        self.plot = plot

    def set_on(self, on: bool) -> None:
        """Show it, or take it away; whoever calls draws it then."""
        self.plot.setVisible(on)

    def look(self) -> bool:
        """While a network trains: draw what is new, and ask for newer; whether there was anything."""
        return False

    def draw(self) -> None:
        """Draw everything there is, of another training, run or moment."""

    def fold(self) -> None:
        """Be there or not, where the data or the training decide that."""

    def kinds(self) -> Sequence[str]:
        """The kinds of lines that are drawn, for the legend."""
        return ()
