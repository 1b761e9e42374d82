"""The lab of words, by mouse and keys, on networks that tell spam from ham."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nnstudio.cli.main import main
from nnstudio.data.dataset import load
from nnstudio.insight.embeddings import neighbours, word_vectors
from nnstudio.insight.word_effects import class_words, word_effects
from nnstudio.project import edits
from nnstudio.project.archive import save
from nnstudio.project.history import history
from nnstudio.ui.labs.errors_lab import ErrorsLab
from nnstudio.ui.labs.threshold_lab import ThresholdLab
from nnstudio.ui.labs.word_tables import FAINTEST, WordTable, points, shade
from nnstudio.ui.labs.words_lab import CLASSES, MESSAGE, NEIGHBOURS, WordsLab
from nnstudio.ui.look import theme
from nnstudio.ui.window import MainWindow
from tests.ui.driving import CONTROL, IRIS, Open, opened_lab, retype, train

LEFT = Qt.MouseButton.LeftButton
OpenLab = Callable[[Path], WordsLab]
Mail = tuple[Path, list[tuple[str, str]]]
PICTURE_OF_A_PHONE = "\U0001f4f1"


def made(folder: Path, name: str, **data: object) -> Path:
    """A project file of an example, with a run of few epochs on a small vocabulary."""
    path = folder / f"{name}.nnstudio"
    project = edits.set_data(history(name), **data)
    save(edits.set_training(project, epochs=2, patience=0), path)
    assert main(["train", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("bag"), "sms_words", vocabulary=600, ngrams=1)


@pytest.fixture(scope="module")
def embedding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("embedding"), "sms_embedding", vocabulary=900, length=12)


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Mail:
    """A project of two columns of text and one of numbers, with the title and the body of each row."""
    generator = np.random.default_rng(0)
    words = np.array([f"word{number}" for number in range(80)])
    rows = [
        (" ".join([*generator.choice(words, 5), f"{'ab'[row % 2]}x"]), " ".join(generator.choice(words, 5)))
        for row in range(220)
    ]
    lines = [f"{row % 7},{title},{body},{row % 2}" for row, (title, body) in enumerate(rows)]
    folder = tmp_path_factory.mktemp("mail")
    (folder / "mail.csv").write_text("\n".join(["size,title,body,label", *lines]), encoding="utf-8")
    return made(folder, "sms_words", source=str(folder / "mail.csv"), ngrams=1), rows


@pytest.fixture
def open_lab(open_window: Open, qtbot: QtBot) -> OpenLab:
    """The lab by its keys, with an answer."""

    def open_it(path: Path) -> WordsLab:
        lab = opened(open_window(path), qtbot)
        qtbot.waitUntil(lambda: lab.found is not None)
        return lab

    return open_it


def opened(window: MainWindow, qtbot: QtBot) -> WordsLab:
    QTest.keyClick(window, Qt.Key.Key_X, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    return opened_lab(window, "actionWordsLab", WordsLab, qtbot)


def ask(lab: WordsLab, text: str, qtbot: QtBot) -> None:
    """Type a message and wait for its answer."""
    retype(lab.field, text)
    answered(lab, qtbot)


def answered(lab: WordsLab, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: lab.found is not None and lab.found.text == lab.field.text())


def cells(table: WordTable) -> list[list[str]]:
    items = [[table.item(row, column) for column in range(table.columnCount())] for row in range(table.rowCount())]
    return [[item.text() for item in row if item is not None] for row in items]


def format_at(lab: WordsLab, word: str) -> Any:
    """How a word is written in the coloured text."""
    start = next(start for start, _end, name in lab.text.places if name == word)
    cursor = QTextCursor(lab.text.document())
    cursor.setPosition(start + 1)
    return cursor.charFormat()


def agrees(lab: WordsLab, number: int) -> bool:
    """Whether text and table show the effects on a class that asking the network gives."""
    assert lab.run_shown is not None and lab.found is not None
    expected = word_effects(lab.run_shown, lab.picker.inputs(), lab.column, lab.field.text())
    effects = {word.word: word.effects[number] for word in expected.words}
    sizes = [abs(effects[row[0]]) for row in cells(lab.table)]
    assert set(lab.table.words) == set(effects) and sizes == sorted(sizes, reverse=True)
    scale = max(0.01, *(abs(one) for one in effects.values()))
    for word, row in zip(lab.table.words, cells(lab.table), strict=True):
        known = next(one for one in expected.words if one.word == word)
        assert row == [word, str(len(known.spans)), points(effects[word])]
        written = format_at(lab, word)
        assert written.fontStrikeOut() == (not known.is_known)
        color = shade(effects[word], scale)
        assert (written.background().color().name() if color else "") == color
    return True


def test_a_message_is_coloured_by_what_leaving_each_word_out_changes(
    bag: Path, open_lab: OpenLab, qtbot: QtBot
) -> None:
    lab = open_lab(bag)
    assert lab.dataset is not None and lab.picker.number.value() == 1
    row = int(lab.dataset.validation.rows[0])
    assert lab.field.text() == lab.dataset.texts["message"][row] == lab.text.toPlainText()
    ask(lab, "call now to claim your free prize qqzzqq . free", qtbot)
    assert lab.found is not None
    answer = int(lab.found.probabilities.argmax())
    name = ("ham", "spam")[answer]
    assert f"The network answers: {name}" in lab.answer.text() and name in lab.legend.speaks_for.text()
    assert agrees(lab, answer)
    assert format_at(lab, "qqzzqq").fontStrikeOut() and not format_at(lab, "free").fontStrikeOut()
    assert cells(lab.table)[lab.table.words.index("free")][1] == "2"
    assert cells(lab.table)[lab.table.words.index("qqzzqq")][2] == "0"
    lab.close()


def test_the_class_is_chosen_by_keys_and_the_effects_are_those_on_it(
    bag: Path, open_lab: OpenLab, qtbot: QtBot
) -> None:
    lab = open_lab(bag)
    ask(lab, "win a free prize", qtbot)
    lab.classes.setFocus()
    shown = []
    for number in (0, 1):
        QTest.keyClick(lab.classes, Qt.Key.Key_Down)
        assert lab.classes.currentText() == ("ham", "spam")[number] and agrees(lab, number)
        shown.append({row[0]: row[2] for row in cells(lab.table)})
    assert shown[0]["free"].replace("−", "+") == shown[1]["free"].replace("−", "+") and shown[0] != shown[1]
    lab.close()


def test_a_sample_is_changed_and_brought_back(bag: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(bag)
    own = lab.field.text()
    assert not lab.back.isEnabled()
    lab.field.setFocus()
    QTest.keyClick(lab.field, Qt.Key.Key_End)
    QTest.keyClicks(lab.field, " free")
    answered(lab, qtbot)
    assert lab.back.isEnabled() and lab.text.toPlainText() == f"{own} free" and "free" in lab.table.words
    QTest.mouseClick(lab.back, LEFT)
    answered(lab, qtbot)
    assert lab.field.text() == own and not lab.back.isEnabled()
    lab.picker.number.setFocus()
    QTest.keyClick(lab.picker.number, Qt.Key.Key_Up)
    answered(lab, qtbot)
    assert lab.dataset is not None
    assert lab.field.text() == lab.dataset.texts["message"][int(lab.dataset.validation.rows[1])] != own
    QTest.keyClick(lab.field, Qt.Key.Key_Return)
    assert lab.isVisible()  # Enter presses no button
    lab.close()


def test_text_is_shown_as_it_is(bag: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(bag)
    text = f"<b>free</b> {PICTURE_OF_A_PHONE} & &lt;i&gt; call"
    QGuiApplication.clipboard().setText(text)
    lab.field.setFocus()
    lab.field.selectAll()
    QTest.keyClick(lab.field, Qt.Key.Key_V, CONTROL)
    answered(lab, qtbot)
    assert lab.text.toPlainText() == text
    for start, end, word in lab.text.places:
        cursor = QTextCursor(lab.text.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        assert cursor.selectedText().lower() == word
    QGuiApplication.clipboard().setText("free \x92 \u202e call")
    lab.field.selectAll()
    QTest.keyClick(lab.field, Qt.Key.Key_V, CONTROL)
    answered(lab, qtbot)
    assert {r"\x92", r"\u202e"} <= {row[0] for row in cells(lab.table)}  # what cannot be seen is told
    ask(lab, " ", qtbot)
    assert "no word" in lab.notes.text() and lab.table.rowCount() == 0
    lab.close()


def test_a_word_is_chosen_in_the_text_and_in_the_table(bag: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(bag)
    ask(lab, "you win a free prize and free calls", qtbot)
    start = next(start for start, _end, word in lab.text.places if word == "prize")
    cursor = QTextCursor(lab.text.document())
    cursor.setPosition(start + 2)
    QTest.mouseClick(lab.text.viewport(), LEFT, pos=lab.text.cursorRect(cursor).center())
    assert lab.table.current_word() == "prize" and len(lab.text.extraSelections()) == 1
    lab.text.setFocus()
    for _time in range(12):
        QTest.keyClick(lab.text, Qt.Key.Key_Left)
    assert lab.table.current_word() == "win"
    lab.table.setFocus()
    QTest.keyClick(lab.table, Qt.Key.Key_Home, CONTROL)
    while lab.table.current_word() != "free":
        QTest.keyClick(lab.table, Qt.Key.Key_Down)
    assert len(lab.text.extraSelections()) == 2  # wherever it stands
    QTest.keyClick(lab.table, Qt.Key.Key_Return)
    assert lab.isVisible() and lab.tabs.currentIndex() == MESSAGE  # without an embedding there is nowhere to go
    assert not lab.tabs.isTabVisible(NEIGHBOURS)
    lab.close()


def test_the_words_of_the_classes_are_the_means_over_the_validation_part(
    bag: Path, open_lab: OpenLab, qtbot: QtBot
) -> None:
    lab = open_lab(bag)
    view = lab.class_words
    assert view.found is None  # nobody has looked
    lab.tabs.tabBar().setFocus()
    QTest.keyClick(lab.tabs.tabBar(), Qt.Key.Key_Right)
    assert lab.tabs.currentIndex() == CLASSES
    qtbot.waitUntil(lambda: view.found is not None and view.found.looked_at == view.found.wanted)
    assert lab.run_shown is not None and lab.dataset is not None
    rows = lab.dataset.validation.rows
    texts = lab.dataset.texts["message"].gather(rows).to_list()
    *_parts, expected = class_words(lab.run_shown, lab.dataset.validation.inputs, "message", texts, len(texts))
    for number, table in enumerate(view.tables):
        assert view.classes[number].currentText() == ("ham", "spam")[number]
        words = [one for one in expected.speaking_for(number, 50) if one[1] >= FAINTEST]
        assert cells(table) == [[word, str(count), points(effect)] for word, effect, count in words]
    assert f"{len(texts):,} messages".replace(",", "\u00a0") in view.words.text() and "done" not in view.words.text()
    first = cells(view.tables[1])
    view.classes[0].setFocus()
    QTest.keyClick(view.classes[0], Qt.Key.Key_Down)
    assert cells(view.tables[0]) == first and "spam" in view.tables[0].accessibleName()
    lab.close()


def test_closing_while_words_are_left_out_leaves_nothing(bag: Path, open_lab: OpenLab) -> None:
    lab = open_lab(bag)
    lab.tabs.setCurrentIndex(CLASSES)
    lab.close()


# --- embeddings -----------------------------------------------------------------------------------------------------


def near(lab: WordsLab, word: str) -> list[list[str]]:
    """The rows that the list of a word's neighbours should have."""
    assert lab.run_shown is not None and lab.dataset is not None
    vectors = word_vectors(lab.run_shown, lab.dataset)
    place = vectors.place_of(word)
    assert place is not None
    return [[vectors.words[one], f"{cosine:.3f}".replace("-", "−")] for one, cosine in neighbours(vectors, place)]


