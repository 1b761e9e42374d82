"""Small spreadsheets in each of their forms, written by hand: there is a library here that reads them and none that
writes them."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

Cell = str | float | bool | None
Rows = Sequence[Sequence[Cell]]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
    '<xf numFmtId="21"/></cellXfs></styleSheet>'
)
"""Styles 0 to 3: a plain cell, a date, a moment, a time of day."""
DATE, MOMENT, TIME = 1, 2, 3


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def letters(column: int) -> str:
    """The name of a column counted from 0."""
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def xlsx_cell(cell: Cell, place: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str) and cell.startswith("#"):
        return f'<c r="{place}" t="e"><v>{cell}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


def styled(number: float, style: int, place: str) -> str:
    """A number that is shown as a date or a time, as raw XML."""
    return f'<c r="{place}" s="{style}"><v>{number!r}</v></c>'


def xlsx_rows(rows: Rows) -> str:
    cells = [
        "".join(xlsx_cell(cell, f"{letters(column)}{row}") for column, cell in enumerate(cells))
        for row, cells in enumerate(rows, 1)
    ]
    return "".join(f'<row r="{row}">{inside}</row>' for row, inside in enumerate(cells, 1))


def xlsx(sheets: Mapping[str, Rows | str], more: Mapping[str, str | bytes] | None = None) -> bytes:
    """An .xlsx of these sheets, each as rows or as raw XML."""
    numbers = {name: number for number, name in enumerate(sheets, 1)}
    listed = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for name, at in numbers.items())
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in numbers.values()
    )
    links += f'<Relationship Id="rId99" Type="{OFFICE}/styles" Target="styles.xml"/>'
    links += f'<Relationship Id="rId98" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        "xl/styles.xml": STYLES,
    }
    for name, content in sheets.items():
        inside = content if isinstance(content, str) else xlsx_rows(content)
        members[f"xl/worksheets/sheet{numbers[name]}.xml"] = (
            f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData></worksheet>'
        )
    return zipped({**members, **(more or {})})


# --- .ods -----------------------------------------------------------------------------------------------------------


def ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
    if isinstance(cell, str) and cell.startswith("#"):
        return (
            '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
            f"<text:p>{cell}</text:p></table:table-cell>"
        )
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{cell!r}"/>'


def ods_rows(rows: Rows) -> str:
    return "".join(f"<table:table-row>{''.join(map(ods_cell, cells))}</table:table-row>" for cells in rows)


def ods(sheets: Mapping[str, Rows | str], more: Mapping[str, str | bytes] | None = None) -> bytes:
    """An .ods of these sheets, each as rows or as raw XML."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    tables = "".join(
        f'<table:table table:name="{name}">{rows if isinstance(rows, str) else ods_rows(rows)}</table:table>'
        for name, rows in sheets.items()
    )
    content = (
        f'{HEAD}<office:document-content {spaces} xmlns:calcext="urn:calcext"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'{HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest, **(more or {})})


# --- .xlsb ----------------------------------------------------------------------------------------------------------


def grouped(value: int) -> bytes:
    """A number in groups of seven bits."""
    return bytes([value & 0x7F | 0x80]) + grouped(value >> 7) if value > 0x7F else bytes([value])


def record(kind: int, content: bytes = b"") -> bytes:
    return grouped(kind) + grouped(len(content)) + content


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_sheet(rows: Rows, first_row: int = 0) -> bytes:
    parts = [record(129), record(148, struct.pack("<IIII", 0, len(rows), 0, 9)), record(145)]
    for row, cells in enumerate(rows, first_row):
        parts.append(record(0, struct.pack("<IIHBBB", row, 0, 0, 0, 0, 0) + struct.pack("<I", 0)))
        for column, cell in enumerate(cells):
            start = struct.pack("<II", column, 0)
            if isinstance(cell, str):
                parts.append(record(6, start + wide(cell)))
            elif cell is not None:
                parts.append(record(5, start + struct.pack("<d", cell)))
    return b"".join([*parts, record(146), record(130)])


def xlsb(sheet: bytes) -> bytes:
    """An .xlsb of one sheet."""
    bound = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Sheet1"))
    links = (
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.bin"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.bin"/>'
    )
    return zipped(
        {
            "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>',
            "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"/>',
            "xl/workbook.bin": record(131) + record(143) + bound + record(144) + record(132),
            "xl/_rels/workbook.bin.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}'
            "</Relationships>",
            "xl/styles.bin": record(278) + record(617, struct.pack("<I", 0)) + record(618) + record(279),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


# --- .xls -----------------------------------------------------------------------------------------------------------

SECTOR = 512
FREE, END, OF_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def biff(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def workbook(rows: Mapping[tuple[int, int], Cell]) -> bytes:
    """The stream of an .xls with one sheet, whose cells stand at row and column."""
    start = biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + biff(0x42, struct.pack("<H", 1200))
    name = b"Sheet1"
    length = len(start) + 4 + 8 + len(name) + 4
    bound = biff(0x85, struct.pack("<IBBBB", length, 0, 0, len(name), 0) + name)
    parts = [start, bound, biff(0x0A), biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))]
    for (row, column), cell in rows.items():
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(cell, str):
            parts.append(biff(0x204, place + struct.pack("<HB", len(cell), 0) + cell.encode("latin-1")))
        elif cell is not None:
            parts.append(biff(0x203, place + struct.pack("<d", cell)))
    return b"".join([*parts, biff(0x0A)])


def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le").ljust(64, b"\0")
    length = 2 * len(name) + 2 if name else 0
    links = struct.pack("<HBBIII", length, kind, 1, FREE, FREE, child)
    return encoded + links + bytes(36) + struct.pack("<IQ", first, size)


def compound(name: str, stream: bytes) -> bytes:
    """A compound file of one stream: the table of sectors, the directory, then the stream."""
    stream = stream.ljust(4096, b"\0")
    stream = stream.ljust(-(-len(stream) // SECTOR) * SECTOR, b"\0")
    count = len(stream) // SECTOR
    table = [OF_TABLE, END, *range(3, 2 + count), END]
    assert len(table) <= SECTOR // 4
    table += [FREE] * (SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", FREE) * 108
    directory = entry("Root Entry", 5, 1, END, 0) + entry(name, 2, FREE, 2, len(stream)) + entry("", 0, FREE, 0, 0) * 2
    return header + struct.pack(f"<{len(table)}I", *table) + directory + stream


def xls(rows: Rows) -> bytes:
    """An .xls of one sheet."""
    cells = {(row, column): cell for row, line in enumerate(rows) for column, cell in enumerate(line)}
    return compound("Workbook", workbook(cells))
