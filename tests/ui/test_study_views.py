"""The four views of a study: what is at the pointer is lit in all of them, a range that is dragged filters, and the
best is never a bare number."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from nnstudio import text
from nnstudio.project.model import Project, Run
from nnstudio.project.study import Variable
from nnstudio.studies.outcomes import Outcomes, outcomes_of
from nnstudio.studies.row_scores import study_optimism
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Choice
from nnstudio.ui.studies import shades
from nnstudio.ui.studies.pictures import pictures_of
from nnstudio.ui.studies.trial_plot import TrialPlot
from nnstudio.ui.studies.views import StudyViews
from tests.studies import ACTIVATIONS, RATES, UNITS, diverged, pruned, trained_run, with_study
from tests.ui.conftest import move
from tests.ui.driving import hover

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def trained(make_project: Callable[..., Project]) -> Project:
    return trained_run(make_project(epochs=1))


@pytest.fixture
def views(qtbot: QtBot) -> Iterator[StudyViews]:
    """In a window of their own, as large as the smallest the program is made for."""
    window, made = QMainWindow(), StudyViews()
    window.setCentralWidget(made)
    window.resize(1280, 720)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made
    qtbot.waitUntil(lambda: not made.is_computing)
    window.close()
    window.deleteLater()


def show(views: StudyViews, project: Project, qtbot: QtBot) -> Outcomes:
    """Show the project's study, and wait for what is computed of it."""
    study = project.studies[0]
    outcomes = outcomes_of(project, study)
    views.show_study(outcomes)
    qtbot.waitUntil(lambda: not views.is_computing)
    QApplication.processEvents()
    return outcomes


def place_on(plot: TrialPlot, across: float, up: float) -> QPointF:
    """A place of a plot in pixels of its viewport."""
    return plot.pixels().point(across, up)


def drag(plot: TrialPlot, start: QPointF, end: QPointF) -> None:
    viewport = plot.viewport()
    QTest.mousePress(viewport, LEFT, pos=start.toPoint())
    for step in range(1, 5):
        move(viewport, (start + (end - start) * step / 4).toPoint())
    QTest.mouseRelease(viewport, LEFT, pos=end.toPoint())


def on_axis(views: StudyViews, number: int, share: float) -> QPointF:
    return place_on(views.parallel, number, share)


def lit(views: StudyViews) -> set[int | None]:
    return {plot.lit for plot in views.plots}


def description(plot: TrialPlot) -> str:
    return QAccessible.queryAccessibleInterface(plot).text(QAccessible.Text.Description)


# --- the best -------------------------------------------------------------------------------------------------------


def test_the_best_is_stated_with_its_seeds_its_spread_and_its_optimism(
    views: StudyViews, trained: Project, qtbot: QtBot
) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0], accuracy=lambda _values: 0.9), qtbot)
    said = views.statement.text()
    assert outcomes.best is not None
    spread = outcomes.spread
    for number in (spread.median, spread.low, spread.high):
        assert f"{100 * number[outcomes.best]:.1f}" in said
    assert "Learning rate" in said and "5 seeds" in said
    assert "the best of 12 looks about 1." in said or "the best of 12 looks about 2." in said
    assert "too good on 100 rows" in said
    assert said in description(views.best) and said in description(views.settings)


