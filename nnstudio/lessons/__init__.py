"""What a lesson is, how it is read, played and checked; no torch, no Qt. Start in model.py."""
