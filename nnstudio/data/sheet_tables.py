"""The cells of a spreadsheet as columns: names, units and footnotes found as in text, each column told for what it
holds."""

from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.data.cells import Typing
from nnstudio.data.columns import RawData
from nnstudio.data.footnotes import footer_lines
from nnstudio.data.layout import SAMPLE_LINES, Layout, first_record, usual_width, why_skipped, with_names
from nnstudio.data.plain_numbers import plain_numbers
from nnstudio.data.reading import AUTO, Asked, fact
from nnstudio.data.row_cutting import Text
from nnstudio.data.tables import by_place, column_names, laid_out_words
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import polars

LAST_ROWS = 60


def read_cells(cells: "polars.DataFrame", path: Path, asked: Asked, sheet: str, sheets: tuple[str, ...]) -> RawData:
    """The table in the cells of one sheet, all of them text. UserError in words for what is no table."""
    import polars

    width = cells.width
    places = [str(place) for place in range(width)]
    cells = cells.rename(dict(zip(cells.columns, places, strict=True)))
    rows = [[cell or "" for cell in row] for row in cells.head(SAMPLE_LINES).iter_rows()]
    skip = int(asked.skip) if asked.skip != AUTO else first_record(rows, usual_width([width]))
    facts = [fact("sheet", sheet, asked.sheet, _("The sheets are: {names}.").format(names=", ".join(sheets)[:200]))]
    if skip or asked.skip != AUTO:
        facts.append(fact("skip", skip, asked.skip, why_skipped(skip)))
    layout = Layout("\t", "", skip, width=width, start=skip)
    found = with_names(layout, list(enumerate(rows))[skip:], asked, facts)
    last = footnotes(cells, found.layout) if asked.skip_end == AUTO else int(asked.skip_end)
    start = min(found.layout.start, cells.height)
    body = cells.slice(start, max(0, cells.height - start - last))
    if body.height == 0:
        raise UserError(_("“{file}” has column names but no rows.").format(file=path.name))
    text = Text(path, lambda: path.open("rb"), "utf-8", found.layout, asked, skipped_at_end=last)
    typing = Typing(by_place(text), lambda names: body.select(names))
    columns = typing.typed(places, plain_numbers(body))
    notes = laid_out_words(text)
    names, dropped = column_names(text, columns, notes)
    kept = [place for place in places if place not in dropped]
    notes.extend(typing.remarks.words({place: names[int(place)] for place in kept}))
    frame = polars.DataFrame([columns[place].alias(names[int(place)]) for place in kept])
    skipped_end = [fact("skip_end", last, asked.skip_end, _("They are no rows of the table."))] if last else []
    return RawData(
        frame,
        frame.columns[-1],
        notes=tuple(notes),
        named=bool(found.layout.names),
        reading=(*found.facts, *skipped_end, *typing.facts()),
        dates={names[int(place)]: form for place, form in typing.dates.items()},
    )


def footnotes(cells: "polars.DataFrame", layout: Layout) -> int:
    """How many rows at the end are footnotes or totals."""
    tail = cells.tail(LAST_ROWS).fill_null("")
    return footer_lines("\n" + "\n".join("\t".join(row) for row in tail.iter_rows()), layout)
