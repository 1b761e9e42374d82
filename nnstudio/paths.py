"""Where files live: the resources that travel with the program and the user's own folders."""

import os
from pathlib import Path

import platformdirs

APPLICATION = "nnstudio"


def resources() -> Path:
    """The folder of icons, examples and translations: inside an installed package, beside it in a clone."""
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if os.path.isdir(installed) else package.parent / "resources"  # noqa: PTH112


def examples() -> Path:
    """The folder of the example projects."""
    return resources() / "examples"


def lessons() -> Path:
    """The folder of the lessons."""
    return resources() / "lessons"


def icon() -> Path:
    """The drawing that is the program's icon."""
    return resources() / "icons" / "nnstudio.svg"


def recovery_folder() -> Path:
    """The folder in which unsaved work is kept safe; it may not exist yet."""
    return platformdirs.user_state_path(APPLICATION) / "recovery"


def locks_folder() -> Path:
    """The folder in which programs note what they hold alone; it may not exist yet."""
    return platformdirs.user_state_path(APPLICATION) / "locks"


def runtime_folder() -> Path:
    """The folder of the sockets of running programs: the system's for this user where it gives one that is closed to
    others, whose names are short; else that of the locks."""
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    try:
        found = os.stat(given)  # noqa: PTH116
    except OSError:
        return locks_folder()
    is_ours = hasattr(os, "getuid") and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return Path(given) if is_ours else locks_folder()


def pasted_folder() -> Path:
    """Where tables are kept that were pasted."""
    return Path(platformdirs.user_data_dir("nnstudio", appauthor=False)) / "pasted"


def log_folder() -> Path:
    """The folder of what went wrong; it may not exist yet."""
    return platformdirs.user_log_path(APPLICATION)


def home() -> Path:
    """The user's own folder, where file dialogs begin; the current one for a user of whom the system knows none."""
    try:
        return Path.home()
    except RuntimeError:
        return Path.cwd()


def allowed_data_file() -> Path:
    """The file of which project may read which data outside its folder; it may not exist yet."""
    return settings_file().with_name("allowed-data.json")


def settings_file() -> Path:
    """The file of the user's own choices (language, recent files); its folder may not exist yet."""
    return platformdirs.user_config_path(APPLICATION) / "settings.ini"
