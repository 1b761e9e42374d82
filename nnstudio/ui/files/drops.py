"""Files from outside the window: dropped on it, or handed over by the system; a project is opened, a table is used."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from nnstudio.project.archive import SUFFIX


class FileDrops(QObject):
    """Takes what is dropped on a window: `open_project` gets a project file, `use_data` any other."""

    def __init__(
        self, window: QWidget, open_project: Callable[[Path], object], use_data: Callable[[Path], object]
    ) -> None:
        super().__init__(window)
        self.open_project = open_project
        self.use_data = use_data
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def take(self, path: Path) -> None:
        """Open a project, or train on a table."""
        if path.suffix.lower() == SUFFIX:
            self.open_project(path)
        else:
            self.use_data(path)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and dropped_file(event.mimeData()):
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() is QEvent.Type.Drop:
            path = dropped_file(event.mimeData())
            if path is not None:
                event.acceptProposedAction()
                self.take(path)
                return True
        return super().eventFilter(watched, event)


def dropped_file(data: QMimeData) -> Path | None:
    """The one file of this computer that is dropped; None for anything else, and for several."""
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return Path(files[0]) if len(files) == 1 else None
