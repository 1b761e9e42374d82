"""What the types alone do not say of a project: known layers, values in range, links that can be drawn."""

import re
from collections.abc import Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from math import isfinite, prod

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Value
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.drawn_points import parse_points
from nnstudio.project.edits import LONGEST_NAME, LONGEST_NOTE, MOST_LAYERS, MOST_LINKS, MOST_REMARKS, link_refusal
from nnstudio.project.model import DataChoice, DataFile, Layer, Link, Network, Note, Prediction, Project, Run, Study
from nnstudio.project.names import shown_name
from nnstudio.project.openings import LONGEST_EXPECTED
from nnstudio.project.preparation import Preparation
from nnstudio.project.settings import TRAINING_SETTINGS, check_settings
from nnstudio.project.sheet_edits import check_sheet
from nnstudio.project.studies import MOST_TRIALS, MOST_VARIABLES, check_study
from nnstudio.project.test_seal import Opening, TestResult
from nnstudio.project.toy_source import PREFIX, toy_settings
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _

RUN_ID = re.compile(r"run-[0-9]{1,9}")
STUDY_ID = re.compile(r"study-[1-9][0-9]{0,8}")
RUN_TEXTS = ("created", "device", "message", "backend", "origin", "torch", "machine", "data_sha256")
MOST_PARTS = 2**14
MOST_EVENTS = 10_000
MOST_CLASSES = 10_000
MOST_DIMENSIONS = 32
MOST_NGRAMS = 6
LONGEST_FACTS = 2**22
LONGEST_MESSAGE = 2**16
MOST_CONFUSED = 2**16
"""Cells of a confusion matrix that are kept: 256 classes."""
LONGEST_PATH = 2**15
LAYER_ID = re.compile(r"[a-z][a-z0-9_]{0,30}_[1-9][0-9]{0,8}")


def check_project(project: Project) -> None:
    """Everything the types alone do not say: known layers, values in range, links that can be drawn, unique ids."""
    check_facts(project)
    check_runs(project.runs)
    check_files(project.files)
    check_predictions(project.predictions)
    check_openings(project.openings)
    check_sheet(project.sheet)
    check_studies(project.studies)
    for network in {id(run.network): run.network for run in project.runs}.values():  # most runs share theirs
        check_network(network)
    for data in {id(run.data): run.data for run in project.runs}.values():
        check_data(data)
    for run in project.runs:
        check_settings(TRAINING_SETTINGS, run.training)
    check_network(project.network)
    check_settings(TRAINING_SETTINGS, project.training)
    check_data(project.data)


def check_runs(runs: Sequence[Run]) -> None:
    """Not too many runs, each with an id of its own and texts that can be shown."""
    check_count(len(runs))
    seen: set[str] = set()
    for run in runs:
        if not RUN_ID.fullmatch(run.id):
            raise UserError(_("A run bears the id “{id}”, which cannot be used.").format(id=run.id[:40]))
        if run.id in seen:
            raise UserError(_("Two runs share the id “{id}”.").format(id=run.id))
        seen.add(run.id)
        for name in RUN_TEXTS:
            check_length(getattr(run, name), name, LONGEST_MESSAGE)
        check_length(run.note, "note", LONGEST_NOTE)
        if len(run.events) > MOST_EVENTS or len(run.preparation.classes) > MOST_CLASSES:
            raise too_much(_("Run {number}").format(number=run.id.removeprefix("run-")))
        if not is_sound(run.preparation):
            raise UserError(
                _("Run {number} says of its data what cannot be. The project was not opened.").format(
                    number=run.id.removeprefix("run-")
                )
            )
        check_trial(run)
        for event in run.events:
            check_length(event.what, "what", LONGEST_NAME)
        check_openings(run.openings)


def is_sound(preparation: Preparation) -> bool:
    """Whether the columns make as many values as a sample has, and texts are taken apart as they can be."""
    widths = 0
    for column in preparation.columns:
        how, words = column.text, len(column.categories)
        if column.count < 1 or (column.kind == "text") != (how is not None):
            return False
        if how is not None and (
            not 1 <= how.ngrams <= MOST_NGRAMS
            or how.length < 0
            or (how.weighting == "tokens") != (how.length > 0)
            or (how.weighting == "tfidf" and len(how.idf) != words)
            or (how.length > 0 and preparation.vocabulary != words + 2)
        ):
            return False
        widths += column.width
    sizes = preparation.sample_shape
    return all(size > 0 for size in sizes) and prod(sizes) == widths and preparation.vocabulary >= 0


