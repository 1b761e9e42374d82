"""Options that several verbs have, and numbers that options are given."""

import argparse
from pathlib import Path

from nnstudio.text import UserError
from nnstudio.text import translate as _


def add_allow_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-data",
        action="store_true",
        help=_("read data outside the project's folder too, though it was not chosen on this computer"),
    )


def add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", type=Path, help=_("a project file"))


def add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", metavar="ID", help=_("which run; the newest when left out"))


def add_out(parser: argparse.ArgumentParser, metavar: str, help: str) -> None:
    parser.add_argument("-o", dest="out", metavar=metavar, type=Path, required=True, help=help)


def whole(text: str, name: str, least: int = 0) -> int:
    """A whole number that an option was given. UserError for anything else."""
    if not text.isdecimal() or len(text) > 9 or int(text) < least:
        words = _("{name} needs a whole number from {least} on; found “{text}”.")
        raise UserError(words.format(name=name, least=least, text=text[:40]))
    return int(text)
