"""Tooltips that show text from outside as it is."""

from html import escape


def plain_tooltip(lines: list[str]) -> str:
    """Lines for a tooltip, in which Qt must not take a user's text for markup."""
    return "<qt>" + "<br>".join(escape(line) for line in lines) + "</qt>" if lines else ""
