"""The report as pages, with the project attached to them; drawings stay drawings."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QByteArray, QLocale, QMarginsF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPyTextObject,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)
from PySide6.QtSvg import QSvgRenderer

from nnstudio.text import translate as _
from nnstudio.ui.background.sheet_jobs import Facts, Figure, Listed, SheetPage, Table, WholeSheet, Words
from nnstudio.ui.look.fonts import FAMILY
from nnstudio.ui.look.picture import opened
from nnstudio.ui.sheet.pages import RESOLUTION, SCREEN, Mark, keep_together, millimetres, spaced

MARGIN = 15.0
"""Millimetres."""
PAGE = 180.0
"""Millimetres that a table is across, about: A4 and Letter differ by 6."""
FOOT = 8.0
TITLE, HEADING, USUAL, SMALL = 19.0, 12.5, 9.5, 8.0
"""Points."""
TEXT, FAINT, ACCENT, RULE, WORDS = "#1b1f24", "#59616d", "#00568a", "#c9ced6", "#e69f00"
HIGHEST = 105.0
"""Millimetres that a picture may take of a page."""
FIGURE = QTextFormat.ObjectTypes.UserObject + 1
PLACE = QTextFormat.Property.UserProperty + 1
SIGN = "\ufffc"
LINE = "\u2028"


def pdf_of(sheet: WholeSheet, paper: QPageSize.PageSizeId | None = None) -> bytes:
    """The pages, on the paper of the country where none is named. Whatever is made here is also let go of here, on the
    thread that asks."""
    buffer = opened()
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(sheet.page.title)
    if hasattr(writer, "setAuthor"):  # from Qt 6.9 on
        writer.setAuthor(" ".join(sheet.page.names.split()))
    writer.setCreator("nnstudio")
    margins = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
    size = QPageSize(usual_paper() if paper is None else paper)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    if sheet.attached:
        writer.addFileAttachment(sheet.name, QByteArray(sheet.attached), "application/octet-stream")
    paint(writer, sheet.page, bool(sheet.attached))
    return bytes(buffer.data().data())


def usual_paper() -> QPageSize.PageSizeId:
    """Letter where inches are the measure, A4 elsewhere."""
    inches = QLocale.MeasurementSystem.ImperialUSSystem
    is_letter = QLocale.system().measurementSystem() == inches
    return QPageSize.PageSizeId.Letter if is_letter else QPageSize.PageSizeId.A4


def paint(writer: QPdfWriter, page: SheetPage, is_attached: bool) -> None:
    width, height = float(writer.width()), float(writer.height())
    room = float(round(height - millimetres(FOOT)))  # whole dots: Qt counts pages in parts of one
    pictures = Pictures(width)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.documentLayout().registerHandler(FIGURE, pictures)
    document.setDefaultFont(font(USUAL))
    document.setDocumentMargin(0)
    document.setPageSize(QSizeF(width, room))
    fill(document, page, pictures, is_attached)
    keep_together(document, room)
    said = list(bars(document))
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number in range(document.pageCount()):
        if number:
            writer.newPage()
        painter.save()
        painter.translate(0, -number * room)
        document.drawContents(painter, QRectF(0, number * room, width, room))
        for place in said:
            painter.fillRect(place & QRectF(0, number * room, width, room), QColor(WORDS))
        painter.restore()
        painter.setFont(font(SMALL))
        painter.setPen(QColor(FAINT))
        foot = QRectF(0, room, width, height - room)
        side, bottom = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignBottom
        painter.drawText(foot, int(side | bottom), f"{number + 1} / {document.pageCount()}")
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft | bottom), page.written)
    painter.end()


def bars(document: QTextDocument) -> Iterator[QRectF]:
    """Where the line stands beside what a person said."""
    block = document.begin()
    while block.isValid():
        if block.blockFormat().property(Mark.SAID):
            place = document.documentLayout().blockBoundingRect(block)
            yield QRectF(0, place.top(), millimetres(0.8), place.height())
        block = block.next()


def fill(document: QTextDocument, page: SheetPage, pictures: "Pictures", is_attached: bool) -> None:
    """Write the whole report."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()  # Qt lays it out once, and not again with every cell
    write(cursor, _("Report").upper(), block(0), letters(SMALL, FAINT))
    write(cursor, page.title, block(1), letters(TITLE, TEXT, bold=True))
    if page.names:
        write(cursor, page.names, block(1), letters(HEADING, TEXT))
    for section in page.sections:
        write(cursor, section.title, block(6, after=2, heading=True), letters(HEADING, ACCENT, bold=True))
        if section.comment:
            write_comment(cursor, section.comment, bool(section.parts))
        for part in section.parts:
            match part:
                case Words():
                    look = letters(SMALL, FAINT) if part.is_faint else letters(USUAL, TEXT)
                    write(cursor, part.text, block(1), look)
                case Listed():
                    for one in part.items:
                        write(cursor, f"•  {one}", hanging(), letters(USUAL, TEXT))
                case Facts():
                    write_table(cursor, part.pairs, (), frozenset())
                case Table():
                    if part.title:
                        write(cursor, part.title, block(2, heading=True), letters(USUAL, TEXT, bold=True))
                    write_table(cursor, part.rows, part.head, part.numbers)
                case Figure():
                    write_figure(cursor, part, pictures)
    words = _(
        "The project itself is attached to this document. What is collected is the report as HTML, or the project."
    )
    without = _("The project itself does not go with this report.")
    write(cursor, words if is_attached else without, block(6), letters(SMALL, FAINT))
    cursor.endEditBlock()


