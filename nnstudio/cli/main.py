"""The command `nnstudio`: reads the arguments, runs the verb, turns its outcome into words and an exit status."""

import argparse
import gc
import io
import json
import math
import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from nnstudio import __version__, qt_libraries
from nnstudio.text import UserError, use_language
from nnstudio.text import translate as _

NEW_WINDOW = "--new-window"
DONE, BUG, MISTAKE, DIVERGED, INTERRUPTED = 0, 1, 2, 3, 130
SPEAKING = 20.0
"""Seconds in which the process that speaks may say an error: `torchrun` ends it as soon as another one ends."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are our Mistakes."""

    def error(self, message: str) -> NoReturn:
        raise UserError(_("{message}. See: {program} --help").format(message=message, program=self.prog))


def main(argv: Sequence[str]) -> int:
    """Run the command with these arguments; the exit status as interface says: 0, 1, 2, 3 or 130."""
    use_language("")
    make_output_safe()
    wants_json = "--json" in argv
    try:
        words = [word for word in argv if word != NEW_WINDOW]
        if not words or (words[0] not in verb_names() and not words[0].startswith("-")):
            return open_window(words, wants_own=len(words) < len(argv))
        options = make_parser().parse_args(argv)
        answer, status = perform(options)
    except UserError as mistake:
        if is_rank_zero():
            print(f"nnstudio: error: {mistake}", file=sys.stderr)
        else:
            time.sleep(SPEAKING)
        answer, status = {"error": str(mistake)}, MISTAKE
    except SystemExit as end:
        return int(end.code or 0)
    except BrokenPipeError:
        # Whoever read our output has had enough (`| head`). Python would complain once more while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print(_("nnstudio: interrupted"), file=sys.stderr)
        answer, status = {"error": "interrupted"}, INTERRUPTED
    except MemoryError:
        print("nnstudio: error: " + _("There is not enough memory for this."), file=sys.stderr)
        answer, status = {"error": "memory"}, MISTAKE
    except Exception:
        traceback.print_exc()
        answer, status = {"error": "internal error"}, BUG
    return print_answer(answer, status) if wants_json and is_rank_zero() else status


def is_rank_zero() -> bool:
    """Whether this process is the one that speaks, where `torchrun` started several."""
    return os.environ.get("RANK", "0") == "0"


