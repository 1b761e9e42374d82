"""Runs as a table: a row a run, a column for each thing that differs, and in one line what is the same in all."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec.structs import astuple

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Parameter
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.model import Network, Project, Run, Study, TrainingPlan
from nnstudio.project.names import ended_text, has_given_weights, shown_name
from nnstudio.project.settings import CHOICE_NAMES, TRAINING_SETTINGS
from nnstudio.project.study_variables import variable_text
from nnstudio.text import Count, mark, shown_bytes
from nnstudio.text import translate as _

Cell = bool | int | float | str | None
Kind = Literal["number", "choice", "text", "flag"]
Getter = Callable[["RunFacts"], Cell]

LONGEST_CELL = 120
"""Letters of a text that stand in a cell."""
ALWAYS = ("is_starred", "number", "loss", "accuracy", "note")
"""Columns that are never folded away, whatever is in them."""
FOLDED = ("study", "setting", "epochs_run", "ended", "parameters")
"""Columns beside the settings that are told where they are the same in all runs."""
TOLD = ("source", "optimizer", "learning_rate", "batch_size", "epochs", "patience", "seed")
"""Settings that are told where they are the same in all runs; of others only what is not as it comes."""
UNCOMPARED = {"is_starred", "number", "note", "changed", "created", "size", "is_after_opening"}
"""Columns in which it says nothing of two runs that they differ."""
PLAN = TrainingPlan.__struct_fields__
OWN: tuple[tuple[str, str, Kind], ...] = (
    ("is_starred", "★", "flag"),
    ("number", mark("No."), "number"),
    ("study", mark("Study"), "choice"),
    ("accuracy", mark("Accuracy"), "number"),
    ("loss", mark("Loss"), "number"),
)
"""What stands before what differs, by key: its title and kind."""
RESULTS: tuple[tuple[str, str, Kind], ...] = (
    ("setting", mark("Setting no."), "number"),
    ("is_after_opening", mark("After the opening"), "flag"),
    ("balanced_accuracy", mark("Balanced accuracy"), "number"),
    ("train_loss", mark("Training loss"), "number"),
    ("best_epoch", mark("Best epoch"), "number"),
    ("epochs_run", mark("Epochs run"), "number"),
    ("ended", mark("Ended by"), "choice"),
    ("note", mark("Note"), "text"),
    ("changed", mark("Changed"), "text"),
    ("parameters", mark("Parameters"), "number"),
    ("seconds", mark("Seconds"), "number"),
    ("size", mark("Size"), "number"),
    ("created", mark("Begun (UTC)"), "text"),
)
"""What stands behind what differs."""


class NetworkFacts:
    """What of a network is compared: which layers are linked how, and their parameters by `LAYER.PARAMETER`."""

    __slots__ = ("network", "structure", "text", "values")

    def __init__(self, network: Network) -> None:
        self.network = network
        self.structure = tuple((layer.id, layer.type) for layer in network.layers), network.links
        self.values = {f"{one.id}.{name}": value for one in network.layers for name, value in one.parameters.items()}
        self.text = network_text(network)


class RunFacts:
    """One row: what is known of a run at once. Losses and accuracies are those of the best epoch, or of the last where
    nothing validates; `size` is the bytes that it takes in a file beside its curve."""

    __slots__ = (
        "accuracy",
        "balanced_accuracy",
        "loss",
        "network",
        "number",
        "plan",
        "run",
        "size",
        "text",
        "train_loss",
    )

    def __init__(self, run: Run, plan: tuple[Any, ...], network: NetworkFacts) -> None:
        self.run, self.plan, self.network = run, plan, network
        number = run.id.removeprefix("run-")
        self.number = int(number) if number.isdigit() else 0
        history, place = run.history, (run.best_epoch or run.epochs_run) - 1
        self.loss = measured(history.validation_loss, place)
        self.accuracy = measured(history.validation_accuracy, place)
        self.balanced_accuracy = measured(history.validation_balanced_accuracy, place)
        self.train_loss = measured(history.train_loss, place)
        self.size = len(run.weights) + len(run.checkpoint) + len(run.snapshots) + len(run.validation)
        self.text: tuple[tuple[str, ...], str] = (), ""
        """What words are looked for in, and the columns that it is of."""


@dataclass(frozen=True)
class Column:
    """One thing about runs: what a filter calls it (`key`), what stands above it, and the value of a row."""

    key: str
    title: str
    kind: Kind
    value: Getter
    parameter: Parameter | None = None

    def text(self, facts: RunFacts) -> str:
        """The cell in words."""
        return shown_cell(self, self.value(facts))


@dataclass(frozen=True)
class RunTable:
    """All rows in the order of the project, and the columns there are for them; `same` is what all have in common, as
    title and value."""

    rows: tuple[RunFacts, ...] = ()
    columns: tuple[Column, ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    studies: dict[str, Study] = field(default_factory=dict)
    plans: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    networks: dict[int, NetworkFacts] = field(default_factory=dict)
    """What rows share, to be found again when there are more of them."""

    def column(self, key: str) -> Column | None:
        return next((one for one in self.columns if one.key == key), None)


def run_table(project: Project, before: RunTable | None = None) -> RunTable:
    """The table of a project's runs. What stood in the table before is not worked out anew: a run that comes costs
    little beside thousands."""
    before = before or RunTable()
    known = {id(facts.run): facts for facts in before.rows}
    plans, networks = before.plans, {id(one.network.network): one.network for one in before.rows}
    rows = []
    for run in project.runs:
        facts = known.get(id(run))
        if facts is None:
            values = astuple(run.training)
            shared = networks.get(id(run.network))
            if shared is None:
                shared = networks[id(run.network)] = NetworkFacts(run.network)
            facts = RunFacts(run, plans.setdefault(values, values), shared)
        rows.append(facts)
    table = RunTable(tuple(rows), (), (), {one.id: one for one in project.studies}, plans, networks)
    setting_columns, same = differing(rows)
    varied = trial_columns(rows, setting_columns)
    own = [*own_columns(OWN, table, project), *varied, *setting_columns, *own_columns(RESULTS, table, project)]
    columns, folded = [], []
    for column in own:
        is_folded = len(rows) > 1 and column.key not in ALWAYS and is_constant(column, rows)
        if not is_folded:
            columns.append(column)
        elif column.key in FOLDED and (text := column.text(rows[0])) not in ("", "–"):
            folded.append((column.title, text))
    return RunTable(table.rows, distinct_titles(columns), (*same, *folded), table.studies, plans, networks)


# --- columns --------------------------------------------------------------------------------------------------------


def own_columns(declared: Sequence[tuple[str, str, Kind]], table: RunTable, project: Project) -> list[Column]:
    """The columns of what a run is and what came of it; without those that no run has anything to say in."""
    opened = first_opening(project)
    getters: dict[str, Getter] = {
        "is_starred": lambda facts: facts.run.is_starred,
        "study": lambda facts: study_name(table, facts),
        "setting": lambda facts: None if facts.run.trial is None else facts.run.trial.setting + 1,
        "is_after_opening": lambda facts: bool(opened) and facts.run.created > opened,
        "ended": lambda facts: "file" if has_given_weights(facts.run) else facts.run.stop_reason,
        "best_epoch": lambda facts: facts.run.best_epoch,
        "epochs_run": lambda facts: facts.run.epochs_run,
        "note": lambda facts: facts.run.note,
        "changed": lambda _facts: None,  # worked out where it is looked at: it compares two runs
        "parameters": lambda facts: facts.run.parameters,
        "seconds": lambda facts: facts.run.seconds,
        "created": lambda facts: facts.run.created[:16].replace("T", " "),
    }
    found = []
    for key, title, kind in declared:
        value = getters.get(key) or attribute(key)
        is_known = key in ("changed", *ALWAYS) or any(value(facts) not in (None, "", False) for facts in table.rows)
        if is_known and (key != "accuracy" or any(facts.accuracy is not None for facts in table.rows)):
            found.append(Column(key, _(title) if title != "★" else title, kind, value))
    return found


def differing(rows: Sequence[RunFacts]) -> tuple[list[Column], list[tuple[str, str]]]:
    """The columns of settings that are not the same in all runs, and what is the same, as title and value."""
    if not rows:
        return [], []
    columns, same = data_columns(rows)
    networks = list({id(one.network): one.network for one in rows}.values())
    if any(one.structure != networks[0].structure for one in networks):
        columns.append(Column("network", _("Network"), "text", lambda facts: facts.network.text))
    elif networks[0].text and len({one.text for one in networks}) == 1:
        same.append((_("Network"), networks[0].text))
    columns += layer_columns(networks)
    plans = list({id(one.plan): one.plan for one in rows}.values())
    for place, values in enumerate(zip(*plans, strict=True)):
        setting = next((one for one in TRAINING_SETTINGS if one.name == PLAN[place]), None)
        if setting is None:
            continue
        column = Column(setting.name, _(setting.label), kind_of(setting), in_plan(place), setting)
        sort_out(column, values, columns, same)
    return columns, same


def data_columns(rows: Sequence[RunFacts]) -> tuple[list[Column], list[tuple[str, str]]]:
    columns, same = list[Column](), list[tuple[str, str]]()
    choices = list({id(one.run.data): one.run.data for one in rows}.values())
    named = [("source", _("Data")), ("target", _("Target")), ("test_source", _("Test file"))]
    for name, title in named:
        column = Column(f"data.{name}", title, "text", in_data(name))
        sort_out(column, [getattr(one, name) for one in choices], columns, same, name)
    for setting in DATA_SETTINGS:
        column = Column(f"data.{setting.name}", _(setting.label), kind_of(setting), in_data(setting.name), setting)
        sort_out(column, [getattr(one, setting.name) for one in choices], columns, same)
    return columns, same


def layer_columns(networks: Sequence[NetworkFacts]) -> list[Column]:
    """The parameters that are not the same in all networks, of the layers that all of them have."""
    first = networks[0]
    layers = {layer.id: layer for layer in first.network.layers}
    found = []
    for key, value in first.values.items():
        if not all(key in one.values for one in networks) or all(one.values[key] == value for one in networks):
            continue
        id, _dot, name = key.partition(".")
        parameter = layer_type(layers[id].type).parameter(name)
        title = _("{layer}: {parameter}").format(layer=shown_name(layers[id]), parameter=_(parameter.label).lower())
        found.append(Column(key, title, kind_of(parameter), in_network(key), parameter))
    return found


def trial_columns(rows: Sequence[RunFacts], settings: Sequence[Column]) -> list[Column]:
    """What varies in studies and is no setting of its own: how many blocks, which activation everywhere."""
    found: dict[str, set[Cell]] = {}
    for one in rows:
        for key, value in one.run.trial.values.items() if one.run.trial is not None else ():
            found.setdefault(key, set()).add(value)
    varied = [key for key, values in found.items() if len(values) > 1]
    shown = {one.key for one in settings}

    def is_shown(key: str) -> bool:
        return key.startswith(("training.", "data.")) or any(key == one or key.endswith(f".{one}") for one in shown)

    networks = {key: facts.run.network for facts in rows if facts.run.trial for key in facts.run.trial.values}
    titles = {key: variable_text(networks[key], key) for key in varied}
    return [Column(key, titles[key], "text", in_trial(key)) for key in varied if not is_shown(key)]


def sort_out(
    column: Column, values: Iterable[object], columns: list[Column], same: list[tuple[str, str]], name: str = ""
) -> None:
    """Put a setting among the columns where its values differ, else among what is the same, where it is worth a
    word."""
    distinct = set(values)
    if len(distinct) > 1:
        columns.append(column)
        return
    (value,) = distinct
    name = name or column.key.rpartition(".")[2]
    is_told = name in TOLD and column.key != "data.seed"
    if is_told or (column.parameter is not None and value != column.parameter.default and value != ""):
        same.append((column.title, shown_cell(column, value)))  # type: ignore[arg-type]


def distinct_titles(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, those of data named as such where another has the same title."""
    titles = [one.title for one in columns]

    def named(one: Column) -> Column:
        if titles.count(one.title) == 1 or not one.key.startswith("data."):
            return one
        return Column(one.key, _("{name} (data)").format(name=one.title), one.kind, one.value, one.parameter)

    return tuple(named(one) for one in columns)


