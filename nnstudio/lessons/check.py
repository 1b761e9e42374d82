"""Plays every step of a lesson without a screen, and says what is dead in it: a name that is gone, a goal that cannot
be met, a number of a run that is another now."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from nnstudio.data.dataset import Dataset, load
from nnstudio.lessons.anchors import barred, dead_names, runs_needed
from nnstudio.lessons.conditions import Situation, goal_text, holds, with_settings
from nnstudio.lessons.measures import CHANGING, PREDICTED, at, measured, names_in, numbers, shown, variant_of
from nnstudio.lessons.meeting import met_project, toward
from nnstudio.lessons.model import (
    CommandDone,
    Lesson,
    Number,
    Order,
    SettingAtLeast,
    SettingDiffers,
    SettingIs,
    Star,
    Step,
    ViewOpen,
    Words,
)
from nnstudio.lessons.starting import started
from nnstudio.project import edits
from nnstudio.project.model import DataChoice, Project, Run
from nnstudio.project.shapes import all_problems
from nnstudio.text import LANGUAGES, UserError
from nnstudio.text import translate as _
from nnstudio.training.control import Control
from nnstudio.training.curves import Curves
from nnstudio.training.session import Trained, train

Problem = dict[str, str]
SETTINGS = SettingIs | SettingAtLeast | SettingDiffers


@dataclass
class Play:
    """A lesson being played: the project so far, and the data read for it. `control` can stop what is trained."""

    project: Project = field(default_factory=Project)
    data: dict[DataChoice, Dataset] = field(default_factory=dict)
    control: Control = field(default_factory=Control)

    def dataset(self, project: Project) -> Dataset:
        if project.data not in self.data:
            self.data[project.data] = load(project.data, project.files)
        return self.data[project.data]

    def with_facts(self, project: Project) -> Project:
        """The project with what is found in its data."""
        dataset = self.dataset(project)
        return edits.set_facts(project, project.data, dataset.facts, dataset.files)


def played(lesson: Lesson, languages: Iterable[str] = LANGUAGES) -> list[Problem]:
    """What is dead in a lesson, each with the step and what is wrong there; nothing for one that is whole."""
    return [problem for found in played_by_step(lesson, languages, Control()) for problem in found]


def played_by_step(lesson: Lesson, languages: Iterable[str], control: Control) -> Iterator[list[Problem]]:
    """The same step by step, so that one can say how far it is. Every text is to be there in each of the languages."""
    play, missing = Play(control=control), missing_texts(lesson, tuple(languages))
    for step in lesson.steps:
        found: list[Problem] = []
        try:
            found.extend({"step": step.id, "message": message} for message in played_step(step, play))
        except UserError as mistake:
            found.append({"step": step.id, "message": str(mistake)})
        first = step is lesson.steps[0]  # with what is said of the whole lesson
        yield found + [one for one in missing if one["step"] == step.id or (first and not one["step"])]


def missing_texts(lesson: Lesson, languages: Iterable[str] = LANGUAGES) -> list[Problem]:
    """The languages in which a text of the lesson is not there, or tells other numbers than in another language."""
    texts = {"": [lesson.title, lesson.summary]} | {step.id: texts_of(step) for step in lesson.steps}
    missing = _("there is no text in “{language}”.")
    differing = _("its text in “{language}” does not tell all the numbers that another language does.")
    return [
        {"step": place, "message": said.format(language=code)}
        for place, all_words in texts.items()
        for code in languages
        for said, is_so in (
            (missing, any(words and code not in words for words in all_words)),
            (
                differing,
                any(names_in(words) != names_in({code: words.get(code, "")}) for words in told(all_words, code)),
            ),
        )
        if is_so
    ]


def told(all_words: list[Words], code: str) -> list[Words]:
    """Those of the texts that are there in a language."""
    return [words for words in all_words if code in words]


def texts_of(step: Step) -> list[Words]:
    """Every text of a step."""
    texts = [step.title, step.text, step.hint, step.reveal, step.notes, *(one.text for one in step.warn)]
    match step.ask:
        case Order(curves=curves):
            texts += [one.text for one in curves]
        case other if other is not None and hasattr(other, "options"):
            texts += [one.text for one in other.options]
    return texts


def played_step(step: Step, play: Play) -> Iterator[str]:
    """Do what a step asks for, and say what does not come about. UserError for what cannot be done at all."""
    before = play.with_facts(started(step.start, play.project))
    yield from barred(step)
    if step.goal and all(holds(one, Situation(before, before)) for one in step.goal):
        yield _("its goal is met before anything is done.")
    project = play.with_facts(met_project(step, before))
    yield from dead_names(step, before, project)
    yield from warnings_of(step, project)
    runs, curves = runs_of(step, project, play)
    for run in runs:
        project = edits.add_run(project, replace(run, id=edits.free_run_id(project)))
    ended = project.runs[len(before.runs) :]
    commands, views = frozenset(asked(step, CommandDone)), frozenset(asked(step, ViewOpen))
    found = Situation(before, project, commands, views, ended, len(project.runs))
    for condition in step.goal:
        if not holds(condition, found):
            yield _("its goal cannot be met: {goal}.").format(goal=goal_text(condition, project, str))
    newest = ended[-1] if ended else (project.runs[-1] if project.runs else None)
    yield from numbers_of(step, project, newest, curves)
    play.project = project


def asked(step: Step, kind: type[CommandDone] | type[ViewOpen]) -> list[str]:
    """The commands, or views, that a step asks for; that they are in the window is known by their names."""
    return [str(getattr(one, one.__struct_fields__[0])) for one in step.goal if isinstance(one, kind)]


def runs_of(step: Step, project: Project, play: Play) -> tuple[list[Run], dict[str, Run]]:
    """The runs that a step needs, and those of them that are curves to put in order. Where it needs several that are
    not, each is from another seed. UserError for a network that cannot be trained."""
    times, curves = runs_needed(step, len(project.runs)), dict[str, Run]()
    if times and (problems := all_problems(project)):
        raise UserError(problems[0].message)
    if isinstance(step.ask, Order):
        curves = {one.id: trained(with_settings(project, one.settings), play) for one in step.ask.curves}
    runs, seed = list(curves.values()), project.training.seed
    for number in range(len(runs), times):
        runs.append(trained(edits.set_training(project, seed=seed + number), play))
    return runs, curves


def trained(project: Project, play: Play) -> Run:
    """The run that a project gives. UserError where it cannot be trained."""
    for event in train(project, play.dataset(project), play.control, Curves()):
        if isinstance(event, Trained):
            return event.run
    raise UserError(_("Nothing was trained."))


def warnings_of(step: Step, project: Project) -> Iterator[str]:
    """What a step warns of must be something that can come about, and that one click puts right."""
    for one in step.warn:
        wrong = project
        for condition in one.when:
            wrong = toward(condition, wrong)
        settings = [condition for condition in one.when if isinstance(condition, SETTINGS)]
        if not all(holds(condition, Situation(project, wrong)) for condition in settings):
            yield _("what it warns of cannot come about.")
        mended = with_settings(wrong, one.repair)
        if one.repair and all(holds(condition, Situation(project, mended)) for condition in one.when):
            yield _("what it warns of is still there when it was put right.")


def numbers_of(step: Step, project: Project, run: Run | None, curves: dict[str, Run]) -> Iterator[str]:
    """The numbers that a step asks for, expects and tells."""
    number = numbers(project, run, curves)
    match step.ask:
        case Number(measure=measure) if measure:
            found = number(measure)
            if not step.ask.lowest <= found <= step.ask.highest:
                yield _("what it asks for, {measure} = {value}, is not between its bounds.").format(
                    measure=measure, value=shown(found)
                )
        case Order():
            ends = [measured(step.ask.measure, at(project, one), one) for one in curves.values()]
            if len(set(ends)) < len(ends):
                yield _("its curves have no order by {measure}.").format(measure=step.ask.measure)
        case Star() if run is None or run.best_epoch is None:
            yield _("there is no best epoch.")
    for one in step.expect:
        found = number(one.measure)
        if not abs(found - one.value) <= one.tolerance:
            yield _("{measure} is {found}; the lesson relies on {value}.").format(
                measure=one.measure, found=f"{found:.6g}", value=f"{one.value:.6g}"
            )
    told = {name for words in texts_of(step) for name in names_in(words)} - {PREDICTED}
    for name in sorted(told):
        if not math.isfinite(number(name)):
            yield _("its text tells {measure}, which there is not.").format(measure=name)
        if variant_of(name)[0] in CHANGING:
            yield _("its text tells {measure}, which is another each time.").format(measure=name)
