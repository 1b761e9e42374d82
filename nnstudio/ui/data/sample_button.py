"""What is offered where a table does not fit into memory: one click takes a random sample of its rows that does."""

from PySide6.QtWidgets import QPushButton

from nnstudio.project import edits
from nnstudio.text import translate as _
from nnstudio.ui.data.loader import DataLoader
from nnstudio.ui.store import Store


class SampleButton(QPushButton):
    """In sight while the chosen data is too large and a part of its rows is not."""

    def __init__(self, store: Store, loader: DataLoader) -> None:
        super().__init__()
        self.setObjectName("takeSample")
        self.setAutoDefault(False)
        self.store, self.loader = store, loader
        self.clicked.connect(self.take)
        loader.changed.connect(self.follow)
        store.changed.connect(self.follow)
        self.follow()

    def follow(self, _change: object = None) -> None:
        """Look whether a sample is to be offered."""
        fraction = self.loader.fitting
        self.setVisible(fraction > 0)
        self.setText(_("Take a random {share:.3g} % of the rows").format(share=100 * fraction))

    def take(self) -> None:
        """Take as many rows as fit."""
        fraction = self.loader.fitting
        if fraction:
            self.store.edit(
                _("Take a sample of the rows"), edits.set_data(self.store.project, sample_fraction=fraction)
            )
