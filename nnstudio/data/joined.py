"""Several files of one form read as one table: those in a folder, those that a pattern like part-*.csv means, or those
in an archive."""

import hashlib
import io
import re
from collections.abc import Sequence
from pathlib import Path

from nnstudio.data.picture_folder import entries, leads_inside
from nnstudio.data.reader import MOST_BYTES, MOST_KEPT, Reader
from nnstudio.data.reading import USUAL
from nnstudio.data.room import check_memory
from nnstudio.data.row_sample import RowSample
from nnstudio.project.files import file_error, files_in, is_folder_of_files
from nnstudio.project.model import DataFile
from nnstudio.text import Count, UserError, translate_count
from nnstudio.text import translate as _

TEXTS = (".csv", ".tsv", ".txt", ".data")
PARQUET = ".parquet"
MOST_FILES = 10_000
COPIES = 3
"""What is joined stands in memory as it came, as one, and as what is made of it."""
PATTERN = re.compile(r"[*?]")
ONLY_NUMBERS = re.compile(rb"[-+0-9.,;\s\"eE?]*")
"""A line without a name in it."""
SHOWN = 12


def ending_of(name: str) -> str:
    """What a name ends in, without .gz."""
    return Path(name.lower().removesuffix(".gz")).suffix


def is_pattern(source: str) -> bool:
    """Whether a source means the files whose names fit; in its last part alone, so that it never leaves its folder."""
    return bool(PATTERN.search(Path(source).name)) and not PATTERN.search(str(Path(source).parent))


def several_files(path: Path, reader: Reader) -> tuple[Path, ...]:
    """The tables of one form that a folder holds and nothing else, or that a pattern means, by name; none where the
    path is neither. Links that lead out of the folder are no part of it. UserError for a folder that is closed."""
    if reader.is_refused(path):
        return ()
    if not reader.is_here(path):
        found = files_in(path.parent, path.name) if is_pattern(str(path)) else []
        return tuple(one for one in found if leads_inside(one, path.parent.resolve()))
    if not is_folder_of_files(path):
        return ()
    try:
        found = sorted(Path(one.path) for one in entries(str(path)))
    except OSError as error:
        raise file_error(error, path, reading=True) from None
    forms = {ending_of(one.name) for one in found}
    if len(forms) != 1 or not forms <= {*TEXTS, PARQUET}:
        return ()
    return tuple(found) if all(leads_inside(one, path.resolve()) for one in found) else ()


def read_several(path: Path, files: Sequence[Path], reader: Reader) -> Path:
    """Have several files read as one: under which path the reader has it then. UserError where they are not alike."""
    before = len(reader.read)
    check_count(path, files)
    check_memory(COPIES * sum(one.stat().st_size for one in files), path)
    virtual = joined_as(path, {one.name: one for one in files}, reader)
    content = reader.unpacked[virtual]
    checksum = hashlib.sha256("".join(one.sha256 for one in reader.read[before:]).encode()).hexdigest()
    size = sum(one.size for one in reader.read[before:])
    kept = b""
    if ending_of(virtual.name) in TEXTS and len(content) <= MOST_KEPT:
        checksum, size, kept = hashlib.sha256(content).hexdigest(), len(content), content
    reader.read[before:] = [DataFile(str(path), checksum, size, kept)]
    return virtual


def check_count(path: Path, files: Sequence[Path]) -> None:
    if len(files) > MOST_FILES:
        raise UserError(
            _("“{file}” means {count} files; the limit is {limit}.").format(
                file=path.name, count=Count(len(files)), limit=Count(MOST_FILES)
            )
        )


def joined_as(path: Path, files: dict[str, Path], reader: Reader) -> Path:
    """Join files, each under its own name, into one that the reader has in memory under the path that is answered."""
    forms = {ending_of(name) for name in files}
    form = forms.pop()
    contents: dict[str, bytes] = {}
    for name, one in files.items():
        contents[name] = reader.bytes(one)
        if sum(map(len, contents.values())) > MOST_BYTES:
            raise UserError(_("“{file}” holds more than {limit} GB. Use a part of it.").format(file=path.name, limit=4))
    if forms or form not in (*TEXTS, PARQUET):
        raise UserError(not_alike(path, list(files)))
    content = joined_tables(path, contents) if form == PARQUET else joined_texts(path, contents)
    virtual = path if path.suffix.lower() == form else path / f"{path.name}{form}"
    reader.unpacked[virtual] = content
    words = translate_count(
        "{count} file was read as one table.", "{count} files of one form were read as one table: {names}.", len(files)
    )
    reader.notes.append(words.format(count=Count(len(files)), names=listed(list(files))))
    return virtual


def not_alike(path: Path, names: Sequence[str]) -> str:
    return _(
        "“{file}” holds tables that are not alike: {names}. Only files with the same columns in their first lines are "
        "read as one; choose one of them."
    ).format(file=path.name, names=listed(names))


def listed(names: Sequence[str]) -> str:
    return ", ".join(name[:60] for name in names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def joined_texts(path: Path, contents: dict[str, bytes]) -> bytes:
    """One text of several: the first line, which all have, comes once. UserError where they have not; files of numbers
    without names are set behind each other."""
    texts = {name: plain(content) for name, content in contents.items()}
    parted = [text.partition(b"\n") for text in texts.values() if text.strip()]
    if not parted:
        raise UserError(_("“{file}” is empty.").format(file=path.name))
    first = parted[0][0]
    if all(line == first for line, _end, _rest in parted):
        return first + b"\n" + b"".join(with_end(rest) for _line, _end, rest in parted)
    widths = {tuple(line.count(sign) for sign in (b",", b";", b"\t")) for line, _end, _rest in parted}
    if len(widths) > 1 or not all(ONLY_NUMBERS.fullmatch(line) for line, _end, _rest in parted):
        raise UserError(not_alike(path, list(contents)))
    return b"".join(with_end(text) for text in texts.values())


def plain(content: bytes) -> bytes:
    """A text with line ends made equal, without the mark at its beginning."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", "replace").encode()
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")


def with_end(text: bytes) -> bytes:
    return text if not text or text.endswith(b"\n") else text + b"\n"


def joined_tables(path: Path, contents: dict[str, bytes]) -> bytes:
    """One Parquet table of several with the same columns."""
    import polars

    from nnstudio.data.parquet import check_parquet

    frames = []
    try:
        for content in contents.values():
            kinds = list(polars.read_parquet_schema(io.BytesIO(content)).values())
            check_parquet(io.BytesIO(content), kinds, path, len(content), RowSample(USUAL))
            frames.append(polars.read_parquet(io.BytesIO(content)))
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException, OSError):
        raise UserError(_("“{file}” is damaged or not Parquet.").format(file=path.name)) from None
    buffer = io.BytesIO()
    try:
        polars.concat(frames, how="vertical_relaxed").write_parquet(buffer)
    except polars.exceptions.PolarsError:
        raise UserError(not_alike(path, list(contents))) from None
    return buffer.getvalue()
