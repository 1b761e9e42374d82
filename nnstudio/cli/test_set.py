"""The verbs that measure: `evaluate`, which counts a look at the test part as an opening of its seal, and `seal`, which
shows the seal, lifts it or puts it on again."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from nnstudio.cli import report
from nnstudio.cli.options import add_project, add_run
from nnstudio.cli.verbs import Answer, finish
from nnstudio.cli.verbs import opened as opened_project
from nnstudio.data.reader import Reader
from nnstudio.data.run_rows import load_run_part
from nnstudio.project import openings
from nnstudio.project.archive import open_project
from nnstudio.project.files import check_writable
from nnstudio.project.model import Project, Run
from nnstudio.project.opening_file import write_opening
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    from nnstudio.training.inference import Measures


def add_evaluate(parser: ArgumentParser) -> None:
    """The arguments of `evaluate` behind its project."""
    parser.add_argument(
        "--split", choices=("validation", "test", "train"), default="validation", help=_("on which part of the data")
    )
    add_run(parser)
    parser.add_argument(
        "--expect",
        metavar="TEXT",
        help=_("with --split test: what you expect, written down in the project beside what comes out"),
    )


def add_seal(parser: ArgumentParser) -> None:
    """The arguments of `seal`."""
    add_project(parser)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--lift", action="store_true", help=_("the test part is public: looking at it is not counted"))
    choice.add_argument("--restore", action="store_true", help=_("put the seal on again"))


# --- evaluate -------------------------------------------------------------------------------------------------------


def evaluate(options: Namespace) -> Answer:
    """Loss, and accuracy or R², of a run on one part of its data. A look at the test part is written into the project
    before its numbers are told; where that cannot be, they are not."""
    from nnstudio.insight.flattery import flattered
    from nnstudio.training.inference import find_run, measure, restore

    if options.expect is not None and options.split != "test":
        raise UserError(_("--expect is for the test part: give --split test with it, or leave it out."))
    if len(options.expect or "") > openings.LONGEST_EXPECTED:
        raise UserError(_("--expect takes at most {limit} characters.").format(limit=openings.LONGEST_EXPECTED))
    project, refused = opened_project(options)
    run, notes = find_run(project, options.run), list[str]()
    is_opening = options.split == "test" and openings.is_sealed(project, run.data)
    if is_opening:
        check_writable(options.project)
    samples = load_run_part(run, options.split, Reader(project.files, refused), notes)
    measures = measure(restore(run), samples)
    answer: dict[str, Any] = {"run": run.id, "split": options.split, "loss": measures.loss, "samples": measures.samples}
    if measures.accuracy is not None:
        answer |= {
            "accuracy": measures.accuracy,
            "error": 1 - measures.accuracy,
            "balanced_accuracy": measures.balanced_accuracy,
            "baseline": measures.baseline,
            "confusion": measures.confusion,
            "classes": list(run.preparation.classes),
        }
    else:
        answer["r2"] = measures.r2
    if run.data.scale_on != "training":
        answer["flattered"] = flattered(run, project.files, refused)
    if options.split == "test":
        answer |= tested(options, project, run, measures)
    for note in notes:
        print(f"nnstudio: {note}", file=sys.stderr)
    return finish(options, answer, lambda: report.print_measures(answer))


def tested(options: Namespace, project: Project, run: Run, measures: "Measures") -> dict[str, Any]:
    """What is said of numbers of the test part beside them, once the opening is in the project file. UserError where it
    could not be written."""
    from nnstudio.training.test_opening import result_of

    result = result_of(measures)
    answer: dict[str, Any] = {"sealed": openings.is_sealed(project, run.data), "baseline": result.baseline}
    if result.accuracy is not None:
        answer |= {"accuracy_low": result.low, "accuracy_high": result.high}
    if answer["sealed"]:
        opening = openings.new_opening(run, options.expect or "", result)
        write_opening(options.project, opening)
        project = openings.with_opening(project, opening)
        answer["expected"] = opening.expected
        said = _("This counts as an opening of the test set, and is written into the project.")
        print(f"nnstudio: {said} {openings.openings_text(project)}", file=sys.stderr)
    else:
        said = _("This look is not counted.")
        since = openings.seal_text(project, run.data)
        print(f"nnstudio: {since} {said}", file=sys.stderr)
    return answer | {"openings": len(openings.opened(project))}


# --- seal -----------------------------------------------------------------------------------------------------------


def seal(options: Namespace) -> Answer:
    """Whether the seal of the test set holds and how often it was opened; lifted or put on again where that is asked
    for."""
    project = open_project(options.project)
    is_turned = (options.lift or options.restore) and openings.is_sealed(project) == options.lift
    if is_turned:
        entry = openings.turned(project, "lifted" if options.lift else "sealed")
        write_opening(options.project, entry)
        project = openings.with_opening(project, entry)
    answer = {"project": str(options.project), **openings.described(project)}
    return finish(options, answer, lambda: report.print_test_set(project))
