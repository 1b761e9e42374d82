"""The window: the only place with Qt. It reaches torch through its room background alone."""
