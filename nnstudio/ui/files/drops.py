"""Files from outside the window: dropped on it, or handed over by the system; a project is opened, a table is used."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from nnstudio.project.archive import SUFFIX
from nnstudio.project.file_patterns import as_one
from nnstudio.text import UserError


class FileDrops(QObject):
    """Takes what is dropped on a window: `open_project` gets a project file, `use_data` any other, or several that are
    one table; `tell` hears why some are not taken."""

    def __init__(
        self,
        window: QWidget,
        open_project: Callable[[Path], object],
        use_data: Callable[[Path], object],
        tell: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self.tell = tell
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

    def take_all(self, files: Sequence[Path]) -> None:
        """Take what was dropped together as one, or say why not."""
        try:
            self.take(as_one(files))
        except UserError as mistake:
            self.tell(str(mistake))

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and dropped_files(event.mimeData()):
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() is QEvent.Type.Drop:
            files = dropped_files(event.mimeData())
            if files:
                event.acceptProposedAction()
                self.take_all(files)
                return True
        return super().eventFilter(watched, event)


def dropped_files(data: QMimeData) -> list[Path]:
    """The files of this computer that are dropped; none for anything else."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
