"""A lesson as presenter mode drives it: Space goes on, and does what the step asks for where nobody else does."""

from nnstudio.lessons.measures import filled, numbers, said
from nnstudio.lessons.progress import Phase
from nnstudio.text import translate as _
from nnstudio.ui.lessons.player import LessonPlayer
from nnstudio.ui.lessons.told import Told


class LessonTalk:
    """The lesson under way, of which there must be one."""

    def __init__(self, player: LessonPlayer) -> None:
        self.player = player
        self._done_for: tuple[int, Phase] | None = None

    def go_on(self) -> None:
        """On; a step that waits for something to be done has it done first, once."""
        player = self.player
        if player.progress is None or player.trainer.is_active:
            return
        here = player.progress.place, player.phase
        waits = player.phase is Phase.DO and bool(player.goals) and not player.is_met
        if waits and self._done_for != here:
            self._done_for = here
            player.perform()
        else:
            player.go_on()

    def go_back(self) -> None:
        self._done_for = None
        self.player.go_back()

    def _behind(self) -> str:
        """What is said behind the run; before it with dashes in the places of its numbers."""
        player = self.player
        words = said(player.step.reveal)
        waits = player.trains and not player.ended_runs()
        return filled(words, numbers(player.store.project, None, {})) if waits else player.text(words)

    def told(self) -> Told:
        """What the teacher is told."""
        progress = self.player.progress
        if progress is None:
            return Told("")
        steps, place, step = progress.lesson.steps, progress.place, progress.step
        title = _("Step {number} of {count}").format(number=place + 1, count=len(steps))
        following = said(steps[place + 1].title) if place + 1 < len(steps) else _("the end")
        made = sum(one.step == step.id for one in progress.predictions)
        notes = "\n\n".join(part for part in (said(step.notes), self._behind()) if part)
        told = f"{title}: {said(step.title)}\n{self.player.text(said(step.text))}"
        return Told(told, notes, following, made if step.ask else None)
