"""Where the frozen program starts."""

import multiprocessing

if __name__ == "__main__":
    # A study's workers are started as this program once more; the line makes them workers and not another window.
    multiprocessing.freeze_support()

    from nnstudio.cli.main import entry

    entry()
