"""The verbs for handing in: `collect`, which makes a table of a class's sheets, and `export --to sheet`."""

import argparse
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from nnstudio.cli import exchange, report, studies, verbs
from nnstudio.cli.options import add_out
from nnstudio.handing_in.attached import attached_bytes
from nnstudio.handing_in.content import sheet_page
from nnstudio.handing_in.handed_in import HandedIn, files_in, opened
from nnstudio.handing_in.html_page import html_of
from nnstudio.handing_in.outcomes import shipped_lessons
from nnstudio.handing_in.table import Row, as_csv, as_json, row_of
from nnstudio.project.archive import SUFFIX, thumbnail_of
from nnstudio.project.files import check_target, check_writable, write_whole
from nnstudio.project.outside_data import outside_sources
from nnstudio.text import UserError, translate_count
from nnstudio.text import translate as _

Answer = tuple[dict[str, Any], int]
SECONDS = 60.0
"""How long one run may be trained again where nothing else is said."""


def add_collect(parser: argparse.ArgumentParser) -> None:
    """The arguments of `collect`."""
    parser.add_argument("folder", metavar="FOLDER", type=Path, help=_("with what was handed in, reports and projects"))
    add_out(parser, "TABLE.csv", _("the table to write"))
    parser.add_argument(
        "--replay",
        action="store_true",
        help=_("train every run again from its settings and seed, and say whether its curve is that of these"),
    )
    parser.add_argument("--epochs", metavar="N", type=whole, default=0, help=_("replay no run of more epochs"))
    parser.add_argument(
        "--seconds", metavar="S", type=whole, default=SECONDS, help=_("give up a replay after so long; 0: never")
    )
    parser.add_argument(
        "--allow-data",
        action="store_true",
        help=_("let a replay read data outside the folder of what was handed in, which its author has named"),
    )


def whole(text: str) -> int:
    """A number from 0 on."""
    if not text.isdecimal() or len(text) > 9:
        raise UserError(_("“{text}” is no whole number from 0 on.").format(text=text[:40]))
    return int(text)


def collect(options: Namespace) -> Answer:
    """A table of what a class has handed in."""
    check_writable(options.out)
    lessons = shipped_lessons()
    rows = []
    root = options.folder.resolve()
    paths = [path for path in files_in(options.folder) if path != options.out.resolve()]
    for path in tqdm(paths, unit=_("file"), disable=not sys.stderr.isatty(), file=sys.stderr):
        one = opened(path, path.relative_to(root).as_posix())
        rows.append(row_of(one, lessons, verdicts_on(one, options)))
    write_whole(options.out, as_csv(rows))
    states = [row.handed_in.state for row in rows]
    answer = {
        "table": str(options.out),
        "files": [as_json(row) for row in rows],
        **{state: states.count(state) for state in ("ok", "damaged", "refused")},
    }
    return verbs.finish(options, answer, lambda: print_rows(rows, options.out))


def verdicts_on(one: HandedIn, options: Namespace) -> list[Any]:
    """What came of the runs of a file trained again, where that was asked for."""
    if not options.replay or one.project is None:
        return []
    from nnstudio.handing_in.replay import Limits, replayed

    # What was allowed here before was allowed to a project of ours, not to one that somebody put in its place.
    refused = frozenset() if options.allow_data else outside_sources(one.project, one.path)
    return replayed(one.project, Limits(options.epochs, options.seconds), refused)


def print_rows(rows: list[Row], out: Path) -> None:
    told = []
    for row in rows:
        project = row.handed_in.project
        names = " ".join(project.sheet.names.split()) if project else ""
        told.append((row.handed_in.name, row.handed_in.state_text, names[:40]))
        told += [(f"  {one.run}", one.text, "") for one in row.verdicts]
    report.print_table((_("file"), _("state"), _("names")), told)
    words = translate_count("{count} file, written to {file}", "{count} files, written to {file}", len(rows))
    print(words.format(count=len(rows), file=out))


def export(options: Namespace) -> Answer:
    """Files for use outside nnstudio, the report and the newest study among them."""
    if options.to == "optuna":
        return studies.export(options)
    return export_sheet(options) if options.to == "sheet" else exchange.export(options)


def export_sheet(options: Namespace) -> Answer:
    """The report on a project, with the picture that its file holds in place of the drawing, which needs the
    window."""
    check_target(options.out)
    if options.out.suffix.lower() not in (".html", ".htm"):
        words = _("A report needs a name that ends in .html; found “{name}”. PDF: from the window.")
        raise UserError(words.format(name=options.out.name))
    verbs.check_overwriting(options.out, options.project)
    project, _refused = verbs.opened(options)
    picture = thumbnail_of(options.project)
    since = _("As it stood on the canvas when the project was saved.") if picture else ""
    page = sheet_page(project, options.project.stem, picture, shipped_lessons(), since)
    content, remark = attached_bytes(project, options.out.resolve().parent)
    write_whole(options.out, html_of(page, content, options.project.stem + SUFFIX, remark))
    if remark:
        print(f"nnstudio: {remark}", file=sys.stderr)
    return verbs.finish(options, {"files": [str(options.out)]}, lambda: print(options.out))
