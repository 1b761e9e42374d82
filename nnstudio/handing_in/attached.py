"""A project inside a page, and out of it again: one link whose address is the project file itself, in base64.

What is read is a stranger's: only that link is looked for, and the project in it is opened like any project file.
"""

import base64
import binascii
import hashlib
import re
import tempfile
from pathlib import Path

from msgspec.structs import replace

from nnstudio.project.archive import SUFFIX, open_project, to_bytes
from nnstudio.project.container import DamagedError
from nnstudio.project.model import Project
from nnstudio.project.sheet import PROJECT
from nnstudio.text import UserError, shown_bytes
from nnstudio.text import translate as _

MOST_ATTACHED = 160 * 2**20
"""Bytes of a project that goes into a page; in base64 it is a third more."""
START = b"<!DOCTYPE html>"
BEGIN = b'<a id="nnstudio-project" data-sha256="'
LINK = re.compile(
    rb'<a id="nnstudio-project" data-sha256="([0-9a-f]{64})" download="[^"<>]*" '
    rb'href="data:application/octet-stream;base64,([A-Za-z0-9+/]*={0,2})"'
)


def attached_bytes(project: Project, folder: Path) -> tuple[bytes, str]:
    """The project as it goes into a page that lies in `folder`, and what is to be said of it; b"" where it is not to
    go. Without where its runs stood and their earlier weights where it would be too large; UserError where it is too
    large all the same."""
    if PROJECT in project.sheet.left_out:
        return b"", ""
    content = to_bytes(project, folder)
    if len(content) <= MOST_ATTACHED:
        return content, ""
    runs = tuple(replace(run, checkpoint=b"", snapshots=b"") for run in project.runs)
    content = to_bytes(replace(project, runs=runs), folder)
    if len(content) > MOST_ATTACHED:
        raise UserError(
            _(
                "The project is too large to go with its report ({size}; at most {limit}). Delete runs, or leave it "
                "out of the report and hand it in by itself."
            ).format(size=shown_bytes(len(content)), limit=shown_bytes(MOST_ATTACHED))
        )
    return content, _("The runs are attached without what they need to be carried on: they would be too large.")


def link_of(content: bytes) -> tuple[str, str]:
    """The checksum and the address of the link that is the project."""
    address = "data:application/octet-stream;base64," + base64.b64encode(content).decode()
    return hashlib.sha256(content).hexdigest(), address


def project_in(page: bytes, path: Path) -> bytes:
    """The bytes of the project file in a page. UserError where there is none, DamagedError where it is cut short or
    other than it was written."""
    count = page.count(BEGIN)
    if count == 0 and page.startswith(START) and not page.rstrip().endswith(b"</html>"):
        raise DamagedError(
            _("“{file}” is cut short: the project that should be in it is missing.").format(file=path.name)
        )
    if count == 0:
        raise UserError(_("“{file}” is no report with a project in it.").format(file=path.name))
    if count > 1:
        raise UserError(
            _("“{file}” holds {count} projects where a report has one.").format(file=path.name, count=count)
        )
    found = LINK.match(page, page.index(BEGIN))
    cut = DamagedError(_("“{file}” is cut short or damaged: the project in it cannot be read.").format(file=path.name))
    if found is None:
        raise cut
    try:
        content = base64.b64decode(found[2], validate=True)
    except (binascii.Error, ValueError):
        raise cut from None
    if hashlib.sha256(content).hexdigest() != found[1].decode():
        raise DamagedError(_("“{file}” is damaged: the checksum of the project in it differs.").format(file=path.name))
    return content


def open_attached(page: bytes, path: Path) -> Project:
    """The project in the page that lies at `path`; as strict as with any project file. Its data is looked for beside
    the page."""
    content = project_in(page, path)
    with tempfile.TemporaryDirectory(prefix="nnstudio-") as folder:
        file = Path(folder) / f"{Path(path.name).stem[:60]}{SUFFIX}"
        file = file if file.name.isascii() else file.with_name(f"sheet{SUFFIX}")
        file.write_bytes(content)
        return open_project(file, folder=path.resolve().parent)
