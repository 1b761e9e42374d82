"""Numbers as a picture: blue is positive, orange negative, as everywhere in the window."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from nnstudio.ui.look import theme


def signed_picture(values: NDArray[Any]) -> QImage:
    """A point for each value (height, width), the strongest in full colour; what is no number is left blank."""
    colors = theme.colors()
    ground, positive, negative = (
        np.array(theme.rgb(one), float) for one in (colors.surface, colors.positive, colors.negative)
    )
    values = np.nan_to_num(values)
    share = (np.abs(values) / max(float(np.abs(values).max()), 1e-12))[..., None]
    pixels = ground + (np.where(values[..., None] >= 0, positive, negative) - ground) * share
    height, width = values.shape
    content = np.ascontiguousarray(pixels.astype(np.uint8)).tobytes()
    return QImage(content, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
