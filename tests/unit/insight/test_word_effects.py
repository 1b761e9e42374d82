"""What words do, against asking the trained network through `predict`, and neighbours against plain numpy."""

from pathlib import Path

import numpy as np
import polars
import pytest
from numpy.typing import NDArray

from nnstudio.data.dataset import Dataset, load
from nnstudio.insight.embeddings import NEIGHBOURS, neighbours, principal_plane, word_vectors
from nnstudio.insight.word_effects import FEWEST, MOST_WORDS, class_words, read_until, spans_of, without, word_effects
from nnstudio.project import edits
from nnstudio.project.history import history
from nnstudio.project.model import Project, Run
from nnstudio.project.preparation import TextPreparation
from nnstudio.text import UserError
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.inference import predict, restore
from nnstudio.training.session import Trained, train

Learnt = tuple[Run, Dataset]
NAMES = ("sms_words", "sms_embedding", "languages")


def learnt(project: Project, epochs: int = 1) -> Learnt:
    dataset = load(project.data)
    events = train(edits.set_training(project, epochs=epochs), dataset, Control(), Curves())
    return next(event.run for event in events if isinstance(event, Trained)), dataset


@pytest.fixture(scope="module")
def examples() -> dict[str, Learnt]:
    return {name: learnt(history(name)) for name in NAMES}


def text_name(run: Run) -> str:
    return next(column.name for column in run.preparation.columns if column.text)


def asked(run: Run, rows: dict[str, list[object]]) -> NDArray[np.float64]:
    """The probability of each class (n, classes), by the way that new rows take."""
    return predict(restore(run), polars.DataFrame(rows)).drop("prediction").to_numpy()


@pytest.mark.parametrize("name", NAMES)
def test_an_effect_is_what_the_prediction_loses_without_the_word(examples: dict[str, Learnt], name: str) -> None:
    run, dataset = examples[name]
    column = text_name(run)
    for row in dataset.validation.rows[:12].tolist():
        text = dataset.texts[column][row]
        found = word_effects(run, dataset.validation.all_inputs[[row]], column, text)
        np.testing.assert_allclose(found.probabilities, asked(run, {column: [text]})[0], atol=1e-6)
        for word in found.words:
            assert all(text[start:end].lower() == word.word for start, end in word.spans)
            left_out = "".join(
                " " if any(start <= place < end for start, end in word.spans) else sign
                for place, sign in enumerate(text)
            )
            expected = found.probabilities - asked(run, {column: [left_out]})[0]
            np.testing.assert_allclose(word.effects, expected, atol=2e-6)


def test_a_word_that_is_not_known_does_nothing_to_a_bag(examples: dict[str, Learnt]) -> None:
    run, dataset = examples["sms_words"]
    found = word_effects(run, dataset.train.all_inputs[:1], "message", "free qqzzqq")
    assert [(word.word, word.is_known) for word in found.words] == [("free", True), ("qqzzqq", False)]
    assert not found.words[1].effects.any() and found.words[0].effects.any()


def test_a_text_without_words_has_an_answer(examples: dict[str, Learnt]) -> None:
    for run, dataset in examples.values():
        found = word_effects(run, dataset.train.all_inputs[:1], text_name(run), "")
        assert found.words == () and found.probabilities.sum() == pytest.approx(1, abs=1e-6)


def test_a_very_long_text_is_asked_about_up_to_a_limit(examples: dict[str, Learnt]) -> None:
    run, dataset = examples["sms_embedding"]
    text = " ".join(f"word{number}" for number in range(MOST_WORDS + 7))
    found = word_effects(run, dataset.train.all_inputs[:1], "message", text)
    assert len(found.words) == MOST_WORDS and found.left == 7
    length = run.preparation.columns[0].width
    assert text[: found.read_until].split() == text.split()[:length]


def test_mean_effects_are_the_means_over_the_messages_that_hold_a_word(examples: dict[str, Learnt]) -> None:
    for name in ("sms_words", "languages"):
        run, dataset = examples[name]
        column, rows = text_name(run), dataset.validation.rows[:120]
        texts = dataset.texts[column].gather(rows).to_list()
        *partial, found = class_words(run, dataset.validation.all_inputs[rows], column, texts, 500)
        assert [one.looked_at for one in partial] == [50, 100]
        assert (found.looked_at, found.wanted, found.total) == (120, 120, 500)
        effects: dict[str, list[NDArray[np.float64]]] = {}
        for row, text in zip(rows.tolist(), texts, strict=True):
            for word in word_effects(run, dataset.validation.all_inputs[[row]], column, text).words:
                if word.is_known:
                    effects.setdefault(word.word, []).append(word.effects)
        expected = {word: np.mean(each, axis=0) for word, each in effects.items() if len(each) >= FEWEST}
        assert set(found.words) == set(expected)
        for word, count, mean in zip(found.words, found.texts, found.effects, strict=True):
            assert count == len(effects[word])
            np.testing.assert_allclose(mean, expected[word], atol=2e-6)
        first = found.speaking_for(1, 5)
        assert [effect for _word, effect, _texts in first] == sorted((one[1] for one in first), reverse=True)
        assert first[0][1] == found.effects[:, 1].max()


