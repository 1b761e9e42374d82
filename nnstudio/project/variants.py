"""Networks and plans beside each other: another in place of the one drawn, and in words what two differ in."""

from collections import Counter
from collections.abc import Mapping
from pathlib import PureWindowsPath

from msgspec.structs import replace

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Parameter, Value, shown_value
from nnstudio.project.data_settings import DATA_SETTINGS, LARGEST_SEED
from nnstudio.project.edits import set_training
from nnstudio.project.model import RESUMED, DataChoice, DataFile, Layer, Network, Project, Run, RunEvent, TrainingPlan
from nnstudio.project.names import shown_name
from nnstudio.project.preparation import Preparation
from nnstudio.project.settings import CHOICE_NAMES, TRAINING_SETTINGS
from nnstudio.project.shapes import incoming
from nnstudio.text import Count, UserError, mark
from nnstudio.text import translate as _

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu")
OPTIMIZERS = ("sgd", "momentum", "adam", "rmsprop")
MOST_NAMED = 4
"""Of more differences only so many are named."""

MOST_OFFERED = 30
"""Of more runs only the settings of the newest are offered to be compared with."""

# --- another network or plan ----------------------------------------------------------------------------------------


def without_dropout(project: Project) -> Project:
    """The same network with every dropout rate at 0, so that it is trained in step with the one that has dropout."""

    def switched_off(layer: Layer) -> Layer:
        return replace(layer, parameters={**layer.parameters, "rate": 0.0}) if layer.role == "dropout" else layer

    return with_layers(project, tuple(switched_off(layer) for layer in project.network.layers))


def has_dropout(network: Network) -> bool:
    """Whether a layer switches units off."""
    return any(layer.role == "dropout" and layer.parameters.get("rate") for layer in network.layers)


def with_activation(project: Project, type: str) -> Project:
    """The same network with another activation function between its layers; the one before the output stays."""
    network = project.network
    outputs = {layer.id for layer in network.layers if layer.role == "output"}
    before_output = {link.source for link in network.links if link.target in outputs}

    def changed(layer: Layer) -> Layer:
        if layer_type(layer.type).curve is None or layer.id in before_output:
            return layer
        return replace(layer, type=type, parameters=layer_type(type).defaults())

    return with_layers(project, tuple(changed(layer) for layer in network.layers))


def with_width(project: Project, factor: float) -> Project:
    """The same network with its hidden dense layers this many times as wide; the one that gives the answer stays."""
    network = project.network
    hidden = hidden_dense(network)

    def changed(layer: Layer) -> Layer:
        if layer.id not in hidden:
            return layer
        units = max(1, round(float(layer.parameters["units"]) * factor))
        return replace(layer, parameters={**layer.parameters, "units": units})

    return with_layers(project, tuple(changed(layer) for layer in network.layers))


def hidden_dense(network: Network) -> set[str]:
    """The dense layers that reach another dense layer: all but those that give the answer."""
    dense = {layer.id for layer in network.layers if layer.role == "weighted"}
    sources = incoming(network)
    before, waiting = set[str](), list(dense)
    while waiting:
        found = [source for source in sources[waiting.pop()] if source not in before]
        before.update(found)
        waiting.extend(found)
    return dense & before


def with_layers(project: Project, layers: tuple[Layer, ...]) -> Project:
    return replace(project, network=replace(project.network, layers=layers))


def seeds(project: Project, count: int) -> list[Project]:
    """The same plan from so many starts: its own seed and those that follow."""
    first = project.training.seed
    return [set_training(project, seed=(first + number) % (LARGEST_SEED + 1)) for number in range(count)]


def restored(project: Project, run: Run) -> Project:
    """The project with the network, data choice and plan that a run was trained with."""
    facts = project.facts if project.data == run.data else None
    return replace(project, network=run.network, data=run.data, training=run.training, facts=facts)


