"""Writes the example projects in resources/examples. Run it after a change of the project format or of an example."""

import sys
from pathlib import Path

from nnstudio.cli.main import main

EXAMPLES = Path(__file__).resolve().parent.parent / "resources" / "examples"

# name: arguments of `nnstudio new`
PROJECTS = {
    "digits": ["--data", "builtin:digits", "--layers", "dense:128,relu,dropout:0.2,dense:64,relu,dropout:0.2,dense:out,softmax"],
    "iris": ["--data", "builtin:iris", "--layers", "dense:8,tanh,dense:out,softmax",
             "--set", "training.learning_rate=0.01", "--set", "training.batch_size=10"],
    "circle": ["--data", "toy:circle", "--layers", "dense:4,tanh,dense:2,tanh,dense:1,tanh"]
    + [word for setting in (
        "data.validation=0.5", "data.test=0", "data.standardize=false", "training.loss=half_mse", "training.optimizer=sgd",
        "training.learning_rate=0.03", "training.batch_size=10", "training.initialization=uniform",
        "training.initialization_scale=0.5", "training.bias_initialization=0.1", "training.shuffle=once",
        "training.patience=0", "training.epochs=300") for word in ("--set", setting)],
    "diabetes": ["--data", "builtin:diabetes", "--layers", "dense:32,relu,dropout:0.2,dense:16,relu,dense:1"],
    "overfitting": ["--data", "toy:moons?samples=160&noise=0.35&seed=3", "--layers", "dense:128,relu,dense:128,relu,dense:out,softmax",
                    "--set", "data.validation=0.4", "--set", "data.test=0.2", "--set", "training.patience=0",
                    "--set", "training.epochs=300", "--set", "training.learning_rate=0.003", "--set", "training.batch_size=16"],
}

if __name__ == "__main__":
    EXAMPLES.mkdir(parents=True, exist_ok=True)
    for name, arguments in PROJECTS.items():
        status = main(["new", str(EXAMPLES / f"{name}.nnstudio"), *arguments])
        if status:
            sys.exit(status)
