"""The types of what is computed on threads, for annotations alone: a view names them without loading torch."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstudio.data.dataset import Dataset as Dataset
    from nnstudio.data.dataset import Samples as Samples
    from nnstudio.data.plane import Plane as Plane
    from nnstudio.data.sketches import Sketch as Sketch
    from nnstudio.insight.best_patches import BestPatches as BestPatches
    from nnstudio.insight.chain_rule import BackpropTrace as BackpropTrace
    from nnstudio.insight.chain_rule import LayerTrace as LayerTrace
    from nnstudio.insight.choosing import Answers as Answers
    from nnstudio.insight.choosing import By as By
    from nnstudio.insight.choosing import Choices as Choices
    from nnstudio.insight.choosing import Floats as Floats
    from nnstudio.insight.embeddings import WordVectors as WordVectors
    from nnstudio.insight.initialization import Histogram as Histogram
    from nnstudio.insight.initialization import LayerInitialization as LayerInitialization
    from nnstudio.insight.initialization import ShortRun as ShortRun
    from nnstudio.insight.landscape import Landscape as Landscape
    from nnstudio.insight.largest_errors import LargestErrors as LargestErrors
    from nnstudio.insight.largest_errors import Misclassified as Misclassified
    from nnstudio.insight.layer_statistics import LayerStatistics as LayerStatistics
    from nnstudio.insight.map_values import LayerMaps as LayerMaps
    from nnstudio.insight.map_values import MapValue as MapValue
    from nnstudio.insight.mc_dropout import McDropout as McDropout
    from nnstudio.insight.occlusion import Occlusion as Occlusion
    from nnstudio.insight.sample_pixels import SamplePixels as SamplePixels
    from nnstudio.insight.threshold import Counts as Counts
    from nnstudio.insight.threshold import Curve as Curve
    from nnstudio.insight.threshold import TwoClassScores as TwoClassScores
    from nnstudio.insight.tried import MapRow as MapRow
    from nnstudio.insight.tried import Tried as Tried
    from nnstudio.insight.unit_responses import HiddenSpace as HiddenSpace
    from nnstudio.insight.word_effects import ClassWords as ClassWords
    from nnstudio.insight.word_effects import Word as Word
    from nnstudio.insight.word_effects import WordEffects as WordEffects
    from nnstudio.studies.importance import Importance as Importance
    from nnstudio.studies.outcomes import Column as Column
    from nnstudio.studies.outcomes import Outcomes as Outcomes
    from nnstudio.studies.row_scores import StudyOptimism as StudyOptimism
    from nnstudio.training.checkpoint import Checkpoint as Checkpoint
    from nnstudio.training.probes import Probes as Probes
    from nnstudio.training.probes import Reading as Reading
    from nnstudio.training.probes import Request as Request
    from nnstudio.training.probes import Weights as Weights
    from nnstudio.training.timeline import Timeline as Timeline
    from nnstudio.training.training_state import Progress as Progress
