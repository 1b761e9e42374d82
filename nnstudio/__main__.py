"""`python -m nnstudio` is the command `nnstudio`."""

from nnstudio.cli.main import entry

if __name__ == "__main__":
    entry()
