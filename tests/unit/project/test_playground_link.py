"""What a link of TensorFlow Playground says, rule by rule; what is refused, in which words; links written back."""

import math
from urllib.parse import quote

import pytest

from nnstudio.data.dataset import load
from nnstudio.project import edits
from nnstudio.project.layer_list import with_stack
from nnstudio.project.model import Project
from nnstudio.project.playground_address import written_link
from nnstudio.project.playground_link import SETTINGS, PlaygroundLink, is_playground_link, read_link
from nnstudio.project.playground_project import opened_link
from nnstudio.project.toy_source import TOY_SETTINGS, is_from_playground, toy_settings, toy_source, with_generator
from nnstudio.text import UserError

ADDRESS = "https://playground.tensorflow.org/#"
WHOLE = (
    "activation=relu&regularization=L2&batchSize=15&dataset=spiral&regDataset=reg-gauss&learningRate=0.1"
    "&regularizationRate=0.001&noise=5&networkShape=6,3&seed=0.59704&showTestData=true&discretize=true&percTrainData=60"
    "&x=true&y=false&xTimesY=true&xSquared=false&ySquared=true&cosX=false&sinX=true&cosY=false&sinY=false"
    "&collectStats=false&problem=classification&initZero=true&hideText=false&noise_hide=true"
)


def opened(fragment: str) -> Project:
    return opened_link(read_link(fragment)).project


def test_every_key_is_read() -> None:
    assert read_link(WHOLE) == PlaygroundLink(
        "classification", "spiral", "0.59704", 5.0, 60.0, 15.0, (6, 3), "relu", 0.1, "L2", 0.001,
        ("x", "ySquared", "xTimesY", "sinX"), True, True, True, ("noise",),
    )  # fmt: skip
    assert {pair.split("=")[0] for pair in WHOLE.split("&")} - {"noise_hide"} | {"tutorial"} == SETTINGS


@pytest.mark.parametrize(
    "text",
    [
        ADDRESS + WHOLE,
        WHOLE,
        "#" + WHOLE,
        f"  {ADDRESS}{WHOLE}\n",
        ADDRESS + WHOLE.replace(",", "%2C"),
        ADDRESS + WHOLE.replace("&", "&amp;"),
        ADDRESS + quote(WHOLE, safe=""),
        quote(ADDRESS + WHOLE, safe=""),
        f"http://localhost:5000/index.html#{WHOLE}",
        ADDRESS + WHOLE[:100] + "\n" + WHOLE[100:],
    ],
)
def test_a_link_is_the_same_however_it_was_copied(text: str) -> None:
    assert read_link(text) == read_link(WHOLE)


def test_what_is_left_out_or_not_known_is_as_on_the_page() -> None:
    usual = PlaygroundLink(seed="1")
    for fragment in (
        "seed=1",
        "seed=1&unknown=3&cosX=true&cosY=true&collectStats=true&hideText=true&tutorial=x",
        "seed=1&dataset=moons&activation=swish&problem=both&regularization=l1&regDataset=toString",
        "seed=1&noise=&batchSize=&percTrainData= &learningRate=&x=&initZero=&networkShape",
        "seed=0&seed=1&x&y&=&&",
        "seed=1&regularization=none&xSquared=false",
    ):
        assert read_link(fragment) == usual, fragment


def test_a_boolean_is_true_unless_it_says_false() -> None:
    assert read_link("seed=1&xSquared=0&sinX=FALSE&y=no").inputs == ("x", "y", "xSquared", "sinX")
    assert read_link("seed=1&x=false").inputs == ("y",)


@pytest.mark.parametrize(
    ("text", "number"), [("5", 5), ("1e1", 10), (".5", 0.5), ("5.", 5), ("+5", 5), ("0x10", 16), ("-3", 0), ("0b11", 3)]
)
def test_numbers_are_those_of_javascript(text: str, number: float) -> None:
    assert read_link(f"seed=1&noise={quote(text)}").noise == number


def test_noise_is_bounded_as_on_the_page() -> None:
    given = {"-1": 0, "50": 50, "51": 51, "80": 80, "80.5": 50, "1000": 50, "Infinity": 50, "-Infinity": 0}
    assert {text: read_link(f"seed=1&noise={text}").noise for text in given} == given


@pytest.mark.parametrize(
    ("percent", "rows"), [("50", 250), ("33.3", 166), ("99.9", 499), ("100", 500), ("1000", 500), ("-20", 400)]
)
def test_the_training_part_is_cut_as_on_the_page(percent: str, rows: int) -> None:
    assert read_link(f"seed=1&percTrainData={percent}").training_rows == rows
    facts = load(opened(f"seed=1&percTrainData={percent}").data).facts
    assert (facts.train, facts.validation, facts.test) == (rows, 500 - rows, 0)


