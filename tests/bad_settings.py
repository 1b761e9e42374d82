"""Settings that cannot be, as they are typed, each with what the user is told in the window and on the command line."""

RATE = "Learning rate must be a number above 0 and at most 10; found {found}."
EPOCHS = "Epochs must be a whole number from 1 to 100\u00a0000; found {found}."
SEED = "Seed must be a whole number from 0 to 4\u00a0294\u00a0967\u00a0295; found {found}."
SHARE = "Validation share must be a number from 0 to below 1; found {found}."
DROPOUT = "Dropout rate p must be a number from 0 to below 1; found {found}."
UNITS = "Units must be a whole number from 1 to 1\u00a0000\u00a0000; found {found}."

SETTINGS = [
    *[("training.learning_rate", text, RATE) for text in ("nan", "inf", "0", "-1", "", "1e-3x")],
    *[("training.epochs", text, EPOCHS) for text in ("0", "-1", "1e9", "1.5", "many")],
    *[("training.seed", text, SEED) for text in ("-1", "18446744073709551616", "abc")],
    *[("data.validation", text, SHARE) for text in ("1", "-0.1", "nan")],
]
LAYERS = [
    *[("dropout", "rate", text, DROPOUT) for text in ("1.5", "nan", "1.0", "-1")],
    *[("dense", "units", text, UNITS) for text in ("0", "-3", "1099511627776", "1.5")],
]
"""Type of layer and its parameter."""


def told(text: str, words: str) -> str:
    """What is told of a text."""
    try:
        number = float(text)
    except ValueError:
        return words.format(found=f"“{text}”")
    return words.format(found=text if number != number or text.lstrip("-").isdigit() else number)
