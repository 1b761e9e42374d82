"""What the user edits: a project is one frozen value. No torch and no Qt here."""
