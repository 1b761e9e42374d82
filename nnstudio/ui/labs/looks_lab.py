"""What a map looks for: the training patches that excite it most, and what of a picture an answer hangs on."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.background import lab_jobs
from nnstudio.ui.background.training_jobs import Control, Mode
from nnstudio.ui.labs.lab import Lab
from nnstudio.ui.labs.occlusion_page import OcclusionPage
from nnstudio.ui.labs.page import Page
from nnstudio.ui.labs.patches_page import PatchesPage
from nnstudio.ui.look.fitting import resize_on_screen
from nnstudio.ui.training.trainer import Trainer

if TYPE_CHECKING:
    from nnstudio.ui.background.results import BestPatches, Occlusion


class LooksLab(Lab):
    """Two pages, of which the one in front asks."""

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(trainer, parent, _("What a map looks for"), "")
        self.setObjectName("looksLab")
        self.patches, self.occlusion = PatchesPage(), OcclusionPage()
        self._control = Control()
        self._asked_for: tuple[object, ...] = ()
        """What is being asked, whatever the weights."""
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.patches, _("Patches"))
        self.tabs.addTab(self.occlusion, _("Occlusion"))
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self.tabs.currentChanged.connect(self._turn)
        self.patches.layer_chosen.connect(self.refresh)
        self.occlusion.asked.connect(self.refresh)
        resize_on_screen(self, 1120, 600)
        self._introduce()
        self.page.first_focus().setFocus()
        self.look()

    @property
    def page(self) -> Page:
        """The page in front."""
        return self.occlusion if self.tabs.currentIndex() else self.patches

    def _turn(self) -> None:
        self._introduce()
        self.page.first_focus().setFocus()
        self.refresh()

    def _introduce(self) -> None:
        if self.page is self.patches:
            words = _(
                "Each map of a convolution answers to one pattern, which nobody has told it. These are the parts of "
                "the training pictures for which its value is largest, each of another sample, cut to what the value "
                "is computed from. Before a training they have little in common; look again after it."
            )
        else:
            words = _(
                "A grey square is moved over the picture, and the network is asked each time. Orange: with the square "
                "there the true class becomes less likely, so the answer hangs on that place; blue: more likely. "
                "Beside it the gradient, which tells the same for the smallest change of a pixel."
            )
        self.introduction.setText(words)

    # --- what is asked ----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if self.dataset is None or self.run_shown is None:
            return
        if self.page is self.patches:
            self._ask_patches()
        else:
            self._ask_occlusion()

    def _begin(self, *asked_for: object) -> Control:
        """Let go of what is still being computed about something else; what is about the same with older weights
        ends by itself, so that there is an answer however fast a network learns."""
        asked_for = (self._subject(), *asked_for)
        if asked_for != self._asked_for:
            self._control.command(Mode.STOP)
            self._asked_for = asked_for
        self._control = Control() if self._control.is_stopped else self._control
        return self._control

    def _ask_patches(self) -> None:
        assert self.run_shown is not None and self.dataset is not None
        layer = self.patches.chosen_layer()
        control = self._begin("patches", layer)
        question = partial(lab_jobs.best_patches_of, self.run_shown, self.dataset, layer, control)
        self.ask_in_turn(question, partial(self._show_patches, self._asked_for))

    def _show_patches(self, asked_for: tuple[object, ...], found: "BestPatches") -> None:
        if asked_for == self._asked_for and self.dataset is not None and self.run_shown is not None:
            self.patches.show_patches(found, self.dataset, self.run_shown.network)

    def _ask_occlusion(self) -> None:
        assert self.run_shown is not None and self.dataset is not None
        picker = self.occlusion.picker
        picker.show_dataset(self.dataset)
        is_class = self.dataset.preparation.task == "class"
        inputs, true, size = picker.inputs(), picker.true_class() if is_class else 0, self.occlusion.size_of.value()
        control = self._begin("occlusion", picker.row, size)
        question = partial(lab_jobs.occlusion_of, self.run_shown, self.dataset, inputs, true, size, control)
        self.ask_in_turn(question, partial(self._show_occlusion, self._asked_for))

    def _show_occlusion(self, asked_for: tuple[object, ...], found: "Occlusion") -> None:
        if asked_for == self._asked_for and self.run_shown is not None:
            self.occlusion.show_occlusion(found, self.run_shown.preparation)

    def _failed(self, question: int, message: str) -> None:
        """What one page cannot show, the other may."""
        if self.run_shown is None:
            super()._failed(question, message)
        elif question == self._question:
            self.message.hide()
            self.content.show()
            self.page.say(message)

    def done(self, result: int) -> None:
        self._control.command(Mode.STOP)
        super().done(result)
