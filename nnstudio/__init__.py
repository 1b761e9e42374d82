"""nnstudio: assemble neural networks on a canvas, train them with PyTorch and watch live what happens."""

__version__ = "0.1.0"
