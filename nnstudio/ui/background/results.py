"""The types of what is computed on threads, for annotations alone: a view names them without loading torch."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstudio.data.dataset import Dataset as Dataset
    from nnstudio.data.dataset import Samples as Samples
    from nnstudio.data.plane import Plane as Plane
    from nnstudio.insight.chain_rule import Stage as Stage
    from nnstudio.insight.chain_rule import Walk as Walk
    from nnstudio.insight.initialization import Histogram as Histogram
    from nnstudio.insight.initialization import LayerStart as LayerStart
    from nnstudio.insight.initialization import ShortRun as ShortRun
    from nnstudio.insight.landscape import Landscape as Landscape
    from nnstudio.insight.largest_errors import Judgement as Judgement
    from nnstudio.insight.largest_errors import Wrong as Wrong
    from nnstudio.insight.layer_statistics import Portrait as Portrait
    from nnstudio.insight.mc_dropout import Spread as Spread
    from nnstudio.insight.unit_responses import Bent as Bent
    from nnstudio.training.checkpoint import Standing as Standing
    from nnstudio.training.probes import Probes as Probes
    from nnstudio.training.probes import Reading as Reading
    from nnstudio.training.probes import Weights as Weights
    from nnstudio.training.timeline import Timeline as Timeline
    from nnstudio.training.training_state import Progress as Progress
