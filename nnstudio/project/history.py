"""The networks of the course's history, from 1986 to 2012: drawn, with their data, their settings and their story."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from nnstudio.layers.spec import Shape, Tokens
from nnstudio.project import edits
from nnstudio.project.arrange import arranged
from nnstudio.project.layer_list import parse_entry
from nnstudio.project.model import DataChoice, Network, Project, TrainingPlan
from nnstudio.project.sizes import LAYER_SIZE, WIDE_NOTE, note_letters
from nnstudio.text import UserError, mark
from nnstudio.text import translate as _

BORDER, MOST_WIDE = 60.0, 1400.0
"""Between the story and the layers below it, and how wide the story is at most."""
LINE, LETTERS_A_LINE = 1.5, 78
"""The height of a line of it by that of its letters, and how many it holds, about."""

LENET_TABLE = (
    "0 1 2/1 2 3/2 3 4/3 4 5/0 4 5/0 1 5/0 1 2 3/1 2 3 4/2 3 4 5/0 3 4 5/0 1 4 5/0 1 2 5/0 1 3 4/1 2 4 5/0 2 3 5/"
    "0 1 2 3 4 5"
)
ZIP_TABLE = "/".join(4 * ["0 1 2 3 4 5 6 7"] + 4 * ["4 5 6 7 8 9 10 11"] + 4 * ["0 1 2 3 8 9 10 11"])
"""Which 8 of the 12 maps is not printed; these three blocks are what reproductions have taken."""


class Drawing:
    """Draws a network layer by layer: each is linked from those named, or from the one before."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.project, self.last = edits.add_layer(Project(), "input")

    def add(self, entries: str, *sources: str) -> str:
        """Layers in a row, as the command line lists them; the id of the last."""
        given = sources or (self.last,)
        for entry in entries.split(","):
            type, values = parse_entry(entry, 1)
            self.project, self.last = edits.add_layer(self.project, type, (0.0, 0.0), values)
            for source in given:
                self.project = edits.add_link(self.project, source, self.last)
            given = (self.last,)
        return self.last

    def network(self) -> Network:
        """The whole, laid out."""
        self.add("output")
        return arranged(self.project, self.shape).network


@dataclass(frozen=True)
class Story:
    """One of the networks: what it is called, what is told of it, and how it is made."""

    title: str
    text: str
    shape: Shape
    draw: Callable[[Drawing], object]
    data: dict[str, Any]
    training: dict[str, Any] = field(default_factory=dict)


def chain(entries: str) -> Callable[[Drawing], object]:
    return lambda drawing: drawing.add(entries)


def family_trees(drawing: Drawing) -> None:
    """A person and a relation, each through six units of its own."""
    start = drawing.last
    person = drawing.add("select:1:last=24,dense:6,sigmoid", start)
    relation = drawing.add("select:25:last=36,dense:6,sigmoid", start)
    drawing.add("concat", person, relation)
    drawing.add("dense:12,sigmoid,dense:6,sigmoid,dense:24,sigmoid")


def two_cards(drawing: Drawing) -> None:
    """Each graphics card has half of the maps; they tell each other theirs before the third convolution, and behind the
    last pooling."""
    start = drawing.last
    lanes = [
        drawing.add(
            "conv:48:kernel_size=11:stride=4:padding=2,relu,local_response_norm,max_pool:3,"
            "conv:128:kernel_size=5:padding=2,relu,local_response_norm,max_pool:3",
            start,
        )
        for _card in range(2)
    ]
    for entries in (
        "conv:192:padding=1,relu,conv:192:padding=1,relu,conv:128:padding=1,relu,max_pool:3,flatten",
        "dense:2048,relu,dropout",
        "dense:2048,relu,dropout",
    ):
        drawing.add("concat", *lanes)
        both = drawing.last
        lanes = [drawing.add(entries, both) for _card in range(2)]
    drawing.add("concat", *lanes)
    drawing.add("dense:1000")


