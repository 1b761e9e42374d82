"""What digits go to while presenting: the network, one view of learning, a lab, the settings."""

from collections.abc import Callable

from nnstudio.text import translate as _
from nnstudio.ui.labs.opened import Labs
from nnstudio.ui.live.opened import VIEWS
from nnstudio.ui.presenting.places import Stage
from nnstudio.ui.shell.presenting_commands import SHOWN_VIEWS

ALL, NETWORK, LAB, SETTINGS = "actionShowAll", "actionShowNetwork", "actionShowLab", "actionShowSettings"


class Showing:
    """What has the room of the window while it is in presenter mode; outside it the switches of the menu decide."""

    def __init__(self, labs: Labs, say: Callable[[str], object]) -> None:
        self.labs = labs
        self.say = say
        self.shown = ALL
        self.with_settings = False
        self.stage: Stage | None = None
        self._lab = ""

    def begin(self) -> None:
        """The network over the views, and nothing beside them."""
        self.shown, self.with_settings = ALL, False

    def follow(self, stage: Stage, is_on: bool) -> None:
        """There are other views in the window."""
        self.stage = stage
        if is_on:
            self._show()

    def show(self, name: str) -> None:
        """Do what a digit's command says."""
        if name == LAB:
            self._next_lab()
        elif name == SETTINGS:
            self._toggle_settings()
        elif name in SHOWN_VIEWS and self.stage is not None and not self.stage.plots.has_content():
            self.say(_("Nothing to see yet: train the network first."))
        else:
            self.shown = name
            self._show()

    def _show(self) -> None:
        assert self.stage is not None
        plots, actions = self.stage.plots, self.stage.actions
        wanted = SHOWN_VIEWS.get(self.shown)
        for view in SHOWN_VIEWS.values():
            switch = VIEWS[view].switch
            if switch is not None:
                plots.show_view(view, view == wanted or actions[switch.command].isChecked())
        plots.put_away(self.shown == NETWORK)
        plots.show_alone(wanted)
        has_room = actions["actionLargeViews"].isChecked() if self.shown == ALL else wanted is not None
        self.stage.arrangement.drawing.setVisible(not has_room)
        if wanted is not None and plots.plot(wanted).isHidden() and wanted != "boundary":  # its points come later
            self.say(_("This view has nothing to show of this network."))

    def _next_lab(self) -> None:
        names = list(self.labs.open)
        if not names:
            self.say(_("No lab is open: the menu Inside has them."))
            return
        self._lab = names[(names.index(self._lab) + 1) % len(names)] if self._lab in names else names[0]
        self.labs.show(self._lab)

    def _toggle_settings(self) -> None:
        assert self.stage is not None
        self.with_settings = not self.stage.arrangement.tabs.isVisible()
        self.stage.arrangement.show_sides(palette=False, settings=self.with_settings)
