"""What the labs ask about a network: run on threads."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from nnstudio.project.model import Network, Project, Run
from nnstudio.training.control import Control
from nnstudio.ui.background.one_core import on_one_core

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nnstudio.data.dataset import Dataset
    from nnstudio.data.plane import Plane
    from nnstudio.insight.best_patches import BestPatches
    from nnstudio.insight.chain_rule import BackpropTrace
    from nnstudio.insight.choosing import Answers, Choices
    from nnstudio.insight.embeddings import WordVectors
    from nnstudio.insight.initialization import LayerInitialization, ShortRun
    from nnstudio.insight.landscape import Landscape
    from nnstudio.insight.largest_errors import LargestErrors
    from nnstudio.insight.layer_statistics import LayerStatistics
    from nnstudio.insight.map_values import LayerMaps, MapValue
    from nnstudio.insight.mc_dropout import McDropout
    from nnstudio.insight.occlusion import Occlusion
    from nnstudio.insight.sample_pixels import SamplePixels
    from nnstudio.insight.softmax import SoftmaxResult
    from nnstudio.insight.threshold import TwoClassScores
    from nnstudio.insight.unit_responses import HiddenSpace
    from nnstudio.insight.word_effects import ClassWords, WordEffects
    from nnstudio.training.timeline import Timeline


@on_one_core
def untrained(project: Project, dataset: "Dataset") -> Iterator[Run]:
    """A network before its first step."""
    from nnstudio.insight.untrained import untrained as make

    yield make(project, dataset.preparation)


@on_one_core
def layer_statistics_of(run: Run, dataset: "Dataset") -> Iterator["LayerStatistics"]:
    """How the weights of a run are distributed, and what enters its activation functions."""
    from nnstudio.insight.layer_statistics import portrait

    yield portrait(run, dataset)


@on_one_core
def backprop_trace_of(run: Run, inputs: "NDArray[np.float32]", target: "NDArray[Any]") -> Iterator["BackpropTrace"]:
    """One sample through the network of a run, and the error back."""
    from nnstudio.insight.chain_rule import backprop_trace_of as walk

    yield walk(run, inputs, target)


@on_one_core
def logits_of(run: Run, inputs: "NDArray[np.float32]") -> Iterator["NDArray[np.float64]"]:
    """What the network of a run gives to its softmax for one sample."""
    from nnstudio.insight.softmax import logits_of as find

    yield find(run, inputs)


def softmax_result(logits: "NDArray[np.float64]", true: int) -> "SoftmaxResult":
    """What softmax and cross-entropy make of some logits: computed at once, some microseconds."""
    from nnstudio.insight.softmax import softmax_result as compute

    return compute(logits, true)


@on_one_core
def layer_maps_of(run: Run, inputs: "NDArray[np.float32]", layer: str, target: "NDArray[Any]") -> Iterator["LayerMaps"]:
    """What enters and leaves a layer that slides a window, for one sample, and how the error comes back."""
    from nnstudio.insight.map_values import layer_maps_of as find

    yield find(run, inputs, layer, target)


def window_of(maps: "LayerMaps", map: int, row: int, column: int) -> "MapValue":
    """Where a value of a map comes from: computed at once, from the numbers of one window."""
    from nnstudio.insight.map_values import window_of as find

    return find(maps, map, row, column)


def sample_pixels(dataset: "Dataset", network: Network) -> "SamplePixels | None":
    """How samples are drawn as pictures; None where they are none: found at once, from some of them."""
    from nnstudio.insight.sample_pixels import sample_pixels as find

    return find(dataset, network)


def colors_of(light: "NDArray[np.float32]") -> "NDArray[np.uint8]":
    """Red, green and blue of pictures from 0 to 1: computed at once."""
    from nnstudio.insight.sample_pixels import colors_of as find

    return find(light)


@on_one_core
def best_patches_of(run: Run, dataset: "Dataset", layer: str, control: Control) -> Iterator["BestPatches"]:
    """What excites the maps of a convolution layer most, again and again while more samples are seen."""
    from nnstudio.insight.best_patches import best_patches_of as find

    yield from find(run, dataset, layer, control)


def patch_of(dataset: "Dataset", patches: "BestPatches", map: int, rank: int, step: int) -> "NDArray[np.uint8]":
    """One of the patches of a map: cut out at once."""
    from nnstudio.insight.best_patches import patch_of as find

    field, frame = patches.fields[map][rank], patches.frames[map][rank]
    return find(dataset, patches.pixels, int(patches.rows[map, rank]), field, frame, step)


@on_one_core
def occlusion_of(
    run: Run, dataset: "Dataset", inputs: "NDArray[np.float32]", true: int, size: int, control: Control
) -> Iterator["Occlusion"]:
    """The probability of the true class while a grey square moves over a sample, again and again as it moves on."""
    from nnstudio.insight.occlusion import occlusion_of as find

    yield from find(run, dataset, inputs, true, size, control)


@on_one_core
def mc_dropout_of(run: Run, inputs: "NDArray[np.float32]", seed: int) -> Iterator["McDropout"]:
    """The answers of a run to one sample under many dropout masks."""
    from nnstudio.insight.mc_dropout import mc_dropout_of as find

    yield find(run, inputs, seed)


@on_one_core
def judge(run: Run, dataset: "Dataset") -> Iterator["LargestErrors"]:
    """The validation samples a run is most wrong about; the training samples where nothing validates."""
    from nnstudio.insight.largest_errors import judge as find

    yield find(run, dataset.validation if len(dataset.validation) else dataset.train)


@on_one_core
def two_class_scores_of(
    run: Run, dataset: "Dataset", part: Literal["validation", "train"], positive: int | None
) -> Iterator["TwoClassScores"]:
    """How surely a run takes each sample of a part for the positive class; the rarer one where none is chosen."""
    from nnstudio.insight.threshold import two_class_scores

    yield two_class_scores(run, dataset.train if part == "train" else dataset.validation, positive)


@on_one_core
def initialization_of(project: Project, dataset: "Dataset", deviation: float) -> Iterator[list["LayerInitialization"]]:
    """Every dense layer before the first step, for one deviation of the first weights."""
    from nnstudio.insight.initialization import starts

    yield starts(project, dataset, deviation)


def short_runs(
    project: Project, dataset: "Dataset", deviations: Sequence[float], control: Control
) -> Iterator[list["ShortRun"]]:
    """Short trainings from several deviations of the first weights."""
    from nnstudio.insight.initialization import short_runs as train_shortly

    yield from train_shortly(project, dataset, deviations, control)


@on_one_core
def landscape(
    run: Run,
    timelines: Sequence["Timeline"],
    dataset: "Dataset",
    directions: Literal["random", "path"],
    control: Control,
) -> Iterator["Landscape"]:
    """The loss around the paths of trainings, row by row."""
    from nnstudio.insight.landscape import MOST_SNAPSHOTS
    from nnstudio.insight.landscape import landscape as compute

    yield from compute(run, [one.path(MOST_SNAPSHOTS) for one in timelines], dataset, directions, control)


@on_one_core
def unit_responses_of(run: Run, layer: str, plane: "Plane") -> Iterator["NDArray[np.float32]"]:
    """What each unit of a layer gives over a plane."""
    from nnstudio.insight.unit_responses import unit_responses_of as find

    yield find(run, layer, plane)


@on_one_core
def all_unit_responses_of(run: Run, plane: "Plane") -> Iterator[dict[str, "NDArray[np.float32]"]]:
    """What the units of all small layers give over a plane."""
    from nnstudio.insight.unit_responses import all_unit_responses

    yield all_unit_responses(run, plane)


@on_one_core
def hidden_space_of(run: Run, dataset: "Dataset", layer: str) -> Iterator["HiddenSpace"]:
    """Where points and lines of the plane go in a layer of two units."""
    from nnstudio.insight.unit_responses import bent

    yield bent(run, dataset, layer)


@on_one_core
def word_effects_of(run: Run, base: "NDArray[np.float32]", column: str, text: str) -> Iterator["WordEffects"]:
    """What each word of a text does to the answer of a run, where it stands in a sample."""
    from nnstudio.insight.word_effects import word_effects

    yield word_effects(run, base, column, text)


@on_one_core
def class_words_of(run: Run, dataset: "Dataset", column: str, go_on: Callable[[], bool]) -> Iterator["ClassWords"]:
    """What words do on the mean of the validation samples, or of the training samples where nothing validates: what is
    known so far, as long as it is wanted."""
    from nnstudio.insight.word_effects import MOST_TEXTS, class_words

    samples = dataset.validation if len(dataset.validation) else dataset.train
    rows = samples.rows[:MOST_TEXTS]
    texts = dataset.texts[column].gather(rows).to_list()
    for found in class_words(run, samples.all_inputs[rows], column, texts, len(samples)):
        yield found
        if not go_on():
            return


@on_one_core
def word_vectors_of(run: Run, dataset: "Dataset") -> Iterator["WordVectors"]:
    """What the embedding of a run has learnt."""
    from nnstudio.insight.embeddings import word_vectors

    yield word_vectors(run, dataset)


def neighbours_of(vectors: "WordVectors", place: int) -> list[tuple[int, float]]:
    """The words nearest to one of them, with their cosines: computed at once, one product of a matrix."""
    from nnstudio.insight.embeddings import neighbours

    return neighbours(vectors, place)


def choosing_answers(
    project: Project, have: "Answers | None", count: int, rows: int, control: Control, refused: Collection[str]
) -> Iterator["float | tuple[Answers, Choices]"]:
    """Candidates to choose from on a copy of the project without its test rows, those there are and as many more as are
    asked for: the share that is done, and last what they give on the pool, and what choosing one of them comes to."""
    from nnstudio.insight.choosing import Answers, answers_of, choices_of

    answers = have
    for found in (
        answers_of(project, range(len(have or ()), count), rows, control, refused) if missing(have, count) else ()
    ):
        if isinstance(found, Answers):
            answers = have.with_more(found) if have else found
        else:
            yield found
    if answers is not None and not control.is_stopped:
        yield answers, choices_of(answers.first(count), rows)


def missing(have: "Answers | None", count: int) -> bool:
    """Whether more candidates have to be trained."""
    return have is None or len(have) < count
