"""Every edit as one pure function from project to project."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import count
from typing import TypeVar

from msgspec.structs import replace

from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Value
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.drawn_points import DRAWN, Points, format_points
from nnstudio.project.model import (
    DataChoice,
    DataFacts,
    DataFile,
    Frame,
    Layer,
    Link,
    Network,
    Note,
    Position,
    Project,
    Run,
    Size,
    TrainingPlan,
)
from nnstudio.project.names import shown_name
from nnstudio.project.settings import TRAINING_SETTINGS, check_setting
from nnstudio.project.sizes import MOST_UNITS, room_for
from nnstudio.project.test_seal import together
from nnstudio.text import UserError
from nnstudio.text import translate as _

HIGHEST_RUN = 999_999_999
LONGEST_NAME = 200
LONGEST_NOTE = 4000
COLUMN_WIDTH = 192.0
BESIDE = (30.0, 30.0)
BELOW = room_for((MOST_UNITS,), learns=False)
"""As high as what stands on the canvas can be, when copies go below it."""
SMALLEST: Size = (72.0, 48.0)
IDX_IMAGES, IDX_LABELS = ("images-idx3", "images.idx3"), ("labels-idx1", "labels.idx1")
"""How the names of MNIST's files are written: by its makers, and by who has unpacked them."""
MOST_LAYERS = 10_000
MOST_LINKS = 50_000
MOST_REMARKS = 2_000
"""What a file may hold, and so what may be drawn."""

Placed = TypeVar("Placed", Layer, Note, Frame)

# --- layers ---------------------------------------------------------------------------------------------------------


def add_layer(
    project: Project, type: str, position: Position = (0.0, 0.0), parameters: Mapping[str, Value] | None = None
) -> tuple[Project, str]:
    """The project with one more layer, and the new layer's id."""
    declared = layer_type(type)
    if len(project.network.layers) >= MOST_LAYERS:
        raise UserError(_("A network has at most {most} layers.").format(most=MOST_LAYERS))
    number = free_number(project.network, type)
    values = declared.defaults()
    for name, value in (parameters or {}).items():
        values[name] = declared.parameter(name).check(value)
    layer = Layer(f"{type}_{number}", type, "", values, position)
    return with_network(project, layers=(*project.network.layers, layer)), layer.id


def remove(project: Project, ids: Collection[str] = (), links: Collection[Link] = ()) -> Project:
    """The project without these layers, notes and frames, the links at them, and these links."""
    network = project.network
    return with_network(
        project,
        layers=tuple(layer for layer in network.layers if layer.id not in ids),
        links=tuple(
            link for link in network.links if link not in links and link.source not in ids and link.target not in ids
        ),
        notes=tuple(note for note in network.notes if note.id not in ids),
        frames=tuple(frame for frame in network.frames if frame.id not in ids),
    )


def move(project: Project, positions: Mapping[str, Position]) -> Project:
    """The project with these layers, notes and frames at new places."""

    def moved(things: tuple[Placed, ...]) -> tuple[Placed, ...]:
        return tuple(replace(one, position=positions[one.id]) if one.id in positions else one for one in things)

    network = project.network
    return with_network(project, layers=moved(network.layers), notes=moved(network.notes), frames=moved(network.frames))