def print_answer(answer: dict[str, Any], status: int) -> int:
    """The one JSON object on standard output; the status stays unless that cannot be written."""
    try:
        print(json.dumps(without_nan(answer), ensure_ascii=False), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def perform(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """What the chosen verb answers."""
    answer: tuple[dict[str, Any], int] = options.verb(options)
    return answer


def entry() -> NoReturn:
    """The installed command."""
    sys.exit(main(sys.argv[1:]))


def window_entry() -> NoReturn:
    """The installed program without a console: what would end up there is said in a box instead."""
    said = None
    if sys.stderr is None:  # as Windows starts it
        sys.stdout = sys.stderr = said = io.StringIO()
    status = main(sys.argv[1:])
    if status and said is not None:
        from nnstudio.ui.app import say_why_not

        say_why_not(said.getvalue().removeprefix("nnstudio: error: "))
    sys.exit(status)


def make_output_safe() -> None:
    """Print any character: a console that cannot show one (Windows, LANG=C) gets a mark in its place, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def open_window(words: Sequence[str], wants_own: bool) -> int:
    """`nnstudio [--new-window] [PROJECT]`: without the option a window that is there takes the project and comes to the
    front. This and `first_window` are the only places from which the command line reaches the window."""
    if len(words) > 1:
        raise UserError(
            _("“{word}” is not a verb. Verbs: {verbs}.").format(word=words[0][:60], verbs=", ".join(verb_names()))
        )
    project = Path(words[0]) if words else None
    first = first_window()
    if first is not None and not wants_own and first.takes(project):
        return DONE
    gc.disable()  # nothing that is imported is garbage, and looking for some took a tenth of the start
    try:
        from nnstudio.ui.app import run
    except ImportError:  # Qt itself does not load
        check_qt_libraries()
        raise
    finally:
        gc.freeze()
        gc.enable()

    return run(project, first)


def first_window() -> Any:
    """The window that later starts turn to; None where a library is missing that Qt's part for networks needs, and the
    window does not."""
    try:
        from nnstudio.ui.files.first_window import FirstWindow
    except ImportError:
        return None
    return FirstWindow()


def check_qt_libraries() -> None:
    """UserError where libraries of the system are missing that Qt loads."""
    if packages := qt_libraries.missing_packages():
        raise UserError(
            _("Qt needs libraries that are missing here. Type this, as root: {command}").format(
                command=" ".join(qt_libraries.install_command(packages))
            )
        )


def verb_names() -> tuple[str, ...]:
    work = "new", "info", "train", "evaluate", "seal", "predict", "export", "import-weights", "study"
    return (*work, "lesson", "collect", "doctor", "self-test")


def make_parser() -> Parser:
    """The arguments of every verb."""
    from nnstudio.cli import collect, exchange, machine, test_set, verbs
    from nnstudio.cli.options import add_allow_data, add_out, add_project, add_run
    from nnstudio.cli.study_arguments import add_study_verbs

    parser = Parser(
        prog="nnstudio",
        description=_(
            "Assemble neural networks, train them with PyTorch and watch live "
            "what happens. Without a verb the window opens."
        ),
    )
    parser.add_argument(NEW_WINDOW, action="store_true", help=_("open a window of its own where one is open already"))
    parser.add_argument("--version", action="version", version=f"nnstudio {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar=_("VERB"), parser_class=Parser)

    def verb(name: str, function: Any, help: str) -> argparse.ArgumentParser:
        subparser = subparsers.add_parser(name, help=help, description=help)
        subparser.set_defaults(verb=function)
        subparser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else"))
        return subparser

    new = verb("new", verbs.new, _("write a project file"))
    new.add_argument("out", metavar="OUT", type=Path, help=_("where to write it, NAME.nnstudio"))
    new.add_argument(
        "--data",
        default="",
        metavar="SOURCE",
        help=_("builtin:NAME, toy:NAME[?samples=500&noise=0.1&seed=0], drawn (the points of data.points), or a file"),
    )
    new.add_argument("--target", default="", metavar="COLUMN", help=_("name or number of the target column"))
    new.add_argument("--test", default="", metavar="SOURCE", help=_("a file of its own as the test part"))
    new.add_argument("--layers", default="", metavar="SPEC", help="dense:128,relu,dropout:0.2,dense:out")
    new.add_argument(
        "--playground", default="", metavar="LINK", help=_("a link of TensorFlow Playground, or what follows its #")
    )
    new.add_argument("--example", default="", metavar="NAME", help=_("a network of the history, as it is drawn there"))
    add_set(new)

    info = verb("info", verbs.info, _("layers with shapes and parameter counts, data, settings, runs, problems"))
    add_project(info)
    add_allow_data(info)

    train = verb("train", verbs.train, _("train and store the run"))
    add_project(train)
    add_allow_data(train)
    train.add_argument("--out", metavar="OUT", type=Path, help=_("where to store it; PROJECT itself when left out"))
    train.add_argument(
        "--epochs",
        metavar="N",
        help=_("how many epochs at most, kept in the project; with --resume counted from the run's first epoch"),
    )
    train.add_argument("--seed", metavar="N", help=_("where the first random weights come from, kept in the project"))
    train.add_argument("--device", metavar="D", help=_("auto, cpu, cuda, cuda:N or mps, kept in the project"))
    train.add_argument(
        "--resume",
        nargs="?",
        const="",
        metavar="ID",
        help=_(
            "go on with a run where it stopped, the newest when no ID is given: to its last planned epoch, or as many "
            "again where it has been there"
        ),
    )
    train.add_argument("--progress", action="store_true", help=_("show progress where the output is no terminal too"))
    add_set(train)

    evaluate = verb("evaluate", test_set.evaluate, _("loss, and accuracy with confusion matrix or R²"))
    add_project(evaluate)
    add_allow_data(evaluate)
    test_set.add_evaluate(evaluate)

    test_set.add_seal(verb("seal", test_set.seal, _("whether the test set is sealed and how often it was opened")))

    predict = verb("predict", verbs.predict, _("a prediction for each row of a table"))
    add_project(predict)
    predict.add_argument(
        "source", metavar="SOURCE", help=_("a file of rows, with the columns that the project's data has")
    )
    add_out(predict, "OUT.csv", _("the table to write"))
    add_run(predict)

    export = verb("export", collect.export, _("a script, a file for other programs, weights, curves, or a report"))
    add_project(export)
    add_allow_data(export)
    exchange.add_export(export)

    imported = verb("import-weights", exchange.import_weights, _("weights of another program, as a run"))
    add_project(imported)
    add_allow_data(imported)
    exchange.add_import(imported)

    collect.add_collect(verb("collect", collect.collect, _("a table of the reports and projects of a class")))

    study = subparsers.add_parser("study", help=_("studies: settings tried with several seeds each"))
    add_study_verbs(study.add_subparsers(required=True, metavar=_("ACTION"), parser_class=Parser))

    lesson = subparsers.add_parser("lesson", help=_("the lessons: list them, or check that they are alive"))
    add_lesson_verbs(lesson)

    verb("doctor", machine.doctor, _("versions, devices, and what is missing on this machine"))
    verb("self-test", machine.self_test, _("try everything once on a bundled example"))
    return parser


def add_lesson_verbs(lesson: argparse.ArgumentParser) -> None:
    from nnstudio.cli import lessons

    actions = lesson.add_subparsers(required=True, metavar=_("ACTION"), parser_class=Parser)
    for name, function, help in (
        ("list", lessons.list_lessons, _("the lessons that come with the program")),
        ("check", lessons.check, _("play every step without a screen, and say what is dead")),
    ):
        action = actions.add_parser(name, help=help, description=help)
        action.set_defaults(verb=function)
        action.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else"))
        if name == "check":
            action.add_argument("files", metavar="FILE", nargs="*", type=Path, help=_("all that ship when left out"))


def add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help=_("change a setting, e.g. training.epochs=20; may be given again"),
    )


def without_nan(value: Any) -> Any:
    """The answer with null for numbers JSON cannot hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: without_nan(one) for key, one in value.items()}
    return [without_nan(one) for one in value] if isinstance(value, list | tuple) else value
