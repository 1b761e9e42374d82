"""The editing machine leaves nothing behind either."""

from tests.ui.conftest import nothing_is_left

__all__ = ["nothing_is_left"]
