"""Spreadsheets: every cell as the text that a CSV file would have, which sheet is read, and what is refused."""

import random
import struct
from contextlib import suppress
from pathlib import Path

import polars
import psutil
import pytest

from nnstudio.data.old_sheets import old_extents
from nnstudio.data.reader import Reader
from nnstudio.data.sheet_size import extents_of_xml, usual_extent
from nnstudio.data.sources import read_source
from nnstudio.data.spreadsheets import sheet_cells
from nnstudio.text import UserError
from tests import sheets

ROWS: sheets.Rows = [["width", "kind"], [1.0, "a"], [2.5, "b"]]
AS_TEXT = [("width", "kind"), ("1", "a"), ("2.5", "b")]
FORMS = {
    "a.xlsx": lambda: sheets.xlsx({"Sheet1": ROWS}),
    "a.xlsm": lambda: sheets.xlsx({"Sheet1": ROWS}),
    "a.ods": lambda: sheets.ods({"Sheet1": ROWS}),
    "a.xlsb": lambda: sheets.xlsb(sheets.xlsb_sheet(ROWS)),
    "a.xls": lambda: sheets.xls(ROWS),
}


def written(folder: Path, content: bytes, name: str = "a.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def cells(path: Path, sheet: str = "") -> list[tuple[str | None, ...]]:
    return sheet_cells(path, Reader(), sheet)[0].rows()


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_read_as_text_and_as_columns(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, FORMS[name](), name)
    frame, sheet, names = sheet_cells(path, Reader())
    assert frame.rows() == AS_TEXT and sheet == "Sheet1" and names == ("Sheet1",)
    assert set(frame.dtypes) == {polars.String}
    raw = read_source(str(path))
    assert raw.target == "kind" and raw.columns["width"].to_list() == [1.0, 2.5]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_numbers_are_written_shortest_and_in_full(form: str, tmp_path: Path) -> None:
    numbers = [5.0, 0.1, 0.30000000000000004, 1.5e-12, 1234567.125, 1e20, -2.0, 9007199254740992.0]
    make = {"xlsx": sheets.xlsx, "ods": sheets.ods}[form]
    path = written(tmp_path, make({"S": [["n"], *([number] for number in numbers)]}), f"a.{form}")
    texts = [str(row[0]) for row in cells(path)[1:]]
    assert [float(text) for text in texts] == numbers
    assert texts[:3] == ["5", "0.1", "0.30000000000000004"] and "9007199254740992" in texts


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_words_codes_truth_errors_and_nothing_stay_what_they_are(form: str, tmp_path: Path) -> None:
    rows: sheets.Rows = [
        ["code", "is", "word"],
        ["007", True, "#N/A"],
        [None, False, "1,5 & <b>"],
        ["x", None, "#DIV/0!"],
    ]
    make = {"xlsx": sheets.xlsx, "ods": sheets.ods}[form]
    assert cells(written(tmp_path, make({"S": rows}), f"a.{form}"))[1:] == [
        ("007", "true", "#N/A"),
        (None, "false", "1,5 & <b>"),
        ("x", None, "#DIV/0!"),
    ]


def test_dates_are_iso_text_with_the_time_where_there_is_one(tmp_path: Path) -> None:
    lines = [
        '<row r="1"><c r="A1" t="str"><v>day</v></c><c r="B1" t="str"><v>when</v></c>'
        '<c r="C1" t="str"><v>time</v></c></row>'
    ]
    for row, (day, moment, time) in enumerate([(45000, 45000, 0.5), (45001, 45001.75, 0.25)], 2):
        inside = sheets.styled(day, sheets.DATE, f"A{row}") + sheets.styled(moment, sheets.MOMENT, f"B{row}")
        lines.append(f'<row r="{row}">{inside}{sheets.styled(time, sheets.TIME, f"C{row}")}</row>')
    assert cells(written(tmp_path, sheets.xlsx({"S": "".join(lines)}))) == [
        ("day", "when", "time"),
        ("2023-03-15", "2023-03-15 00:00:00", "12:00:00"),
        ("2023-03-16", "2023-03-16 18:00:00", "06:00:00"),
    ]


def test_dates_and_times_of_ods(tmp_path: Path) -> None:
    def cell(kind: str, value: str, shown: str) -> str:
        return (
            f'<table:table-cell office:value-type="{kind}" office:{kind}-value="{value}"><text:p>{shown}</text:p>'
            "</table:table-cell>"
        )

    row = (
        cell("date", "2023-03-15", "15/3/23")
        + cell("date", "2023-03-15T18:00:00", "…")
        + cell("time", "PT06H", "06:00")
    )
    path = written(tmp_path, sheets.ods({"S": f"<table:table-row>{row}</table:table-row>" * 2}), "a.ods")
    assert cells(path)[0] == ("2023-03-15", "2023-03-15 18:00:00", "06:00")


def test_empty_columns_and_rows_around_the_table_are_gone_and_rows_within_stay(tmp_path: Path) -> None:
    rows: sheets.Rows = [[None] * 4, [None, "a", None, "b"], [None] * 4, [None, 1.0, None, 2.0], [None] * 4]
    assert cells(written(tmp_path, sheets.xlsx({"S": rows}))) == [("a", "b"), (None, None), ("1", "2")]


def test_the_first_sheet_with_a_table_is_read_and_another_by_name_or_number(tmp_path: Path) -> None:
    path = written(tmp_path, sheets.xlsx({"Empty": [], "Title": [["words"]], "Data": ROWS, "2": [["x"], [1.0]]}))
    frame, sheet, names = sheet_cells(path, Reader())
    assert sheet == "Data" and frame.rows() == AS_TEXT and names == ("Empty", "Title", "Data", "2")
    assert cells(path, "3") == AS_TEXT
    assert sheet_cells(path, Reader(), "2")[1] == "2"  # a name comes before a number
    assert cells(path, "Title") == [("words",)]


@pytest.mark.parametrize("sheet", ["Nothing", "0", "9", "9" * 5000, "²"])
def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(sheet: str, tmp_path: Path) -> None:
    path = written(tmp_path, sheets.xlsx({"One": ROWS, "Two": ROWS}))
    with pytest.raises(UserError, match=r"has no sheet “.*”\. Its sheets are: One, Two\."):
        sheet_cells(path, Reader(), sheet)


def test_sheets_without_rows_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is empty"):
        sheet_cells(written(tmp_path, sheets.xlsx({"One": [], "Two": [[None]]})), Reader())
    with pytest.raises(UserError, match="has column names but no rows"):
        sheet_cells(written(tmp_path, sheets.xlsx({"One": [["a", "b"]]})), Reader())
    with pytest.raises(UserError, match=r"The sheet “Two” of “a.xlsx” is empty. Its sheets are: One, Two"):
        sheet_cells(written(tmp_path, sheets.xlsx({"One": ROWS, "Two": []})), Reader(), "Two")


# --- what is no sound spreadsheet -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "“a.xlsx” is empty"),
        (b"<html><table>", "is no spreadsheet, or it is damaged. If it is text, let its name end in .csv"),
        (b"PK\x03\x04 and no more", "is damaged: it cannot be unpacked"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "is damaged: it cannot be read as a spreadsheet"),
        (sheets.zipped({"word/document.xml": "<a/>"}), "is damaged: it cannot be read as a spreadsheet"),
        (sheets.xlsx({"S": "<row><c><v>1</v></row>"}), "is damaged: it cannot be read as a spreadsheet"),
        (
            sheets.xlsx({"S": ROWS}, {"xl/more.xml": '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'}),
            "is damaged: it cannot be read as a spreadsheet",
        ),
    ],
    ids=["nothing", "html", "no archive", "no compound file", "another archive", "no XML", "entities"],
)
def test_what_is_no_spreadsheet_is_refused_in_words(content: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=words):
        read_source(str(written(tmp_path, content)))


