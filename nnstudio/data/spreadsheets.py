"""Spreadsheets as text: every cell of one sheet as a CSV file would have it, for what makes columns of it."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from nnstudio.data.old_sheets import old_extents
from nnstudio.data.packed import archive_of, locked, members_of
from nnstudio.data.reader import Reader
from nnstudio.data.room import MOST_GROWTH, check_memory
from nnstudio.data.sheet_size import check_old_sheets, check_sheets
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a spreadsheet begins: those of today are zip archives."""
LOCKED = "EncryptedPackage".encode("utf-16-le")
"""A part of a locked .xlsx, which is no archive any more."""
KEPT = (".xml", ".rels", ".bin", "mimetype")
"""What the table can be in: pictures and fonts are left out."""
FEWEST_ROWS = 2
SHOWN_SHEETS = 20
NUMBER = r"^-?\d+(\.\d+)?$"
MIDNIGHT = r"^\d{4}-\d\d-\d\d([ T]00:00:00)?$"
CLOCK = r"^1899-12-3[01] \d\d:\d\d:\d\d"
"""A time of day is written by the library as a moment of the day before the first."""
ERROR_OF_XLSX = re.compile(rb'(<(?:\w+:)?c\b[^>]*?\bt=)"e"')
ERROR_OF_ODS = re.compile(rb'(<table:table-cell\b(?=[^>]*calcext:value-type="error")[^>]*?)office:string-value=""')
"""Cells such as #N/A, of which the library makes nothing; as texts they stay."""
TIME_OF_ODS = re.compile(rb'<table:table-cell\b[^>]*office:value-type="time"[^>]*>')
VALUE_OF_TIME = re.compile(rb'office:time-value="[^"]*"')
"""A time of day, the same: as the sheet shows it."""
MOMENT = r"^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)"


def sheet_cells(path: Path, reader: Reader, sheet: str = "") -> tuple["polars.DataFrame", str, tuple[str, ...]]:
    """Every cell of one sheet as text (empty ones null), without empty columns and without empty rows above and below
    the table; the sheet's name; and the names of all sheets.

    `sheet` is a name, or a number from 1; "" is the first that has a table of at least two rows. UserError in words for
    a file that is no spreadsheet, damaged, locked, empty, or without that sheet.
    """
    book = opened_book(sound_bytes(path, reader), path)
    names = tuple(book.sheet_names)
    if not names:
        raise UserError(_("“{file}” has no sheet with a table.").format(file=path.name))
    if sheet:
        name = found_sheet(sheet, names, path)
        cells = cells_of(book, names.index(name), path)
        if cells.height == 0:
            words = _("The sheet “{sheet}” of “{file}” is empty. Its sheets are: {names}.")
            raise UserError(words.format(sheet=name, file=path.name, names=listed(names)))
        return cells, name, names
    fewer = ""
    for place, name in enumerate(names):
        cells = cells_of(book, place, path)
        if cells.height >= FEWEST_ROWS:
            return cells, name, names
        fewer = fewer or (name if cells.height else "")
    if fewer:
        raise UserError(_("“{file}” has column names but no rows.").format(file=path.name))
    raise UserError(_("“{file}” is empty.").format(file=path.name))


def found_sheet(sheet: str, names: tuple[str, ...], path: Path) -> str:
    """The name of the sheet that is meant by a name or by a number from 1."""
    if sheet in names:
        return sheet
    if sheet.isdecimal() and 1 <= int(sheet[:6]) <= len(names):
        return names[int(sheet[:6]) - 1]
    raise UserError(
        _("“{file}” has no sheet “{sheet}”. Its sheets are: {names}.").format(
            file=path.name, sheet=sheet[:60], names=listed(names)
        )
    )


def listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:SHOWN_SHEETS]) + (" …" if len(names) > SHOWN_SHEETS else "")


# --- the file -------------------------------------------------------------------------------------------------------