def test_a_single_seed_is_said_to_have_no_spread(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    show(views, with_study(trained, trained.runs[0], seeds=1), qtbot)
    assert "1 seed: its spread is not known" in views.statement.text()


def test_without_rows_it_says_why_luck_is_not_told(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    project = with_study(trained, trained.runs[0])
    bare = tuple(replace(run, validation=b"") for run in project.runs)
    show(views, replace(project, runs=bare), qtbot)
    assert "were not kept" in views.statement.text()


def test_very_different_settings_are_hardly_too_good(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    rates = {0.0001: 0.2, 0.001: 0.45, 0.01: 0.98, 0.1: 0.7}
    project = with_study(
        trained, trained.runs[0], (RATES,), accuracy=lambda values: rates[float(values[RATES.key])], rows=1000
    )
    show(views, project, qtbot)
    assert "hardly too good on 1 000 rows" in views.statement.text().replace("\u00a0", " ")


def test_a_loss_is_told_in_its_own_units(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0], measure="validation_loss"), qtbot)
    assert outcomes.best is not None
    said = views.statement.text()
    assert f"validation loss {outcomes.spread.median[outcomes.best]:.3g}" in said and "point" not in said


def test_importance_is_told_from_thirty_trials_on(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    pytest.importorskip("optuna")
    show(views, with_study(trained, trained.runs[0], seeds=2), qtbot)
    assert "from 30 trials on, there are 24" in views.importance.sentence() and not views.importance.rows
    project = with_study(trained, trained.runs[0], seeds=3)
    show(views, project, qtbot)
    assert [row[0] for row in views.importance.rows] == ["Learning rate", "Dense 1: units"]
    assert views.importance.sentence().startswith("Importance: Learning rate ")
    assert views.importance.accessibleDescription() == views.importance.sentence()


# --- a trial --------------------------------------------------------------------------------------------------------


def test_a_trial_at_the_pointer_is_lit_in_all_views_and_told(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0]), qtbot)
    told: list[str | None] = []
    views.lit.connect(told.append)
    hover(views.settings.viewport(), place_on(views.settings, 2, 1))  # the third rate, the second number of units
    setting = 7
    place = outcomes.typical_trial(setting)
    assert outcomes.values_of(setting) == {RATES.key: 0.01, UNITS.key: 16}
    assert lit(views) == {place} and told == [outcomes.runs[place].id]
    said = views.readout.text()
    assert "Learning rate 0.01, Dense 1: units 16" in said and "of 5" in said and "12 epochs" in said
    assert f"{100 * outcomes.scores[place]:.1f}" in said

    curve = outcomes.runs[4].history.validation_accuracy
    hover(views.curves.viewport(), place_on(views.curves, 12, curve[-1]))
    assert outcomes.scores[views.curves.lit or 0] == pytest.approx(curve[-1], abs=0.01)
    assert len(lit(views)) == 1

    hover(views.best.viewport(), place_on(views.best, setting + 1, outcomes.spread.median[setting]))
    assert lit(views) == {place}

    share = views.parallel.shares[place]
    hover(views.parallel.viewport(), place_on(views.parallel, 1.9, float(share[1] + 0.9 * (share[2] - share[1]))))
    assert outcomes.setting_of[views.parallel.lit or 0] in outcomes.setting_of

    QApplication.sendEvent(views.parallel, QEvent(QEvent.Type.Leave))
    assert lit(views) == {None} and told[-1] is None


def test_a_click_chooses_a_trial(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0]), qtbot)
    chosen: list[Run] = []
    views.chosen.connect(chosen.append)
    QTest.mouseClick(views.settings.viewport(), LEFT, pos=place_on(views.settings, 2, 1).toPoint())
    assert [run.id for run in chosen] == [outcomes.runs[outcomes.typical_trial(7)].id]
    QTest.mouseClick(views.best.viewport(), LEFT, pos=place_on(views.best, 3, 0.2).toPoint())  # nothing is there
    assert len(chosen) == 1


def test_keys_go_through_the_settings_by_rank(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0]), qtbot)
    chosen: list[Run] = []
    views.chosen.connect(chosen.append)
    views.curves.setFocus()
    for _step in range(2):
        QTest.keyClick(views.curves, Qt.Key.Key_Right)
    second = outcomes.typical_trial(int(outcomes.ranked[1]))
    assert lit(views) == {second}
    QTest.keyClick(views.curves, Qt.Key.Key_Left)
    QTest.keyClick(views.curves, Qt.Key.Key_Return)
    assert [run.id for run in chosen] == [outcomes.runs[outcomes.typical_trial(int(outcomes.ranked[0]))].id]


def test_a_run_is_lit_from_outside(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0]), qtbot)
    views.light_up("t3_2")
    assert lit(views) == {outcomes.place_of["t3_2"]} and "seed 3 of 5" in views.readout.text()
    views.light_up(None)
    assert lit(views) == {None}


# --- brushing -------------------------------------------------------------------------------------------------------


