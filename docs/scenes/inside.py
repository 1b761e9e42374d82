"""Pictures of data, of the labs, and of the networks of the course's history."""

from math import cos, pi, sin
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QMenu

from docs.scenes.registry import Target, scene
from docs.stage import Stage
from nnstudio.project.drawn_points import DRAWN
from nnstudio.project.history import HISTORY
from nnstudio.text import translate as _
from nnstudio.ui.labs.chain_lab import ChainLab
from nnstudio.ui.labs.hidden_space_lab import HiddenSpaceLab
from nnstudio.ui.labs.hinton_lab import HintonLab
from nnstudio.ui.labs.landscape_lab import LandscapeLab
from nnstudio.ui.labs.layers_lab import LayersLab
from nnstudio.ui.labs.looks_lab import LooksLab
from nnstudio.ui.labs.maps_lab import MapsLab
from nnstudio.ui.labs.predict_lab import PredictLab
from nnstudio.ui.labs.try_lab import TryLab
from nnstudio.ui.labs.words_lab import NEIGHBOURS, WordsLab
from nnstudio.ui.window import MainWindow

GIVEN = Path(__file__).resolve().parents[2] / "tests" / "documentation" / "given"


@scene
def data_room(stage: Stage, target: Target) -> None:
    """A file of one's own: how it is read, its columns, and what the network answers for new rows."""
    given = GIVEN / "howto-own-data"
    window = stage.open("iris")
    window.use_data(given / "apples.csv")
    stage.wait(lambda: window.project.facts is not None and window.project.facts.target == "kind")
    stage.do(window, "actionDataRoom")
    room = window.data_panel.room
    assert room is not None
    room.resize(1180, 640)
    stage.wait(lambda: room.model.sketches)
    stage.grab(room, target("data_room"))
    room.close()
    stage.train(window, 40)
    lab = stage.lab(window, "actionPredictLab", PredictLab, (1100, 430))
    lab.predict(str(given / "new_apples.csv"))
    stage.wait(lambda: lab.table is not None)
    row = {
        "tree": "5",
        "weight": "190",
        "diameter": "74",
        "sugar": "13,1",
        "colour": "yellow",
        "picked on": "14/10/2024",
    }
    for name, text in row.items():
        stage.write(lab.fields[name], text)
    stage.wait(lab.answer.text)
    stage.grab(lab, target("predict_rows"))


@scene
def points_drawn(stage: Stage, target: Target) -> None:
    """The pad: a ring sprayed around a cloud, and what a network answers there."""
    window = stage.open("circle")
    panel = window.data_panel
    window.tabs.bring(panel)
    panel.choose_source(DRAWN)
    plane = panel.pad.plane
    stage.wait(lambda: plane.area().height() > plane.width() / 2)  # laid out
    middle, reach = plane.area().center(), plane.area().width() / 3
    stage.drag(plane, [around(middle, 0.2 * reach * (turn % 3), turn) for turn in range(60)])
    panel.pad.choose_class(1)
    stage.drag(plane, [around(middle, reach, turn) for turn in range(25)])
    stage.wait(lambda: window.project.facts is not None)
    stage.train(window, 150)
    stage.grab(window, target("points_drawn"))


@scene
def one_sample(stage: Stage, target: Target) -> None:
    """Labs on Playground's circle: the chain rule, the landscape, the hidden space, the layers."""
    window = stage.open("circle")
    stage.train(window, 6)
    chain = stage.lab(window, "actionChainLab", ChainLab, (900, 430))
    stage.wait(lambda: chain.steps.count() > 0)
    chain.steps.setCurrentRow(chain.steps.count() - 2)
    stage.grab(chain, target("one_sample"))
    chain.close()
    stage.train(window, 300)
    hidden = stage.lab(window, "actionHiddenSpaceLab", HiddenSpaceLab, (560, 560))
    stage.wait(lambda: hidden.points)
    stage.grab(hidden, target("hidden_space"))
    layers = stage.lab(window, "actionLayersLab", LayersLab, (680, 620))
    stage.wait(lambda: layers.plots)
    stage.grab(layers, target("saturation"))
    landscape = stage.lab(window, "actionLandscapeLab", LandscapeLab, (720, 620))
    stage.click(landscape.compute)
    stage.wait(landscape.words.text)
    stage.wait(landscape.progress.isHidden)
    stage.grab(landscape, target("landscape"))


