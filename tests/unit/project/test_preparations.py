"""What a file says of how rows became numbers is checked before anything is computed by it."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from nnstudio.project.archive import open_project, save
from nnstudio.project.checks import is_sound
from nnstudio.project.preparation import ColumnPreparation, Preparation, TextPreparation
from nnstudio.text import UserError

WORDS = ("a", "b", "c")
COUNTS = TextPreparation("counts")
SOUND = [
    Preparation((ColumnPreparation("x", "number"), ColumnPreparation("y", "category", WORDS)), (4,), "value", "t"),
    Preparation((ColumnPreparation("channel 1", "number", count=6),), (1, 2, 3), "value", "t"),
    Preparation((ColumnPreparation("x", "text", WORDS, text=COUNTS),), (3,), "value", "t", is_sparse=True),
    Preparation(
        (ColumnPreparation("x", "text", WORDS, text=TextPreparation("tokens", length=7)),),
        (7,),
        "value",
        "t",
        vocabulary=5,
    ),
]


@pytest.mark.parametrize("preparation", SOUND)
def test_sound_ones_are_taken(preparation: Preparation) -> None:
    assert is_sound(preparation)


@pytest.mark.parametrize(
    ("place", "changes", "of_column"),
    [
        (0, {"sample_shape": (5,)}, {}),
        (0, {"sample_shape": (-2, -2)}, {}),
        (0, {"vocabulary": -1}, {}),
        (1, {}, {"count": 0}),
        (1, {}, {"count": 7}),
        (2, {}, {"text": None}),
        (2, {}, {"text": TextPreparation("counts", ngrams=1000)}),
        (2, {}, {"text": TextPreparation("tfidf", idf=(1.0,))}),
        (2, {}, {"text": TextPreparation("counts", length=3)}),
        (3, {"vocabulary": 2**40}, {}),
        (3, {}, {"text": TextPreparation("tokens", length=-7)}),
        (3, {}, {"kind": "number"}),
    ],
)
def test_others_are_refused(
    place: int, changes: dict[str, Any], of_column: dict[str, Any], sound_file: Path, tmp_path: Path
) -> None:
    preparation = replace(SOUND[place], **changes)
    preparation = replace(preparation, columns=(replace(preparation.columns[0], **of_column), *preparation.columns[1:]))
    assert not is_sound(preparation)
    project = open_project(sound_file)
    spoilt = replace(project, runs=(replace(project.runs[0], preparation=preparation),))
    with pytest.raises(UserError):
        save(spoilt, tmp_path / "x.nnstudio")
        open_project(tmp_path / "x.nnstudio")
