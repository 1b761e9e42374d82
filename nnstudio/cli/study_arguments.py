"""The arguments of the verbs of `study`."""

import argparse
from typing import Any

from nnstudio.cli.options import add_allow_data, add_out, add_project
from nnstudio.text import translate as _

METHODS = "grid", "random", "tpe"
MEASURES = "validation_loss", "validation_accuracy", "validation_balanced_accuracy"


def add_study_verbs(actions: Any) -> None:
    """The arguments of every verb of `study`."""
    from nnstudio.cli import shared_studies, studies

    def verb(name: str, function: Any, help: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(name, help=help, description=help)
        parser.set_defaults(verb=function)
        parser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else"))
        return parser

    def of_project(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
        add_project(parser)
        return parser

    add_definition(of_project(verb("new", studies.new, _("define a study: which settings vary, and over what"))))
    run = of_project(verb("run", studies.run, _("run a study, or go on with one, until it is done")))
    add_choice(run)
    add_running(run)
    run.add_argument(
        "--storage",
        metavar="URL",
        default="",
        help=_(
            "share the study over a server, postgresql://USER:PASSWORD@HOST/DATABASE or mysql://…, and collect what "
            "others train; --workers 0 trains nothing here"
        ),
    )
    add_heartbeat(run)
    work = verb("work", shared_studies.work, _("work on a study that is on a server, from any machine"))
    work.add_argument("url", metavar="URL", help=_("as study run --storage was given"))
    work.add_argument("--study", metavar="NAME", default="", help=_("which, where the server holds several"))
    work.add_argument("--workers", metavar="N", default="1", help=_("how many settings are trained at once"))
    work.add_argument(
        "--data", metavar="FOLDER", default=".", help=_("where this machine has the files of data of the study")
    )
    work.add_argument("--progress", action="store_true", help=_("show progress where the output is no terminal too"))
    add_heartbeat(work)
    add_choice(of_project(verb("status", studies.status, _("how many trials of a study there are"))))
    add_choice(of_project(verb("show", studies.show, _("what came of each setting, and the best with its spread"))))
    export = of_project(verb("export", studies.export, _("a study for Optuna and its dashboard, or as a table")))
    export.add_argument("--to", choices=("optuna", "csv"), required=True, help=_("what to write"))
    add_out(export, "OUT", _("the file to write"))
    add_choice(export)


def add_definition(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--vary",
        action="extend",
        nargs="+",
        default=[],
        metavar="KEY=VALUES",
        help=_(
            "training.learning_rate=0.001,0.01 or training.learning_rate=0.0001..0.1:log:4; KEY may be training.*, "
            "some data.*, LAYER.PARAMETER, network.dense_blocks or network.activation; may be given again"
        ),
    )
    parser.add_argument("--seeds", metavar="N", default="1", help=_("with how many seeds each setting is trained"))
    parser.add_argument("--method", choices=METHODS, default="grid", help=_("how the next setting is chosen"))
    parser.add_argument(
        "--trials", metavar="N", default="0", help=_("how many settings are tried, with every seed; a grid tries all")
    )
    parser.add_argument("--measure", choices=MEASURES, default=MEASURES[0], help=_("what the best is told by"))
    parser.add_argument(
        "--halving",
        metavar="EPOCHS[:FACTOR]",
        default="",
        help=_(
            "successive halving: all settings for so many epochs, then the best one in FACTOR (3) for FACTOR times as "
            "many, and so on"
        ),
    )
    parser.add_argument("--seed", metavar="N", default="0", help=_("where the choice of settings by chance begins"))
    parser.add_argument("--name", default="", help=_("what the study is called"))
    parser.add_argument("--without-weights", action="store_true", help=_("keep the curves of trials alone"))
    parser.add_argument("--replace", action="store_true", help=_("in the place of the study of this name"))
    add_allow_data(parser)


def add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--study", metavar="ID", default="", help=_("by id or name; the newest when left out"))


def add_running(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", metavar="N", default="1", help=_("how many settings are trained at once"))
    parser.add_argument("--progress", action="store_true", help=_("show progress where the output is no terminal too"))
    add_allow_data(parser)


def add_heartbeat(parser: argparse.ArgumentParser) -> None:
    """Seconds between two signs of life; tests do not wait as long."""
    parser.add_argument("--heartbeat", default="30", help=argparse.SUPPRESS)
