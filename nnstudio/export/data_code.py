"""The data in an exported script: reading, filling, scaling, words and classes as the run had them."""

from collections.abc import Iterator

import msgspec

from nnstudio.data.number_words import MARKS_OF_NUMBERS
from nnstudio.export.data_table import part_column
from nnstudio.export.training_code import wrapped
from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.project.model import Run, TrainingPlan
from nnstudio.project.module_code import source_of


def texts_of(run: Run) -> dict[str, dict[str, object]]:
    """Each column of text: the words that are looked for, and how."""
    return {
        column.name: {"words": column.categories, **msgspec.to_builtins(column.text)}
        for column in run.preparation.columns
        if column.text is not None
    }


def words_file(run: Run, name: str) -> dict[str, bytes]:
    """The file of the words that are looked for, where there are some."""
    texts = texts_of(run)
    return {f"{name}_words.json": msgspec.json.encode(texts)} if texts else {}


def number_kind(plan: TrainingPlan) -> str:
    """What numbers are: in mixed precision too, float32."""
    return "float64" if plan.precision == "float64" else "float32"


def is_by_channel(run: Run) -> bool:
    """Whether the pixels of each channel are scaled all together."""
    return len(run.preparation.sample_shape) == IMAGE_AXES and run.data.standardize


def data_lines(run: Run, name: str) -> Iterator[str]:
    """Reading, filling, scaling and encoding, fitted on the training rows alone."""
    preparation = run.preparation
    numbers = [column.name for column in preparation.columns if column.kind == "number"]
    categories = {column.name: list(column.categories) for column in preparation.columns if column.kind == "category"}
    texts = texts_of(run)
    yield "\n# --- the data " + "-" * 66 + "\n"
    yield f"COLUMNS = {wrapped([column.name for column in preparation.columns])}"
    yield f"CATEGORIES = {categories!r}  # columns of words, and the words each can hold"
    if texts:
        yield f'TEXTS = json.loads((HERE / {name + "_words.json"!r}).read_text(encoding="utf-8"))'
    yield f"TARGET = {preparation.target!r}"
    if preparation.task != "value":
        yield f"CLASSES = {wrapped(list(preparation.classes))}"
    yield f'''

def read_table(path):
    """The rows of a CSV file, each a dictionary from column to text."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MISSING = {MARKS_OF_NUMBERS!r}


def number(text):
    text = text.strip()
    return math.nan if text in MISSING else float({{"true": "1", "false": "0"}}.get(text.lower(), text))


def numbers_of(rows, column):
    return np.array([number(row[column]) for row in rows])


rows = read_table(DATA)
parts = {{part: [row for row in rows if row[{part_column(preparation)!r}] == part]
         for part in ("train", "validation", "test")}}
'''
    if numbers:
        yield from measured_lines(run)
    yield from text_lines() if texts else ()
    yield from encoding_lines(run, bool(numbers), bool(texts))


def measured_lines(run: Run) -> Iterator[str]:
    other = " and column not in TEXTS" if texts_of(run) else ""
    yield f"""# What is measured to fill and scale a column is measured on the training rows alone.
MEAN, SCALE = {{}}, {{}}
for column in COLUMNS:
    if column not in CATEGORIES{other}:
        values = numbers_of(parts["train"], column)
        MEAN[column] = np.nanmean(values)"""
    if run.data.standardize:
        yield "        deviation = np.nanstd(values)"
        yield "        # A constant column becomes 0 and not infinite."
        yield "        SCALE[column] = deviation if deviation > 1e-12 * max(1, abs(MEAN[column])) else 1.0"
    if is_by_channel(run):
        size = len(run.preparation.columns) // run.preparation.sample_shape[0]
        yield f"""FILL = dict(MEAN)
# Each channel of the images has one mean and one deviation for all its pixels.
for start in range(0, len(COLUMNS), {size}):
    channel = COLUMNS[start:start + {size}]
    values = np.stack([numbers_of(parts["train"], column) for column in channel])
    MEAN |= dict.fromkeys(channel, np.nanmean(values))
    SCALE |= dict.fromkeys(channel, np.nanstd(values) or 1.0)"""


def text_lines() -> Iterator[str]:
    """How texts are taken apart, and what becomes of their words."""
    yield """
WORDS = re.compile(r"\\b\\w\\w+\\b")
WORDS_AND_SIGNS = re.compile(r"\\w+|[^\\w\\s]")
SPACES = re.compile(r"\\s\\s+")

"""
    for name in ("pieces", "character_runs"):
        yield from source_of(name, "nnstudio.data.words")
        yield from ("", "")
    yield '''def encode_text(texts, how):
    """A column for each word that is looked for; of tokens the numbers of the first words."""
    how = SimpleNamespace(**how)
    place = {word: number for number, word in enumerate(how.words)}
    if how.weighting == "tokens":
        encoded = np.zeros((len(texts), how.length))
        for row, text in enumerate(texts):
            tokens = [place.get(word, -1) + 2 for word in pieces(text, how)[:how.length]]  # 0: none, 1: not known
            encoded[row, how.length - len(tokens):] = tokens
        return list(encoded.T)
    encoded = np.zeros((len(texts), len(place)))
    for row, text in enumerate(texts):
        for piece in pieces(text, how):
            if piece in place:
                encoded[row, place[piece]] += 1
    if how.weighting == "presence":
        encoded = np.minimum(encoded, 1)
    if how.weighting == "tfidf":
        encoded *= how.idf
        encoded /= np.maximum(np.linalg.norm(encoded, axis=1, keepdims=True), 1e-12)
    return list(encoded.T)
'''


def encoding_lines(run: Run, has_numbers: bool, has_texts: bool) -> Iterator[str]:
    preparation = run.preparation
    yield '''
def encode_inputs(rows):
    """One row of numbers a sample."""
    encoded = []
    for column in COLUMNS:
        if column in CATEGORIES:
            encoded += [np.array([row[column] == word for row in rows], dtype=float) for word in CATEGORIES[column]]'''
    if has_texts:
        yield "        elif column in TEXTS:"
        yield "            encoded += encode_text([row[column] for row in rows], TEXTS[column])"
    if has_numbers:
        fill = "FILL" if is_by_channel(run) else "MEAN"
        yield "        else:"
        yield "            values = numbers_of(rows, column)"
        yield f"            values = np.where(np.isnan(values), {fill}[column], values)"
        if run.data.standardize:
            yield "            encoded.append((values - MEAN[column]) / SCALE[column])"
        else:
            yield "            encoded.append(values)"
    shape = ", ".join(str(size) for size in preparation.sample_shape)
    kind = "torch.int64" if preparation.vocabulary else f"torch.{number_kind(run.training)}"
    yield f"    return torch.tensor(np.stack(encoded, axis=1), dtype={kind})" + (
        f".reshape(-1, {shape})" if len(preparation.sample_shape) > 1 else ""
    )
    yield ""
    yield ""
