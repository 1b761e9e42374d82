"""Project files: opening, saving, recovery, and the progress of each."""
