"""The welcome page: there when it is asked for, used by pointer and by keys, and gone as soon as something is begun."""

import subprocess
import sys
from email.message import Message
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.project.archive import save
from nnstudio.project.history import HISTORY
from nnstudio.ui.app import create_window
from nnstudio.ui.shell.about import About, issues_address, reporting_text
from nnstudio.ui.shell.menus import EXAMPLES
from nnstudio.ui.shell.preferences import Preferences
from nnstudio.ui.welcome.cards import Line, PictureCard
from nnstudio.ui.welcome.page import WelcomePage
from nnstudio.ui.welcome.topics import TOPICS
from nnstudio.ui.window import MainWindow
from tests.patience import PATIENCE
from tests.ui.driving import IRIS, Open
from tests.ui.test_autosave import left_by_a_killed_program
from tests.ui.test_layout import SIZES, cut_texts, is_scrolled, place_in_window


def page_of(window: MainWindow) -> WelcomePage:
    page = window.welcome.page
    assert page is not None and page.isVisible()
    return page


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.rect().center())


def press(window: MainWindow, *keys: Qt.Key) -> None:
    """Keys to whatever has them."""
    for key in keys:
        focused = window.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)


def all_found(page: WelcomePage) -> bool:
    """Whether all that is looked up on a thread has come."""
    pictures = [card for some in page.examples.values() for card in some]
    recent = page.recent.values()
    return all(not card.picture.isNull() for card in pictures) and all(
        not card.picture.isNull() or not card.isEnabled() for card in recent
    )


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that speaks Spanish, and no variable that chooses for the program."""
    monkeypatch.delenv("NNSTUDIO_LANG")
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")


def test_it_is_there_only_when_it_is_asked_for(window: MainWindow) -> None:
    assert window.welcome.page is None
    window.actions_by_name["actionWelcome"].trigger()
    page_of(window)


def test_escape_leads_to_the_empty_canvas(window: MainWindow) -> None:
    before = window.project
    window.welcome.show_at_start()
    assert page_of(window).isAncestorOf(window.focusWidget())
    press(window, Qt.Key.Key_Escape)
    assert window.welcome.page is None and window.project is before
    assert window.focusWidget() is window.canvas


def test_it_lies_over_all_but_the_menus_however_large_the_window_is(window: MainWindow, qtbot: QtBot) -> None:
    window.welcome.show()
    window.resize(1000, 640)
    qtbot.waitUntil(lambda: page_of(window).width() == window.width())
    page = page_of(window)
    assert page.geometry().bottom() == window.rect().bottom()
    assert page.geometry().top() == window.menuBar().geometry().bottom() + 1
    assert window.childAt(500, 400) is page or page.isAncestorOf(window.childAt(500, 400))


def test_recent_projects_have_their_pictures_and_what_is_gone_says_so(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(IRIS)
    kept, gone, away = tmp_path / "kept & found.nnstudio", tmp_path / "gone.nnstudio", tmp_path / "x" / "away.nnstudio"
    away.parent.mkdir()
    for file in (gone, away, kept):
        save(window.project, file, window.documents.thumbnail())
        window.preferences.remember(file)
    gone.unlink()
    away.rename(tmp_path / "moved.nnstudio")
    away.parent.rmdir()
    # Remembered before they went: the files are found missing on the page, and not by whoever opens it.
    assert window.preferences.remembered_files[:3] == [kept, away, gone]
    window.welcome.show()
    page = page_of(window)
    qtbot.waitUntil(lambda: not page.recent[gone].isEnabled() and not page.recent[kept].picture.isNull())
    assert page.recent[gone].more == "The file is gone"
    assert page.recent[away].more == "Its folder is not there" and not page.recent[away].isEnabled()
    assert page.recent[kept].accessibleName() == "kept & found"
    click(page.recent[gone])
    assert window.welcome.page is page and window.store.path == IRIS
    click(page.recent[kept])
    qtbot.waitUntil(lambda: window.store.path == kept)
    assert window.welcome.page is None and window.focusWidget() is window.canvas


def test_an_example_is_found_by_keys_alone(window: MainWindow, qtbot: QtBot) -> None:
    window.welcome.show()
    page = page_of(window)
    qtbot.waitUntil(lambda: all_found(page))
    for _step in range(30):
        if window.focusWidget() is page.topics:
            break
        press(window, Qt.Key.Key_Tab)
        assert page.isAncestorOf(window.focusWidget())  # never below the page
    press(window, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert page.topics.tabText(page.topics.currentIndex()) == "Pictures"
    press(window, Qt.Key.Key_Down, Qt.Key.Key_Right)
    card = window.focusWidget()
    assert isinstance(card, PictureCard) and page.pages.currentWidget().isAncestorOf(card)
    press(window, Qt.Key.Key_Return)
    assert window.welcome.page is None
    assert window.store.name == card.title and len(window.project.network.layers) > 2


def test_a_lesson_is_begun(window: MainWindow, qtbot: QtBot) -> None:
    window.welcome.show()
    page = page_of(window)
    qtbot.waitUntil(lambda: len(page.findChildren(Line)) == 14)
    line = page.findChildren(Line)[0]
    assert line.accessibleName() == "One neuron and its formula, 5 min"
    click(line)
    assert window.welcome.page is None and window.lessons.player.is_playing
    window.lessons.leave()


def test_the_list_of_lessons_is_opened(window: MainWindow) -> None:
    window.welcome.show()
    click(page_of(window).findChild(QPushButton, "welcomeLesson"))
    assert window.welcome.page is None and window.lessons.panel.isVisible()


def test_new_begins_an_empty_network(open_window: Open) -> None:
    window = open_window(IRIS)
    window.welcome.show()
    click(page_of(window).findChild(QPushButton, "welcomeNew"))
    assert window.welcome.page is None and window.store.path is None and len(window.project.network.layers) == 2


def test_it_gives_way_to_a_table_that_is_dropped_on_it(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    table = tmp_path / "marks.csv"
    table.write_text("a,b\n" + "".join(f"{number},{number % 2}\n" for number in range(40)))
    window.welcome.show()
    data, place = QMimeData(), QPoint(400, 300)
    data.setUrls([QUrl.fromLocalFile(str(table))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(place, Qt.DropAction.CopyAction, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, left, none))
    qtbot.waitUntil(lambda: window.welcome.page is None)
    assert window.project.data.source == str(table)


def test_it_gives_way_to_a_command_about_what_lies_below(window: MainWindow, qtbot: QtBot) -> None:
    window.welcome.show()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F11)
    assert window.presenter.is_on and window.welcome.page is None
    QTest.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: not window.presenter.is_on)


def test_the_language_is_asked_for_once(spoken: None, open_window: Open) -> None:
    first = open_window()
    first.welcome.show_at_start()
    asked = page_of(first).findChildren(QPushButton)[:2]
    assert [one.text() for one in asked] == ["Español", "English"]  # the system's first
    assert first.focusWidget() is asked[0]
    click(asked[1])
    page = page_of(first)
    assert page.findChild(QPushButton, "welcomeNew").text() == "New network"
    assert page.findChild(QWidget, "welcomeLanguage") is None
    assert Preferences().language == "en"
    first.welcome.close()
    first.use_language("")  # even so it is not asked again
    first.welcome.show_at_start()
    assert page_of(first).findChild(QWidget, "welcomeLanguage") is None


def test_the_tick_is_remembered(window: MainWindow) -> None:
    window.welcome.show_at_start()
    tick = page_of(window).findChild(QCheckBox, "welcomeAtStart")
    tick.setFocus()
    press(window, Qt.Key.Key_Space, Qt.Key.Key_Escape)
    window.welcome.show_at_start()
    assert window.welcome.page is None and not Preferences().is_on("welcomeAtStart", True)
    window.actions_by_name["actionWelcome"].trigger()
    assert not page_of(window).at_start.isChecked()


def test_it_follows_light_and_dark_and_the_size_of_text(window: MainWindow) -> None:
    window.welcome.show()
    page_of(window).topics.setCurrentIndex(3)
    small = page_of(window).findChild(QPushButton, "welcomeNew").height()
    window.change_text_size(6)
    QApplication.processEvents()
    page = page_of(window)
    assert page.topics.currentIndex() == 3
    assert page.findChild(QPushButton, "welcomeNew").height() > small


def test_work_that_a_killed_program_left_is_offered_over_it(qtbot: QtBot) -> None:
    left_by_a_killed_program(paths.recovery_folder(), 55)
    window = create_window()  # the very start
    window.welcome.show_at_start()
    qtbot.waitUntil(lambda: window.autosave.dialog is not None and window.autosave.dialog.isVisible())
    dialog = window.autosave.dialog
    assert dialog is not None and dialog.isModal() and window.welcome.page is not None
    click(dialog.opened)
    qtbot.waitUntil(lambda: window.project.training.epochs == 55)
    assert window.welcome.page is None
    window.store.mark_saved(window.project, Path("unused.nnstudio"))
    window.close()
    window.deleteLater()


START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from nnstudio import paths
home = Path(sys.argv[1])
paths.settings_file = lambda: home / "settings.ini"
paths.recovery_folder = lambda: home / "recovery"
paths.log_folder = lambda: home / "logs"
from nnstudio.ui import app
real = app.create_window

def look(window):
    print("page" if window.welcome.page else "no page", len(window.project.network.layers))
    window.close()

def create(project):
    window = real(project)
    QTimer.singleShot(300, lambda: look(window))
    return window

app.create_window = create
sys.exit(app.run(Path(sys.argv[2]) if len(sys.argv) > 2 else None))
"""


