"""What a report says of what was trained and on what: the network, its formula, the data and the settings."""

from collections.abc import Sequence

from nnstudio.data.sources import shown_source
from nnstudio.handing_in.formula_drawing import formula_svg
from nnstudio.handing_in.parts import Facts, Figure, Listed, Part, Table, Words
from nnstudio.layers.catalogue import layer_type
from nnstudio.layers.spec import Parameter, shown_shape
from nnstudio.project import variants
from nnstudio.project.column_words import role_sentences, some
from nnstudio.project.data_settings import DATA_SETTINGS
from nnstudio.project.formula_layout import as_latex
from nnstudio.project.model import ColumnFacts, DataChoice, DataFacts, Project, Run, TrainingPlan
from nnstudio.project.names import shown_name
from nnstudio.project.network_formula import network_formula
from nnstudio.project.settings import TRAINING_SETTINGS
from nnstudio.project.shapes import infer
from nnstudio.text import Count, translate_count
from nnstudio.text import translate as _

MOST_LAYERS = 200
MOST_IN_FORMULA = 100
"""Of more layers no formula could be read."""
ALWAYS = ("loss", "optimizer", "learning_rate", "batch_size", "epochs", "patience", "seed")
"""Settings that are told whatever they are; the others where they are not as at first."""
OF_THE_TABLE = ("input", "target")
"""The roles of columns that need no word."""

# --- the network ----------------------------------------------------------------------------------------------------


def network_parts(project: Project, drawing: bytes, drawn_since: str) -> list[Part]:
    inference = infer(project)
    layers = project.network.layers
    rows = tuple(
        (
            shown_name(layer),
            _(layer_type(layer.type).label),
            shown_shape(inference.shapes[layer.id]) if layer.id in inference.shapes else "?",
            f"{Count(inference.parameters.get(layer.id, 0))}",
        )
        for layer in layers[:MOST_LAYERS]
    )
    total = _("{count} parameters in all").format(count=Count(inference.total_parameters))
    parts: list[Part] = []
    if drawing:
        parts.append(Figure(drawing, "", drawing_words(project), drawn_since))
    if rows:
        parts += [Table((_("Layer"), _("Type"), _("Output"), _("Parameters")), rows, frozenset({3})), Words(total)]
    return parts


def drawing_words(project: Project) -> str:
    """The drawn network in a sentence, for whoever cannot see it."""
    names = [shown_name(layer) for layer in project.network.layers]
    words = translate_count(
        "The network as it is drawn: {count} layer", "The network as it is drawn: {count} layers", len(names)
    )
    return f"{words.format(count=Count(len(names)))} – {some(names)}"


def formula_parts(project: Project) -> list[Part]:
    if len(project.network.layers) > MOST_IN_FORMULA:
        return []
    lines = network_formula(project.network, infer(project))
    if not lines:
        return []
    alt = _("The network as a formula, in LaTeX: {latex}").format(latex=as_latex(lines))
    return [Figure(formula_svg(lines), "", alt)]


# --- the data -------------------------------------------------------------------------------------------------------


def data_parts(project: Project) -> list[Part]:
    """Where the data is from, how it was divided and chosen, and everything that was done to it."""
    facts = project.facts
    pairs = [(_("Source"), shown_source(project.data.source))]
    if project.data.test_source:
        pairs.append((_("Test file"), shown_source(project.data.test_source)))
    if facts is not None:
        pairs += facts_pairs(facts)
    told = [setting for setting in DATA_SETTINGS if setting.name != "points"]
    pairs += settings_of(told, project.data, ("seed",))
    parts: list[Part] = [Facts(tuple(pair for pair in pairs if pair[1]))]
    done = [*facts.notes, *column_sentences(facts.columns)] if facts is not None else []
    if done:
        parts += [Words(_("What was found in it and done to it:")), Listed(tuple(done))]
    return parts


def facts_pairs(facts: DataFacts) -> list[tuple[str, str]]:
    words = _("{rows}: {train} to train, {validation} to validate, {test} to test")
    counts = {name: Count(getattr(facts, name)) for name in ("rows", "train", "validation", "test")}
    target = some(facts.classes)
    return [
        (_("Rows"), words.format(**counts)),
        (_("Target"), f"{facts.target}: {target}" if facts.target and target else facts.target or target),
        (_("Checksum of the rows"), facts.rows_sha256),
        (_("Checksum of the files"), facts.sha256),
    ]


def column_sentences(columns: Sequence[ColumnFacts]) -> list[str]:
    """The columns that are no inputs, each role in a sentence, and those with missing cells."""
    gaps = [f"{one.name} ({Count(one.missing)})" for one in columns if one.missing and one.role in OF_THE_TABLE]
    return [*role_sentences(columns), *([_("Missing cells: {names}.").format(names=some(gaps))] if gaps else [])]


# --- settings -------------------------------------------------------------------------------------------------------


def settings_parts(project: Project) -> list[Part]:
    return [Facts(tuple(settings_of(TRAINING_SETTINGS, project.training, ALWAYS)))]


def settings_text(run: Run) -> str:
    """The settings of a run on one line."""
    return ", ".join(f"{name} {value}" for name, value in settings_of(TRAINING_SETTINGS, run.training, ALWAYS))


def settings_of(
    settings: Sequence[Parameter], values: TrainingPlan | DataChoice, always: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """The settings that are told, by what they are called."""
    told = []
    for setting in settings:
        value = getattr(values, setting.name)
        if setting.name in always or value != setting.default:
            told.append((_(setting.label), shown(setting, value)))
    return told


def shown(setting: Parameter, value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(variants.called(setting, value))
