"""Views of a run's numbers, drawn by pyqtgraph."""
