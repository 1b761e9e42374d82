"""Where a lesson stands, as a value: which step, what it waits for, and what was predicted."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum

from nnstudio.lessons.measures import said, shown
from nnstudio.lessons.model import Ask, Choice, Lesson, Number, Order, Star, Step
from nnstudio.project.model import Prediction

LETTERS = "ABCDEFGHIJKL"
"""What curves to put in order are called, on the plot too."""


class Phase(Enum):
    """What a step waits for: an answer, a second one behind a talk, that it is done, or that one reads on."""

    ASK = "ask"
    ASK_AGAIN = "ask_again"
    DO = "do"
    REVEAL = "reveal"


@dataclass(frozen=True)
class Progress:
    """A lesson under way. `id` is its name; `predictions` are all that were made in it so far, in order."""

    id: str
    lesson: Lesson
    place: int = 0
    phase: Phase = Phase.DO
    predictions: tuple[Prediction, ...] = ()

    @property
    def step(self) -> Step:
        return self.lesson.steps[self.place]

    @property
    def is_last(self) -> bool:
        return self.place == len(self.lesson.steps) - 1

    @property
    def prediction(self) -> Prediction | None:
        """The newest prediction of this step."""
        made = [one for one in self.predictions if (one.lesson, one.step) == (self.id, self.step.id)]
        return made[-1] if made else None


def begin(id: str, lesson: Lesson, predictions: tuple[Prediction, ...] = ()) -> Progress:
    return entered(Progress(id, lesson, predictions=predictions), 0)


def entered(progress: Progress, place: int) -> Progress:
    """At another step: it asks, unless its answer is there already."""
    place = min(max(0, place), len(progress.lesson.steps) - 1)
    at = replace(progress, place=place)
    return replace(at, phase=Phase.ASK if at.step.ask and at.prediction is None else Phase.DO)


def predicted(progress: Progress, prediction: Prediction) -> Progress:
    """With an answer; a step that asks again does so now."""
    ask, kept = progress.step.ask, (*progress.predictions, prediction)
    asks_again = progress.phase is Phase.ASK and ask is not None and ask.again
    return replace(progress, predictions=kept, phase=Phase.ASK_AGAIN if asks_again else Phase.DO)


def met(progress: Progress) -> Progress:
    """Its goal is met: what is behind it is said."""
    return replace(progress, phase=Phase.REVEAL) if progress.phase is Phase.DO else progress


def unmet(progress: Progress) -> Progress:
    """Its goal is not met any more."""
    return replace(progress, phase=Phase.DO) if progress.phase is Phase.REVEAL else progress


def gone_on(progress: Progress) -> Progress:
    """On, whatever it waits for: behind a question to the step itself, then to what is behind it, then to the next."""
    if progress.phase in (Phase.ASK, Phase.ASK_AGAIN):
        return replace(progress, phase=Phase.DO)
    if progress.phase is Phase.DO and progress.step.reveal:
        return replace(progress, phase=Phase.REVEAL)
    return entered(progress, progress.place + 1)


def made_now(
    progress: Progress,
    choice: str = "",
    number: float | None = None,
    order: tuple[str, ...] = (),
    curve: tuple[tuple[float, float], ...] = (),
) -> Prediction:
    """An answer to the question of this step, with the time."""
    attempt = 2 if progress.phase is Phase.ASK_AGAIN else 1
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Prediction(progress.id, progress.step.id, now, attempt, choice, number, order, curve)


# --- in words -------------------------------------------------------------------------------------------------------


def prediction_text(ask: Ask, prediction: Prediction) -> str:
    """What was predicted, in words, without a judgement."""
    match ask:
        case Choice():
            return next((said(one.text) for one in ask.options if one.id == prediction.choice), prediction.choice)
        case Order():
            names = dict(zip((one.id for one in ask.curves), LETTERS, strict=False))
            return " < ".join(names.get(id, id) for id in prediction.order)
        case Number() | Star():
            return shown(prediction.number) if prediction.number is not None else ""
    return ""
