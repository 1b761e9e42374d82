"""The pad on which points are drawn by hand: its tools, its classes, and the way of a stroke into the project."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from nnstudio.project import edits
from nnstudio.project.drawn_points import (
    CLASSES,
    DRAWN,
    EXTENT,
    MOST_POINTS,
    Points,
    class_counts,
    format_points,
    parse_points,
    point_at,
)
from nnstudio.text import Count, mark, translate_count
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.data.pad_plane import PadPlane, stamp
from nnstudio.ui.data.strokes import TOOLS, Settings
from nnstudio.ui.look import theme
from nnstudio.ui.look.fields import Slider
from nnstudio.ui.plots.legend import GAP, SIGNS
from nnstudio.ui.store import Store

if TYPE_CHECKING:
    from nnstudio.ui.background.results import Dataset

RADII = (1, 20)
"""Of the slider, in tenths of a unit of the plane."""
DENSITIES = (1, 20)
USED = 0.85 * EXTENT
"""So far out a problem that is taken over may reach when it is made larger."""
CLEAR_KEY = "C"
ICON = 20


class PaintPad(QWidget):
    """Buttons and keys choose what a stroke does; each stroke is one edit of the project, and the pad follows it."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.setObjectName("paintPad")
        self.store = store
        self._text = ""
        """What the points shown are in the project."""
        self.plane = PadPlane()
        self.tools = QButtonGroup(self)
        self.classes = QButtonGroup(self)
        self.tool_buttons = {tool.name: self._tool_button(tool.label, tool.key, tool.help) for tool in TOOLS}
        for tool in TOOLS:
            self.tool_buttons[tool.name].setIcon(theme.icon(tool.icon))
            self.tool_buttons[tool.name].setCheckable(True)
            self.tool_buttons[tool.name].clicked.connect(partial(self.choose_tool, tool.name))
            self.tools.addButton(self.tool_buttons[tool.name])
        self.clear_button = self._tool_button(mark("Remove all points"), CLEAR_KEY, mark("Undo brings them back"))
        self.clear_button.setIcon(theme.icon("mdi6.delete-sweep-outline"))
        self.clear_button.clicked.connect(self.clear)
        self.class_buttons = [self._class_button(label) for label in range(CLASSES)]
        self.radius = self._slider(RADII, round(10 * Settings().radius), _("Radius"), _("How far a tool reaches"))
        self.density = self._slider(DENSITIES, Settings().density, _("Density"), _("How many points the brush sprays"))
        self.counts = QLabel(textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self.counts.setObjectName("padCounts")
        self._lay_out()
        self.plane.drawn.connect(self._edit)
        self.plane.full.connect(store.told)
        self.choose_tool("brush")
        self.choose_class(0)
        store.changed.connect(self.follow)
        self.show_project()

    def follow(self, change: Change) -> None:
        if change.touches(Part.DATA):
            self.show_project()

    def show_project(self) -> None:
        """Show the project's points, unless they are what is shown."""
        text = self.store.project.data.points
        if text == self._text:
            self.plane.cancel()
            return
        self._text = text
        self.plane.show_points(parse_points(text))
        self._count()

    def choose_tool(self, name: str, _checked: bool = False) -> None:
        self.tool_buttons[name].setChecked(True)
        self.plane.use(replace(self.plane.settings, tool=name))
        self._hand_over()

    def choose_class(self, label: int, _checked: bool = False) -> None:
        self.class_buttons[label].setChecked(True)
        self.plane.use(replace(self.plane.settings, label=label))
        self._hand_over()

    def clear(self) -> None:
        """Remove all points."""
        self.plane.cancel()
        if self.plane.points:
            self.plane.show_points(())
            self._edit(_("Remove all points"), ())
        self._hand_over()

    def _hand_over(self) -> None:
        """After a click on a button the keys are the plane's; who came to the button by key stays there."""
        if self.isVisible() and not any(one.hasFocus() for one in self.findChildren(QToolButton)):
            self.plane.setFocus(Qt.FocusReason.MouseFocusReason)

    def _reach(self) -> None:
        radius, density = self.radius.value() / 10, self.density.value()
        self.plane.use(replace(self.plane.settings, radius=radius, density=density))

    def _edit(self, words: str, points: Points) -> None:
        project = edits.set_points(self.store.project, points)
        self._text = project.data.points  # so that what comes back is known
        self._count()
        self.store.edit(words, project)

    def _count(self) -> None:
        """How many points each class has, in its colour."""
        points, colors = self.plane.points, theme.class_colors()
        shown = [
            f'<span style="color:{colors[label]}">{SIGNS[label]}</span>&nbsp;{label}:&nbsp;{Count(count)}'
            for label, count in enumerate(class_counts(points))
            if count
        ]
        whole = translate_count("{count} point", "{count} points", len(points)).format(count=Count(len(points)))
        self.counts.setText(GAP.join([whole, *shown]))

    # --- making it --------------------------------------------------------------------------------------------------

    def _tool_button(self, label: str, key: str, help: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setAccessibleName(_(label))
        button.setAccessibleDescription(_(help))
        button.setToolTip(f"{_(label)} ({key}): {_(help)}")
        button.setIconSize(QSize(ICON, ICON))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _class_button(self, label: int) -> QToolButton:
        button = QToolButton(autoRaise=True)
        words = _("Class {label}").format(label=label)
        button.setAccessibleName(words)
        button.setToolTip(f"{words} ({label + 1})")
        button.setIcon(QIcon(stamp(label, ICON - 6, self.devicePixelRatioF())))
        button.setIconSize(QSize(ICON, ICON))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCheckable(True)
        button.clicked.connect(partial(self.choose_class, label))
        self.classes.addButton(button)
        return button

    def _slider(self, ends: tuple[int, int], value: int, name: str, help: str) -> Slider:
        slider = Slider()
        slider.setRange(*ends)
        slider.setValue(value)
        slider.setAccessibleName(name)
        slider.setToolTip(help)
        slider.valueChanged.connect(self._reach)
        return slider

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row([*self.tool_buttons.values(), self.clear_button]))
        layout.addLayout(row(self.class_buttons))
        layout.addWidget(self.plane)
        layout.addWidget(self.counts)
        reach = QGridLayout()
        for place, slider in enumerate((self.radius, self.density)):
            label = QLabel(slider.accessibleName())
            label.setBuddy(slider)
            reach.addWidget(label, place, 0)
            reach.addWidget(slider, place, 1)
        layout.addLayout(reach)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        tools = {tool.key: tool.name for tool in TOOLS}
        letter = event.text().upper()
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            super().keyPressEvent(event)
        elif letter in tools:
            self.choose_tool(tools[letter])
        elif letter == CLEAR_KEY:
            self.clear()
        elif letter.isdecimal() and 1 <= int(letter) <= CLASSES:
            self.choose_class(int(letter) - 1)
        else:
            super().keyPressEvent(event)


def row(buttons: Iterable[QWidget]) -> QHBoxLayout:
    """Buttons close together, from the left."""
    layout = QHBoxLayout()
    layout.setSpacing(2)
    for button in buttons:
        layout.addWidget(button)
    layout.addStretch()
    return layout


def can_be_drawn_on(dataset: "Dataset") -> bool:
    """Whether data is points on the plane, of classes that the pad has."""
    columns, facts = dataset.preparation.columns, dataset.facts
    return facts.sample_shape == (2,) and len(columns) == 2 and facts.task == "class" and len(facts.classes) <= CLASSES


def points_of(dataset: "Dataset") -> Points:
    """The points of a toy problem as they would be drawn: of very many every k-th, and a small problem as many times
    as large as there is room for."""
    columns, samples = dataset.preparation.columns, dataset.train
    skipped = max(1, -(-len(samples.all_inputs) // MOST_POINTS))
    places = [samples.all_inputs[::skipped, number] * one.scale + one.mean for number, one in enumerate(columns)]
    times = max(1.0, USED // max(float(abs(along).max()) for along in places))
    labels = samples.all_targets[::skipped]
    return tuple(
        point_at(times * float(x), times * float(y), int(label)) for x, y, label in zip(*places, labels, strict=True)
    )


def drawn_on(store: Store, dataset: "Dataset") -> None:
    """Take a toy problem's points over into the pad, to be changed there."""
    points = format_points(points_of(dataset))
    changed = edits.set_data(store.project, source=DRAWN, target="", test_source="", points=points)
    store.edit(_("Draw on the points of the toy problem"), changed)
