"""Studies: settings × seeds, what came of them, and how much of a lead is luck. No Qt."""
