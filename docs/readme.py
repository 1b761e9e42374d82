"""Grabs the pictures of the README, which are kept, since a page that shows the project makes nothing by itself.

    python -m docs.readme

A test compares them with the window as it is now.
"""

import os
import sys
from pathlib import Path

from docs import grab

KEPT = Path(__file__).resolve().parent / "readme"
NAMES = "twin", "chain", "lesson"


def main(folder: Path) -> int:
    """The pictures of the README in a folder."""
    os.environ["QT_SCALE_FACTOR"] = "1"
    grab.PICTURES = folder
    return grab.main("en", list(NAMES))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT))
