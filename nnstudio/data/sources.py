"""From the name of a source to raw columns: `builtin:digits`, `toy:circle?noise=0.1`, the path of a file or folder."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from nnstudio import paths
from nnstudio.data import playground_points, toys
from nnstudio.data.arrays import from_array
from nnstudio.data.columns import RawData
from nnstudio.data.drawn import drawn
from nnstudio.data.kept_tables import read_once
from nnstudio.data.processor import check_processor
from nnstudio.data.reader import Reader
from nnstudio.data.reading import USUAL, Asked
from nnstudio.data.row_sample import with_sample
from nnstudio.layers.spec import Shape
from nnstudio.layers.windows import IMAGE_AXES
from nnstudio.project.drawn_points import DRAWN
from nnstudio.project.files import is_address, is_folder_of_files, is_plain
from nnstudio.project.toy_source import PLAYGROUND, toy_settings
from nnstudio.text import UserError, shown_path
from nnstudio.text import translate as _

LONGEST_SHOWN = 200
MOST_LABELS = 62
"""So many targets of 0 and 1 are one number, by which sets of them are compared."""
BUILTINS = (
    "digits",
    "iris",
    "wine",
    "breast_cancer",
    "diabetes",
    "sms_spam",
    "languages",
    "symmetry",
    "family_trees",
)
PICTURES = {"digits": (1, 8, 8)}
"""Those whose rows are pictures."""
SEVERAL = {"family_trees": "37-60"}
"""Those that have several targets."""
GENERATED = ("builtin:", "toy:", "drawn")
"""What sources begin with that are no files."""
NOISE = "pictures_of_noise"
NOISE_SHAPE, NOISE_CLASSES = (3, 224, 224), 1000


def read_source(
    source: str,
    target: str = "",
    reader: Reader | None = None,
    picture: Shape = (),
    fit: str = "crop",
    asked: Asked = USUAL,
    points: str = "",
    needs_target: bool = True,
) -> RawData:
    """The raw data a source names; `target` is a column's name or its number from 1, the last when left out. A folder
    of pictures has them made the size of `picture`, where that is one, in the way that `fit` says; a table is read as
    was `asked`, and `points` are those drawn by hand. Where no target is needed, arrays may come without one.

    A `reader` remembers the files, and has copies of some that are not there. UserError in words for a source or a
    target that does not exist and for a file that cannot be read.
    """
    check_processor()
    if source.startswith("builtin:"):
        raw = builtin(source.removeprefix("builtin:"))
    elif source.startswith("toy:"):
        raw = toy(source.removeprefix("toy:"))
    elif source == DRAWN:
        raw = drawn(points)
    elif is_address(source):
        raise UserError(
            _(
                "“{source}” is an address, and data is not fetched from there. Download the file, and choose it on "
                "this computer."
            ).format(source=shown_path(source)[:LONGEST_SHOWN])
        )
    else:
        raw = from_file(Path(source), reader or Reader(), picture, fit, asked, needs_target)
    raw = with_sample(raw, asked)
    return with_target(raw, target, source) if target else raw


def with_target(raw: RawData, target: str, source: str) -> RawData:
    """The data with another column as its target, or with several, as in 25-48 or one;another."""
    names = raw.columns.columns
    if target in names:
        return replace(raw, target=target)
    several = several_targets(names, target)
    if several:
        if len(several) > MOST_LABELS:
            words = _("{count} targets are too many: at most {limit} can be told together.")
            raise UserError(words.format(count=len(several), limit=MOST_LABELS))
        return replace(raw, target=several[0], labels=several)
    if target.isdecimal() and 1 <= int(target) <= len(names):
        return replace(raw, target=names[int(target) - 1])
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    raise UserError(
        _("“{source}” has no column “{target}” to use as the target. Its {count} columns are: {names}.").format(
            source=shown_source(source), target=target[:60], count=len(names), names=shown
        )
    )


def several_targets(names: Sequence[str], target: str) -> tuple[str, ...]:
    """The columns that a range of numbers counted from 1, or names between semicolons, mean; none where it is
    neither."""
    first, dash, last = target.partition("-")
    if dash and first.isdecimal() and last.isdecimal() and 1 <= int(first) < int(last) <= len(names):
        return tuple(names[int(first) - 1 : int(last)])
    listed = tuple(dict.fromkeys(name.strip() for name in target.split(";")))
    return listed if len(listed) > 1 and all(name in names for name in listed) else ()


def shown_source(source: str) -> str:
    """A file's name without its folders; other sources as they are."""
    return source if source.startswith(("builtin:", "toy:")) else Path(source).name


# --- bundled and generated ------------------------------------------------------------------------------------------