def is_constant(column: Column, rows: Sequence[RunFacts]) -> bool:
    if column.key == "changed":
        return False
    first = column.value(rows[0])
    return all(column.value(facts) == first for facts in rows)


def attribute(name: str) -> Getter:
    return lambda facts: getattr(facts, name)


def in_plan(place: int) -> Getter:
    return lambda facts: facts.plan[place]


def in_data(name: str) -> Getter:
    return lambda facts: getattr(facts.run.data, name)


def in_network(key: str) -> Getter:
    return lambda facts: facts.network.values.get(key)


def in_trial(key: str) -> Getter:
    return lambda facts: None if facts.run.trial is None else facts.run.trial.values.get(key)


# --- cells ----------------------------------------------------------------------------------------------------------


def measured(values: Sequence[float], place: int) -> float | None:
    """A value of a curve; None where there is none, or it is no number."""
    if not 0 <= place < len(values):
        return None
    return values[place] if math.isfinite(values[place]) else None


def kind_of(parameter: Parameter) -> Kind:
    kinds: dict[str, Kind] = {"integer": "number", "number": "number", "boolean": "choice", "choice": "choice"}
    return kinds.get(parameter.kind, "text")


def shown_cell(column: Column, value: Cell) -> str:
    """A cell in words."""
    if value is None:
        return "–"
    if column.kind == "flag":
        return "★" if value and column.key == "is_starred" else _("yes") if value else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column.key == "size":
        return shown_bytes(int(value)) if value else "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return f"{Count(value)}" if column.key == "parameters" else str(value)
    if column.key == "ended":
        return ended_text(value)
    if column.parameter is not None and column.kind == "choice":
        return _(CHOICE_NAMES.get(value, value))
    return " ".join(value[: 4 * LONGEST_CELL].split())[:LONGEST_CELL]