def mixed_table(folder: Path) -> Path:
    """A number, a category and a text that all tell something of the class."""
    generator = np.random.default_rng(0)
    words = np.array([f"word{number}" for number in range(60)])
    lines = ["size,kind,note,label"]
    for number in range(160):
        chosen = " ".join(generator.choice(words, 6))
        label = "yes" if number % 2 else "no"
        extra = "good" if number % 2 else "bad"
        lines.append(f"{generator.random() + number % 2:.3f},{'ab'[number % 3 % 2]},{extra} {chosen},{label}")
    path = folder / "mixed.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_other_columns_stay_those_of_the_sample(tmp_path: Path) -> None:
    path = mixed_table(tmp_path)
    table = polars.read_csv(path)
    run, dataset = learnt(edits.set_data(history("sms_words"), source=str(path)), 3)
    assert {column.kind for column in run.preparation.columns} == {"number", "category", "text"}
    for row in dataset.validation.rows[:4].tolist():
        own = dataset.texts["note"][row]
        assert own == table["note"][row]
        for text in (own, "good word1 word2", "nothing known"):
            found = word_effects(run, dataset.validation.all_inputs[[row]], "note", text)
            beside = {name: [table[name][row]] for name in ("size", "kind")}
            np.testing.assert_allclose(found.probabilities, asked(run, {**beside, "note": [text]})[0], atol=1e-6)


def test_networks_without_text_or_classes_are_told_what_to_do(tmp_path: Path) -> None:
    run, dataset = learnt(history("symmetry_1986"))
    with pytest.raises(UserError, match="reads no text"):
        word_effects(run, dataset.train.all_inputs[:1], "", "")
    assert not dataset.texts
    of_a_value = edits.set_data(history("sms_words"), source=str(mixed_table(tmp_path)), target="size")
    run, dataset = learnt(edits.set_training(of_a_value, loss="mse"))
    with pytest.raises(UserError, match="answers with a value"):
        word_effects(run, dataset.train.all_inputs[:1], "note", "word1")


def test_words_are_found_where_they_stand() -> None:
    words = TextPreparation("presence", "words")
    assert spans_of("Go on, go ON! I", words) == {"go": ((0, 2), (7, 9)), "on": ((3, 5), (10, 12))}
    signs = TextPreparation("tokens", "words_and_signs", lower_case=False, length=2)
    assert list(spans_of("Go, go", signs)) == ["Go", ",", "go"]
    assert list(spans_of("¿Quién eres?", TextPreparation("presence", "characters", 3))) == ["¿quién", "eres?"]
    assert without("a-b-a", ((0, 1), (4, 5))) == " -b- " and without("ab", ()) == "ab"
    assert read_until("one, two", signs) == 4 and read_until("one,", signs) == 4 and read_until("one, two", words) == 8


# --- embeddings -----------------------------------------------------------------------------------------------------


def test_neighbours_are_those_of_the_largest_cosine(examples: dict[str, Learnt]) -> None:
    run, dataset = examples["sms_embedding"]
    vectors = word_vectors(run, dataset)
    weights = dict(restore(run).network.trained.named_parameters())[f"{vectors.layer}.weight"].detach().numpy()
    np.testing.assert_array_equal(vectors.vectors, weights[2:])
    place = vectors.place_of("free")
    assert place is not None and vectors.place_of("qqzzqq") is None
    unit = weights[2:] / np.linalg.norm(weights[2:], axis=1, keepdims=True)
    cosines = unit @ unit[place]
    expected = [one for one in np.argsort(-cosines) if one != place][:NEIGHBOURS]
    found = neighbours(vectors, place)
    assert [one for one, _cosine in found] == expected
    np.testing.assert_allclose([cosine for _one, cosine in found], cosines[expected], atol=1e-6)


def test_the_most_frequent_words_lay_the_plane(examples: dict[str, Learnt]) -> None:
    run, dataset = examples["sms_embedding"]
    vectors = word_vectors(run, dataset)
    tokens = dataset.train.inputs.astype(int)
    counts = np.array([(tokens == place + 2).sum() for place in vectors.frequent])
    assert len(counts) == 300 and (np.diff(counts) <= 0).all()
    assert vectors.words[vectors.frequent[0]] == "."
    chosen = vectors.vectors[vectors.frequent]
    centred = chosen - chosen.mean(axis=0)
    spread = np.linalg.eigvalsh(centred.T @ centred)[::-1]
    np.testing.assert_allclose(vectors.explained, spread[:2] / spread.sum(), rtol=1e-9)
    np.testing.assert_allclose((vectors.plane[vectors.frequent] ** 2).sum(axis=0), spread[:2], rtol=1e-9)


def test_a_plane_of_few_or_equal_vectors_is_one() -> None:
    plane, explained = principal_plane(np.ones((3, 1)), np.arange(3))
    assert plane.shape == (3, 2) and not plane.any() and not explained.any()


def test_a_network_without_an_embedding_has_no_vectors(examples: dict[str, Learnt]) -> None:
    with pytest.raises(UserError, match="no embedding"):
        word_vectors(*examples["sms_words"])
