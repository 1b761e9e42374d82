"""The command line. No Qt here."""
