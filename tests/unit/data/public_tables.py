"""Files in the shapes that public tables and teachers' files have, each with what must come of reading it.

Every file is made here, of numbers drawn with a seed; none is copied. The shapes are in the folder beside this.
"""

from tests.unit.data.shapes import cells, countries, exports, layout, uci_blanks, uci_commas, uci_named
from tests.unit.data.shapes.table import PublicTable

TABLES: tuple[PublicTable, ...] = (
    *uci_commas.tables(),
    *uci_blanks.tables(),
    *uci_named.tables(),
    *exports.tables(),
    *countries.tables(),
    *cells.tables(),
    *layout.tables(),
)