def test_ranges_dragged_on_axes_keep_the_trials_in_all_of_them(
    views: StudyViews, trained: Project, qtbot: QtBot
) -> None:
    project = with_study(trained, trained.runs[0], (RATES, UNITS, ACTIVATIONS), seeds=2)
    show(views, project, qtbot)
    kept: list[frozenset[str] | None] = []
    views.brushed.connect(kept.append)

    def having(**wanted: object) -> set[str]:
        names = {"rate": RATES.key, "activation": ACTIVATIONS.key}
        return {
            run.id
            for run in project.runs
            if run.trial and all(run.trial.values[names[name]] in value for name, value in wanted.items())  # type: ignore[operator]
        }

    drag(views.parallel, on_axis(views, 0, 0.55), on_axis(views, 0, 1.0))  # from above 0.001 up
    assert kept[-1] == having(rate=(0.01, 0.1))
    assert all(plot.brushed is not None and plot.brushed.sum() == len(kept[-1] or ()) for plot in views.plots)
    assert "trials are in the ranges" in views.readout.text()
    drag(views.parallel, on_axis(views, 2, 0.8), on_axis(views, 2, 0.95))  # of choices the nearest, whole
    assert kept[-1] == having(rate=(0.01, 0.1), activation=("tanh",))
    assert "in the ranges brushed on" in description(views.parallel)

    QTest.mouseClick(views.parallel.viewport(), LEFT, pos=on_axis(views, 0, 0.2).toPoint())
    assert kept[-1] == having(activation=("tanh",))
    views.parallel.setFocus()
    QTest.keyClick(views.parallel, Qt.Key.Key_Escape)
    assert kept[-1] is None and all(plot.brushed is None for plot in views.plots)


def test_the_measure_is_an_axis_too(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0]), qtbot)
    kept: list[frozenset[str] | None] = []
    views.brushed.connect(kept.append)
    drag(views.parallel, on_axis(views, 2, 0.5), on_axis(views, 2, 1.0))
    middle = (outcomes.scores.min() + outcomes.scores.max()) / 2
    good = {run.id for run, score in zip(outcomes.runs, outcomes.scores, strict=True) if score > middle + 0.02}
    poor = {run.id for run, score in zip(outcomes.runs, outcomes.scores, strict=True) if score < middle - 0.02}
    assert kept[-1] is not None and good <= kept[-1] and not poor & kept[-1]


def test_only_what_is_brushed_is_found_at_the_pointer(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0]), qtbot)
    views.parallel.set_brush(RATES.key, (-2.1, -1.9))
    QApplication.processEvents()
    hover(views.curves.viewport(), place_on(views.curves, 12, outcomes.scores[outcomes.place_of["t0_0"]]))
    assert views.curves.lit is None or outcomes.values_of(int(outcomes.setting_of[views.curves.lit]))[RATES.key] == 0.01


# --- which variables ------------------------------------------------------------------------------------------------


def test_one_variable_is_drawn_with_whiskers_and_two_as_a_map(
    views: StudyViews, trained: Project, qtbot: QtBot
) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0], (RATES,)), qtbot)
    assert not views.settings.has_cells and views.settings.up == "" and not views.choosers.isVisible()
    assert sorted(views.settings.places[0].tolist()) == pytest.approx([-4, -3, -2, -1])  # evenly apart
    assert outcomes.best == 2
    project = with_study(trained, trained.runs[0])
    show(views, project, qtbot)
    assert views.settings.has_cells and views.settings.up == UNITS.key


def test_of_more_variables_two_are_chosen_and_the_others_folded(
    views: StudyViews, trained: Project, qtbot: QtBot
) -> None:
    outcomes = show(views, with_study(trained, trained.runs[0], (RATES, UNITS, ACTIVATIONS), seeds=2), qtbot)
    assert views.choosers.isVisible() and len(views.settings.settings) == 12
    medians = outcomes.spread.median
    for setting in views.settings.settings.tolist():
        same = [
            other
            for other in range(24)
            if all(outcomes.values_of(other)[key] == outcomes.values_of(setting)[key] for key in (RATES.key, UNITS.key))
        ]
        assert medians[setting] == max(medians[other] for other in same)
    choose(views.up, 2)
    assert views.settings.up == ACTIVATIONS.key and len(views.settings.settings) == 8
    choose(views.across, 2)  # what stands on the other axis already
    assert views.settings.across == ACTIVATIONS.key and views.settings.up == RATES.key
    choose(views.others, 1)
    assert outcomes.best is not None
    best = outcomes.values_of(outcomes.best)[UNITS.key]
    assert all(outcomes.values_of(one)[UNITS.key] == best for one in views.settings.settings.tolist())


def choose(choice: Choice, index: int) -> None:
    """Choose an entry by the keys, as a person would."""
    choice.setFocus()
    while choice.currentIndex() != index:
        QTest.keyClick(choice, Qt.Key.Key_Down if choice.currentIndex() < index else Qt.Key.Key_Up)


# --- as trials come -------------------------------------------------------------------------------------------------


