"""Writes the manual page and the completions of shells from the arguments that the command itself reads."""

import argparse
import gzip
import sys
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

from nnstudio import __version__
from nnstudio.cli.main import make_parser
from nnstudio.text import current_language, use_language

LANGUAGES = {"en": "man1", "es": "es/man1"}
HEADINGS = {
    "en": {"POSITIONAL ARGUMENTS": "VERBS"},
    "es": {
        ".SH NAME": ".SH NOMBRE",
        ".SH SYNOPSIS": ".SH SINOPSIS",
        ".SH DESCRIPTION": ".SH DESCRIPCIÓN",
        "POSITIONAL ARGUMENTS": "VERBOS",
        "OPTIONS": "OPCIONES",
        "usage: ": "uso: ",
        "arguments:": "argumentos:",
        "options:": "opciones:",
    },
}
"""What the lines of a manual page begin with that are argparse's own, and what stands there in a language."""
COMPLETIONS = {
    "bash": "bash-completion/completions/nnstudio",
    "zsh": "zsh/vendor-completions/_nnstudio",
    "fish": "fish/vendor_completions.d/nnstudio.fish",
}


def write_pages(share: Path) -> None:
    """All of them below a folder that is laid out as /usr/share is."""
    for language, folder in LANGUAGES.items():
        use_language(language)
        page = gzip.compress(manual_page().encode(), mtime=0)
        write(share / "man" / folder / "nnstudio.1.gz", page)
    use_language("en")
    for shell, place in COMPLETIONS.items():
        write(share / place, completion(shell).encode())


def manual_page() -> str:
    """In the language that is in use."""
    parser = make_parser()
    about = {"project_name": "nnstudio", "version": __version__, "manual_title": "nnstudio"}
    page = str(Manpage(parser, {**about, "description": parser.description}, format="single-commands-section"))
    return "\n".join(headed(line) for line in page.split("\n"))


def headed(line: str) -> str:
    """A line of a manual page with its heading in the language in use."""
    found = [words for words in HEADINGS[current_language()].items() if line.startswith(words[0])]
    return found[0][1] + line.removeprefix(found[0][0]) if found else line


def completion(shell: str) -> str:
    """What a shell reads to complete verbs, options and the names of files."""
    parser = make_parser()
    complete_files(parser)
    made = shtab.complete(parser, shell)
    if shell == "bash":  # the word behind the command may be a project instead of a verb
        made = made.replace("complete -o bashdefault", "complete -o bashdefault -o default")
    return str(made)


def complete_files(parser: argparse.ArgumentParser) -> None:
    """Let every argument that is a path, here and in the verbs, be completed by files."""
    for action in parser._actions:
        if action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        if isinstance(action, argparse._SubParsersAction):
            for verb in action.choices.values():
                complete_files(verb)


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
