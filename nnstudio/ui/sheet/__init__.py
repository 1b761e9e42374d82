"""The report in the window: putting a view into it, changing what is in it, writing it."""
