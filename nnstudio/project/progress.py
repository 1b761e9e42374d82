"""How far the reading or writing of a file has come, and whether it is still wanted; shared by two threads."""

from nnstudio.text import UserError
from nnstudio.text import translate as _


class FileProgress:
    """`share` goes from 0 to 1."""

    def __init__(self) -> None:
        self.share = 0.0
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True

    def reached(self, share: float) -> None:
        """So much is done. UserError when no more is wanted."""
        self.share = share
        if self.is_cancelled:
            raise UserError(_("It was cancelled; everything is as it was."))
