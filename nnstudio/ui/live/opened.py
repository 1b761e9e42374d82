"""The views of learning there are, in the order in which they stand beside each other and in the menu."""

from nnstudio.ui.live import (
    accuracy_view,
    boundary_view,
    confusion_view,
    dropout_view,
    gradients_view,
    loss_view,
)
from nnstudio.ui.live.view import ViewType

MODULES = (
    loss_view,
    accuracy_view,
    dropout_view,
    boundary_view,
    gradients_view,
    confusion_view,
)
"""To add a view: write its module with its `VIEW`, and name the module here."""

VIEWS: dict[str, ViewType] = {module.VIEW.name: module.VIEW for module in MODULES}
