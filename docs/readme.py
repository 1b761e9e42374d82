"""Grabs the pictures of the README, which are kept, since a page that shows the project makes nothing by itself.

    python -m docs.readme [FOLDER]

A test compares them with the window as it is now.
"""

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from docs import grab

KEPT = Path(__file__).resolve().parent / "readme"
PICTURES = {"twin": "twin", "one_sample": "one_sample", "presenting": "teaching"}
"""And the scenes that they are from."""


def main(folder: Path) -> int:
    """The pictures of the README in a folder, with a pixel for a point of the window."""
    os.environ["QT_SCALE_FACTOR"] = "1"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as grabbed:
        grab.PICTURES = Path(grabbed)
        status = grab.main("en", list(PICTURES.values()))
        for name in PICTURES if status == 0 else ():
            shutil.copy(grab.target("en")(name), folder)
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT))
