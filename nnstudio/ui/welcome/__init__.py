"""The welcome page: what one can begin with, shown at the start when no file is given, and by the menu File."""
