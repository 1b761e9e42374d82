"""How the effects of words are coloured and written."""

import numpy as np
import pytest

from nnstudio.ui.labs.word_tables import points, shade
from nnstudio.ui.look import theme


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK])
@pytest.mark.parametrize("effect", [-1.0, -0.3, 0.3, 1.0])
def test_words_are_read_on_their_colours(monkeypatch: pytest.MonkeyPatch, colors: theme.Colors, effect: float) -> None:
    monkeypatch.setattr(theme, "colors", lambda: colors)

    def light(color: str) -> float:
        shares = np.array(theme.rgb(color)) / 255
        linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted((light(shade(effect, 1)), light(colors.text)))
    assert (high + 0.05) / (low + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("effect", "text"), [(0.0, "0"), (0.1234, "+12.3"), (-0.0015, "−0.1"), (1e-6, "≈ 0"), (-1.0, "−100.0")]
)
def test_an_effect_is_written_in_points(effect: float, text: str) -> None:
    assert points(effect) == text