def test_more_trials_leave_axes_ranges_and_the_lit_trial_as_they_are(
    views: StudyViews, trained: Project, qtbot: QtBot
) -> None:
    project = with_study(trained, trained.runs[0])
    part = replace(project, runs=project.runs[:40])
    show(views, part, qtbot)
    views.parallel.set_brush(RATES.key, (-4.5, -2.5))
    views.light_up("t3_2")
    ranges = [plot.plotItem.vb.viewRange() for plot in (views.curves, views.settings)]
    kept: list[frozenset[str] | None] = []
    views.brushed.connect(kept.append)
    more = show(views, replace(project, runs=project.runs[:42]), qtbot)
    assert [plot.plotItem.vb.viewRange() for plot in (views.curves, views.settings)] == ranges
    assert lit(views) == {more.place_of["t3_2"]}
    assert views.parallel.brushes and kept and kept[-1] is not None
    drawn = views.curves._version
    show(views, replace(project, runs=project.runs[:42]), qtbot)
    assert views.curves._version == drawn  # nothing new, nothing drawn
    everything = show(views, project, qtbot)
    assert len(everything.runs) == 60 and views.best.best.shape == (12,)


def test_luck_is_told_of_as_many_settings_as_it_was_computed_of(
    views: StudyViews, trained: Project, qtbot: QtBot
) -> None:
    project = with_study(trained, trained.runs[0], accuracy=lambda _values: 0.9)
    show(views, replace(project, runs=project.runs[:20]), qtbot)
    assert "the best of 4 looks" in views.statement.text()
    views.show_study(outcomes_of(project, project.studies[0]))
    assert "the best of 4 looks" in views.statement.text()
    qtbot.waitUntil(lambda: not views.is_computing)
    assert "the best of 12 looks" in views.statement.text()