@scene
def maps(stage: Stage, target: Target) -> None:
    """Convolutions: the window and its sum, what a map looks for, occlusion, and a digit drawn with the mouse."""
    window = stage.open("convolutions")
    stage.train(window, 12)
    lab = stage.lab(window, "actionMapsLab", MapsLab, (1120, 640))
    stage.wait(lambda: lab.maps is not None)
    lab.go_to(3, 4)
    stage.grab(lab, target("map_comes_about"))
    looks = stage.lab(window, "actionLooksLab", LooksLab, (1000, 560))
    stage.wait(lambda: (found := looks.patches.patches) is not None and found.seen == found.samples)
    stage.grab(looks, target("map_looks_for"))
    looks.tabs.setCurrentIndex(1)
    stage.wait(lambda: looks.occlusion.found is not None and looks.occlusion.found.is_whole)
    stage.grab(looks, target("occlusion"))
    asked = stage.lab(window, "actionTryLab", TryLab, (1200, 480))
    stage.wait(asked.answer.text)
    stage.click(asked.clear)
    three = (0.3, 0.12), (0.55, 0.08), (0.68, 0.25), (0.5, 0.46), (0.7, 0.68), (0.55, 0.92), (0.28, 0.86)
    area = asked.picture.area()
    places = [area.topLeft() + QPointF(x * area.width(), y * area.height()) for x, y in three]
    stage.drag(asked.picture, [place.toPoint() for place in places])
    stage.grab(asked, target("try_drawing"))


@scene
def words(stage: Stage, target: Target) -> None:
    """What the words of a message do, and which lie near each other in an embedding."""
    window = stage.open()
    open_story(stage, window, "sms_embedding")
    stage.train(window, 5)
    lab = stage.lab(window, "actionWordsLab", WordsLab, (1040, 460))
    stage.wait(lambda: lab.found is not None)
    lab.field.selectAll()
    stage.write(lab.field, "Sorry, I will call you later. You have won a free prize, text WIN to claim it now")
    stage.wait(lambda: lab.found is not None and lab.found.text.endswith("now"))
    stage.grab(lab, target("words"))
    lab.tabs.setCurrentIndex(NEIGHBOURS)
    stage.wait(lambda: lab.neighbours.vectors is not None)
    lab.neighbours.field.selectAll()
    stage.write(lab.neighbours.field, "free")
    stage.grab(lab, target("nearest_words"))


@scene
def history(stage: Stage, target: Target) -> None:
    """Networks of the lectures: the one of 1989, AlexNet's two lanes, and the weights that symmetry asks for."""
    window = stage.open()
    open_story(stage, window, "symmetry_1986")
    stage.train(window)
    lab = stage.lab(window, "actionHintonLab", HintonLab, (500, 290))
    stage.wait(lambda: lab.layers.count() > 0)
    stage.grab(lab, target("hinton"))
    lab.close()
    window.resize(1600, 1000)
    open_story(stage, window, "alexnet_2012_two_cards")
    stage.do(window, "actionZoomFit")
    stage.grab(window.canvas, target("two_cards"))
    open_story(stage, window, "zip_codes_1989")
    window.resize(1500, 1500)  # with the views of learning below
    stage.train(window, 1)
    stage.do(window, "actionZoomFit")
    stage.grab(window.canvas, target("zip_1989"))


# --- what several scenes do -----------------------------------------------------------------------------------------


def open_story(stage: Stage, window: MainWindow, name: str) -> None:
    """File → Examples → one of the networks of the history."""
    title = _(HISTORY[name].title)
    action = next(one for menu in window.menuBar().findChildren(QMenu) for one in menu.actions() if one.text() == title)
    window.store.mark_saved(window.project, Path("unused.nnstudio"))  # so that nothing is asked
    action.trigger()
    stage.wait(lambda: window.project.facts is not None)


def around(middle: QPointF, reach: float, turn: int) -> QPoint:
    """A place around a middle, of which there are 24."""
    angle = turn * pi / 12
    return QPoint(round(middle.x() + reach * cos(angle)), round(middle.y() + reach * sin(angle)))
