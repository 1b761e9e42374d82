"""Handing out and in: the lab sheet as a page with the project in it, and a class's sheets read again. No Qt here."""