def check_facts(project: Project) -> None:
    """No more of what was found in the data than can be shown."""
    facts = project.facts
    if facts is not None and (
        len(facts.classes) > MOST_CLASSES
        or len(facts.sample_shape) > MOST_DIMENSIONS
        or facts.vocabulary < 0
        or ((facts.vocabulary > 0 or facts.is_sparse) and len(facts.sample_shape) != 1)
        or sum(map(len, (*facts.notes, *facts.classes))) > LONGEST_FACTS
    ):
        raise too_much(_("What is said of the data"))


def too_much(part: str) -> UserError:
    return UserError(_("{part} holds more than can be shown. The project was not opened.").format(part=part))


def check_files(files: Sequence[DataFile]) -> None:
    check_count(len(files))
    for file in files:
        check_length(file.source, "source", LONGEST_PATH)
        check_length(file.sha256, "sha256", LONGEST_NAME)


def check_predictions(predictions: Sequence[Prediction]) -> None:
    """No more of what was predicted in lessons than can be shown, and numbers that can be drawn."""
    if len(predictions) > MOST_EVENTS:
        raise too_much(_("What was predicted in lessons"))
    for one in predictions:
        for text in (one.lesson, one.step, one.made, one.choice, one.run, *one.order):
            check_length(text, "predictions", LONGEST_NAME)
        if len(one.order) > MOST_DIMENSIONS or len(one.curve) > MOST_EVENTS:
            raise too_much(_("What was predicted in lessons"))


def check_studies(studies: Sequence[Study]) -> None:
    """Studies of what can be drawn and set, each with an id of its own."""
    check_count(len(studies))
    seen: set[str] = set()
    for study in studies:
        if not STUDY_ID.fullmatch(study.id) or study.id in seen:
            raise UserError(_("A study bears the id “{id}”, which cannot be used.").format(id=study.id[:40]))
        seen.add(study.id)
        for name in ("name", "created", "url"):
            check_length(getattr(study, name), name, LONGEST_NAME)
        check_network(study.network)
        check_settings(TRAINING_SETTINGS, study.training)
        check_data(study.data)
        check_study(study)


def check_trial(run: Run) -> None:
    """A place in a study that there can be, and no more values than it can vary; a note that can be shown."""
    check_length(run.note, "note", LONGEST_NOTE)
    trial = run.trial
    if trial is None:
        return
    for text in (trial.study, *trial.values, *(one for one in trial.values.values() if isinstance(one, str))):
        check_length(text, "trial", LONGEST_NAME)
    if not (0 <= trial.setting < MOST_TRIALS and 0 <= trial.seed < MOST_TRIALS) or len(trial.values) > MOST_VARIABLES:
        raise too_much(_("Run {number}").format(number=run.id.removeprefix("run-")))


def check_openings(openings: Sequence[Opening]) -> None:
    """No more openings of the test set than can be shown, each at a time, for a run and with a result that can be."""
    if len(openings) > MOST_EVENTS:
        raise too_much(_("The list of openings of the test set"))
    for one in openings:
        for text in (one.id, one.made, one.run_created):
            check_length(text, "openings", LONGEST_NAME)
        check_length(one.source, "source", LONGEST_PATH)
        check_length(one.expected, "expected", LONGEST_EXPECTED)
        is_of_a_run = bool(RUN_ID.fullmatch(one.run)) if one.what == "opened" else not one.run
        if not one.id or not is_of_a_run or not is_time(one.made) or (one.result and not is_possible(one.result)):
            raise UserError(_("An opening of the test set says what cannot be. The project was not opened."))


