"""Writes the example projects in resources/examples. Run it after a change of the project format or of an example."""

import sys
from pathlib import Path

from nnstudio.cli.main import main

EXAMPLES = Path(__file__).resolve().parent.parent / "resources" / "examples"

# name: (data, layers, settings)
PROJECTS = {
    "digits": ("builtin:digits", "dense:128,relu,dropout:0.2,dense:64,relu,dropout:0.2,dense:out,softmax", ""),
    "convolutions": (
        "builtin:digits",
        "image,conv:8:padding=1,relu,conv:16:padding=1,relu,max_pool,flatten,dropout,dense:out,softmax",
        "",
    ),
    "iris": ("builtin:iris", "dense:8,tanh,dense:out,softmax", "training.learning_rate=0.01 training.batch_size=10"),
    "circle": (
        "toy:circle",
        "dense:4,tanh,dense:2,tanh,dense:1,tanh",
        "data.validation=0.5 data.test=0 data.standardize=false training.loss=half_mse training.optimizer=sgd"
        " training.learning_rate=0.03 training.batch_size=10 training.initialization=uniform"
        " training.initialization_scale=0.5 training.bias_initialization=0.1 training.shuffle=once"
        " training.patience=0 training.epochs=300",
    ),
    "diabetes": ("builtin:diabetes", "dense:32,relu,dropout:0.2,dense:16,relu,dense:1", ""),
    "overfitting": (
        "toy:moons?samples=160&noise=0.35&seed=3",
        "dense:128,relu,dense:128,relu,dense:out,softmax",
        "data.validation=0.4 training.patience=0 training.epochs=300 training.learning_rate=0.003"
        " training.batch_size=16",
    ),
}

if __name__ == "__main__":
    EXAMPLES.mkdir(parents=True, exist_ok=True)
    for name, (data, layers, settings) in PROJECTS.items():
        words = [word for setting in settings.split() for word in ("--set", setting)]
        status = main(["new", str(EXAMPLES / f"{name}.nnstudio"), "--data", data, "--layers", layers, *words])
        if status:
            sys.exit(status)
