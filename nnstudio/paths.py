"""Where files live: the resources that travel with the program and the user's own folders."""

from pathlib import Path

import platformdirs

APPLICATION = "nnstudio"


def resources() -> Path:
    """The folder of icons, examples and translations: inside an installed package, beside it in a clone."""
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def examples() -> Path:
    """The folder of the example projects."""
    return resources() / "examples"


def recovery_folder() -> Path:
    """The folder in which unsaved work is kept safe; it may not exist yet."""
    return platformdirs.user_state_path(APPLICATION) / "recovery"


def log_folder() -> Path:
    """The folder of what went wrong; it may not exist yet."""
    return platformdirs.user_log_path(APPLICATION)


def allowed_data_file() -> Path:
    """The file of which project may read which data outside its folder; it may not exist yet."""
    return settings_file().with_name("allowed-data.json")


def settings_file() -> Path:
    """The file of the user's own choices (language, recent files); its folder may not exist yet."""
    return platformdirs.user_config_path(APPLICATION) / "settings.ini"