def builtin(name: str) -> RawData:
    """One of the small tables that come with the program; its last column is the target."""
    import polars

    if name not in BUILTINS:
        raise UserError(
            _("There is no built-in data “{name}”. There are: {known}.").format(
                name=name[:40], known=", ".join(BUILTINS)
            )
        )
    table = polars.read_csv(paths.resources() / "data" / f"{name}.csv")
    *inputs, target = table.columns
    numbers = [column for column in inputs if table[column].dtype.is_numeric()]
    raw = RawData(table.with_columns(polars.col(numbers).cast(polars.Float64)), target, picture=PICTURES.get(name, ()))
    return with_target(raw, SEVERAL[name], f"builtin:{name}") if name in SEVERAL else raw


def toy(spec: str) -> RawData:
    """A toy problem, `NAME?samples=500&noise=0.1&seed=0`."""
    name, values = toy_settings(spec)
    if values["generator"] == PLAYGROUND:
        points = playground_points.of_settings(name, values)[0]
        return points_table(name, points[:, :2], points[:, 2])
    known = {**toys.CLASS_TOYS, **toys.VALUE_TOYS}
    random = np.random.default_rng(int(values["seed"]))
    if name == NOISE:
        return noise(int(values["samples"]), random)
    if name not in known:
        raise UserError(
            _("There is no toy problem “{name}”. There are: {known}.").format(
                name=name[:40], known=", ".join([*known, NOISE])
            )
        )
    return points_table(name, *known[name](int(values["samples"]), float(values["noise"]), random))


def points_table(name: str, points: toys.Floats, target: toys.Floats) -> RawData:
    """Points (n, 2) of a problem with their labels or values (n,)."""
    import polars

    if name in toys.CLASS_TOYS:
        target = target.astype(np.int64)
    column = "label" if name in toys.CLASS_TOYS else "value"
    return RawData(polars.DataFrame({"x1": points[:, 0], "x2": points[:, 1], column: target}), column)


def noise(samples: int, random: np.random.Generator) -> RawData:
    """Pictures of noise in the size and number of classes of ImageNet: nothing to learn, and a step is a step."""
    pictures = random.integers(0, 256, (samples, *NOISE_SHAPE), np.uint8)
    names = tuple(str(number) for number in range(NOISE_CLASSES))
    targets = np.array(names)[random.integers(0, NOISE_CLASSES, samples)]
    return replace(from_array(pictures, targets, Path(NOISE)), classes=names)


# --- files ----------------------------------------------------------------------------------------------------------


def from_file(path: Path, reader: Reader, picture: Shape, fit: str, asked: Asked, needs_target: bool = True) -> RawData:
    """The data in a file; one that was read already is at hand."""
    if needs_target and reader.is_here(path) and is_plain(path):
        return read_once(path, reader, asked, lambda: file(path, reader, picture, fit, asked))
    return file(path, reader, picture, fit, asked, needs_target)


def file(
    path: Path,
    reader: Reader,
    picture: Shape = (),
    fit: str = "crop",
    asked: Asked = USUAL,
    needs_target: bool = True,
) -> RawData:
    """The data in a file, read by what its name ends in, in files of one form, or in a folder of pictures."""
    from nnstudio.data import doors, sheet_tables, spreadsheets, tables
    from nnstudio.data.joined import ending_of, several_files

    if not reader.has(path) and reader.is_refused(path):
        raise UserError(
            _(
                "The project wants to read “{file}”, which is outside its own folder, and may not. If that is right, "
                "choose the file yourself in the window, put --allow-data after the command, or open it from Python "
                "with allow_data=True."
            ).format(file=shown_path(path))
        )
    if not reader.has(path) and not several_files(path, reader):
        raise UserError(
            _(
                "The data file “{file}” does not exist here. Check its name and folder, and choose it again; a project "
                "finds it by itself when it lies beside it."
            ).format(file=path)
        )
    if reader.is_here(path) and is_folder_of_files(path) and not several_files(path, reader):
        from nnstudio.data.pictures import read_pictures

        size = (picture[0], picture[1], picture[2]) if len(picture) == IMAGE_AXES else None
        return read_pictures(path, reader, size, fit, asked)
    if reader.is_here(path) and not (is_plain(path) or is_folder_of_files(path)):
        raise UserError(_("“{file}” is not a plain file.").format(file=path))
    path = doors.entered(path, reader)
    if ending_of(path.name) in spreadsheets.ENDINGS:
        cells, sheet, sheets = spreadsheets.sheet_cells(path, reader, asked.sheet)
        return sheet_tables.read_cells(cells, path, asked, sheet, sheets)
    raw = doors.read_other(path, reader, asked, needs_target)
    return tables.read_table(path, reader, asked) if raw is None else raw
