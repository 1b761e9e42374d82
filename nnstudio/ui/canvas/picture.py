"""The network as a picture for print, in the light colours whatever the window has."""

from pathlib import Path

from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.look import theme
from nnstudio.ui.look.picture import write_picture

MARGIN = 34.0


def save_picture(scene: NetworkScene, path: Path) -> None:
    """Write the picture in the form that the name's ending says; UserError when it cannot be written."""
    area = scene.network_rect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    selected = scene.selectedItems()
    silent = scene.blockSignals(True)
    scene.clearSelection()
    scene.draw_items(True)
    try:
        with theme.light():
            write_picture(scene, area, path)
    finally:
        for item in selected:
            item.setSelected(True)
        scene.blockSignals(silent)
