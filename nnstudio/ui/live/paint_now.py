"""Paints what has changed in a view at once, so that what a picture costs is known when the next is planned."""

import pyqtgraph
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QGraphicsView


def paint_now(view: QGraphicsView) -> None:
    """Have a scene tell its view now what has changed, which it puts off; the view is painted with that.

    To repaint the view by hand would paint all of it, and once more when the scene has told.
    """
    scene = view.scene()
    if isinstance(scene, pyqtgraph.GraphicsScene):
        scene.prepareForPaint()  # finds the range, which would change the scene again while it is painted
    QCoreApplication.sendPostedEvents(scene, QEvent.Type.MetaCall.value)
