"""What came of a study, seen: its settings, curves, parallel coordinates and how the best came about."""
