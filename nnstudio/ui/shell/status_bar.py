"""The labels of the status bar: where training stands, how large the network is, what it is computed on."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStatusBar


def fill_status_bar(bar: QStatusBar, totals: QLabel) -> tuple[QLabel, QLabel]:
    """Put labels in place of those there were; the ones for the training and for the device."""
    for old in bar.findChildren(QLabel):
        bar.removeWidget(old)
        old.deleteLater()
    training, device = status_label("statusTraining"), status_label("statusDevice")
    bar.addWidget(training, 1)
    bar.addPermanentWidget(totals)
    bar.addPermanentWidget(device)
    return training, device


def status_label(name: str) -> QLabel:
    label = QLabel(textFormat=Qt.TextFormat.PlainText)
    label.setObjectName(name)
    return label
