"""A lesson as one frozen value: steps that ask first, are done, and are then explained. Nothing here does anything.

Texts are given by language ("en", "es"); where one is missing, the first there is stands in for it. A text may name a
number of the run that was just made, as {best_epoch}: measures.py has them all.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

Words = Mapping[str, str]


class Start(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a step begins: an example or a whole project, another stack of layers, other settings; or a run of the
    lesson so far, looked at after an epoch. `project` is what a project file holds under that name, in `format`."""

    example: str = ""
    project: Mapping[str, Any] | None = None
    format: int = 0
    layers: str = ""
    settings: Mapping[str, str] = {}
    run: str = ""
    epoch: int = 0


# --- what is asked --------------------------------------------------------------------------------------------------


class Option(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of several answers."""

    id: str
    text: Words


class Choice(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="choice"):
    """One of several answers; `answer` is what turns out, said only behind the run. `again` asks once more, behind a
    talk with a neighbour."""

    options: tuple[Option, ...]
    answer: str = ""
    again: bool = False


class Number(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="number"):
    """A number, from `lowest` to `highest`: that of a measure of the run, or `answer` where it follows from the text.
    What lies within `tolerance` of it counts as met."""

    lowest: float
    highest: float
    measure: str = ""
    answer: float | None = None
    tolerance: float = 0.0
    decimals: int = 0
    again: bool = False


class Variant(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of the curves to put in order: the plan of the step with other settings."""

    id: str
    text: Words
    settings: Mapping[str, str]


class Order(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="order"):
    """Curves to put in order by a measure, the smallest first. All are trained side by side."""

    curves: tuple[Variant, ...]
    measure: str = "last_validation_loss"
    again: bool = False


class Star(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="star"):
    """The epoch of the best validation loss: the star is dragged along the plot to where it will stop."""

    tolerance: float = 0.0
    again: bool = False


class Sketch(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="sketch"):
    """A curve drawn with the mouse on the plot of the loss, from the first epoch to the last of the plan."""

    measure: str = "validation_loss"
    again: bool = False


Ask = Choice | Number | Order | Star | Sketch


# --- when a step is done --------------------------------------------------------------------------------------------


class CommandDone(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="command_done"
):
    command: str


class SettingIs(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="setting_is"
):
    """`setting` is a key as the command line has it, or LAYER.PARAMETER."""

    setting: str
    value: str


class SettingAtLeast(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="setting_at_least"
):
    setting: str
    value: float


class SettingDiffers(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="setting_differs"
):
    """Other than when the step began. `example` is a value that does."""

    setting: str
    example: str


class LayerThere(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="layer_there"
):
    """At least `count` layers of a kind."""

    layer: str
    count: int = 1


class LayerCount(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="layer_count"
):
    """Just so many layers of a kind."""

    layer: str
    count: int


class ShapeIs(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="shape"):
    """The layer of this id gives values of this shape."""

    layer: str
    shape: tuple[int, ...]


class RunFinished(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="run_finished"
):
    """So many runs have ended since the step began."""

    count: int = 1


class MeasureBelow(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="measure_below"
):
    """A measure of a run of this step is below `value`."""

    measure: str
    value: float


class RunsCompared(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="runs_compared"
):
    """So many runs lie over each other in the plot of the loss."""

    count: int = 2


class TestOpenedAtMost(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="test_opened_at_most"
):
    """The test set was opened no more than so many times since the step began."""

    __test__ = False  # no test of pytest's

    count: int = 1


class ViewOpen(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type", tag="view_open"):
    """A plot, a panel or a lab is in sight, by its stable name."""

    view: str


Condition = (
    CommandDone
    | SettingIs
    | SettingAtLeast
    | SettingDiffers
    | LayerThere
    | LayerCount
    | ShapeIs
    | RunFinished
    | MeasureBelow
    | RunsCompared
    | TestOpenedAtMost
    | ViewOpen
)


# --- steps and lessons ----------------------------------------------------------------------------------------------


class Warn(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is said while all of `when` holds, and the settings that one click puts right."""

    when: tuple[Condition, ...]
    text: Words
    repair: Mapping[str, str] = {}


class Expected(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A number that the texts rely on, with how far it may be off."""

    measure: str
    value: float
    tolerance: float = 1e-6


class Step(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step: `ask` comes before anything is done, `reveal` when `goal` is met. `do` are settings by which the
    checker meets a goal that does not say how. Of `show` and `allow`, empty means all. `point` is what is ringed."""

    id: str
    title: Words
    text: Words
    hint: Words = {}
    start: Start | None = None
    ask: Ask | None = None
    goal: tuple[Condition, ...] = ()
    warn: tuple[Warn, ...] = ()
    show: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    point: str = ""
    reveal: Words = {}
    notes: Words = {}
    do: Mapping[str, str] = {}
    expect: tuple[Expected, ...] = ()


class Lesson(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole lesson."""

    title: Words
    steps: tuple[Step, ...]
    summary: Words = {}
    minutes: int = 5