def check_resumable(project: Project, run: Run) -> None:
    """UserError where a run could not go on as what it is: the network or the data is another by now."""
    if (computed(project.network), project.data) == (computed(run.network), run.data):
        return
    words = [*network_differences(run.network, project.network), *data_differences(run.data, project.data)]
    raise UserError(
        _(
            "The project has changed since run {number} ({differences}), so the run cannot be carried on. Restore its "
            "settings first, or train anew."
        ).format(number=run.id.removeprefix("run-"), differences=", ".join(words[:MOST_NAMED]))
    )


def unfinished(project: Project, preparation: Preparation, weights: bytes, epoch: int = 0, parameters: int = 0) -> Run:
    """A training before its end, or before its first step, as a run, so that whatever looks at runs can look at it."""
    return Run(
        id="",
        created="",
        network=project.network,
        data=project.data,
        training=project.training,
        preparation=preparation,
        stop_reason="user",
        epochs_run=epoch,
        best_epoch=None,
        weights_epoch=epoch,
        device="cpu",
        parameters=parameters,
        seconds=0.0,
        samples_per_second=0.0,
        weights=weights,
    )


def choices(project: Project) -> dict[str, tuple[str, Project]]:
    """What the network as it is can be compared with, by a key: what it is called, and the project it is.

    Keys are "dropout", "activation:TYPE", "width:FACTOR", "optimizer:NAME" and "run-N". What would be the same is left
    out.
    """
    network, plan = project.network, project.training
    found: dict[str, tuple[str, Project]] = {}
    if has_dropout(network):
        found["dropout"] = _("the same network without dropout"), without_dropout(project)
    for type in ACTIVATIONS:
        found[f"activation:{type}"] = (
            _("with {activation}").format(activation=_(layer_type(type).label)),
            with_activation(project, type),
        )
    for factor, words in ((2.0, mark("twice as wide")), (0.5, mark("half as wide"))):
        found[f"width:{factor:g}"] = _(words), with_width(project, factor)
    for name in OPTIMIZERS:
        if name != plan.optimizer:
            words = _("optimizer {name}").format(name=_(CHOICE_NAMES[name]))
            found[f"optimizer:{name}"] = words, set_training(project, optimizer=name)
    for run in reversed(project.runs[-MOST_OFFERED:]):
        if run.data == project.data:
            other = replace(project, network=run.network, training=run.training)
            found[run.id] = _("the settings of run {number}").format(number=run.id.removeprefix("run-")), other
    return {
        key: (words, other)
        for key, (words, other) in found.items()
        if (computed(other.network), other.training) != (computed(network), plan)
    }


# --- what differs ---------------------------------------------------------------------------------------------------


def computed(network: Network) -> Network:
    """The network as it is computed, wherever its layers stand and whatever is written on and beside them."""
    layers = tuple(replace(one, position=(0.0, 0.0), name="") for one in network.layers)
    return replace(network, layers=layers, notes=(), frames=())


def changed_since(before: Run | Project, after: Run | Project) -> str:
    """In words what differs between two runs or projects, "" where nothing does."""
    words = [
        *network_differences(before.network, after.network),
        *setting_differences(TRAINING_SETTINGS, before.training, after.training),
        *data_differences(before.data, after.data),
    ]
    if isinstance(after, Run):
        words += [event_text(one, after.network) for one in after.events]
        if after.origin:
            words.append(
                _("from epoch {epoch} of run {number}").format(
                    epoch=after.origin_epoch, number=after.origin.removeprefix("run-")
                )
            )
    named = words[:MOST_NAMED]
    return ", ".join(named) + (", …" if len(words) > MOST_NAMED else "")


def network_differences(before: Network, after: Network) -> list[str]:
    """Layers that came, went or have other parameters."""
    old, new = ({layer.id: layer for layer in network.layers} for network in (before, after))
    words = []
    for id, layer in new.items():
        if id not in old:
            continue
        if old[id].type != layer.type:
            words.append(f"{_(layer_type(old[id].type).label)} → {_(layer_type(layer.type).label)}")
        else:
            words += parameter_differences(layer, old[id].parameters)
    # A layer that was replaced by one of another type in its place is told as a change of type.
    gone = Counter(layer.type for id, layer in old.items() if id not in new)
    come = Counter(layer.type for id, layer in new.items() if id not in old)
    if len(gone) == len(come) == 1 and gone.total() == come.total():
        (left,), (right,) = gone, come
        words.append(f"{_(layer_type(left).label)} → {_(layer_type(right).label)}")
        return words
    for counts, sign in ((gone, "−"), (come, "+")):
        for type, count in counts.items():
            many = f"{count} " if count > 1 else ""
            words.append(f"{sign} {many}{_(layer_type(type).label)}")
    if not words and computed(before).links != computed(after).links:
        words.append(_("other links"))
    return words


