"""Options that several verbs have, and numbers that options are given."""

import argparse

from nnstudio.text import UserError
from nnstudio.text import translate as _


def add_allow_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-data",
        action="store_true",
        help=_("read data outside the project's folder too, though it was not chosen on this computer"),
    )


def whole(text: str, name: str, least: int = 0) -> int:
    """A whole number that an option was given. UserError for anything else."""
    if not text.isdecimal() or len(text) > 9 or int(text) < least:
        words = _("{name} needs a whole number from {least} on; found “{text}”.")
        raise UserError(words.format(name=name, least=least, text=text[:40]))
    return int(text)
