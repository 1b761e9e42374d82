"""The page of verbs: what `nnstudio VERB --help` says, from the parser itself."""

import argparse
from collections.abc import Iterator

from docs.extension.tables import code, plain, table
from nnstudio.cli.main import make_parser
from nnstudio.text import translate as _


def page() -> str:
    """Every verb with its arguments."""
    return "\n".join(line for name, parser in verbs(make_parser(), "") for line in described(name, parser))


def verbs(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The verbs below a parser that do something by themselves, with all words that are typed."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                yield from verbs(below, f"{name} {word}".strip())
            return
    yield name, parser


def described(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## nnstudio {name}\n"
    words = parser.description or ""
    yield f"{plain(words[:1].upper() + words[1:])}.\n"
    usage = parser.format_usage().partition(": ")[2].rstrip()
    yield f"```text\n{usage}\n```\n"
    arguments = [one for one in parser._actions if is_shown(one)]
    yield table([_("Argument"), ""], ((code(written(one)), explained(one)) for one in arguments))


def is_shown(action: argparse.Action) -> bool:
    """Whether `--help` lists this argument too; that of the help itself is the same everywhere."""
    return action.help != argparse.SUPPRESS and not isinstance(action, argparse._HelpAction)


def written(action: argparse.Action) -> str:
    """An argument as it is typed."""
    value = action.metavar or ("" if action.nargs == 0 else "|".join(map(str, action.choices or [])))
    names = ", ".join(action.option_strings)
    return f"{names} {value}".strip() if names else str(value or action.dest)


def explained(action: argparse.Action) -> str:
    words = plain((action.help or "").replace("%%", "%"))
    if action.choices and action.metavar:
        words += f" ({', '.join(code(str(one)) for one in action.choices)})"
    return words
