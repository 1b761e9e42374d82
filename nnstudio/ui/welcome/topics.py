"""The examples by topic, as the welcome page shows them."""

from dataclasses import dataclass

from nnstudio.project.history import HISTORY
from nnstudio.text import mark
from nnstudio.text import translate as _
from nnstudio.ui.shell.menus import EXAMPLES


@dataclass(frozen=True)
class Topic:
    """A topic and the names of its examples; an example may be in two."""

    title: str
    examples: tuple[str, ...]


TOPICS = (
    Topic(mark("First steps"), ("circle", "iris", "digits")),
    Topic(mark("Dense networks"), ("digits", "diabetes", "overfitting", "family_trees_1986")),
    Topic(mark("Pictures"), ("convolutions", "zip_codes_today", "lenet_1998", "alexnet_2012")),
    Topic(mark("Words and language"), ("sms_words", "sms_embedding", "languages")),
    Topic(
        mark("History 1986–2012"),
        (
            "symmetry_1986",
            "family_trees_1986",
            "zip_codes_1989",
            "zip_codes_today",
            "lenet_1998",
            "lenet_1998_original",
            "alexnet_2012",
            "alexnet_2012_two_cards",
        ),
    ),
)


def title_of(name: str) -> str:
    """What an example is called, in the language in use."""
    return _(EXAMPLES[name] if name in EXAMPLES else HISTORY[name].title)
