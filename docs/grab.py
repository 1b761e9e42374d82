"""Grabs the pictures of the documentation from the real window.

    python -m docs.grab LANGUAGE [NAME …]

They go to docs/pictures, where Sphinx takes the one of its language; none of them is kept, so none grows old.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from nnstudio.text import LANGUAGES

PICTURES = Path(__file__).resolve().parent / "pictures"
SIZE = 1280, 800
SCALE = 1.5
"""Pixels of a picture by pixels of the window."""


def main(language: str, names: list[str]) -> int:
    """Every picture in one language, or those that are named."""
    with TemporaryDirectory() as home:
        keep_apart(Path(home), language)
        from docs.scenes import SCENES
        from docs.stage import Stage, be_quiet

        be_quiet()
        unknown = set(names) - set(SCENES)
        if unknown:
            print(f"No such picture: {', '.join(sorted(unknown))}. There are: {', '.join(SCENES)}", file=sys.stderr)
            return 2
        for name, scene in SCENES.items():
            if not names or name in names:
                with Stage(SIZE) as stage:
                    scene(stage, target(language))
        return 0


def target(language: str) -> Callable[[str], Path]:
    """Where a picture of this language lies, by its name; Sphinx finds another than the English one by its ending."""
    ending = ".png" if language == "en" else f".{language}.png"

    def path(name: str) -> Path:
        found = PICTURES / f"{name}{ending}"
        found.parent.mkdir(parents=True, exist_ok=True)
        return found

    return path


def keep_apart(home: Path, language: str) -> None:
    """Nothing of the user's own settings comes in, and nothing of these pictures into them."""
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA"):
        os.environ[name] = str(home)
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        del os.environ[name]
    os.environ["XDG_RUNTIME_DIR"] = str(home)
    os.environ["NNSTUDIO_LANG"] = language
    os.environ.setdefault("QT_SCALE_FACTOR", str(SCALE))
    if os.environ.setdefault("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen(home)}"


def screen(folder: Path) -> Path:
    """What tells Qt of a screen as large as a window of ours, for what fills the screen; it would have 800 pixels
    otherwise."""
    width, height = (round(side * SCALE) for side in SIZE)
    place = {"x": 0, "y": 0, "width": width, "height": height}
    sharpness = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    file = folder / "screen.json"
    file.write_text(json.dumps({"screens": [{"name": "screen", **place, **sharpness}]}), encoding="utf-8")
    return file


if __name__ == "__main__":
    if sys.argv[1:2] == [] or sys.argv[1] not in LANGUAGES:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
