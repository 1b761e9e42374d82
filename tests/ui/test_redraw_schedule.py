"""Every view is drawn as often as the next, less often only where drawing would take too much of the time."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.ui.live import redraw_schedule
from nnstudio.ui.live.redraw_schedule import PICTURES, SHARE, RedrawSchedule


class Time:
    """A clock that goes on only where somebody draws or waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def perf_counter(self) -> float:
        return self.now

    thread_time = perf_counter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr(redraw_schedule, "time", clock)
    return clock


def drawn(clock: Time, costs: list[float], qtbot: QtBot, news: Callable[[int], bool] = lambda _view: True) -> list[int]:
    """How often each of some views is drawn in ten seconds, when a picture of it takes so many seconds."""
    widget = QWidget()
    qtbot.addWidget(widget)
    turns, counts = RedrawSchedule(widget), [0] * len(costs)

    def look(view: int) -> bool:
        if not news(view):
            return False
        clock.now += costs[view]
        counts[view] += 1
        return True

    for view in range(len(costs)):
        turns.add(lambda view=view: look(view))
    end = clock.now + 10
    while clock.now < end:
        turns.take_turn()
        clock.now += 0.001
    turns.stop()
    return counts


def test_cheap_views_are_drawn_as_often_as_asked(clock: Time, qtbot: QtBot) -> None:
    for count in drawn(clock, [0.001, 0.004, 0.002], qtbot):
        assert 0.9 * 10 * PICTURES <= count <= 10 * PICTURES + 1


def test_dear_views_take_no_more_than_their_share_and_all_come_equally_often(clock: Time, qtbot: QtBot) -> None:
    costs = [0.02, 0.005, 0.03, 0.001]
    counts = drawn(clock, costs, qtbot)
    assert max(counts) - min(counts) <= 2
    taken = sum(count * cost for count, cost in zip(counts, costs, strict=True))
    assert 0.8 * SHARE * 10 <= taken <= 1.1 * SHARE * 10


def test_a_view_with_nothing_new_holds_no_other_up(clock: Time, qtbot: QtBot) -> None:
    still, moving = drawn(clock, [0.2, 0.002], qtbot, lambda view: view == 1)
    assert still == 0 and moving >= 0.9 * 10 * PICTURES


def test_a_view_that_fails_does_not_end_the_turns_of_all(clock: Time, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    turns, seen = RedrawSchedule(widget), []

    def fails() -> bool:
        raise ValueError("a fault in a view")

    turns.add(fails)
    turns.add(lambda: bool(seen.append("drawn")) or True)
    with pytest.raises(ValueError):
        turns.take_turn()
    assert turns._timer.isActive()
    turns.take_turn()
    assert seen == ["drawn"]
    turns.stop()


def test_nothing_is_drawn_while_the_window_is_an_icon(clock: Time, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    turns, seen = RedrawSchedule(widget), []
    turns.add(lambda: bool(seen.append("drawn")) or True)
    widget.showMinimized()
    turns.take_turn()
    assert not seen
    widget.showNormal()
    turns.take_turn()
    assert seen
    turns.stop()
