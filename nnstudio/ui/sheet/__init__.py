"""The lab sheet in the window: putting a view on it, changing what is on it, writing it."""
