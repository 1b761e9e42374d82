"""The lab sheet as pages of A4, with the project attached to them; drawings stay drawings."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMarginsF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
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
from nnstudio.ui.background.sheet_jobs import Facts, Figure, SheetPage, Table, WholeSheet, Words
from nnstudio.ui.look.fonts import FAMILY
from nnstudio.ui.look.picture import opened

RESOLUTION = 300
SCREEN = 96
"""Dots an inch."""
MARGIN = 15.0
"""Millimetres."""
FOOT = 8.0
TITLE, HEADING, USUAL, SMALL = 19.0, 12.5, 9.5, 8.0
"""Points."""
TEXT, FAINT, ACCENT, RULE, WORDS = "#1b1f24", "#59616d", "#00568a", "#c9ced6", "#e69f00"
HIGHEST = 105.0
"""Millimetres that a picture may take of a page."""
FIGURE = QTextFormat.ObjectTypes.UserObject + 1
PLACE = QTextFormat.Property.UserProperty + 1
SIGN = "\ufffc"
MOST_BREAKS = 200


def millimetres(length: float) -> float:
    """A length in the units of the pages."""
    return length / 25.4 * RESOLUTION


def spaced(length: float) -> float:
    """Millimetres in what Qt takes the margins and lines of a text for: dots of a screen, which it scales itself."""
    return length / 25.4 * SCREEN


def pdf_of(sheet: WholeSheet) -> bytes:
    """The pages. Whatever is made here is also let go of here, on the thread that asks."""
    buffer = opened()
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(sheet.page.title)
    writer.setCreator("nnstudio")
    margins = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    writer.addFileAttachment(sheet.name, QByteArray(sheet.attached), "application/octet-stream")
    paint(writer, sheet.page)
    return bytes(buffer.data().data())


def paint(writer: QPdfWriter, page: SheetPage) -> None:
    width, height = float(writer.width()), float(writer.height())
    room = height - millimetres(FOOT)
    pictures = Pictures(width)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.documentLayout().registerHandler(FIGURE, pictures)
    document.setDefaultFont(font(USUAL))
    document.setDocumentMargin(0)
    document.setPageSize(QSizeF(width, room))
    fill(document, page, pictures)
    keep_headings(document, room)
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number in range(document.pageCount()):
        if number:
            writer.newPage()
        painter.save()
        painter.translate(0, -number * room)
        document.drawContents(painter, QRectF(0, number * room, width, room))
        painter.restore()
        painter.setFont(font(SMALL))
        painter.setPen(QColor(FAINT))
        foot = QRectF(0, room, width, height - room)
        side, bottom = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignBottom
        painter.drawText(foot, int(side | bottom), f"{number + 1} / {document.pageCount()}")
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft | bottom), page.written)
    painter.end()


def fill(document: QTextDocument, page: SheetPage, pictures: "Pictures") -> None:
    """Write the whole sheet."""
    cursor = QTextCursor(document)
    write(cursor, _("Lab sheet").upper(), block(0), letters(SMALL, FAINT))
    write(cursor, page.title, block(1), letters(TITLE, TEXT, bold=True))
    if page.names:
        write(cursor, page.names, block(1), letters(HEADING, TEXT))
    for section in page.sections:
        write(cursor, section.title, block(6, after=2, heading=True), letters(HEADING, ACCENT, bold=True))
        for part in section.parts:
            match part:
                case Words():
                    look = letters(SMALL, FAINT) if part.is_faint else letters(USUAL, TEXT)
                    write(cursor, part.text, block(1), look)
                case Facts():
                    write_table(cursor, part.pairs, (), frozenset())
                case Table():
                    write_table(cursor, part.rows, part.head, part.numbers)
                case Figure():
                    write_figure(cursor, part, pictures)
    words = _(
        "The project itself is attached to this document. What is collected is the sheet as HTML, or the project."
    )
    write(cursor, words, block(6), letters(SMALL, FAINT))


# --- pieces ---------------------------------------------------------------------------------------------------------


def write(cursor: QTextCursor, text: str, how: QTextBlockFormat, look: QTextCharFormat) -> None:
    """Write plain text as a paragraph of its own."""
    if cursor.document().isEmpty():
        cursor.setBlockFormat(how)
    else:
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertBlock(how)
    cursor.insertText(text.replace(SIGN, " "), look)


def block(before: float, after: float = 0.0, heading: bool = False) -> QTextBlockFormat:
    """A paragraph with so many millimetres before and after it."""
    made = QTextBlockFormat()
    made.setTopMargin(spaced(before))
    made.setBottomMargin(spaced(after))
    made.setHeadingLevel(2 if heading else 0)
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
    table = cursor.insertTable(len(lines), len(lines[0]), how)
    for row, cells in enumerate(lines):
        for column, text in enumerate(cells):
            is_name = (row == 0 and bool(head)) or (column == 0 and not head)
            write_cell(table, row, column, text, is_name, column in numbers, bool(head))


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
    made = QTextBlockFormat()
    made.setLineHeight(spaced(1.5), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    return made


def write_figure(cursor: QTextCursor, figure: Figure, pictures: "Pictures") -> None:
    """Write a picture with its title and note, and what was said of it."""
    write(cursor, "", block(2), letters(USUAL, TEXT))
    look = QTextCharFormat()
    look.setObjectType(FIGURE)
    look.setProperty(PLACE, pictures.add(figure))
    cursor.insertText(SIGN, look)
    if figure.words:
        said = block(1, after=2)
        said.setLeftMargin(spaced(4))
        write(cursor, figure.words, said, letters(USUAL, TEXT))


def keep_headings(document: QTextDocument, room: float) -> None:
    """Have no heading stand at the foot of a page while what it heads is on the next."""
    layout = document.documentLayout()
    for _time in range(MOST_BREAKS):
        current = document.begin()
        while current.isValid():
            heading, following = current, current.next()
            current = following
            if not heading.blockFormat().headingLevel() or not following.isValid():
                continue
            while following.next().isValid() and not following.text():  # what Qt wants before a table
                following = following.next()
            at, below = layout.blockBoundingRect(heading), layout.blockBoundingRect(following)
            if int(at.top() // room) != int((below.bottom() - 1) // room) and below.height() < room:
                how = heading.blockFormat()
                if how.pageBreakPolicy() == QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore:
                    continue
                how.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                QTextCursor(heading).setBlockFormat(how)
                break
        else:
            return


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
