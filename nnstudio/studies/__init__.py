"""Studies: settings tried one after the other, each from several first weights, and what came of them. No Qt."""
