"""How long a test waits for what must come: long enough for any machine, so that no outcome depends on the clock."""

PATIENCE = 300.0
"""Seconds after which what has not come is held to never come."""
