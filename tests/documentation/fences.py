"""The blocks of commands and of Python in a page."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parent.parent.parent
FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
"""At the margin, or indented as a part of a step."""
PAGES = [
    ROOT / "README.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md")),
]


@dataclass(frozen=True)
class Block:
    """A fenced block: what stands behind its signs, and its text."""

    kind: str
    text: str

    def lines(self) -> Iterator[str]:
        """The commands, each in one line, without remarks."""
        for line in self.text.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield shlex.join(words)


def blocks(page: Path, *kinds: str) -> list[Block]:
    """The blocks of these kinds in a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = (Block(kind, dedent(inside)) for _margin, kind, inside in FENCE.findall(text))
    return [block for block in found if block.kind in kinds]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).with_suffix("").as_posix().removeprefix("docs/")
