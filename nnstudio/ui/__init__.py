"""The window: the only place with Qt. It reaches torch through worker.py alone."""
