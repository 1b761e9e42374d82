"""Handing out and in: the report as a page with the project in it, and a class's reports read again. No Qt here."""