def rename(project: Project, id: str, name: str) -> Project:
    """The project with a layer called otherwise, "" for the name it has by itself; UserError for an endless name."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise UserError(_("A name has at most {longest} characters.").format(longest=LONGEST_NAME))
    return change_layers(project, [id], lambda layer: replace(layer, name=name))


def set_parameter(project: Project, id: str, name: str, value: object) -> Project:
    """The project with one parameter of a layer changed; UserError for a value out of range."""
    layer = project.network.layer(id)
    checked = layer_type(layer.type).parameter(name).check(value)
    return change_layers(project, [id], lambda layer: replace(layer, parameters={**layer.parameters, name: checked}))


def paste(project: Project, pasted: Network, offset: Position) -> tuple[Project, list[str]]:
    """The project with copies of these layers, links, notes and frames, and the ids of the copies."""
    ids: dict[str, str] = {}

    def place(position: Position) -> Position:
        return position[0] + offset[0], position[1] + offset[1]

    for layer in pasted.layers:
        project, ids[layer.id] = add_layer(project, layer.type, place(layer.position), layer.parameters)
        if layer.name:
            project = rename(project, ids[layer.id], layer.name)
    for link in pasted.links:
        if link.source in ids and link.target in ids:
            project = add_link(project, ids[link.source], ids[link.target])
    for note in pasted.notes:
        project, ids[note.id] = add_note(project, note.text, place(note.position), note.width)
    for frame in pasted.frames:
        project, ids[frame.id] = add_frame(project, frame.title, place(frame.position), frame.size)
    return project, list(ids.values())


def duplicate(project: Project, ids: Collection[str]) -> tuple[Project, list[str]]:
    """The project with copies of these layers, notes and frames beside them, and the ids of the copies."""
    copied = part(project.network, ids)
    return paste(project, copied, beside(project.network, copied))


def beside(network: Network, copied: Network) -> Position:
    """How far copies lie from what they are copies of: a little, and beside copies made before; with a frame below
    all there is, so that no frame holds what it is not about."""
    if not copied.frames:
        return beside_copies(network, copied)
    ends = [layer.position[1] + BELOW for layer in network.layers]
    ends += [note.position[1] + BELOW for note in network.notes]
    ends += [frame.position[1] + frame.size[1] for frame in network.frames]
    tops = [layer.position[1] for layer in copied.layers]
    tops += [annotation.position[1] for annotation in copied.annotations]
    return 0.0, max([*ends, min(tops)]) - min(tops) + BESIDE[1]


def beside_copies(network: Network, copied: Network) -> Position:
    """The first step aside where no copy lies on a part that is there already."""
    taken = {*(one.position for one in network.layers), *(one.position for one in network.notes)}
    places = [*(one.position for one in copied.layers), *(one.position for one in copied.notes)]
    across, down = BESIDE
    steps = 1
    while any((x + steps * across, y + steps * down) in taken for x, y in places):
        steps += 1
    return steps * across, steps * down


def part(network: Network, ids: Collection[str]) -> Network:
    """These layers of a network and the links among them, and these notes and frames."""
    return Network(
        tuple(layer for layer in network.layers if layer.id in ids),
        tuple(link for link in network.links if link.source in ids and link.target in ids),
        tuple(note for note in network.notes if note.id in ids),
        tuple(frame for frame in network.frames if frame.id in ids),
    )


# --- notes and frames -----------------------------------------------------------------------------------------------


def add_note(project: Project, text: str, position: Position, width: float = Note("").width) -> tuple[Project, str]:
    """The project with one more note, and its id."""
    check_annotation_count(project.network)
    note = Note(f"note_{free_number(project.network, 'note')}", text, position, width)
    return with_network(project, notes=(*project.network.notes, note)), note.id


def add_frame(project: Project, title: str, position: Position, size: Size) -> tuple[Project, str]:
    """The project with one more frame, and its id."""
    check_annotation_count(project.network)
    frame = Frame(f"frame_{free_number(project.network, 'frame')}", title, position, size)
    return with_network(project, frames=(*project.network.frames, frame)), frame.id


def check_annotation_count(network: Network) -> None:
    if len(network.annotations) >= MOST_REMARKS:
        raise UserError(_("The canvas holds at most {most} notes and frames.").format(most=MOST_REMARKS))


def write(project: Project, id: str, text: str) -> Project:
    """The project with another text in a note or another title on a frame; UserError for an endless one."""
    notes, frames = project.network.notes, project.network.frames
    longest = LONGEST_NOTE if any(note.id == id for note in notes) else LONGEST_NAME
    if len(text) > longest:
        raise UserError(
            _("This text has {count} characters; {longest} fit here.").format(count=len(text), longest=longest)
        )
    return with_network(
        project,
        notes=tuple(replace(note, text=text.strip()) if note.id == id else note for note in notes),
        frames=tuple(replace(frame, title=" ".join(text.split())) if frame.id == id else frame for frame in frames),
    )


def resize(project: Project, id: str, size: Size) -> Project:
    """The project with a frame of another size or a note of another width, never smaller than can be grasped."""
    width, height = max(size[0], SMALLEST[0]), max(size[1], SMALLEST[1])
    network = project.network
    return with_network(
        project,
        notes=tuple(replace(note, width=width) if note.id == id else note for note in network.notes),
        frames=tuple(replace(frame, size=(width, height)) if frame.id == id else frame for frame in network.frames),
    )


# --- links ----------------------------------------------------------------------------------------------------------


def add_link(project: Project, source: str, target: str) -> Project:
    """The project with one more link, which replaces the old one of a layer with one input. UserError if it cannot
    be."""
    network = project.network
    link = Link(source, target)
    check_link(network, link)
    kept = network.links
    if layer_type(network.layer(target).type).inputs[1] == 1:
        kept = tuple(one for one in kept if one.target != target)
    if len(kept) >= MOST_LINKS:
        raise UserError(_("A network has at most {most} links.").format(most=MOST_LINKS))
    return with_network(project, links=(*kept, link))


def insert_on_link(project: Project, id: str, link: Link) -> Project:
    """The project with a layer set into a link: it takes over both ends. UserError if it cannot be."""
    layer = project.network.layer(id)
    if layer.role in ("input", "output"):
        raise UserError(
            _("“{layer}” is an end of the network; it cannot stand in a link.").format(layer=shown_name(layer))
        )
    if id in (link.source, link.target):
        raise UserError(_("“{layer}” cannot be linked to itself.").format(layer=shown_name(layer)))
    # In place, so that a layer that joins keeps the order of its inputs.
    rest = with_network(project, links=tuple(one for one in project.network.links if one != link))
    check_link(rest.network, Link(id, link.target))
    moved = tuple(Link(id, link.target) if one == link else one for one in project.network.links)
    return add_link(with_network(project, links=moved), link.source, id)


def check_link(network: Network, link: Link) -> None:
    """UserError when the link cannot be drawn: to itself, twice, out of an output, into an input, or closing a loop."""
    source, target = network.layer(link.source), network.layer(link.target)
    closes_loop = source.id in reachable(network, target.id)
    reason = link_refusal(source, target, link in network.links, {target.id} if closes_loop else set())
    if reason:
        raise UserError(reason)


def link_refusal(source: Layer, target: Layer, is_linked: bool, before_source: set[str]) -> str:
    """Why a link cannot be drawn, "" when it can; `before_source` are the ids that the source depends on."""
    if source.id == target.id:
        return _("“{layer}” cannot be linked to itself.").format(layer=shown_name(source))
    if is_linked:
        return _("“{source}” and “{target}” are linked already.").format(
            source=shown_name(source), target=shown_name(target)
        )
    if source.role == "output":
        return _("“{layer}” is where the network ends; no link can leave it.").format(layer=shown_name(source))
    if target.role == "input":
        return _("“{layer}” is where the network begins; no link can enter it.").format(layer=shown_name(target))
    if target.id in before_source:
        return _("This link would close a loop from “{target}” back to itself.").format(target=shown_name(target))
    return ""


def reachable(network: Network, start: str) -> set[str]:
    """The ids of all layers that a layer's output reaches, its own among them."""
    targets: dict[str, list[str]] = {}
    for link in network.links:
        targets.setdefault(link.source, []).append(link.target)
    found, waiting = {start}, [start]
    while waiting:
        for target in targets.get(waiting.pop(), []):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


