"""README.md as a package index shows it: there no file of the project lies beside it, so none can be linked to.

Where the project says by `home` from which address its files are served, pictures and links name them there; where it
does not, pictures are left out and links become their text.
"""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?!https?:|#)(?P<file>[^)\s]+)\)")
"""A picture or link to a file of this project."""
EMPTY_TABLE = re.compile(r"^\|[| ]*\n\|[| :-]*\n(?:\|[| ]*(?:\n|\Z))*", re.MULTILINE)
"""A table in which nothing is left."""


class IndexPage(MetadataHookInterface):
    """Found by hatchling through pyproject.toml."""

    def update(self, metadata: dict[str, Any]) -> None:
        readme = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        text = index_page(readme, self.config.get("home", ""))
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def index_page(readme: str, home: str) -> str:
    """The text of README.md with no link to a file beside it; `home` is an address that ends before the file's name."""
    if home:
        return LINK.sub(rf"\g<picture>[\g<text>]({home.rstrip('/')}/\g<file>)", readme)
    without = LINK.sub(lambda found: "" if found["picture"] else found["text"], readme)
    return re.sub(r"\n{3,}", "\n\n", EMPTY_TABLE.sub("", without))
