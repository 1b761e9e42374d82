"""The training panel: Train, Pause, Stop, single steps and Reset, speed, comparisons, and the settings of the plan."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from nnstudio.project import edits
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.inspector.form import ParameterForm
from nnstudio.ui.store import Store
from nnstudio.ui.training.comparison_picker import ComparisonPicker
from nnstudio.ui.training.iteration_counter import IterationCounter
from nnstudio.ui.training.speed_slider import SpeedSlider

# Which settings take part, by the optimizer or initialisation chosen; the others would do nothing and are hidden.
USES_MOMENTUM = ("momentum", "nesterov")
USES_SCALE = ("normal", "uniform")


class TrainingPanel(QWidget):
    """Buttons for the training actions, the count of iterations, and a form for the plan."""

    def __init__(
        self,
        store: Store,
        actions: list[QAction],
        starts: list[QAction],
        iteration_counter: IterationCounter,
        comparison_picker: ComparisonPicker,
        steps_per_second: SpeedSlider,
    ) -> None:
        super().__init__()
        self.setObjectName("trainingPanel")
        self.store = store
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for action in actions:
            button = QToolButton(autoRaise=True)
            button.setIconSize(QSize(22, 22))
            button.setDefaultAction(action)
            button.setAccessibleName(action.text().replace("&", ""))
            if action.objectName() == "actionTrain":
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                button.setAutoRaise(False)
            buttons.addWidget(button)
        buttons.addStretch()
        again = QHBoxLayout()
        again.setSpacing(2)
        again.addWidget(comparison_picker, 1)
        for action in starts:
            button = QToolButton(autoRaise=True)
            button.setIconSize(QSize(20, 20))
            button.setDefaultAction(action)
            button.setAccessibleName(action.text().replace("&", ""))
            again.addWidget(button)
        self.form = ParameterForm(TRAINING_SETTINGS)
        self.form.edited.connect(self._edit)
        self.form.left.connect(store.seal)
        self.form.taken_back.connect(store.told)
        inside = QWidget()
        inside_layout = QVBoxLayout(inside)
        inside_layout.setContentsMargins(12, 4, 12, 8)
        inside_layout.addWidget(self.form)
        inside_layout.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        scroll.setAccessibleName(_("Training settings"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(buttons)
        counting = QHBoxLayout()
        counting.setContentsMargins(12, 0, 12, 0)
        counting.addWidget(iteration_counter)
        layout.addLayout(counting)
        layout.addWidget(steps_per_second)
        again.setContentsMargins(12, 0, 8, 0)
        layout.addLayout(again)
        layout.addWidget(scroll)
        buttons.setContentsMargins(8, 0, 8, 0)
        store.changed.connect(self.follow)
        self.show_plan()

    def follow(self, change: Change) -> None:
        if change.touches(Part.TRAINING):
            self.show_plan()

    def show_plan(self) -> None:
        """Show the plan as it is now."""
        plan = self.store.project.training
        self.form.show_values(lambda name: getattr(plan, name))
        self.form.set_row_visible("momentum", plan.optimizer in USES_MOMENTUM)
        self.form.set_row_visible("initialization_scale", plan.initialization in USES_SCALE)
        self.form.set_row_visible("bias_initialization", plan.initialization != "default")
        self.form.set_row_visible("min_delta", plan.patience > 0)

    def _edit(self, name: str, value: object) -> None:
        label = next(_(one.label) for one in TRAINING_SETTINGS if one.name == name)
        self.store.edit(
            _("Change {setting}").format(setting=label),
            edits.set_training(self.store.project, **{name: value}),
            f"training.{name}",
        )
