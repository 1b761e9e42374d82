"""How a package is added to the Python that runs this program."""

import os
import sys


def adding(requirement: str) -> str:
    """The command to type: what uv installs as a tool has a Python of its own, in which there is no pip."""
    if os.path.isfile(os.path.join(sys.prefix, "uv-receipt.toml")):  # noqa: PTH113, PTH118
        return f'uv pip install --python "{sys.prefix}" "{requirement}"'
    return f'pip install "{requirement}"'
