"""The welcome page: what one can begin with at the left, projects and examples in the middle, lessons at the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from nnstudio import paths
from nnstudio.lessons.measures import said
from nnstudio.project.archive import SUFFIX
from nnstudio.text import LANGUAGES, mark, shown_path, translate_into, wanted_language
from nnstudio.text import translate as _
from nnstudio.ui.background.task import Task
from nnstudio.ui.look import theme
from nnstudio.ui.look.fonts import sized
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.welcome.cards import Line, PictureCard, picture_height
from nnstudio.ui.welcome.looking import ExampleFound, Found, LessonFound, PictureForm, RecentFound, look
from nnstudio.ui.welcome.moving import neighbour
from nnstudio.ui.welcome.topics import TOPICS, title_of

WIDEST = 1240
LEFT, RIGHT = 228, 296
ACROSS = 4
"""So many cards stand beside each other."""
MARGIN, SPACE = 26, 10
PICTURE_WIDTH = 160
LANGUAGE_ASKED = mark("Which language do you want?")
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


@dataclass(frozen=True)
class Ways:
    """What can be begun from the page."""

    new: Callable[[], object]
    open: Callable[[], object]
    open_file: Callable[[Path], object]
    open_example: Callable[[str], object]
    open_lesson: Callable[[Path], object]
    show_lessons: Callable[[], object]
    use_language: Callable[[str], object]
    show_at_start: Callable[[bool], object]


class WelcomePage(QWidget):
    """Lies over the window. `left` comes with Escape, or when it is to give way to what was begun."""

    left = Signal()

    def __init__(
        self, window: QWidget, ways: Ways, recent: Sequence[Path], at_start: bool, asks_language: bool, topic: int
    ) -> None:
        super().__init__(window)
        self.setObjectName("welcome")
        self.setAccessibleName(_("Welcome page"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # what lies below is not painted with each card
        self.ways = ways
        self.recent = {path: recent_card(path) for path in recent[:ACROSS]}
        self.examples: dict[str, list[PictureCard]] = {}
        self.topics = QTabBar(drawBase=False, expanding=False)
        self.pages = QStackedWidget()
        self.lessons = QVBoxLayout()
        self.at_start = QCheckBox(_("Show this page at the start"))
        self._stopped = Event()
        inside = QWidget()
        inside.setObjectName("welcomeInside")
        inside.setMaximumWidth(self._scaled(WIDEST))
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN - 6)
        columns.setSpacing(MARGIN)
        for column, stretch in (
            (self._beginning(at_start, asks_language), 0),
            (self._projects(), 1),
            (self._lessons(), 0),
        ):
            columns.addWidget(column, stretch)
        around = QWidget()
        middle = QHBoxLayout(around)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(inside, 1)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName(_("Welcome page"))
        self.area.setWidget(around)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.area)
        self.topics.setCurrentIndex(topic)
        self._use_style()
        for one in self.stops():
            one.installEventFilter(self)
        self._look()

    # --- the columns ------------------------------------------------------------------------------------------------

    def _beginning(self, at_start: bool, asks_language: bool) -> QWidget:
        column, layout = self._column(LEFT)
        sign = QLabel()
        side = self._scaled(44)
        sign.setPixmap(
            theme.drawn_icon("mdi6.graph-outline", theme.colors().selection, theme.colors().border).pixmap(side)
        )
        name = label("nnstudio", 1.6, bold=True)  # the name of the program is the one thing set larger than headings
        layout.addWidget(sign)
        layout.addWidget(name)
        words = _("Assemble neural networks on a canvas, train them with PyTorch, and watch what learning is.")
        layout.addWidget(label(words, faint=True))
        layout.addSpacing(SPACE)
        if asks_language:
            layout.addWidget(self._language())
            layout.addSpacing(SPACE)
        for id, words, icon, do in (
            ("welcomeNew", _("New network"), "mdi6.file-outline", self.ways.new),
            ("welcomeOpen", _("Open …"), "mdi6.folder-open-outline", self.ways.open),
            ("welcomeLesson", _("Begin with a lesson"), "mdi6.school-outline", self.ways.show_lessons),
        ):
            layout.addWidget(self._button(id, words, icon, do))
        layout.addStretch(1)
        layout.addWidget(
            label(_("Nothing is sent anywhere: no account, no counting, no connection."), 0.88, faint=True)
        )
        self.at_start.setObjectName("welcomeAtStart")
        self.at_start.setChecked(at_start)
        self.at_start.toggled.connect(self.ways.show_at_start)
        layout.addWidget(self.at_start)
        return column

    def _language(self) -> QWidget:
        """Asked once, in both languages, that of the system first."""
        box = QFrame()
        box.setObjectName("welcomeLanguage")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(12, 8, 12, 10)
        codes = sorted(LANGUAGES, key=lambda code: code != wanted_language())
        inside.addWidget(label("\n".join(translate_into(code, LANGUAGE_ASKED) for code in codes), 0.88))
        line = QHBoxLayout()
        for code in codes:
            line.addWidget(
                self._button(f"welcomeLanguage_{code}", LANGUAGES[code], "", partial(self.ways.use_language, code))
            )
        inside.addLayout(line)
        return box

    def _projects(self) -> QWidget:
        column, layout = self._column()
        layout.addWidget(label(_("Recent projects"), 1.15, bold=True))
        if self.recent:
            layout.addWidget(cards(list(self.recent.values())))
        else:
            layout.addWidget(label(_("What you open or save is shown here."), faint=True))
        for path, card in self.recent.items():
            card.clicked.connect(partial(call, partial(self.ways.open_file, path)))
        layout.addSpacing(SPACE)
        layout.addWidget(label(_("Examples"), 1.15, bold=True))
        self.topics.setAccessibleName(_("Examples by topic"))
        for topic in TOPICS:
            self.topics.addTab(_(topic.title))
            self.pages.addWidget(cards([self._example(name) for name in topic.examples]))
        self.topics.currentChanged.connect(self.pages.setCurrentIndex)
        layout.addWidget(self.topics)
        layout.addWidget(self.pages)
        layout.addStretch(1)
        return column

    def _example(self, name: str) -> PictureCard:
        card = PictureCard(title_of(name), tip=plain_tooltip([title_of(name)]))
        card.setObjectName(f"welcomeExample_{name}")
        card.clicked.connect(partial(call, partial(self.ways.open_example, name)))
        self.examples.setdefault(name, []).append(card)
        return card

    def _lessons(self) -> QWidget:
        column, layout = self._column(RIGHT)
        layout.addWidget(label(_("Lessons"), 1.15, bold=True))
        layout.addWidget(label(_("Each asks first, then trains, then explains."), 0.88, faint=True))
        self.lessons.setSpacing(0)
        layout.addLayout(self.lessons)
        layout.addStretch(1)
        return column

    def _column(self, width: int = 0) -> tuple[QWidget, QVBoxLayout]:
        column = Column(self._scaled(width)) if width else QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        return column, layout

    def _button(self, id: str, words: str, icon: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(id)
        button.setAccessibleName(words)
        if icon:
            button.setIcon(
                theme.drawn_icon(icon, theme.on_accent(), theme.colors().border)
                if id == "welcomeNew"
                else theme.icon(icon)
            )
            button.setIconSize(QSize(20, 20) * theme.text_scale())
        button.clicked.connect(partial(call, do))
        return button

    def _scaled(self, width: int) -> int:
        return round(width * theme.text_scale())

    def _use_style(self) -> None:
        colors = theme.colors()
        self.setStyleSheet(
            f"#welcome QScrollArea, #welcome QScrollArea > QWidget > QWidget {{ background: {colors.background}; }}"
            f"#welcome QPushButton {{ text-align: left; padding: 8px 12px; background: {colors.surface}; }}"
            f"#welcome QPushButton:hover {{ background: {colors.grid}; }}"
            f"#welcome QPushButton:focus {{ border: 2px solid {colors.selection}; padding: 7px 11px; }}"
            f"#welcome QPushButton#welcomeNew {{ background: {colors.selection}; color: {theme.on_accent()};"
            f" border-color: {colors.selection}; font-weight: 600; }}"
            f"#welcome QPushButton#welcomeNew:focus {{ border: 2px solid {colors.text}; }}"
            f"#welcome QTabBar {{ background: transparent; }}"
            f"#welcome QTabBar::tab {{ padding: 6px 9px 5px 9px; }}"
            f"#welcomeLanguage {{ background: {colors.note}; border: 1px solid {colors.border}; border-radius: 8px; }}"
        )

    # --- what is looked up ------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Have the pictures and lessons looked up; they come when they come."""
        form = PictureForm(
            QSize(self._scaled(PICTURE_WIDTH), picture_height()), self.devicePixelRatioF(), theme.colors()
        )
        task = Task(partial(look, tuple(self.recent), tuple(self.examples), form, self._stopped), self)
        task.arrived.connect(self._show_found)
        task.start()

    def _show_found(self, found: Found) -> None:
        if isinstance(found, RecentFound):
            card = self.recent[found.path]
            card.show_picture(found.picture, fills=True)
            card.setEnabled(not found.problem)
            if found.problem:
                card.say(found.problem)
        elif isinstance(found, ExampleFound):
            for card in self.examples[found.name]:
                card.show_picture(found.picture)
        else:
            self._show_lesson(found)

    def _show_lesson(self, found: LessonFound) -> None:
        line = Line(said(found.lesson.title), _("{count} min").format(count=found.lesson.minutes))
        line.setObjectName("welcomeLine")
        line.clicked.connect(partial(call, partial(self.ways.open_lesson, found.path)))
        line.installEventFilter(self)
        self.lessons.addWidget(line)

    # --- keys -------------------------------------------------------------------------------------------------------

    def stops(self) -> list[QWidget]:
        """What takes the keys, in the order of Tab."""
        kinds = QAbstractButton, QTabBar
        found = [one for one in self.findChildren(QWidget) if isinstance(one, kinds)]
        return [one for one in found if one.focusPolicy() & Qt.FocusPolicy.TabFocus]

    def reachable(self) -> list[QWidget]:
        """Those that are there now."""
        return [one for one in self.stops() if one.isVisibleTo(self) and one.isEnabled()]

    def take_keys(self) -> None:
        """Have the first thing that can be pressed take the keys."""
        self.reachable()[0].setFocus(Qt.FocusReason.TabFocusReason)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab stays on the page: what lies below is not seen."""
        places = self.reachable()
        now = self.window().focusWidget()
        step = 1 if next else -1
        place = (places.index(now) + step) % len(places) if now in places else 0
        places[place].setFocus(Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason)
        self.area.ensureWidgetVisible(places[place])
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(watched, QAbstractButton):
                watched.click()
                return True
            sideways = key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
            if key in ARROWS and not (sideways and watched is self.topics):  # which turns its own pages
                to = neighbour(watched, self.reachable(), key)
                if to is not None:
                    to.setFocus(Qt.FocusReason.TabFocusReason)
                    self.area.ensureWidgetVisible(to)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self._stopped.set()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), QColor(theme.colors().background))


class Column(QWidget):
    """Of one width, and narrower where the window is."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.setMaximumWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(self.maximumWidth(), super().sizeHint().height())


