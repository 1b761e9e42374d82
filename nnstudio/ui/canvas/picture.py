"""The network as a picture for print, in the light colours whatever the window has."""

from nnstudio.ui.canvas.scene import NetworkScene
from nnstudio.ui.look import theme
from nnstudio.ui.look.picture import Draw

MARGIN = 34.0


def picture_of(scene: NetworkScene, draw: Draw) -> bytes:
    """The whole network as a picture in the form that `draw` gives it."""
    area = scene.network_rect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    selected = scene.selectedItems()
    silent = scene.blockSignals(True)
    scene.clearSelection()
    scene.draw_items(True)
    try:
        with theme.light():
            return draw(scene, area)
    finally:
        for item in selected:
            item.setSelected(True)
        scene.blockSignals(silent)
