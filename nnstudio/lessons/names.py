"""The names of the window that a lesson may use: commands, and things that can be shown or pointed at.

They stand here so that a lesson can be checked without a screen; tests/ui/test_lesson_names.py holds them against the
window itself.
"""

from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.settings import TRAINING_SETTINGS

PLOTS = ("plotLoss", "plotAccuracy", "plotDropout", "plotBoundary", "plotConfusion", "plotGradients")
PANELS = ("canvas", "palette", "inspector", "trainingPanel", "dataPanel", "plots", "runs", "formulaBar")
SETTINGS_PANELS = ("trainingPanel", "inspector", "dataPanel", "runs")
"""Those of them that are pages of the tabs at the right."""
LABS = {
    "chainLab": "actionChainLab",
    "softmaxLab": "actionSoftmaxLab",
    "mapsLab": "actionMapsLab",
    "looksLab": "actionLooksLab",
    "layersLab": "actionLayersLab",
    "hintonLab": "actionHintonLab",
    "mistakesLab": "actionErrorsLab",
    "thresholdLab": "actionThresholdLab",
    "wordsLab": "actionWordsLab",
    "masksLab": "actionMasksLab",
    "startsLab": "actionInitializationLab",
    "landscapeLab": "actionLandscapeLab",
    "bentLab": "actionHiddenSpaceLab",
    "tryLab": "actionTryLab",
    "predictLab": "actionPredictLab",
    "choosingLab": "actionChoosingLab",
}
"""The labs, and the command that opens each."""
TRAINING_COMMANDS = (
    "actionTrain",
    "actionPause",
    "actionStop",
    "actionStepBatch",
    "actionStepEpoch",
    "actionReset",
    "actionCarryOn",
    "actionSameStart",
    "actionNewSeed",
    "actionTenSeeds",
)
COMMANDS = (
    *TRAINING_COMMANDS,
    *LABS.values(),
    "actionNeurons",
    "actionFormula",
    "actionLargeViews",
    "actionLogLoss",
    "actionIterations",
    "actionDropout",
    "actionPlane",
    "actionGradients",
    "actionConfusion",
    "actionDataRoom",
    "actionTestSet",
    "actionOpenTestSet",
    "actionArrange",
    "actionZoomFit",
    "actionUndo",
    "actionDelete",
)
SMALL_THINGS = ("trainButton", "timeline", "opponents", "pace", "legend", "counter", "patienceBar", "totals")
FIELDS = tuple(f"field_{one.name}" for one in (*TRAINING_SETTINGS, *DATA_SETTINGS) if not one.is_rare)
VIEWS = (*PLOTS, *PANELS, *LABS)
"""What can be open."""
ANCHORS = (*PLOTS, *PANELS, *SMALL_THINGS)
"""What is always there and can be ringed, beside fields, layers (layer:ID) and the buttons of commands."""
LAYER = "layer:"
