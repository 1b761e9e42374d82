"""Where the scenes of all pictures register themselves."""

from collections.abc import Callable
from pathlib import Path

from docs.stage import Stage

Target = Callable[[str], Path]
"""The file of a picture, by its name."""
Scene = Callable[[Stage, Target], None]

SCENES: dict[str, Scene] = {}
"""By the name of their function, which is that of their picture or of what several pictures show."""


def scene(play: Scene) -> Scene:
    """Registers a scene under its name."""
    assert play.__name__ not in SCENES, play.__name__
    SCENES[play.__name__] = play
    return play
