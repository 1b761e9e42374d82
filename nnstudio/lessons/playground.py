"""What a link of TensorFlow Playground hides from its page, as a lesson of one step that puts the same away here."""

from collections.abc import Collection

from nnstudio.lessons import names
from nnstudio.lessons.model import Lesson, Step, Words
from nnstudio.text import LANGUAGES, mark, translate_into

COMMANDS_OF = {
    "playButton": ("actionTrain", "actionPause", "actionStop", "actionSameStart", "actionNewSeed", "actionTenSeeds"),
    "stepButton": ("actionStepBatch", "actionStepEpoch"),
    "resetButton": ("actionReset",),
}
"""Our commands by the controls of its page."""
PANELS_OF = {
    "dataPanel": {"dataset", "noise", "percTrainData"},
    "trainingPanel": {"learningRate", "regularization", "regularizationRate", "batchSize"},
    "palette": {"numHiddenLayers"},
}
"""Our panels, each with the controls that stand in it: away where all of them are."""


def hiding_lesson(hidden: Collection[str]) -> Lesson | None:
    """The lesson for what a link hides; None where we have none of it, or it can be put away in part only."""
    barred = {command for name in hidden for command in COMMANDS_OF.get(name, ())}
    away = {panel for panel, controls in PANELS_OF.items() if controls <= set(hidden)}
    if not barred and not away:
        return None
    text = mark("As on the page of this link, some controls are put away. Esc brings them back.")
    step = Step(
        "playground",
        in_all_languages("TensorFlow Playground"),
        in_all_languages(text),
        show=tuple(name for name in names.PANELS if name not in away) if away else (),
        allow=tuple(name for name in names.COMMANDS if name not in barred) if barred else (),
    )
    return Lesson(step.title, (step,))


def in_all_languages(text: str) -> Words:
    return {code: translate_into(code, text) for code in LANGUAGES}
