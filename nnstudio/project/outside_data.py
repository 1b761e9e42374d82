"""Data outside a project's own folder: read only where the user chose it here, or allowed it.

Whoever wrote a project file may have named any file of this computer in it, and the next saving would put that file
into the project. So a file outside is read for a project that was saved with it on this computer, and for no other
until the user says so. What was allowed is kept by pairs of project and data, in a file of the user's own settings: a
project from elsewhere that names a file which another project may read is asked about like any other.
"""

import json
from contextlib import suppress
from pathlib import Path

from nnstudio import paths
from nnstudio.project.archive import is_path
from nnstudio.project.files import is_folder_of_files, is_plain, is_share, write_whole
from nnstudio.project.model import DataChoice, Project
from nnstudio.text import UserError

MOST_PROJECTS = 1000
"""As many projects are remembered, the newest."""


def refused_sources(project: Project, path: Path) -> frozenset[str]:
    """The files outside its folder that a project just opened from `path` names and may not read."""
    return outside_sources(project, path) - set(allowed().get(str(path.resolve()), ()))


def outside_sources(project: Project, path: Path) -> frozenset[str]:
    """The files outside the folder of its file that a project, a run or a study in it names as data."""
    folder = path.resolve().parent
    choices = [project.data, *(run.data for run in project.runs), *(study.data for study in project.studies)]
    named = {source for data in choices for source in sources_of(data)}
    return frozenset(source for source in named if not is_inside(Path(source), folder))


def sources_of(data: DataChoice) -> list[str]:
    """The files that a choice of data names."""
    return [source for source in (data.source, data.test_source) if is_path(source)]


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file lies in a folder, and not as a link to elsewhere. A share is judged by its name alone: whoever
    looks for a file there has told its server who is asking."""
    if is_share(path):
        return path.is_relative_to(folder)
    try:
        return path.resolve().is_relative_to(folder)
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name that no file can have
        return False


def askable(project: Project, refused: frozenset[str]) -> list[str]:
    """The refused files and folders of the project's data that are here, have no copy in it, and can be allowed: no
    shares, devices or what a system shows of itself in files."""
    copied = {file.source for file in project.files if file.content}
    wanted = [source for source in dict.fromkeys(sources_of(project.data)) if source in refused - copied]
    paths_here = [(source, Path(source)) for source in wanted if not is_share(Path(source))]
    return [source for source, path in paths_here if is_plain(path) or is_folder_of_files(path)]


def remember(project: Project, path: Path, refused: frozenset[str] = frozenset()) -> None:
    """Have the project in `path` read its data outside from now on, but for what is refused."""
    known, own = allowed(), str(path.resolve())
    chosen = sorted(outside_sources(project, path) - refused)
    if known.pop(own, []) == chosen:
        return
    newest = dict(list({**known, own: chosen}.items())[-MOST_PROJECTS:])
    with suppress(OSError, UserError):  # it is asked for again then
        paths.allowed_data_file().parent.mkdir(parents=True, exist_ok=True)
        write_whole(paths.allowed_data_file(), json.dumps(newest, indent=1).encode())


def allowed() -> dict[str, list[str]]:
    """The files outside that each project may read."""
    try:
        found = json.loads(paths.allowed_data_file().read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: sources for name, sources in pairs if isinstance(sources, list)}
