"""The range of a plot comes to rest, whatever is drawn in it."""

from nnstudio.ui.plots.plot import Plot
from nnstudio.ui.plots.view_box import StableViewBox
from tests.ui.driving import IRIS, Open


def test_a_range_that_goes_to_and_fro_comes_to_rest(open_window: Open) -> None:
    """What two ranges ask for in turn, as lines with markers do at some sizes."""
    plot: Plot = open_window(IRIS).plots.loss
    box = plot.plotItem.vb
    assert isinstance(box, StableViewBox)
    wide, narrow = [-32.15, 327.15], [-31.03, 327.03]
    changes: list[object] = []
    box.sigXRangeChanged.connect(lambda *given: changes.append(given))
    for _time in range(10):
        for asked in (narrow, wide):
            box.setRange(xRange=asked, padding=0.0, disableAutoRange=False)
    assert len(changes) <= 2 and box.viewRange()[0] == wide
    # It follows where there is more to show, or much less; and whoever asks for a range himself gets it.
    box.setRange(xRange=[-32.0, 340.0], padding=0.0, disableAutoRange=False)
    assert box.viewRange()[0] == [-32.0, 340.0]
    box.setRange(xRange=[0.0, 100.0], padding=0.0, disableAutoRange=False)
    assert box.viewRange()[0] == [0.0, 100.0]
    box.setRange(xRange=[0.5, 99.5], padding=0.0)
    assert box.viewRange()[0] == [0.5, 99.5]
