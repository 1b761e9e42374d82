"""A report as one HTML file: nothing beside it is needed, nothing in it is ever run.

Every text is data: it goes through `escape`, and the page's own policy forbids scripts, frames and whatever lies
elsewhere. Pictures are addresses with their content in them, where an SVG cannot run anything either.
"""

import base64
import hashlib
import re
from html import escape
from pathlib import PurePath

from nnstudio.handing_in.attached import link_of
from nnstudio.handing_in.parts import Facts, Figure, Listed, Part, Section, SheetPage, Table, Words
from nnstudio.text import current_language, shown_bytes
from nnstudio.text import translate as _

PNG = "image/png"
FAMILY = re.compile(rb'font-family="([^",]+)"')
FALLBACKS = rb'font-family="\1, Segoe UI, Helvetica, Arial, sans-serif"'
"""The font of a drawing, and what stands in for it where it is not installed."""
STYLE = """
:root { color-scheme: light; --ground: #ffffff; --text: #1b1f24; --faint: #59616d; --head: #3d4550; --accent: #00568a;
  --rule: #b6bcc6; --line: #e3e6eb; --mark: #e69f00; }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; --ground: #16191d; --text: #e6e9ed;
  --faint: #a7b0bb; --head: #c6ccd4; --accent: #7cc4f5; --rule: #4d5661; --line: #2e343b; --mark: #f0b429; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2.2rem 2rem 3rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 Inter, "Segoe UI", Helvetica, Arial, sans-serif; overflow-wrap: anywhere; }
header { border-bottom: 3px solid #0072b2; padding-bottom: .8rem; margin-bottom: 1.4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.2rem; color: var(--accent); margin: 2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1rem 0 .2rem; }
p { margin: .4rem 0; white-space: pre-wrap; }
ul { margin: .3rem 0 1rem; padding-left: 1.2rem; font-size: .9rem; }
.names { font-size: 1.1rem; }
.faint, figcaption { color: var(--faint); font-size: .85rem; }
.label { color: var(--faint); font-size: .75rem; letter-spacing: .08em; text-transform: uppercase; margin: 0 0 .3rem; }
.wide { overflow-x: auto; margin: .4rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums; }
th { text-align: left; vertical-align: bottom; color: var(--head); border-bottom: 2px solid var(--rule);
  padding: .3rem .6rem .3rem 0; overflow-wrap: normal; }
td { vertical-align: top; border-bottom: 1px solid var(--line); padding: .32rem .6rem .32rem 0; min-width: 3.5em;
  white-space: pre-wrap; overflow-wrap: break-word; }
th.number, td.number { text-align: right; min-width: 0; }
td.number { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: .4rem 0 1rem;
  font-size: .9rem; }
dt { color: var(--faint); }
dd { margin: 0; white-space: pre-wrap; }
figure { margin: 1rem 0 1.4rem; break-inside: avoid; }
figure h3 { margin-top: 0; }
img { display: block; max-width: 100%; height: auto; margin: .3rem 0; background: #ffffff; border-radius: 3px; }
figure.item { border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; }
figure.item img { max-height: 27rem; width: auto; margin: .5rem auto; }
.words { border-left: 3px solid var(--mark); padding-left: .8rem; margin: .5rem 0 .8rem; }
footer { margin-top: 2.4rem; border-top: 1px solid var(--rule); padding-top: .8rem; font-size: .85rem;
  color: var(--head); }
footer a { color: var(--accent); font-weight: bold; }
code { font-size: .78rem; }
@media (max-width: 36rem) { body { padding: 1.2rem 1rem 2rem; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .4rem; } figure.item { padding: .6rem; } td { min-width: 5.5em; } }
@page { margin: 16mm 15mm; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } h2, h3, section > .words {
  break-after: avoid; }
  .wide { overflow: visible; } table { font-size: 8.5pt; }
  td { overflow-wrap: anywhere; min-width: 10ch; } .words, tr { break-inside: avoid; }
  thead { display: table-header-group; } img { max-height: 200mm; } figure.item img { max-height: 95mm; } }
"""


