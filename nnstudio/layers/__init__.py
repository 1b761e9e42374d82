"""What a layer is: one declaration each. No torch and no Qt here."""
