"""Writing the report, on a thread: the form is that of the name's ending."""

from collections.abc import Iterator
from pathlib import Path

from nnstudio.project.files import write_whole
from nnstudio.project.model import Project

FORMS = (".html", ".pdf")


def written(project: Project, title: str, drawing: bytes, path: Path) -> Iterator[str]:
    """Write the report on a project; what is to be said of it. UserError where it cannot be written."""
    from nnstudio.ui.background import sheet_jobs
    from nnstudio.ui.sheet.pdf import pdf_of

    sheet = sheet_jobs.whole_sheet(project, title, drawing, path.resolve().parent)
    is_pdf = path.suffix.lower() == ".pdf"
    write_whole(path, pdf_of(sheet) if is_pdf else sheet_jobs.html_of(sheet))
    yield sheet.remark
