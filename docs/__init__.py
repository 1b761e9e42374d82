"""The documentation: its pages, what makes them, and its Spanish."""
