"""Files from outside the window: dropped on it, handed over by the system, or given to another start of the program."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.project.archive import SUFFIX
from nnstudio.project.file_patterns import as_one
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.ui.files.documents import Documents

LONGEST_ADDRESS = 100
AGAIN = 200
"""Milliseconds until it is looked again whether a question is still open."""


class FileDrops(QObject):
    """Takes what is dropped on a window: `open_project` gets a project file, `use_data` any other, or several that are
    one table; why some are not taken is told."""

    def __init__(
        self,
        window: QWidget,
        documents: Documents,
        open_project: Callable[[Path], object],
        use_data: Callable[[Path], object],
    ) -> None:
        super().__init__(window)
        self.window = window
        self.documents = documents
        self.tell = documents.store.told.emit
        self.open_project = open_project
        self.use_data = use_data
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def is_busy(self) -> bool:
        """Whether a question is open or a file is being read or written, so that none can be opened now."""
        return QApplication.activeModalWidget() is not None or self.documents.busy.is_busy

    def hand_over(self, path: Path) -> None:
        """Come to the front, and take a file that the system hands over, once no question is open."""
        come_to_front(self.window)
        self._give(path, self.take)

    def open_for_start(self, path: Path | None) -> None:
        """Come to the front, and open the file that another start was given, once no question is open: as a project,
        whatever it is called, as that start would have."""
        come_to_front(self.window)
        if path is not None:
            self._give(path, self.open_project)

    def _give(self, path: Path, take: Callable[[Path], object]) -> None:
        if self.documents.is_of(path):
            return  # what is open already stays as it is
        if self.is_busy():
            QTimer.singleShot(AGAIN, self, partial(self._give, path, take))
        else:
            take(path)

    def take(self, path: Path) -> None:
        """Open a project, or train on a table."""
        if path.suffix.lower() == SUFFIX:
            self.open_project(path)
        else:
            self.use_data(path)

    def take_urls(self, urls: Sequence[QUrl]) -> None:
        """Take what was dropped together as one, or say why not."""
        elsewhere = [url for url in urls if not url.isLocalFile()]
        try:
            if elsewhere:
                words = _("“{address}” is no file of this computer. Save it here first, and drop the file.")
                raise UserError(words.format(address=elsewhere[0].toDisplayString()[:LONGEST_ADDRESS]))
            self.take(as_one([Path(url.toLocalFile()) for url in urls]))
        except UserError as mistake:
            self.tell(str(mistake))

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and event.mimeData().hasUrls():
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() is QEvent.Type.Drop and event.mimeData().hasUrls():
            event.acceptProposedAction()
            # In a turn of its own: whoever gave the files must not wait for what is asked about them.
            QTimer.singleShot(0, self, partial(self.take_urls, event.mimeData().urls()))
            return True
        return super().eventFilter(watched, event)


def come_to_front(window: QWidget) -> None:
    """Show a window before all others; where the system does not let it, its entry there asks for attention."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()
    QApplication.alert(window)