def look_near(lab: WordsLab, qtbot: QtBot) -> None:
    lab.tabs.setCurrentIndex(NEIGHBOURS)
    qtbot.waitUntil(lambda: lab.neighbours.vectors is not None)


def test_neighbours_of_a_word_are_typed_and_followed(embedding: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(embedding)
    view = lab.neighbours
    look_near(lab, qtbot)
    assert view.field.text() and cells(view.table) == near(lab, view.field.text()) and len(cells(view.table)) == 10
    retype(view.field, "FREE")
    assert cells(view.table) == near(lab, "free")
    qtbot.waitUntil(lambda: view.plane.chosen in view.plane.named)
    assert set(view.plane.near) & set(view.plane.named)
    retype(view.field, "fre")
    assert view.table.rowCount() == 0 and "free" in view.sentence.text()
    retype(view.field, "qqzzqq")
    assert "not in the vocabulary" in view.sentence.text() and view.plane.chosen is None
    retype(view.field, "free")
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Home, CONTROL)
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    second = cells(view.table)[1][0]
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert view.field.text() == second and cells(view.table) == near(lab, second) and lab.isVisible()
    lab.close()


def test_a_word_is_clicked_on_the_plane(embedding: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(embedding)
    view, plane = lab.neighbours, lab.neighbours.plane
    look_near(lab, qtbot)
    qtbot.waitUntil(lambda: plane.plotItem.vb.width() > 200 and bool(plane.named))
    vectors = view.vectors
    assert vectors is not None
    outermost = int(vectors.frequent[np.hypot(*vectors.plane[vectors.frequent].T).argmax()])
    across, up = vectors.plane[outermost]
    point = plane.mapFromScene(plane.plotItem.vb.mapViewToScene(QPointF(across, up)))
    QTest.mouseClick(plane.viewport(), LEFT, pos=point)
    assert view.field.text() == vectors.words[outermost] and cells(view.table) == near(lab, view.field.text())
    rooms = [plane._room_of(place, side) for place, side in plane.named.items()]
    assert len(rooms) > 10
    assert not any(one.intersects(other) for number, one in enumerate(rooms) for other in rooms[:number])
    lab.close()


def test_a_word_of_the_message_is_opened_among_its_neighbours(embedding: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(embedding)
    qtbot.waitUntil(lambda: lab.neighbours.vectors is not None)
    ask(lab, "claim your prize", qtbot)
    row = lab.table.words.index("claim")
    at = lab.table.visualRect(lab.table.model().index(row, 0)).center()
    QTest.mouseClick(lab.table.viewport(), LEFT, pos=at)
    QTest.mouseDClick(lab.table.viewport(), LEFT, pos=at)
    assert lab.tabs.currentIndex() == NEIGHBOURS and lab.neighbours.field.text() == "claim"
    assert cells(lab.neighbours.table) == near(lab, "claim")
    lab.close()


def test_what_is_behind_the_last_place_is_faint(embedding: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(embedding)
    ask(lab, " ".join(["free"] * 12) + " prize", qtbot)
    assert format_at(lab, "prize").foreground().color() == QColor(theme.colors().faint_text)
    assert format_at(lab, "free").foreground().color() == QColor(theme.colors().text)
    assert "faint" in lab.notes.text()
    lab.close()


# --- what all labs do -----------------------------------------------------------------------------------------------


def test_another_run_is_followed_and_the_message_stays(embedding: Path, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(embedding)
    lab = opened(window, qtbot)
    qtbot.waitUntil(lambda: lab.found is not None)
    ask(lab, "claim your free prize", qtbot)
    look_near(lab, qtbot)
    retype(lab.neighbours.field, "claim")
    before, run, vectors = lab.found, lab.run_shown, lab.neighbours.vectors
    window.store.edit("", edits.set_training(window.project, epochs=1, seed=5))
    train(window, qtbot)
    qtbot.waitUntil(lambda: lab.found is not before and lab.run_shown is not run)
    qtbot.waitUntil(lambda: lab.neighbours.vectors is not vectors)
    assert lab.found is not None and lab.found.text == lab.field.text() == "claim your free prize"
    assert lab.neighbours.field.text() == "claim"
    qtbot.waitUntil(lambda: cells(lab.neighbours.table) == near(lab, "claim"))
    lab.close()


def test_networks_without_text_say_what_to_do(open_window: Open, qtbot: QtBot) -> None:
    lab = opened(open_window(IRIS), qtbot)
    qtbot.waitUntil(lambda: lab.message.isVisible() and "reads no text" in lab.message.text())
    assert not lab.content.isVisible() and "Choose data" in lab.message.text()
    lab.close()


def test_everything_has_a_name_and_is_reached_by_the_keyboard(embedding: Path, open_lab: OpenLab, qtbot: QtBot) -> None:
    lab = open_lab(embedding)
    ask(lab, "a free prize", qtbot)
    near_view, class_view = lab.neighbours, lab.class_words
    of_tabs: list[set[Any]] = [
        {lab.picker.number, lab.picker.part, lab.classes, lab.field, lab.back, lab.text, lab.table},
        {*class_view.classes, *class_view.tables},
        {near_view.field, near_view.table},
    ]
    for tab, controls in enumerate(of_tabs):
        lab.tabs.setCurrentIndex(tab)
        lab.tabs.tabBar().setFocus()
        reached: set[Any] = set()
        for _time in range(25):
            reached.add(lab.focusWidget())
            QTest.keyClick(lab.focusWidget(), Qt.Key.Key_Tab)
        assert controls <= reached
        assert all(widget.accessibleName() for widget in controls)
    assert near_view.plane.accessibleName() and near_view.plane.accessibleDescription()
    assert all(label.textFormat() != Qt.TextFormat.RichText for label in lab.content.findChildren(QLabel))
    lab.close()


def test_other_labs_show_the_messages_themselves(bag: Path, open_window: Open, qtbot: QtBot) -> None:
    window = open_window(bag)
    threshold = window.labs.show("actionThresholdLab")
    assert isinstance(threshold, ThresholdLab)
    qtbot.waitUntil(lambda: threshold.found is not None)
    QTest.keyClick(threshold.slider, Qt.Key.Key_End)
    rows = threshold.missed.rows
    texts = load(window.project.data).texts["message"]
    assert rows.titles == ["Row", "p(spam)", "message"] and rows.rowCount() > 10
    for place in range(10):
        row = int(rows.index(place, 0).data()) - 1
        assert rows.index(place, 2).data() == " ".join(texts[row].split())
    tip = rows.index(0, 2).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "" or tip.startswith("<qt>")
    threshold.close()
    errors = window.labs.show("actionErrorsLab")
    assert isinstance(errors, ErrorsLab)
    qtbot.waitUntil(lambda: errors.table.rowCount() > 0)
    for place in range(errors.table.rowCount()):
        number, message = (errors.table.item(place, column) for column in (0, 3))
        assert number is not None and message is not None
        assert message.text() == " ".join(texts[int(number.text()) - 1].split())
    errors.close()


def test_each_column_of_text_is_looked_at_by_itself(mail: Mail, open_lab: OpenLab, qtbot: QtBot) -> None:
    path, rows = mail
    lab = open_lab(path)
    row = lab.picker.row
    assert lab.columns.isVisible() and lab.field.text() == rows[row][0]
    answered(lab, qtbot)
    assert lab.found is not None and agrees(lab, int(lab.found.probabilities.argmax()))
    lab.columns.setFocus()
    QTest.keyClick(lab.columns, Qt.Key.Key_Down)
    answered(lab, qtbot)
    assert lab.column == "body" and lab.field.text() == rows[row][1]
    assert agrees(lab, int(lab.found.probabilities.argmax()))
    lab.tabs.setCurrentIndex(CLASSES)
    view = lab.class_words
    qtbot.waitUntil(lambda: view.found is not None and view.found.looked_at == view.found.wanted)
    assert view.found is not None and "ax" not in view.found.words  # those of the title
    lab.close()
