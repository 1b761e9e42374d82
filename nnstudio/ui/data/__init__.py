"""The panel of the data, and what reads it."""