# --- pieces ---------------------------------------------------------------------------------------------------------


def write(cursor: QTextCursor, text: str, how: QTextBlockFormat, look: QTextCharFormat) -> None:
    """Write plain text as a paragraph of its own."""
    if cursor.document().isEmpty():
        cursor.setBlockFormat(how)
    else:
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertBlock(how)
    cursor.insertText(text.replace(SIGN, " "), look)


def block(before: float, after: float = 0.0, heading: bool = False, keep: bool = False) -> QTextBlockFormat:
    """A paragraph with so many millimetres before and after it; a heading, and others that are kept, stay with what
    follows."""
    made = QTextBlockFormat()
    made.setTopMargin(spaced(before))
    made.setBottomMargin(spaced(after))
    made.setHeadingLevel(2 if heading else 0)
    made.setProperty(Mark.KEEP, heading or keep)
    return made


def letters(size: float, color: str, bold: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setFont(font(size, bold))
    made.setForeground(QBrush(QColor(color)))
    return made


def font(size: float, bold: bool = False) -> QFont:
    made = QFont(FAMILY)
    made.setPointSizeF(size)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def write_table(
    cursor: QTextCursor, rows: Sequence[Sequence[str]], head: Sequence[str], numbers: frozenset[int]
) -> None:
    """Write a table with a line under each row; without a head, one of names and what they are."""
    if not rows:
        return
    lines = [head, *rows] if head else list(rows)
    write(cursor, "", spacer(), letters(1, TEXT))
    how = QTextTableFormat()
    how.setBorder(0)
    how.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
    how.setCellSpacing(0)
    how.setCellPadding(spaced(1.0))
    how.setBorderCollapse(True)
    how.setHeaderRowCount(1 if head else 0)
    if head:
        how.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        how.setColumnWidthConstraints(column_widths(lines, numbers))
    table = cursor.insertTable(len(lines), len(lines[0]), how)
    for row, cells in enumerate(lines):
        for column, text in enumerate(cells):
            is_name = (row == 0 and bool(head)) or (column == 0 and not head)
            write_cell(table, row, column, text, is_name, column in numbers, bool(head))


def column_widths(lines: Sequence[Sequence[str]], numbers: frozenset[int]) -> list[QTextLength]:
    """The shares of the page that columns have: what is a number stands on one line, texts share what is left."""
    metrics, bold = QFontMetricsF(font(SMALL)), QFontMetricsF(font(SMALL, bold=True))
    air = millimetres(2.6) / RESOLUTION * SCREEN
    room = millimetres(PAGE) / RESOLUTION * SCREEN
    least, wished = [], []
    for column, cells in enumerate(zip(*lines, strict=True)):
        words = [word for cell in cells[1:] for word in cell.split()] or [""]
        head = max(map(bold.horizontalAdvance, cells[0].split() or [""]))
        whole = max((metrics.horizontalAdvance(cell) for cell in cells[1:]), default=0.0)
        longest = whole if column in numbers else max(map(metrics.horizontalAdvance, words))
        least.append(min(room / 3, max(head, longest)) + air)
        wished.append(max(least[-1], min(room / 2, whole + air)))
    more = min(1.0, max(0.0, room - sum(least)) / max(1.0, sum(wished) - sum(least)))
    shares = [low + more * (high - low) for low, high in zip(least, wished, strict=True)]
    return [QTextLength(QTextLength.Type.PercentageLength, 100 * share / sum(shares)) for share in shares]


def write_cell(
    table: QTextTable, row: int, column: int, text: str, is_name: bool, is_number: bool, has_line: bool
) -> None:
    cell = table.cellAt(row, column)
    how = QTextTableCellFormat()
    how.setPadding(spaced(1.0))
    if has_line:
        how.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        how.setBottomBorder(spaced(0.35 if row == 0 else 0.12))
        how.setBottomBorderBrush(QBrush(QColor(RULE)))
    cell.setFormat(how)
    cursor = cell.firstCursorPosition()
    if is_number:
        aligned = QTextBlockFormat()
        aligned.setAlignment(Qt.AlignmentFlag.AlignRight)
        cursor.setBlockFormat(aligned)
    cursor.insertText(text.replace(SIGN, " "), letters(SMALL, FAINT if is_name else TEXT, bold=is_name and has_line))


def spacer() -> QTextBlockFormat:
    """The paragraph that Qt wants before a table, as low as can be."""
    made = block(0, keep=True)
    made.setLineHeight(spaced(1.5), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    return made


def write_figure(cursor: QTextCursor, figure: Figure, pictures: "Pictures") -> None:
    """Write a picture with its title and note, and what was said of it."""
    write(cursor, "", block(2, keep=bool(figure.words)), letters(USUAL, TEXT))
    look = QTextCharFormat()
    look.setObjectType(FIGURE)
    look.setProperty(PLACE, pictures.add(figure))
    cursor.insertText(SIGN, look)
    if figure.words:
        write_comment(cursor, figure.words)


def write_comment(cursor: QTextCursor, text: str, keep: bool = False) -> None:
    """Write what a person said, set in beside a line."""
    said = block(1, after=2, keep=keep)
    said.setLeftMargin(spaced(3))
    said.setProperty(Mark.SAID, True)
    # One paragraph, whatever its line breaks, so that the line beside it is one.
    write(cursor, text.strip().replace("\n", LINE), said, letters(USUAL, TEXT))


def hanging() -> QTextBlockFormat:
    """A paragraph whose first sign stands out."""
    made = block(0.4)
    made.setLeftMargin(spaced(3.2))
    made.setTextIndent(-spaced(3.2))
    return made


class Pictures(QPyTextObject):
    """Draws figures where the text has their sign: a title, a note and the picture below them, as one piece."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self.width = width
        self.figures: list[Figure] = []

    def add(self, figure: Figure) -> int:
        """The number by which the text knows it."""
        self.figures.append(figure)
        return len(self.figures) - 1

    def head(self, figure: Figure) -> float:
        """The height of what stands above a picture."""
        return millimetres(5.5 * bool(figure.title) + 4.5 * bool(figure.note) + 1.0)

    def size(self, figure: Figure) -> QSizeF:
        """The size of a picture on the page: not larger than it is, at the dots an inch of a screen."""
        natural = natural_size(figure.picture) * (RESOLUTION / SCREEN)
        scale = min(1.0, self.width / max(1.0, natural.width()), millimetres(HIGHEST) / max(1.0, natural.height()))
        return natural * scale

    def intrinsicSize(self, doc: QTextDocument, posInDocument: int, format: QTextFormat) -> QSizeF:
        figure = self.figures[int(format.property(PLACE))]
        return QSizeF(self.width, self.head(figure) + self.size(figure).height())

    def drawObject(
        self, painter: QPainter, rect: QRectF | QRect, doc: QTextDocument, posInDocument: int, format: QTextFormat
    ) -> None:
        figure = self.figures[int(format.property(PLACE))]
        painter.save()
        top = rect.top()
        for text, how, color, height in (
            (figure.title, font(USUAL, bold=True), TEXT, 5.5),
            (figure.note, font(SMALL), FAINT, 4.5),
        ):
            if text:
                painter.setFont(how)
                painter.setPen(QColor(color))
                line = QRectF(rect.left(), top, rect.width(), millimetres(height))
                elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
                painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), elided)
                top += millimetres(height)
        size = self.size(figure)
        draw_picture(
            painter, figure.picture, QRectF(rect.left(), rect.bottom() - size.height(), size.width(), size.height())
        )
        painter.restore()


def is_png(picture: bytes) -> bool:
    return picture.startswith(b"\x89PNG")


def natural_size(picture: bytes) -> QSizeF:
    """The size of a picture in dots of a screen."""
    if not is_png(picture):
        return QSizeF(QSvgRenderer(QByteArray(picture)).defaultSize())
    image = QImage.fromData(picture)
    dots = max(1.0, image.dotsPerMeterX() * 0.0254)
    return QSizeF(image.size()) * (SCREEN / dots)


def draw_picture(painter: QPainter, picture: bytes, place: QRectF) -> None:
    if is_png(picture):
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, QImage.fromData(picture))
    else:
        QSvgRenderer(QByteArray(picture)).render(painter, place)