@pytest.mark.parametrize(("given", "seen"), [((), "page 2"), ((IRIS,), "no page 6")])
def test_a_start_without_a_file_shows_it(given: tuple[Path, ...], seen: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", START, str(tmp_path), *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0 and done.stdout.strip() == seen, done.stderr


def test_every_example_is_in_a_topic() -> None:
    assert {name for topic in TOPICS for name in topic.examples} == {*EXAMPLES, *HISTORY}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("size", SIZES)
def test_one_screen_holds_it(size: tuple[int, int], language: str, window: MainWindow, qtbot: QtBot) -> None:
    window.use_language(language)
    window.preferences.remember(IRIS)
    window.resize(size[0], size[1] - 30)  # the frame of the window and a bar of the desktop
    window.welcome.show()
    page = page_of(window)
    qtbot.waitUntil(lambda: len(page.findChildren(Line)) == 14)
    for place in range(page.topics.count()):
        page.topics.setCurrentIndex(place)
        QApplication.processEvents()
        assert not page.area.verticalScrollBar().isVisible() and not page.area.horizontalScrollBar().isVisible()
        assert cut_texts(window) == []
    things = [one for one in page.reachable() if is_scrolled(one)]
    places = [(one, place_in_window(one, window)) for one in things]
    assert not [
        (one, other)
        for number, (one, place) in enumerate(places)
        for other, its in places[number + 1 :]
        if place.intersects(its)
    ]
    nameless = [one for one in page.reachable() if not one.accessibleName() and not getattr(one, "text", str)()]
    assert nameless == []


def test_about_tells_versions_and_licences_and_copies_them(window: MainWindow) -> None:
    window.actions_by_name["actionAbout"].trigger()
    about = window.findChild(About)
    assert about is not None
    texts = [page.toPlainText() for page in (about.pages.widget(number) for number in range(3))]
    assert all(word in texts[0] for word in ("nnstudio", "Python", "Qt", "torch", "numpy"))
    assert "BSD 3-Clause" in texts[1] and "SIL Open Font License" in texts[2]
    said = [one.text() for one in about.findChildren(QLabel)]
    assert any("no public address yet" in one for one in said)
    click(about.copied)
    assert QApplication.clipboard().text() == texts[0]
    assert "Copied" in about.told.text()
    about.close()


def test_about_names_the_address_for_reports_once_the_package_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert issues_address() == ""
    named = Message()
    named["Project-URL"] = "Home, https://example.org/nnstudio"
    named["Project-URL"] = "Issues, https://example.org/nnstudio/issues"
    monkeypatch.setattr("importlib.metadata.metadata", lambda _name: named)
    assert "https://example.org/nnstudio/issues" in reporting_text(issues_address())
