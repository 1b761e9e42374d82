"""The test set of the window's project: its seal, the opening of it, and what was opened before."""
