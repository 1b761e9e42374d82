"""A project from Python: opened or begun, trained, looked at and saved. It is the very project of the window."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from nnstudio.library import frames
from nnstudio.library.run import Run
from nnstudio.library.state import State
from nnstudio.library.training import Epoch, checked, read, trained, with_settings
from nnstudio.project import archive, edits, openings
from nnstudio.project.given_data import named_beside
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import DataFile
from nnstudio.project.model import Project as ProjectValue
from nnstudio.project.opening_file import openings_in
from nnstudio.project.outside_data import refused_sources, remember
from nnstudio.project.shapes import all_problems
from nnstudio.project.test_seal import Opening, TestResult
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import os

    from nnstudio.library.frames import Rows, Samples
    from nnstudio.training.inference import Measures


class Project:
    """A project: network, data, settings and runs. `nnstudio.open` and `nnstudio.new` make one.

    It holds one frozen value, which a training replaces by another: nothing in the file changes before `save`, but that
    an opening of the test set is written at once. Not to be used from several threads at a time.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def value(self) -> ProjectValue:
        """All that is in it, frozen: what the window and the file have."""
        return self._state.value

    @property
    def path(self) -> Path | None:
        """Its file; None before it was saved."""
        return self._state.path

    def __repr__(self) -> str:
        name = self.path.name if self.path else "unsaved"
        return f"<nnstudio.Project {name}: {len(self.value.network.layers)} layers, {len(self.value.runs)} runs>"

    # --- what is in it ----------------------------------------------------------------------------------------------

    @property
    def runs(self) -> tuple[Run, ...]:
        """Its runs, the newest last."""
        return tuple(Run(self._state, value) for value in self.value.runs)

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of training that the next run has, by name."""
        settings: dict[str, Any] = msgspec.to_builtins(self.value.training)
        return settings

    @property
    def problems(self) -> tuple[str, ...]:
        """What keeps it from being trained, in words."""
        return tuple(one.message for one in all_problems(self.value))

    @property
    def notes(self) -> tuple[str, ...]:
        """All that was found in the data and done to it, in words; nothing before it is read."""
        return self.value.facts.notes if self.value.facts else ()

    @property
    def openings(self) -> tuple[Opening, ...]:
        """Every opening of the test set, with what was expected and what came out."""
        return openings.opened(self.value)

    # --- trained ----------------------------------------------------------------------------------------------------

    def train(
        self,
        *,
        data: Mapping[str, object] | None = None,
        on_epoch: Callable[[Epoch], object] | None = None,
        progress: bool = False,
        **settings: object,
    ) -> Run:
        """Train it, and add the run to it.

        Settings are those of training by name, `learning_rate=0.01`, and of the data, `data={"validation": 0.3}`; they
        stay in the project. `on_epoch` hears of each epoch, and ends the training where it returns True. `progress`
        shows a bar on standard error. Ctrl-C, or the notebook's stop button, ends it after the batch: what was learnt
        is the newest of `runs`, and KeyboardInterrupt goes on from here.

        UserError for a setting that is none or out of range, for data that cannot be used and for a network that cannot
        be trained; the project stays as it was. A training that diverges gives its last sound weights, `diverged` as
        its reason, and a `Remark`.

        >>> import nnstudio
        >>> project = nnstudio.new("builtin:iris", layers="dense:8,relu,dense:out")
        >>> run = project.train(epochs=3, learning_rate=0.01, on_epoch=lambda epoch: epoch.number == 2)
        >>> run.epochs, run.stop_reason
        (2, 'user')
        """
        found, dataset = read(with_settings(self.value, data or {}, settings), self._state.refused)
        value, is_interrupted = trained(checked(found), dataset, on_epoch, progress)
        self._state.value = edits.add_run(found, value)
        if is_interrupted:
            raise KeyboardInterrupt
        return Run(self._state, value)

    # --- its newest run ---------------------------------------------------------------------------------------------

    def newest(self) -> Run:
        """The newest run that was asked for, and none that was trained beside it to be compared. UserError for none."""
        asked_for = [run for run in self.runs if not run.value.is_companion] or list(self.runs)
        if not asked_for:
            raise UserError(_("The project holds no trained run yet. Train it first: project.train()."))
        return asked_for[-1]

    def predict(self, rows: "Rows") -> Any:
        """The answers of the newest run, as `Run.predict` gives them."""
        return self.newest().predict(rows)

    def evaluate(self, split: str = "validation") -> "Measures":
        """How the newest run does on a part of its data, as `Run.evaluate` says."""
        return self.newest().evaluate(split)

    def open_test_set(self, expect: str = "") -> TestResult:
        """Open the sealed test set for the newest run, as `Run.open_test_set` says; it is counted."""
        return self.newest().open_test_set(expect)

    # --- saved ------------------------------------------------------------------------------------------------------

    def save(self, path: "str | os.PathLike[str] | None" = None) -> Path:
        """Write the project file whole, its own one when no path is given; what was there is kept beside it as .bak.

        The window and the command line open it. UserError where it cannot be written, which leaves all as it was.
        """
        target = self.path if path is None else Path(path)
        if target is None:
            raise UserError(_('The project is in no file yet. Give a path: project.save("NAME.nnstudio").'))
        if target.suffix != archive.SUFFIX:
            words = _("A project file's name ends in {suffix}; found “{name}”.")
            raise UserError(words.format(suffix=archive.SUFFIX, name=target.name))
        moved = named_beside(self.value, target.resolve().parent)
        value = archive.with_paths(self.value, lambda source: moved.get(source, source))
        if target == self.path:
            value = openings.with_openings(value, openings_in(target))
        archive.save(value, target, archive.thumbnail_of(target))
        remember(value, target, self._state.refused)
        self._state.value, self._state.path = value, target
        return target


def open(path: "str | os.PathLike[str]", *, allow_data: bool = False) -> Project:
    """The project in a file. UserError where there is none, or no sound one.

    Data outside the folder of the project is read only where it was chosen on this computer, or with `allow_data`.
    """
    file = Path(path)
    value = archive.open_project(file)
    return Project(State(value, file, frozenset() if allow_data else refused_sources(value, file)))


def new(
    source: "Samples",
    target: str = "",
    *,
    layers: str | Sequence[str],
    test: "Samples | None" = None,
    data: Mapping[str, object] | None = None,
    **settings: object,
) -> Project:
    """A new project for this data.

    `source` is a data frame (polars, pandas, pyarrow or another that narwhals knows; its index is left out), samples
    and targets as arrays `(X, y)`, (n, …) and (n,), or a path or the name of a source, as on the command line. What is
    in no file goes into the project, up to 4 MiB as a compressed file. `target` is the column to be told, by its name
    or its number from 1; the last when left out. `layers` is as on the command line, `"dense:128,relu,dense:out"`, or a
    list of its entries: `out` stands for as many units as the data needs, and the input layer comes by itself. `test`
    is data of its own as the test part; otherwise a share is kept apart. `data` and the other settings are those of
    `Project.train`.

    UserError in words for data, layers or settings that cannot be used.

    >>> import nnstudio, polars
    >>> frame = polars.DataFrame({"x": [0.0, 1.0, 2.0, 3.0] * 5, "side": ["left", "left", "right", "right"] * 5})
    >>> project = nnstudio.new(frame, target="side", layers="dense:out", learning_rate=0.1)
    >>> project
    <nnstudio.Project unsaved: 3 layers, 0 runs>
    """
    named, file = as_source(source)
    named_test, test_file = as_source(test) if test is not None else ("", None)
    value = replace(ProjectValue(), files=tuple(one for one in (file, test_file) if one is not None))
    value = edits.set_data(value, source=named, target=str(target), test_source=named_test)
    value, _dataset = read(with_settings(value, data or {}, settings), frozenset())
    assert value.facts is not None
    entries = layers if isinstance(layers, str) else ",".join(layers)
    return Project(State(checked(with_stack(value, entries, value.facts))))


def as_source(data: Any) -> tuple[str, DataFile | None]:
    """What data is called in a project, and the file of it that is kept inside where it is in none on the disk."""
    if not frames.is_named(data):
        file = frames.training_file(data)
        return file.source, file
    name = str(data)
    return (str(Path(name).absolute()) if archive.is_path(name) else name), None