def locked_xls() -> bytes:
    stream = sheets.workbook({(0, 0): 1.0})
    return sheets.compound("Workbook", stream[:20] + sheets.biff(0x2F, bytes(6)) + stream[20:])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", lambda: sheets.compound("EncryptedPackage", b"secret")),
        ("a.xls", locked_xls),
        (
            "a.ods",
            lambda: sheets.ods({"S": ROWS}, {"META-INF/manifest.xml": "<m><manifest:encryption-data/></m>"}),
        ),
    ],
)
def test_a_password_is_told_as_one(name: str, content: object, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"“{name}” is protected by a password. Save it without one"):
        read_source(str(written(tmp_path, content(), name)))  # type: ignore[operator]


def far_ods() -> bytes:
    filled = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    return sheets.ods({"S": f'<table:table-row table:number-rows-repeated="1048576">{filled}</table:table-row>'})


def far_xlsb() -> bytes:
    far = sheets.record(0, struct.pack("<IIHBBBI", 1048575, 0, 0, 0, 0, 0, 0))
    far += sheets.record(5, struct.pack("<IId", 16383, 0, 1.0))
    return sheets.xlsb(sheets.xlsb_sheet(ROWS).replace(sheets.record(146), far + sheets.record(146)))


FAR = {
    "a.xlsx": lambda: sheets.xlsx(
        {"S": '<row r="1"><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>'}
    ),
    "b.xlsx": lambda: sheets.xlsx({"S": "<x:row xmlns:x='a'><x:c r='A1'/><x:c r='&#88;FD1048576'/></x:row>"}),
    "a.ods": far_ods,
    "a.xlsb": far_xlsb,
}


