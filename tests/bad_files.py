"""Project files that are not sound, each with what the user is told, in the window and on the command line."""

import io
import json
import os
import pickle
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import safetensors.numpy

from nnstudio.project.archive import sha256
from nnstudio.project.test_seal import Opening, seal_of

Members = dict[str, bytes]
Make = Callable[[Path, Path], object]
"""Writes the bad file to the second path, made out of the sound one at the first."""

RESULT = {"samples": 30, "loss": 0.5, "accuracy": 0.9, "baseline": 0.4, "low": 0.7, "high": 0.95}
OPENING = {"made": "2026-01-01T00:00:00+00:00", "run": "run-1", "source": "builtin:iris", "result": RESULT}
WEIGHTS, CURVE = "runs/run-1/weights.safetensors", "runs/run-1/metrics.csv"


def members_of(sound: Path) -> Members:
    with zipfile.ZipFile(sound) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: Members, compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def raw(change: Callable[[bytes], bytes]) -> Make:
    """The bytes of the file changed."""
    return lambda sound, path: path.write_bytes(change(sound.read_bytes()))


def with_members(more: Members, compression: int = zipfile.ZIP_STORED) -> Make:
    return lambda sound, path: path.write_bytes(zipped(members_of(sound) | more, compression))


def described(change: Callable[[dict[str, Any]], object]) -> Make:
    """The description changed, with the checksum of what it says then."""

    def make(sound: Path, path: Path) -> None:
        members = members_of(sound)
        found = json.loads(members["project.json"])
        change(found)
        if isinstance(found.get("project"), dict):
            found["sha256"] = sha256(msgspec.json.encode([found["project"], found["shared"]]))
        path.write_bytes(zipped(members | {"project.json": json.dumps(found).encode()}))

    return make


def spelt(old: str, new: str) -> Make:
    """The text of the description changed."""

    def make(sound: Path, path: Path) -> None:
        members = members_of(sound)
        text = members["project.json"].decode()
        assert old in text, old
        path.write_bytes(zipped(members | {"project.json": text.replace(old, new, 1).encode()}))

    return make


def bytes_spelt(old: bytes, new: bytes) -> Make:
    """The bytes of the description changed."""

    def make(sound: Path, path: Path) -> None:
        members = members_of(sound)
        assert old in members["project.json"], old
        path.write_bytes(zipped(members | {"project.json": members["project.json"].replace(old, new, 1)}))

    return make


def runs_of(*ids: str) -> Make:
    """As many runs under these ids."""

    def change(found: dict[str, Any]) -> None:
        (run,) = found["project"]["runs"]
        found["project"]["runs"] = [run | {"id": id} for id in ids]

    return described(change)


def curved(curve: bytes) -> Make:
    """Another curve, with the checksum that is its own."""

    def make(sound: Path, path: Path) -> None:
        members = members_of(sound) | {CURVE: curve}
        found = json.loads(members["project.json"])
        found["members"][CURVE] = {"size": len(curve), "sha256": sha256(curve)}
        path.write_bytes(zipped(members | {"project.json": json.dumps(found).encode()}))

    return make


def facts(**values: object) -> Make:
    return described(lambda found: found["project"]["facts"].update(values))


def openings(*entries: dict[str, Any]) -> Make:
    """As many openings of the test set, sound ones but for what is said here, and the seal that is theirs."""

    def change(found: dict[str, Any]) -> None:
        listed = [{**OPENING, "id": f"{place}", **entry} for place, entry in enumerate(entries)]
        found["project"]["openings"] = listed
        try:
            sealed = seal_of(msgspec.convert(listed, tuple[Opening, ...]))
        except msgspec.ValidationError:
            return
        found["seal"] = msgspec.to_builtins(sealed)

    return described(change)


def result(**values: object) -> Make:
    return openings({"result": {**RESULT, **values}})


def run_says(**values: object) -> Make:
    return described(lambda found: found["project"]["runs"][0].update(values))


def weighed(change: Callable[[bytes], bytes]) -> Make:
    """Other weights, with the checksum that is theirs."""

    def make(sound: Path, path: Path) -> None:
        weights = change(members_of(sound)[WEIGHTS])
        listed = {"size": len(weights), "sha256": sha256(weights)}
        members = members_of(sound) | {WEIGHTS: weights}
        found = json.loads(members["project.json"])
        found["members"][WEIGHTS] = listed
        path.write_bytes(zipped(members | {"project.json": json.dumps(found).encode()}))

    return make


