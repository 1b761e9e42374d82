"""How large what is drawn is, in the units of the canvas: layers as boxes and as neurons, notes, frames."""

from nnstudio.layers.spec import Shape
from nnstudio.project.model import Size

LAYER_SIZE: Size = (156.0, 62.0)
"""A layer's box."""

MOST_UNITS = 16
"""A layer of more units is drawn as a box, with its weights as a picture below it."""
PITCHES = ((4, 30.0), (8, 20.0), (MOST_UNITS, 12.5))
"""How far apart neurons stand, by how many there are at most."""
COLUMN_ROOM = 5.0
"""Between the neurons and the frame around them."""
HEAD, FOOT = 38.0, 18.0
"""Above that frame for the layer's name and its − and +, and below it for what it learns. The head does not move when
the number of units changes, so that − and + stay under the pointer."""
PICTURE_HEIGHT = 34.0

NOTE_HEIGHT = 30.0
"""A note of one line; how high a longer one is, only the screen knows."""
LETTERS, MOST_LETTERS, WIDE_NOTE = 12.0, 30.0, 560.0
"""The height of letters in a note; one that is wider than this has larger ones, up to the most."""
MARGIN = 24.0
"""Between a frame and what it is put around."""
TITLE_HEIGHT = 26.0
"""The strip at the top of a frame by which it is taken up."""


def note_letters(width: float) -> float:
    """The height of the letters in a note of this width: its lines do not become too long to read, and a note as wide
    as a large network can be read where all of it is shown."""
    return min(max(LETTERS * width / WIDE_NOTE, LETTERS), MOST_LETTERS)


def units_drawn(shape: Shape | None) -> int:
    """How many neurons a layer with this output is drawn with; 0 for a box."""
    return shape[0] if shape is not None and len(shape) == 1 and shape[0] <= MOST_UNITS else 0


def pitch_of(units: int) -> float:
    return next(pitch for most, pitch in PITCHES if units <= most)


def column_height(units: int) -> float:
    """The height of the frame around so many neurons."""
    return units * pitch_of(units) + 2 * COLUMN_ROOM


def room_for(shape: Shape | None, learns: bool) -> float:
    """The height that a layer with this output needs however it is drawn."""
    units = units_drawn(shape)
    if units:
        return HEAD + column_height(units) + FOOT
    return LAYER_SIZE[1] + (PICTURE_HEIGHT if learns else 0.0)
