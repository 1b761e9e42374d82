"""The test set opened: a run measured on the part that nothing was chosen by, with how sure its number is."""

import math
from statistics import NormalDist

from nnstudio.data.reader import Reader
from nnstudio.data.run_rows import load_run_part
from nnstudio.project.checks import MOST_CONFUSED
from nnstudio.project.model import Run
from nnstudio.project.test_seal import TestResult
from nnstudio.text import UserError
from nnstudio.text import translate as _
from nnstudio.training.inference import Measures, measure, restore

CONFIDENCE = 0.95


def measured_on_test(run: Run, reader: Reader, notes: list[str]) -> TestResult:
    """What a run gives on the test part of its data. What had to be done to find its rows is said in `notes`; UserError
    where there are none, or where the network gives no number."""
    trained = restore(run)
    return result_of(measure(trained, load_run_part(run, "test", reader, notes)))


def result_of(found: Measures) -> TestResult:
    """Measures of the test part with the interval and the baseline that stand beside them. UserError for a loss that is
    no number."""
    if not math.isfinite(found.loss):
        raise UserError(_("The network gives no finite loss on the test part. The test set stays as it was."))
    if found.accuracy is None:
        is_known = found.r2 is not None and math.isfinite(found.r2)
        # R² of the mean of the test part itself is 0: by that it is defined.
        return TestResult(found.samples, found.loss, r2=found.r2 if is_known else None, baseline=0.0)
    low, high = wilson_interval(round(found.accuracy * found.samples), found.samples)
    confusion = tuple(tuple(row) for row in found.confusion or ())
    return TestResult(
        found.samples,
        found.loss,
        found.accuracy,
        found.balanced_accuracy,
        baseline=found.baseline,
        low=low,
        high=high,
        confusion=confusion if len(confusion) ** 2 <= MOST_CONFUSED else (),
    )


def wilson_interval(correct: int, samples: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Between which shares the true one lies where `correct` of `samples` are right: the score interval.

    E. B. Wilson, “Probable inference, the law of succession, and statistical inference”, Journal of the American
    Statistical Association 22 (1927), 209–212: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n).
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, size = correct / samples, z * z / samples
    middle = share + size / 2
    spread = z * math.sqrt(share * (1 - share) / samples + size / (4 * samples))
    low, high = (middle - spread) / (1 + size), (middle + spread) / (1 + size)
    # Exactly 0 and 1 at the ends, where rounding leaves a little.
    return (0.0 if correct == 0 else low), (1.0 if correct == samples else high)
