"""The training that is shown: starting it, its settings, its runs."""
