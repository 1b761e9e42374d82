"""Rules of the whole house, each with a check that can fail: no Qt outside the window, no torch before it shows, every
text in Spanish, no code run from files."""

import ast
import importlib.util
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio import paths, text
from nnstudio.text import UserError

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "nnstudio").rglob("*.py"))


def python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_text_hides_inside_a_formatted_string(path: Path) -> None:
    """There the collector of texts does not see it, and it would stay English."""
    hidden = [
        call.lineno
        for formatted in ast.walk(ast.parse(path.read_text()))
        if isinstance(formatted, ast.JoinedStr)
        for call in ast.walk(formatted)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_", "translate_count")
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert not hidden


def test_every_module_outside_the_window_works_without_qt() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in SOURCES
        if "ui" not in path.relative_to(ROOT).parts and path.name != "__main__.py"
    ]
    block = "import sys; sys.modules['PySide6'] = sys.modules['pyqtgraph'] = None"
    done = python(f"{block}\nimport importlib\nfor name in {modules!r}: importlib.import_module(name)")
    assert done.returncode == 0, done.stderr
    positive_control = python(f"{block}\nimport nnstudio.ui.window")
    assert "PySide6" in positive_control.stderr


def test_training_works_with_qt_blocked(tmp_path: Path) -> None:
    example, out = paths.examples() / "iris.nnstudio", tmp_path / "out.nnstudio"
    done = python(
        "import sys; sys.modules['PySide6'] = None\n"
        "from nnstudio.cli.main import main\n"
        f"sys.exit(main(['train', {str(example)!r}, '--out', {str(out)!r}, '--epochs', '2']))"
    )
    assert done.returncode == 0, done.stderr
    assert out.exists()


def test_the_window_shows_before_torch_is_imported() -> None:
    done = python(
        "import sys, threading\n"
        "late = []\n"
        "class Watch:\n"  # a thread may load them meanwhile
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('torch', 'sklearn', 'polars', 'ziamath'):\n"
        "            late.extend([name] if threading.current_thread() is threading.main_thread() else [])\n"
        "sys.meta_path.insert(0, Watch())\n"
        "from PySide6.QtWidgets import QApplication\n"
        "application = QApplication([])\n"
        "from nnstudio.ui.app import create_window\n"
        f"window = create_window({str(paths.examples() / 'digits.nnstudio')!r})\n"
        "application.processEvents()\n"
        "assert window.isVisible()\n"
        "assert not late, late\n"
        "sys.meta_path[0].find_spec('torch')\n"
        "assert late == ['torch']"  # the watch sees
    )
    assert done.returncode == 0, done.stderr


def test_none_is_not_lost_over_a_thousand_qt_calls() -> None:
    done = python(
        "import sys\n"
        "from PySide6.QtCore import QObject\n"
        "thing = QObject()\n"
        "before = sys.getrefcount(None)\n"
        "for number in range(1000): thing.setObjectName('a')\n"
        "assert sys.getrefcount(None) >= before - 100, (before, sys.getrefcount(None))"
    )
    assert done.returncode == 0, done.stderr


def test_a_binding_that_would_abort_is_refused_at_start() -> None:
    from nnstudio.ui.app import check_binding

    with pytest.raises(UserError, match=r"PySide6-Essentials<6\.12"):
        check_binding((6, 12), (3, 11))
    check_binding((6, 12), (3, 12))
    check_binding((6, 11), (3, 11))


def test_without_a_display_the_window_says_so_and_does_not_abort() -> None:
    import os

    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    if not sys.platform.startswith("linux"):
        pytest.skip("Windows and macOS always have a display")
    done = subprocess.run([sys.executable, "-m", "nnstudio"], capture_output=True, text=True, env=environment)
    assert done.returncode == 2 and "no display" in done.stderr and "Traceback" not in done.stderr


# --- texts ----------------------------------------------------------------------------------------------------------


def texts_module():  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("texts", ROOT / "packaging" / "texts.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_has_spanish_and_the_compiled_catalogue_is_the_newest() -> None:
    texts = texts_module()
    path = texts.catalogue_path("es")
    updated = texts.updated_catalogue("es", path, texts.texts_in_code())
    assert texts.untranslated(updated) == []
    stored = texts.read_catalogue("es", path)
    assert {message.id for message in stored} == {message.id for message in updated}
    text.use_language("es")
    try:
        for message in stored:
            if message.id and isinstance(message.id, str):
                assert text.translate(message.id) == message.string
    finally:
        text.use_language("en")


def test_translations_keep_the_places_that_are_filled_in() -> None:
    def places(words: str) -> set[str]:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(words) if name}

    texts = texts_module()
    for message in texts.read_catalogue("es", texts.catalogue_path("es")):
        if message.id:
            originals = message.id if isinstance(message.id, tuple | list) else [message.id]
            translations = message.string if isinstance(message.string, tuple | list) else [message.string]
            for original, translation in zip(originals, translations, strict=True):
                assert places(original) == places(translation), original


