"""What happens while a study is run, and how it is stopped. No torch: the window holds these too."""

from collections.abc import Mapping
from dataclasses import dataclass

from nnstudio.layers.spec import Value
from nnstudio.project.model import Run
from nnstudio.training.control import Control, Mode


@dataclass(frozen=True)
class SettingBegun:
    """A setting whose seeds are trained from now on."""

    setting: int
    values: Mapping[str, Value]


@dataclass(frozen=True)
class EpochsDone:
    """So many epochs, of all trials together, were trained since the last event of this kind."""

    count: int


@dataclass(frozen=True)
class SettingDone:
    """The trials of a setting: ended, or given up for others."""

    setting: int
    runs: tuple[Run, ...]


Event = SettingBegun | EpochsDone | SettingDone


class StudyControl:
    """Stops a study, from another thread or a signal handler: what is under way is given up and trained again later."""

    def __init__(self) -> None:
        self.is_stopped = False
        self._training = Control()

    def training(self) -> Control:
        """The control of the next training."""
        self._training = Control()
        if self.is_stopped:
            self._training.command(Mode.STOP)
        return self._training

    def stop(self) -> None:
        self.is_stopped = True
        self._training.command(Mode.STOP)
