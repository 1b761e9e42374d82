"""The panel about the selected layer: its settings, its formula, what it does."""
