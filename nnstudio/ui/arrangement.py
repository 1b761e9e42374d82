"""Where the window stands, and its panels: palette, the network over the plots, settings in tabs; how wide each is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QTabWidget, QVBoxLayout, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.shell.preferences import Preferences

SIZE = QSize(1440, 860)
"""What the window takes of a large screen at first."""
SIDES = [160, 768, 352]
"""The widths of palette, middle and settings."""
HEIGHTS = [330, 270]
"""The heights of the drawing and the plots."""
NARROWEST_PALETTE, NARROWEST_SETTINGS = 120, 300
SCROLL_BAR = 14
"""What a bar beside a form takes of its width."""
SELDOM = {"history": "mdi6.history", "code": "mdi6.code-braces"}
"""Panels whose tabs are an icon, their name a tip: they are seldom wanted and take little room."""


@dataclass(frozen=True)
class Parts:
    """What is arranged. `tabs` are the panels of settings by a name of ours, with what each is called on screen."""

    lessons: QWidget
    palette: QWidget
    canvas: QWidget
    formula: QWidget
    problems: QWidget
    plots: QWidget
    tabs: Mapping[str, tuple[str, QWidget]]


class Arrangement:
    """`whole` holds all; `drawing` is the part that gives its room to large views; `tabs` are the settings.

    `put(whole)` gives it its place, while it is empty: with every new parent Qt looks anew at all that is inside.
    """

    def __init__(self, parts: Parts, preferences: Preferences, put: Callable[[QWidget], object]) -> None:
        self.drawing = drawing_of(parts)
        self.tabs = tabs_of(parts.tabs)
        self.palette = parts.palette
        parts.palette.setMinimumWidth(NARROWEST_PALETTE)
        parts.palette.setAccessibleName(_("Layers to add"))
        parts.plots.setAccessibleName(_("Loss"))
        middle = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.whole = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        put(self.whole)
        fill(self.whole, [side_of(parts), middle, self.tabs], SIDES)
        fill(middle, [self.drawing, parts.plots], HEIGHTS)
        for place, stretch in enumerate((0, 1, 0)):
            self.whole.setStretchFactor(place, stretch)
        self._side = self._given = 0
        self._dividers = {"middle": middle, "whole": self.whole}
        self.tabs.currentChanged.connect(self.fit)  # only a form that is shown has its style, and its width
        for name, divider in self._dividers.items():
            kept = preferences.layout(name)
            if kept is not None:
                divider.restoreState(kept)

    def fit(self, _place: int = 0) -> None:
        """Make the settings as wide as the widest form and the names of the tabs are in the style in use."""
        panels = [self.tabs.widget(place) for place in range(self.tabs.count())]
        forms = [panel.widget() for panel in panels if isinstance(panel, QScrollArea)]
        widest = max((form.minimumSizeHint().width() for form in forms if form), default=0)
        names = self.tabs.tabBar().sizeHint().width()
        self.tabs.setMinimumWidth(max(NARROWEST_SETTINGS, widest + SCROLL_BAR, names))

    def make_room(self, width: int) -> None:
        """Give the side at the left at least so many pixels, which the middle gives; 0 to have it as it was."""
        sizes = self.whole.sizes()
        if width and width != self._given:
            self._side = self._side or sizes[0]
            self.whole.setSizes([width, sizes[1] - (width - sizes[0]), sizes[2]])
        elif not width and self._side:
            self.whole.setSizes([self._side, sizes[1] + sizes[0] - self._side, sizes[2]])
            self._side = 0
        self._given = width

    def keep(self, preferences: Preferences) -> None:
        """Remember how the dividers were left, without the room of a lesson."""
        self.make_room(0)
        for name, state in self.states().items():
            preferences.keep_layout(name, state)

    def states(self) -> dict[str, QByteArray]:
        """How the dividers stand, by their names."""
        return {name: divider.saveState() for name, divider in self._dividers.items()}

    def restore(self, states: Mapping[str, QByteArray]) -> None:
        """Put the dividers where they stood."""
        for name, state in states.items():
            self._dividers[name].restoreState(state)

    def share_middle(self, drawing: float) -> None:
        """Give the drawing this share of the height, and the plots the rest."""
        middle = self._dividers["middle"]
        middle.setSizes([round(drawing * middle.height()), round((1 - drawing) * middle.height())])

    def show_sides(self, palette: bool, settings: bool) -> None:
        """Which of the panels beside the middle are there."""
        self.palette.setVisible(palette)
        self.tabs.setVisible(settings)


def place_window(window: QWidget, preferences: Preferences) -> None:
    """Put the window where it was left and as large, or as large as is good on this screen."""
    geometry = preferences.layout("window")
    if geometry is None or not window.restoreGeometry(geometry):
        room = window.screen().availableGeometry().size()
        window.resize(SIZE.boundedTo(QSize(round(0.94 * room.width()), round(0.9 * room.height()))))


def side_of(parts: Parts) -> QWidget:
    """The lesson, when there is one, over the layers to add."""
    side = QWidget()
    layout = QVBoxLayout(side)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(parts.lessons, 3)
    layout.addWidget(parts.palette, 2)
    return side


def drawing_of(parts: Parts) -> QWidget:
    """The canvas, the formula of what is drawn, and what keeps it from training."""
    foot = QWidget()
    foot.setObjectName("foot")
    foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    line = QHBoxLayout(foot)
    line.setContentsMargins(8, 2, 8, 2)
    line.addWidget(parts.problems, 1)
    drawing = QWidget()
    layout = QVBoxLayout(drawing)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget, stretch in ((parts.canvas, 1), (parts.formula, 0), (foot, 0)):
        layout.addWidget(widget, stretch)
    return drawing


class Settings(QTabWidget):
    """The panels of settings in tabs."""

    def bring(self, panel: QWidget) -> None:
        """Have a panel be seen, even where all of them were put away."""
        self.setCurrentWidget(panel)
        self.show()


def tabs_of(panels: Mapping[str, tuple[str, QWidget]]) -> Settings:
    """The panels of settings, each with its name."""
    tabs = Settings(documentMode=True)
    tabs.setUsesScrollButtons(True)
    for key, (name, panel) in panels.items():
        place = tabs.addTab(panel, "" if key in SELDOM else name)
        panel.setAccessibleName(name)
        tabs.tabBar().setAccessibleTabName(place, name)
        if key in SELDOM:
            tabs.setTabIcon(place, theme.icon(SELDOM[key]))
            tabs.setTabToolTip(place, name)
    return tabs


def fill(splitter: QSplitter, widgets: list[QWidget], sizes: list[int]) -> None:
    """Put widgets beside or over each other, with a border that can be dragged."""
    for widget in widgets:
        splitter.addWidget(widget)
    splitter.setSizes(sizes)