def test_the_language_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for wish, expected in (("es", "es"), ("es_MX.UTF-8", "es"), ("en", "en"), ("fr", "en")):
        monkeypatch.setenv("NNSTUDIO_LANG", wish)
        monkeypatch.setenv("LC_ALL", "C")
        monkeypatch.setenv("LANG", "C")
        monkeypatch.delenv("LC_MESSAGES", raising=False)
        assert text.use_language("") == expected
    text.use_language("en")


# --- sources --------------------------------------------------------------------------------------------------------

FORBIDDEN = re.compile(
    r"^\s*(import|from)\s+(pickle|cPickle|cloudpickle|marshal|shelve|joblib|dill|h5py|yaml)\b|(?<![.\w])(eval|exec)\(|(?<!safetensors\.)torch\.load(?!\(.*weights_only=True\))|allow_pickle=True",
    re.MULTILINE,
)


def test_nothing_in_the_product_runs_code_from_a_file() -> None:
    for path in SOURCES:
        found = FORBIDDEN.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path}: {found}"
    assert not FORBIDDEN.search("torch.load(x, weights_only=True)")  # it takes tensors and nothing else
    assert FORBIDDEN.search("import pickle") and FORBIDDEN.search("x = eval(y)") and FORBIDDEN.search("torch.load(x)")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_says_first_what_lives_in_it_and_stays_readable(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source))
    assert source.count("\n") <= 450


ASKING = {"exists", "is_file", "is_dir"}
LISTING = {"glob", "rglob", "iterdir"}


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_path_is_asked_barely_whether_it_is_there(path: Path) -> None:
    """Up to Python 3.13 `Path.is_file` raises in a folder that is closed to the user: ask nnstudio.project.files."""
    bare = [
        call.lineno
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if (call.func.attr in ASKING and not call.args) or (call.func.attr in LISTING and path.name != "files.py")
    ]
    assert not bare


# What only one function of the field does, which neither a layer's role nor its matrices say, by file.
ALONE = {
    "insight/chain_rule.py": "PASSING names modules of torch",
    "project/endings.py": "what sigmoid, tanh, ReLU and softmax bound",
    "project/network_formula.py": "a sum and a list are written differently, though both join",
    "project/shapes.py": "a softmax of one value is constant",
    "ui/canvas/adding.py": "a note is no layer",
    "ui/canvas/neurons.py": "a concat's values are set apart, a sum's are not, though both join",
    "ui/inspector/panel.py": "softmax has no curve of one value",
    "ui/labs/layers_lab.py": "softmax has no curve of one value",
    "ui/labs/chain_tables.py": "the formulas of softmax and of dropout while nothing is trained",
    "training/plain.py": "is handed a bare module of torch, which has no layers",
    "export/pytorch_script.py": "writes code that stands alone, without the layers declared here",
}
OF_TYPE = re.compile(
    r'\btype (?:==|!=|in|not in) [("]|isinstance\(\w+, (?:torch\.)?nn\.\w+\)|\.type\]|\.type == \w+\.get'
)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_what_a_layer_does_is_asked_of_its_role(path: Path) -> None:
    """A layer with weights that is added later would be passed over wherever a type's name is compared."""
    name = path.relative_to(ROOT / "nnstudio").as_posix()
    if name.startswith("layers/") or name in ALONE:
        return
    of_layers = [line for line in path.read_text().splitlines() if OF_TYPE.search(line)]
    assert not [line for line in of_layers if "device.type" not in line]


def test_a_layer_weighs_its_inputs_just_when_its_role_says_so() -> None:
    from nnstudio.layers.catalogue import CATALOGUE

    assert all((one.role in ("weighted", "convolution", "recurrent")) == bool(one.matrices) for one in CATALOGUE)
    for one in CATALOGUE:
        if not one.matrices:
            continue
        shape = {"conv": (4, 4, 4), "dense": (4,)}.get(one.type, (4, 4))
        assert set(one.matrices) <= set(one.tensors([shape] * max(one.inputs[0], 1), one.defaults()))


def test_a_view_that_was_written_is_listed() -> None:
    """It would be missing without a word."""
    from nnstudio.ui.live import opened

    listed = {module.__name__.rpartition(".")[2] for module in opened.MODULES}
    written = {
        path.stem
        for path in (ROOT / "nnstudio" / "ui" / "live").glob("*.py")
        if re.search(r"^VIEW = ", path.read_text(encoding="utf-8"), re.M)
    }
    assert written == listed, f"to be listed in ui/live/opened.py: {written - listed}; without a VIEW: {listed}"


def test_a_lab_that_was_written_is_declared() -> None:
    from nnstudio.ui.labs import opened

    declared = {lab.window for lab in opened.DECLARED}
    written = {
        f"{path.stem}.{name}"
        for path in (ROOT / "nnstudio" / "ui" / "labs").glob("*.py")
        for name in re.findall(r"^class (\w+)\(Lab\)", path.read_text(encoding="utf-8"), re.M)
    }
    assert written == declared, f"to be declared in ui/labs/opened.py: {written - declared}"


def test_no_two_commands_share_a_name_or_a_key() -> None:
    from nnstudio.ui.shell.actions import COMMANDS

    names = [one.name for one in COMMANDS]
    keys = [key for one in COMMANDS for key in one.keys if isinstance(key, str)]
    assert len(set(names)) == len(names) and len(set(keys)) == len(keys)
