"""What the verbs print for people: plain lines and small tables on standard output."""

from collections.abc import Sequence
from typing import Any

from nnstudio.layers.spec import shown_shape
from nnstudio.project import openings
from nnstudio.project.column_words import role_sentences
from nnstudio.project.endings import warnings
from nnstudio.project.memory_need import learning_need
from nnstudio.project.model import DataFacts, Project, Run
from nnstudio.project.names import backend_text, is_improving, shown_name, stop_text
from nnstudio.project.shapes import all_problems, infer
from nnstudio.text import Count, shown_bytes, translate_count
from nnstudio.text import translate as _

MOST_CLASSES_SHOWN = 12


def print_new(project: Project, file: str, remarks: Sequence[str]) -> None:
    """What a new project holds, and what is to be said of what it was made of."""
    print_info(project, file)
    for remark in remarks:
        print("\n" + remark)


def print_info(project: Project, file: str, unread: str = "") -> None:
    """Layers, data, settings that differ from the defaults, runs and problems."""
    inference = infer(project)
    print(file)
    rows = [
        (
            layer.id,
            shown_name(layer),
            shown_shape(inference.shapes[layer.id]) if layer.id in inference.shapes else "?",
            f"{Count(inference.parameters.get(layer.id, 0))}",
        )
        for layer in project.network.layers
    ]
    print_table((_("id"), _("layer"), _("output"), _("parameters")), rows)
    print(_("{count} parameters in all").format(count=Count(inference.total_parameters)))
    print(
        _("{connections} connections between {units} units; {products} multiply-adds a sample").format(
            connections=Count(inference.connections),
            units=Count(inference.units),
            products=Count(inference.multiply_adds),
        )
    )
    print(_("Learning takes about {memory} of memory.").format(memory=shown_bytes(learning_need(project, inference))))
    print("\n" + _("Data: {source}").format(source=project.data.source))
    for line in found_in(project.facts) if project.facts else ():
        print(f"  {line}")
    changed = [
        f"{name}={getattr(project.training, name)}"
        for name in project.training.__struct_fields__
        if getattr(project.training, name) != getattr(type(project.training)(), name)
    ]
    print("\n" + _("Training: {settings}").format(settings=", ".join(changed) or _("the default settings")))
    for run in project.runs:
        print(f"\n{run.id}: {ending(run)}")
        if run.message:
            print(f"  {run.message}")
    print()
    print_test_set(project)
    problems = [problem.message for problem in all_problems(project)] + ([unread] if unread else [])
    warned = [one.problem.message for one in warnings(project, infer(project))]
    for head, messages in ((_("Problems:"), problems), (_("Warnings:"), warned)):
        if messages:
            print("\n" + head)
        for message in messages:
            print(f"  {message}")


def print_test_set(project: Project) -> None:
    """Whether the test set is sealed, and every time that it was not left so."""
    print(_("Test set: {words}").format(words=f"{openings.seal_text(project)} {openings.openings_text(project)}"))
    for one in openings.openings_of(project):
        print("  " + openings.entry_text(one))
    if changed := openings.changed_after_opening(project):
        print("  " + changed)


def found_in(facts: DataFacts) -> Sequence[str]:
    """What is to be learnt, from how many rows, and what was found in the data, a line each."""
    target = _("Target: {name}, a value").format(name=facts.target)
    if facts.classes:
        words = translate_count("Target: {name}, {count} class", "Target: {name}, {count} classes", len(facts.classes))
        if facts.task == "labels":
            words = translate_count(
                "Targets: {name}, {count} label", "Targets: {name}, {count} labels", len(facts.classes)
            )
        target = words.format(name=facts.target, count=Count(len(facts.classes)))
        shown = ", ".join(facts.classes[:MOST_CLASSES_SHOWN]) + (
            " …" if len(facts.classes) > MOST_CLASSES_SHOWN else ""
        )
        target += f": {shown}"
    words = translate_count("{count} row: {parts}", "{count} rows: {parts}", facts.rows)
    parts = _("{train} to train, {validation} to validate, {test} to test").format(
        train=Count(facts.train), validation=Count(facts.validation), test=Count(facts.test)
    )
    return (target, words.format(count=Count(facts.rows), parts=parts), *role_sentences(facts.columns), *facts.notes)


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    for row in [head, *rows]:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def epoch_line(curves: Any) -> str:
    """The newest epoch's losses, for the progress bar."""
    parts = [_("training {loss:.4f}").format(loss=curves.train_loss.values[-1])]
    if len(curves.validation_loss):
        parts.append(_("validation {loss:.4f}").format(loss=curves.validation_loss.values[-1]))
    return ", ".join(parts)


