"""The one bar of the window: Train and what goes with it, then undo and the view of the canvas."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QToolBar, QToolButton, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.shell.actions import Actions
from nnstudio.ui.training.comparison_picker import ComparisonPicker
from nnstudio.ui.training.speed_slider import SpeedSlider

ICON = QSize(20, 20)
CONTROLS = ("actionPause", "actionStop", "actionStepBatch", "actionStepEpoch", "actionReset")
STARTS = ("actionSameStart", "actionNewSeed", "actionTenSeeds")
TOOLS = (
    ("actionUndo", "actionRedo"),
    ("actionZoomOut", "actionZoomIn", "actionZoomFit", "actionArrange", "actionNeurons"),
)


class TrainBar(QToolBar):
    """Train is its one coloured button and keeps its width whatever it says, so that nothing beside it jumps."""

    def __init__(self, actions: Actions, comparison: ComparisonPicker, speed: SpeedSlider) -> None:
        super().__init__(_("Training"))
        self.setObjectName("toolBar")
        self.setMovable(False)
        self.setIconSize(ICON)
        self.train = QToolButton()
        self.train.setObjectName("trainButton")
        self.train.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.train.setDefaultAction(actions["actionTrain"])
        self.train.setAccessibleName(_("Train"))
        actions["actionTrain"].setIcon(theme.drawn_icon("mdi6.play", theme.on_accent(), theme.colors().faint_text))
        actions["actionTrain"].setIconVisibleInMenu(False)
        self.addWidget(self.train)
        for name in CONTROLS:
            self._add(actions, name)
        self.addSeparator()
        self.addWidget(comparison)
        for name in STARTS:
            self._add(actions, name)
        self.addSeparator()
        self.addWidget(speed)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        for group in TOOLS:
            for name in group:
                self._add(actions, name)
            if group is not TOOLS[-1]:
                self.addSeparator()
        self.train.setFixedWidth(self._widest_train())

    def _add(self, actions: Actions, name: str) -> None:
        self.addAction(actions[name])
        self.widgetForAction(actions[name]).setAccessibleName(actions[name].text().replace("&", ""))

    def _widest_train(self) -> int:
        """Pixels for the longest of the texts that Train may bear."""
        self.train.ensurePolished()
        metrics = self.train.fontMetrics()
        texts = (_("&Train"), _("Go &on"))
        return max(metrics.horizontalAdvance(text.replace("&", "")) for text in texts) + ICON.width() + 44


def replace_bar(window: QMainWindow, bar: TrainBar) -> None:
    """Put the bar in place of the one there was."""
    for old in window.findChildren(QToolBar):
        window.removeToolBar(old)
        old.deleteLater()
    window.addToolBar(bar)