# --- data, training, runs -------------------------------------------------------------------------------------------


def set_data(project: Project, **changes: object) -> Project:
    """The project with data settings changed; what was known of the data is forgotten. UserError for a bad value."""
    for name, value in changes.items():
        if name not in ("source", "target", "test_source"):
            check_setting(DATA_SETTINGS, name, value)
    changed: DataChoice = replace(project.data, **changes)
    return project if changed == project.data else replace(project, data=changed, facts=None)


def set_points(project: Project, points: Points) -> Project:
    """The project with other points drawn. What was known stands until they are read, but for the classes, which the
    points tell: the network would lose its shapes for a moment with every stroke."""
    changed = set_data(project, points=format_points(points))
    facts, classes = project.facts, tuple(str(label) for label in sorted({one.label for one in points}))
    if project.data.source != DRAWN or facts is None or len(classes) < 2:
        return changed
    return replace(changed, facts=facts if facts.classes == classes else replace(facts, classes=classes))


def set_training(project: Project, **changes: object) -> Project:
    """The project with training settings changed; UserError for a value out of range."""
    checked = {name: check_setting(TRAINING_SETTINGS, name, value) for name, value in changes.items()}
    changed: TrainingPlan = replace(project.training, **checked)
    return replace(project, training=changed)


def set_facts(project: Project, data: DataChoice, facts: DataFacts, files: Sequence[DataFile] = ()) -> Project:
    """The project with what was found in its data, unless it has chosen other data meanwhile.

    `files` are those it was read from.
    """
    if project.data != data:
        return project
    read = {file.source for file in files}
    kept = [file for file in project.files if file.source not in read]
    return replace(project, facts=facts, files=(*kept, *files))


