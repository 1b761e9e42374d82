"""Columns of text: pieces, counts and weights of scikit-learn, fitted on the training part and kept for new rows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from nnstudio.data.columns import RawData
from nnstudio.data.dataset import load
from nnstudio.data.parts import repeats
from nnstudio.data.preparation import encode_inputs
from nnstudio.data.words import Rows, idf_of, pieces, tokens_of, vocabulary_of, weights_of
from nnstudio.project.model import DataChoice
from nnstudio.project.preparation import TextPreparation

TEXTS = [
    "Call NOW to claim your 1000 pounds prize!!! call 09061-701461.",
    "I'll be there at six, ok? ok",
    "Ok lar... Joking wif u oni...",
    "a",
    "",
    "¿Qué hora es? Son las seis, ¿no?",
    "win a prize now, win a prize now",
]
HOW = [
    (TextPreparation("counts"), {}),
    (TextPreparation("counts", ngrams=3), {"ngram_range": (1, 3)}),
    (TextPreparation("presence", lower_case=False), {"lowercase": False, "binary": True}),
    (TextPreparation("counts", "words_and_signs", ngrams=2), {"token_pattern": r"\w+|[^\w\s]", "ngram_range": (1, 2)}),
    (TextPreparation("counts", "characters", ngrams=4), {"analyzer": "char_wb", "ngram_range": (2, 4)}),
    (TextPreparation("counts", "characters", ngrams=1), {"analyzer": "char_wb", "ngram_range": (1, 1)}),
]


def whole(rows: Rows, width: int) -> np.ndarray:
    """Sparse rows, spread out."""
    found = np.zeros((len(rows.places), width))
    np.add.at(found, (np.arange(len(rows.places))[:, None], rows.places), rows.values)
    return found


@pytest.mark.parametrize(("how", "settings"), HOW)
def test_words_and_counts_are_those_of_scikit_learn(how: TextPreparation, settings: dict[str, object]) -> None:
    theirs = CountVectorizer(**settings)
    expected = theirs.fit_transform(TEXTS).toarray()
    words = vocabulary_of(TEXTS, how, 10_000, 1)
    assert words == tuple(sorted(theirs.get_feature_names_out()))
    order = [list(theirs.get_feature_names_out()).index(word) for word in words]
    np.testing.assert_array_equal(whole(weights_of(TEXTS, how, words), len(words)), expected[:, order])


def test_rare_words_weigh_as_with_scikit_learn() -> None:
    theirs = TfidfVectorizer()
    expected = theirs.fit_transform(TEXTS).toarray()
    how = TextPreparation("tfidf")
    words = vocabulary_of(TEXTS, how, 10_000, 1)
    how = TextPreparation("tfidf", idf=idf_of(TEXTS, how, words))
    np.testing.assert_allclose(whole(weights_of(TEXTS, how, words), len(words)), expected, atol=1e-6)


def test_the_most_frequent_pieces_are_kept_and_rare_ones_passed_over() -> None:
    how = TextPreparation("counts")
    assert vocabulary_of(TEXTS, how, 3, 1) == ("now", "ok", "prize")
    assert all(sum(word in pieces(text, how) for text in TEXTS) >= 2 for word in vocabulary_of(TEXTS, how, 100, 2))


def test_tokens_keep_the_order_with_none_before_them() -> None:
    how = TextPreparation("tokens", "words_and_signs", length=4)
    assert tokens_of(["ok six !", "six six six six ok", "", "nobody"], how, ("ok", "six")).tolist() == [
        [0, 2, 3, 1],
        [3, 3, 3, 3],
        [0, 0, 0, 0],
        [0, 0, 0, 1],
    ]


def write(path: Path, rows: Sequence[tuple[str, str]]) -> str:
    polars.DataFrame(rows, schema=["text", "kind"], orient="row").write_csv(path)
    return str(path)


@pytest.fixture
def messages(tmp_path: Path) -> str:
    """Messages of two kinds, each of which comes three times."""
    rows = [(f"buy number {one} now", "spam") for one in range(60)] + [
        (f"see you at {one} dear", "ham") for one in range(60)
    ]
    return write(tmp_path / "messages.csv", rows * 3)


def test_text_is_fitted_on_the_training_part_and_repeats_stay_together(messages: str) -> None:
    dataset = load(DataChoice(messages))
    facts, column = dataset.facts, dataset.preparation.columns[0]
    assert facts.is_sparse and facts.sample_shape == (len(column.categories),) == (column.width,)
    texts = polars.read_csv(messages)["text"].to_list()
    parts = [{texts[row] for row in part.rows} for part in (dataset.train, dataset.validation, dataset.test)]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
    trained_on = {word for text in parts[0] for word in text.split() if len(word) > 1}
    assert set(column.categories) == trained_on
    assert any("240 rows repeat others" in note for note in facts.notes)
    apart = load(DataChoice(messages, repeats="apart"))
    assert {texts[row] for row in apart.train.rows} & {texts[row] for row in apart.test.rows}


def test_rows_that_repeat_are_numbered_as_they_come() -> None:
    table = polars.DataFrame({"text": ["b", "a", "b", "c", "a"], "kind": ["x", "y", "x", "y", "y"]})
    found = repeats(RawData(table, "kind"), DataChoice(repeats="together"))
    assert found is not None and found.tolist() == [0, 1, 0, 2, 1]


def test_new_rows_go_through_the_same_words(messages: str) -> None:
    dataset = load(DataChoice(messages, text="counts"))
    column = dataset.preparation.columns[0]
    encoded = encode_inputs(polars.DataFrame({"text": ["buy buy dear unheard", None]}), dataset.preparation)
    places, values = np.split(encoded, 2, axis=1)
    found = {column.categories[int(place)]: value for place, value in zip(places[0], values[0], strict=True) if value}
    assert found == {"buy": 2.0, "dear": 1.0} and not values[1].any()


def test_tokens_are_of_one_text_alone(tmp_path: Path) -> None:
    rows = [(f"one two {number}", f"three four five {number}", 3 * number, "ab"[number % 2]) for number in range(200)]
    polars.DataFrame(rows, schema=["a", "b", "c", "kind"], orient="row").write_csv(tmp_path / "x.csv")
    dataset = load(DataChoice(str(tmp_path / "x.csv"), text="tokens", length=3))
    assert (
        dataset.facts.sample_shape == (3,)
        and dataset.facts.vocabulary == len(dataset.preparation.columns[0].categories) + 2
    )
    assert any("“b”, “c” are left out" in note for note in dataset.facts.notes)


def test_names_and_codes_are_no_text(tmp_path: Path) -> None:
    rows = [(f"id-{number}", number % 7, "ab"[number % 2]) for number in range(200)]
    polars.DataFrame(rows, schema=["id", "x", "kind"], orient="row").write_csv(tmp_path / "x.csv")
    dataset = load(DataChoice(str(tmp_path / "x.csv")))
    assert [column.name for column in dataset.preparation.columns] == ["x"] and not dataset.facts.is_sparse