def sound_bytes(path: Path, reader: Reader) -> bytes:
    """What the library is given: of an archive only what was checked. UserError for what is no spreadsheet."""
    opened = reader.open(path)
    size = reader.read[-1].size
    start = start_of(opened)
    if not start:
        raise UserError(_("“{file}” is empty.").format(file=path.name))
    if start.startswith(ZIP):
        return sound_archive(opened, path, size)
    if not start.startswith(OLE):
        raise UserError(
            _("“{file}” is no spreadsheet, or it is damaged. If it is text, let its name end in .csv.").format(
                file=path.name
            )
        )
    check_memory(MOST_GROWTH // 10 * size, path)
    content = opened.read_bytes() if isinstance(opened, Path) else opened.read()
    if LOCKED in content:
        raise UserError(locked(path))
    try:
        extents, is_locked = old_extents(content)
    except ValueError:
        raise UserError(damaged(path)) from None
    if is_locked:
        raise UserError(locked(path))
    check_old_sheets(extents, path)
    return content


def start_of(opened: BinaryIO | Path) -> bytes:
    if isinstance(opened, Path):
        with opened.open("rb") as file:
            return file.read(len(OLE))
    start = opened.read(len(OLE))
    opened.seek(0)
    return start


def sound_archive(opened: BinaryIO | Path, path: Path, size: int) -> bytes:
    """The spreadsheet's archive anew, with its tables alone and its errors as texts."""
    members = members_of(opened, path, size, lambda name: name.endswith(KEPT))
    if b"manifest:encryption-data" in members.get("META-INF/manifest.xml", b""):
        raise UserError(locked(path))
    try:
        check_sheets(members, path)
    except ValueError:
        raise UserError(damaged(path)) from None
    return archive_of({name: with_more_as_text(name, content) for name, content in members.items()})


def with_more_as_text(name: str, content: bytes) -> bytes:
    if not name.endswith(".xml"):
        return content
    content = ERROR_OF_XLSX.sub(rb'\1"str"', content)
    return TIME_OF_ODS.sub(time_as_text, ERROR_OF_ODS.sub(rb"\1", content))


def time_as_text(cell: re.Match[bytes]) -> bytes:
    return VALUE_OF_TIME.sub(b"", cell[0]).replace(b'office:value-type="time"', b'office:value-type="string"')


def damaged(path: Path) -> str:
    return _("“{file}” is damaged: it cannot be read as a spreadsheet.").format(file=path.name)


def opened_book(content: bytes, path: Path) -> Any:
    """The spreadsheet as the library has it; UserError where it finds none."""
    import fastexcel

    try:
        return fastexcel.read_excel(content)
    except BaseException as error:  # a panic of the library is no Exception
        raise told(error, path) from None


def told(error: BaseException, path: Path) -> BaseException:
    """The words for what the library raises; what is not its own stays as it is."""
    import fastexcel

    if not isinstance(error, fastexcel.FastExcelError) and type(error).__name__ != "PanicException":
        return error
    return UserError(locked(path) if "password" in str(error).lower() else damaged(path))


# --- the cells ------------------------------------------------------------------------------------------------------


def cells_of(book: Any, place: int, path: Path) -> "polars.DataFrame":
    """The cells of a sheet as text."""
    import polars

    try:
        texts = loaded(book, place, "string")
        numbers = loaded(book, place, "float")
    except BaseException as error:  # a panic of the library is no Exception
        raise told(error, path) from None
    columns = [cell_texts(texts[name], numbers[name]) for name in texts.columns if name in numbers.columns]
    full = [column for column in columns if column.null_count() < len(column)]
    frame = polars.DataFrame([column.alias(f"column_{number}") for number, column in enumerate(full, 1)])
    if not full:
        return frame
    filled = frame.select(polars.any_horizontal(polars.all().is_not_null())).to_series().arg_true()
    first, last = int(filled[0]), int(filled[-1])
    return frame.slice(first, last - first + 1)


def loaded(book: Any, place: int, kind: str) -> "polars.DataFrame":
    import polars

    return polars.DataFrame(book.load_sheet(place, header_row=None, dtypes=kind))


def cell_texts(text: "polars.Series", number: "polars.Series") -> "polars.Series":
    """The texts of a column, with its numbers in full: the library writes them with nine decimals, so that a millionth
    of a millionth would be 0."""
    import polars

    if text.dtype != polars.String:
        return polars.Series(text.name, [None] * len(text), dtype=polars.String)
    text = text.set(text == "", None)
    written = text.str.contains(NUMBER).fill_null(False)
    differs = written & number.is_not_null() & (text.cast(polars.Float64, strict=False) != number)
    if differs.any():
        text = text.zip_with(~differs, number.cast(polars.String))
    moments = text.str.contains(MOMENT).fill_null(False)
    if not moments.any():
        return text
    if (~moments | text.str.contains(MIDNIGHT)).all():
        return cut(text, moments, 0, 10)
    if (~moments | text.str.contains(CLOCK)).all():
        return cut(text, moments, 11, None)
    return text.str.replace(MOMENT, "${1} ${2}")


def cut(text: "polars.Series", where: "polars.Series", start: int, length: int | None) -> "polars.Series":
    """The column with a piece of the text in some of its cells."""
    return text.str.slice(start, length).zip_with(where, text)
