"""A report holds its project whole, says what was predicted and what happened, and is nothing but data, whatever
its texts are."""

import base64
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from nnstudio.cli.main import main
from nnstudio.handing_in.attached import attached_bytes, open_attached
from nnstudio.handing_in.content import sheet_page
from nnstudio.handing_in.curve_drawing import curves_svg
from nnstudio.handing_in.html_page import html_of
from nnstudio.handing_in.outcomes import outcomes, shipped_lessons
from nnstudio.lessons.model import Choice, Lesson, Number, Option, Order, Sketch, Star, Step, Variant
from nnstudio.project.archive import open_project, save
from nnstudio.project.container import DamagedError
from nnstudio.project.model import EpochMetrics, Prediction, Project
from nnstudio.project.sheet import Sheet, SheetItem
from nnstudio.text import UserError, use_language
from tests.unit.project.test_archive import trained
from tests.unit.project.test_sheet import picture

NASTY = (
    "<script>alert(1)</script> \"onload=alert(2) ' onerror=x <img src=http://x.test/a> &lt;b&gt; {0} {name} %s %(x)s "
    "</style></title>--> \\u2028 javascript:alert(3) =1+1"
)


class Parsed(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(project: Project, title: str = "work", drawing: bytes = b"<svg/>") -> bytes:
    content, remark = attached_bytes(project, Path())
    return html_of(sheet_page(project, title, drawing, shipped_lessons()), content, f"{title}.nnstudio", remark)


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    return trained(make_project())


def nasty(project: Project) -> Project:
    item = SheetItem("item-1", NASTY[:120], "plotLoss", "run-1", "", 1, NASTY[:80], NASTY, picture())
    run = replace(project.runs[0], message=NASTY)
    layers = tuple(replace(layer, name=NASTY[:40]) for layer in project.network.layers)
    predictions = (Prediction(NASTY[:60], NASTY[:60], NASTY[:60], choice=NASTY[:60]),)
    return replace(
        project,
        network=replace(project.network, layers=layers),
        runs=(run,),
        predictions=predictions,
        sheet=Sheet(NASTY, NASTY, (item,)),
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_whatever_its_texts_are_a_page_holds_nothing_that_runs_or_lies_elsewhere(
    project: Project, language: str
) -> None:
    use_language(language)
    try:
        page = page_of(nasty(project), NASTY)
    finally:
        use_language("en")
    found = Parsed(page)
    kinds = {tag for tag, _attributes in found.tags}
    assert not kinds & {"script", "iframe", "object", "embed", "form", "base", "link", "svg", "input", "button"}
    for tag, attributes in found.tags:
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in ("style", "srcset", "srcdoc"), (tag, name)
            if name in ("href", "src"):
                assert re.match(r"data:(image/png|image/svg\+xml|application/octet-stream);base64,[\w+/=]*$", value)
    policy = next(one["content"] for tag, one in found.tags if one.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
    assert found.text.count("<script>alert(1)</script>") >= 5, "the texts stand there as they are"
    assert "refresh" not in str(found.tags)


def test_the_style_is_the_one_that_the_policy_lets_in(project: Project) -> None:
    import hashlib

    page = page_of(project).decode()
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()}'" in page


def test_a_picture_drawn_for_the_page_is_escaped_too(project: Project) -> None:
    import xml.etree.ElementTree as Tree

    run = replace(project.runs[0], history=EpochMetrics((1, 2), (float("nan"), 0.5), (float("inf"), 0.25)))
    for one in (run, project.runs[0], replace(run, history=EpochMetrics(), epochs_run=0, best_epoch=None)):
        root = Tree.fromstring(curves_svg(one, [((1.0, 0.3), (2.0, 0.2))]))
        assert root.tag.endswith("svg")


def test_the_project_comes_out_of_the_page_equal_to_the_one_put_in(project: Project, tmp_path: Path) -> None:
    project = nasty(project)
    path = tmp_path / "hoja ñ.html"
    path.write_bytes(page_of(project))
    assert open_attached(path.read_bytes(), path) == project


def test_a_page_that_is_cut_or_changed_is_told_from_one_that_is_no_sheet(project: Project) -> None:
    page, path = page_of(project), Path("a.html")
    begin = page.index(b"base64,", page.index(b"nnstudio-project")) + 100
    other = page[:begin] + (b"A" if page[begin : begin + 1] != b"A" else b"B") + page[begin + 1 :]
    for broken in (page[:begin], page[:200], other, page[:begin] + b"*" + page[begin:]):
        with pytest.raises(DamagedError):
            open_attached(broken, path)
    with pytest.raises(UserError, match="is no report"):
        open_attached(b"<!DOCTYPE html><html></html>", path)
    with pytest.raises(UserError, match="holds 2 projects"):
        open_attached(page + page, path)


def test_the_command_writes_a_sheet_without_the_window(project: Project, tmp_path: Path) -> None:
    save(project, tmp_path / "a.nnstudio", picture())
    assert main(["export", str(tmp_path / "a.nnstudio"), "--to", "sheet", "-o", str(tmp_path / "a.html")]) == 0
    page = (tmp_path / "a.html").read_bytes()
    assert open_attached(page, tmp_path / "a.html") == open_project(tmp_path / "a.nnstudio")
    assert b"As it stood on the canvas" in page
    assert main(["export", str(tmp_path / "a.nnstudio"), "--to", "sheet", "-o", str(tmp_path / "a.pdf")]) == 2


def test_where_it_would_be_too_large_runs_are_attached_without_where_they_stood(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnstudio.handing_in import attached

    heavy = replace(project, runs=(replace(project.runs[0], checkpoint=bytes(100_000)),))
    monkeypatch.setattr(attached, "MOST_ATTACHED", 50_000)
    content, remark = attached_bytes(heavy, Path())
    assert len(content) < 50_000 and remark.startswith("The runs are attached without")
    monkeypatch.setattr(attached, "MOST_ATTACHED", 500)
    with pytest.raises(UserError, match="too large to go with its report"):
        attached_bytes(heavy, Path())


# --- predictions ----------------------------------------------------------------------------------------------------


def lesson_of(*steps: Step) -> Lesson:
    return Lesson({"en": "A lesson"}, steps)


def asked(id: str, ask: Choice | Number | Order | Star | Sketch) -> Step:
    return Step(id, {"en": f"Step {id}"}, {"en": "text"}, ask=ask)


def test_what_was_predicted_stands_beside_what_happened(project: Project) -> None:
    options = (Option("up", {"en": "It rises"}), Option("down", {"en": "It falls"}))
    curves = (
        Variant("small", {"en": "0.1"}, {"training.learning_rate": "0.1"}),
        Variant("large", {"en": "0.9"}, {"training.learning_rate": "0.9"}),
    )
    lesson = lesson_of(
        asked("choice", Choice(options, answer="down")),
        asked("number", Number(0, 9, measure="best_epoch")),
        asked("star", Star()),
        asked("order", Order(curves)),
        asked("sketch", Sketch()),
    )
    (run,) = project.runs
    runs = [
        replace(run, id="run-2", training=replace(run.training, learning_rate=0.1)),
        replace(
            run,
            id="run-3",
            training=replace(run.training, learning_rate=0.9),
            history=replace(run.history, validation_loss=(0.5, 0.1)),
        ),
    ]
    made = "2025-12-31T00:00:00+00:00"
    predictions = (
        Prediction("a", "choice", made, choice="up", run="run-1"),
        Prediction("a", "number", made, 2, number=7.0),
        Prediction("a", "star", made, number=2.0, run="run-1"),
        Prediction("a", "order", made, order=("small", "large")),
        Prediction("a", "sketch", made, curve=((1.0, 0.6), (2.0, 0.45)), run="run-1"),
        Prediction("gone", "x", made, choice="42"),
        Prediction("a", "star", "2027-01-01T00:00:00+00:00", number=1.0),
    )
    found = outcomes(replace(project, runs=(run, *runs), predictions=predictions), {"a": lesson})
    assert [(one.predicted, one.happened) for one in found] == [
        ("It rises", "It falls"),
        ("7", "1"),
        ("2", "1"),
        ("0.1 < 0.9", "0.9 < 0.1"),
        ("a curve of 2 points", "on average 0.15 away from it"),
        ("42", "–"),
        ("1", "–"),
    ]
    assert found[1].question == "Step number (asked again)" and found[5].lesson == "gone"