@pytest.mark.parametrize(
    ("size", "rows"),
    [("10", 10), ("-10", 10), ("2.5", 5), ("250", 250), ("251", 0), ("0", 0), ("Infinity", 0), ("0.1", 0), ("0.5", 1)],
)
def test_a_step_comes_where_the_batch_size_divides_the_number_of_the_point(size: str, rows: int) -> None:
    link = read_link(f"seed=1&batchSize={size}")
    expected = next((n for n in range(1, 251) if float(size) and math.fmod(n, abs(float(size))) == 0), 0)
    assert link.step_rows == expected
    assert (link.step_rows == rows) or size == "0.1"
    said = [one for one in opened_link(link).remarks if "never learns" in one]
    assert bool(said) == (link.step_rows == 0)


def test_hidden_layers() -> None:
    shapes = {"": (), "1": (1,), "2.5,3": (3, 3), " 4 , 2 ": (4, 2), "0x3": (3,)}
    assert {text: read_link(f"seed=1&networkShape={text}").shape for text in shapes} == shapes


def test_what_hides_an_input_takes_it_away_and_the_rest_is_kept_for_lessons() -> None:
    link = read_link("seed=1&x_hide=true&xSquared=true&playButton_hide=true&noise_hide=false&dataset_hide=1&_hide=true")
    assert link.inputs == ("y", "xSquared") and link.hidden == ("x", "playButton")
    found = opened_link(link)
    assert found.hidden == ("x", "playButton") and "x, playButton" in found.remarks[-1]


def test_the_seed_is_the_text_of_the_address() -> None:
    assert read_link("seed=ab%20c").seed == read_link(f"{ADDRESS}seed=ab c").seed == "ab%20c"
    assert read_link("seed=ñ<").seed == "%C3%B1%3C"
    project = opened("seed=a%26b")
    assert toy_settings(project.data.source)[1]["seed"] == "a%26b"


def test_without_a_seed_one_is_drawn_and_said() -> None:
    first, second = (opened_link(read_link("dataset=xor")) for _time in range(2))
    assert first.project.data.source != second.project.data.source
    seed = str(toy_settings(first.project.data.source)[1]["seed"])
    assert len(seed) == 7 and seed in first.remarks[0]


def test_the_project_is_the_pages() -> None:
    project = opened("seed=0.5&noise=25&xSquared=true&x=false&regularization=L1&regularizationRate=0.01")
    data, plan = project.data, project.training
    assert data.source == "toy:circle?noise=0.25&seed=0.5&generator=playground"
    assert (data.split, data.validation, data.test, data.standardize) == ("in_order", 0.5, 0.0, False)
    assert (data.ignore, data.derived) == ("x1", "square(x1)")
    assert (plan.l1, plan.l1_rule, plan.weight_decay, plan.last_batch) == (0.01, "pruned_at_zero", 0.0, "carried_over")
    assert (plan.shuffle, plan.initialization, plan.bias_initialization) == ("never", "playground", 0.1)
    assert (plan.loss, plan.optimizer, plan.precision, plan.patience) == ("half_mse", "sgd", "float64", 0)
    columns = {one.name: one.role for one in load(data).facts.columns}
    assert columns["x1"] == "ignored" and [one.name for one in load(data).preparation.columns] == ["x2", "x1²"]


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("seed=1&noise=much", "noise=much"),
        ("seed=1&learningRate=0,03", "learningRate=0,03"),
        ("seed=1&batchSize=NaN", "batchSize=NaN"),
        ("seed=1&percTrainData=half", "percTrainData=half"),
        ("seed=1&regularizationRate=1e", "regularizationRate=1e"),
        ("seed=1&networkShape=4,a", "networkShape=a"),
        ("seed=1&networkShape=4,,2", "hidden layer of “”"),
        ("seed=1&networkShape=0", "hidden layer of “0”"),
        ("seed=1&networkShape=-3", "hidden layer of “-3”"),
        ("seed=1&networkShape=Infinity", "hidden layer of “Infinity”"),
        ("seed=1&networkShape=" + ",".join(["1"] * 101), "101 hidden layers"),
        ("seed=1&networkShape=1000,1001", r"1\s004\s001 weights"),
        ("seed=1&x=false&y=false", "takes all inputs away"),
        ("seed=1&x_hide=true&y_hide=true", "takes all inputs away"),
        ("seed=1&percTrainData=0", "percTrainData=0, which leaves none"),
        ("seed=1&percTrainData=-100", "leaves none"),
        ("seed=1&learningRate=0", "Learning rate must be a number above 0"),
        ("seed=1&learningRate=-1", "Learning rate must be"),
        ("seed=1&learningRate=Infinity", "Learning rate must be"),
        ("seed=1&regularization=L2&regularizationRate=-1", "Weight decay must be"),
        ("seed=1&regularization=L1&regularizationRate=11", "L1 must be"),
        ("", "Paste the address"),
        ("   ", "Paste the address"),
        ("hello", "no link of TensorFlow Playground"),
        ("https://example.org/#a=b", "no link of TensorFlow Playground"),
        ("https://example.org/", "no link of TensorFlow Playground"),
        ("seed=" + "9" * 30_000, "too long for a link"),
        ("seed=" + "9" * 2000, "The seed in the link has"),
        ("seed=1&noise=<b>x</b>" + "y" * 200, "no number"),
    ],
)
def test_a_bad_value_is_refused_in_words(fragment: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        opened(fragment)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (ADDRESS + "dataset=xor", True),
        ("https://playground.tensorflow.org/", True),
        ("dataset=xor&seed=1", True),
        ("#seed=0.5", True),
        ("hello", False),
        ("a=b", False),
        ("x = 1\ny = 2", False),
        ('{"nnstudio": {"layers": []}}', False),
        ("", False),
        ("seed=" + "1" * 100_000, False),
    ],
)
def test_what_is_taken_for_a_link_when_it_is_pasted(text: str, is_one: bool) -> None:
    assert is_playground_link(text) == is_one


