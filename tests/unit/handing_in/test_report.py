"""A report tells everything that was done, in the order and with the comments that a person gave it; what strangers
wrote stays text."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from nnstudio.handing_in.content import sheet_page
from nnstudio.handing_in.formula_drawing import formula_svg
from nnstudio.handing_in.html_page import html_of
from nnstudio.handing_in.parts import Facts, Figure, Listed, Section, SheetPage, Table, Words
from nnstudio.handing_in.runs_told import MOST_DRAWN, MOST_RUNS
from nnstudio.handing_in.trials_told import MOST_SETTINGS
from nnstudio.project import edits, sheet_edits
from nnstudio.project.model import ColumnFacts, DataFacts, EpochMetrics, Project, Run, Study
from nnstudio.project.network_formula import network_formula
from nnstudio.project.shapes import infer
from nnstudio.project.sheet import PROJECT, SECTIONS
from nnstudio.project.study import Trial
from nnstudio.project.test_seal import Opening, TestResult
from nnstudio.text import use_language
from tests.unit.handing_in.test_sheet_page import NASTY, Parsed, page_of
from tests.unit.project.test_archive import trained
from tests.unit.project.test_sheet import picture


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    return trained(make_project())


def page(project: Project) -> SheetPage:
    return sheet_page(project, "work", b"<svg/>", {})


def section(project: Project, key: str) -> Section:
    (found,) = (one for one in page(project).sections if one.title == SECTIONS[key])
    return found


def titles(project: Project) -> list[str]:
    return [one.title for one in page(project).sections]


def tables(found: Section) -> list[Table]:
    return [part for part in found.parts if isinstance(part, Table)]


def words(found: Section) -> str:
    return "\n".join(part.text for part in found.parts if isinstance(part, Words))


def column(table: Table, head: str) -> list[str]:
    return [row[table.head.index(head)] for row in table.rows]


def many(run: Run, count: int) -> tuple[Run, ...]:
    return tuple(replace(run, id=f"run-{number}") for number in range(1, count + 1))


# --- choice, order, comments ----------------------------------------------------------------------------------------


def test_sections_stand_in_their_order_with_their_comments_and_can_be_left_out(project: Project) -> None:
    usual = titles(project)
    assert usual == [SECTIONS[key] for key in ("runs", "curves", "openings", "network", "formula", "data", "settings")]
    moved = sheet_edits.move_section(project, "settings", 0)
    moved = sheet_edits.include(moved, "curves", False)
    moved = sheet_edits.comment_section(moved, "runs", "It fell.")
    assert titles(moved) == ["Settings", "Runs", "Test set", "Network", "Formula", "Data, and what was done to it"]
    assert section(moved, "runs").comment == "It fell."
    back = sheet_edits.include(sheet_edits.move_section(moved, "settings", 99), "curves", True)
    assert titles(sheet_edits.comment_section(back, "runs", "")) == usual and back.sheet.order == ()


def test_a_section_with_nothing_to_tell_is_written_for_its_comment_alone(project: Project) -> None:
    project = replace(project, facts=facts(0))
    assert SECTIONS["openings"] not in titles(project)
    assert section(sheet_edits.comment_section(project, "openings", "There is none."), "openings").parts == ()


def test_a_picture_that_is_left_out_is_not_counted_and_others_say_what_is_to_be_seen(project: Project) -> None:
    for name in ("one", "two"):
        project = sheet_edits.put_on(project, name, "plotLoss", picture(), project.runs[0], None, "It falls to 0.1.")
    study = sheet_edits.put_on(project, "three", "study:study-1", picture(), None, None)
    found = section(sheet_edits.include(study, "item-1", False), "items").parts
    assert [part.title for part in found if isinstance(part, Figure)] == ["1. two", "2. three"]
    first, second = (part for part in found if isinstance(part, Figure))
    assert first.alt == "two. It falls to 0.1." and first.note.startswith("run 1, ")
    assert "training" not in second.note, "a view of no single run says of none"


def test_without_the_project_the_page_has_no_link(project: Project) -> None:
    without = sheet_edits.include(project, PROJECT, False)
    content = page_of(without)
    assert b"nnstudio-project" not in content and b"does not go with this report" in content
    assert b"nnstudio-project" in page_of(sheet_edits.include(without, PROJECT, True))


# --- runs and studies -----------------------------------------------------------------------------------------------


def test_the_newest_of_many_runs_are_told_and_every_one_with_a_star(project: Project) -> None:
    runs = many(project.runs[0], 100)
    runs = (runs[0], replace(runs[1], is_starred=True, note="the one"), *runs[2:])
    found = section(replace(project, runs=runs), "runs")
    (table,) = tables(found)
    assert len(table.rows) == MOST_RUNS + 1 and table.rows[0][0] == "★ 2"
    assert column(table, "Note")[:2] == ["the one", ""]
    assert "39 older runs are not listed." in words(found)
    curves = section(replace(project, runs=runs), "curves")
    assert sum(isinstance(part, Figure) for part in curves.parts) == MOST_DRAWN + 1
    assert "13 of 100 runs are drawn" in words(curves)


def trial(run: Run, setting: int, seed: int, loss: float, reason: str = "epochs") -> Run:
    return replace(
        run,
        id=f"run-{2 + setting * 10 + seed}",
        best_epoch=1,
        epochs_run=1,
        stop_reason=reason,
        history=EpochMetrics((1,), (loss,), (loss,)),
        trial=Trial("study-1", setting, seed, {"training.learning_rate": (0.1, 0.01, 0.5)[setting % 3]}),
    )


def test_the_trials_of_a_study_are_a_line_a_setting_with_median_and_spread(project: Project) -> None:
    (run,) = project.runs
    trials = [trial(run, 0, seed, loss) for seed, loss in enumerate((0.5, 0.9, 0.6))]
    trials += [trial(run, 1, seed, loss) for seed, loss in enumerate((0.3, 0.2, 0.4))]
    trials += [trial(run, 2, 0, 0.01, "pruned")]
    study = Study("study-1", "", run.network, run.data, run.training, (), name=NASTY)
    found = section(replace(project, runs=(run, *trials), studies=(study,)), "runs")
    single, table = tables(found)
    assert len(single.rows) == 1 and NASTY in table.title
    assert column(table, "Setting no.") == ["2", "1", "3"], "the best median first, what was given up last"
    assert column(table, "Learning rate") == ["0.01", "0.1", "0.5"]
    assert column(table, "Validation loss, median") == ["0.3000", "0.6000", "–"]
    assert column(table, "From – to") == ["0.2000 – 0.4000", "0.5000 – 0.9000", "–"]
    assert column(table, "Given up") == ["–", "–", "1"]
    lonely = section(replace(project, runs=tuple(trials)), "runs")
    assert "Study 1: 7 trials" in [table.title for table in tables(lonely)], "its study is gone from the project"


def test_of_very_many_settings_the_best_are_told(project: Project) -> None:
    trials = tuple(trial(project.runs[0], setting, 0, 1.0 / (setting + 1)) for setting in range(MOST_SETTINGS + 10))
    found = section(replace(project, runs=trials), "runs")
    (table,) = tables(found)
    assert len(table.rows) == MOST_SETTINGS and table.rows[0][0] == str(MOST_SETTINGS + 10)
    assert "10 more settings are not listed." in words(found)


# --- the test set, the data, the formula ----------------------------------------------------------------------------


def facts(test: int = 30) -> DataFacts:
    columns = (
        ColumnFacts("id", "number", "id", is_guess=True, reason="It counts the rows."),
        ColumnFacts("age", "number", "input", missing=3),
        ColumnFacts("other", "text", "ignored", is_guess=False),
    )
    return DataFacts(150, (4,), "class", ("a", "b"), 90, 30, test, ("Split with seed 0.",), columns=columns)


def test_a_test_set_that_was_never_opened_is_said_to_be_sealed(project: Project) -> None:
    found = section(replace(project, facts=facts()), "openings")
    assert words(found) == "The test set is sealed. Never opened." and not tables(found)
    assert SECTIONS["openings"] not in titles(replace(project, facts=facts(0)))


def test_every_opening_is_told_with_its_uncertainty(project: Project) -> None:
    result = TestResult(200, 0.25, accuracy=0.9, baseline=0.35, low=0.85, high=0.934)
    opening = Opening("opening-1", "2026-01-01T00:00:00+00:00", run="run-1", expected=NASTY, result=result)
    lifted = Opening("opening-2", "2026-01-02T00:00:00+00:00", "lifted", source="builtin:wine")
    value = replace(opening, id="opening-3", run="run-2", result=TestResult(50, 1.5, r2=0.5, baseline=-0.01))
    run = replace(project.runs[0], openings=(opening, value))
    found = section(replace(project, runs=(run,), openings=(opening, lifted)), "openings")
    assert words(found) == "The test set is sealed. Opened 2 times, for runs 1, 2."
    (table,) = tables(found)
    assert column(table, "What") == [
        "opened for run 1",
        "opened for run 2",
        "seal lifted: the data is public knowledge (builtin:wine)",
    ]
    results = column(table, "Result")
    assert results[0] == "90.0 % correct (95 % interval: 85.0 % to 93.4 %), loss 0.2500, 200 samples"
    assert results[1] == "R² 0.5000, loss 1.5000, 50 samples"
    assert column(table, "Expected before")[0] == NASTY
    assert column(table, "Always the same answer") == ["35.0 %", "R² -0.0100", "–"]


def test_a_lifted_seal_and_what_was_changed_after_an_opening_are_told(project: Project) -> None:
    name = project.data.source
    lifted = Opening("opening-1", "2026-01-02T00:00:00+00:00", "lifted", source=name)
    found = section(replace(project, facts=facts(), openings=(lifted,)), "openings")
    assert words(found).startswith("The seal is lifted since 2026-01-0") and "sealed" not in words(found)
    (run,) = project.runs
    opened = Opening("opening-2", run.created, run=run.id, run_created=run.created, source=name)
    changed = replace(edits.set_training(project, epochs=77), openings=(opened,))
    assert "Changed after the test set was opened: epochs" in words(section(changed, "openings"))


def test_what_was_done_to_the_data_is_listed(project: Project) -> None:
    found = section(replace(project, facts=facts()), "data")
    (listed,) = (part for part in found.parts if isinstance(part, Listed))
    assert listed.items == (
        "Split with seed 0.",
        "Left out: other.",
        "Left out, since they only number the rows: id (It counts the rows).",
        "Missing cells: age (3).",
    )
    (told,) = (part for part in found.parts if isinstance(part, Facts))
    assert ("Rows", "150: 90 to train, 30 to validate, 30 to test") in told.pairs


def test_the_formula_is_drawn_and_said_in_latex(project: Project) -> None:
    import xml.etree.ElementTree as Tree

    (figure,) = section(project, "formula").parts
    assert isinstance(figure, Figure) and r"\hat{y} =" in figure.alt
    root = Tree.fromstring(figure.picture)
    assert root.tag.endswith("svg") and not list(root.iter("{http://www.w3.org/2000/svg}use"))
    lines = network_formula(project.network, infer(project))
    assert float(Tree.fromstring(formula_svg(lines * 3)).get("height", "")) > float(root.get("height", ""))


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_picture_is_described_and_strangers_texts_stay_texts(project: Project, language: str) -> None:
    for key in SECTIONS:
        project = sheet_edits.comment_section(project, key, NASTY)
    run = replace(project.runs[0], note=NASTY, is_starred=True)
    opening = Opening(NASTY[:40], NASTY[:40], run=NASTY[:40], expected=NASTY, source=NASTY)
    nasty = replace(
        facts(), notes=(NASTY,), target=NASTY, columns=(ColumnFacts(NASTY, "text", "leak", 1, True, NASTY),)
    )
    other = trial(run, 0, 0, 0.5)
    other = replace(other, trial=Trial(NASTY, 0, 0, {NASTY: NASTY}))
    project = replace(project, runs=(run, other), openings=(opening,), facts=nasty)
    use_language(language)
    try:
        found = Parsed(page_of(project))
    finally:
        use_language("en")
    kinds = {tag for tag, _attributes in found.tags}
    assert not kinds & {"script", "iframe", "object", "embed", "form", "base", "link", "svg", "input", "button"}
    assert not [name for _tag, attributes in found.tags for name in attributes if name.startswith("on")]
    assert found.text.count("<script>alert(1)</script>") >= len(SECTIONS) + 5
    pictures = [attributes for tag, attributes in found.tags if tag == "img"]
    assert pictures and all(one["alt"].strip() for one in pictures)
    assert dict(found.tags[0][1])["lang"] == language
    assert all(attributes["scope"] == "col" for tag, attributes in found.tags if tag == "th")


def test_the_page_is_the_same_thing_without_a_project() -> None:
    made = html_of(SheetPage("t", "", "now", (Section("s", (Words("w"),), "c"),)), b"", "t")
    assert b'<p class="words">c</p>' in made and b"<h2>s</h2>" in made and made.endswith(b"</html>\n")
