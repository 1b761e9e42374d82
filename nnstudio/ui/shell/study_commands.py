"""The commands for studies."""

from nnstudio.text import mark
from nnstudio.ui.shell.command import TRAINING, Command

STUDY_COMMANDS = (
    Command(
        "actionNewStudy",
        TRAINING,
        mark("Ne&w study …"),
        mark("Say which settings vary, over which values, and with how many seeds"),
        ("Ctrl+Alt+N",),
    ),
    Command(
        "actionRunStudy",
        TRAINING,
        mark("R&un study"),
        mark("Train what is missing of the study that is selected"),
        ("Ctrl+Shift+F5",),
    ),
    Command(
        "actionStopStudy",
        TRAINING,
        mark("St&op study"),
        mark("Give up what is under way; the trials there are stay, and it goes on later from there"),
        ("Ctrl+Shift+F7",),
    ),
    Command(
        "actionStudyRoom",
        TRAINING,
        mark("Stud&y room …"),
        mark("All that came of a study, in a window of its own"),
        ("Ctrl+Alt+Y",),
    ),
)
