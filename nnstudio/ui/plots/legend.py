"""Which line is which, in one row for all plots; a click on a kind of line hides it or shows it again."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel

from nnstudio.text import translate as _
from nnstudio.ui.look import theme
from nnstudio.ui.plots.lines import FLAG, KINDS, color

SIGNS = ("●", "■", "▲", "◆", "★", "⬟", "+", "×")
"""The shapes of the classes' points, as text."""

MOST_CLASSES = 6
EARLIER, CHOSEN = "earlier", "chosen"
GAP = "&nbsp;&nbsp; "


class Legend(QLabel):
    """Outside the plots, so that it never hides a stretch of a curve. `changed(hidden)` comes with the kinds that are
    hidden now."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self.setObjectName("legend")
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        # As narrow as the panel: what does not fit stands in a second line, and never widens the window.
        self.setMinimumWidth(1)
        self.linkActivated.connect(self._toggle)
        self.hidden: frozenset[str] = frozenset()
        self._kinds: tuple[str, ...] = ()
        self._classes: tuple[str, ...] | None = None

    def show_kinds(self, kinds: Iterable[str], classes: Sequence[str] | None) -> None:
        """Name these kinds of lines, and the classes of the points on the plane; None where there is no plane."""
        named = tuple(kinds), None if classes is None else tuple(classes)
        if named != (self._kinds, self._classes):
            self._kinds, self._classes = named
            self._write()

    def hide_kinds(self, hidden: frozenset[str]) -> None:
        """Hide just these kinds of lines, as if each had been clicked."""
        for kind in hidden ^ self.hidden:
            self._toggle(kind)

    def _toggle(self, kind: str) -> None:
        self.hidden = self.hidden ^ {kind}
        self._write()
        self.changed.emit(self.hidden)

    def _write(self) -> None:
        colors = theme.colors()
        entries = []
        for kind in self._kinds:
            sign, words, shade = "╌", _("earlier runs"), colors.faint_text
            if kind == CHOSEN:
                words = _("selected runs")
            if kind in KINDS:
                sign, words, shade = KINDS[kind].sign, _(KINDS[kind].short or KINDS[kind].words), color(KINDS[kind])
            if kind in self.hidden:
                text = f'<span style="color:{colors.faint_text}"><s>{sign} {words}</s></span>'
            else:
                text = f'<span style="color:{shade}">{sign}</span> <span style="color:{colors.text}">{words}</span>'
            entries.append(f'<a href="{kind}" style="text-decoration:none">{text}</a>')
        lowest = _("best epoch")
        entries.append(f'<span style="color:{colors.flag}">{FLAG}</span> {lowest}')
        tips = [_("Click a line's name to hide it, and again to show it")]
        if self._classes is not None:
            entries.append(f"│ {class_legend(self._classes)}")
            tips.append(_("On the plane: {points}").format(points=_("filled: training, hollow: validation")))
        self.setText(GAP.join(unbroken(entry) for entry in entries))
        self.setToolTip("\n".join(tips))


def unbroken(entry: str) -> str:
    """An entry that is not divided between two lines: of its words, not of its tags."""
    return re.sub(r" (?![^<]*>)", "&nbsp;", entry)


def class_legend(classes: Sequence[str]) -> str:
    """Which colour and shape each class has; a class's name is a stranger's text and must not be taken for markup."""
    colors = theme.class_colors()
    shown = []
    for number, name in enumerate(classes[:MOST_CLASSES]):
        shade, sign = colors[number % len(colors)], SIGNS[number % len(SIGNS)]
        shown.append(f'<span style="color:{shade}">{sign}</span>&nbsp;{escape(name[:20])}')
    return GAP.join([*shown, "…"] if len(classes) > MOST_CLASSES else shown)


def plane_legend(classes: Sequence[str]) -> str:
    """What the points on the plane are, for a saved picture."""
    return GAP.join([class_legend(classes), _("filled: training, hollow: validation")])