def is_time(text: str) -> bool:
    """Whether a text is a moment with its time zone, of these times."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return False
    return found.tzinfo is not None and 1970 <= found.year < 9999


def is_possible(result: TestResult) -> bool:
    """Whether numbers of the test part can be: finite ones, shares between 0 and 1 in their order."""
    shares = (one for one in (result.accuracy, result.balanced_accuracy, result.low, result.high) if one is not None)
    others = (one for one in (result.loss, result.r2, result.baseline) if one is not None)
    counts = [count for row in result.confusion for count in row]
    return (
        result.samples > 0
        and all(0 <= share <= 1 for share in shares)
        and result.low <= result.high
        and all(isfinite(number) for number in others)
        and len(counts) <= MOST_CONFUSED
        and all(len(row) == len(result.confusion) for row in result.confusion)
        and min(counts, default=0) >= 0
    )


def check_count(count: int) -> None:
    if count > MOST_PARTS:
        raise UserError(
            _("The project has {count} runs or files of data; the limit is {limit}.").format(
                count=Count(count), limit=Count(MOST_PARTS)
            )
        )


def check_length(text: str, name: str, longest: int) -> None:
    if len(text) > longest:
        raise UserError(
            _("“{name}” has {count} characters; the limit is {limit}.").format(
                name=name, count=Count(len(text)), limit=Count(longest)
            )
        )


def check_data(data: DataChoice) -> None:
    """Settings in their ranges, points that can be drawn, and a source whose own settings are."""
    check_settings(DATA_SETTINGS, data)
    parse_points(data.points)
    check_length(data.target, "target", LONGEST_MESSAGE)
    for source in (data.source, data.test_source):
        check_length(source, "source", LONGEST_PATH)
        if source.startswith(PREFIX):
            toy_settings(source)


def check_network(network: Network) -> None:
    if len(network.layers) > MOST_LAYERS:
        raise UserError(
            _("The network has {count} layers; the limit is {limit}.").format(
                count=Count(len(network.layers)), limit=Count(MOST_LAYERS)
            )
        )
    seen: set[str] = set()
    for layer in network.layers:
        if layer.id in seen:
            raise UserError(_("Two layers share the id “{id}”.").format(id=layer.id))
        seen.add(layer.id)
        check_layer(layer)
    check_annotations(network, seen)
    check_links(network)


def check_links(network: Network) -> None:
    """Not too many links, each of which could be drawn, and no way from a layer back to itself."""
    if len(network.links) > MOST_LINKS:
        raise UserError(
            _("The network has {count} links; the limit is {limit}.").format(
                count=Count(len(network.links)), limit=Count(MOST_LINKS)
            )
        )
    layers = {layer.id: layer for layer in network.layers}
    sources: dict[str, list[str]] = {id: [] for id in layers}
    seen: set[Link] = set()
    for link in network.links:
        for end in (link.source, link.target):
            if end not in layers:
                raise UserError(_("A link points to layer “{id}”, which does not exist.").format(id=end[:40]))
        reason = link_refusal(layers[link.source], layers[link.target], link in seen, set())
        if reason:
            raise UserError(reason)
        seen.add(link)
        sources[link.target].append(link.source)
    try:
        # All links at once: asking of each whether it closes a loop takes as many steps as there are links, squared.
        TopologicalSorter(sources).prepare()
    except CycleError as loop:
        first = layers[loop.args[1][0]]
        raise UserError(
            _("The links form a loop from “{layer}” back to itself.").format(layer=shown_name(first))
        ) from None


def check_annotations(network: Network, seen: set[str]) -> None:
    """Not too many notes and frames, ids that nothing else bears, texts that can be shown, places on the canvas."""
    if len(network.annotations) > MOST_REMARKS:
        raise UserError(
            _("The canvas holds {count} notes and frames; the limit is {limit}.").format(
                count=Count(len(network.annotations)), limit=Count(MOST_REMARKS)
            )
        )
    for annotation in network.annotations:
        text, size = (
            (annotation.text, (annotation.width, 0.0))
            if isinstance(annotation, Note)
            else (annotation.title, annotation.size)
        )
        longest = LONGEST_NOTE if isinstance(annotation, Note) else LONGEST_NAME
        if not LAYER_ID.fullmatch(annotation.id) or annotation.id in seen or len(text) > longest:
            raise UserError(
                _("A note or frame bears the id “{id}” and the text “{text}”, which cannot be used.").format(
                    id=annotation.id[:40], text=text[:40]
                )
            )
        seen.add(annotation.id)
        if not all(abs(place) < 1e7 for place in (*annotation.position, *size)) or min(size) < 0:
            raise UserError(_("“{layer}” lies outside the canvas.").format(layer=text[:40] or annotation.id))


def check_layer(layer: Layer) -> None:
    """A known type, a sound id and name, and exactly the parameters that the type declares, each in its range."""
    if not LAYER_ID.fullmatch(layer.id) or len(layer.name) > LONGEST_NAME:
        raise UserError(
            _("A layer bears the id “{id}” and the name “{name}”, which cannot be used.").format(
                id=layer.id[:40], name=layer.name[:40]
            )
        )
    declared = layer_type(layer.type)
    values: dict[str, Value] = dict(layer.parameters)
    for parameter in declared.parameters:
        if parameter.name not in values:
            raise UserError(
                _("“{layer}” lacks the setting “{name}”.").format(layer=shown_name(layer), name=parameter.name)
            )
        try:
            parameter.check(values.pop(parameter.name))
        except UserError as mistake:
            raise UserError(f"“{shown_name(layer)}”: {mistake}") from None
    for name in values:
        declared.parameter(name)
    if not all(abs(place) < 1e7 for place in layer.position):
        raise UserError(_("“{layer}” lies outside the canvas.").format(layer=shown_name(layer)))
