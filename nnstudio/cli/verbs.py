"""The verbs that work on a project: each takes the parsed options and gives an answer for --json and an exit status."""

import io
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace
from tqdm import tqdm

from nnstudio.cli import report
from nnstudio.cli.beginnings import begun
from nnstudio.data.dataset import Dataset, load
from nnstudio.data.new_rows import columns_for, read_new_rows
from nnstudio.project import edits, variants
from nnstudio.project.archive import SUFFIX, is_path, open_project, save
from nnstudio.project.endings import warnings
from nnstudio.project.files import check_target, check_writable, is_there, write_whole
from nnstudio.project.layer_list import with_stack
from nnstudio.project.memory_need import learning_need
from nnstudio.project.model import Network, Project, Run
from nnstudio.project.names import shown_name
from nnstudio.project.openings import described
from nnstudio.project.outside_data import refused_sources, remember
from nnstudio.project.settings import check_shares, set_by_key
from nnstudio.project.shapes import all_problems, infer
from nnstudio.project.variants import event_text
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.interrupts import ENDING, interrupts

if TYPE_CHECKING:
    from nnstudio.training.engine.distributed import ProcessGroup
    from nnstudio.training.memory import OutOfMemory

Answer = tuple[dict[str, Any], int]


# --- new and info ---------------------------------------------------------------------------------------------------


def new(options: Namespace) -> Answer:
    """Write a project file for this data and stack of layers."""
    if options.out.suffix != SUFFIX:
        raise UserError(
            _("A project file's name ends in {suffix}; found “{name}”.").format(suffix=SUFFIX, name=options.out.name)
        )
    check_target(options.out)
    project, said = begun(options)
    if options.data:
        project = edits.set_data(
            project, source=absolute(options.data), target=options.target, test_source=absolute(options.test)
        )
    project = with_settings(project, options.settings)
    project = with_facts(project, load(project.data, project.files))
    assert project.facts is not None
    if options.layers:
        project = with_stack(replace(project, network=Network()), options.layers, project.facts)
    project = check_no_problems(project)
    save(project, options.out)
    remember(project, options.out)
    return finish(
        options,
        {"project": str(options.out), **describe(project), **said},
        lambda: report.print_new(project, str(options.out), said.get("remarks", [])),
    )


def info(options: Namespace) -> Answer:
    """Everything in the project, and what keeps it from training."""
    project, refused = opened(options)
    unread = ""
    if project.facts is None:
        try:
            project = with_facts(project, load(project.data, project.files, refused))
        except UserError as mistake:
            unread = str(mistake)
    answer = describe(project)
    if unread:
        answer["problems"].append({"where": "data", "message": unread})
    return finish(options, answer, lambda: report.print_info(project, str(options.project), unread))


def describe(project: Project) -> dict[str, Any]:
    """What `info --json` answers."""
    inference = infer(project)
    layers = [
        {
            "id": layer.id,
            "type": layer.type,
            "name": shown_name(layer),
            "output_shape": inference.shapes.get(layer.id),
            "parameters": inference.parameters.get(layer.id),
        }
        for layer in project.network.layers
    ]
    return {
        "layers": layers,
        "parameters": inference.total_parameters,
        "connections": inference.connections,
        "units": inference.units,
        "multiply_adds": inference.multiply_adds,
        "memory_to_learn": learning_need(project, inference),
        "problems": [{"where": one.where, "message": one.message} for one in all_problems(project)],
        "warnings": [
            {"where": one.problem.where, "message": one.problem.message} for one in warnings(project, inference)
        ],
        "data": describe_data(project),
        "training": msgspec.to_builtins(project.training),
        "runs": [run_summary(run) for run in project.runs],
        "test_set": described(project),
    }


def describe_data(project: Project) -> dict[str, Any]:
    """The data choice with what was found, which names the target and the task where they were guessed; the shares stay
    as they were asked for, and the rows of each part stand beside them."""
    chosen: dict[str, Any] = msgspec.to_builtins(project.data)
    facts = project.facts
    if facts is None:
        return chosen
    found = msgspec.to_builtins(facts)
    shares = {name: chosen[name] for name in ("validation", "test", "vocabulary")}
    parts = {"train": facts.train, "validation": facts.validation, "test": facts.test}
    return {**chosen, **found, **shares, "parts": parts, "words": facts.vocabulary}