ZIP_1989 = (
    "conv:12:kernel_size=5:stride=2:padding=2:padding_value=-1:bias_each_place=true,scaled_tanh,"
    f"conv:12:kernel_size=5:stride=2:padding=2:bias_each_place=true:connections={ZIP_TABLE},scaled_tanh,"
    "flatten,dense:30,scaled_tanh,dense:10,scaled_tanh"
)
ZIP_TODAY = (
    "conv:12:kernel_size=5:stride=2:padding=2:padding_value=-1:bias_each_place=true,relu,dropout:0.25,"
    f"conv:12:kernel_size=5:stride=2:padding=2:bias_each_place=true:connections={ZIP_TABLE},relu,dropout:0.25,"
    "flatten,dense:30,relu,dropout:0.25,dense:10,softmax"
)
LENET = (
    "conv:6:kernel_size=5:padding=2,relu,max_pool,conv:16:kernel_size=5,relu,max_pool,conv:120:kernel_size=5,relu,"
    "flatten,dense:84,relu,dense:10,softmax"
)
LENET_1998 = (
    "conv:6:kernel_size=5:padding=2,scaled_tanh,avg_pool,scale,scaled_tanh,"
    f"conv:16:kernel_size=5:connections={LENET_TABLE},scaled_tanh,avg_pool,scale,scaled_tanh,"
    "conv:120:kernel_size=5,scaled_tanh,flatten,dense:84,scaled_tanh,rbf:10"
)
ALEXNET = (
    "conv:64:kernel_size=11:stride=4:padding=2,relu,max_pool:3,conv:192:kernel_size=5:padding=2,relu,max_pool:3,"
    "conv:384:padding=1,relu,conv:256:padding=1,relu,conv:256:padding=1,relu,max_pool:3,"
    "flatten,dropout,dense:4096,relu,dropout,dense:4096,relu,dense:1000"
)
OF_1986 = {
    "loss": "mse",
    "optimizer": "momentum",
    "learning_rate": 1.6,
    "momentum": 0.9,
    "batch_size": 64,
    "epochs": 2000,
    "initialization": "uniform",
    "initialization_scale": 0.3,
    "patience": 0,
}
OF_2012 = {
    "optimizer": "momentum",
    "learning_rate": 0.01,
    "momentum": 0.9,
    "weight_decay": 5e-4,
    "batch_size": 8,
    "epochs": 1,
    "initialization": "normal",
    "initialization_scale": 0.01,
    "patience": 0,
}
WORDS = {"source": "builtin:sms_spam", "text_unit": "words_and_signs"}

