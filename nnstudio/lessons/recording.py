"""A lesson that is being made: its steps with the projects they were recorded from, as one value; how it becomes a
lesson, and how a lesson becomes one again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_changes

import msgspec
from msgspec.structs import replace

from nnstudio.lessons.conditions import with_settings
from nnstudio.lessons.lesson_file import LONGEST_REST, LONGEST_TEXT, ask_problems, step_problems, words_problem
from nnstudio.lessons.meeting import met_project
from nnstudio.lessons.model import Choice, Condition, Lesson, Order, RunFinished, Start, Step, Words
from nnstudio.lessons.proposals import Doing, Proposal, proposed
from nnstudio.lessons.starting import started
from nnstudio.project.archive import is_path
from nnstudio.project.model import Project, Run
from nnstudio.project.older_formats import FORMAT
from nnstudio.text import LANGUAGES, UserError
from nnstudio.text import translate as _


@dataclass(frozen=True)
class Draft:
    """A step that is being made. `before` and `after` are the projects as the recording began and ended, None where
    they are not known; `offered` are the goals to choose from, of which those of the step are chosen."""

    step: Step
    before: Project | None = None
    after: Project | None = None
    offered: tuple[Condition, ...] = ()

    @property
    def run(self) -> Run | None:
        """The newest run that was made in it."""
        if self.before is None or self.after is None:
            return None
        made = runs_made(self.before, self.after)
        return made[-1] if made else None


@dataclass(frozen=True)
class Recording:
    """A lesson that is being made. `both` says that every text is typed in two languages."""

    title: Words
    drafts: tuple[Draft, ...] = ()
    summary: Words = field(default_factory=dict)
    minutes: int = 5
    both: bool = False


def runs_made(before: Project, after: Project) -> tuple[Run, ...]:
    """The runs that are in the second project alone."""
    known = {run.id for run in before.runs}
    return tuple(run for run in after.runs if run.id not in known)


# --- starts ---------------------------------------------------------------------------------------------------------


def bare(project: Project) -> Project:
    """The project without what a lesson does not carry: runs, files, predictions, openings of the test set, what was
    found in the data."""
    return replace(project, runs=(), files=(), predictions=(), openings=(), facts=None)


def snapshot(project: Project) -> Start:
    """The start that a lesson holds for a project. UserError where a lesson cannot carry it."""
    refuse_files(project)
    return Start(project=msgspec.to_builtins(bare(project)), format=FORMAT)


def refuse_files(project: Project) -> None:
    """UserError for a project whose data is a file: a lesson is one file, and whoever gets it has not the other."""
    if any(is_path(source) for source in (project.data.source, project.data.test_source)):
        raise UserError(
            _(
                "The data of this project is a file, which a lesson does not carry. Choose data that comes with "
                "nnstudio, a toy problem or drawn points, then record the step."
            )
        )


def same(one: Project, other: Project) -> bool:
    """Whether two projects are the same to a step: where layers stand on the canvas makes no difference."""
    return placed(one) == placed(other)


def placed(project: Project) -> tuple[object, ...]:
    network = project.network
    layers = {layer.id: (layer.type, layer.name, dict(layer.parameters)) for layer in network.layers}
    return layers, network.links, network.notes, network.frames, project.data, project.training


def goes_on(draft: Draft, earlier: Draft) -> bool:
    """Whether a step begins where the step before ends for one who does just what that asks."""
    if draft.before is None or earlier.before is None:
        return draft.before is None
    try:
        return same(met_project(earlier.step, earlier.before), draft.before)
    except UserError:
        return False


def with_starts(drafts: tuple[Draft, ...]) -> tuple[Step, ...]:
    """The steps, each with the start that it needs: none where it goes on from the step before."""
    steps = []
    for place, draft in enumerate(drafts):
        step, before = draft.step, draft.before
        if step.start is None and before is not None and (place == 0 or not goes_on(draft, drafts[place - 1])):
            step = replace(step, start=snapshot(before))
        steps.append(step)
    return tuple(steps)


# --- steps ----------------------------------------------------------------------------------------------------------


def recorded(recording: Recording, doing: Doing) -> Recording:
    """With one more step: what was done becomes its goal."""
    offered = proposed(doing)
    step = Step(free_id(recording), {}, {}, goal=ticked(offered))
    draft = Draft(step, doing.before, doing.after, tuple(one.condition for one in offered))
    return with_changes(recording, drafts=(*recording.drafts, draft))


def recorded_again(recording: Recording, place: int, doing: Doing) -> Recording:
    """With a step that was done anew; its texts stay."""
    offered = proposed(doing)
    old = recording.drafts[place].step
    step = replace(old, start=None, goal=ticked(offered), do={})
    return with_draft(recording, place, Draft(step, doing.before, doing.after, tuple(one.condition for one in offered)))


def ticked(offered: tuple[Proposal, ...]) -> tuple[Condition, ...]:
    return tuple(one.condition for one in offered if one.is_ticked)


def free_id(recording: Recording) -> str:
    taken = {draft.step.id for draft in recording.drafts}
    return next(name for number in range(1, len(taken) + 2) if (name := f"step_{number}") not in taken)


def with_draft(recording: Recording, place: int, draft: Draft) -> Recording:
    drafts = list(recording.drafts)
    drafts[place] = draft
    return with_changes(recording, drafts=tuple(drafts))


def with_step(recording: Recording, place: int, **changes: object) -> Recording:
    """With other values in one of the steps."""
    draft = recording.drafts[place]
    return with_draft(recording, place, with_changes(draft, step=replace(draft.step, **changes)))


def with_goal(recording: Recording, place: int, old: Condition, new: Condition, is_on: bool) -> Recording:
    """With one of the goals offered chosen or not; or another one, which says the same otherwise, in its place."""
    draft = recording.drafts[place]
    offered = tuple(new if one == old else one for one in draft.offered)
    chosen = {*draft.step.goal} - {old} | ({new} if is_on else set())
    step = replace(draft.step, goal=tuple(one for one in offered if one in chosen))
    return with_draft(recording, place, with_changes(draft, step=step, offered=offered))


def without(recording: Recording, place: int) -> Recording:
    return with_changes(recording, drafts=recording.drafts[:place] + recording.drafts[place + 1 :])


def moved(recording: Recording, place: int, to: int) -> Recording:
    """With a step at another place."""
    drafts = list(recording.drafts)
    drafts.insert(to, drafts.pop(place))
    return with_changes(recording, drafts=tuple(drafts))


# --- lessons --------------------------------------------------------------------------------------------------------


def lesson_of(recording: Recording) -> Lesson:
    """The lesson as it would be saved. UserError for a step that begins with what a lesson does not carry."""
    steps = tuple(with_curves(step) for step in with_starts(recording.drafts))
    return Lesson(recording.title, steps, recording.summary, recording.minutes)


def with_curves(step: Step) -> Step:
    """A step that asks for an order trains all of its curves: its goal waits for so many runs."""
    if not isinstance(step.ask, Order):
        return step
    rest = tuple(one for one in step.goal if not isinstance(one, RunFinished))
    return replace(step, goal=(RunFinished(len(step.ask.curves)), *rest))


def opened(lesson: Lesson) -> Recording:
    """A lesson to go on with. Where each step begins and ends is what its start and its goal say."""
    drafts, project = list[Draft](), None
    for step in lesson.steps:
        try:
            before = started(step.start, project or Project()) if step.start or project else None
            project = met_project(step, before) if before is not None else None
        except UserError:
            before = project = None
        drafts.append(Draft(step, before, project, step.goal))
    found = Recording(lesson.title, tuple(drafts), lesson.summary, lesson.minutes)
    return with_changes(found, both=len(languages_of(found)) > 1)


def texts_of(step: Step) -> list[Words]:
    """Every text of a step."""
    texts = [step.title, step.text, step.hint, step.reveal, step.notes, *(one.text for one in step.warn)]
    match step.ask:
        case Choice(options=options):
            texts += [one.text for one in options]
        case Order(curves=curves):
            texts += [one.text for one in curves]
    return texts


def languages_of(recording: Recording) -> list[str]:
    """The languages that anything of it is said in."""
    texts = [recording.title, recording.summary, *(one for draft in recording.drafts for one in texts_of(draft.step))]
    return [code for code in LANGUAGES if any(code in words for words in texts)]


# --- what is wrong --------------------------------------------------------------------------------------------------


def field_problems(draft: Draft) -> Mapping[str, str]:
    """What is wrong with a step, by the field that it belongs to."""
    step = draft.step
    found: dict[str, str] = {}
    texts: tuple[tuple[str, Words, int], ...] = (
        ("title", step.title, LONGEST_TEXT),
        ("text", step.text, LONGEST_TEXT),
        ("hint", step.hint, LONGEST_REST),
        ("reveal", step.reveal, LONGEST_REST),
        ("notes", step.notes, LONGEST_REST),
    )
    for name, words, longest in texts:
        if words or name in ("title", "text"):
            put(found, name, words_problem(words, longest))
    put(found, "ask", too_few(step) or next(ask_problems(step), "") or curves_problem(draft))
    if not found:
        put(found, "goal", next(step_problems(step), ""))
    return found


def too_few(step: Step) -> str:
    """What is said of a question with nothing to choose between, "" for any other."""
    match step.ask:
        case Choice(options=options) if len(options) < 2:
            return _("Type at least two answers, or choose “No question”.")
        case Order(curves=curves) if len(curves) < 2:
            return _("Type at least two values, or choose “No question”.")
    return ""


def curves_problem(draft: Draft) -> str:
    """What keeps one of the curves of a step from being trained, "" for nothing."""
    if isinstance(draft.step.ask, Order) and draft.after is not None:
        for one in draft.step.ask.curves:
            try:
                with_settings(draft.after, one.settings)
            except UserError as mistake:
                return str(mistake)
    return ""


def put(found: dict[str, str], name: str, problem: str) -> None:
    if problem:
        found[name] = problem


def first_problem(recording: Recording) -> tuple[int, str] | None:
    """The place of the first step that something is wrong with, -1 for the lesson itself, and what; None where it can
    be saved."""
    if problem := words_problem(recording.title, LONGEST_TEXT):
        return -1, problem
    if not recording.drafts:
        return -1, _("There is no step yet: record one.")
    for place, draft in enumerate(recording.drafts):
        for problem in field_problems(draft).values():
            return place, problem
    try:
        lesson_of(recording)
    except UserError as mistake:
        return -1, str(mistake)
    return None


def in_words(recording: Recording, called: Callable[[Words], str]) -> list[str]:
    """What the steps are called in a list."""
    return [called(draft.step.title) or _("(no title yet)") for draft in recording.drafts]
