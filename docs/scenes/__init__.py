"""What the pictures of the documentation show, each played on the real window; `docs.grab` plays them."""

from docs.scenes import choosing, first_steps, inside, layers, window
from docs.scenes.registry import SCENES

__all__ = ["SCENES", "choosing", "first_steps", "inside", "layers", "window"]