HISTORY: dict[str, Story] = {
    "symmetry_1986": Story(
        mark("1986: symmetry by back-propagation"),
        mark(
            "Rumelhart, Hinton and Williams, Nature 323 (1986): back-propagation makes hidden units that mean "
            "something. Six inputs of 0 and 1, and the question whether they read the same from both ends. Two hidden "
            "units are enough: train, then look at their weights. They are the same and opposite about the middle, and "
            "on one side in the ratio 1 : 2 : 4, so that only a symmetric pattern adds up to nothing. All 64 patterns "
            "are shown in every step. A learning rate of 3.2 is that of the paper; try it with ten seeds, and some end "
            "in another minimum."
        ),
        (6,),
        chain("dense:2,sigmoid,dense:1,sigmoid"),
        {"source": "builtin:symmetry", "standardize": False, "validation": 0.0, "test": 0.0},
        OF_1986,
    ),
    "family_trees_1986": Story(
        mark("1986: family trees"),
        mark(
            "From the same paper: two families, one English and one Italian, with the same tree. The network is given "
            "a person (24 inputs) and a relation (12), as in “Colin has aunt …”, and answers with persons. Six units "
            "stand between a person and the rest: what they learn is nationality, generation and branch of the family, "
            "which nobody has told them. Four of the 104 cases are kept aside; the network often answers them rightly, "
            "since what holds in one family holds in the other. Trained here with Adam and weight decay: with the "
            "settings that are printed it learns nothing."
        ),
        (36,),
        family_trees,
        {"source": "builtin:family_trees", "standardize": False, "validation": 0.0, "test": 0.0385},
        {
            "optimizer": "adamw",
            "learning_rate": 0.01,
            "weight_decay": 0.1,
            "batch_size": 104,
            "epochs": 6000,
            "initialization": "uniform",
            "initialization_scale": 1.0,
            "patience": 0,
        },
    ),
    "zip_codes_1989": Story(
        mark("1989: zip codes, as it was"),
        mark(
            "LeCun and others, Neural Computation 1 (1989): the first network that read handwriting from real mail. "
            "16 × 16 pixels from −1 to 1, two layers whose weights are shared by all places, each of the second seeing "
            "8 of the 12 maps before it: 1,256 units and 64,660 connections, but only 9,760 weights. One digit at a "
            "time, 23 times through all: three days then. Their error was 5.0 %. Here the digits that come with the "
            "program are enlarged; with the files zip.train.gz and zip.test.gz chosen as data it is their own."
        ),
        (1, 16, 16),
        chain(ZIP_1989),
        {"source": "builtin:digits", "image": "1x16x16", "validation": 0.0},
        {
            "loss": "mse",
            "optimizer": "sgd",
            "learning_rate": 0.03,
            "batch_size": 1,
            "epochs": 23,
            "shuffle": "once",
            "initialization": "lecun",
            "patience": 0,
        },
    ),
    "zip_codes_today": Story(
        mark("1989: zip codes, trained as today"),
        mark(
            "The same network of 1989 with what was found since: ReLU in place of tanh, cross-entropy in place of "
            "squared error, dropout, Adam with a falling rate, and 32 digits a step. On the digits of the paper it "
            "comes to 4.1 to 4.6 % in the place of 5.0, and with pictures shifted by a pixel (in the data panel) to "
            "about 3.3 %. The drawing is the same: what changed is how it is trained."
        ),
        (1, 16, 16),
        chain(ZIP_TODAY),
        {"source": "builtin:digits", "image": "1x16x16", "validation": 0.0},
        {
            "optimizer": "adamw",
            "learning_rate": 0.003,
            "weight_decay": 0.01,
            "schedule": "cosine",
            "batch_size": 32,
            "epochs": 25,
            "patience": 0,
        },
    ),
    "lenet_1998": Story(
        mark("1998: LeNet-5, as it is drawn today"),
        mark(
            "LeCun, Bottou, Bengio and Haffner, Proceedings of the IEEE 86 (1998). Convolution, pooling, convolution, "
            "pooling: maps become smaller and more, until 120 numbers are left. In this common form it has 61,706 "
            "parameters, 48,120 of them in the last convolution. Compare it with a dense network: fewer weights, and "
            "fewer errors. With a pair of MNIST files chosen as data it is the network of the paper."
        ),
        (1, 28, 28),
        chain(LENET),
        {"source": "builtin:digits", "image": "1x28x28"},
        {"learning_rate": 0.002, "batch_size": 64, "epochs": 8, "patience": 0},
    ),
    "lenet_1998_original": Story(
        mark("1998: LeNet-5, as it was"),
        mark(
            "LeNet-5 of the paper, with exactly 60,000 weights and 340,908 connections: averages with a learnt factor "
            "and constant, a table that says which maps the second convolution sees (it makes the maps differ), a "
            "scaled tanh, and at the end distances to ten drawn digits: the nearest is the answer."
        ),
        (1, 28, 28),
        chain(LENET_1998),
        {"source": "builtin:digits", "image": "1x28x28"},
        {"learning_rate": 0.001, "batch_size": 32, "epochs": 10, "patience": 0, "initialization": "lecun"},
    ),
    "alexnet_2012": Story(
        mark("2012: AlexNet, in one column"),
        mark(
            "Krizhevsky, Sutskever and Hinton (NIPS 2012): ImageNet, 1.2 million pictures of 1,000 kinds. 61,100,840 "
            "parameters in this form; 96 % of them are in the dense layers, and 92 % of the work is in the "
            "convolutions. Learning takes more than a gigabyte of memory; five to six days on two graphics cards then. "
            "The data here is noise: it cannot be learnt, and shows what a step costs. Choose a folder of pictures for "
            "more."
        ),
        (3, 224, 224),
        chain(ALEXNET),
        {"source": "toy:pictures_of_noise", "validation": 0.0, "test": 0.0, "stratify": False},
        OF_2012,
    ),
    "alexnet_2012_two_cards": Story(
        mark("2012: AlexNet, on two graphics cards"),
        mark(
            "As it was: a graphics card of 2012 had 3 GB, so the network was cut into two lanes, one a card, which "
            "talk to each other before the third convolution and in the dense layers: 60,965,224 parameters. Each "
            "value is divided by what its neighbours give (local response norm), and dropout keeps the dense layers "
            "from learning by heart."
        ),
        (3, 224, 224),
        two_cards,
        {"source": "toy:pictures_of_noise", "validation": 0.0, "test": 0.0, "stratify": False},
        OF_2012,
    ),
    "sms_words": Story(
        mark("Language: spam by its words"),
        mark(
            "5,574 text messages (Almeida and Gómez Hidalgo, CC BY 4.0), 13.4 % of them spam: whoever always says "
            "“ham” is right in 86.6 % of them. Each of the 5,000 most frequent words, and pairs of words, is an input "
            "that is 1 where the message has it: the order is lost, and it works. Messages that repeat stay in one "
            "part. The lab “Threshold” tells what is missed and what is falsely alarmed."
        ),
        (5000,),
        chain("dense:32,relu,dropout:0.5,dense:1,sigmoid"),
        {**WORDS, "ngrams": 2},
        {"epochs": 30, "batch_size": 32, "patience": 4},
    ),
    "sms_embedding": Story(
        mark("Language: spam with an embedding"),
        mark(
            "The same messages with an embedding: each word has 16 numbers of its own, which are learnt, and a message "
            "is their mean. Words that are used alike come to lie near each other. On so few messages that is a little "
            "worse than counting words; with millions of them it is how language models begin."
        ),
        Tokens(40, 5002),
        chain("embedding_bag:16,dense:16,relu,dense:1,sigmoid"),
        {**WORDS, "text": "tokens"},
        {"epochs": 30, "batch_size": 32, "learning_rate": 0.005, "patience": 4},
    ),
    "languages": Story(
        mark("Language: which language is it?"),
        mark(
            "3,023 lines of conversation in Spanish, English, Portuguese, Italian, French and German (ChatterBot "
            "corpus, BSD licence). The inputs are runs of two and three letters: “ção”, “the”, “sch” give a language "
            "away, and nobody has told the network so."
        ),
        (5000,),
        chain("dense:32,relu,dropout:0.5,dense:6,softmax"),
        {"source": "builtin:languages", "text_unit": "characters", "ngrams": 3},
        {"epochs": 20, "batch_size": 32, "patience": 4},
    ),
}
"""By the name under which the command line and the menu know them, in the order of time."""


def history(name: str) -> Project:
    """One of these networks as a project, its story in the language in use. UserError for an unknown name."""
    if name not in HISTORY:
        raise UserError(
            _("There is no example “{name}”. There are: {known}.").format(name=name[:40], known=", ".join(HISTORY))
        )
    story = HISTORY[name]
    drawing = Drawing(story.shape)
    story.draw(drawing)
    project = Project(drawing.network(), DataChoice(**story.data), TrainingPlan(**story.training))
    text = _(story.text)
    left, top = (min(layer.position[axis] for layer in project.network.layers) for axis in (0, 1))
    right = max(layer.position[0] for layer in project.network.layers) + LAYER_SIZE[0]
    width = min(max(right - left, WIDE_NOTE), MOST_WIDE)
    height = note_letters(width) * LINE * (len(text) // LETTERS_A_LINE + 2)
    project, _note = edits.add_note(project, text, (left, top - height - BORDER), width)
    return replace(project, facts=None)
