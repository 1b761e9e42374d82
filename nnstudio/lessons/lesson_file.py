"""NAME.lesson.json: read strictly, checked all through, written; and the lessons that come with the program.

A lesson is data alone. What it names in the program (settings, layers, commands, things of the window) is checked when
it is read, so that one which names what is gone says so at once.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from nnstudio import paths
from nnstudio.layers.catalogue import layer_type
from nnstudio.lessons import names
from nnstudio.lessons.conditions import GROUPS
from nnstudio.lessons.measures import CHANGING, PREDICTED, check_measure, names_in, variant_of
from nnstudio.lessons.model import (
    Choice,
    CommandDone,
    Condition,
    LayerCount,
    LayerThere,
    Lesson,
    MeasureBelow,
    Number,
    Order,
    SettingAtLeast,
    SettingDiffers,
    SettingIs,
    Sketch,
    Step,
    TestOpenedAtMost,
    ViewOpen,
    Words,
)
from nnstudio.project.files import file_error, files_in, write_whole
from nnstudio.project.strict_json import strictly_read, type_text
from nnstudio.text import LANGUAGES, UserError
from nnstudio.text import translate as _

SUFFIX = ".lesson.json"
FORMAT = 1
MOST_BYTES = 2**22
MOST_STEPS, MOST_OPTIONS, MOST_COUNTED = 60, 12, 50
MOST_MINUTES = 600
LONGEST_TEXT, LONGEST_REST = 200, 2000
SKETCHED = ("validation_loss", "train_loss")


def read_lesson(path: Path) -> Lesson:
    """The lesson in a file. UserError in words for anything else."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise file_error(error, path, reading=True) from None
    if size > MOST_BYTES:
        raise UserError(
            _("“{file}” is larger than a lesson can be ({limit} MB).").format(file=path.name, limit=MOST_BYTES >> 20)
        )
    raw = strictly_read(content, path)
    version = raw.pop("format", None)
    if type(version) is not int or version < 1:
        raise UserError(_("“{file}” is no lesson: it names no format.").format(file=path.name))
    if version > FORMAT:
        raise UserError(
            _(
                "“{file}” was made by a newer nnstudio (format {found}). This version reads up to format "
                "{known}. Update nnstudio."
            ).format(file=path.name, found=version, known=FORMAT)
        )
    try:
        lesson = msgspec.convert(raw, Lesson)
    except msgspec.ValidationError as error:
        raise UserError(
            _("The lesson in “{file}” is not valid: {reason}").format(file=path.name, reason=type_text(error))
        ) from None
    check_lesson(lesson, path)
    return lesson


