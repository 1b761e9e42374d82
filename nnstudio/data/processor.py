"""Whether this processor can run what reads the data: polars needs AVX2, and without it the process is killed."""

import importlib
import importlib.util
import platform

from nnstudio.packages import adding
from nnstudio.text import UserError
from nnstudio.text import translate as _

FOR_OLDER = "polars[rtcompat]"


def check_processor() -> None:
    """UserError, with the command that mends it, where importing polars would end the program (SIGILL)."""
    if not can_run_polars():
        raise UserError(
            _(
                "This computer's processor lacks AVX2, which reading data needs as installed (polars). "
                "Type this, then start again: {command}"
            ).format(command=adding(FOR_OLDER))
        )


def can_run_polars() -> bool:
    """Whether polars as it is installed works here: only its build for older processors does without AVX2."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    return has_avx2() or importlib.util.find_spec("_polars_runtime_compat") is not None


def has_avx2() -> bool:
    """Whether this x86 processor has AVX2, as NumPy found out when it was imported."""
    features: dict[str, bool] = importlib.import_module("numpy._core._multiarray_umath").__cpu_features__
    return features["AVX2"]
