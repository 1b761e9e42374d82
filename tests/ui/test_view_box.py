"""The range of a plot comes from its data alone: it comes to rest at every size, and begins afresh."""

from itertools import combinations
from random import Random

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.ui.plots.view_box import DataViewBox
from nnstudio.ui.window import MainWindow
from tests.ui.driving import Open, retype, train

OPTIONAL = ("dropout", "gradients", "confusion")
MOST_CHANGES = 40
"""Of the range of one axis while one size comes to rest: more means that it never does."""


class Watch:
    """Counts the changes of each plot's range, and breaks off what does not come to rest, so that a test can say so."""

    def __init__(self, window: MainWindow) -> None:
        self.changes: dict[str, int] = {}
        for plot in window.plots.grid.plots:
            name, box = plot.objectName(), plot.plotItem.vb
            for signal in (box.sigXRangeChanged, box.sigYRangeChanged):
                signal.connect(lambda *_given, name=name, box=box: self.count(name, box))

    def count(self, name: str, box: DataViewBox) -> None:
        self.changes[name] = self.changes.get(name, 0) + 1
        if self.changes[name] > MOST_CHANGES:
            box.disableAutoRange()

    def unrest(self) -> list[str]:
        restless = [name for name, count in self.changes.items() if count > MOST_CHANGES]
        self.changes.clear()
        return restless


@pytest.mark.parametrize("example", ["iris", "circle"])
def test_every_plot_comes_to_rest_at_every_size(
    example: str, open_window: Open, qtbot: QtBot, pytestconfig: pytest.Config
) -> None:
    window = open_window(paths.examples() / f"{example}.nnstudio")
    window.findChild(QAction, "actionDropout").setChecked(True)
    retype(window.training_panel.form.fields["epochs"], "25")
    train(window, qtbot)
    grid, watch, random = window.plots.grid, Watch(window), Random(7)
    assert window.plots.plot("dropout").lines["full_pass"].values.size > 0
    window.plots.layout().removeWidget(grid)  # whose size is the splitters' otherwise
    sets = [chosen for count in range(4) for chosen in combinations(OPTIONAL, count)]
    sizes = int(pytestconfig.getoption("--sizes"))
    for chosen in sets:
        for name in OPTIONAL:
            window.plots.plot(name).setVisible(name in chosen)
        for _time in range(sizes // len(sets)):
            grid.resize(random.randint(150, 1500), random.randint(130, 800))
            for _turn in range(3):
                QApplication.processEvents()
            grid.grab()
            assert not watch.unrest(), (chosen, grid.size())
