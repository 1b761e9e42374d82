"""Numbers that options are given."""

from nnstudio.text import UserError
from nnstudio.text import translate as _


def whole(text: str, name: str, least: int = 0) -> int:
    """A whole number that an option was given. UserError for anything else."""
    if not text.isdecimal() or len(text) > 9 or int(text) < least:
        words = _("{name} needs a whole number from {least} on; found “{text}”.")
        raise UserError(words.format(name=name, least=least, text=text[:40]))
    return int(text)
