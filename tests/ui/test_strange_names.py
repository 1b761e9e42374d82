"""Names from outside are shown as they are written: neither formatted nor taken for markup."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QGroupBox, QLabel, QListView, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.cli.main import main
from nnstudio.data.dataset import load
from nnstudio.data.plane import plane_of
from nnstudio.project import edits
from nnstudio.project.model import DataChoice
from nnstudio.ui.labs.opened import LABS
from nnstudio.ui.plots.boundary_plot import BoundaryPlot
from nnstudio.ui.plots.curve_plot import CurvePlot, Earlier, ShownEvent
from nnstudio.ui.plots.lines import by_epoch
from tests.ui.driving import Open, train

NAME = "{x}<b>%s&"
LOOKED_UP = "{value.__class__.__mro__}"


def test_words_on_a_curve_plot_are_shown_as_written(qtbot: QtBot) -> None:
    plot = CurvePlot("plot", "Loss", "Loss", "lowest {value} {epoch}", "{value}", 0.9)
    qtbot.addWidget(plot)
    plot.resize(900, 400)
    values = np.linspace(1.0, 0.1, 10)
    plot.show_lines([by_epoch("validation", values)])
    plot.show_happenings([ShownEvent(3, NAME), ShownEvent(4, LOOKED_UP)])
    plot.show_earlier([Earlier("run-1", NAME, by_epoch("validation", values))])
    plot.show()
    qtbot.waitExposed(plot)
    qtbot.wait(50)
    assert [line.label.textItem.toPlainText() for line in plot.ends] == [NAME, LOOKED_UP]
    assert [item.textItem.toPlainText() for item in plot.earlier_names] == [NAME]
    assert "<b>" not in plot.ends[0].toolTip()


def test_columns_on_the_axes_of_the_plane_are_shown_as_written(qtbot: QtBot) -> None:
    plot = BoundaryPlot()
    qtbot.addWidget(plot)
    plot.resize(500, 500)
    plane = plane_of(load(DataChoice("toy:circle")))
    assert plane is not None
    plot.show_plane(replace(plane, names=(NAME, NAME), remark=NAME))
    plot.show()
    qtbot.waitExposed(plot)
    for side in ("bottom", "left"):
        assert plot.getAxis(side).label.toPlainText().strip() == NAME
    assert plot.plotItem.titleLabel.item.toPlainText() == NAME


def test_no_name_from_outside_is_taken_for_markup_a_shortcut_or_a_format_anywhere(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    """One project in which everything that bears a name bears this one, looked at through every panel and lab."""
    stem = "{x}%s&"  # no < and >, which no file may bear on Windows
    table = tmp_path / f"{stem}.csv"
    rows = [f"{n % 7},{n % 5},{n % 3}" + f",{NAME if n % 2 else NAME + '2'}" for n in range(60)]
    table.write_text("\n".join([f"{NAME}1,{NAME}2,{NAME}3,{NAME}", *rows]), encoding="utf-8")
    path = tmp_path / f"{stem}.nnstudio"
    assert main(["new", str(path), "--data", str(table), "--layers", "dense:3,tanh,dropout:0.5,dense:out"]) == 0
    window = open_window(path, (1366, 768))
    project = window.project
    for layer in project.network.layers:
        project = edits.rename(project, layer.id, NAME)
    project, _note = edits.add_note(project, NAME, (0.0, 300.0))
    project, _frame = edits.add_frame(project, NAME, (0.0, 400.0), (200.0, 100.0))
    window.store.edit(f"names {NAME}", project)
    for switch in ("actionPlane", "actionConfusion", "actionGradients", "actionDropout", "actionFormula"):
        window.actions_by_name[switch].setChecked(True)
    window.store.edit("", edits.set_training(window.project, epochs=2))
    for _run in range(2):
        train(window, qtbot)
    window.trainer.show(window.project.runs[0])
    for tab in range(window.tabs.count()):
        window.tabs.setCurrentIndex(tab)
        qtbot.wait(50)
        assert not taken_for_something_else(window)
    for id in [layer.id for layer in window.project.network.layers]:
        window.canvas.network.select([id])
        qtbot.wait(20)
        assert not taken_for_something_else(window)
    for lab in LABS:
        window.labs.show(lab)
    qtbot.wait(1500)  # each has asked its question, and shown its answer
    for top in QApplication.topLevelWidgets():
        assert not taken_for_something_else(top)
    assert window.windowTitle().startswith(path.name)
    window.labs.close()


def taken_for_something_else(top: QWidget) -> list[str]:
    """Texts in which Qt reads the name as markup or its & as a shortcut."""
    found = []
    for widget in (top, *top.findChildren(QWidget)):
        if isinstance(widget, QLabel) and "%s" in widget.text():
            rich = widget.textFormat() == Qt.TextFormat.RichText or (
                widget.textFormat() == Qt.TextFormat.AutoText and Qt.mightBeRichText(widget.text())
            )
            if rich and "<b>%s" in widget.text():
                found.append(f"{widget.objectName()}: {widget.text()}")
        if isinstance(widget, QAbstractButton | QGroupBox):
            words = widget.text() if isinstance(widget, QAbstractButton) else widget.title()
            if "%s&" in words.replace("&&", ""):
                found.append(f"{widget.objectName()}: {words}")
        for action in widget.actions():
            if "%s&" in action.text().replace("&&", ""):
                found.append(f"{action.objectName()}: {action.text()}")
        for words in (widget.toolTip(), widget.statusTip()):
            if "<b>%s" in words and Qt.mightBeRichText(words):
                found.append(f"{widget.objectName()}: {words}")
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            model = widget.model()
            columns = model.columnCount() if not isinstance(widget, QListView) else 1
            cells = [model.index(row, column) for row in range(model.rowCount()) for column in range(columns)]
            tips = [str(model.data(cell, Qt.ItemDataRole.ToolTipRole) or "") for cell in cells]
            found += [tip for tip in tips if "<b>%s" in tip and Qt.mightBeRichText(tip)]
    return found