def html_of(page: SheetPage, attached: bytes, name: str, remark: str = "") -> bytes:
    """The page with the project file (bytes) in it, which is saved under this name from there; b"" for none."""
    sections = "\n".join(section_html(section) for section in page.sections)
    label = _("Report")
    names = f'<p class="names">{escape(page.names)}</p>' if page.names else ""
    return f"""<!DOCTYPE html>
<html lang="{escape(current_language())}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy()}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(page.title)}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<p class="label">{escape(label)}</p>
<h1>{escape(page.title)}</h1>
{names}
<p class="faint">{escape(page.written)}</p>
</header>
<main>
{sections}
</main>
{footer_html(attached, name, remark)}
</body>
</html>
""".encode("utf-8", "replace")


def policy() -> str:
    """What a browser may do with the page: show pictures that are in it, and use its own style. Nothing else."""
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"


def footer_html(attached: bytes, name: str, remark: str) -> str:
    if not attached:
        without = _("The project itself does not go with this report.")
        return f"<footer>\n<p>{escape(without)}</p>\n</footer>"
    sha256, address = link_of(attached)
    saved = "".join(sign if sign.isalnum() or sign in " ._-()" else "_" for sign in PurePath(name).name) or "sheet"
    words = _("The project itself is in this page: save it and open it with nnstudio ({size}).").format(
        size=shown_bytes(len(attached))
    )
    return f"""<footer>
<p>{escape(words)}</p>
<p><a id="nnstudio-project" data-sha256="{sha256}" download="{escape(saved)}" href="{address}">{escape(saved)}</a></p>
<p class="faint">SHA-256 <code>{sha256}</code></p>
{f'<p class="faint">{escape(remark)}</p>' if remark else ""}
</footer>"""


def section_html(section: Section) -> str:
    parts = "\n".join(part_html(part) for part in section.parts)
    return f"<section>\n<h2>{escape(section.title)}</h2>\n{said_html(section.comment)}{parts}\n</section>"


def said_html(text: str) -> str:
    """What a person said of something, as they wrote it."""
    return f'<p class="words">{escape(text)}</p>' if text else ""


def part_html(part: Part) -> str:
    match part:
        case Words():
            return f'<p class="faint">{escape(part.text)}</p>' if part.is_faint else f"<p>{escape(part.text)}</p>"
        case Listed():
            return "<ul>\n" + "".join(f"<li>{escape(one)}</li>\n" for one in part.items) + "</ul>"
        case Facts():
            pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in part.pairs)
            return f"<dl>\n{pairs}</dl>"
        case Table():
            return table_html(part)
        case Figure():
            return figure_html(part)


def table_html(table: Table) -> str:
    def cells(tag: str, row: tuple[str, ...], scope: str = "") -> str:
        kinds = [' class="number"' if place in table.numbers else "" for place in range(len(row))]
        return "".join(f"<{tag}{kind}{scope}>{escape(cell)}</{tag}>" for kind, cell in zip(kinds, row, strict=True))

    title = f"<h3>{escape(table.title)}</h3>\n" if table.title else ""
    name = escape(table.title or ", ".join(table.head))
    head = cells("th", table.head, ' scope="col"')
    rows = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in table.rows)
    # It may be wider than a phone: the keys reach what is beyond the edge.
    return f'''{title}<div class="wide" role="region" tabindex="0" aria-label="{name}"><table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table></div>'''


def figure_html(figure: Figure) -> str:
    kind = kind_of(figure.picture)
    picture = figure.picture if kind == PNG else FAMILY.sub(FALLBACKS, figure.picture)
    address = f"data:{kind};base64,{base64.b64encode(picture).decode()}"
    width = f' width="{natural_width(picture)}"' if kind == PNG else ""
    title = f"<h3>{escape(figure.title)}</h3>" if figure.title else ""
    note = f"<figcaption>{escape(figure.note)}</figcaption>" if figure.note else ""
    said = said_html(figure.words)
    style = "item" if kind == PNG else "drawing"
    return (
        f'<figure class="{style}">{title}{note}<img{width} alt="{escape(figure.alt)}" src="{address}">{said}</figure>'
    )


def kind_of(picture: bytes) -> str:
    return PNG if picture.startswith(b"\x89PNG") else "image/svg+xml"


def natural_width(picture: bytes) -> int:
    """The width of a PNG in dots of a screen; a sharp one has several pixels for each."""
    width = int.from_bytes(picture[16:20], "big")
    place = picture.find(b"pHYs", 24, 200)
    a_metre = int.from_bytes(picture[place + 4 : place + 8], "big") if place >= 0 else 0
    return max(1, round(width * 96 / (a_metre * 0.0254))) if a_metre > 0 else width
