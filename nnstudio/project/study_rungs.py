"""The rungs of successive halving: how many settings of a study are trained how far (Jamieson and Talwalkar, AISTATS
2016)."""

from nnstudio.project.model import Study


def budgets_of(study: Study) -> list[int]:
    """The epochs of each rung, 0 for all of the plan, which is the last."""
    if study.halving is None:
        return [0]
    found, epochs = list[int](), study.halving.first
    while epochs < study.training.epochs:
        found.append(epochs)
        epochs *= study.halving.factor
    return [*found, 0]


def kept_settings(study: Study, rung: int) -> int:
    """How many settings are trained up to the budget of a rung."""
    return max(1, study.settings // study.halving.factor**rung) if study.halving is not None else study.settings


def rungs_of(study: Study) -> list[tuple[int, int]]:
    """How many settings are trained on each rung, and up to which epoch."""
    budgets = [budget or study.training.epochs for budget in budgets_of(study)]
    return [(kept_settings(study, rung), budget) for rung, budget in enumerate(budgets)]


def most_epochs(study: Study) -> int:
    """How many epochs all trials of a study have together where none ends before its time."""
    found, before = 0, 0
    for settings, budget in rungs_of(study):
        found += settings * study.seeds * (budget - before)
        before = budget
    return found
