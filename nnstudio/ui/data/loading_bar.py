"""A bar that says how far a long reading is, with a button that cancels it; nothing while there is none."""

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from nnstudio.text import translate as _
from nnstudio.ui.background.task import INTERVAL, SHOWN_AFTER
from nnstudio.ui.data.loader import DataLoader


class LoadingBar(QWidget):
    """How far the data is read."""

    def __init__(self, loader: DataLoader) -> None:
        super().__init__()
        self.loader = loader
        self.bar = QProgressBar(maximum=100)
        self.bar.setAccessibleName(_("Reading the data"))
        self.cancelling = QPushButton(_("Cancel"))
        self.cancelling.setAutoDefault(False)
        self.cancelling.clicked.connect(loader.cancel)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancelling)
        self._began = QElapsedTimer()
        self._watch = QTimer(self, interval=INTERVAL)
        self._watch.timeout.connect(self._show_progress)
        loader.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Look whether something is being read."""
        if self.loader.is_loading and not self._watch.isActive():
            self._watch.start()
            self._began.start()
        elif not self.loader.is_loading:
            self._watch.stop()
        self._show_progress()

    def _show_progress(self) -> None:
        takes_long = self._watch.isActive() and self._began.hasExpired(SHOWN_AFTER)
        for widget in (self, self.bar, self.cancelling):
            widget.setVisible(takes_long)
        self.cancelling.setEnabled(not self.loader.progress.is_cancelled)
        self.bar.setValue(min(99, round(100 * self.loader.progress.share)))
