"""`python -m nnstudio` is the command `nnstudio`; an installed program that holds its Python inside starts here too."""

import re
import sys
from itertools import pairwise


def serve_multiprocessing(arguments: list[str]) -> None:
    """Be what multiprocessing wanted a Python for, where it was this program that it started; return where it was not.

    In a program that holds its Python (those of Briefcase) `sys.executable` is the program. So the workers of a study,
    and what clears away their semaphores, are started as `nnstudio -I … -c "from multiprocessing.…" …`.
    """
    code = next((code for flag, code in pairwise(arguments) if flag == "-c"), "")
    numbers = {name: int(number) for name, number in re.findall(r"(\w*)[=(](\d+)", code)}
    if code.startswith("from multiprocessing.spawn import spawn_main;"):
        from multiprocessing.spawn import spawn_main

        sys.argv = ["-c", arguments[-1]]  # as Python would have it
        spawn_main(**numbers)
    elif code.startswith("from multiprocessing.resource_tracker import main;"):
        from multiprocessing.resource_tracker import main

        main(*numbers.values())
        sys.exit()


if __name__ == "__main__":
    serve_multiprocessing(sys.argv[1:])

    from nnstudio.cli.main import window_entry

    window_entry()
