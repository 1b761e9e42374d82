"""A finished run from Python: its module, its curve, its answers to new rows, and how it does on parts of its data."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import msgspec

from nnstudio.data.new_rows import columns_for, read_new_rows
from nnstudio.data.reader import Reader
from nnstudio.data.run_rows import load_run_part
from nnstudio.library import frames
from nnstudio.library.remarks import remark
from nnstudio.library.state import State
from nnstudio.project import openings
from nnstudio.project.archive import is_path
from nnstudio.project.files import check_writable
from nnstudio.project.model import EpochMetrics
from nnstudio.project.model import Run as RunValue
from nnstudio.project.opening_file import write_opening
from nnstudio.project.preparation import Preparation
from nnstudio.project.test_seal import TestResult
from nnstudio.text import UserError
from nnstudio.text import translate as _

if TYPE_CHECKING:
    import os

    import narwhals.stable.v2 as nw
    import torch
    from narwhals.stable.v2.typing import IntoDataFrame

    from nnstudio.data.columns import Columns
    from nnstudio.library.frames import Array, Rows
    from nnstudio.training.inference import Measures

    FrameT = TypeVar("FrameT", bound="IntoDataFrame | nw.DataFrame[Any]")

PARTS = ("train", "validation", "test")


class Run:
    """One training of a project: what came of it does not change any more.

    It comes from `Project.runs` or `Project.train`.
    """

    def __init__(self, state: State, value: RunValue) -> None:
        self._state = state
        self._value = value

    @property
    def value(self) -> RunValue:
        """All that the project keeps of it, frozen."""
        # As it is there now: where its data lies is told from the project's file, and openings come to it.
        named = (self._value.id, self._value.created)
        return next((run for run in self._state.value.runs if (run.id, run.created) == named), self._value)

    def __repr__(self) -> str:
        return f"<nnstudio.Run {self.id}: {self.epochs} epochs, {self.stop_reason}>"

    # --- what it is -------------------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """Its name in the project, as `run-3`."""
        return self._value.id

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of training it was made with, by name: `project.train(**run.settings)` takes them again."""
        settings: dict[str, Any] = msgspec.to_builtins(self.value.training)
        return settings

    @property
    def stop_reason(self) -> str:
        """Why it ended: `patience`, `epochs`, `user`, `diverged`, `interrupted`, `failed` or `pruned`."""
        return self.value.stop_reason

    @property
    def epochs(self) -> int:
        """How many epochs are complete."""
        return self.value.epochs_run

    @property
    def best_epoch(self) -> int | None:
        """The best epoch in what early stopping follows, counted from 1; None without a validation part."""
        return self.value.best_epoch

    @property
    def preparation(self) -> Preparation:
        """How rows become numbers: each column's kind, mean, deviation, words and filling, and the classes in the order
        of the outputs."""
        return self.value.preparation

    @property
    def history(self) -> "nw.DataFrame[Any]":
        """The curve as a data frame of narwhals (over polars; `.to_pandas()`, `.to_native()`), one row an epoch.

        `epoch` counts from 1; `train_loss` is the mean over the epoch's batches as trained, with dropout acting;
        `validation_loss` that of a full pass at the epoch's end. Accuracies are shares from 0 to 1. Columns that this
        run has not are left out.

        >>> import nnstudio
        >>> run = nnstudio.new("builtin:iris", layers="dense:out").train(epochs=2)
        >>> run.history["epoch"].to_list()
        [1, 2]
        """
        import narwhals.stable.v2 as nw
        import polars

        history = self.value.history
        columns = {name: getattr(history, name) for name in EpochMetrics.__struct_fields__}
        table = polars.DataFrame({name: values for name, values in columns.items() if values or name == "epoch"})
        return nw.from_native(table, eager_only=True)

    # --- its network ------------------------------------------------------------------------------------------------

    def module(self) -> "torch.nn.Module":
        """The drawn network as a new module of PyTorch with the weights of this run, on the CPU, in evaluation mode.

        It takes what `prepare` gives, `(n, *sample_shape)`, and gives what the drawing's last layer gives, (n,
        outputs): probabilities where that is a softmax or a sigmoid, logits where it is dense. A value is in the
        scaled units of training: times `preparation.target_scale` plus `preparation.target_mean` it is in its own.
        Parameters are called `LAYER.weight` by the ids of the drawing, and can be trained further. UserError where
        the run was kept without its weights.

        >>> import nnstudio
        >>> run = nnstudio.new("builtin:iris", layers="dense:8,relu,dense:out").train(epochs=1)
        >>> [tuple(one.shape) for one in run.module().parameters()]
        [(8, 4), (8,), (3, 8), (3,)]
        """
        from nnstudio.training.inference import module_of

        return module_of(self.value)

    @property
    def weights(self) -> "dict[str, torch.Tensor]":
        """The parameters and buffers by name, as `module().load_state_dict` takes them."""
        return dict(self.module().state_dict())

    def prepare(self, rows: "Rows") -> "torch.Tensor":
        """Rows as the module takes them, `(n, *sample_shape)`: filled, encoded and scaled as this run's were, in
        float32; of a text in its order the numbers of its words, in int64.

        Columns are found by their names and others are left out; an array (n, k) is taken by the places of the
        columns. UserError for rows that have not the columns that were learnt from.
        """
        from nnstudio.training.inference import samples_of

        return samples_of(self._columns(rows), self.preparation)

    @overload
    def predict(self, rows: "str | os.PathLike[str] | Array") -> "nw.DataFrame[Any]": ...
    @overload
    def predict(self, rows: "FrameT") -> "FrameT": ...
    def predict(self, rows: Any) -> Any:
        """The answer for each row, in the order of the rows, as a data frame of the library that the rows came in; for
        a path or an array, of narwhals.

        `prediction` is the class in the target's own words, or the value in its own units; `p(CLASS)` is the
        probability of each class; `remark` says what is odd about a row ("" for nothing: words never seen in training,
        cells that were missing, numbers outside the range of training). Then come the columns of the row itself.
        """
        from nnstudio.training.inference import predict_rows, restore

        return frames.like(predict_rows(restore(self.value), self._columns(rows)), rows)

    def _columns(self, rows: Any) -> "Columns":
        """Rows that the network is asked about, read as the training rows were."""
        value = self.value
        if frames.is_named(rows):
            name = str(rows)
            raw = read_new_rows(str(Path(name).absolute()) if is_path(name) else name, value, self._state.reader())
        else:
            needs_array = any(column.count > 1 for column in self.preparation.columns)
            file = frames.rows_file(rows, self.preparation.needed, needs_array)
            # Beside the run's own data, as where it lies itself when it is the same.
            beside = str(Path(value.data.source).with_name(Path(file.source).name))
            raw = read_new_rows(beside, value, Reader([msgspec.structs.replace(file, source=beside)]))
        remark(raw.notes)
        return columns_for(raw, self.preparation)

    # --- how it does ------------------------------------------------------------------------------------------------

    def evaluate(self, split: str = "validation") -> "Measures":
        """The loss on a part of its data, `validation` or `train`; with it accuracy, balanced accuracy, confusion
        matrix (rows: true class) and baseline, or R² of a value.

        The test part is sealed, and asking for it a UserError: `open_test_set` opens it. Once its seal is lifted, since
        the data is public, `test` can be asked for here.

        >>> import nnstudio
        >>> run = nnstudio.new("builtin:iris", layers="dense:out").train(epochs=2)
        >>> run.evaluate().samples
        30
        """
        from nnstudio.training.inference import measure, restore

        if split not in PARTS:
            words = _("There is no part “{part}” of the data. There are: {known}.")
            raise UserError(words.format(part=str(split)[:40], known=", ".join(PARTS)))
        if split == "test" and openings.is_sealed(self._state.value, self.value.data):
            raise UserError(
                _(
                    "The test set is sealed. Choose by the validation part; in the end open it, once: "
                    "run.open_test_set(expect=…) says what comes out, and writes that down in the project."
                )
            )
        notes = list[str]()
        samples = load_run_part(self.value, split, self._state.reader(), notes)
        remark(notes)
        return measure(restore(self.value), samples)

    def open_test_set(self, expect: str = "") -> TestResult:
        """Open the sealed test set for this run: its loss, accuracy with a 95 % interval (`low` to `high`) or R², and
        the baseline.

        The opening is counted, and written into the project's file with what was expected before the numbers are given.
        UserError where the project is in no file yet, where that cannot be written, and where there is no test part.
        """
        from nnstudio.training.test_opening import measured_on_test

        state, notes = self._state, list[str]()
        if len(expect) > openings.LONGEST_EXPECTED:
            words = _("What you expect can have at most {limit} characters.")
            raise UserError(words.format(limit=openings.LONGEST_EXPECTED))
        is_sealed = openings.is_sealed(state.value, self.value.data)
        if is_sealed and state.path is None:
            raise UserError(_("Save the project first: opening the test set is written down in its file."))
        if is_sealed and state.path is not None:
            check_writable(state.path)
        result = measured_on_test(self.value, self._state.reader(), notes)
        remark(notes)
        if is_sealed and state.path is not None:
            opening = openings.new_opening(self.value, expect, result)
            write_opening(state.path, opening)
            state.value = openings.with_opening(state.value, opening)
        return result
