"""How several files are named as one source of data: by a pattern that means them and no others, here or elsewhere."""

import glob
from collections.abc import Sequence
from pathlib import Path

from nnstudio.project.archive import SUFFIX
from nnstudio.project.edits import labels_of
from nnstudio.project.files import files_in, is_folder_of_files
from nnstudio.text import Count, UserError
from nnstudio.text import translate as _


def as_one(files: Sequence[Path]) -> Path:
    """The path that several files go by together. UserError that says what to do where there is none."""
    if len(files) == 1:
        return files[0]
    for one in files:
        if {str(other) for other in files if other != one} <= set(labels_of(str(one))):
            return one  # images, which have their labels read with them
    if any(one.suffix.lower() == SUFFIX for one in files):
        raise UserError(_("One project is open at a time: drop one file alone."))
    if any(is_folder_of_files(one) for one in files):
        raise UserError(_("Folders and files together are no table: drop one folder alone, or files of one form."))
    found = pattern_of(files)
    if found is None:
        raise UserError(
            _(
                "No pattern such as part-*.csv means these {count} files and no others beside them. Move them alone "
                "into a folder, and drop that: its files are read as one table."
            ).format(count=Count(len(files)))
        )
    return found


def pattern_of(files: Sequence[Path]) -> Path | None:
    """The pattern that these files fit and no others in their folder; None where there is none."""
    folders, names = {one.parent for one in files}, [one.name for one in files]
    if len(folders) > 1:
        return None
    folder = folders.pop()
    begin = common_begin(names)
    rest = [name[len(begin) :] for name in names]
    end = common_begin([one[::-1] for one in rest])[::-1]
    middles = {len(one) - len(end) for one in rest}
    wildcards = ["*"] + (["?" * length for length in middles] if len(middles) == 1 else [])
    for wildcard in wildcards:
        pattern = glob.escape(begin) + wildcard + glob.escape(end)
        if set(files_in(folder, pattern)) == set(files):
            return folder / pattern
    return None


def common_begin(names: Sequence[str]) -> str:
    """The letters that all names begin with."""
    first, last = min(names), max(names)
    same = 0
    while same < len(first) and first[same] == last[same]:
        same += 1
    return first[:same]
