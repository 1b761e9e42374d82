"""The settings of data: how it is divided, and how pictures, text and numbers become what a network takes."""

from nnstudio.layers.spec import Parameter
from nnstudio.project.reading_settings import BALANCE_SETTINGS, MOST_POINT_TEXT, READING_SETTINGS, ROLE_SETTINGS
from nnstudio.text import mark

LARGEST_SEED = 2**32 - 1

SAMPLE_SETTINGS: tuple[Parameter, ...] = (
    Parameter(
        "validation",
        mark("Validation share"),
        "number",
        0.2,
        0,
        1,
        below=True,
        help=mark("The share of the rows held out to choose settings by and to stop early."),
    ),
    Parameter(
        "test",
        mark("Test share"),
        "number",
        0.2,
        0,
        1,
        below=True,
        help=mark("The share of the rows kept unseen until the very end."),
    ),
    Parameter(
        "split",
        mark("Split"),
        "choice",
        "random",
        choices=("random", "in_order"),
        help=mark(
            "Which rows go to which part: by chance, or in their order, in which the first rows train, the next "
            "validate and the last are the test."
        ),
    ),
    Parameter(
        "task",
        mark("Task"),
        "choice",
        "auto",
        choices=("auto", "class", "value"),
        help=mark(
            "Whether the target is a class or a value. Auto takes text, true/false and at most 20 different "
            "whole numbers for classes."
        ),
    ),
    Parameter(
        "stratify",
        mark("Stratified split"),
        "boolean",
        True,
        help=mark("Give every part the same share of each class."),
    ),
    Parameter(
        "standardize",
        mark("Standardise"),
        "boolean",
        True,
        help=mark(
            "Shift and scale every column to mean 0 and deviation 1, measured on the training part alone. A "
            "target that is a value is scaled too, and predictions are scaled back."
        ),
    ),
    Parameter(
        "seed",
        mark("Split seed"),
        "integer",
        0,
        0,
        LARGEST_SEED,
        help=mark("Decides which rows go to which part; the same seed gives the same parts."),
    ),
    Parameter(
        "image",
        mark("Picture of"),
        "picture",
        "",
        help=mark(
            "The channels, height and width of the picture that a row of columns is, or that pictures are made to, as "
            "in 1x16x16. Left empty, what the data says."
        ),
    ),
    Parameter(
        "fit",
        mark("Pictures of other sizes"),
        "choice",
        "crop",
        choices=("crop", "pad", "stretch"),
        help=mark("Cut what is too long off, put black borders where it is too short, or stretch it to fit."),
    ),
    Parameter(
        "text",
        mark("Text becomes"),
        "choice",
        "auto",
        choices=("auto", "presence", "counts", "tfidf", "tokens"),
        help=mark(
            "Presence says of each word whether it is in the text (0 or 1), counts how often; tf-idf gives rare words "
            "more weight; tokens keep the order of the words, for an embedding. Automatic is presence."
        ),
    ),
    Parameter(
        "text_unit",
        mark("Pieces of text"),
        "choice",
        "words",
        choices=("words", "words_and_signs", "characters"),
        help=mark("Words of two letters or more; all words and punctuation marks; or runs of characters within words."),
    ),
    Parameter(
        "ngrams",
        mark("Pieces in a row (n-grams)"),
        "integer",
        1,
        1,
        6,
        help=mark("Up to so many words that follow each other count as one too; of characters, from two on."),
    ),
    Parameter(
        "vocabulary",
        mark("Vocabulary"),
        "integer",
        5000,
        1,
        1_000_000,
        help=mark("How many of the most frequent pieces of the training part are known; others are passed over."),
    ),
    Parameter(
        "min_count",
        mark("Texts with it, at least"),
        "integer",
        1,
        1,
        1_000_000,
        help=mark("A piece that is in fewer training texts is not known."),
    ),
    Parameter("lower_case", mark("Lower case"), "boolean", True, help=mark("Whether capitals count as small letters.")),
    Parameter(
        "length",
        mark("Words kept"),
        "integer",
        0,
        0,
        10_000,
        help=mark("How many words of each text are kept as tokens; 0 takes as many as 95 % of the texts have."),
    ),
    Parameter(
        "repeats",
        mark("Rows that repeat"),
        "choice",
        "auto",
        choices=("auto", "together", "apart"),
        help=mark(
            "Together puts rows with the same inputs into the same part, so that none is known from training. "
            "Automatic does so for text."
        ),
    ),
    Parameter(
        "augment_shift",
        mark("Shift by up to"),
        "integer",
        0,
        0,
        64,
        help=mark("Augmentation: training pictures are shifted by up to so many pixels, anew in every epoch."),
    ),
    Parameter(
        "augment_mirror",
        mark("Mirror"),
        "boolean",
        False,
        help=mark("Augmentation: half of the training pictures are mirrored left to right, anew in every epoch."),
    ),
    Parameter(
        "augment_noise",
        mark("Noise σ"),
        "number",
        0.0,
        0,
        10,
        help=mark("Augmentation: noise of this deviation is added to training samples, anew in every epoch."),
    ),
)

DATA_SETTINGS: tuple[Parameter, ...] = (
    *SAMPLE_SETTINGS,
    *BALANCE_SETTINGS,
    *READING_SETTINGS,
    *ROLE_SETTINGS,
    Parameter("points", mark("Points drawn"), "text", "", 0, MOST_POINT_TEXT),
)
