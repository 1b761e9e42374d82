"""The page of settings: every setting of training and data, by the name under which `--set` and files know it."""

from docs.extension.tables import parameter_table
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.text import translate as _


def page() -> str:
    """All of them, in the order of the forms."""
    training = parameter_table(TRAINING_SETTINGS, "training.")
    data = parameter_table(DATA_SETTINGS, "data.")
    return f"## {_('Training')}\n\n{training}\n## {_('Data')}\n\n{data}"