def write_lesson(lesson: Lesson, path: Path) -> None:
    """Write a lesson whole, or leave what was there. UserError where it cannot be written, or is none."""
    check_lesson(lesson, path)
    content = {"format": FORMAT, **msgspec.to_builtins(lesson)}
    write_whole(path, msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


# --- what a lesson must be ------------------------------------------------------------------------------------------


def check_lesson(lesson: Lesson, path: Path) -> None:
    """UserError for the first thing in a lesson that cannot be, with the step that it stands in."""

    def wrong(where: str, reason: str) -> UserError:
        return UserError(_("“{file}”, {where}: {reason}").format(file=path.name, where=where, reason=reason))

    if not 1 <= len(lesson.steps) <= MOST_STEPS:
        raise wrong("steps", _("a lesson has from 1 to {most} steps.").format(most=MOST_STEPS))
    ids = [step.id for step in lesson.steps]
    for where, words in (("title", lesson.title), ("summary", lesson.summary)):
        if (words or where == "title") and (problem := words_problem(words, LONGEST_TEXT)):
            raise wrong(where, problem)
    if not 1 <= lesson.minutes <= MOST_MINUTES:
        raise wrong("minutes", _("a lesson takes from 1 to {most} minutes.").format(most=MOST_MINUTES))
    for place, step in enumerate(lesson.steps, 1):
        where = _("step {number} (“{id}”)").format(number=place, id=step.id[:60])
        if not step.id or ids.count(step.id) > 1:
            raise wrong(where, _("each step needs an id of its own."))
        for problem in step_problems(step):
            raise wrong(where, problem)


def step_problems(step: Step) -> Iterator[str]:
    """What is wrong with a step, in words."""
    for name, words, longest in (
        ("title", step.title, LONGEST_TEXT),
        ("text", step.text, LONGEST_TEXT),
        ("hint", step.hint, LONGEST_REST),
        ("reveal", step.reveal, LONGEST_REST),
        ("notes", step.notes, LONGEST_REST),
        *(("warn", one.text, LONGEST_TEXT) for one in step.warn),
    ):
        if words or name in ("title", "text", "warn"):
            problem = words_problem(words, longest)
            if problem:
                yield f"{name}: {problem}"
    for condition in (*step.goal, *(one for warn in step.warn for one in warn.when)):
        yield from condition_problems(condition)
    yield from ask_problems(step)
    for name in step.show:
        if name not in names.VIEWS:
            yield _("“{name}” is nothing that can be shown.").format(name=name[:60])
    for name in step.allow:
        if name not in names.COMMANDS:
            yield _("“{name}” is no command that a lesson can allow.").format(name=name[:60])
    if step.point and not is_anchor(step.point):
        yield _("“{name}” is nothing that can be pointed at.").format(name=step.point[:60])
    if step.start and step.start.epoch < 0:
        yield _("a step begins at epoch 0 or later.")
    for one in step.expect:
        yield from measure_problems(variant_of(one.measure)[0])
    for key in (*step.do, *(step.start.settings if step.start else {}), *(k for one in step.warn for k in one.repair)):
        yield from setting_problems(key)


def words_problem(words: Words, longest: int) -> str:
    """What is wrong with a text by language, "" for nothing."""
    if not words:
        return _("there is no text.")
    for code, text in words.items():
        if code not in LANGUAGES:
            return _("“{code}” is no language of nnstudio: {known}.").format(code=code[:20], known=", ".join(LANGUAGES))
        if not text.strip() or len(text) > longest:
            return _("a text has from 1 to {most} characters; the one in “{code}” has {found}.").format(
                most=longest, code=code, found=len(text)
            )
    for name in names_in(words) - {PREDICTED}:
        try:
            check_measure(variant_of(name)[0])
        except UserError as mistake:
            return str(mistake)
    return ""


def ask_problems(step: Step) -> Iterator[str]:
    match step.ask:
        case Choice(options=options):
            yield from options_problems([one.id for one in options], [one.text for one in options])
            if step.ask.answer and step.ask.answer not in [one.id for one in options]:
                yield _("“{name}” is none of the answers.").format(name=step.ask.answer[:60])
        case Order(curves=curves):
            yield from options_problems([one.id for one in curves], [one.text for one in curves])
            yield from measure_problems(step.ask.measure)
            for key in (key for one in curves for key in one.settings):
                yield from setting_problems(key)
        case Number():
            if not step.ask.lowest < step.ask.highest or step.ask.tolerance < 0:
                yield _("a number is asked for between two bounds, with a tolerance of 0 or more.")
            if bool(step.ask.measure) == (step.ask.answer is not None):
                yield _("a number that is asked for has either a measure or an answer.")
            if step.ask.answer is not None and not step.ask.lowest <= step.ask.answer <= step.ask.highest:
                yield _("the answer to a number lies between its bounds.")
            if step.ask.measure:
                yield from measure_problems(step.ask.measure)
        case Sketch():
            if step.ask.measure not in SKETCHED:
                yield _("only these curves can be sketched: {known}.").format(known=", ".join(SKETCHED))


def options_problems(ids: list[str], texts: list[Words]) -> Iterator[str]:
    if not 2 <= len(ids) <= MOST_OPTIONS or len(set(ids)) < len(ids) or not all(ids):
        yield _("a question has from 2 to {most} answers, each with an id of its own.").format(most=MOST_OPTIONS)
    for words in texts:
        if problem := words_problem(words, LONGEST_TEXT):
            yield problem


def condition_problems(condition: Condition) -> Iterator[str]:
    match condition:
        case CommandDone(command=name):
            if name not in names.COMMANDS:
                yield _("“{name}” is no command that a lesson can ask for.").format(name=name[:60])
        case ViewOpen(view=name):
            if name not in names.VIEWS:
                yield _("“{name}” is nothing that can be shown.").format(name=name[:60])
        case SettingIs(setting=key) | SettingAtLeast(setting=key) | SettingDiffers(setting=key):
            yield from setting_problems(key)
        case LayerThere(layer=name) | LayerCount(layer=name):
            try:
                layer_type(name)
            except UserError as mistake:
                yield str(mistake)
        case MeasureBelow(measure=name):
            yield from measure_problems(name)
    count = getattr(condition, "count", 1)
    if not (0 if isinstance(condition, LayerCount | TestOpenedAtMost) else 1) <= count <= MOST_COUNTED:
        yield _("what is counted is from 1 to {most}.").format(most=MOST_COUNTED)


def setting_problems(key: str) -> Iterator[str]:
    """A setting of data or training must be there; whether a layer is there, only the project knows."""
    group, dot, name = key.partition(".")
    if not dot or (group in GROUPS and name not in {one.name for one in GROUPS[group]}):
        yield _("“{key}” is no setting.").format(key=key[:60])


def measure_problems(name: str) -> Iterator[str]:
    try:
        check_measure(name)
    except UserError as mistake:
        yield str(mistake)
    if name in CHANGING:
        yield _("“{name}” is another each time: no lesson can rely on it.").format(name=name)


def is_anchor(name: str) -> bool:
    return name in (*names.ANCHORS, *names.FIELDS, *names.COMMANDS) or name.startswith(names.LAYER)


# --- the lessons there are ------------------------------------------------------------------------------------------


def lesson_id(path: Path) -> str:
    """What a lesson is called by its file."""
    return path.name.removesuffix(SUFFIX)


def shipped() -> list[Path]:
    """The lessons that come with the program, in their order."""
    return files_in(paths.lessons(), f"*{SUFFIX}")