@pytest.mark.parametrize("name", FAR)
def test_a_lone_cell_far_away_does_not_end_the_program(name: str, tmp_path: Path) -> None:
    """The library lays the whole rectangle out, half a terabyte, and aborts where it does not get it."""
    with pytest.raises(UserError, match="spans 1\u00a0048\u00a0576 rows and 16\u00a0384 columns, more than"):
        read_source(str(written(tmp_path, FAR[name](), name)))


def test_rows_that_only_fill_a_sheet_of_ods_are_no_table(tmp_path: Path) -> None:
    filler = '<table:table-row table:number-rows-repeated="1048000">'
    filler += '<table:table-cell table:number-columns-repeated="16384"/>'
    path = written(tmp_path, sheets.ods({"S": sheets.ods_rows(ROWS) + filler + "</table:table-row>"}), "a.ods")
    assert cells(path) == AS_TEXT


def test_many_cells_of_one_long_text_are_refused_where_they_do_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = f'<sst xmlns="{sheets.MAIN}"><si><t>{"x" * 32_000}</t></si><si><t>a</t></si></sst>'
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>{{}}</v></c></row>' for row in range(1, 10_001))
    real = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: real._replace(available=2**28))
    long = sheets.xlsx({"S": rows.replace("{}", "0")}, {"xl/sharedStrings.xml": shared})
    with pytest.raises(UserError, match=r"needs about 320.0 MB of memory"):
        sheet_cells(written(tmp_path, long), Reader())
    short = sheets.xlsx({"S": rows.replace("{}", "1")}, {"xl/sharedStrings.xml": shared})
    assert sheet_cells(written(tmp_path, short), Reader())[0].height == 10_000


def test_a_spreadsheet_that_unpacks_into_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    content = sheets.xlsx({"S": ROWS}, {"xl/more.xml": bytes(2**28 + 2**20)})
    with pytest.raises(UserError, match=r"would unpack into .* It was not read"):
        read_source(str(written(tmp_path, content)))


def test_a_member_that_is_longer_than_it_says_is_damaged(tmp_path: Path) -> None:
    content = sheets.xlsx({"S": ROWS})
    size = len(sheets.STYLES)
    spoilt = content.replace(struct.pack("<I", size), struct.pack("<I", size - 9))
    assert spoilt != content
    with pytest.raises(UserError, match="is damaged: it cannot be unpacked"):
        read_source(str(written(tmp_path, spoilt)))


@pytest.mark.parametrize("name", FORMS)
def test_a_spoilt_spreadsheet_is_read_or_refused_in_words(name: str, tmp_path: Path) -> None:
    sound, chance = FORMS[name](), random.Random(1)
    for _number in range(150):
        content = bytearray(sound)
        for _bit in range(chance.choice((1, 1, 3, 20))):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path = written(
            tmp_path, bytes(content[: chance.choice((len(content), chance.randrange(1, len(content))))]), name
        )
        with suppress(UserError):
            read_source(str(path))


def test_a_compound_file_whose_chains_go_in_circles_is_damaged() -> None:
    content = bytearray(sheets.xls(ROWS))
    content[512 + 4 : 512 + 8] = struct.pack("<I", 1)  # the directory follows itself
    with pytest.raises(ValueError, match="a chain that leads nowhere"):
        old_extents(bytes(content))


def test_the_quick_measure_of_a_sheet_agrees_with_the_thorough_one() -> None:
    rows: sheets.Rows = [[], [None, "a", 1.0, *[None] * 30, True], [None, None, 2.0]]
    sheet = f'{sheets.HEAD}<worksheet xmlns="{sheets.MAIN}"><sheetData>{sheets.xlsx_rows(rows)}</sheetData></worksheet>'
    usual = usual_extent(sheet.encode())
    assert usual is not None and usual.size == (2, 33)
    assert usual.size == extents_of_xml(sheet.encode())[0].size
    for unusual in ('<c t="s" r="A1"/>', "<c r='A1'/>", "<x:c/>", '<c r="&#65;1"/>', '<c r="A1" t="&#115;"/>'):
        assert usual_extent(sheet.replace("<sheetData>", f"<sheetData>{unusual}").encode()) is None