def without_strange_files(project: Project) -> Project:
    """The project without the files of data that neither it nor any of its runs or studies was made with."""
    choices = [project.data, *(run.data for run in project.runs), *(study.data for study in project.studies)]
    known = {source for data in choices for source in (data.source, data.test_source)}
    known |= {labels for source in known for labels in labels_of(source)}
    return replace(project, files=tuple(file for file in project.files if file.source in known))


def labels_of(source: str) -> tuple[str, ...]:
    """The files that the labels of one of images in the IDX format can be in, the likeliest first; none for a file of
    another kind.

    They lie beside it, or in a folder called as itself beside its own: so Kaggle packs them.
    """
    folder, sign, name = split_source(source)
    names = [name.replace(images, labels) for images in IDX_IMAGES if images in name for labels in IDX_LABELS]
    above, between, own = split_source(folder)
    folders = [own.replace(images, labels) for images in IDX_IMAGES if images in own for labels in IDX_LABELS]
    places = [folder, *(above + between + one for one in folders)] if names else []
    zipped = [one.removesuffix(".gz") if one.endswith(".gz") else f"{one}.gz" for one in names]
    found = [place + sign + one for place in places for one in (*names, *zipped)]
    return tuple(dict.fromkeys(found))


def split_source(source: str) -> tuple[str, str, str]:
    """The folder, the sign behind it and the name, whichever system the path is of."""
    place = max(source.rfind("/"), source.rfind("\\"))
    return (source[:place], source[place], source[place + 1 :]) if place >= 0 else ("", "", source)


def find_data(project: Project, source: str, found: str) -> Project:
    """The project, its runs and its studies, with a data file that was moved at its new place."""

    def moved(data: DataChoice) -> DataChoice:
        places = {name: found for name in ("source", "test_source") if getattr(data, name) == source}
        return replace(data, **places)

    runs = tuple(replace(run, data=moved(run.data)) for run in project.runs)
    studies = tuple(replace(study, data=moved(study.data)) for study in project.studies)
    files = tuple(replace(file, source=found) if file.source == source else file for file in project.files)
    return replace(project, data=moved(project.data), runs=runs, studies=studies, files=files, facts=None)


def add_run(project: Project, run: Run) -> Project:
    """The project with one more run; a run of the same id gives way to it, in its place. Where that is the same run as
    it stood before, the openings of the test set stay with it."""
    earlier = next((one for one in project.runs if one.id == run.id), None)
    if earlier is not None:
        if earlier.openings and earlier.created == run.created:
            run = replace(run, openings=together(earlier.openings, run.openings))
        return replace(project, runs=tuple(run if one.id == run.id else one for one in project.runs))
    return replace(project, runs=(*project.runs, run))


def remove_run(project: Project, id: str) -> Project:
    return replace(project, runs=tuple(run for run in project.runs if run.id != id))


def free_run_id(*projects: Project) -> str:
    """The id of the next run: one more than the highest there is in any of these projects, or the smallest free one
    where that would be higher than a file can hold."""
    held = {id(project.runs): project.runs for project in projects}  # most steps of a history hold the very same
    ids = (run.id.removeprefix("run-") for runs in held.values() for run in runs)
    numbers = {int(id) for id in ids if id.isdigit()}
    highest = max(numbers, default=0)
    free = highest + 1 if highest < HIGHEST_RUN else next(one for one in count(1) if one not in numbers)
    return f"run-{free}"


# --- shared ---------------------------------------------------------------------------------------------------------


def with_network(project: Project, **changes: object) -> Project:
    return replace(project, network=replace(project.network, **changes))


def change_layers(project: Project, ids: Collection[str], change: Callable[[Layer], Layer]) -> Project:
    layers: Iterable[Layer] = project.network.layers
    return with_network(project, layers=tuple(change(layer) if layer.id in ids else layer for layer in layers))


def free_number(network: Network, type: str) -> int:
    """The smallest number from 1 that no layer, note or frame of this type bears."""
    taken = {one.id for one in (*network.layers, *network.annotations)}
    number = 1
    while f"{type}_{number}" in taken:
        number += 1
    return number
