"""The settings of training, and how many iterations make an epoch."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from nnstudio.project import edits
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.project.study_variables import can_vary
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.changes import Change, Part
from nnstudio.ui.inspector.form import ParameterForm, Section
from nnstudio.ui.store import Store
from nnstudio.ui.training.iteration_counter import IterationCounter

# Which settings take part, by the loss, optimizer or initialisation chosen; the others would do nothing and are hidden.
USES_SMOOTHING = ("auto", "cross_entropy", "binary_cross_entropy")
USES_MOMENTUM = ("momentum", "nesterov")
USES_FACTOR = ("step", "exponential", "plateau")
USES_EPOCHS = ("step", "plateau")
USES_SCALE = ("normal", "uniform")

FIRST = ("loss", "optimizer", "momentum", "learning_rate", "batch_size", "epochs")
"""What every training is about; it stands above the sections."""
RATE = ("schedule", "schedule_factor", "schedule_epochs", "clip_norm")
STOPPING = ("patience", "monitor", "min_delta", "restore_best")
WEIGHTS = ("initialization", "initialization_scale", "bias_initialization", "weight_decay", "l1", "l1_rule")
SECTIONS = (
    Section(mark("Early stopping"), STOPPING),
    Section(mark("Schedule and clipping"), RATE, is_open=False),
    Section(mark("Weights"), WEIGHTS, is_open=False),
    Section(
        mark("More"),
        tuple(one.name for one in TRAINING_SETTINGS if one.name not in (*FIRST, *STOPPING, *RATE, *WEIGHTS)),
        is_open=False,
    ),
)


class TrainingPanel(QScrollArea):
    """The count of iterations, and a form for the plan."""

    def __init__(self, store: Store, iteration_counter: IterationCounter) -> None:
        super().__init__(widgetResizable=True)
        self.setObjectName("trainingPanel")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.store = store
        self.form = ParameterForm(TRAINING_SETTINGS, SECTIONS)
        self.form.edited.connect(self._edit)
        self.form.left.connect(store.seal)
        self.form.taken_back.connect(store.told)
        names = (one.name for one in TRAINING_SETTINGS if can_vary("training", one.name))
        self.form.study_keys = {name: f"training.{name}" for name in names}
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        layout.addWidget(self.form)
        layout.addWidget(iteration_counter)
        layout.addStretch()
        self.setWidget(inside)
        store.changed.connect(self.follow)
        self.show_plan()

    def follow(self, change: Change) -> None:
        if change.touches(Part.TRAINING):
            self.show_plan()

    def show_plan(self) -> None:
        """Show the plan as it is now."""
        plan = self.store.project.training
        self.form.show_values(lambda name: getattr(plan, name))
        self.form.set_row_visible("label_smoothing", plan.loss in USES_SMOOTHING)
        self.form.set_row_visible("momentum", plan.optimizer in USES_MOMENTUM)
        self.form.set_row_visible("schedule_factor", plan.schedule in USES_FACTOR)
        self.form.set_row_visible("schedule_epochs", plan.schedule in USES_EPOCHS)
        self.form.set_row_visible("initialization_scale", plan.initialization in USES_SCALE)
        self.form.set_row_visible("bias_initialization", plan.initialization != "default")
        self.form.set_row_visible("l1_rule", plan.l1 > 0)
        self.form.set_row_visible("min_delta", plan.patience > 0)

    def _edit(self, name: str, value: object) -> None:
        label = next(_(one.label) for one in TRAINING_SETTINGS if one.name == name)
        self.store.edit(
            _("Change {setting}").format(setting=label),
            edits.set_training(self.store.project, **{name: value}),
            f"training.{name}",
        )
