"""Windows beside the main one, each for one idea of the course, shown on the network and data at hand."""
