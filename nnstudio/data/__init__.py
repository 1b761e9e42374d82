"""What we train on: sources, tables, preparation and the split. No Qt here."""