def network_text(network: Network) -> str:
    """The layers between input and output in one line: `64 · ReLU · 10 · Softmax`, dense ones by their units."""
    return " · ".join(layer_text(one.type, one.parameters) for one in network.layers if one.role not in ENDS)


ENDS = ("input", "output")


def layer_text(type: str, parameters: Any) -> str:
    """A layer in a word or two: what it is, and the first of its parameters."""
    declared = layer_type(type)
    first = parameters.get(declared.parameters[0].name) if declared.parameters else None
    label = _(declared.label)
    if first is None or isinstance(first, bool):
        return label
    shown = f"{first:g}" if isinstance(first, float) else str(first)
    return f"{label} {shown}"


def study_name(table: RunTable, facts: RunFacts) -> str:
    """What the study of a run is called; "" for a run that is in none."""
    trial = facts.run.trial
    if trial is None:
        return ""
    study = table.studies.get(trial.study)
    return study.name if study is not None and study.name else trial.study


def first_opening(project: Project) -> str:
    """When the test set was first opened (UTC), "" where it never was."""
    return next((one.made for one in project.openings if one.what == "opened"), "")


def compared(table: RunTable, first: RunFacts, second: RunFacts) -> list[tuple[str, str, str]]:
    """What differs between two runs: what it is, and of either how it is. Nothing that a person wrote or chose."""
    settings, _same = differing([first, second])
    results = {key for key, _title, _kind in (*OWN, *RESULTS)} - UNCOMPARED
    unlike = [*settings, *(one for one in table.columns if one.key in results)]
    pairs = [(one.title, one.text(first), one.text(second)) for one in unlike]
    return [pair for pair in pairs if pair[1] != pair[2]]
