"""The settings of a table: how its file is read, what each column is for, and what is made of them.

Each guess about a file can be overruled by one of these; "auto", or nothing, leaves it to the guess.
"""

from nnstudio.layers.spec import Parameter
from nnstudio.text import mark

LONGEST_LIST = 200_000
"""Characters of a setting that lists columns."""
MOST_POINT_TEXT = 400_000
ENCODINGS = (
    "auto",
    "utf-8",
    "utf-16",
    "cp1252",
    "cp1250",
    "cp1251",
    "iso8859-15",
    "cp850",
    "mac-roman",
    "koi8-r",
    "shift_jis",
    "gb18030",
    "big5",
    "euc-kr",
)

READING_SETTINGS: tuple[Parameter, ...] = (
    Parameter(
        "encoding",
        mark("Encoding"),
        "choice",
        "auto",
        choices=ENCODINGS,
        help=mark("How the letters of a text file are written. Automatic takes UTF-8 where that fits."),
    ),
    Parameter(
        "sheet",
        mark("Sheet"),
        "text",
        "",
        0,
        200,
        help=mark("The name or the number of the sheet of a spreadsheet; left empty, the first one with a table."),
    ),
    Parameter(
        "skip",
        mark("Lines to skip"),
        "integer",
        "auto",
        0,
        1_000_000,
        choices=("auto",),
        help=mark("How many lines stand above the table: titles and remarks."),
    ),
    Parameter(
        "skip_end",
        mark("Lines to skip at the end"),
        "integer",
        "auto",
        0,
        1_000_000,
        choices=("auto",),
        help=mark("How many lines stand below the table: footnotes and totals."),
    ),
    Parameter(
        "header",
        mark("Names in the first line"),
        "choice",
        "auto",
        choices=("auto", "yes", "no"),
        help=mark("Whether the first line of the table holds the names of its columns."),
    ),
    Parameter(
        "units_row",
        mark("Units below the names"),
        "choice",
        "auto",
        choices=("auto", "yes", "no"),
        help=mark("Whether the line below the names holds units and no data."),
    ),
    Parameter(
        "separator",
        mark("Separator"),
        "sign",
        "auto",
        choices=("auto", ",", ";", "tab", "|", "blanks"),
        help=mark("What stands between two cells; blanks are one or more of them. Any other sign can be written."),
    ),
    Parameter(
        "quote",
        mark("Quotation mark"),
        "choice",
        "auto",
        choices=("auto", '"', "'", "none"),
        help=mark("What encloses a cell that holds the separator or a line's end."),
    ),
    Parameter(
        "decimal",
        mark("Decimal sign"),
        "choice",
        "auto",
        choices=("auto", ".", ","),
        help=mark("What stands before the decimals of a number."),
    ),
    Parameter(
        "thousands",
        mark("Thousands sign"),
        "choice",
        "auto",
        choices=("auto", "none", ",", ".", "blank", "'"),
        help=mark("What stands between groups of three digits."),
    ),
    Parameter(
        "missing",
        mark("Missing marks"),
        "text",
        "",
        0,
        1000,
        help=mark(
            "Cells that hold one of these count as missing, separated by commas, as in NA,-999. Left empty, the usual "
            "marks do; a comma alone means none but empty cells."
        ),
    ),
    Parameter(
        "sample_fraction",
        mark("Share of the rows"),
        "number",
        1.0,
        0,
        1,
        above=True,
        help=mark(
            "A random sample of the rows of each file, chosen by the split seed while the file is read: more than it "
            "never stands in memory. 1 takes all."
        ),
    ),
)

ROLE_SETTINGS: tuple[Parameter, ...] = (
    Parameter(
        "kinds",
        mark("Kinds of columns"),
        "text",
        "",
        0,
        LONGEST_LIST,
        help=mark(
            "What columns hold where it is not what was guessed, as in zip:category,day:date,note:text,n:number."
        ),
    ),
    Parameter(
        "inputs",
        mark("Taken in"),
        "text",
        "",
        0,
        LONGEST_LIST,
        help=mark("Columns that are inputs although they look like an id or like the target, separated by commas."),
    ),
    Parameter(
        "ignore",
        mark("Left out"),
        "text",
        "",
        0,
        LONGEST_LIST,
        help=mark("Columns that are left out, separated by commas: names, or numbers counted from 1."),
    ),
    Parameter(
        "id",
        mark("Id"),
        "text",
        "",
        0,
        LONGEST_LIST,
        help=mark("Columns that only name a row: they are not learnt from, and predictions keep them."),
    ),
    Parameter(
        "weight",
        mark("Weight"),
        "text",
        "",
        0,
        LONGEST_LIST,
        help=mark("A column that says how much each row counts in the loss."),
    ),
    Parameter(
        "group",
        mark("Group"),
        "text",
        "",
        0,
        LONGEST_LIST,
        help=mark("A column whose rows of the same value stay in the same part of the split, as those of one patient."),
    ),
    Parameter(
        "time",
        mark("Time"),
        "text",
        "",
        0,
        LONGEST_LIST,
        help=mark("A column to split by: the first rows train, the next validate, the last ones are the test."),
    ),
    Parameter(
        "derived",
        mark("Derived inputs"),
        "text",
        "",
        0,
        LONGEST_LIST,
        help=mark(
            "Columns made from others, separated by commas, as in square(x1), product(x1;x2), sin(x1), log(x1), "
            "ratio(x1;x2), bins(x1;5), ordinal(size), polynomial(x1;x2;3)."
        ),
    ),
)

BALANCE_SETTINGS: tuple[Parameter, ...] = (
    Parameter(
        "class_weights",
        mark("Class weights"),
        "choice",
        "none",
        choices=("none", "balanced"),
        help=mark("Balanced has every class count the same in the loss, however many rows it has."),
    ),
    Parameter(
        "scale_on",
        mark("Scaling measured on"),
        "choice",
        "training",
        choices=("training", "all_rows"),
        help=mark(
            "All rows is the wrong way, to be shown: what is measured before splitting knows the rows that should be "
            "unseen."
        ),
    ),
)
