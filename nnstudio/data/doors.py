"""Which function reads a file, by what its name ends in; delimited text is what remains."""

from pathlib import Path

from nnstudio.data.columns import RawData
from nnstudio.data.joined import ending_of, read_several, several_files
from nnstudio.data.reader import Reader
from nnstudio.data.reading import Asked


def entered(path: Path, reader: Reader) -> Path:
    """The path under which the reader has the table: that of the file itself, or of what was in an archive, or of
    several files made one."""
    if files := several_files(path, reader):
        return read_several(path, files, reader)
    if ending_of(path.name) == ".zip":
        from nnstudio.data.zipped import read_zip

        return read_zip(path, reader)
    return path


def read_other(path: Path, reader: Reader, asked: Asked, needs_target: bool = True) -> RawData | None:
    """The data in a file that is no delimited text; None for one that is, and for a spreadsheet, whose cells are text
    too."""
    from nnstudio.data import arff, arrays, idx, parquet

    ending = ending_of(path.name)
    if ending == ".parquet":
        return parquet.read_parquet(path, reader, asked)
    if ending == ".npz":
        return arrays.read_npz(path, reader, needs_target, asked)
    if ending == ".npy":
        return arrays.read_npy(path, reader, needs_target, asked)
    if ending == ".arff":
        return arff.read_arff(path, reader)
    if idx.is_idx(path.name):
        return idx.read_idx(path, reader, needs_target)
    return None
