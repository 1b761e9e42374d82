"""The formula of the whole network under the canvas: sizes under the pointer, a click selects the layer, and the
selected layers are lit."""

from functools import partial

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QWidget

from nnstudio.project.formula_layout import as_latex, placed
from nnstudio.project.network_formula import Line, Part, network_formula
from nnstudio.text import translate as _
from nnstudio.ui import changes
from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.changes import Change
from nnstudio.ui.look import projector, theme
from nnstudio.ui.look.tooltips import plain_tooltip
from nnstudio.ui.store import Store

SIZE = 15.0
ROOM = 6.0
MOST_LAYERS = 100
"""Of more layers no formula could be read; writing it would take longer than everything else of an edit."""
MOST_SHOWN = 3
"""As many rows are seen without scrolling; one in a window that is not this tall."""
TALL = 680
ROW = 26.0
"""The height of a row where text has its usual size."""
BEGIN_AFTER = 500
"""Milliseconds after which the first formula is drawn: loading what draws it would hold up the window's first view."""

_drawn: dict[tuple[str, str, float], QSvgRenderer] = {}
"""The pieces drawn so far, by their LaTeX, colour and size."""


class FormulaBar(QWidget):
    """The formula, with a button that copies it as LaTeX."""

    def __init__(self, store: Store, scene: NetworkScene) -> None:
        super().__init__()
        self.setObjectName("formulaBar")
        self.setAccessibleName(_("Formula"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.store = store
        self.lines = FormulaLines(scene)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.lines)
        self.button = QToolButton(autoRaise=True)
        self.button.setIcon(theme.icon("mdi6.content-copy"))
        self.button.setToolTip(_("Copy the formula as LaTeX"))
        self.button.setAccessibleName(_("Copy the formula as LaTeX"))
        self.button.clicked.connect(self.copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.lines.grown.connect(self._fit)
        store.changed.connect(self.follow)
        self._waits = True
        self._beginning = QTimer(self, singleShot=True)
        self._beginning.timeout.connect(self._begin)

    def set_on(self, on: bool) -> None:
        """Show the formula or take it away; while it is away nothing is written."""
        self.setVisible(on)
        self.show_formula()

    def follow(self, change: Change) -> None:
        if change.touches(changes.Part.STRUCTURE, changes.Part.FACTS):
            self.show_formula()

    def show_formula(self) -> None:
        """Write the network as it is drawn now."""
        if not self.isHidden() and not self._waits:
            network = self.store.project.network
            is_readable = len(network.layers) <= MOST_LAYERS
            self.lines.show_lines(network_formula(network, self.store.inference) if is_readable else [])
            self.button.setEnabled(bool(self.lines.text()))

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.lines.text())
        self.store.told.emit(_("Copied: the formula as LaTeX."))

    def _begin(self) -> None:
        self._waits = False
        self.show_formula()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._waits:
            self._beginning.start(0 if _drawn else BEGIN_AFTER)

    def _fit(self, height: int) -> None:
        rows = MOST_SHOWN if self.window().height() >= TALL else 1
        row = round(ROW * theme.text_scale())
        self.area.verticalScrollBar().setSingleStep(row)
        # Room above alone where rows are left out: below, the next of them would look in.
        self.setFixedHeight(min(height, round(rows * row + ROOM)))


class FormulaLines(QWidget):
    """The lines, broken where they are wider than the panel. `grown` comes with the height they need."""

    grown = Signal(int)

    def __init__(self, scene: NetworkScene) -> None:
        super().__init__()
        self.scene_shown = scene
        self.shown: list[Line] = []
        self.places: list[tuple[QRectF, Part]] = []
        self.setMouseTracking(True)
        self.setAccessibleName(_("Formula of the network"))
        scene.selectionChanged.connect(self.update)

    def show_lines(self, lines: list[Line]) -> None:
        """Show these lines as soon as their pieces are drawn."""
        if lines == self.shown:
            return
        self.shown = lines
        self.setAccessibleDescription(self.text())
        color, size = theme.colors().text, letters()
        missing = sorted({part.latex for line in lines for part in line if (part.latex, color, size) not in _drawn})
        if missing:
            task = Task(partial(view_jobs.formulas, missing, color, size), self)
            task.arrived.connect(partial(self._take, color, size))
            task.done.connect(self.arrange)
            task.start()
        else:
            self.arrange()

    def text(self) -> str:
        """The formula as LaTeX, a line each."""
        return as_latex(self.shown)

    def arrange(self) -> None:
        """Give every piece its place: line by line, a line that is too wide going on indented below."""
        row = ROW * theme.text_scale()
        color, size = theme.colors().text, letters()

        def box_of(latex: str) -> QRectF:
            drawn = _drawn.get((latex, color, size))
            return drawn.viewBoxF() if drawn else QRectF()

        found, rows = placed(self.shown, lambda latex: box_of(latex).width(), self.width())
        self.places = []
        for one in found:
            if not (box := box_of(one.part.latex)).isEmpty():
                baseline = ROOM + row * (one.row + 0.72)
                self.places.append((QRectF(one.x, baseline + box.top(), box.width(), box.height()), one.part))
        bottom = ROOM + rows * row
        height = round(bottom + ROOM) if self.places else round(row + 2 * ROOM)
        self.setMinimumHeight(height)
        self.grown.emit(height)
        self.update()

    def part_at(self, point: QPointF) -> Part | None:
        """The piece at a point that stands for a layer."""
        return next((part for place, part in self.places if part.layer and place.contains(point)), None)

    def _take(self, color: str, size: float, drawn: tuple[str, bytes]) -> None:
        _drawn[drawn[0], color, size] = QSvgRenderer(QByteArray(drawn[1]))

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors()
        if not self.places:
            painter.setPen(QColor(colors.faint_text))
            words = _("The formula shows up here when the layers lead to an output.")
            painter.drawText(self.rect().adjusted(4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
            return
        selected = set(self.scene_shown.selected_layers())
        light = QColor(colors.selection)
        light.setAlpha(60)
        for place, part in self.places:
            if part.layer in selected:
                painter.fillRect(place.adjusted(-1, -2, 1, 2), light)
            renderer = _drawn.get((part.latex, colors.text, letters()))
            if renderer is not None:  # between light and dark all is drawn anew
                renderer.render(painter, place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        part = self.part_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if part is None else Qt.CursorShape.PointingHandCursor)
        self.setToolTip(plain_tooltip([part.words]) if part is not None and part.words else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        part = self.part_at(event.position())
        self.scene_shown.select([part.layer] if part is not None else [])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.arrange()


def letters() -> float:
    """The size of the letters, in pixels."""
    return max(SIZE * theme.text_scale(), float(projector.least_letters()))