def run_summary(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "created": run.created,
        "device": run.device,
        "epochs_run": run.epochs_run,
        "best_epoch": run.best_epoch,
        "weights_epoch": run.weights_epoch,
        "stop_reason": run.stop_reason,
        "parameters": run.parameters,
        "seconds": run.seconds,
        "samples_per_second": run.samples_per_second,
        "message": run.message,
        "events": [event_text(event, run.network) for event in run.events],
        "resumable": bool(run.checkpoint),
        "backend": run.backend,
        "threads": run.threads,
    }


# --- train ----------------------------------------------------------------------------------------------------------


def train(options: Namespace) -> Answer:
    """Train, and store the run whatever ends it."""
    from nnstudio.training.engine import distributed

    with distributed.joined() as ours:
        return train_in(ours, options)


def train_in(ours: "ProcessGroup", options: Namespace) -> Answer:
    """`train` as one process of a group, of which the first alone shows and writes."""
    from nnstudio.training.engine import devices
    from nnstudio.training.memory import OutOfMemory

    project, refused = opened(options)
    out = options.out or options.project
    if ours.is_rank_zero:
        check_writable(out)
    stored, resumed = project, None
    if options.resume is not None:
        resumed = resumed_run(project, options)
        project = variants.restored(project, resumed)
    for key in ("epochs", "seed", "device"):
        if getattr(options, key) is not None:
            project = set_by_key(project, f"training.{key}", getattr(options, key))
    project = with_settings(project, options.settings)
    if options.device is not None:
        devices.require(options.device)
    dataset = load(project.data, project.files, refused)
    project = check_no_problems(with_facts(project, dataset))
    show = ours.is_rank_zero and (options.progress or sys.stderr.isatty())
    try:
        run, interrupted = run_training(project, dataset, ours, show, resumed)
    except OutOfMemory as shortage:
        if resumed is not None:
            raise
        project = with_smaller_batch(project, shortage, asks=ours.size == 1)
        run, interrupted = run_training(project, dataset, ours, show)
    status = {"diverged": 3, "user": interrupted or 130}.get(run.stop_reason, 0)
    if not ours.is_rank_zero:
        return {}, status
    # A run that goes on leaves the project as it is drawn and planned now.
    whole = edits.add_run(stored if resumed else project, run)
    save(whole, out)
    remember(whole, out, refused)
    answer = {**run_summary(run), "history": history_of(run), "project": str(out)}
    if run.message:
        print(f"nnstudio: {run.message}", file=sys.stderr)
    return finish(options, answer, lambda: report.print_run(run, str(out)), status)


def resumed_run(project: Project, options: Namespace) -> Run:
    """The run that is to go on; UserError where it cannot, or where it would be another run."""
    from nnstudio.training.engine import distributed
    from nnstudio.training.inference import find_run

    if distributed.wanted():
        raise UserError(_("A run is carried on by one process: start it without torchrun."))
    if options.seed is not None or options.settings:
        raise UserError(
            _("A run goes on with its own settings: leave out --seed and --set, or leave out --resume for a new run.")
        )
    run = find_run(project, options.resume or None)
    variants.check_resumable(project, run)
    if options.epochs is not None and options.epochs.isdecimal() and int(options.epochs) <= run.epochs_run:
        raise UserError(
            _("Run {number} has {count} epochs already. --epochs counts from its first: ask for more.").format(
                number=run.id.removeprefix("run-"), count=run.epochs_run
            )
        )
    return run


def run_training(
    project: Project, dataset: Dataset, ours: "ProcessGroup", show: bool, resumed: Run | None = None
) -> tuple[Run, int]:
    """The finished run, a new one or one that goes on, and the exit status where a signal stopped it, 0 where none did:
    it stops after the batch and keeps what was learnt."""
    from nnstudio.training.checkpoint_file import read_checkpoint
    from nnstudio.training.control import Control, Mode
    from nnstudio.training.curves import Curves
    from nnstudio.training.run_record import InitialState
    from nnstudio.training.session import EpochDone, Ready, Trained
    from nnstudio.training.session import train as train_events
    from nnstudio.training.timeline import timeline_of

    control, curves, initial_state = Control(), Curves(), None
    if resumed is not None:
        checkpoint, losses = read_checkpoint(resumed)
        curves = Curves.of(resumed.history, resumed.events)
        curves.batch_loss.extend(losses)
        initial_state = InitialState(resumed, checkpoint=checkpoint)
    bar = tqdm(
        total=project.training.epochs,
        initial=curves.epochs,
        unit=_("epoch"),
        disable=not show,
        file=sys.stderr,
        leave=True,
    )
    with bar, interrupts(lambda: control.command(Mode.STOP), ENDING) as came:
        for event in train_events(project, dataset, control, curves, group=ours, initial_state=initial_state):
            if isinstance(event, Ready):
                if event.remark and ours.is_rank_zero:
                    print(f"nnstudio: {event.remark}", file=sys.stderr)
                for training_state in event.training_states if ours.size == 1 else ():
                    training_state.keep_timeline(
                        timeline_of(training_state.weights.layout(training_state.network), resumed)
                    )
            elif isinstance(event, EpochDone):
                bar.set_postfix_str(report.epoch_line(curves), refresh=False)
                bar.update()
            elif isinstance(event, Trained):
                return event.run, 128 + came[0] if came else 0
    raise AssertionError("training ended without a run")


