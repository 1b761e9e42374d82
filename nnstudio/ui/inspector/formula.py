"""A formula on screen: LaTeX drawn as SVG, made on a thread and kept."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui.background import view_jobs
from nnstudio.ui.background.task import Task
from nnstudio.ui.look import projector, theme

SIZE = 17.0

_drawn: dict[tuple[str, str], bytes] = {}


class FormulaView(QWidget):
    """Shows one formula, scaled down when it is wider than the panel."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._renderer = QSvgRenderer(self)
        self._latex = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(8)

    def show_formula(self, latex: str) -> None:
        """Show a formula as soon as it is drawn; "" shows none."""
        self._latex = latex
        self.setVisible(bool(latex))
        self.setAccessibleDescription(latex)
        color = theme.colors().text
        if not latex:
            return
        if (latex, color) in _drawn:
            self._show(_drawn[latex, color])
            return
        task = Task(
            lambda: view_jobs.formulas(
                [latex], color, max(SIZE * theme.text_scale(), float(projector.least_letters()))
            ),
            self,
        )
        task.arrived.connect(lambda drawn: self._take(latex, color, drawn[1]))
        task.start()

    def _take(self, latex: str, color: str, svg: bytes) -> None:
        _drawn[latex, color] = svg
        if latex == self._latex:
            self._show(svg)

    def _show(self, svg: bytes) -> None:
        self._renderer.load(QByteArray(svg))
        self._fit()
        self.update()

    def _fit(self) -> None:
        self.setFixedHeight(max(8, self._drawn_size().height() + 8))

    def _drawn_size(self) -> QSize:
        size = self._renderer.defaultSize()
        if size.width() > self.width() > 0:
            size.scale(self.width(), size.height(), Qt.AspectRatioMode.KeepAspectRatio)
        return size

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._renderer.isValid():
            return
        size = self._drawn_size()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderer.render(painter, QRectF(0, (self.height() - size.height()) / 2, size.width(), size.height()))

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        if self._renderer.isValid():
            self._fit()