def parameter_differences(layer: Layer, before: Mapping[str, Value]) -> list[str]:
    return [
        f"{shown_name(layer)}: "
        + difference(_(layer_type(layer.type).parameter(name).label).lower(), before.get(name), value)
        for name, value in layer.parameters.items()
        if before.get(name) != value
    ]


def setting_differences(
    settings: tuple[Parameter, ...], before: TrainingPlan | DataChoice, after: TrainingPlan | DataChoice
) -> list[str]:
    return [
        difference(_(one.label).lower(), *(called(one, getattr(plan, one.name)) for plan in (before, after)))
        for one in settings
        if getattr(before, one.name) != getattr(after, one.name)
    ]


def data_differences(before: DataChoice, after: DataChoice) -> list[str]:
    if (before.source, before.target, before.test_source) != (after.source, after.target, after.test_source):
        return [_("other data")]
    words = setting_differences(DATA_SETTINGS, replace(before, points=after.points), after)
    # Named and not listed: there may be thousands of them.
    return words if before.points == after.points else [*words, _("other points")]


def difference(name: str, before: object, after: object) -> str:
    """One value that became another."""
    return f"{name} {shown(before)} → {shown(after)}"


def called(setting: Parameter, value: object) -> object:
    """A choice by what it is called on screen; other values as they are."""
    return _(CHOICE_NAMES.get(value, value)) if setting.kind == "choice" and isinstance(value, str) else value


def shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value) if isinstance(value, str) else shown_value(value)


def changed_data(project: Project, before: Project) -> str:
    """In words that the data has changed since runs were trained on it, or since it was last read; "" where it has not.
    `before` is the project as it was before this reading."""
    facts = project.facts
    if facts is None or not facts.sha256:
        return ""
    for run in project.runs:
        if run.data == project.data and run.data_sha256 not in ("", facts.sha256):
            return _(
                "“{file}” has changed since run {number} ({before} → {now} rows). Earlier results may not compare."
            ).format(
                file=PureWindowsPath(project.data.source).name,
                number=run.id.removeprefix("run-"),
                before=Count(run.rows),
                now=Count(facts.rows),
            )
    known = {file.source: file.sha256 for file in before.files}
    for file in project.files:
        if known.get(file.source, file.sha256) != file.sha256:
            words = _("“{file}” is another than when the project was saved.")
            return words.format(file=PureWindowsPath(file.source).name)
    return ""


def replaced_copies(project: Project, before: Project) -> list[DataFile]:
    """The copies of small files that gave way to others when the data was read."""
    kept = {(file.source, file.sha256) for file in project.files}
    return [file for file in before.files if file.content and (file.source, file.sha256) not in kept]


def event_text(happened: RunEvent, network: Network) -> str:
    """What happened in the middle of a run, in words."""
    epoch = f"{happened.epoch:.4g}"
    if happened.what == "patience":
        return _("carried on past early stopping at epoch {epoch}").format(epoch=epoch)
    if happened.what.startswith(RESUMED):
        other = {
            "data": _("other data"),
            "device": _("another device"),
            "machine": _("another machine"),
            "version": _("another version of PyTorch"),
            "backend": _("another way of computing"),
        }
        reason = other.get(happened.what.removeprefix(RESUMED), "")
        return _("carried on at epoch {epoch}, not bit for bit: {reason}").format(epoch=epoch, reason=reason)
    name = _("learning rate")
    if network.has(happened.what):
        name = shown_name(network.layer(happened.what))
    return _("{change} at epoch {epoch}").format(change=difference(name, happened.before, happened.after), epoch=epoch)
