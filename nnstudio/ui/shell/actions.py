"""Every command of the window: its name, shortcut, icon and words, declared in one table."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.labs.opened import LABS
from nnstudio.ui.live.opened import VIEWS
from nnstudio.ui.look import theme
from nnstudio.ui.shell.command import EDIT, FILE, HELP, INSIDE, LESSON, TRAINING, VIEW, Command
from nnstudio.ui.shell.preferences import Preferences
from nnstudio.ui.shell.presenting_commands import PRESENTING_COMMANDS
from nnstudio.ui.shell.study_commands import STUDY_COMMANDS

Standard = QKeySequence.StandardKey


COMMANDS: tuple[Command, ...] = (
    Command("actionNew", FILE, mark("&New"), mark("Begin an empty project"), (Standard.New,), "mdi6.file-outline"),
    Command(
        "actionOpen", FILE, mark("&Open …"), mark("Open a project file"), (Standard.Open,), "mdi6.folder-open-outline"
    ),
    Command("actionNewWindow", FILE, mark("New win&dow"), mark("Open a second window, for another project")),
    Command(
        "actionWelcome",
        FILE,
        mark("Welcome pa&ge"),
        mark("New, open, recent projects, examples and lessons on one page"),
    ),
    Command(
        "actionOpenPlayground",
        FILE,
        mark("Open a Playground &link …"),
        mark("Open what a link of TensorFlow Playground stands for: same points, same first weights, same curve"),
    ),
    Command("actionSave", FILE, mark("&Save"), mark("Save the project"), (Standard.Save,), "mdi6.content-save-outline"),
    Command("actionSaveAs", FILE, mark("Save &as …"), mark("Save the project under another name"), ("Ctrl+Shift+S",)),
    Command(
        "actionPutAside",
        FILE,
        mark("&Work put aside …"),
        mark("Show unsaved work of earlier times that was not opened at a start"),
        (),
    ),
    Command(
        "actionExport",
        FILE,
        mark("&Export …"),
        mark("Write the newest run for other programs: a PyTorch script, ONNX, weights, its curve"),
        ("Ctrl+E",),
    ),
    Command(
        "actionImportWeights",
        FILE,
        mark("I&mport weights …"),
        mark("Make a run of the weights of another program, as far as they fit the drawing, to use it and look inside"),
    ),
    Command(
        "actionSavePicture",
        FILE,
        mark("Save &picture …"),
        mark("Write the drawn network as SVG, PDF or PNG, in light colours for print"),
        ("Ctrl+Shift+P",),
    ),
    Command(
        "actionCopyPlayground",
        FILE,
        mark("Copy as Playground l&ink"),
        mark(
            "Put a link of TensorFlow Playground that says this project on the clipboard, and tell what it cannot say"
        ),
    ),
    Command(
        "actionPutOnSheet",
        FILE,
        mark("Put into the re&port"),
        mark("Put a picture of the plot, lab or canvas that is looked at into the report, to come back to"),
        ("Ctrl+Alt+S",),
        everywhere=True,
    ),
    Command(
        "actionSheet",
        FILE,
        mark("&Report …"),
        mark("What was done and found, with comments and what was put in; write it as HTML to hand in, or as PDF"),
        ("Ctrl+Alt+H",),
    ),
    Command("actionQuit", FILE, mark("&Quit"), mark("Close the window"), ("Ctrl+Q",)),
    Command("actionUndo", EDIT, mark("&Undo"), mark("Take the last edit back"), (Standard.Undo,), "mdi6.undo"),
    Command(
        "actionRedo", EDIT, mark("&Redo"), mark("Bring the undone edit back"), (Standard.Redo, "Ctrl+Y"), "mdi6.redo"
    ),
    Command("actionCut", EDIT, mark("Cu&t"), mark("Move the selected layers to the clipboard"), (Standard.Cut,)),
    Command("actionCopy", EDIT, mark("&Copy"), mark("Copy the selected layers to the clipboard"), (Standard.Copy,)),
    Command(
        "actionPaste",
        EDIT,
        mark("&Paste"),
        mark("Add the layers on the clipboard, or open the Playground link there"),
        (Standard.Paste,),
    ),
    Command(
        "actionDuplicate", EDIT, mark("D&uplicate"), mark("Copies of the selected layers beside them"), ("Ctrl+D",)
    ),
    Command("actionRename", EDIT, mark("Re&name"), mark("Rename the selected layer where it stands"), ("F2",)),
    Command("actionLink", EDIT, mark("Lin&k to …"), mark("Link the selected layer to another one"), ("Ctrl+K",)),
    Command(
        "actionDelete",
        EDIT,
        mark("&Delete"),
        mark("Delete the selected layers and links"),
        ("Del", "Backspace"),
        "mdi6.delete-outline",
    ),
    Command("actionNote", EDIT, mark("Add a n&ote"), mark("Write on the canvas"), ("Ctrl+Shift+N",)),
    Command("actionFrame", EDIT, mark("&Frame"), mark("Put a titled box around what is selected"), ("Ctrl+G",)),
    Command("actionFind", EDIT, mark("&Find …"), mark("Find a layer on the canvas by its name"), (Standard.Find,)),
    Command("actionSelectAll", EDIT, mark("Select &all"), mark("Select all layers"), (Standard.SelectAll,)),
    Command(
        "actionArrange",
        VIEW,
        mark("&Arrange"),
        mark("Lay the layers out from left to right"),
        ("Ctrl+L",),
        "mdi6.auto-fix",
    ),
    Command(
        "actionZoomIn",
        VIEW,
        mark("Zoom &in"),
        mark("Show the network larger"),
        ("Ctrl++", "Ctrl+="),
        "mdi6.magnify-plus-outline",
    ),
    Command(
        "actionZoomOut",
        VIEW,
        mark("Zoom &out"),
        mark("Show the network smaller"),
        ("Ctrl+-",),
        "mdi6.magnify-minus-outline",
    ),
    Command(
        "actionZoomSelection", VIEW, mark("Zoom to s&election"), mark("Show the selected layers large"), ("Ctrl+9",)
    ),
    Command(
        "actionZoomFit", VIEW, mark("&Fit"), mark("Show the whole network"), ("Ctrl+0",), "mdi6.fit-to-page-outline"
    ),
    Command(
        "actionTextLarger",
        VIEW,
        mark("&Larger text"),
        mark("Write everything larger"),
        ("Ctrl+Shift++", "Ctrl+Shift+="),
    ),
    Command(
        "actionTextSmaller", VIEW, mark("S&maller text"), mark("Write everything smaller"), ("Ctrl+Shift+-", "Ctrl+_")
    ),
    Command(
        "actionTextUsual",
        VIEW,
        mark("&Usual text size"),
        mark("Write everything as large as at first"),
        ("Ctrl+Shift+0",),
    ),
    Command(
        "actionNeurons",
        VIEW,
        mark("&Neurons and weights"),
        mark("Draw layers of up to 16 units neuron by neuron, with their weights as width and colour"),
        ("Ctrl+U",),
        "mdi6.graph-outline",
        switch=True,
    ),
    Command(
        "actionFormula",
        VIEW,
        mark("Fo&rmula"),
        mark("Write the whole network as a formula under the canvas"),
        ("Ctrl+Shift+F",),
        switch=True,
    ),
    Command(
        "actionMiniMap",
        VIEW,
        mark("&Map"),
        mark("Show a small map of a network that is larger than the view"),
        ("Ctrl+Shift+M",),
        switch=True,
    ),
    Command(
        "actionGrid",
        VIEW,
        mark("Snap to the &grid"),
        mark("What is moved or dropped goes to the nearest point of the grid"),
        ("Ctrl+Shift+G",),
        switch=False,
    ),
    Command(
        "actionLargeViews",
        VIEW,
        mark("La&rge views"),
        mark("Give the views of learning all the room in the middle, for a class to see"),
        ("Ctrl+Shift+V",),
        switch=False,
    ),
    Command(
        "actionLogLoss",
        VIEW,
        mark("&Logarithmic loss"),
        mark("Draw losses on a logarithmic axis: small differences late in training show up"),
        ("Ctrl+Shift+L",),
        switch=False,
    ),
    Command(
        "actionIterations",
        VIEW,
        mark("&Iterations along the axis"),
        mark("Count iterations below the curves and not epochs"),
        ("Ctrl+Shift+I",),
        switch=False,
    ),
    *(
        Command(one.command, VIEW, one.text, one.help, one.keys, switch=False)
        for view in VIEWS.values()
        if (one := view.switch) is not None
    ),
    Command(
        "actionTrain", TRAINING, mark("&Train"), mark("Train the network, or go on after a pause"), ("F5",), "mdi6.play"
    ),
    Command("actionPause", TRAINING, mark("&Pause"), mark("Pause after this batch"), ("F6",), "mdi6.pause"),
    Command(
        "actionStop",
        TRAINING,
        mark("&Stop"),
        mark("End after this batch and keep what was learnt"),
        ("F7",),
        "mdi6.stop",
    ),
    Command(
        "actionStepBatch",
        TRAINING,
        mark("One &batch"),
        mark("Train on one batch, then pause"),
        ("F8",),
        "mdi6.skip-next-outline",
    ),
    Command(
        "actionStepEpoch",
        TRAINING,
        mark("One &epoch"),
        mark("Train to the end of this epoch, then pause"),
        ("F9",),
        "mdi6.skip-forward-outline",
    ),
    Command("actionReset", TRAINING, mark("&Reset"), mark("Back to before the first step"), ("F10",), "mdi6.restart"),
    Command(
        "actionCarryOn",
        TRAINING,
        mark("&Carry on past the stop"),
        mark("Go on with the run that has ended, just where it stood, without early stopping"),
        ("Shift+F5",),
    ),
    Command(
        "actionSameStart",
        TRAINING,
        mark("Same st&art"),
        mark("Train again from the same initial weights"),
        ("Ctrl+F5",),
        "mdi6.repeat",
    ),
    Command(
        "actionNewSeed",
        TRAINING,
        mark("&New seed"),
        mark("Train from other initial weights: the seed goes up by one"),
        ("Ctrl+F6",),
        "mdi6.dice-5-outline",
    ),
    Command(
        "actionTenSeeds",
        TRAINING,
        mark("Ten see&ds"),
        mark("Train from ten starts at once, and draw their median and range"),
        ("Ctrl+F7",),
        "mdi6.dice-multiple-outline",
    ),
    *STUDY_COMMANDS,
    Command(
        "actionTestSet",
        TRAINING,
        mark("Te&st set …"),
        mark("Whether the test set is sealed, how often it was opened and for which runs, and what changed since"),
        ("Ctrl+Alt+T",),
        "mdi6.lock-outline",
    ),
    Command(
        "actionOpenTestSet",
        TRAINING,
        mark("&Open the test set …"),
        mark("Write down what you expect, and measure a run on the test part: it is counted"),
        ("Ctrl+Alt+O",),
    ),
    Command(
        "actionDataRoom",
        INSIDE,
        mark("&Data room …"),
        mark("The whole table, how it is read, what each column is for and what becomes of it"),
        ("Ctrl+Alt+D",),
    ),
    *(Command(lab.command, INSIDE, lab.text, lab.help, lab.keys) for lab in LABS.values()),
    *PRESENTING_COMMANDS,
    Command(
        "actionLessons",
        LESSON,
        mark("&Lessons"),
        mark("Show the lessons, or the one under way; or put the panel away"),
        ("F3",),
        "mdi6.school-outline",
    ),
    Command("actionLessonFile", LESSON, mark("&Open a lesson file …"), mark("Begin a lesson that is a file"), ()),
    Command(
        "actionNextStep",
        LESSON,
        mark("&Next step"),
        mark("On to what comes next in the lesson, whatever it waits for"),
        ("Alt+Right",),
    ),
    Command(
        "actionStepBack", LESSON, mark("&Back one step"), mark("The step before, as the project is now"), ("Alt+Left",)
    ),
    Command(
        "actionRestartStep",
        LESSON,
        mark("&This step from its start"),
        mark("Bring back the project as the step began, and ask again"),
        ("F4",),
    ),
    Command("actionLeaveLesson", LESSON, mark("&Leave the lesson"), mark("End it; what you made stays"), ()),
    Command(
        "actionRecordStep",
        LESSON,
        mark("&Record a step"),
        mark("Make a lesson by doing: what is done next becomes the goal of a step; again, and the step ends"),
        ("Shift+F3",),
        "mdi6.record-circle-outline",
    ),
    Command("actionNewLesson", LESSON, mark("N&ew lesson"), mark("Begin to make a lesson"), ()),
    Command("actionEditLesson", LESSON, mark("E&dit a lesson …"), mark("Go on with a lesson that is a file"), ()),
    Command(
        "actionAbout", HELP, mark("&About nnstudio"), mark("What this is, its version, and what it is made of"), ()
    ),
    Command("actionShortcuts", HELP, mark("&Shortcuts"), mark("List every command and its keys"), ("F1", "?")),
)


class Actions(dict[str, QAction]):
    """The window's actions by name, made from the table; `bind` says what they do.

    How a switch was left is remembered in the preferences.
    """

    def __init__(self, window: QWidget, preferences: Preferences) -> None:
        super().__init__()
        for command in COMMANDS:
            action = QAction(_(command.text), window)
            action.setObjectName(command.name)
            # Each once: what is standard on a system may be what is typed out beside it, and twice means neither.
            keys = {QKeySequence(one).toString(): QKeySequence(one) for one in command.keys}
            action.setShortcuts(list(keys.values()))
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{_(command.help)} ({shown})" if shown else _(command.help))
            action.setStatusTip(_(command.help))
            if command.everywhere:
                action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
            if command.switch is not None:
                action.setCheckable(True)
                action.setChecked(preferences.is_on(command.name, command.switch))
                action.toggled.connect(partial(preferences.set_on, command.name))
            window.addAction(action)
            self[command.name] = action
        self.apply_theme()

    def bind(
        self, functions: Mapping[str, Callable[[], object]], switches: Mapping[str, Callable[[bool], object]]
    ) -> None:
        """Connect every action with its function or switch, which must all be there, and turn the switches as they
        were left."""
        for command in COMMANDS:
            action = self[command.name]
            if command.switch is not None:
                switch = switches[command.name]
                action.toggled.connect(switch)
                switch(action.isChecked())
            else:
                function = functions[command.name]
                action.triggered.connect(lambda checked=False, function=function: function())

    def apply_theme(self) -> None:
        """Take icons in the colours of light or dark."""
        for command in COMMANDS:
            if command.icon:
                self[command.name].setIcon(theme.icon(command.icon))

    def of_menu(self, menu: str) -> list[QAction]:
        return [self[command.name] for command in COMMANDS if command.menu == menu]
