"""The curves of a run as a drawing (SVG), in light colours for print."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from nnstudio.project.model import Run
from nnstudio.text import translate as _

WIDTH, HEIGHT = 760, 268
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 34, 42
GAP = 24
TRAINING, VALIDATION, PREDICTED = "#0072b2", "#c24d00", "#59616d"
TEXT, FAINT, GRID, AXIS = "#1b1f24", "#59616d", "#e3e6eb", "#8a93a0"
FONT = 'font-family="Inter, Segoe UI, Helvetica, Arial, sans-serif"'
MOST_POINTS = 600
"""More would be closer together than what prints them can part."""
TICKS = 4

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Line:
    name: str
    points: Points
    color: str
    dash: str = ""


@dataclass(frozen=True)
class Panel:
    """One plot: from `lowest` to `highest` along the upright axis, epochs up to `last` along the other."""

    title: str
    lines: tuple[Line, ...]
    left: float
    width: float
    last: float
    lowest: float
    highest: float

    def x(self, epoch: float) -> float:
        return self.left + (epoch - 1) / max(1e-9, self.last - 1) * self.width if self.last > 1 else self.left

    def y(self, value: float) -> float:
        height = HEIGHT - TOP - BOTTOM
        share = (value - self.lowest) / max(1e-300, self.highest - self.lowest)
        return TOP + height * (1 - min(1.0, max(0.0, share)))


def curves_svg(run: Run, sketches: Sequence[Points] = ()) -> bytes:
    """Loss, and accuracy where there is one, over the epochs of a run; with what was drawn before it, if anything."""
    history = run.history
    losses = [
        Line(_("training"), points_of(history.train_loss), TRAINING),
        Line(_("validation"), points_of(history.validation_loss), VALIDATION, "7 3"),
        *(Line(_("predicted"), tuple(sketch), PREDICTED, "2 3") for sketch in sketches),
    ]
    shares = [
        Line(_("training"), points_of(history.train_accuracy), TRAINING),
        Line(_("validation"), points_of(history.validation_accuracy), VALIDATION, "7 3"),
    ]
    panels = [
        (title, [line for line in lines if line.points])
        for title, lines in ((_("Loss"), losses), (_("Accuracy"), shares))
    ]
    panels = [(title, lines) for title, lines in panels if lines]
    width = (WIDTH - RIGHT - len(panels) * LEFT - (len(panels) - 1) * GAP) / max(1, len(panels))
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for place, (title, lines) in enumerate(panels):
        left = LEFT + place * (width + LEFT + GAP)
        pieces += drawn(
            panel_of(title, lines, left, width, run.epochs_run, is_share=lines[0].points is shares[0].points), run
        )
    return "\n".join([*pieces, "</svg>"]).encode()


def points_of(values: Sequence[float]) -> Points:
    """The points of a curve that are numbers, of very many only some, the last among them."""
    points = [(float(epoch), value) for epoch, value in enumerate(values, 1) if math.isfinite(value)]
    step = max(1, -(-len(points) // MOST_POINTS))
    return tuple(dict.fromkeys([*points[::step], *points[-1:]]))


def panel_of(title: str, lines: Sequence[Line], left: float, width: float, epochs: int, is_share: bool) -> Panel:
    values = [value for line in lines for _epoch, value in line.points]
    last = max([float(epochs), *(epoch for line in lines for epoch, _value in line.points)])
    lowest, highest = (min(values), max(values)) if values else (0.0, 1.0)
    lowest = lowest if is_share else min(0.0, lowest)
    step = tick_step(highest - lowest)
    ends = math.floor(lowest / step) * step, math.ceil(highest / step) * step
    return Panel(title, tuple(lines), left, width, last, ends[0], max(ends[1], ends[0] + step))


def tick_step(span: float) -> float:
    """1, 2 or 5 times a power of ten, so that some four of them span what is drawn."""
    if not 0 < span < math.inf:
        return 0.5
    power = 10.0 ** math.floor(math.log10(span / TICKS))
    return float(next(power * factor for factor in (1, 2, 5, 10) if power * factor * TICKS >= span * 0.999))


def drawn(panel: Panel, run: Run) -> list[str]:
    right, bottom = panel.left + panel.width, HEIGHT - BOTTOM
    pieces = [*grid(panel), *epochs_axis(panel)]
    pieces.append(path(f"M{panel.left:.1f} {TOP}V{bottom}H{right:.1f}", AXIS, 1.0))
    best = run.best_epoch
    if best:
        at = panel.x(best)
        pieces.append(path(f"M{at:.1f} {TOP}V{bottom}", "#1a7f4b", 1.0, "3 3"))
    for line in panel.lines:
        places = [(panel.x(epoch), panel.y(value)) for epoch, value in line.points]
        if len(places) == 1:
            ((x, y),) = places
            pieces.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{line.color}"/>')
        else:
            pieces.append(path("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places), line.color, 2.0, line.dash))
    return [*pieces, *legend(panel, best)]


def grid(panel: Panel) -> list[str]:
    step = tick_step(panel.highest - panel.lowest)
    pieces = []
    for number in range(round((panel.highest - panel.lowest) / step) + 1):
        value = panel.lowest + number * step
        y = panel.y(value)
        pieces.append(path(f"M{panel.left:.1f} {y:.1f}h{panel.width:.1f}", GRID, 1.0))
        pieces.append(words(panel.left - 7, y + 4, f"{value:.4g}", FAINT, 11, "end"))
    return pieces


def epochs_axis(panel: Panel) -> list[str]:
    bottom = HEIGHT - BOTTOM
    step = max(1, round(tick_step(max(1.0, panel.last - 1))))
    marks = [1, *(number for number in range(step, int(panel.last) + 1, step) if number > 1)]
    if len(marks) > 1 and panel.x(marks[1]) - panel.x(1) < 22:
        marks.pop(1)
    pieces = [words(panel.x(one), bottom + 16, str(one), FAINT, 11, "middle") for one in marks]
    pieces.append(words(panel.left + panel.width / 2, bottom + 33, _("epoch"), FAINT, 11, "middle"))
    return pieces


def legend(panel: Panel, best: int | None) -> list[str]:
    """What the lines are, in the row above the plot."""
    x = panel.left
    pieces = [words(x, 16, panel.title, TEXT, 13, "start", "bold")]
    x += 9.0 * len(panel.title) + 12
    for line in panel.lines:
        pieces.append(path(f"M{x:.1f} 12h22", line.color, 2.5, line.dash))
        pieces.append(words(x + 27, 16, line.name, TEXT, 11, "start"))
        x += 27 + 6.4 * len(line.name) + 12
    if best and x < panel.left + panel.width - 40:
        pieces.append(words(x, 16, _("best: {epoch}").format(epoch=best), "#1a7f4b", 11, "start"))
    return pieces


def path(data: str, color: str, width: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{data}" fill="none" stroke="{color}" stroke-width="{width}" stroke-linejoin="round"{dashed}/>'


def words(x: float, y: float, text: str, color: str, size: int, anchor: str, weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" {FONT}>{escape(text)}</text>'
    )
