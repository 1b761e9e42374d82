"""What a study costs: 45 trainings in it beside the same 45 one by one, and what the study itself takes of each.

python3 packaging/develop.py bench studies [--rounds N]

Digits, 3 learning rates × 3 dropout rates × 5 seeds, in processor time on one thread. "In stacks" are the same
trainings five by five and nothing else; the study adds its choice of settings, its journal, what is kept of the
validation rows, and the project file.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.inside import row

RESULTS = Path(__file__).parent / "results" / "studies.md"
VARY = "training.learning_rate=0.001,0.003,0.01", "dropout_1.rate=0,0.2,0.5"
SEEDS = 5
WORKS = ((16, 30, 0), (32, 30, 0), (64, 30, 0), (32, 30, 5))
"""Units of the hidden layer, epochs, and patience of early stopping."""


def main(rounds: int = 3) -> int:
    import torch

    torch.set_num_threads(1)
    lines = [measured(units, epochs, patience, rounds) for units, epochs, patience in WORKS]
    head = (
        f"# Studies\n\nMedians of {rounds} rounds, processor time, `python3 packaging/develop.py bench studies`.\n\n"
        "| digits, 45 trainings | one by one | in stacks of 5 | as a study | study / one by one | asked "
        "| own cost a trial | asked |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    report = "\n".join([head, *lines, ""])
    print(report)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(report, encoding="utf-8")
    return 0


def measured(units: int, epochs: int, patience: int, rounds: int) -> str:
    from nnstudio.data.dataset import load
    from nnstudio.project import edits
    from nnstudio.project.archive import save
    from nnstudio.project.layer_list import with_stack
    from nnstudio.project.model import Project
    from nnstudio.project.studies import add_study, new_study, trial_projects
    from nnstudio.project.study_variables import parse_variable
    from nnstudio.studies.control import StudyControl
    from nnstudio.studies.kept import run_kept
    from nnstudio.studies.proposals import Proposals
    from nnstudio.training.control import Control
    from nnstudio.training.curves import Curves
    from nnstudio.training.session import train_together

    project = edits.set_data(Project(), source="builtin:digits")
    dataset = load(project.data)
    project = edits.set_facts(project, project.data, dataset.facts)
    project = with_stack(project, f"dense:{units},relu,dropout:0.2,dense:out", dataset.facts)
    project = edits.set_training(project, epochs=epochs, patience=patience)
    study = new_study(project, [parse_variable(project.network, one) for one in VARY], seeds=SEEDS)
    proposals = Proposals(study)
    stacks = [trial_projects(project, study, proposals.setting(number, {})) for number in range(study.settings)]
    project = add_study(project, study)

    def trained(groups: Sequence[Sequence[Project]]) -> None:
        for group in groups:
            for _event in train_together(group, dataset, Control(), [Curves() for _one in group], spare_cores=64):
                pass

    def as_study() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.nnstudio"
            save(project, path)
            for _event in run_kept(path, "", StudyControl()):
                pass

    ways: dict[str, Callable[[], None]] = {
        "single": lambda: trained([[one] for group in stacks for one in group]),
        "stacks": lambda: trained(stacks),
        "study": as_study,
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):  # the first warms up
        for name, way in ways.items():
            began = time.process_time()
            way()
            if number:
                took[name].append(time.process_time() - began)
    single, stacked, whole = (statistics.median(took[name]) for name in ways)
    own = 1000 * (whole - stacked) / (study.settings * study.seeds)
    stopping = f", early stopping after {patience}" if patience else ""
    what = f"{units} units, {epochs} epochs{stopping}"
    shown = [f"{single:.2f} s", f"{stacked:.2f} s", f"{whole:.2f} s", f"{whole / single:.2f}", "0.7", f"{own:.1f} ms"]
    return row(what, " | ".join(shown), "10 ms")