def with_smaller_batch(project: Project, shortage: "OutOfMemory", asks: bool) -> Project:
    """The project with the batch that should fit, when whoever sits at the terminal agrees; UserError otherwise."""
    size = shortage.batch_size
    if size and asks and sys.stdin.isatty() and sys.stderr.isatty():
        print(f"nnstudio: {shortage} " + _("Train with it? [y/N]"), end=" ", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() in ("y", "yes", "s", "sí", "si"):
            return edits.set_training(project, batch_size=size)
    if size:
        raise UserError(f"{shortage} " + _("Take it with --set training.batch_size={size}.").format(size=size))
    raise shortage


def history_of(run: Run) -> dict[str, list[float]]:
    """The curve as `train --json` answers it, without the series that do not exist."""
    history: dict[str, list[float]] = msgspec.to_builtins(run.history)
    return {name: list(values) for name, values in history.items() if values or name == "epoch"}


# --- a trained run in use -------------------------------------------------------------------------------------------


def predict(options: Namespace) -> Answer:
    """A CSV file with a prediction for each row."""
    from nnstudio.training.inference import find_run, predict_rows, restore

    check_target(options.out)
    check_overwriting(options.out, options.project, absolute(options.source))
    run = find_run(open_project(options.project), options.run)
    raw = read_new_rows(absolute(options.source), run)
    table = predict_rows(restore(run), columns_for(raw, run.preparation))
    buffer = io.BytesIO()
    table.write_csv(buffer)
    write_whole(options.out, buffer.getvalue())
    odd = int((table["remark"] != "").sum())
    answer = {
        "run": run.id,
        "samples": table.height,
        "remarks": odd,
        "notes": list(raw.notes),
        "file": str(options.out),
    }
    return finish(options, answer, lambda: report.print_predictions(table.height, odd, raw.notes, str(options.out)))


# --- shared ---------------------------------------------------------------------------------------------------------


def opened(options: Namespace) -> tuple[Project, frozenset[str]]:
    """The project, and the files outside its folder that it may not read: those that nobody chose on this computer."""
    project = open_project(options.project)
    return project, frozenset() if options.allow_data else refused_sources(project, options.project)


def finish(options: Namespace, answer: dict[str, Any], show: Callable[[], None], status: int = 0) -> Answer:
    """The verb's answer; printed for people unless JSON was asked for."""
    if not options.json:
        show()
    return answer, status


def with_settings(project: Project, settings: list[str]) -> Project:
    """The project with each KEY=VALUE set; UserError for what is not understood."""
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UserError(_("--set needs KEY=VALUE; found “{setting}”.").format(setting=setting[:60]))
        project = set_by_key(project, key.strip(), value)
    check_shares(project.data)
    return project


def with_facts(project: Project, dataset: Dataset) -> Project:
    """The project with what was found in its data; that it is another since a run is said."""
    found = edits.set_facts(project, project.data, dataset.facts, dataset.files)
    if changed := variants.changed_data(found, project):
        print(f"nnstudio: {changed}", file=sys.stderr)
    return found


def check_no_problems(project: Project) -> Project:
    """The project itself, with its warnings said; UserError with its first problem when it cannot be trained."""
    for problem in all_problems(project):
        raise UserError(problem.message)
    for one in warnings(project, infer(project)):
        print(f"nnstudio: {one.problem.message}", file=sys.stderr)
    return project


def check_overwriting(out: Path, *inputs: Path | str) -> None:
    """UserError when the output would replace what it is made from."""
    for given in inputs:
        if is_there(out) and is_there(Path(given)) and out.samefile(given):
            raise UserError(
                _("“{file}” is what the output is made from; give the output another name.").format(file=out)
            )


def absolute(source: str) -> str:
    """A source with its path made absolute; the project file stores it relative to itself."""
    return str(Path(source).absolute()) if is_path(source) else source
