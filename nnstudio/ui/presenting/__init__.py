"""Presenter mode: one key makes the window large and clear for a class, with tools of a projector."""
