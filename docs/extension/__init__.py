"""What nnstudio adds to Sphinx: pages made from the declarations of the program, and formulas as MathML."""

import re
from collections.abc import Callable
from typing import Any

from sphinx.application import Sphinx

from docs.extension import file_format, keys, layers, mathml, python, settings, verbs
from nnstudio.text import use_language

MADE: dict[str, Callable[..., str]] = {
    "layers": layers.page,
    "settings": settings.page,
    "verbs": verbs.page,
    "keys": keys.page,
    "file": file_format.page,
    "python": python.described,
}
"""What a line `% made: NAME` in a page stands for: Markdown, in the language that is in use. Words behind the name are
what it is made of."""

LINE = re.compile(r"^% made: (\w+)(.*)\n", re.MULTILINE)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("source-read", put_in)
    app.add_html_math_renderer("mathml", (mathml.inline, None), (mathml.block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def put_in(app: Sphinx, page: str, source: list[str]) -> None:
    """Puts what is made in its place. The catalogues of pages are collected without it, for the program's own
    catalogue has its texts."""
    if app.builder.name == "gettext":
        return
    use_language(app.config.language)
    source[0] = LINE.sub(lambda found: MADE[found[1]](*found[2].split()), source[0])