def call(do: Callable[[], object], _checked: bool = False) -> None:
    """What a press does; Qt says whether a button is down, which no way asks for."""
    do()


def recent_card(path: Path) -> PictureCard:
    """A recent file by its name, with its folder below; the user's own is a “~”."""
    folder, home = path.parent, paths.home()
    where = Path("~") / folder.relative_to(home) if folder.is_relative_to(home) else folder
    return PictureCard(path.name.removesuffix(SUFFIX), shown_path(where), plain_tooltip([shown_path(path)]))


def label(words: str, share: float = 1.0, bold: bool = False, faint: bool = False) -> QLabel:
    made = QLabel(words, textFormat=Qt.TextFormat.PlainText, wordWrap=not bold)
    made.setFont(sized(made.font(), share, bold))
    if faint:
        made.setStyleSheet(f"color: {theme.colors().faint_text};")
    return made


def cards(those: Sequence[PictureCard]) -> QWidget:
    """Cards in rows, all as wide."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 2, 0, 2)
    grid.setSpacing(SPACE)
    for place, card in enumerate(those):
        grid.addWidget(card, place // ACROSS, place % ACROSS)
    for column in range(ACROSS):
        grid.setColumnStretch(column, 1)
    grid.setRowStretch(len(those) // ACROSS + 1, 1)
    return made
