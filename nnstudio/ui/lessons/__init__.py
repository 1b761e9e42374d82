"""Lessons in the window: what plays them, and the panel that asks, waits and explains. Start in player.py."""