def print_run(run: Run, file: str) -> None:
    """How a training went."""
    print(ending(run))
    history = run.history
    if run.best_epoch:
        best = _("Lowest validation loss {loss:.4f}, in epoch {epoch}.")
        if run.training.monitor == "validation_accuracy":
            best = _("Highest validation accuracy in epoch {epoch}, with a loss of {loss:.4f}.")
        if run.training.monitor == "validation_balanced_accuracy":
            best = _("Highest balanced validation accuracy in epoch {epoch}, with a loss of {loss:.4f}.")
        print(best.format(loss=history.validation_loss[run.best_epoch - 1], epoch=run.best_epoch))
        if history.validation_accuracy:
            print(
                _("Validation accuracy there: {share:.1%}.").format(
                    share=history.validation_accuracy[run.best_epoch - 1]
                )
            )
        if run.training.monitor == "validation_balanced_accuracy":
            print(
                _("Balanced validation accuracy there: {share:.1%}.").format(
                    share=history.validation_balanced_accuracy[run.best_epoch - 1]
                )
            )
    if is_improving(run):
        print(_("The validation loss was still falling in the last epoch: go on with --resume."))
    print(_("{count} parameters in all").format(count=Count(run.parameters)))
    print(backend_text(run))
    print(_("Stored as {run} in {file}.").format(run=run.id, file=file))


def ending(run: Run) -> str:
    """Why a run stopped and which weights it holds, in one sentence."""
    words = translate_count(
        "{epochs} epoch: {reason}; the weights are those of epoch {weights}.",
        "{epochs} epochs: {reason}; the weights are those of epoch {weights}.",
        run.epochs_run,
    )
    return words.format(epochs=run.epochs_run, reason=stop_text(run), weights=run.weights_epoch)


def print_measures(answer: dict[str, Any]) -> None:
    """A run's loss and accuracy or R² on one part."""
    words = translate_count(
        "{run} on the part “{split}”: {samples} row, loss {loss:.4f}",
        "{run} on the part “{split}”: {samples} rows, loss {loss:.4f}",
        answer["samples"],
    )
    print(words.format(**answer))
    if answer.get("expected"):
        print(_("expected: {expected}").format(**answer))
    if "flattered" in answer:
        words = _(
            "Scaled before splitting, the wrong way: the validation part flatters this network by {points:+.2f} points."
        )
        print(words.format(points=100 * answer["flattered"]))
    if "r2" in answer:
        print(f"R² {answer['r2']:.4f}")
        if answer.get("baseline") is not None:
            print(_("baseline R² {baseline:.4f}: always the mean").format(**answer))
        return
    print(_("accuracy {accuracy:.2%}, error {error:.2%}").format(**answer))
    if "accuracy_low" in answer:
        print(_("95 % interval of the accuracy: {accuracy_low:.2%} to {accuracy_high:.2%} (Wilson)").format(**answer))
    if answer["baseline"] is not None:
        print(_("baseline {baseline:.2%}: always the most frequent class").format(**answer))
    if answer["balanced_accuracy"] is not None:
        words = _("balanced accuracy {balanced_accuracy:.2%}, in which every class counts the same")
        print(words.format(**answer))
    if answer["confusion"] is None:  # of several targets
        return
    print(_("Confusion matrix (rows: true class, columns: prediction):"))
    names = answer["classes"]
    print_table(["", *names], [[name, *map(str, row)] for name, row in zip(names, answer["confusion"], strict=True)])


def print_predictions(count: int, odd: int, notes: Sequence[str], file: str) -> None:
    """How many rows were answered, and how many of them have a remark."""
    for note in notes:
        print(note)
    words = translate_count("{count} prediction written to {file}", "{count} predictions written to {file}", count)
    print(words.format(count=Count(count), file=file))
    if odd:
        words = translate_count(
            "{count} row has a remark: see the column “remark”.",
            "{count} rows have a remark: see the column “remark”.",
            odd,
        )
        print(words.format(count=Count(odd)))
