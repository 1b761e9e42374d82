"""Measures engine and window: python3 packaging/develop.py bench [WHAT] [--rounds N] …

WHAT is one of:

peers    samples a second beside other libraries, which get an environment of their own (the default)
inside   variants side by side, probes, the first step, peak memory
window   how soon the first step comes after Train, and how alive the window is then
start    how soon the window can be used, and what that takes of the processor, beside an empty Qt window
welcome  what the page of the start adds to it, and when its pictures are there
watching how often each view is drawn at full speed, how late the window answers, what that costs training
growth   steps a second against width, depth and batch, as a table and a picture
canvas   a thousand layers drawn, dragged, inferred and undone, beside plain items
answers  how long the window takes to open ten thousand layers, and to answer a hand at a thousand
gpu      a step as one CUDA graph, against eager and against what the device could do
pictures a folder of 20,000 pictures read as data, beside plain decoding
language spam told from its words over five folds, and with an embedding
reading  tables of four shapes, beside polars' own reading of them
study_views  the four views of a study of 10,000 trials: shown, brushed, lit
scrolling  how often the table of the data room is painted while the wheel turns; needs an X server and xdotool
studies  45 trainings as a study and one by one, and what the study itself takes
runs_table  10,000 runs in their table: made, searched, sorted, scrolled
history  what the networks of 1986 learn from ten starts

The tables go to tests/bench/results.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from nnstudio import paths
from tests.bench.works import WORKS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "what",
        nargs="?",
        default="peers",
        choices=(
            "peers",
            "inside",
            "window",
            "start",
            "welcome",
            "watching",
            "growth",
            "canvas",
            "answers",
            "gpu",
            "pictures",
            "reading",
            "scrolling",
            "runs_table",
            "study_views",
            "language",
            "history",
            "images",
            "studies",
        ),
    )
    parser.add_argument("--rounds", type=int, help="how often each is measured; medians are shown")
    parser.add_argument("--only", nargs="*", default=list(WORKS), choices=list(WORKS), help="for peers: which works")
    parser.add_argument("--device", default="cpu", help="for growth: where to compute")
    parser.add_argument("--frozen", type=Path, metavar="PROGRAM", help="for start: a frozen nnstudio to measure too")
    options = parser.parse_args()
    rounds = {"rounds": options.rounds} if options.rounds else {}
    # Each has imports of its own: the peers need no torch here, and only the window needs Qt.
    match options.what:
        case "peers":
            from tests.bench import peers

            return peers.main(**rounds, only=options.only)
        case "inside":
            from tests.bench import inside

            return inside.main(**rounds)
        case "growth":
            from tests.bench import growth

            return growth.main(**rounds, device=options.device)
        case "gpu":
            from tests.bench import gpu

            return gpu.main(**rounds)
        case "language":
            from tests.bench import language

            return language.main()
        case "history":
            from tests.bench import history

            return history.main(**rounds)
        case "pictures":
            from tests.bench import pictures

            return pictures.main(**rounds)
        case "reading":
            from tests.bench import reading

            return reading.main(**rounds)
        case "studies":
            from tests.bench import studies

            return studies.main(**rounds)
        case "images":
            from tests.bench import images

            return images.main(**rounds)
        case "start":
            from tests.bench import start

            return start.main(**rounds, frozen=options.frozen)
    # What is scrolled is scrolled by a wheel from outside, in a real window.
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if options.what == "scrolling" else "offscreen")
    with tempfile.TemporaryDirectory() as folder:  # what is measured is a window as it is at first, and nobody's own
        paths.settings_file = lambda: Path(folder) / "settings.ini"
        return of_the_window(options.what, rounds)


def of_the_window(what: str, rounds: dict[str, int]) -> int:
    """Measure what needs Qt."""
    if what == "canvas":
        from tests.bench import canvas

        return canvas.main(**rounds)
    if what == "welcome":
        from tests.bench import welcome

        return welcome.main(**rounds)
    if what == "watching":
        from tests.bench import watching

        return watching.main(**rounds)
    if what == "scrolling":
        from tests.bench import scrolling

        return scrolling.main(**rounds)
    if what == "runs_table":
        from tests.bench import runs_table

        return runs_table.main(**rounds)
    if what == "answers":
        from tests.bench import answers

        return answers.main(**rounds)
    if what == "study_views":
        from tests.bench import study_views

        return study_views.main(**rounds)
    from tests.bench import window

    return window.main(**rounds)


if __name__ == "__main__":
    sys.exit(main())