def test_another_study_begins_anew(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    project = with_study(trained, trained.runs[0])
    show(views, project, qtbot)
    views.parallel.set_brush(RATES.key, (-4.5, -2.5))
    other = with_study(trained, trained.runs[0], (RATES,))
    show(views, other, qtbot)
    assert not views.parallel.brushes and views.settings.up == ""


def test_what_diverged_or_was_given_up_is_shown_and_told(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    project = with_study(trained, trained.runs[0])
    runs = list(project.runs)
    runs[0:5] = [diverged(run) for run in runs[0:5]]
    runs[7] = pruned(runs[7], 3)
    outcomes = show(views, replace(project, runs=tuple(runs)), qtbot)
    assert int(outcomes.ranked[-1]) == 0
    hover(views.settings.viewport(), place_on(views.settings, 0, 0))
    assert "diverged" in views.readout.text()
    views.light_up(runs[7].id)
    assert "given up early" in views.readout.text()
    assert "of which 6 ended early" in description(views.curves)
    assert views.parallel.shares[0, -1] == 0.0  # at the poor end


def test_a_study_in_which_all_diverged_or_nothing_is_yet(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    project = with_study(trained, trained.runs[0], measure="validation_loss")
    show(views, replace(project, runs=()), qtbot)
    assert "No trial of this study" in views.statement.text()
    show(views, replace(project, runs=tuple(diverged(run) for run in project.runs)), qtbot)
    assert "No trial of this study" in views.statement.text()
    hover(views.settings.viewport(), place_on(views.settings, 0, 0))
    assert "diverged" in views.readout.text()


def test_thousands_are_drawn_lit_and_brushed(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    random = np.random.default_rng(0)
    rate = Variable(RATES.key, low=0.0001, high=0.1, is_logarithmic=True)
    momentum = Variable("training.momentum", low=0.0, high=0.99)
    settings = [
        {RATES.key: float(10 ** random.uniform(-4, -1)), momentum.key: float(random.uniform(0, 0.99))}
        for _number in range(3000)
    ]
    project = with_study(trained, trained.runs[0], (rate, momentum), settings, seeds=1)
    runs = list(project.runs)
    runs[5:2000:7] = [pruned(run, 4) for run in runs[5:2000:7]]
    outcomes = show(views, replace(project, runs=tuple(runs)), qtbot)
    kept: list[frozenset[str] | None] = []
    views.brushed.connect(kept.append)
    drag(views.parallel, on_axis(views, 0, 1.0), on_axis(views, 0, 1 / 3))
    above = {run.id for run in runs if run.trial and float(run.trial.values[RATES.key]) > 0.0012}
    below = {run.id for run in runs if run.trial and float(run.trial.values[RATES.key]) < 0.0008}
    assert kept[-1] is not None and above <= kept[-1] and not below & kept[-1]
    in_view = views.parallel.grab().toImage()
    colors = {in_view.pixelColor(x, y).name() for x in range(0, in_view.width(), 3) for y in range(60, 200, 3)}
    assert shades.out_color().name() in colors and set(shades.colors()) & colors
    place = outcomes.typical_trial(int(outcomes.best or 0))
    hover(views.curves.viewport(), place_on(views.curves, 12, outcomes.scores[place]))
    assert views.curves.lit is not None and lit(views) == {views.curves.lit}


# --- look -----------------------------------------------------------------------------------------------------------


def turn_wheel(plot: TrialPlot) -> bool:
    """Turn the wheel over the middle; whether the plot took it."""
    at = QPointF(plot.viewport().rect().center())
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at, plot.viewport().mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)
    return event.isAccepted()


def test_the_wheel_zooms_the_curves_and_leaves_settings_and_axes_alone(
    views: StudyViews, trained: Project, qtbot: QtBot
) -> None:
    show(views, with_study(trained, trained.runs[0]), qtbot)
    for plot in (views.settings, views.parallel):
        before = plot.plotItem.vb.viewRange()
        turn_wheel(plot)
        assert plot.plotItem.vb.viewRange() == before
    before = views.curves.plotItem.vb.viewRange()
    turn_wheel(views.curves)
    assert views.curves.plotItem.vb.viewRange() != before
    views.curves.enableAutoRange()
    assert views.curves.plotItem.vb.viewRange() == before


def test_each_view_gives_a_picture_in_the_light_colours_and_words_for_it(
    views: StudyViews, trained: Project, qtbot: QtBot
) -> None:
    project = with_study(trained, trained.runs[0])
    outcomes = outcomes_of(project, project.studies[0])
    theme.use_scheme("dark")
    try:
        found = pictures_of(outcomes, study_optimism(outcomes))
    finally:
        theme.use_scheme("system")
    assert [one.view for one in found] == ["plotStudySettings", "plotStudyCurves", "plotStudyParallel", "plotStudyBest"]
    for one in found:
        image = QImage.fromData(one.picture)
        assert image.pixelColor(2, image.height() - 3).name() == theme.LIGHT.surface
        shown = {image.pixelColor(x, y).name() for x in range(0, image.width(), 5) for y in range(0, image.height(), 5)}
        assert len(shown) > 8 and one.title and len(one.words) > 20
    assert "12 settings. Best: Learning rate" in found[0].words and "too good" in found[3].words
    assert "60 trials along Learning rate" in found[2].words


def test_the_numbers_are_there_as_tables(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    show(views, with_study(trained, trained.runs[0]), qtbot)
    tables = [plot.table().splitlines() for plot in views.plots]
    assert [len(table) for table in tables] == [13, 1 + 60 * 12, 61, 13]
    assert tables[0][0].startswith("setting,training.learning_rate,dense_1.units,seeds,median,low")
    assert tables[2][1].startswith("t0_0,0,0,0.0001,8.0,")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scale_goes_one_way_in_brightness(scheme: str, qapp: QApplication) -> None:
    theme.use_scheme(scheme)
    try:
        brightness = [theme.brightness(color) for color in shades.colors()]
        surface = theme.brightness(theme.colors().surface)
    finally:
        theme.use_scheme("system")
    steps = np.diff(brightness)
    assert (steps > 0).all() or (steps < 0).all()
    assert abs(brightness[-1] - surface) > abs(brightness[0] - surface)


def test_a_layer_may_be_called_as_one_likes(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    project = with_study(trained, trained.runs[0])
    network = project.studies[0].network
    strange = tuple(replace(one, name="<b>{0} & %s</b>") if one.id == "dense_1" else one for one in network.layers)
    study = replace(project.studies[0], network=replace(network, layers=strange))
    show(views, replace(project, studies=(study,)), qtbot)
    label = views.settings.getAxis("left").label.toPlainText()
    assert label.strip().startswith("<b>{0} & %s</b>") and "<b>{0} & %s</b>" in views.statement.text()


def test_it_speaks_spanish(views: StudyViews, trained: Project, qtbot: QtBot) -> None:
    text.use_language("es")
    try:
        show(views, with_study(trained, trained.runs[0], accuracy=lambda _values: 0.9), qtbot)
        assert "5 semillas" in views.statement.text() and "la mejor de 12 parece" in views.statement.text()
    finally:
        text.use_language("en")
