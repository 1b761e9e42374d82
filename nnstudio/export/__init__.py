"""Taking a network out of the program: a readable PyTorch script, bare weights, the curve. No Qt here."""
