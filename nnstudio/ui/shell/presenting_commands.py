"""The commands of presenter mode: single keys, as pdfpc and reveal.js have them, that are heard in this mode alone."""

from nnstudio.text import mark
from nnstudio.ui.shell.command import PRESENTING, Command


def command(name: str, text: str, help: str, *keys: str) -> Command:
    return Command(name, PRESENTING, text, help, keys, everywhere=True)


PRESENT = command(
    "actionPresent",
    mark("&Presenter mode"),
    mark("Show everything large and with strong contrast, for a class; the same key ends it"),
    "F11",
)
LESSON_COMMANDS = (
    command(
        "actionPresentNext",
        mark("&Next step"),
        mark("Presenting: the next step of the lesson"),
        "Space",
        "PgDown",
    ),
    command(
        "actionPresentBack",
        mark("Step &back"),
        mark("Presenting: the step of the lesson before this one"),
        "Left",
        "PgUp",
    ),
)
"""There while a lesson is given."""
TOOL_COMMANDS = (
    command("actionSpotlight", mark("Spot&light"), mark("Presenting: darken all but what is at the pointer"), "L"),
    command("actionPen", mark("&Pen"), mark("Presenting: draw over the window; the keys go on working"), "P"),
    command("actionPenUndo", mark("&Take a stroke back"), mark("Presenting: remove the last stroke"), "U"),
    command("actionPenClear", mark("&Clear the drawing"), mark("Presenting: remove all strokes"), "C"),
    command("actionMagnify", mark("&Magnify"), mark("Presenting: magnify what is at the pointer"), "Z"),
    command("actionFreeze", mark("&Freeze"), mark("Presenting: the class sees this picture while you prepare"), "F"),
    command("actionBlackScreen", mark("Bl&ack screen"), mark("Presenting: show nothing, in black"), "B", "."),
    command("actionWhiteScreen", mark("&White screen"), mark("Presenting: show nothing, in white"), "W", ","),
    command(
        "actionNotesWindow",
        mark("Not&es window"),
        mark("Presenting: your notes, the next step, a clock and the predictions, in a window of their own"),
        "S",
    ),
)
SHOW_COMMANDS = (
    command("actionShowAll", mark("Network and views"), mark("Presenting: the network over the views"), "1"),
    command("actionShowNetwork", mark("Network alone"), mark("Presenting: the network alone"), "2"),
    command("actionShowLoss", mark("Loss"), mark("Presenting: the loss alone"), "3"),
    command("actionShowAccuracy", mark("Accuracy"), mark("Presenting: the accuracy alone"), "4"),
    command("actionShowDropout", mark("Dropout"), mark("Presenting: the loss with dropout on and off alone"), "5"),
    command("actionShowBoundary", mark("Decision boundary"), mark("Presenting: the decision boundary alone"), "6"),
    command("actionShowGradients", mark("Gradients"), mark("Presenting: the gradients alone"), "7"),
    command("actionShowConfusion", mark("Confusion matrix"), mark("Presenting: the confusion matrix alone"), "8"),
    command("actionShowLab", mark("Next open lab"), mark("Presenting: the next lab that is open"), "9"),
    command("actionShowSettings", mark("Settings"), mark("Presenting: the panels of settings, or no longer"), "0"),
)
"""What digits go to."""
END_TOOL = command("actionEndTool", mark("&End the tool"), mark("Presenting: end what lies over the window"), "Esc")
"""There while a tool is on."""
SHOWN_VIEWS = {
    "actionShowLoss": "loss",
    "actionShowAccuracy": "accuracy",
    "actionShowDropout": "dropout",
    "actionShowBoundary": "boundary",
    "actionShowGradients": "gradients",
    "actionShowConfusion": "confusion",
}
"""The views by the commands that show them alone."""

PRESENTING_COMMANDS = (PRESENT, *LESSON_COMMANDS, *TOOL_COMMANDS, *SHOW_COMMANDS, END_TOOL)