# --- written back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fragment",
    [
        WHOLE,
        "seed=0.5",
        "seed=x%20y&problem=regression&regDataset=reg-gauss&noise=33.3&percTrainData=33.3",
        "seed=1&regularization=L1&regularizationRate=0.003&networkShape=&activation=sigmoid",
        "seed=1&activation=linear&networkShape=3,3&batchSize=0",
        "seed=1&x=false&sinX=true&sinY=true&ySquared=true&learningRate=1e-5&percTrainData=99.9",
        "seed=1&networkShape=1,2,3&activation=relu&initZero=true&percTrainData=100&noise=7",
    ],
)
def test_what_a_link_said_is_said_again_with_nothing_left_out(fragment: str) -> None:
    project = opened(fragment)
    written = written_link(edits.set_facts(project, project.data, load(project.data).facts))
    assert written.left_out == ()
    again = opened(written.address)
    assert (again.data, again.training) == (project.data, project.training)
    assert [(one.type, one.parameters) for one in again.network.layers] == [
        (one.type, one.parameters) for one in project.network.layers
    ]


def test_what_cannot_be_said_is_listed() -> None:
    project = edits.set_data(Project(), source="toy:circle?noise=0.1&seed=3", derived="log(x1)", test=0.1)
    project = edits.set_training(project, optimizer="adam", seed=4, schedule="cosine")
    project = with_stack(project, "dense:8,relu,dropout:0.2,dense:4,tanh,dense:1,sigmoid", load(project.data).facts)
    written = written_link(project)
    assert "dataset=circle&seed=3&noise=10" in written.address and "networkShape=8,4" in written.address
    said = "; ".join(written.left_out)
    for words in ("other points", "optimizer Adam → SGD", "test share 0.1 → 0", "seed 4 → 0", "cosine", "other inputs"):
        assert words in said, words
    assert "− Dropout" in said and "loss automatic → ½ mean squared error" in said and "standardise" in said


@pytest.mark.parametrize(
    ("source", "layers", "words"),
    [
        ("builtin:iris", "dense:3", "six problems of its own"),
        ("toy:moons", "dense:1,tanh", "six problems of its own"),
        ("toy:circle", "tanh", "dense layers in one row"),
    ],
)
def test_what_no_link_could_say_is_refused(source: str, layers: str, words: str) -> None:
    project = edits.set_data(Project(), source=source)
    with pytest.raises(UserError, match=words):
        written_link(with_stack(project, layers, load(project.data).facts))


# --- the source -----------------------------------------------------------------------------------------------------


def test_old_toys_are_what_they_were() -> None:
    name, values = toy_settings("toy:circle?samples=100&noise=0.1&seed=7")
    assert (name, values) == ("circle", {"samples": 100, "noise": 0.1, "seed": 7, "generator": "numpy"})
    assert toy_source(name, values) == "toy:circle?samples=100&noise=0.1&seed=7"
    assert not is_from_playground("toy:circle?seed=7") and not is_from_playground("a.csv")
    assert [one.name for one in TOY_SETTINGS] == ["samples", "noise", "seed", "generator"]


def test_a_toy_changes_its_generator_and_keeps_its_seed_where_it_can() -> None:
    there = with_generator(toy_settings("toy:xor?seed=7&noise=0.1")[1], "playground")
    assert toy_source("xor", there) == "toy:xor?noise=0.1&seed=7&generator=playground"
    assert with_generator(there, "numpy")["seed"] == 7
    assert with_generator({**there, "seed": "0.5"}, "numpy")["seed"] == 0
    with pytest.raises(UserError, match="no problem “moons”"):
        load(edits.set_data(Project(), source="toy:moons?generator=playground").data)
    with pytest.raises(UserError, match="has no setting “colour”"):
        toy_settings("toy:xor?colour=red")
    with pytest.raises(UserError, match="Generator must be"):
        toy_settings("toy:xor?generator=dice")