def reshaped(weights: bytes) -> bytes:
    tensors = safetensors.numpy.load(weights)
    tensors["dense_1.weight"] = np.zeros((32, 16), np.float32)
    return safetensors.numpy.save(tensors)


def header_changed(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def changed(weights: bytes) -> bytes:
        length = int.from_bytes(weights[:8], "little")
        header = json.loads(weights[8 : 8 + length])
        change(header)
        text = json.dumps(header).encode()
        return len(text).to_bytes(8, "little") + text + weights[8 + length :]

    return changed


def cut_with_backup(sound: Path, path: Path) -> None:
    path.write_bytes(sound.read_bytes()[:-30])
    path.with_name(path.name + ".bak").write_bytes(sound.read_bytes())


def flipped_in_weights(sound: Path, path: Path) -> None:
    content = bytearray(sound.read_bytes())
    content[content.index(members_of(sound)[WEIGHTS]) + 400] ^= 1
    path.write_bytes(bytes(content))


def many_members(sound: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(70_000):
            archive.writestr(f"runs/run-{number + 1}/metrics.csv", b"")


def twice(sound: Path, path: Path) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for name, content in members_of(sound).items():
            archive.writestr(name, content)
        archive.writestr("project.json", b"{}")


def network(description: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = description["project"]["network"]
    return found


def plan(name: str, value: object) -> Make:
    return described(lambda found: found["project"]["training"].update({name: value}))


def layer(number: int, **values: object) -> Make:
    return described(lambda found: network(found)["layers"][number].update(values))


def units(value: object) -> Make:
    return described(lambda found: network(found)["layers"][1]["parameters"].update(units=value))


def links(*more: tuple[str, str]) -> Make:
    return described(lambda found: network(found)["links"].extend({"source": a, "target": b} for a, b in more))


def deep(sound: Path, path: Path) -> None:
    path.write_bytes(zipped(members_of(sound) | {"project.json": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"}))


PICKLE = pickle.dumps(os.system)

FILES: dict[str, tuple[Make, str]] = {
    "empty": (raw(lambda _all: b""), r"“x.nnstudio” is empty \(0 bytes\)\. It was not opened"),
    "cut short": (cut_with_backup, r"“x.nnstudio” is cut short or damaged\. .* open “x.nnstudio.bak”"),
    "a picture": (raw(lambda _all: b"\x89PNG\r\n\x1a\n" + b"0" * 50), r"not an nnstudio project \(it looks like a PNG"),
    "Keras": (raw(lambda _all: b"\x89HDF\r\n\x1a\n" + b"0" * 50), "is a file of Keras. nnstudio opens no files of"),
    "Keras, zipped": (with_members({"model.weights.h5": b""}), "is a file of Keras"),
    "PyTorch": (with_members({"data.pkl": PICKLE}), "is a file of PyTorch. .* Draw its layers here"),
    "Orange": (raw(lambda _all: b"<?xml version='1.0'?><scheme/>"), "is a file of Orange"),
    "pickle": (raw(lambda _all: PICKLE), "is a file of Python's pickle"),
    "an extra pickle": (with_members({"run.pkl": PICKLE}), "holds an unexpected part “run.pkl” and was not opened"),
    "a path upwards": (with_members({"../../evil": b""}), "holds an unexpected part “../../evil”"),
    "a path from the root": (with_members({"/etc/evil": b""}), "holds an unexpected part “/etc/evil”"),
    "packed": (with_members({}, zipfile.ZIP_DEFLATED), "packed in a way nnstudio does not write"),
    "70,000 parts": (many_members, "has 70\u00a0000 parts; the limit is 65\u00a0536"),
    "a part twice": (twice, "holds the part “project.json” twice"),
    "something before it": (raw(lambda all: b"junk" + all), "is not an nnstudio project"),
    "something behind it": (raw(lambda all: all + b"junk"), "is cut short or damaged"),
    "too deep": (deep, r"nested too deeply \(limit 64\)"),
    "NaN": (spelt('"learning_rate": 0.001', '"learning_rate": NaN'), "NaN is not a number"),
    "5,000 digits": (spelt('"units": 8', '"units": ' + "9" * 5000), "9999… is out of range"),
    "1e400": (spelt('"learning_rate": 0.001', '"learning_rate": 1e400'), "1e400 is out of range"),
    "a name twice": (spelt('"patience"', '"patience": 1, "patience"'), "“patience” stands there twice"),
    "true for a number": (plan("epochs", True), "“training.epochs” must be a whole number; found true or false"),
    "text for a number": (plan("epochs", "10"), "“training.epochs” must be a whole number; found text"),
    "half an epoch": (plan("epochs", 1.5), "“training.epochs” must be a whole number; found a number"),
    "nothing for a number": (plan("epochs", None), "“training.epochs” must be a whole number; found nothing"),
    "a list for a number": (plan("epochs", []), "“training.epochs” must be a whole number; found a list"),
    "too many units": (units(10**12), "“Dense 1”: Units must be"),
    "an unknown layer": (layer(1, type="os.system"), "Unknown layer type “os.system”"),
    "a link to nowhere": (links(("dense_1", "dense_99")), "A link points to layer “dense_99”, which does not exist"),
    "a link to itself": (links(("dense_1", "dense_1")), "“Dense 1” cannot be linked to itself"),
    "a loop": (links(("dense_2", "dense_1")), "The links form a loop from “Dense [12]” back to itself"),
    "a link twice": (links(("input_1", "dense_1")), "are linked already"),
    "one id twice": (layer(3, id="dense_1"), "Two layers share the id “dense_1”"),
    "format 99": (described(lambda found: found.update(format=99)), r"made by a newer nnstudio \(format 99\).* Update"),
    "format -1": (described(lambda found: found.update(format=-1)), "names format -1, which never existed"),
    "format as text": (described(lambda found: found.update(format="1")), "is not valid: format"),
    "half a letter": (spelt('"name": ""', '"name": "\\ud800"'), "a text in it holds half of a letter"),
    "half a letter for a name": (spelt('"notes": []', '"\\udfff": []'), "a text in it holds half of a letter"),
    "half a letter, written raw": (
        bytes_spelt(b'"name": ""', b'"name": "\xed\xa0\x80"'), "it is not written in UTF-8",
    ),
    "two runs of one id": (runs_of("run-1", "run-1"), "Two runs share the id “run-1”"),
    "a run of another id": (runs_of("../../x"), "A run bears the id “../../x”, which cannot be used"),
    "a run of an endless id": (runs_of("run-" + "9" * 5000), "A run bears the id “run-9{36}”, which cannot be used"),
    "a run of endless words": (
        described(lambda found: found["project"]["runs"][0].update(machine="x" * 70_000)),
        "“machine” has 70\u00a0000 characters; the limit is 65\u00a0536",
    ),
    "an endless curve": (
        with_members({"runs/run-1/metrics.csv": b"\n" * (2**24 + 1)}),
        "The part “runs/run-1/metrics.csv” of “x.nnstudio” has 16\u00a0777\u00a0217 bytes; the limit is",
    ),
    "an endless setting": (
        described(lambda found: network(found)["layers"][1]["parameters"].update({"y" * 5000: 1})),
        "has no setting “y{40}”",
    ),
    "endless words on the data": (facts(notes=["x" * 2**23]), "What is said of the data holds more than can be shown"),
    "endless classes": (facts(classes=["x"] * 20_000), "What is said of the data holds more than can be shown"),
    "endless dimensions": (facts(sample_shape=[1] * 1000), "What is said of the data holds more than can be shown"),
    "endless events": (
        described(
            lambda found: found["project"]["runs"][0].update(
                events=[{"epoch": 1.0, "what": "patience", "before": 0.0, "after": 0.0}] * 20_000
            )
        ),
        "Run 1 holds more than can be shown",
    ),
    "an endless target": (
        described(lambda found: found["project"]["data"].update(target="t" * 100_000)),
        "“target” has 100\u00a0000 characters",
    ),
    "endless openings": (openings(*[{}] * 20_000), "The list of openings of the test set holds more than can be shown"),
    "an opening at no time": (openings({"made": "soon"}), "An opening of the test set says what cannot be"),
    "an opening in no time zone": (openings({"made": "2026-01-01T00:00:00"}), "An opening of the test set says what"),
    "an opening for no run": (openings({"run": "../../x"}), "An opening of the test set says what cannot be"),
    "a seal lifted for a run": (openings({"what": "lifted", "result": None}), "An opening of the test set says what"),
    "an opening of more than all": (result(accuracy=1.5), "An opening of the test set says what cannot be"),
    "an interval upside down": (result(low=0.9, high=0.1), "An opening of the test set says what cannot be"),
    "an opening on no samples": (result(samples=0), "An opening of the test set says what cannot be"),
    "a ragged confusion matrix": (result(confusion=[[1, 2], [3]]), "An opening of the test set says what cannot be"),
    "an endless confusion matrix": (result(confusion=[[0] * 300] * 300), "An opening of the test set says what"),
    "a loss that is nothing": (result(loss=None), "must be a number"),
    "endless expectations": (
        openings({"expected": "x" * 5000}), "“expected” has 5\u00a0000 characters; the limit is 500",
    ),
    "an opening taken out": (
        described(lambda found: found["seal"].update(openings=1)), "The seal of the test set in “x.nnstudio” is broken",
    ),
    "more files than can be": (
        described(lambda found: found["project"].update(files=[{"source": "a", "sha256": "", "size": 0}] * 20_000)),
        "The project has 20\u00a0000 runs or files of data; the limit is 16\u00a0384",
    ),
    "a folder": (lambda _sound, path: path.mkdir(), "is a folder, not a project file"),
}  # fmt: skip
if os.name == "posix":
    FILES |= {
        "a pipe": (lambda _sound, path: os.mkfifo(path), "is not a plain file"),
        "an endless device": (lambda _sound, path: path.symlink_to("/dev/zero"), "is not a plain file"),
        "a link to nothing": (lambda _sound, path: path.symlink_to("gone"), "does not exist"),
        "a link to itself, on the disk": (lambda _sound, path: path.symlink_to(path), "does not exist"),
    }
"""By what is wrong with it: how it is made, and what is told."""


def spoilt_numbers(weights: bytes) -> bytes:
    tensors = safetensors.numpy.load(weights)
    return safetensors.numpy.save({name: np.full_like(tensor, np.nan) for name, tensor in tensors.items()})


NO_NUMBERS = (
    weighed(spoilt_numbers),
    r"Run 1 holds weights that are not numbers \(NaN\)\. Nothing can be computed or trained",
)
"""A file that opens, of whose run this is told."""

DAMAGED_RUNS: dict[str, tuple[Make, str]] = {
    "one bit": (flipped_in_weights, "The results of run 1 in “x.nnstudio” are damaged. The checksum of .* differs"),
    "another shape": (weighed(reshaped), "The weights of “Dense 1” are 32 × 16; the layer needs 8 × 4"),
    "behind the weights": (weighed(lambda all: all + b"more"), "The weights are damaged"),
    "a hole": (
        weighed(header_changed(lambda head: head["dense_1.bias"].update(data_offsets=[8, 40]))),
        "The weights are damaged",
    ),
    "a curve without entries": (curved(b"epoch,train_loss,validation_loss\n"), "Its curve is that of another run"),
    "a curve without a column": (curved(b"epoch,train_loss\n1,1.0\n2,0.5\n"), "Its curve is that of another run"),
    "a curve of ragged rows": (
        curved(b"epoch,train_loss,validation_loss\n1,1.0,1.0\n2,0.5\n"), "Its curve is no table of numbers",
    ),
    "a column twice": (
        curved(b"epoch,train_loss,train_loss\n1,1.0,1.0\n2,0.5,0.5\n"), "Its curve is no table of numbers",
    ),
    "no curve": (curved(b""), "Its curve is no table of numbers"),
    "a curve of too many rows": (
        curved(b"epoch,train_loss\n" + b"1,1\n" * 200_000), "Its curve is no table of numbers",
    ),
    "another count of epochs": (run_says(epochs_run=10**12), "Its curve is that of another run"),
    "the best of no epoch": (run_says(best_epoch=7), "Its curve is that of another run"),
    "weights of no epoch": (run_says(weights_epoch=-3), "Its curve is that of another run"),
    "a negative shape": (
        weighed(header_changed(lambda head: head["dense_1.bias"].update(shape=[-8]))), "The weights are damaged",
    ),
}  # fmt: skip
"""Files of which the window opens all but a run; the command line, which would save them without it, refuses them."""
